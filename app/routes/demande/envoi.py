"""Who reads what is sent, said by the button that sends it (product §7). Pure: facts in, French out."""

from dataclasses import dataclass

from app.domain.demandes.demande import Demande
from app.domain.echanges.redaction import Lecteurs
from app.routes.demande.gestes import Gestes
from app.templating import pluriel


@dataclass(frozen=True)
class MotsEnvoi:
    """What follows « Envoyer » on the button: to everybody, and reserved; whoever writes is not counted."""

    a_tous: str
    aux_instructeurs: str = ""


def envoi_of(demande: Demande, gestes: Gestes, lecteurs: Lecteurs) -> MotsEnvoi:
    """The readers of each kind of message this agent may send."""
    if gestes.is_on_aidant_side:
        return MotsEnvoi(_aux_organismes(demande, lecteurs.prives - lecteurs.experts))
    aidants = lecteurs.tous - lecteurs.prives
    return MotsEnvoi(
        f" à l’aidant ({pluriel(aidants, 'personne')})" if aidants else " à l’aidant",
        _aux_instructeurs(lecteurs, gestes) if gestes.write_prive else "",
    )


def _aux_organismes(demande: Demande, instructeurs: int) -> str:
    asked = demande.sollicitations
    qui = asked[0].nom if len(asked) == 1 else pluriel(len(asked), "organisme")
    return f" à {qui} ({pluriel(instructeurs, 'personne')})"


def _aux_instructeurs(lecteurs: Lecteurs, gestes: Gestes) -> str:
    instructeurs = lecteurs.prives - lecteurs.experts - gestes.is_instructeur
    experts = lecteurs.experts - (not gestes.is_instructeur)
    said = [pluriel(n, mot) for n, mot in ((instructeurs, "instructeur"), (experts, "expert")) if n > 0]
    return f" à {' et '.join(said)}" if said else " aux instructeurs (personne d’autre pour l’instant)"
