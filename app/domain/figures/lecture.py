"""Reading counts and delays of a scope over a period, from the sums where there are some, else from the facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app import database
from app.domain.figures.periodes import Periode
from app.domain.figures.requetes import PAIRES, Axe, Forme, write_texts
from app.domain.figures.sommes import MESURES


@dataclass(frozen=True)
class Portee:
    """What is counted: parts of these groupes, demandes of these structures, or these organisme × département pairs.

    In a pair None means all. `is_paris`: days are those of Paris (national), else those where usagers live.
    """

    paires: tuple[tuple[int | None, int | None], ...] = ((None, None),)
    groupes: tuple[int, ...] = ()
    structures: tuple[int, ...] = ()
    is_paris: bool = False

    @property
    def is_of_groupes(self) -> bool:
        """Counted from the facts: the load of a groupe is small."""
        return bool(self.groupes or self.structures)


#: mesure → count. « en_attente » are parts that may still be answered in time, « en_souffrance » those late now.
Comptes = Mapping[str, int]
ZERO: Comptes = dict.fromkeys((*MESURES, "en_attente", "en_souffrance"), 0)


@dataclass(frozen=True)
class Delais:
    """How many facts took so many tenths of a day; quantiles are values themselves, never between two."""

    nombres: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many facts."""
        return sum(self.nombres.values())

    def quantile(self, dixieme: int) -> int | None:
        """The value under which `dixieme` tenths of them stand; 5 is the median, the lower of the two middle ones."""
        rank, seen = max(-(-dixieme * self.total // 10), 1), 0
        for value in sorted(self.nombres):
            seen += self.nombres[value]
            if seen >= rank:
                return value
        return None


@dataclass(frozen=True)
class Lecture:
    """Counts by axis and key; delays by axis, key and mesure. The total has the key None."""

    comptes: Mapping[Axe, Mapping[Any, Comptes]]
    delais: Mapping[tuple[Axe, Any, str], Delais]

    def total(self, mesure: str) -> int:
        """The count over the whole scope and period."""
        return self.comptes[Axe.TOTAL].get(None, ZERO)[mesure]

    def delai(self, mesure: str, axe: Axe = Axe.TOTAL, cle: Any = None) -> Delais:
        """The lengths of a mesure."""
        return self.delais.get((axe, cle, mesure), Delais())


async def read(portee: Portee, periode: Periode, axes: Iterable[Axe], now: datetime) -> Lecture:
    """Counts and delays by each of these axes, and in total; delays are not told by week."""
    wanted = (Axe.TOTAL, *(axe for axe in axes if axe is not Axe.TOTAL))
    comptes, instant, durees = write_texts(Forme(_list_bornes(portee), portee.is_paris), wanted)
    values = {**_values(portee), "debut": periode.debut, "fin": periode.fin}
    found: dict[Axe, dict[Any, dict[str, int]]] = {axe: {} for axe in wanted}
    for sql, more, columns in (
        (comptes, {}, MESURES),
        (instant, {"now": now}, ("en_attente", "en_souffrance")),
    ):
        for row in await database.fetch(sql, **values, **more):
            counts = {column: row[column] or 0 for column in columns}
            if any(counts.values()):
                found[Axe(row["axe"])].setdefault(_key(row), dict(ZERO)).update(counts)
    delais: dict[tuple[Axe, Any, str], dict[int, int]] = {}
    for row in await database.fetch(durees, **values):
        key = (Axe(row["axe"]), _key(row), row["mesure"])
        delais.setdefault(key, {})[row["dixiemes"]] = row["fois"]
    return Lecture(found, {key: Delais(nombres) for key, nombres in delais.items()})


def _key(row: Any) -> Any:
    return row["jour"] if row["jour"] is not None else row["nombre"]


def _list_bornes(portee: Portee) -> tuple[str, ...]:
    """What this scope is bound by, as columns of the facts; PAIRES for several pairs."""
    if portee.is_of_groupes:
        named = (("groupes", portee.groupes), ("structures", portee.structures))
        return tuple(name for name, ids in named if ids)
    if len(portee.paires) != 1:
        return PAIRES
    organisme, departement = portee.paires[0]
    named_pair = (("organisme", organisme), ("departement", departement))
    return tuple(name for name, value in named_pair if value is not None)


def _values(portee: Portee) -> dict[str, Any]:
    organismes, departements = [o for o, _ in portee.paires], [d for _, d in portee.paires]
    bornes = _list_bornes(portee)
    if bornes == PAIRES:
        return {"organismes": organismes, "departements": departements}
    every = {
        "groupes": list(portee.groupes),
        "structures": list(portee.structures),
        "organisme": organismes[0] if organismes else None,
        "departement": departements[0] if departements else None,
    }
    return {name: every[name] for name in bornes}


async def find_first_day() -> date | None:
    """The day of the first demande ever sent: nothing can be said of what came before."""
    row = await database.fetch_one("select min(jour) as jour from suivis_demandes")
    return row["jour"] if row else None
