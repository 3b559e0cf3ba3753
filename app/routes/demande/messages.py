"""POST `/demandes/{numero}/messages`: an answer, or one of the quick answers."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.brouillons import save_brouillon
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.fenetres import take_in
from app.domain.echanges import departs, messages
from app.domain.echanges.fil import name_ligne
from app.domain.echanges.saisie import MessageSaisi, read_message, with_message
from app.domain.pieces_jointes.panier import asks_only_for_files, follow_panier
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.permissions import can_read_demande, require
from app.formulaire import Formulaire
from app.routes.demande.contexte import PAGE, REGION
from app.routes.demande.dossier import EN_PARTANCE, REPRISE, build_conflit, build_dossier, reload_dossier
from app.routes.demande.enregistrees import asks_for_enregistrees, follow_enregistrees
from app.routes.params import Form, Now, Signed, TheDemande, Visit
from app.televersement import ENVOI_MAX


@post("/demandes/{numero:str}/messages", request_max_body_size=ENVOI_MAX, opt={"sans_jumeau": True})
async def create_message(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Do the act named by `acte`; what was typed stays on the page until it is kept, files included."""
    require(can_read_demande(signed.droits, demande.parties))
    typed = read_message(form)
    url = f"/demandes/{demande.numero}"
    try:
        panier = await follow_panier(signed, form, typed.cle, demande, now)
        typed = replace(typed, cle=panier.formulaire) if panier else typed
        again: dict[str, Any] | None = None
        if panier and (panier.rejets or asks_only_for_files(form)):
            again = {"panier": panier, "erreurs": panier.erreurs}
        elif (autre := form.cle("reunir")) is not None:
            # A refresh must not post again what the window said before.
            if await take_in(signed, demande, autre, typed.cle, form.champs, now=now):
                load = partial(reload_dossier, signed, demande.numero, now, focus=REPRISE)
                return await pages.answer(request, REGION, load, page=PAGE, url=f"{url}#demande-repondre")
            again = {"focus": REPRISE}
        elif form.texte("citer"):
            typed = replace(typed, rapide=None)
            again = {"panier": panier, "citer": form.identifiant("citer") or 0}
        elif asks_for_enregistrees(form):
            typed, enregistrees = await follow_enregistrees(signed, demande, form, typed)
            again = {"panier": panier, "enregistrees": enregistrees}
        if again is not None:
            await _keep(signed, demande, typed, form, now)
            kept = await build_dossier(signed, demande, now, saisie=typed, **again)
            return await pages.answer(request, REGION, kept, page=PAGE, url=None)
        ligne = await departs.send(signed, demande, typed, form, read=Formulaire, now=now)
    except Invalide as invalide:
        await _keep(signed, demande, typed, form, now)
        kept = await build_dossier(signed, demande, now, saisie=typed, erreurs=invalide.erreurs)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url)
    except Conflit as conflit:
        await _keep(signed, demande, typed, form, now)
        kept = await build_conflit(signed, demande.numero, conflit, now, saisie=typed)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url, status=409)
    ancre = f"partance-{typed.cle}" if ligne is None else f"message-{name_ligne(ligne)}"
    focus = EN_PARTANCE if ligne is None else ligne
    load = partial(reload_dossier, signed, demande.numero, now, focus=focus)
    annonce = "reponse_en_partance" if ligne is None else messages.fait_of(typed)
    return await pages.answer(request, REGION, load, page=PAGE, url=f"{url}#{ancre}", annonce=annonce)


async def _keep(
    signed: Agent, demande: Demande, typed: MessageSaisi, form: Formulaire, now: datetime
) -> None:
    """The answer comes back on a page that may be left: its draft is kept first. What no draft can hold is on the page
    all the same, and prevents nothing.
    """
    if typed.rapide is not None:
        return
    champs = {**form.champs, "cle": [str(typed.cle)], "texte": [typed.texte]}
    with suppress(Refus, Introuvable, Conflit, Invalide):
        await save_brouillon(signed, typed.cle, champs, demande, now)


@post("/demandes/{numero:str}/annulation", request_max_body_size=ENVOI_MAX)
async def create_annulation(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """« Annuler l’envoi »: what was sent is in the form again, with what was begun since, its files included."""
    require(can_read_demande(signed.droits, demande.parties))
    saisie = typed = replace(read_message(form), rapide=None)
    try:
        back = await departs.take_back(
            signed, demande, form.cle("annuler") or typed.cle, typed, read=Formulaire, now=now
        )
        # No draft keeps a quick answer: this page is the only one that shows it again.
        saisie = back if back.rapide is None else typed
        panier = await follow_panier(signed, form, saisie.cle, demande, now)
    except Conflit as conflit:
        kept = await build_conflit(signed, demande.numero, conflit, now, saisie=saisie)
        return await pages.answer(request, REGION, kept, page=PAGE, url=None, status=409)
    if back.rapide is None and not (panier and panier.rejets):
        load = partial(reload_dossier, signed, demande.numero, now, focus=REPRISE)
        url = f"/demandes/{demande.numero}#demande-repondre"
        return await pages.answer(request, REGION, load, page=PAGE, url=url, annonce="reponse_reprise")
    shown = saisie if back.rapide is None else with_message(back, typed)
    fresh = await get_demande(signed.droits, demande.numero)
    erreurs = panier.erreurs if panier else {}
    context = await build_dossier(signed, fresh, now, saisie=shown, panier=panier, erreurs=erreurs)
    return await pages.answer(request, REGION, context, page=PAGE, url=None)


ROUTES = [create_message, create_annulation]
