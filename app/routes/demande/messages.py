"""POST `/demandes/{numero}/messages`: an answer, or one of the quick answers."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes.demande import Demande
from app.domain.echanges import messages
from app.domain.echanges.fil import name_ligne
from app.domain.echanges.saisie import MessageSaisi, read_message
from app.domain.pieces_jointes.panier import asks_only_for_files, follow_panier
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_read_demande, require
from app.routes.demande.contexte import PAGE, REGION
from app.routes.demande.dossier import build_conflit, build_dossier, reload_dossier
from app.routes.demande.enregistrees import asks_for_enregistrees, follow_enregistrees
from app.routes.params import Form, Now, Signed, TheDemande, Visit
from app.televersement import ENVOI_MAX


@post("/demandes/{numero:str}/messages", request_max_body_size=ENVOI_MAX)
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
        if panier and (panier.rejets or asks_only_for_files(form)):
            kept = await build_dossier(
                signed, demande, now, saisie=typed, panier=panier, erreurs=panier.erreurs
            )
            return await pages.answer(request, REGION, kept, page=PAGE, url=None)
        if form.texte("citer"):
            citer = form.identifiant("citer") or 0
            kept = await build_dossier(
                signed, demande, now, saisie=replace(typed, rapide=None), panier=panier, citer=citer
            )
            return await pages.answer(request, REGION, kept, page=PAGE, url=None)
        if asks_for_enregistrees(form):
            typed, enregistrees = await follow_enregistrees(signed, demande, form, typed)
            kept = await build_dossier(
                signed, demande, now, saisie=typed, panier=panier, enregistrees=enregistrees
            )
            return await pages.answer(request, REGION, kept, page=PAGE, url=None)
        ligne = await _act(signed, demande, typed, now)
    except Invalide as invalide:
        kept = await build_dossier(signed, demande, now, saisie=typed, erreurs=invalide.erreurs)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url)
    except Conflit as conflit:
        kept = await build_conflit(signed, demande.numero, conflit, now, saisie=typed)
        return await pages.answer(request, REGION, kept, page=PAGE, url=url, status=409)
    load = partial(reload_dossier, signed, demande.numero, now, focus=ligne)
    return await pages.answer(
        request,
        REGION,
        load,
        page=PAGE,
        url=f"{url}#message-{name_ligne(ligne)}",
        annonce=messages.fait_of(typed),
    )


async def _act(signed: Agent, demande: Demande, typed: MessageSaisi, now: datetime) -> int:
    if typed.rapide is None:
        return await messages.post_message(signed, demande, typed, now)
    return await messages.answer_quickly(signed, demande, typed.rapide, typed, now)


ROUTES = [create_message]
