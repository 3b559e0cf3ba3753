"""`/groupes/{groupe}/reponses`: the saved replies of a groupe, found, written, changed and taken away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.reponses import (
    ECRIRE,
    TEXTE_MAX,
    TITRE_MAX,
    VARIABLES,
    Reponse,
    delete_reponse,
    get_reponse,
    list_reponses,
    save_reponse,
)
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_write_reponses, require
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of
from app.routes.params import Form, Now, Query, Signed, TheGroupe, Visit

LISTE, UNE = "groupe/reponses.html", "groupe/reponse.html"


@dataclass(frozen=True)
class ReponseSaisie:
    """A reply as typed, or as kept."""

    titre: str = ""
    texte: str = ""


@dataclass(frozen=True, kw_only=True)
class ReponsesDuGroupe(Contexte):
    """The replies that the search lets through, and the form of a new one; `id` is None there.

    `actuelle` is what a colleague made of it meanwhile, and `vu` what the page shows of it.
    """

    templates = (LISTE, UNE)
    entete: Entete
    saisie: ReponseSaisie
    reponses: list[Reponse] = field(default_factory=list)
    q: str = ""
    id: int | None = None
    actuelle: Reponse | None = None
    vu: str = ""
    variables: Mapping[str, str] = field(default_factory=lambda: VARIABLES)
    titre_max: int = TITRE_MAX
    texte_max: int = TEXTE_MAX


@get("/groupes/{groupe:str}/reponses")
async def get_reponses(
    request: Visit, signed: Signed, equipe: TheGroupe, criteres: Query, now: Now
) -> Response[Any]:
    """By title; text looks in title and text."""
    require(can_write_reponses(signed.droits, equipe.id), ECRIRE)
    return await pages.show(request, LISTE, await _load(signed, equipe, now, q=criteres.texte("q")[:200]))


@post("/groupes/{groupe:str}/reponses")
async def create_reponse(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Keep a new one."""
    typed = ReponseSaisie(form.texte("titre"), form.texte("texte"))
    try:
        await save_reponse(signed, equipe, typed.titre, typed.texte, now)
    except Invalide as invalide:
        context = await _load(signed, equipe, now, saisie=typed, erreurs=invalide.erreurs)
        return await pages.show(request, LISTE, context)
    return pages.go(request, f"/groupes/{equipe.id}/reponses", annonce="reponse_enregistree")


@get("/groupes/{groupe:str}/reponses/{reponse:str}")
async def get_une_reponse(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """One of them, to change it or to take it away."""
    kept = await get_reponse(signed.droits, equipe.id, read_reponse(request))
    typed = ReponseSaisie(kept.titre, kept.texte)
    return await pages.show(request, UNE, _one(signed, equipe, kept.id, typed, now, vu=kept.vu))


@post("/groupes/{groupe:str}/reponses/{reponse:str}")
async def update_reponse(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Keep what it becomes."""
    reponse = read_reponse(request)
    titre, texte = form.texte("titre"), form.texte("texte")
    try:
        await save_reponse(signed, equipe, titre, texte, now, reponse=reponse, vu=form.texte("vu"))
    except Invalide as invalide:
        typed = ReponseSaisie(titre, texte)
        context = _one(signed, equipe, reponse, typed, now, vu=form.texte("vu"), erreurs=invalide.erreurs)
        return await pages.show(request, UNE, context)
    except Conflit:
        return await _show_changed(request, signed, equipe, ReponseSaisie(titre, texte), now)
    return pages.go(request, f"/groupes/{equipe.id}/reponses", annonce="reponse_enregistree")


@post("/groupes/{groupe:str}/reponses/{reponse:str}/effacement")
async def create_effacement(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Take it away."""
    try:
        await delete_reponse(signed, equipe, read_reponse(request), vu=form.texte("vu"))
    except Conflit:
        return await _show_changed(request, signed, equipe, None, now)
    return pages.go(request, f"/groupes/{equipe.id}/reponses", annonce="reponse_effacee")


def read_reponse(request: Visit) -> int:
    """The reply of the path. Raises Introuvable when it is no number."""
    reponse = as_id(str(request.path_params["reponse"]))
    if reponse is None:
        raise Introuvable
    return reponse


async def _load(
    signed: Agent,
    equipe: Groupe,
    now: datetime,
    *,
    q: str = "",
    saisie: ReponseSaisie | None = None,
    erreurs: Mapping[str, str] | None = None,
) -> ReponsesDuGroupe:
    return ReponsesDuGroupe(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "/reponses", now),
        saisie=saisie or ReponseSaisie(),
        reponses=await list_reponses(signed.droits, [equipe.id], q),
        q=q,
    )


async def _show_changed(
    request: Visit, signed: Agent, equipe: Groupe, typed: ReponseSaisie | None, now: datetime
) -> Response[Any]:
    """What a colleague made of it meanwhile, above what was typed: it is asked again."""
    kept = await get_reponse(signed.droits, equipe.id, read_reponse(request))
    saisie = typed or ReponseSaisie(kept.titre, kept.texte)
    context = _one(signed, equipe, kept.id, saisie, now, vu=kept.vu, actuelle=kept)
    return await pages.show(request, UNE, context, status=409)


def _one(
    signed: Agent,
    equipe: Groupe,
    reponse: int,
    saisie: ReponseSaisie,
    now: datetime,
    *,
    vu: str,
    actuelle: Reponse | None = None,
    erreurs: Mapping[str, str] | None = None,
) -> ReponsesDuGroupe:
    return ReponsesDuGroupe(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "/reponses", now),
        saisie=saisie,
        id=reponse,
        actuelle=actuelle,
        vu=vu,
    )


ROUTES = [get_reponses, create_reponse, get_une_reponse, update_reponse, create_effacement]
