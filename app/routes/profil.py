"""`/profil`: who I am, which mails I get, where I am signed in (product §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import cookies, pages, visite
from app.domain.acces.agents import ChoixNotification, Profil, edit_profil, get_notification, is_telephone_odd
from app.domain.acces.sessions import SessionOuverte, close_all_sessions, list_sessions
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.pages import Contexte
from app.routes.params import Form, Now, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class MonProfil(Contexte):
    """The profile as kept or as typed, and where this agent is signed in."""

    templates = ("profil/page.html",)
    profil: Profil
    notification: str
    choix: list[tuple[str, str, str]]
    is_telephone_odd: bool
    sessions: list[SessionOuverte]


@get("/profil")
async def get_profil(request: Visit, signed: Signed) -> Response[Any]:
    """The profile as it is kept."""
    profil = Profil(signed.prenom, signed.nom, signed.fonction, signed.telephone)
    return await _show(request, signed, profil, await get_notification(signed.droits.agent))


@post("/profil")
async def post_profil(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Change name, fonction, telephone and mails."""
    typed = Profil(form.texte("prenom"), form.texte("nom"), form.texte("fonction"), form.texte("telephone"))
    notification = form.texte("notification")
    try:
        await edit_profil(
            signed.droits.agent,
            typed,
            notification=notification,
            is_collectif=signed.droits.is_collectif,
            now=now,
        )
    except Invalide as error:
        return await _show(request, signed, typed, notification, erreurs=error.erreurs)
    return pages.go(request, "/profil", annonce=Fait.PROFIL_MODIFIE)


@post("/profil/deconnexions")
async def post_deconnexions(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """« Déconnecter partout »: every session ends, this one too."""
    await close_all_sessions(signed.droits.agent, now)
    response = pages.go(request, "/connexion", annonce=Fait.DECONNEXION_PARTOUT)
    cookies.clear_session(response)
    return response


async def _show(
    request: Visit,
    signed: SignedAgent,
    profil: Profil,
    notification: str,
    erreurs: Mapping[str, str] | None = None,
) -> Response[str]:
    context = MonProfil(
        erreurs=erreurs or {},
        profil=profil,
        notification=notification,
        choix=[(one.value, one.fiche.libelle, one.fiche.aide) for one in ChoixNotification],
        is_telephone_odd=is_telephone_odd(profil.telephone),
        sessions=await list_sessions(signed.droits.agent, visite.read_now(request)),
    )
    return await pages.show(request, "profil/page.html", context)


ROUTES = [get_profil, post_profil, post_deconnexions]
