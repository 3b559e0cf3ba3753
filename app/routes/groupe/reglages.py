"""`/groupes/{groupe}/reglages`: what senders read, the mailbox, whom the groupe takes demandes from, its pause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.groupes.groupe import Groupe, get_groupe
from app.domain.groupes.reglages import (
    DESCRIPTION_MAX,
    MESSAGE_MAX,
    Reglages,
    Structure,
    change_reglages,
    list_structures,
    say_vu,
)
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_manage_groupe, require
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of, say_pause
from app.routes.params import Form, Now, Signed, TheGroupe, Visit

PAGE = "groupe/reglages.html"
RESERVES = "Seuls un responsable du groupe et un administrateur changent ces réglages."


@dataclass(frozen=True, kw_only=True)
class ReglagesDuGroupe(Contexte):
    """The settings as kept or as typed. `repond`: the groupe answers demandes, and chooses who may send them.

    `vu` is what the page has seen. When they changed meanwhile, `actuels` are those that are not what was typed.
    """

    templates = (PAGE,)
    entete: Entete
    description: str
    bal: str
    accueil: str
    pause_on: str
    reprise_on: str
    message: str
    structures: list[tuple[str, str]]
    aidants: list[str]
    repond: bool
    description_max: int
    message_max: int
    vu: str
    a_change: bool
    actuels: list[tuple[str, str]]


@get("/groupes/{groupe:str}/reglages")
async def get_reglages(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """The settings as they are."""
    require(can_manage_groupe(signed.droits, equipe.id), RESERVES)
    return await pages.show(request, PAGE, await _load(signed, equipe, now))


@post("/groupes/{groupe:str}/reglages")
async def update_reglages(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Keep them."""
    require(can_manage_groupe(signed.droits, equipe.id), RESERVES)
    try:
        await change_reglages(signed, equipe, read_reglages(form), now, vu=form.texte("vu"))
    except Invalide as invalide:
        context = await _load(signed, equipe, now, form=form, vu=form.texte("vu"), erreurs=invalide.erreurs)
        return await pages.show(request, PAGE, context)
    except Conflit:
        again = await get_groupe(signed.droits, equipe.id)
        context = await _load(signed, again, now, form=form, has_changed=True)
        return await pages.show(request, PAGE, context, status=409)
    return pages.go(request, f"/groupes/{equipe.id}/reglages", annonce=Fait.GROUPE_REGLE)


def read_reglages(form: Formulaire) -> Reglages:
    """The settings as typed."""
    return Reglages(
        description=form.texte("description"),
        bal=form.texte("bal"),
        is_en_pause=form.texte("accueil") == "non",
        pause_on=form.jour("pause_on"),
        reprise_on=form.jour("reprise_on"),
        message=form.texte("message"),
        aidants=tuple(dict.fromkeys(form.textes("aidants"))),
    )


async def _load(
    signed: Agent,
    equipe: Groupe,
    now: datetime,
    *,
    form: Formulaire | None = None,
    vu: str = "",
    has_changed: bool = False,
    erreurs: Mapping[str, str] | None = None,
) -> ReglagesDuGroupe:
    structures = await list_structures()
    pause = equipe.pause
    accepted = equipe.aidants_acceptes or tuple(structure.code for structure in structures)
    return ReglagesDuGroupe(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "/reglages", now),
        description=form.texte("description") if form else equipe.description,
        bal=form.texte("bal") if form else equipe.bal,
        accueil=form.texte("accueil") if form else "non" if pause else "oui",
        pause_on=form.texte("pause_on") if form else pause.debut_on.isoformat() if pause else "",
        reprise_on=form.texte("reprise_on") if form else pause.reprise_on.isoformat() if pause else "",
        message=form.texte("message") if form else pause.message if pause else "",
        structures=[(structure.code, structure.nom) for structure in structures],
        aidants=form.textes("aidants") if form else list(accepted),
        repond=not equipe.is_aidant,
        description_max=DESCRIPTION_MAX,
        message_max=MESSAGE_MAX,
        vu=vu or say_vu(equipe),
        a_change=has_changed,
        actuels=_say_actuels(signed, equipe, form, structures, now) if form and has_changed else [],
    )


def _say_actuels(
    signed: Agent, equipe: Groupe, form: Formulaire, structures: list[Structure], now: datetime
) -> list[tuple[str, str]]:
    """The settings as they are now, where what was typed says something else."""
    typed, pause = read_reglages(form), equipe.pause
    every = {structure.code: structure.nom for structure in structures}
    accepted = equipe.aidants_acceptes or tuple(every)
    said = []
    if typed.description != equipe.description:
        said.append(("Ce que les aidants lisent", equipe.description or "rien"))
    if typed.bal != equipe.bal:
        said.append(("Boîte partagée", equipe.bal or "aucune"))
    if not equipe.is_aidant and set(typed.aidants) != set(accepted):
        said.append(("Demandes reçues de", ", ".join(every[code] for code in accepted if code in every)))
    was = (pause.debut_on, pause.reprise_on, pause.message) if pause else None
    if was != ((typed.pause_on, typed.reprise_on, typed.message) if typed.is_en_pause else None):
        dates = say_pause(pause, now, signed.zone)
        said.append(("Pause", f"{dates}, «\u00a0{pause.message}\u00a0»" if pause and dates else "aucune"))
    return said


ROUTES = [get_reglages, update_reglages]
