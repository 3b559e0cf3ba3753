"""The end of a demande, and its return."""

from functools import partial
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes import demande as demandes
from app.domain.demandes.demande import Demande
from app.domain.echanges import clotures, messages
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_close_demande, require
from app.routes.demande.dossier import LAST, bilan_of, build_dossier, entete_of, reload_dossier, typed
from app.routes.demande.gestes import gestes_of
from app.routes.demande.messages import REGION
from app.routes.params import Form, Now, Signed, TheDemande, Visit

CLOSED = "Cette demande est déjà clôturée, ou seul son côté aidant peut la clôturer."


@get("/demandes/{numero:str}/cloture")
async def get_cloture(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Where each organisme stands, and the question asked at closing."""
    require(can_close_demande(signed.droits, demande.parties), CLOSED)
    return await pages.show(request, "demande/cloture.html", **_questions(signed, demande, now, {}))


@post("/demandes/{numero:str}/cloture")
async def create_cloture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Close."""
    note, commentaire = form.texte("note"), form.texte("commentaire")
    try:
        await clotures.close_demande(
            signed, demande, note=form.identifiant("note") or 0, commentaire=commentaire, now=now
        )
    except Invalide as invalide:
        questions = _questions(signed, demande, now, {"note": note, "commentaire": commentaire})
        return await pages.show(
            request, "demande/cloture.html", status=422, erreurs=invalide.erreurs, **questions
        )
    return pages.go(request, f"/demandes/{demande.numero}", annonce=Fait.DEMANDE_CLOTUREE)


def _questions(signed: Agent, demande: Demande, now: Any, saisie: dict[str, Any]) -> dict[str, Any]:
    gestes = gestes_of(signed.droits, demande)
    return {
        **entete_of(signed, demande, gestes, now),
        "bilan": bilan_of(demande),
        "saisie": typed(signed, saisie),
    }


@post("/demandes/{numero:str}/reouverture")
async def create_reouverture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Open again, then send the message if there is one: the two acts the aidant side asked for."""
    url = f"/demandes/{demande.numero}"
    saisie: dict[str, Any] = {
        "texte": form.texte("texte"),
        "signature": form.texte("signature"),
        "cle": form.cle("cle") or uuid4(),
    }
    await clotures.reopen_demande(signed, demande, now)
    fresh = await demandes.get_demande(signed.droits, demande.numero)
    if saisie["texte"]:
        try:
            await messages.post_message(signed, fresh, messages.Saisie(**saisie, confirme=True), now)
        except Invalide as invalide:
            dossier = await build_dossier(signed, fresh, now, saisie=saisie)
            return await pages.answer(request, **REGION, url=url, erreurs=invalide.erreurs, **dossier)
    load = partial(reload_dossier, signed, demande.numero, now, focus=LAST)
    return await pages.answer(request, **REGION, url=url, annonce=Fait.DEMANDE_REOUVERTE, load=load)


ROUTES = [get_cloture, create_cloture, create_reouverture]
