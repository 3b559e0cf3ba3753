"""`/administration/agents/{agent}`: one account, and what only an administrateur changes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages, vitrine
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration import comptes, vues
from app.domain.administration.agents import FicheAgent, get_agent
from app.domain.faits.registre import Fait
from app.domain.figures.perimetres import load_noms
from app.domain.groupes.membres import Etat
from app.domain.regles.errors import Invalide
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.administration.agents import BADGES, URL
from app.routes.params import Form, Now, Signed, Visit, read_id

PAGE = "administration/agent.html"
ADRESSE = URL + "/{agent:str}"


@dataclass(frozen=True, kw_only=True)
class UnAgent(Contexte):
    """The account, and the form that was refused as it was typed. `ouvert` names that form."""

    templates = (PAGE,)
    fiche: FicheAgent
    etat: str
    adresse: str
    is_moi: bool
    is_ferme: bool
    ouvert: str
    email: str
    motif: str
    qualites: list[str]
    qualites_vues: str
    organismes: list[tuple[int, str]]
    departements: list[tuple[int, str]]
    organisme: int | None
    departement: int | None


@get(ADRESSE)
async def get_un_agent(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """What the A+ team may know of an account. Raises Introuvable."""
    return await pages.show(request, PAGE, await _load(request, signed, now))


@post(f"{ADRESSE}/adresse")
async def update_adresse(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Another address, told at both. Raises Introuvable, Conflit."""
    agent = read_id(request, "agent")
    try:
        await comptes.change_adresse(
            signed, agent, form.texte("email"), form.texte("motif"), now, vu=form.texte("vu")
        )
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="adresse", form=form, invalide=invalide)
    return _back(request, agent, Fait.ADRESSE_MODIFIEE)


@post(f"{ADRESSE}/qualites")
async def update_qualites(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Expert, administrateur, both or neither. Raises Introuvable."""
    agent, held = read_id(request, "agent"), form.textes("qualites")
    try:
        await comptes.change_qualites(
            signed,
            agent,
            expert="expert" in held,
            administrateur="administrateur" in held,
            motif=form.texte("motif"),
            now=now,
            vu=form.texte("vu"),
        )
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="qualites", form=form, invalide=invalide)
    return _back(request, agent, Fait.QUALITES_MODIFIEES)


@post(f"{ADRESSE}/perimetres")
async def create_perimetre(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """One more scope of figures. Raises Introuvable."""
    agent = read_id(request, "agent")
    try:
        await comptes.add_perimetre(
            signed,
            agent,
            organisme=form.identifiant("organisme"),
            departement=form.identifiant("departement"),
            motif=form.texte("motif"),
            now=now,
        )
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="perimetres", form=form, invalide=invalide)
    return _back(request, agent, Fait.PERIMETRE_AJOUTE)


@post(f"{ADRESSE}/perimetres/{{perimetre:str}}/retrait")
async def remove_perimetre(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """Take a scope back. Raises Introuvable."""
    agent, perimetre = read_id(request, "agent"), read_id(request, "perimetre")
    is_removed = await comptes.remove_perimetre(signed, agent, perimetre, now)
    return _back(request, agent, Fait.PERIMETRE_RETIRE if is_removed else "perimetre_deja_retire")


@post(f"{ADRESSE}/deconnexions")
async def end_sessions(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """Sign the account out everywhere. Raises Introuvable."""
    agent = read_id(request, "agent")
    await comptes.end_sessions(signed, agent, now)
    return _back(request, agent, Fait.SESSIONS_FERMEES)


@post(f"{ADRESSE}/second-facteur")
async def lift_second_facteur(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """The phone is lost: another one is set up at the next sign-in. Raises Introuvable, Conflit."""
    agent = read_id(request, "agent")
    try:
        await comptes.lift_second_facteur(signed, agent, form.texte("motif"), now)
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="second", form=form, invalide=invalide)
    return _back(request, agent, Fait.SECOND_FACTEUR_LEVE)


@post(f"{ADRESSE}/desactivation")
async def deactivate(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Close an account that is in no groupe. Raises Introuvable, Conflit."""
    agent = read_id(request, "agent")
    try:
        await comptes.deactivate_alone(signed, agent, form.texte("motif"), now)
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="desactivation", form=form, invalide=invalide)
    return _back(request, agent, Fait.COMPTE_DESACTIVE)


@post(f"{ADRESSE}/reactivation")
async def reactivate(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Open a closed account again. Raises Introuvable, Conflit."""
    agent = read_id(request, "agent")
    try:
        await comptes.reactivate_account(signed, agent, form.texte("motif"), now)
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="reactivation", form=form, invalide=invalide)
    return _back(request, agent, Fait.COMPTE_REACTIVE)


@post(f"{ADRESSE}/vue")
async def begin_vue(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """« Voir comme »: from here on, the pages are those of this agent. Raises Introuvable, Conflit."""
    agent = read_id(request, "agent")
    try:
        await vues.begin_vue(signed, agent, form.texte("motif"), now)
    except Invalide as invalide:
        return await _again(request, signed, now, ouvert="vue", form=form, invalide=invalide)
    return pages.go(request, "/")


@post(vitrine.FIN)
async def end_vue(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """One’s own pages again, on the account one was looking at. Raises Introuvable."""
    comptes.require_known(signed)
    if signed.vue is None:
        return pages.go(request, "/")
    await vues.end_vue(signed, now)
    return _back(request, signed.vue.agent, Fait.VUE_FERMEE)


def _back(request: Visit, agent: int, annonce: str) -> Response[Any]:
    return pages.go(request, f"{URL}/{agent}", annonce=annonce)


async def _again(
    request: Visit, signed: Agent, now: datetime, *, ouvert: str, form: Formulaire, invalide: Invalide
) -> Response[Any]:
    context = await _load(request, signed, now, ouvert=ouvert, form=form, erreurs=invalide.erreurs)
    return await pages.show(request, PAGE, context)


async def _load(
    request: Visit,
    signed: Agent,
    now: datetime,
    *,
    ouvert: str = "",
    form: Formulaire | None = None,
    erreurs: Mapping[str, str] | None = None,
) -> UnAgent:
    fiche, noms = await get_agent(signed, read_id(request, "agent"), now), await load_noms()
    trouve, typed = fiche.trouve, form or Formulaire()
    return UnAgent(
        # The same field stands in several forms of the page: its error is that of the one refused.
        erreurs={f"{nom}-{ouvert}": phrase for nom, phrase in (erreurs or {}).items()},
        fiche=fiche,
        etat=BADGES[trouve.etat],
        adresse=f"{URL}/{trouve.id}",
        is_moi=trouve.id == signed.droits.agent,
        is_ferme=trouve.etat is Etat.DESACTIVES,
        ouvert=ouvert,
        email=typed.texte("email"),
        motif=typed.texte("motif"),
        qualites=typed.textes("qualites") if ouvert == "qualites" else list(trouve.qualites),
        qualites_vues=comptes.say_qualites(
            expert="expert" in trouve.qualites, administrateur="administrateur" in trouve.qualites
        ),
        organismes=list(noms.organismes.items()),
        departements=list(noms.departements.items()),
        organisme=typed.identifiant("organisme"),
        departement=typed.identifiant("departement"),
    )


ROUTES = [
    get_un_agent,
    update_adresse,
    update_qualites,
    create_perimetre,
    remove_perimetre,
    end_sessions,
    lift_second_facteur,
    deactivate,
    reactivate,
    begin_vue,
    end_vue,
]
