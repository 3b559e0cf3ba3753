"""An answer that waits leaves at its hour, once, whatever happens to the worker (quality R1)."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import database
from app.domain.echanges import messages
from app.domain.echanges.departs import PANNE, send
from app.domain.faits.courriels import claim_courriels
from app.domain.faits.provenance import come_from, sign_visit, visiting
from app.formulaire import Formulaire
from app.poste import write_courriel
from app.settings import ROOT, get_settings
from app.tasks.reponses import send_answers
from tests.cast import CAST
from tests.domain.scene import WAIT, answers_wait, close_demande, load, see_as, signed_as, typed
from tests.factories import erase_demandes, make_demande, make_invitation

#: How far the clock of the base, which the sweep goes by, may stand from that of this process.
CLOCKS = timedelta(seconds=2)
HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    """The sweep lives at the real time, unlike the pages of the other tests."""
    return datetime.now(UTC)


async def wait_in(numero: int, now: datetime, texte: str = "Je regarde.", *, who: int | None = None) -> None:
    """Inès, or somebody else, sends an answer, which waits."""
    who = who or CAST.ines
    signed = await signed_as(who, now)
    form = Formulaire({"texte": [texte], "vu": [await see_as(who, numero)]})
    with answers_wait():
        saisi = typed(texte)
        line = await send(signed, await load(signed, numero), saisi, form, read=Formulaire, now=now)
    assert line is None


async def facts(numero: int) -> dict[str, Any]:
    """Lines, mails, and answers that wait, of this demande."""
    row = await database.fetch_one(
        """
        select (select count(*) from messages where demande = :numero) as lignes,
            (select count(*) from courriels where demande = :numero and fait = 'message_envoye') as courriels,
            (select count(*) from brouillons where demande = :numero and part_at is not null) as attentes
        """,
        numero=numero,
    )
    assert row is not None
    return dict(row)


async def test_the_journal_says_from_where_it_was_sent_whoever_lets_it_leave(now: datetime) -> None:
    numero = await make_demande(now)
    with visiting():
        come_from(lambda: ("192.0.2.0/24", "Firefox sur Windows"))
        sign_visit(CAST.ines)
        await wait_in(numero, now - WAIT - CLOCKS)
    await send_answers({})
    [line] = await database.fetch(
        "select agent, details->>'reseau' as reseau, details->>'navigateur' as navigateur from journal "
        "where fait = 'message_envoye' and demande = :numero",
        numero=numero,
    )
    assert tuple(line) == (CAST.ines, "192.0.2.0/24", "Firefox sur Windows")


async def test_it_leaves_at_its_hour_and_not_before(now: datetime) -> None:
    numero = await make_demande(now)
    await wait_in(numero, now - WAIT + timedelta(seconds=10))
    assert not await send_answers({})
    assert (await facts(numero))["lignes"] == 0
    await database.fetch("update brouillons set part_at = :at", at=now - CLOCKS)
    await send_answers({})
    assert await facts(numero) == {"lignes": 1, "courriels": 1, "attentes": 0}


async def test_what_cannot_be_written_makes_no_other_wait(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numeros = [await make_demande(now) for _ in range(2)]
    for numero in numeros:
        await wait_in(numero, now - WAIT - CLOCKS)
    written = messages.post_message

    async def break_down(signed: Any, demande: Any, saisi: Any, now: datetime) -> int:
        if demande.numero == numeros[0]:
            raise RuntimeError("broken")
        return await written(signed, demande, saisi, now)

    monkeypatch.setattr(messages, "post_message", break_down)
    await send_answers({})
    assert [(await facts(numero))["lignes"] for numero in numeros] == [0, 1]
    assert (await facts(numeros[0]))["attentes"] == 1

    # After an hour its author is told, and has the text again.
    await database.fetch(
        "update brouillons set part_at = :at, updated_at = :sent_at", at=now - CLOCKS, sent_at=now - 2 * HOUR
    )
    await send_answers({})
    assert (await facts(numeros[0]))["attentes"] == 0
    assert [row["retenue"] for row in await database.fetch("select retenue from brouillons")] == [PANNE]
    assert await database.fetch("select 1 from courriels where fait = 'reponse_retenue'")


@pytest.mark.parametrize("is_expert", [True, False])
async def test_the_mail_of_what_could_not_leave_leads_to_where_its_author_reads_it(
    now: datetime, is_expert: bool
) -> None:
    """A demande that is closed meanwhile is no page of an expert any more: the text is among the drafts."""
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now - HOUR)
    aida = await signed_as(CAST.aida, now)
    await wait_in(numero, now - WAIT - CLOCKS, who=CAST.elie if is_expert else CAST.ines)
    await close_demande(aida, await load(aida, numero), now=now - CLOCKS)
    await database.fetch("delete from courriels")
    await send_answers({})
    [mail] = await claim_courriels(now + HOUR)
    body = write_courriel(mail, get_settings()).get_body(("plain",))
    assert body is not None
    assert ("/demandes?onglet=brouillons\n" in body.get_content()) is is_expert
    assert (f"/demandes/{numero}\n" in body.get_content()) is not is_expert


BLOCKED = """
select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%insert into courriels%'
"""


@pytest.mark.committed
async def test_a_worker_killed_while_it_writes_loses_nothing_and_the_next_one_writes_it_once(
    now: datetime,
) -> None:
    environment = {**os.environ, "DATABASE_URL": database.find_database_url(get_settings())}

    started: list[asyncio.subprocess.Process] = []

    async def start() -> asyncio.subprocess.Process:
        started.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app", "worker", env=environment, cwd=ROOT
            )
        )
        return started[-1]

    try:
        numero = await make_demande(now)
        await wait_in(numero, now - WAIT)
        victim = await start()
        async with asyncio.timeout(40):
            async with database.transaction():
                # The line is written, its mails cannot be yet.
                await database.fetch("lock table courriels in exclusive mode")
                while not await database.fetch(BLOCKED):
                    await asyncio.sleep(0.1)
                    await database.fetch("select pg_stat_clear_snapshot()")
                victim.kill()
                assert await victim.wait() == -signal.SIGKILL
        assert await facts(numero) == {"lignes": 0, "courriels": 0, "attentes": 1}
        rescuer = await start()
        async with asyncio.timeout(40):
            while (await facts(numero))["lignes"] == 0:
                await asyncio.sleep(0.1)
        rescuer.terminate()
        assert await asyncio.wait_for(rescuer.wait(), 40) == 0
        assert await facts(numero) == {"lignes": 1, "courriels": 1, "attentes": 0}
    finally:
        for worker in started:
            if worker.returncode is None:
                worker.kill()
        await erase_demandes()
