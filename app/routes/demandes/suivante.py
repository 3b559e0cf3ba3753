"""GET `/demandes/{numero}/suivante`: from one demande to the next one of the list it stands in."""

from typing import Any

from litestar import Response, get

from app import pages
from app.domain.listes.boites import find_suivante
from app.domain.listes.criteres import Criteres
from app.domain.regles.permissions import can_read_demande, is_instructeur, is_on_aidant_side, require
from app.routes.demandes.adresses import write_adresse
from app.routes.demandes.retour import find_liste, say_liste
from app.routes.demandes.vues import MIENNES, RECUES, SUIVIES
from app.routes.params import Now, Query, Signed, TheDemande, Visit


@get("/demandes/{numero:str}/suivante")
async def get_suivante(
    request: Visit, signed: Signed, demande: TheDemande, criteres: Query, now: Now
) -> Response[Any]:
    """The one after it in the list one came from (`liste`), else in its own as it opens; the first one after the last;
    the list itself when there is no other.
    """
    droits, parties = signed.droits, demande.parties
    require(can_read_demande(droits, parties))
    inside = RECUES if is_instructeur(droits, parties) else SUIVIES
    own = MIENNES if is_on_aidant_side(droits, parties) else inside
    vue, asked = find_liste(criteres.texte("liste")) or (own, Criteres())
    suivante = await find_suivante(vue.boite, droits, asked, demande.numero, now)
    suite = say_liste(vue, asked)
    if suivante is None:
        return pages.go(request, write_adresse(vue.chemin, asked) if suite else vue.chemin)
    return pages.go(request, f"/demandes/{suivante}{suite}")


ROUTES = [get_suivante]
