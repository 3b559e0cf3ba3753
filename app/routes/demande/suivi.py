"""What its reader keeps for themselves: follow, be reminded, mark unread again."""

from functools import partial
from typing import Any

from litestar import Response, post

from app import pages
from app.domain.demandes.demande import get_demande
from app.domain.demandes.lectures import mark_unread
from app.domain.demandes.suivi import ask_rappel, choose_suivi, end_rappel
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.routes.demande.contexte import PAGE, retour_of
from app.routes.demande.dossier import build_dossier, reload_dossier
from app.routes.demande.gestes import gestes_of
from app.routes.params import Form, Now, Signed, TheDemande, Visit

REGION = "demande/suivi.html"


@post("/demandes/{numero:str}/suivi")
async def post_suivi(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Follow, or stop following."""
    is_suivie = form.texte("acte") != "arreter"
    await choose_suivi(signed, demande, is_suivie=is_suivie, now=now)
    load = partial(reload_dossier, signed, demande.numero, now)
    annonce = "demande_suivie" if is_suivie else "demande_plus_suivie"
    return await pages.answer(
        request, REGION, load, page=PAGE, url=f"/demandes/{demande.numero}", annonce=annonce
    )


@post("/demandes/{numero:str}/rappel")
async def post_rappel(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """« Me le rappeler le… », or its end."""
    url = f"/demandes/{demande.numero}"
    load = partial(reload_dossier, signed, demande.numero, now)
    if form.texte("acte") == "finir":
        await end_rappel(signed, demande)
        return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce="rappel_fini")
    try:
        await ask_rappel(signed, demande, form.jour("rappel_le"), now)
    except Invalide as invalide:
        fresh = await get_demande(signed.droits, demande.numero)
        kept = await build_dossier(
            signed, fresh, now, rappel_le=form.texte("rappel_le"), erreurs=invalide.erreurs
        )
        return await pages.answer(request, REGION, kept, page=PAGE, url=url)
    return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce="rappel_prevu")


@post("/demandes/{numero:str}/non-lue")
async def post_non_lue(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """As if the last word of others had not been read; back to the list, since the page itself would read it again."""
    is_groupe = form.texte("pour") == "groupe"
    if not await mark_unread(signed, demande, is_groupe=is_groupe, now=now):
        return pages.go(request, f"/demandes/{demande.numero}", annonce="rien_a_relire")
    annonce = Fait.DEMANDE_NON_LUE if is_groupe else "demande_non_lue_pour_moi"
    retour = retour_of(signed, gestes_of(signed.droits, demande)).through(pages.read_origine(request).liste)
    return pages.go(request, retour.url, annonce=annonce)


ROUTES = [post_suivi, post_rappel, post_non_lue]
