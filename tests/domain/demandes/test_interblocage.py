"""Viewing a demande and acting on it, at once, again and again: neither waits for the other (quality R10).

`ROUNDS=200 .venv/bin/python -m pytest tests/domain/demandes/test_interblocage.py` plays the long set.
"""

import asyncio
import contextlib
import os
from datetime import datetime, timedelta

import pytest

from app.domain.demandes import lectures
from app.domain.regles.errors import Conflit
from tests.cast import CAST
from tests.domain.scene import load, make_caf_cpam, post, signed_as
from tests.factories import erase_demandes

ROUNDS = int(os.environ.get("ROUNDS", "12"))


async def view(agent: int, numero: int, now: datetime) -> None:
    signed = await signed_as(agent, now)
    await lectures.mark_read(signed, await load(signed, numero), now)


async def act(agent: int, numero: int, now: datetime) -> None:
    # When somebody wrote between the page and the post, the page is shown again, as it should.
    with contextlib.suppress(Conflit):
        await post(agent, numero, now, f"Bonjour, {agent} à {now}.")


@pytest.mark.committed
async def test_view_and_act_never_deadlock(now: datetime) -> None:
    try:
        for turn in range(ROUNDS):
            at = now + timedelta(seconds=turn)
            numero = await make_caf_cpam(at)
            async with asyncio.timeout(20):
                await asyncio.gather(
                    *(view(agent, numero, at) for agent in (CAST.ines, CAST.idir, CAST.ivan, CAST.aida)),
                    *(act(agent, numero, at) for agent in (CAST.ines, CAST.aida, CAST.ivan)),
                    *(view(agent, numero, at) for agent in (CAST.ines, CAST.ivan)),
                )
    finally:
        await erase_demandes()
