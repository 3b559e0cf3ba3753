"""The conditions every agent accepts: those in force, and what changed since somebody accepted them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from app import database
from app.referentiel import read_conditions
from app.settings import get_settings

#: Of one agent who comes back after a long time.
CHANGEMENTS_MAX = 10


@dataclass(frozen=True)
class ConditionsEnVigueur:
    """A version and its text, where a line that begins with « ## » is a title."""

    version: str
    texte: str

    @property
    def blocs(self) -> list[tuple[bool, str]]:
        """Titles and paragraphs, in order: (is it a title, text)."""
        return split_blocs(self.texte)


def split_blocs(texte: str) -> list[tuple[bool, str]]:
    """The titles and the paragraphs of a text."""
    lines = [line.strip() for line in texte.splitlines() if line.strip()]
    return [(line.startswith("## "), line.removeprefix("## ").strip()) for line in lines]


IN_FORCE = """
select version, texte from conditions where applies_on <= (:now::timestamptz at time zone 'Europe/Paris')::date
order by version desc limit 1
"""
CHANGES = """
select version, changements from conditions
where version > :accepted and applies_on <= (:now::timestamptz at time zone 'Europe/Paris')::date
order by version desc limit :most
"""


async def read_en_vigueur(now: datetime) -> ConditionsEnVigueur:
    """Those asked today: the last published that apply, else those the project ships."""
    row = await database.fetch_one(IN_FORCE, now=now)
    return ConditionsEnVigueur(row["version"], row["texte"]) if row else shipped_conditions()


async def list_changements(accepted: str, now: datetime) -> list[tuple[str, str]]:
    """What changed since this version, the last first: (version, what agents read)."""
    rows = await database.fetch(CHANGES, accepted=accepted, now=now, most=CHANGEMENTS_MAX)
    return [(row["version"], row["changements"]) for row in rows]


def shipped_conditions() -> ConditionsEnVigueur:
    """Those the project ships, under the version that the operator gives them."""
    return ConditionsEnVigueur(get_settings().cgu_version, _read_shipped())


@cache
def _read_shipped() -> str:
    return read_conditions()
