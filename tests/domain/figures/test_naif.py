"""Every figure, as its view gives it, equals the naive computation: on random histories and on the seed."""

import asyncio
from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import database
from tests.base import roll_back
from tests.domain.figures.histoires import DEBUT, Histoire, histoires, play
from tests.domain.figures.naif import Fait, count_en_souffrance, count_faits

FAITS = (
    "select mesure, dixiemes, jour, jour_paris, organisme, departement, groupe, structure from figures_faits"
)
EN_SOUFFRANCE = """
select groupe, departement, count(*) as nombre from figure_en_souffrance where debut_at < :at and :at < fin_at
group by groupe, departement
"""
# The long run: python -m pytest tests/domain/figures/test_naif.py --hypothesis-profile=figures
IS_LONG = settings.get_current_profile_name() == "figures"
LONG = settings(
    max_examples=150 if IS_LONG else 5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # A short run says that something is wrong; the long one finds the shortest story.
    phases=list(Phase) if IS_LONG else [Phase.generate],
)


async def count_stored() -> Counter[Fait]:
    """Every fact the views hold."""
    return Counter(tuple(row) for row in await database.fetch(FAITS))


async def check(lives: list[Histoire]) -> None:
    """Play them, then ask the views what the stories say."""
    await play(lives)
    assert await count_stored() == count_faits(lives)
    for days in range(0, 180, 17):
        at = DEBUT + timedelta(days=days, hours=7, minutes=3, seconds=1)
        rows = await database.fetch(EN_SOUFFRANCE, at=at)
        found = Counter({(row["groupe"], row["departement"]): row["nombre"] for row in rows})
        assert found == count_en_souffrance(lives, at), at


@LONG
@given(lives=st.lists(histoires(), min_size=8, max_size=16))
def test_views_say_what_happened(_base: asyncio.Runner, lives: list[Histoire]) -> None:
    _base.run(roll_back(lambda: check(lives)))
