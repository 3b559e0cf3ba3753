"""`/profil`: who I am, which mails I get and when, where I am signed in (product §4, §9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import cookies, pages, visite
from app.domain.acces.agents import Profil, edit_profil, is_telephone_odd
from app.domain.acces.sessions import (
    Appartenance,
    SessionOuverte,
    close_all_sessions,
    close_session_of,
    list_sessions,
)
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.faits.genres import Genre
from app.domain.faits.registre import Fait
from app.domain.groupes.membres import roles_of
from app.domain.notifications.attente import Prochain, find_prochain
from app.domain.notifications.preferences import (
    GENRES,
    Preferences,
    choose_prereglage,
    choose_rythmes,
    get_preferences,
)
from app.domain.regles.errors import Invalide
from app.domain.regles.roles import say_roles
from app.domain.regles.rythmes import Prereglage, Rythme
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class MonProfil(Contexte):
    """The profile as kept or as typed, and where this agent is signed in."""

    templates = ("profil/page.html",)
    profil: Profil
    preferences: Preferences
    is_telephone_odd: bool
    sessions: list[SessionOuverte]
    groupes: list[tuple[Appartenance, str]]
    """With the roles in words."""


@dataclass(frozen=True, kw_only=True)
class MesCourriels(Contexte):
    """The kinds of event with what is chosen, or was typed, for each; what waits; the next day off."""

    templates = ("profil/notifications.html",)
    genres: tuple[Genre, ...] = GENRES
    rythmes: list[Rythme]
    prereglages: list[Prereglage]
    choisis: Mapping[str, str]
    choisi: Prereglage | None
    prochain: Prochain


@get("/profil", opt=pages.AVEC_MENU)
async def get_profil(request: Visit, signed: Signed) -> Response[Any]:
    """The profile as it is kept."""
    profil = Profil(signed.prenom, signed.nom, signed.fonction, signed.telephone)
    return await _show(request, signed, profil)


@post("/profil")
async def post_profil(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Change name, fonction and telephone."""
    typed = Profil(form.texte("prenom"), form.texte("nom"), form.texte("fonction"), form.texte("telephone"))
    try:
        await edit_profil(signed.droits.agent, typed, is_collectif=signed.droits.is_collectif, now=now)
    except Invalide as error:
        return await _show(request, signed, typed, erreurs=error.erreurs)
    return pages.go(request, "/profil", annonce=Fait.PROFIL_MODIFIE)


@post("/profil/deconnexions")
async def post_deconnexions(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """« Déconnecter partout »: every session ends, this one too."""
    await close_all_sessions(signed.droits.agent, now)
    response = pages.go(request, "/connexion", annonce=Fait.DECONNEXION_PARTOUT)
    cookies.clear_session(response)
    return response


@post("/profil/sessions/{session:str}/fermeture")
async def create_fermeture(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """« Déconnecter » one session; this very one is a log-out."""
    session = as_id(str(request.path_params["session"]), 2**53) or 0
    await close_session_of(signed.droits.agent, session, now)
    if session != signed.session:
        return pages.go(request, "/profil", annonce="session_fermee")
    response = pages.go(request, "/connexion", annonce=Fait.DECONNEXION)
    cookies.clear_session(response)
    return response


@get("/profil/notifications", opt=pages.AVEC_MENU)
async def get_notifications(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """The mails I get, kind of event by kind of event."""
    return await _show_courriels(request, signed, now)


@post("/profil/notifications")
async def post_notifications(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """A ready-made set, or a choice for each kind of event."""
    choix = {genre: form.texte(genre.value) for genre in GENRES}
    try:
        if prereglage := form.texte("prereglage"):
            await choose_prereglage(signed.droits.agent, prereglage, now)
        else:
            await choose_rythmes(signed.droits.agent, choix, now)
    except Invalide as error:
        return await _show_courriels(request, signed, now, choix, erreurs=error.erreurs)
    return pages.go(request, "/profil/notifications", annonce=Fait.COURRIELS_CHOISIS)


async def _show_courriels(
    request: Visit,
    signed: SignedAgent,
    now: datetime,
    choix: Mapping[Genre, str] | None = None,
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    preferences = await get_preferences(signed.droits.agent)
    kept = {genre: preferences.rythme_of(genre).value for genre in GENRES}
    context = MesCourriels(
        erreurs=erreurs or {},
        rythmes=list(Rythme),
        prereglages=list(Prereglage),
        choisis={genre.value: value for genre, value in (choix or kept).items()},
        choisi=preferences.choisi,
        prochain=await find_prochain(signed.droits.agent, now),
    )
    return await pages.show(request, "profil/notifications.html", context)


async def _show(
    request: Visit,
    signed: SignedAgent,
    profil: Profil,
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    context = MonProfil(
        erreurs=erreurs or {},
        profil=profil,
        preferences=await get_preferences(signed.droits.agent),
        is_telephone_odd=is_telephone_odd(profil.telephone),
        groupes=[
            (a, say_roles(roles_of(a.is_aidant, a.is_instructeur, a.is_responsable)))
            for a in signed.appartenances
        ],
        sessions=await list_sessions(signed.droits.agent, visite.read_now(request)),
    )
    return await pages.show(request, "profil/page.html", context)


ROUTES = [get_profil, post_profil, post_deconnexions, create_fermeture, get_notifications, post_notifications]
