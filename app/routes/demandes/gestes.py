"""POST `/demandes/gestes` and `/demandes/gestes/annulation`: acts on the rows ticked in a list, and their undoing."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, post

from app import pages
from app.domain.acces.sessions import Signed as SignedIn
from app.domain.echanges.gestes import GesteListe, GesteSaisi, do_gestes, undo_gestes
from app.domain.regles.errors import Invalide
from app.formulaire import Formulaire
from app.routes.demandes.adresses import read_criteres, write_adresse
from app.routes.demandes.liste import BarreSaisie, show_liste, write_fait
from app.routes.demandes.mots import read_coches
from app.routes.demandes.retour import read_retour
from app.routes.params import Form, Now, Signed, Visit


@post("/demandes/gestes")
async def post_gestes(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Do the act named by `acte` on each demande ticked; what could not be done is said on the list."""
    coches = read_coches(form)
    acte = form.texte("acte")
    saisi = GesteSaisi(
        cle=form.cle("cle") or uuid4(),
        acte=GesteListe(acte) if acte in set(GesteListe) else None,
        numeros=tuple(coches),
        vues=coches,
        rappel_le=form.jour("rappel_le"),
        signature=form.texte("signature"),
    )
    try:
        await do_gestes(signed, saisi, now)
    except Invalide as invalide:
        barre = BarreSaisie(
            frozenset(coches), form.texte("rappel_le"), form.texte("signature"), invalide.erreurs
        )
        vue, query = read_retour(form)
        return await show_liste(request, signed, vue, query, now, barre=barre)
    return await _tell(request, signed, form, saisi.cle, now)


@post("/demandes/gestes/annulation")
async def post_annulation(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """« Annuler »: what a form did is undone where nothing happened since; where it could not be, the list says why."""
    lot = form.cle("lot") or uuid4()
    await undo_gestes(signed, lot, now)
    return await _tell(request, signed, form, lot, now)


async def _tell(
    request: Visit, signed: SignedIn, form: Formulaire, lot: UUID, now: datetime
) -> Response[Any]:
    """Back to the list, which tells what became of the demandes of this form."""
    vue, query = read_retour(form)
    if pages.is_htmx(request):
        return await show_liste(request, signed, vue, query, now, lot=lot)
    is_live = query.texte("actualisation") != "non"
    url = write_adresse(vue.chemin, read_criteres(query), is_live=is_live)
    return pages.go(request, write_fait(url, lot))


ROUTES = [post_gestes, post_annulation]
