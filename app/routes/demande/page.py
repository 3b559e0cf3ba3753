"""GET `/demandes/{numero}`: the demande for who may read it, its metadata for who may only know it exists,
and what remains once its personal data are gone."""

from litestar import Response, get

from app import pages
from app.domain.demandes import lectures
from app.domain.echanges.fil import find_page
from app.domain.regles.permissions import can_read_demande
from app.routes.demande.contexte import FIL, PAGE
from app.routes.demande.dossier import build_dossier
from app.routes.demande.effacement import build_effacee
from app.routes.demande.fiche import build_fiche
from app.routes.params import Now, Query, Signed, TheDemande, Visit


@get("/demandes/{numero:str}", opt=pages.AVEC_MENU_LUE)
async def get_demande(
    request: Visit, signed: Signed, demande: TheDemande, criteres: Query, now: Now
) -> Response[str]:
    """The page. It is loaded before it is marked read, so that what is new since the last visit still shows as new.

    `echanges`: an older page of the thread; what stands after it is not shown there, hence not marked read. Who has
    more to read than a page draws reads the end first: the rest stays unread until the page of its first line is
    opened. `message` leads to the page that holds this line; the browser keeps the anchor of the address. `liste`: the
    list one came from.
    """
    if demande.erased_at is not None:
        return await pages.show(request, "demande/effacee.html", build_effacee(signed, demande, now))
    if not can_read_demande(signed.droits, demande.parties):
        return await pages.show(request, "demande/metadonnees.html", build_fiche(signed, demande, now))
    if message := criteres.texte("message"):
        page = await find_page(signed.droits, demande, message)
        return pages.go(request, f"/demandes/{demande.numero}?echanges={page}")
    dossier = await build_dossier(signed, demande, now, page=criteres.identifiant("echanges"))
    echanges = dossier.echanges
    if echanges.apres or not await lectures.mark_read(signed, demande, now, echanges.lu_at):
        pages.forget_counts(request)
    if echanges.apres and echanges.lu_at is None:
        await lectures.catch_up(signed, demande)
    if echanges.apres and pages.is_htmx(request):
        return await pages.show_region(request, FIL, dossier)
    return await pages.show(request, PAGE, dossier)


ROUTES = [get_demande]
