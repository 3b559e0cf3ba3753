"""A demande is closed, or opened again, by its aidant side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.vu import Changement, Vu, read_vu
from app.domain.echanges import clotures
from app.domain.echanges.actes import Depuis
from app.domain.echanges.departs import see_leaving
from app.domain.echanges.saisie import read_message
from app.domain.faits.registre import Fait
from app.domain.oubli.effacement import retention
from app.domain.pieces_jointes.liste import Pieces, list_pieces
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_close_demande, require
from app.domain.regles.raisons import RaisonCloture
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.demande import mots
from app.routes.demande.bulles import Bulle, bulle_of
from app.routes.demande.contexte import PAGE, REGION, SatisfactionSaisie
from app.routes.demande.dossier import LAST, build_conflit, build_dossier, reload_dossier
from app.routes.demande.fin import echeances_of
from app.routes.demande.gestes import Gestes, gestes_of
from app.routes.params import LEAVES_FIRST, Form, Now, Signed, TheDemande, Visit

CLOSED = "Cette demande est déjà clôturée, ou seul son côté aidant peut la clôturer."


@dataclass(frozen=True, kw_only=True)
class Cloture(Contexte):
    """Where each organisme stands, what goes and when, and the questions asked at closing. `appel`: the key of the form
    that calls the experts before giving up.
    """

    templates = ("demande/cloture.html",)
    demande: Demande
    gestes: Gestes
    titre: str
    volets: list[mots.Volet]
    raisons: list[tuple[str, str]]
    echeances: list[tuple[str, str]]
    appel: UUID
    satisfaction: SatisfactionSaisie
    cle: UUID
    vu: Vu
    avertissement: str
    gardes: str
    """What is kept of what was chosen, when it is asked again."""
    changements: tuple[Changement, ...]
    arrivees: list[Bulle]
    pieces: Pieces = field(default_factory=Pieces)


@get("/demandes/{numero:str}/cloture")
async def get_cloture(request: Visit, signed: Signed, demande: TheDemande, now: Now) -> Response[Any]:
    """Where each organisme stands, and the question asked at closing."""
    require(can_close_demande(signed.droits, demande.parties), CLOSED)
    asked = await _ask(signed, demande, SatisfactionSaisie(), now)
    return await pages.show(request, "demande/cloture.html", asked)


@post("/demandes/{numero:str}/cloture", opt=LEAVES_FIRST)
async def create_cloture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Close the demande, with what its aidant says of the answers."""
    typed = SatisfactionSaisie(form.texte("raison"), form.texte("note"), form.texte("commentaire"))
    try:
        await clotures.close_demande(
            signed,
            demande,
            note=form.identifiant("note") or 0,
            commentaire=typed.commentaire,
            raison=RaisonCloture(typed.raison) if typed.raison in set(RaisonCloture) else None,
            cle=form.cle("cle") or uuid4(),
            vu=read_vu(form.texte("vu")),
            now=now,
        )
    except Invalide as invalide:
        kept = await _ask(signed, demande, typed, now, erreurs=invalide.erreurs)
        return await pages.show(request, "demande/cloture.html", kept)
    except Depuis as depuis:
        fresh = await get_demande(signed.droits, demande.numero)
        if fresh.parties.is_closed:
            raise Conflit(
                "Cette demande est déjà clôturée\u00a0: l’avis donné alors est le seul compté."
            ) from None
        kept = await _ask(signed, fresh, typed, now, depuis=depuis)
        return await pages.show(request, "demande/cloture.html", kept, status=409)
    return pages.go(request, f"/demandes/{demande.numero}", annonce=Fait.DEMANDE_CLOTUREE)


async def _ask(
    signed: Agent,
    demande: Demande,
    satisfaction: SatisfactionSaisie,
    now: datetime,
    *,
    erreurs: Mapping[str, str] | None = None,
    depuis: Depuis | None = None,
) -> Cloture:
    return Cloture(
        erreurs=erreurs or ({"": depuis.phrase} if depuis else {}),
        demande=demande,
        gestes=gestes_of(signed.droits, demande),
        titre=mots.titre_of(demande),
        volets=[mots.volet_of(s, demande, now, signed.zone) for s in demande.sollicitations],
        raisons=[(raison.value, raison.fiche) for raison in RaisonCloture] if demande.is_sans_reponse else [],
        echeances=echeances_of(
            demande, await list_pieces(signed, demande, now), retention(), now, signed.zone
        ),
        appel=uuid4(),
        satisfaction=satisfaction,
        cle=uuid4(),
        vu=await see_leaving(signed, demande, Formulaire),
        avertissement=depuis.phrase if depuis else "",
        gardes=mots.gardes_of(["la raison"] if satisfaction.raison and not demande.is_sans_reponse else []),
        changements=depuis.changements if depuis else (),
        arrivees=[bulle_of(ligne, signed.droits.agent, None) for ligne in depuis.lignes] if depuis else [],
    )


@post("/demandes/{numero:str}/reouverture", opt=LEAVES_FIRST)
async def create_reouverture(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Open the demande again, with the message if there is one."""
    url = f"/demandes/{demande.numero}"
    typed = read_message(form)
    try:
        await clotures.reopen_demande(
            signed,
            demande,
            cle=typed.cle,
            vu=typed.vu,
            texte=typed.texte,
            signature=typed.signature,
            said=typed.en_brouillon,
            now=now,
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
