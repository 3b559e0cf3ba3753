"""A demande is closed, or opened again, by its aidant side."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from app import pages
from app.domain.demandes import demande as demandes
from app.domain.demandes.demande import Demande
from app.domain.echanges import clotures, messages
from app.domain.echanges.saisie import MessageSaisi
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_close_demande, require
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.dossier import (
    LAST,
    PAGE,
    REGION,
    SatisfactionSaisie,
    build_dossier,
    reload_dossier,
)
from app.routes.params import Form, Now, Signed, TheDemande, Visit

CLOSED = "Cette demande est déjà clôturée, ou seul son côté aidant peut la clôturer."


@dataclass(frozen=True, kw_only=True)
class Cloture(Contexte):
    """Where each organisme stands, and the question asked at closing."""

    templates = ("demande/cloture.html",)
    demande: Demande
    titre: str
    bilan: str
    satisfaction: SatisfactionSaisie


@get("/demandes/{numero:str}/cloture")
async def get_cloture(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Where each organisme stands, and the question asked at closing."""
    require(can_close_demande(signed.droits, demande.parties), CLOSED)
    return await pages.show(request, "demande/cloture.html", _ask(demande, SatisfactionSaisie()))


@post("/demandes/{numero:str}/cloture")
async def create_cloture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Close the demande, with what its aidant says of the answers."""
    typed = SatisfactionSaisie(form.texte("note"), form.texte("commentaire"))
    try:
        await clotures.close_demande(
            signed, demande, note=form.identifiant("note") or 0, commentaire=typed.commentaire, now=now
        )
    except Invalide as invalide:
        return await pages.show(request, "demande/cloture.html", _ask(demande, typed, invalide.erreurs))
    return pages.go(request, f"/demandes/{demande.numero}", annonce=Fait.DEMANDE_CLOTUREE)


def _ask(
    demande: Demande, satisfaction: SatisfactionSaisie, erreurs: Mapping[str, str] | None = None
) -> Cloture:
    return Cloture(
        erreurs=erreurs or {},
        demande=demande,
        titre=mots.titre_of(demande),
        bilan=mots.bilan_of(demande),
        satisfaction=satisfaction,
    )


@post("/demandes/{numero:str}/reouverture")
async def create_reouverture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Open the demande again, then send the message if there is one: the form asks for both."""
    url = f"/demandes/{demande.numero}"
    typed = MessageSaisi(
        cle=form.cle("cle") or uuid4(),
        texte=form.texte("texte"),
        signature=form.texte("signature"),
        confirme=True,
    )
    await clotures.reopen_demande(signed, demande, now)
    fresh = await demandes.get_demande(signed.droits, demande.numero)
    if typed.texte:
        try:
            await messages.post_message(signed, fresh, typed, now)
        except Invalide as invalide:
            kept = await build_dossier(signed, fresh, now, saisie=typed, erreurs=invalide.erreurs)
            return await pages.answer(request, REGION, kept, page=PAGE, url=url)
    load = partial(reload_dossier, signed, demande.numero, now, focus=LAST)
    return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce=Fait.DEMANDE_REOUVERTE)


ROUTES = [get_cloture, create_cloture, create_reouverture]
