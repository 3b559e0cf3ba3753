"""« Même usager, nouvelle demande » : a form begun with the identity of a demande, and nothing else of it.

Neither its identifiers nor its text come along, and the mandat is asked anew: each demande has its own consent.
"""

from datetime import datetime
from uuid import UUID

from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import save_brouillon
from app.domain.demandes.demande import Demande
from app.domain.regles.permissions import can_repeat_usager, require


async def begin_for_same_usager(signed: Signed, demande: Demande, formulaire: UUID, now: datetime) -> None:
    """Keep a form named `formulaire` with the usager’s names and birth; pressed twice, it is one form.

    Raises Refus to who does not speak for this usager, Introuvable when that form is somebody else’s, Invalide beyond
    100 drafts.
    """
    require(can_repeat_usager(signed.droits, demande.parties))
    identity = {
        "prenom": demande.usager_prenom,
        "nom": demande.usager_nom,
        "naissance": demande.usager_naissance,
    }
    champs = {nom: [valeur] for nom, valeur in {"formulaire": str(formulaire), **identity}.items()}
    await save_brouillon(signed, formulaire, champs, None, now)
