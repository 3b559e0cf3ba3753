"""A demande is closed, or opened again, by its aidant side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.vu import Changement, Vu, read_vu, see
from app.domain.echanges import clotures
from app.domain.echanges.actes import Depuis
from app.domain.echanges.saisie import read_message
from app.domain.faits.registre import Fait
from app.domain.pieces_jointes.liste import Pieces
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_close_demande, require
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.bulles import Bulle, bulle_of
from app.routes.demande.contexte import PAGE, REGION, SatisfactionSaisie
from app.routes.demande.dossier import LAST, build_conflit, build_dossier, reload_dossier
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
    cle: UUID
    vu: Vu
    avertissement: str
    changements: tuple[Changement, ...]
    arrivees: list[Bulle]
    pieces: Pieces = field(default_factory=Pieces)


@get("/demandes/{numero:str}/cloture")
async def get_cloture(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Where each organisme stands, and the question asked at closing."""
    require(can_close_demande(signed.droits, demande.parties), CLOSED)
    return await pages.show(request, "demande/cloture.html", _ask(signed, demande, SatisfactionSaisie()))


@post("/demandes/{numero:str}/cloture")
async def create_cloture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Close the demande, with what its aidant says of the answers."""
    typed = SatisfactionSaisie(form.texte("note"), form.texte("commentaire"))
    try:
        await clotures.close_demande(
            signed,
            demande,
            note=form.identifiant("note") or 0,
            commentaire=typed.commentaire,
            cle=form.cle("cle") or uuid4(),
            vu=read_vu(form.texte("vu")),
            now=now,
        )
    except Invalide as invalide:
        kept = _ask(signed, demande, typed, erreurs=invalide.erreurs)
        return await pages.show(request, "demande/cloture.html", kept)
    except Depuis as depuis:
        fresh = await get_demande(signed.droits, demande.numero)
        if fresh.parties.is_closed:
            raise Conflit(
                "Cette demande est déjà clôturée : votre avis n’a pas été compté une seconde fois."
            ) from None
        kept = _ask(signed, fresh, typed, depuis=depuis)
        return await pages.show(request, "demande/cloture.html", kept, status=409)
    return pages.go(request, f"/demandes/{demande.numero}", annonce=Fait.DEMANDE_CLOTUREE)


def _ask(
    signed: Agent,
    demande: Demande,
    satisfaction: SatisfactionSaisie,
    *,
    erreurs: Mapping[str, str] | None = None,
    depuis: Depuis | None = None,
) -> Cloture:
    return Cloture(
        erreurs=erreurs or ({"": depuis.phrase} if depuis else {}),
        demande=demande,
        titre=mots.titre_of(demande),
        bilan=mots.bilan_of(demande),
        satisfaction=satisfaction,
        cle=uuid4(),
        vu=see(signed.droits, demande),
        avertissement=depuis.phrase if depuis else "",
        changements=depuis.changements if depuis else (),
        arrivees=[bulle_of(ligne, signed.droits.agent, None) for ligne in depuis.lignes] if depuis else [],
    )


@post("/demandes/{numero:str}/reouverture")
async def create_reouverture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Open the demande again, with the message if there is one."""
    url = f"/demandes/{demande.numero}"
    typed = read_message(form)
    try:
        await clotures.reopen_demande(
            signed, demande, cle=typed.cle, vu=typed.vu, texte=typed.texte, signature=typed.signature, now=now
        )
    except Invalide as invalide:
        kept = await build_dossier(signed, demande, now, saisie=typed, erreurs=invalide.erreurs)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url)
    except Conflit as conflit:
        kept = await build_conflit(signed, demande.numero, conflit, now, saisie=typed)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url, status=409)
    load = partial(reload_dossier, signed, demande.numero, now, focus=LAST)
    return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce=Fait.DEMANDE_REOUVERTE)


ROUTES = [get_cloture, create_cloture, create_reouverture]
