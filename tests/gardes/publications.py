"""What an administrateur publishes by the posts of `gestes.py`: bands, maintenances, conditions, the referentiel."""

from typing import Any

from app.domain.administration.fichier import FichierReferentiel, write_fichier
from app.domain.administration.referentiel import ReferentielPropose
from app.domain.territoire.contenu import Sorte, shipped_contenu
from app.settings import get_settings

BANDEAU_SAISI = {"texte": "Panne.", "audience": "aidants", "du_on": "2027-01-04", "au_on": "2027-01-05"}
FICHIER = write_fichier(FichierReferentiel(shipped_contenu())).encode()


def publish_conditions(_: Any) -> dict[str, str]:
    """Asked in a long time, so that nobody has to accept them here."""
    return {
        "texte": "## Titre",
        "changements": "Tout.",
        "applies_on": "2099-01-01",
        "vu": get_settings().cgu_version,
        "acte": "publier",
    }


def publish_referentiel(_: Any) -> dict[str, str]:
    """A sujet that nothing uses goes."""
    proposition = ReferentielPropose(Sorte.SUJETS, "rsa_suspendu").write()
    return {"proposition": proposition, "vu": "0", "raison": "Plus utile."}


def maintain(day: str) -> dict[str, str]:
    """Closed for an evening."""
    return {"genre": "fermeture", "du_on": day, "du_a": "20:00", "au_on": day, "au_a": "23:00"}
