"""GET `/demandes/{numero}/suivante`: from one demande to the next one of the list it stands in."""

from typing import Any

from litestar import Response, get

from app import pages
from app.domain.listes.boites import find_suivante
from app.domain.regles.permissions import can_read_demande, is_instructeur, is_on_aidant_side, require
from app.routes.demandes.vues import MIENNES, RECUES, SUIVIES
from app.routes.params import Now, Signed, TheDemande, Visit


@get("/demandes/{numero:str}/suivante")
async def get_suivante(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """The one after it in the list as it opens, else its first one; the list itself when there is no other."""
    droits, parties = signed.droits, demande.parties
    require(can_read_demande(droits, parties))
    inside = RECUES if is_instructeur(droits, parties) else SUIVIES
    vue = MIENNES if is_on_aidant_side(droits, parties) else inside
    suivante = await find_suivante(vue.boite, droits, demande.numero, now)
    return pages.go(request, vue.chemin if suivante is None else f"/demandes/{suivante}")


ROUTES = [get_suivante]
