"""What is read (from sums, from facts, from both) equals the naive computation, whatever was summed already."""

import asyncio
import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import database
from app.domain.figures.lecture import ZERO, Lecture, Portee, read
from app.domain.figures.periodes import Periode
from app.domain.figures.requetes import Axe
from app.domain.figures.sommes import count_evenings, sum_again
from app.domain.regles.delais import echeance_premiere_reponse
from tests.base import roll_back
from tests.cast import CAST
from tests.domain.figures.histoires import DEBUT, PAUSES, Histoire, groupe_id, histoires, organisme_id, play
from tests.domain.figures.naif import (
    PARIS,
    Fait,
    count_en_souffrance,
    count_faits,
    live,
    quantile,
)

AXES = (Axe.SEMAINE, Axe.MOIS, Axe.ORGANISME, Axe.DEPARTEMENT)
PERIODE = Periode("", date(2026, 7, 1), date(2026, 10, 31), "")
NOW = DEBUT + timedelta(days=119, hours=9, minutes=0, seconds=1)

# The mesures that also have a length, in tenths of a day.
DELAIS = ("repondues", "resolues", "clotures")


def list_portees() -> list[Portee]:
    """Each way of asking."""
    caf, cpam = CAST.organismes["caf"], CAST.organismes["cpam"]
    here = CAST.departements["22"]
    return [
        Portee(is_paris=True),
        Portee(((caf, None),)),
        Portee(((None, here),)),
        Portee(((cpam, here),)),
        Portee(((caf, None), (None, here), (cpam, here))),
        Portee(groupes=(CAST.groupes.caf,)),
        Portee(structures=(CAST.groupes.ccas_974,)),
    ]


def is_inside(fait: Fait, portee: Portee) -> bool:
    """Whether a fact belongs to a scope, said plainly."""
    _, _, _, _, organisme, departement, groupe, structure = fait
    if portee.is_of_groupes:
        return groupe in portee.groupes or structure in portee.structures
    return any(o in (None, organisme) and d in (None, departement) for o, d in portee.paires)


def key_of(fait: Fait, axe: Axe, jour: date) -> date | int | None:
    """Where a fact counts on an axis."""
    return {
        Axe.TOTAL: None,
        Axe.SEMAINE: jour - timedelta(days=jour.weekday()),
        Axe.MOIS: jour.replace(day=1),
        Axe.ORGANISME: fait[4],
        Axe.DEPARTEMENT: fait[5],
    }[axe]


def compare(found: Lecture, lives: list[Histoire], portee: Portee) -> None:
    """Every count, median and decile, on every axis."""
    wanted: dict[tuple[Axe, object], dict[str, int]] = {}
    lengths: dict[tuple[Axe, object, str], list[int]] = {}
    for fait, nombre in [*count_faits(lives).items(), *_instant(lives)]:
        jour = fait[3] if portee.is_paris else fait[2]
        if not is_inside(fait, portee) or not PERIODE.debut <= jour <= PERIODE.fin:
            continue
        for axe in (Axe.TOTAL, *AXES):
            cle = key_of(fait, axe, jour)
            counts = wanted.setdefault((axe, cle), dict(ZERO))
            counts[fait[0]] += nombre
            if fait[1] is not None and fait[0] in DELAIS and axe is not Axe.SEMAINE:
                lengths.setdefault((axe, cle, fait[0]), []).extend([fait[1]] * nombre)
    got = {
        (axe, cle): dict(c) for axe, by in found.comptes.items() for cle, c in by.items() if any(c.values())
    }
    assert got == wanted
    assert set(found.delais) == set(lengths)
    for key, values in lengths.items():
        for tenth in range(1, 10):
            assert found.delais[key].quantile(tenth) == quantile(values, tenth)


def _instant(lives: list[Histoire]) -> Iterable[tuple[Fait, int]]:
    """Parts that may still be answered in time, and those late, at NOW."""
    for histoire in lives:
        calendrier = histoire.calendrier
        for part in live(histoire).values():
            is_waiting = (
                part.reponse_at is None and echeance_premiere_reponse(part.solicited_at, calendrier) >= NOW
            )
            is_late = part.late_at is not None and part.late_at < NOW
            asked = part.solicited_at
            where = (
                *(None, asked.astimezone(calendrier.zone).date(), asked.astimezone(PARIS).date()),
                *(organisme_id(part.groupe), CAST.departements[histoire.departement]),
                *(groupe_id(part.groupe), groupe_id(histoire.structure)),
            )
            if is_waiting:
                yield ("en_attente", *where), 1
            if is_late:
                yield ("en_souffrance", *where), 1


def before_now(lives: list[Histoire]) -> list[Histoire]:
    """What will happen later is not known yet: the views have no future either."""
    for histoire in lives:
        histoire.actes = [acte for acte in histoire.actes if acte.at <= NOW]
    return lives


async def check(lives: list[Histoire], seed: int) -> None:
    """Some stories, some sums, more stories: then everything is read."""
    lives, alea = before_now(lives), random.Random(seed)
    pause = PERIODE.debut + timedelta(days=alea.randint(0, 90))
    PAUSES["caf"] = (pause, pause + timedelta(days=alea.randint(1, 40)))
    first, then = lives[: len(lives) // 2], lives[len(lives) // 2 :]
    await play(first)
    await sum_again(limite=alea.randint(1, 60))
    await play(then)
    portees = list_portees()
    for portee in alea.sample(portees, 3):
        compare(await read(portee, PERIODE, AXES, NOW), lives, portee)
    while await sum_again(limite=50):
        pass
    assert not await database.fetch("select from recomptes")
    for portee in portees:
        compare(await read(portee, PERIODE, AXES, NOW), lives, portee)


IS_LONG = settings.get_current_profile_name() == "figures"


@settings(
    # Six histories at least each: more than a thousand.
    max_examples=170 if IS_LONG else 3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=list(Phase) if IS_LONG else [Phase.generate],
)
@given(lives=st.lists(histoires(), min_size=6, max_size=16), seed=st.integers(0, 1_000_000))
def test_what_is_read_is_what_happened(_base: asyncio.Runner, lives: list[Histoire], seed: int) -> None:
    _base.run(roll_back(lambda: check(lives, seed)))


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(lives=st.lists(histoires(), min_size=8, max_size=12))
def test_each_evening_is_kept_as_it_was(_base: asyncio.Runner, lives: list[Histoire]) -> None:
    """18:00 where the usager lives, counted late and in several times as well as on the evening itself."""

    async def story() -> None:
        known = before_now(lives)
        await play(known)
        for _ in range(40):
            await count_evenings(NOW, limite=40)
        await count_evenings(NOW, limite=1000)
        rows = await database.fetch("select jour, groupe, departement, nombre from souffrances")
        found = {(row["jour"], row["groupe"], row["departement"]): row["nombre"] for row in rows}
        for histoire in known:
            zone = histoire.calendrier.zone
            for days in range(0, 118, 9):
                jour = PERIODE.debut + timedelta(days=days)
                evening = datetime.combine(jour, time(18), zone)
                lieu = CAST.departements[histoire.departement]
                there = [h for h in known if h.departement == histoire.departement]
                for (groupe, _), nombre in count_en_souffrance(there, evening).items():
                    assert found.get((jour, groupe, lieu)) == nombre
        last = max(jour for jour, _, _ in found) if found else PERIODE.debut
        assert last <= NOW.astimezone(PARIS).date()

    _base.run(roll_back(story))
