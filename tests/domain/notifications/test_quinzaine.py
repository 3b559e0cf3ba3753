"""A fortnight of mails: what was due left, at its hour, once; across both changes of clocks and a bridge of holidays.

`QUINZAINE=300 python -m pytest tests/domain/notifications/test_quinzaine.py` plays more of it, and
`python -m bench.quinzaine` the long form, with workers that are processes and die for good.
"""

import os
from datetime import datetime

import pytest

from app import database
from tests.domain.notifications.quinzaine import QUINZAINES, live, read_left

DEMANDES = int(os.environ.get("QUINZAINE", "20"))


@pytest.mark.parametrize("start", [pytest.param(start, id=nom) for nom, start in QUINZAINES.items()])
async def test_what_was_due_is_what_left(start: datetime) -> None:
    quinzaine = await live(start, demandes=DEMANDES, seed=start.toordinal())
    left = await read_left()
    assert dict(left) == dict(quinzaine.du)
    assert len(left) > DEMANDES and quinzaine.morts
    [row] = await database.fetch("select count(*) as nombre from courriels where sent_at is null")
    assert row["nombre"] == 0
    [row] = await database.fetch(
        "select coalesce(sum(attempts - 1), 0) as encore from courriels where attempts > 0"
    )
    assert row["encore"] <= 5 * quinzaine.morts
