"""`/groupes/{groupe}/membres/{agent}`: one member: roles, absence, welcome mail, coming back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.groupes.absences import can_declare, declare_absence, end_absence, list_remplacants
from app.domain.groupes.ajouts import change_roles
from app.domain.groupes.comptes import cancel_compte, resend_welcome
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import Etat, get_membre
from app.domain.groupes.retraits import reactivate
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_manage_groupe
from app.domain.regles.roles import Role, Roles
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of, read_roles
from app.routes.groupe.membres import LigneMembre, ligne_of
from app.routes.params import Form, Now, Signed, TheGroupe, Visit

PAGE = "groupe/membre.html"


@dataclass(frozen=True)
class AbsenceSaisie:
    """The form of an absence, as typed."""

    debut: str
    fin: str
    remplacant: int | None


@dataclass(frozen=True, kw_only=True)
class UnMembre(Contexte):
    """One member as this reader may see and change them. `vus` are the roles that the page shows, `absence_vue` the
    absence.
    """

    templates = (PAGE,)
    entete: Entete
    membre: LigneMembre
    email: str
    telephone: str
    depuis: datetime
    autres_groupes: tuple[str, ...]
    attend: bool
    desactive: bool
    is_exclu: bool
    peut_declarer: bool
    a_une_absence: bool
    absence_vue: str
    roles: Roles
    vus: str
    absence: AbsenceSaisie
    remplacants: list[tuple[int, str]]


@get("/groupes/{groupe:str}/membres/{agent:str}")
async def get_un_membre(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """What a colleague may know of a member."""
    return await pages.show(request, PAGE, await _load(signed, equipe, read_agent(request), now))


@post("/groupes/{groupe:str}/membres/{agent:str}")
async def update_roles(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Give these roles; what a colleague changed meanwhile is shown and asked again."""
    agent, roles = read_agent(request), read_roles(form)
    vus = frozenset(role for role in Role if role.value in form.texte("vus").split())
    try:
        await change_roles(signed, equipe, agent, roles, vus=vus, now=now)
    except (Invalide, Conflit) as refus:
        said = {"roles": refus.phrase} if isinstance(refus, Conflit) else refus.erreurs
        status = 409 if isinstance(refus, Conflit) else 422
        context = await _load(signed, equipe, agent, now, roles=roles, erreurs=said)
        return await pages.show(request, PAGE, context, status=status)
    return _back(request, equipe, agent, Fait.ROLES_MODIFIES)


@post("/groupes/{groupe:str}/membres/{agent:str}/absence")
async def create_absence(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Declare an absence, or change the one declared."""
    agent = read_agent(request)
    typed = AbsenceSaisie(form.texte("debut"), form.texte("fin"), form.identifiant("remplacant"))
    try:
        await declare_absence(
            signed,
            equipe,
            agent,
            debut=form.jour("debut"),
            fin=form.jour("fin"),
            remplacant=typed.remplacant,
            vu=form.texte("vu"),
            now=now,
        )
    except Invalide as invalide:
        context = await _load(signed, equipe, agent, now, absence=typed, erreurs=invalide.erreurs)
        return await pages.show(request, PAGE, context)
    except Conflit as conflit:
        context = await _load(signed, equipe, agent, now, absence=typed, erreurs={"debut": conflit.phrase})
        return await pages.show(request, PAGE, context, status=409)
    return _back(request, equipe, agent, Fait.ABSENCE_DECLAREE)


@post("/groupes/{groupe:str}/membres/{agent:str}/retour")
async def close_absence(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Back before the day, or not leaving after all."""
    agent = read_agent(request)
    await end_absence(signed, equipe, agent, now, vu=form.texte("vu"))
    return _back(request, equipe, agent, Fait.ABSENCE_TERMINEE)


@post("/groupes/{groupe:str}/membres/{agent:str}/courriel")
async def resend_courriel(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """Another welcome mail."""
    agent = read_agent(request)
    await resend_welcome(signed, equipe, agent, now)
    return _back(request, equipe, agent, Fait.COMPTE_RELANCE)


@post("/groupes/{groupe:str}/membres/{agent:str}/annulation")
async def cancel_membre(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """Take back an account nobody has used."""
    await cancel_compte(signed, equipe, read_agent(request), now)
    return pages.go(request, f"/groupes/{equipe.id}", annonce=Fait.COMPTE_ANNULE)


@post("/groupes/{groupe:str}/membres/{agent:str}/reactivation")
async def reactivate_membre(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """Let a deactivated member sign in again."""
    agent = read_agent(request)
    await reactivate(signed, equipe, agent, now)
    return _back(request, equipe, agent, Fait.COMPTE_REACTIVE)


def read_agent(request: Visit) -> int:
    """The member of the path. Raises Introuvable when it is no number."""
    agent = as_id(str(request.path_params["agent"]))
    if agent is None:
        raise Introuvable
    return agent


def _back(request: Visit, equipe: Groupe, agent: int, fait: Fait) -> Response[Any]:
    return pages.go(request, f"/groupes/{equipe.id}/membres/{agent}", annonce=fait)


async def _load(
    signed: Agent,
    equipe: Groupe,
    agent: int,
    now: datetime,
    *,
    roles: Roles | None = None,
    absence: AbsenceSaisie | None = None,
    erreurs: Mapping[str, str] | None = None,
) -> UnMembre:
    membre = await get_membre(equipe.id, agent)
    is_personne = membre.etat is not Etat.DESACTIVES and not membre.is_collectif
    declares = can_declare(signed.droits, equipe.id, agent) and is_personne
    away = membre.absence
    kept = AbsenceSaisie(
        away.debut_on.isoformat() if away else "",
        away.fin_on.isoformat() if away else "",
        away.remplacant if away else None,
    )
    people = await list_remplacants(equipe.id, agent) if declares else []
    return UnMembre(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "/membres", now),
        membre=ligne_of(membre, signed, now),
        email=membre.email,
        telephone=membre.telephone,
        depuis=membre.member_since,
        autres_groupes=membre.autres_groupes if can_manage_groupe(signed.droits, equipe.id) else (),
        attend=membre.etat is Etat.ATTENTE,
        desactive=membre.etat is Etat.DESACTIVES,
        is_exclu=membre.is_exclu and not signed.droits.is_administrateur,
        peut_declarer=declares,
        a_une_absence=away is not None,
        absence_vue=away.marque if away else "",
        roles=membre.roles if roles is None else roles,
        vus=" ".join(role for role in Role if role in membre.roles),
        absence=absence or kept,
        remplacants=[(person.agent, person.nom) for person in people],
    )


ROUTES = [
    get_un_membre,
    update_roles,
    create_absence,
    close_absence,
    resend_courriel,
    cancel_membre,
    reactivate_membre,
]
