"""The sweep of figures takes every mark away, twice in a row too."""

from datetime import datetime

from app import database
from app.tasks.statistiques import count_souffrances, sum_figures
from tests.factories import make_demande

MARKS = """
select count(*) as marks, (select sum(recues) from cumuls_jours
    where is_paris and organisme > 0 and departement > 0) as recues from recomptes
"""


async def test_sums_are_made_again_and_nothing_is_left(now: datetime) -> None:
    await make_demande(now)
    for _ in range(2):
        await sum_figures({})
        await count_souffrances({})
        [row] = await database.fetch(MARKS)
        assert (row["marks"], row["recues"]) == (0, 1)
