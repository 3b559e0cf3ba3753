"""Information bands: what the A+ team says on every page to those it is for, from one day to another.

Every page shows them and none asks the base for them: each process keeps those to come and those of today in memory
(`memoire.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.natures import DE_SERVICE
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles, quote_extraits
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import day_in_paris
from app.domain.regles.errors import Conflit, Disparu, Introuvable, Invalide
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import Droits, can_administer, require

TEXTE_MAX = 500
#: On one page, the last written first; and what one process keeps in memory.
AFFICHES_MAX, GARDES_MAX = 3, 20
LISTE_MAX = 50
RETIRE = "Un collègue a retiré ce bandeau entre-temps\u00a0: ce que vous avez écrit n’est pas enregistré."
CHANGE = "Un collègue a changé ce bandeau entre-temps\u00a0: relisez, puis recommencez."
DISPARU = "Ce bandeau n’existe pas, ou n’existe plus."


@dataclass(frozen=True)
class FicheAudience:
    """How it is said, and who is of it."""

    libelle: str
    is_of_it: Callable[[Droits], bool]


class Audience(MotFerme):
    """Whom a band is for. The value is kept in `bandeaux`."""

    fiche: FicheAudience

    TOUS = "tous", FicheAudience("Tout le monde, même sans compte", lambda _: True)
    AIDANTS = "aidants", FicheAudience("Les aidants", lambda droits: bool(droits.aidant))
    INSTRUCTEURS = "instructeurs", FicheAudience("Les instructeurs", lambda droits: bool(droits.instructeur))
    RESPONSABLES = "responsables", FicheAudience("Les responsables", lambda droits: bool(droits.responsable))


@dataclass(frozen=True)
class Bande:
    """What a page shows of a band: its words, under the name by which a browser remembers that it closed them."""

    nom: str
    texte: str


@dataclass(frozen=True)
class Bandeau:
    """A band as it was last written."""

    id: int
    texte: str
    audience: Audience
    du_on: date
    au_on: date
    edition: int
    withdrawn_at: datetime | None = None

    @property
    def nom(self) -> str:
        """What a browser keeps when it closes it: the same words only."""
        return f"{self.id}-{self.edition}"

    def say_etat(self, now: datetime) -> str:
        """Where it stands today, in words."""
        today = day_in_paris(now)
        if self.withdrawn_at is not None:
            return "retiré"
        if self.au_on < today:
            return "passé"
        return "à venir" if today < self.du_on else "affiché"

    def is_for(self, droits: Droits | None, now: datetime) -> bool:
        """It is shown today to this agent; None is whoever is not signed in."""
        if self.withdrawn_at is not None or not self.du_on <= day_in_paris(now) <= self.au_on:
            return False
        return self.audience is Audience.TOUS if droits is None else self.audience.fiche.is_of_it(droits)


@dataclass(frozen=True)
class BandeauSaisi:
    """A band as typed."""

    texte: str
    audience: str
    du_on: date | None
    au_on: date | None

    def find_erreurs(self, now: datetime) -> dict[str, str]:
        """What must be corrected, by field."""
        erreurs = {}
        if not self.texte:
            erreurs["texte"] = "Écrivez le texte du bandeau."
        elif len(self.texte) > TEXTE_MAX:
            erreurs["texte"] = f"Le texte compte {len(self.texte)} caractères\u00a0: {TEXTE_MAX} au plus."
        elif found := find_donnees_personnelles(self.texte, annee=now.astimezone(UTC).year, sauf=DE_SERVICE):
            erreurs["texte"] = (
                f"Chacun lira ce texte, même sans compte\u00a0: retirez {quote_extraits(found)}."
            )
        if self.audience not in set(Audience):
            erreurs["audience"] = "Choisissez à qui il s’affiche."
        if self.du_on is None:
            erreurs["du_on"] = "Indiquez le premier jour, par exemple 30/11/2026."
        if self.au_on is None:
            erreurs["au_on"] = "Indiquez le dernier jour, par exemple 04/12/2026."
        elif self.au_on < day_in_paris(now):
            erreurs["au_on"] = "Le dernier jour est déjà passé."
        elif self.du_on is not None and self.au_on < self.du_on:
            erreurs["au_on"] = "Le dernier jour vient avant le premier."
        return erreurs


READ = """
select id, texte, audience, du_on, au_on, edition, withdrawn_at from bandeaux
where :bandeau::integer is null or id = :bandeau
order by withdrawn_at is not null, id desc limit :most
"""
CURRENT = """
select id, texte, audience, du_on, au_on, edition, withdrawn_at from bandeaux
where withdrawn_at is null and au_on >= :today
order by du_on, id desc limit :most
"""
INSERT = """
insert into bandeaux (cle, texte, audience, du_on, au_on, created_by, created_at)
values (:cle, :texte, :audience, :du_on, :au_on, :agent, :now) on conflict (cle) do nothing returning id
"""
UPDATE = """
update bandeaux set texte = :texte, audience = :audience, du_on = :du_on, au_on = :au_on, edition = edition + 1
where id = :bandeau and edition = :edition and withdrawn_at is null returning id
"""
WITHDRAW = """
update bandeaux set withdrawn_at = :now
where id = :bandeau and withdrawn_at is null and edition = coalesce(:edition, edition) returning id
"""

_kept: list[Bandeau] = []


def list_affiches(droits: Droits | None, now: datetime) -> list[Bande]:
    """What a page shows to this agent, or to whoever is not signed in: from memory."""
    found = sorted((one for one in _kept if one.is_for(droits, now)), key=lambda one: -one.id)
    return [Bande(one.nom, one.texte) for one in found[:AFFICHES_MAX]]


async def refresh_bandeaux(now: datetime) -> None:
    """Read again what pages show."""
    rows = await database.fetch(CURRENT, today=day_in_paris(now), most=GARDES_MAX)
    _kept[:] = [_bandeau(row) for row in rows]


async def list_bandeaux(signed: Signed) -> list[Bandeau]:
    """Those of the A+ team, the withdrawn ones last. Raises Refus."""
    require(can_administer(signed.droits))
    return [_bandeau(row) for row in await database.fetch(READ, bandeau=None, most=LISTE_MAX)]


async def get_bandeau(signed: Signed, bandeau: int) -> Bandeau:
    """One of them. Raises Introuvable to everybody else, Disparu."""
    if not can_administer(signed.droits):
        raise Introuvable
    row = await database.fetch_one(READ, bandeau=bandeau, most=1)
    if row is None:
        raise Disparu(DISPARU)
    return _bandeau(row)


async def publish_bandeau(signed: Signed, saisi: BandeauSaisi, cle: UUID, now: datetime) -> None:
    """Show it from its first day on; the same form sent twice makes one band. Raises Refus, Invalide."""
    require(can_administer(signed.droits))
    _judge(saisi, now)
    async with database.transaction():
        row = await database.fetch_one(INSERT, cle=cle, agent=signed.droits.agent, now=now, **vars(saisi))
        if row is not None:
            await _journal(Fait.BANDEAU_PUBLIE, signed, row["id"], now)
    await refresh_bandeaux(now)


async def edit_bandeau(
    signed: Signed, bandeau: int, saisi: BandeauSaisi, *, edition: int, now: datetime
) -> None:
    """Change it: whoever closed it reads it again. Raises Introuvable, Disparu, Invalide, Conflit."""
    await get_bandeau(signed, bandeau)
    _judge(saisi, now)
    async with database.transaction():
        if not await database.fetch(UPDATE, bandeau=bandeau, edition=edition, **vars(saisi)):
            again = await get_bandeau(signed, bandeau)
            raise Conflit(CHANGE if again.withdrawn_at is None else RETIRE)
        await _journal(Fait.BANDEAU_MODIFIE, signed, bandeau, now)
    await refresh_bandeaux(now)


async def withdraw_bandeau(
    signed: Signed, bandeau: int, now: datetime, *, edition: int | None = None
) -> None:
    """No page shows it any more; withdrawn twice, it is once. `edition` is the one that was read; a page of a former
    version says none. Raises Introuvable, Disparu, Conflit when a colleague changed it.
    """
    await get_bandeau(signed, bandeau)
    async with database.transaction():
        if await database.fetch(WITHDRAW, bandeau=bandeau, edition=edition, now=now):
            await _journal(Fait.BANDEAU_RETIRE, signed, bandeau, now)
        elif (await get_bandeau(signed, bandeau)).withdrawn_at is None:
            raise Conflit(CHANGE)
    await refresh_bandeaux(now)


def _judge(saisi: BandeauSaisi, now: datetime) -> None:
    if erreurs := saisi.find_erreurs(now):
        raise Invalide(erreurs)


def _bandeau(row: Any) -> Bandeau:
    return Bandeau(**{**dict(row), "audience": Audience(row["audience"])})


async def _journal(fait: Fait, signed: Signed, bandeau: int, now: datetime) -> None:
    await happened(fait, agent=signed.droits.agent, details={"bandeau": bandeau}, now=now)
