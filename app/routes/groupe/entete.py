"""What stands on top of every page of a groupe: its name, what it covers, its tabs."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.acces.sessions import Signed
from app.domain.groupes.groupe import Groupe, Pause
from app.domain.mots import dates
from app.domain.regles.permissions import (
    can_administer,
    can_list_demandes,
    can_manage_groupe,
    can_see_figures_of_groupe,
    can_write_reponses,
)
from app.domain.regles.roles import Role, Roles
from app.formulaire import Formulaire


@dataclass(frozen=True)
class OngletDeGroupe:
    """A page of the groupe."""

    libelle: str
    url: str
    compte: int | None
    is_current: bool


@dataclass(frozen=True)
class Entete:
    """The head of the pages of a groupe. `pause`: words of a badge, empty when there is none."""

    id: int
    nom: str
    couvre: str
    pause: str
    is_active: bool
    gere: bool
    is_equipe: bool
    onglets: tuple[OngletDeGroupe, ...]


def entete_of(signed: Signed, equipe: Groupe, here: str, now: datetime) -> Entete:
    """The head as this reader sees it; `here` is the end of the address of the current tab."""
    gere = can_manage_groupe(signed.droits, equipe.id)
    home = f"/groupes/{equipe.id}"
    tabs: list[tuple[str, str, int | None]] = [("Membres", home, equipe.membres)]
    if can_list_demandes(signed.droits, equipe.id):
        tabs += [("Demandes", f"{home}/demandes", None)]
    if can_see_figures_of_groupe(signed.droits, equipe.id):
        tabs += [("Statistiques du groupe", f"/statistiques?groupe={equipe.id}", None)]
    if can_write_reponses(signed.droits, equipe.id):
        tabs += [("Réponses enregistrées", f"{home}/reponses", None)]
    return Entete(
        id=equipe.id,
        nom=equipe.nom,
        couvre="\u00a0· ".join(part for part in (equipe.organisme_nom, equipe.territoire) if part),
        pause=say_pause(equipe.pause, now, signed.zone),
        is_active=equipe.is_active,
        gere=gere,
        is_equipe=can_administer(signed.droits),
        onglets=tuple(
            OngletDeGroupe(libelle, url, compte, url == home + here) for libelle, url, compte in tabs
        ),
    )


def say_pause(pause: Pause | None, now: datetime, zone: ZoneInfo) -> str:
    """« en pause jusqu’au 28 décembre », « pause prévue du 24 au 28 décembre »; empty once it is over."""
    today = now.astimezone(zone).date()
    if pause is None or pause.reprise_on <= today:
        return ""
    reprise = say_jour(pause.reprise_on, now, zone)
    if pause.is_on(today):
        return f"en pause, reprise le {reprise}"
    return f"pause prévue le {say_jour(pause.debut_on, now, zone)}, reprise le {reprise}"


def say_jour(jour: date, now: datetime, zone: ZoneInfo) -> str:
    """« 4 décembre », « 2 mars 2025 »."""
    words = dates.le_jour(jour, now, zone)
    return words.removeprefix("le ")


def read_roles(form: Formulaire, suffix: str = "") -> Roles:
    """The boxes of roles that are ticked."""
    return frozenset(role for role in Role if form.is_checked(f"{role.value}{suffix}"))
