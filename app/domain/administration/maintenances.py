"""Maintenances: the service only reads, or is closed, from one instant to another that everybody read beforehand.

Every visit asks whether one is under way and none asks the base for it, which may be away: each process keeps those
to come in memory (`memoire.py`). It ends by itself at the instant said, or when an administrateur ends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.sessions import Signed
from app.domain.administration.bandeaux import Bande
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import PARIS, heure, instant_court, jour
from app.domain.regles.errors import Conflit, Disparu, Introuvable, Invalide
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_administer, require

#: How long before its beginning it is announced on every page, and how long one may last.
ANNONCE, DUREE_MAX = timedelta(days=7), timedelta(days=7)
#: Whoever wants it at once types an hour that is past when the form arrives.
TOLERANCE = timedelta(hours=1)
LISTE_MAX, GARDEES_MAX = 50, 20
CHANGE = "Un collègue a changé cette maintenance entre-temps\u00a0: relisez, puis recommencez."
DISPARUE = "Cette maintenance n’existe pas, ou n’existe plus."
DEJA = "Une autre maintenance est déjà prévue à ces heures."
FINIE = "Cette maintenance est déjà finie, ou annulée\u00a0: rien n’est changé."


@dataclass(frozen=True)
class FicheMaintenance:
    """How it is said, what it changes, and the same while it lasts."""

    libelle: str
    effet: str
    en_cours: str


class GenreMaintenance(MotFerme):
    """What the service does meanwhile. The value is kept in `maintenances`."""

    fiche: FicheMaintenance

    LECTURE = (
        "lecture",
        FicheMaintenance(
            "Lecture seule",
            "vous pourrez lire, rien de ce que vous enverrez ne sera enregistré.",
            "vous pouvez lire, rien de ce que vous enverrez ne sera enregistré.",
        ),
    )
    FERMETURE = (
        "fermeture",
        FicheMaintenance(
            "Fermé",
            "le service sera fermé.",
            "le service est fermé, sauf à l’équipe Administration+.",
        ),
    )


@dataclass(frozen=True)
class Maintenance:
    """A maintenance as it was last planned."""

    id: int
    genre: GenreMaintenance
    from_at: datetime
    until_at: datetime
    edition: int
    ended_at: datetime | None = None

    @property
    def nom(self) -> str:
        """What a browser keeps when it closes the announcement: the same hours only."""
        return f"m{self.id}-{self.edition}"

    @property
    def is_closed(self) -> bool:
        """Nobody but the A+ team comes in."""
        return self.genre is GenreMaintenance.FERMETURE

    def is_over(self, now: datetime) -> bool:
        """Its end has come, or it was ended."""
        return self.ended_at is not None or self.until_at <= now

    def is_current(self, now: datetime) -> bool:
        """It is under way."""
        return self.from_at <= now and not self.is_over(now)

    def is_announced(self, now: datetime) -> bool:
        """Pages say that it comes."""
        return not self.is_over(now) and self.from_at - ANNONCE <= now < self.from_at

    def say_etat(self, now: datetime) -> str:
        """Where it stands, in words."""
        if self.is_over(now):
            return "annulée" if self.ended_at and self.ended_at < self.from_at else "finie"
        return "en cours" if self.is_current(now) else "prévue"

    def say_hours(self, zone: ZoneInfo) -> str:
        """From when to when, as its reader counts hours."""
        begins, ends = jour(self.from_at, zone), jour(self.until_at, zone)
        if begins == ends:
            return f"{begins} de {heure(self.from_at, zone)} à {heure(self.until_at, zone)}"
        return f"du {begins}, {heure(self.from_at, zone)}, au {ends}, {heure(self.until_at, zone)}"

    def say_annonce(self, zone: ZoneInfo) -> str:
        """What pages say before."""
        return f"Maintenance prévue {self.say_hours(zone)}\u00a0: {self.genre.fiche.effet}"

    def say_current(self, now: datetime, zone: ZoneInfo) -> str:
        """What pages say meanwhile."""
        return (
            f"Maintenance en cours, fin prévue {self.say_end(now, zone)}\u00a0: {self.genre.fiche.en_cours}"
        )

    def say_end(self, now: datetime, zone: ZoneInfo) -> str:
        """When it is expected to end: « à 14 h », « le 5 décembre, 2 h »."""
        if jour(self.until_at, zone) == jour(now, zone):
            return f"à {heure(self.until_at, zone)}"
        return f"le {instant_court(self.until_at, now, zone)}"


class Ferme(Exception):
    """The service is closed for this visit: 503, with the hour of its return."""

    def __init__(self, maintenance: Maintenance) -> None:
        super().__init__("closed")
        self.maintenance = maintenance


@dataclass(frozen=True)
class MaintenanceSaisie:
    """A maintenance as typed, in the hours of Paris."""

    genre: str
    du_on: date | None
    du_a: time | None
    au_on: date | None
    au_a: time | None

    @property
    def from_at(self) -> datetime | None:
        """Its beginning, once day and hour are known."""
        return _instant(self.du_on, self.du_a)

    @property
    def until_at(self) -> datetime | None:
        """Its end, once day and hour are known."""
        return _instant(self.au_on, self.au_a)

    def find_erreurs(self, now: datetime, former: Maintenance | None = None) -> dict[str, str]:
        """What must be corrected, by field. The beginning that `former` already has may stay, however long ago."""
        erreurs = {}
        if self.genre not in set(GenreMaintenance):
            erreurs["genre"] = "Choisissez ce que fait le service pendant ce temps."
        for nom, day, hour, which in (
            ("du", self.du_on, self.du_a, "du début"),
            ("au", self.au_on, self.au_a, "de la fin"),
        ):
            if day is None:
                erreurs[f"{nom}_on"] = f"Indiquez le jour {which}, par exemple 04/12/2026."
            if hour is None:
                erreurs[f"{nom}_a"] = f"Indiquez l’heure {which}, par exemple 22:00."
        if erreurs or self.from_at is None or self.until_at is None:
            return erreurs
        return self._judge_hours(self.from_at, self.until_at, now, former)

    def _judge_hours(
        self, from_at: datetime, until_at: datetime, now: datetime, former: Maintenance | None
    ) -> dict[str, str]:
        is_kept = former is not None and from_at == former.from_at.replace(second=0, microsecond=0)
        if from_at < now - TOLERANCE and not is_kept:
            return {"du_on": "Ce début est déjà passé."}
        if until_at <= now:
            return {"au_on": "Cette fin est déjà passée."}
        if until_at <= from_at:
            return {"au_on": "La fin vient avant le début."}
        if until_at - from_at > DUREE_MAX:
            return {"au_on": f"{DUREE_MAX.days} jours au plus."}
        return {}


def _instant(day: date | None, hour: time | None) -> datetime | None:
    return None if day is None or hour is None else datetime.combine(day, hour, PARIS)


READ = """
select id, genre, from_at, until_at, edition, ended_at from maintenances
where :maintenance::integer is null or id = :maintenance
order by ended_at is not null, from_at desc, id desc limit :most
"""
TO_COME = """
select id, genre, from_at, until_at, edition, ended_at from maintenances
where ended_at is null and until_at > :now order by from_at limit :most
"""
INSERT = """
insert into maintenances (cle, genre, from_at, until_at, created_by, created_at)
values (:cle, :genre, :from_at, :until_at, :agent, :now) on conflict (cle) do nothing returning id
"""
UPDATE = """
update maintenances set genre = :genre, from_at = :from_at, until_at = :until_at, edition = edition + 1
where id = :maintenance and edition = :edition and ended_at is null and until_at > :now returning id
"""
END = """
update maintenances set ended_at = :now
where id = :maintenance and ended_at is null and until_at > :now and edition = coalesce(:edition, edition) returning id
"""

_kept: list[Maintenance] = []


def find_current(now: datetime) -> Maintenance | None:
    """The one under way: from memory."""
    return next((one for one in _kept if one.is_current(now)), None)


def list_annonces(now: datetime, zone: ZoneInfo) -> list[Bande]:
    """What pages say of those that come: from memory."""
    return [Bande(one.nom, one.say_annonce(zone)) for one in _kept if one.is_announced(now)]


async def refresh_maintenances(now: datetime) -> None:
    """Read again those that are not over."""
    rows = await database.fetch(TO_COME, now=now, most=GARDEES_MAX)
    _kept[:] = [_maintenance(row) for row in rows]


async def list_maintenances(signed: Signed) -> list[Maintenance]:
    """Those of the A+ team, the last to begin first. Raises Refus."""
    require(can_administer(signed.droits))
    return [_maintenance(row) for row in await database.fetch(READ, maintenance=None, most=LISTE_MAX)]


async def get_maintenance(signed: Signed, maintenance: int) -> Maintenance:
    """One of them. Raises Introuvable to everybody else, Disparu."""
    if not can_administer(signed.droits):
        raise Introuvable
    row = await database.fetch_one(READ, maintenance=maintenance, most=1)
    if row is None:
        raise Disparu(DISPARUE)
    return _maintenance(row)


async def plan_maintenance(signed: Signed, saisie: MaintenanceSaisie, cle: UUID, now: datetime) -> None:
    """Announce it; the same form sent twice plans one. Raises Refus, Invalide."""
    require(can_administer(signed.droits))
    written = _judge(saisie, now)
    try:
        async with database.transaction():
            row = await database.fetch_one(INSERT, cle=cle, agent=signed.droits.agent, now=now, **written)
            if row is not None:
                await _journal(Fait.MAINTENANCE_PREVUE, signed, row["id"], now, written)
    except database.OVERLAPS as error:
        raise Invalide({"du_on": DEJA}) from error
    await refresh_maintenances(now)


async def change_maintenance(
    signed: Signed, maintenance: int, saisie: MaintenanceSaisie, *, edition: int, now: datetime
) -> None:
    """Change its hours or what the service does meanwhile, even under way. Raises Introuvable, Disparu, Invalide,
    Conflit.
    """
    former = await get_maintenance(signed, maintenance)
    if former.is_over(now):
        raise Conflit(FINIE)
    written = _judge(saisie, now, former)
    try:
        async with database.transaction():
            if not await database.fetch(UPDATE, maintenance=maintenance, edition=edition, now=now, **written):
                raise Conflit(await _say_conflict(signed, maintenance, now))
            await _journal(Fait.MAINTENANCE_MODIFIEE, signed, maintenance, now, written)
    except database.OVERLAPS as error:
        raise Invalide({"du_on": DEJA}) from error
    await refresh_maintenances(now)


async def end_maintenance(
    signed: Signed, maintenance: int, now: datetime, *, edition: int | None = None
) -> None:
    """The service is whole again, or the announcement is withdrawn; ended twice, it is once. `edition` is the one that
    was read; a page of a former version says none. Raises Introuvable, Disparu, Conflit when a colleague changed it.
    """
    await get_maintenance(signed, maintenance)
    async with database.transaction():
        if await database.fetch(END, maintenance=maintenance, edition=edition, now=now):
            await _journal(Fait.MAINTENANCE_FINIE, signed, maintenance, now, {})
        elif (phrase := await _say_conflict(signed, maintenance, now)) == CHANGE:
            raise Conflit(phrase)
    await refresh_maintenances(now)


async def _say_conflict(signed: Signed, maintenance: int, now: datetime) -> str:
    return FINIE if (await get_maintenance(signed, maintenance)).is_over(now) else CHANGE


def _judge(saisie: MaintenanceSaisie, now: datetime, former: Maintenance | None = None) -> dict[str, Any]:
    """What is written of it. Raises Invalide."""
    if erreurs := saisie.find_erreurs(now, former):
        raise Invalide(erreurs)
    return {"genre": saisie.genre, "from_at": saisie.from_at, "until_at": saisie.until_at}


def _maintenance(row: Any) -> Maintenance:
    return Maintenance(**{**dict(row), "genre": GenreMaintenance(row["genre"])})


async def _journal(
    fait: Fait, signed: Signed, maintenance: int, now: datetime, written: Mapping[str, Any]
) -> None:
    hours = {nom: written[nom].isoformat() for nom in ("from_at", "until_at") if nom in written}
    details = {"maintenance": maintenance, **({"genre": written["genre"]} if written else {}), **hours}
    await happened(fait, agent=signed.droits.agent, details=details, now=now)
