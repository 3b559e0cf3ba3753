"""POST `/demandes/{numero}/messages`: an answer, « Je m’en occupe » or « Je ne suis pas le bon interlocuteur »."""

from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.demandes import demande as demandes
from app.domain.demandes.demande import Demande
from app.domain.echanges import messages
from app.domain.faits.registre import Fait
from app.domain.pieces_jointes.panier import asks_only_for_files, follow_panier
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_answer, can_read_demande, require
from app.formulaire import Formulaire
from app.routes.demande.dossier import build_dossier, reload_dossier
from app.routes.demande.saisie import typed_message
from app.routes.params import Form, Now, Signed, TheDemande, Visit
from app.televersement import MAX_ENVOI

REGION: dict[str, Any] = {"region": "demande/dossier.html", "page": "demande/page.html"}


@post("/demandes/{numero:str}/messages", request_max_body_size=MAX_ENVOI)
async def create_message(
    request: Visit, signed: Signed, demande: TheDemande, form: Form, now: Now
) -> Response[Any]:
    """Do the act named by `acte`; what was typed stays on the page until it is kept, files included."""
    require(can_read_demande(signed.droits, demande.parties))
    typed = typed_message(form)
    url = f"/demandes/{demande.numero}"
    try:
        panier = await follow_panier(signed, form, typed["cle"], demande, now)
        if panier and (panier.rejets or asks_only_for_files(form)):
            dossier = await build_dossier(signed, demande, now, saisie=typed, panier=panier)
            return await pages.answer(request, **REGION, url=None, erreurs=panier.erreurs, **dossier)
        ligne = await _act(signed, demande, form, typed, now)
    except Invalide as invalide:
        erreurs = _renamed(invalide.erreurs, typed["ouvert"])
        dossier = await build_dossier(signed, demande, now, saisie=typed)
        return await pages.answer(request, **REGION, url=url, erreurs=erreurs, **dossier)
    except Conflit as conflit:
        dossier = await _build_conflit(signed, demande.numero, conflit, typed, now)
        erreurs = {"": conflit.phrase}
        return await pages.answer(request, **REGION, url=url, erreurs=erreurs, status=409, **dossier)
    annonce = Fait.MESSAGE_PRIVE_ENVOYE if typed["is_prive"] else Fait.MESSAGE_ENVOYE
    return await pages.answer(
        request,
        **REGION,
        url=f"{url}#message-{ligne}",
        annonce=annonce,
        load=partial(reload_dossier, signed, demande.numero, now, focus=ligne),
    )


async def _act(
    signed: Agent, demande: Demande, form: Formulaire, typed: dict[str, Any], now: datetime
) -> int:
    who = {"cle": typed["cle"], "signature": typed["signature"], "groupe": typed["groupe"], "now": now}
    acte = form.texte("acte")
    if acte == "prise_en_charge":
        return await messages.take_charge(signed, demande, **who)
    if acte == "declinee":
        return await messages.decline(signed, demande, texte=typed["motif"], **who)
    saisie = messages.Saisie(
        texte=typed["texte"],
        cle=typed["cle"],
        is_prive=typed["is_prive"],
        is_procedure=typed["is_procedure"],
        is_traitee=typed["is_traitee"],
        relances=typed["relances"],
        signature=typed["signature"],
        vu=form.identifiant("vu") or 0,
        confirme=form.is_checked("confirme"),
    )
    return await messages.post_message(signed, demande, saisie, now, groupe=typed["groupe"])


def _renamed(erreurs: dict[str, str], ouvert: str) -> dict[str, str]:
    """The text of a refusal to take part is typed in its own field."""
    return {"motif" if ouvert and nom == "texte" else nom: phrase for nom, phrase in erreurs.items()}


async def _build_conflit(
    signed: Agent, numero: int, conflit: Conflit, typed: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The page as it is now, what arrived above the text, and the text kept."""
    fresh = await demandes.get_demande(signed.droits, numero)
    arrivees = conflit.lignes if isinstance(conflit, messages.Arrives) else ()
    if not can_answer(signed.droits, fresh.parties):
        typed = {**typed, "texte": typed["texte"] or typed["motif"]}
    dossier = await build_dossier(signed, fresh, now, saisie=typed, arrivees=arrivees)
    return {**dossier, "avertissement": conflit.phrase}


ROUTES = [create_message]
