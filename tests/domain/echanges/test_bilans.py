"""What is told of the acts of a list once they are undone: never that all is as before, where somebody wrote since."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.echanges.gestes import GesteListe
from tests.cast import CAST
from tests.domain.echanges.test_gestes import LECTURE, PART, ask, facts, read, undo
from tests.domain.scene import DAY, HOUR, close_demande, load, make_caf_cpam, post, signed_as
from tests.factories import list_journal, make_demande


@pytest.mark.parametrize(
    ("by", "facts_of_it", "who"),
    [
        ("aida", {}, "Aïda Kerjean a écrit"),
        ("idir", {"is_prive": True}, "Idir Hamel a écrit"),
        ("ivan", {}, "Ivan Riou a écrit"),
    ],
)
async def test_a_demande_where_somebody_else_wrote_since_is_not_said_to_be_as_before(
    now: datetime, by: str, facts_of_it: dict[str, Any], who: str
) -> None:
    numero = await make_caf_cpam(now - DAY)
    await post(CAST.aida, numero, now - HOUR)
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    # The visit of who writes may have begun before: the lock says who came first.
    await post(getattr(CAST, by), numero, now - timedelta(seconds=1), **facts_of_it)
    before = await facts(PART, numero)
    after = await undo(CAST.ines, bilan, now + HOUR)
    assert after.annulees == ()
    assert after.restees == ((numero, f"{who} depuis\u00a0: ouvrez la demande pour ne plus la suivre."),)
    assert await facts(PART, numero) == before
    assert await list_journal("part_rendue") == []


async def test_ones_own_private_note_does_not_stop_undoing(now: datetime) -> None:
    numero = await make_demande(now - DAY)
    await post(CAST.aida, numero, now - HOUR)
    bilan = await ask(CAST.ines, GesteListe.PRISE, [numero], now)
    await post(CAST.ines, numero, now + timedelta(minutes=1), is_prive=True)
    after = await undo(CAST.ines, bilan, now + HOUR)
    assert (after.annulees, after.restees) == ((numero,), ())


async def test_what_has_a_new_message_stays_unread(now: datetime) -> None:
    numero, secret = await make_demande(now - DAY), await make_demande(now - DAY)
    for one in (numero, secret):
        await post(CAST.ines, one, now - 2 * HOUR)
        await read(CAST.aida, one, now - HOUR)
    bilan = await ask(CAST.aida, GesteListe.NON_LUE, [numero, secret], now)
    before = await facts(LECTURE, numero)
    await post(CAST.idir, numero, now + timedelta(minutes=1))
    # What the aidant may not read changes nothing for them, and is told to nobody.
    await post(CAST.idir, secret, now + timedelta(minutes=1), is_prive=True)
    after = await undo(CAST.aida, bilan, now + HOUR)
    assert after.restees == ((numero, "Idir Hamel a écrit depuis\u00a0: elle reste non lue."),)
    assert after.annulees == (secret,)
    assert await facts(LECTURE, numero) == before


async def test_a_reminder_that_an_answer_or_a_closing_ended_is_not_said_to_be_undone(now: datetime) -> None:
    answered, closed = await make_demande(now - DAY), await make_demande(now - DAY)
    bilan = await ask(CAST.ines, GesteListe.RAPPEL, [answered, closed], now, rappel_le=now.date() + 3 * DAY)
    await post(CAST.aida, answered, now + timedelta(minutes=1))
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, closed), now=now + timedelta(minutes=1))
    after = await undo(CAST.ines, bilan, now + HOUR)
    reason = "Ce rappel a été donné, changé ou terminé depuis."
    assert (after.annulees, after.restees) == ((), ((answered, reason), (closed, reason)))
