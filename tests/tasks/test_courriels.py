"""A mail written is a mail sent: never lost, at worst twice under one Message-ID (quality R1, R2)."""

import asyncio
import dataclasses
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from app import database, poste
from app.domain.faits.courriels import COURRIELS, ORDINAIRES, URGENTS, claim_courriels
from app.domain.faits.envois import EnvoiRefuse, mark_sent, refuse
from app.settings import ROOT, get_settings
from app.tasks import courriels as sweep
from tests.courrier import write_lettre
from tests.domain.acces.visiteurs import AIDA, ask
from tests.factories import erase_demandes
from tests.smtp import SmtpServer, smtp_server

WHO = "ines@exemple.fr"


@pytest.fixture
def now() -> datetime:
    """The sweep lives at the real time, unlike the pages of the other tests."""
    return datetime.now(UTC)


async def post(now: datetime, adresse: str = WHO, *, is_urgent: bool = False) -> None:
    await write_lettre("connexion_inconnue", adresse, now, is_urgent=is_urgent)


def use(monkeypatch: pytest.MonkeyPatch, server: SmtpServer) -> None:
    settings = dataclasses.replace(get_settings(), smtp_url=f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setattr(sweep, "get_settings", lambda: settings)


async def states() -> list[tuple[bool, bool, int]]:
    rows = await database.fetch("select sent_at, failed_at, attempts from courriels order by created_at")
    return [(row["sent_at"] is not None, row["failed_at"] is not None, row["attempts"]) for row in rows]


@pytest.mark.parametrize("word", ["ascii*fr?b?''", "utf-8?q?ivan=40exemple.fr=2ca"])
async def test_a_mail_that_cannot_be_written_holds_nothing_back(
    monkeypatch: pytest.MonkeyPatch, now: datetime, word: str
) -> None:
    """The first breaks the writing of headers, the second would write to somebody else."""
    await post(now, f"=?{word}?=@exemple.fr", is_urgent=True)
    await post(now)
    async with smtp_server() as server:
        use(monkeypatch, server)
        await sweep.send_urgents({})
        await sweep.send_courriels({})
    assert [courriel["To"] for courriel in server.taken] == [WHO]
    assert sorted(await states()) == [(False, True, 1), (True, False, 1)]


async def test_a_mail_leaves_whole_and_is_wiped(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    await post(now)
    async with smtp_server() as server:
        use(monkeypatch, server)
        await sweep.send_courriels({})
        await sweep.send_courriels({})
    assert [courriel["To"] for courriel in server.taken] == [WHO]
    row = await database.fetch_one("select id, contexte_scelle from courriels")
    assert row is not None
    assert row["contexte_scelle"] is None
    assert str(row["id"]) in server.taken[0]["Message-ID"]
    text, html = server.taken[0].get_body(("plain",)), server.taken[0].get_body(("html",))
    assert text is not None
    assert html is not None


async def test_sign_in_mails_leave_first(now: datetime) -> None:
    await post(now - timedelta(minutes=5))
    await post(now, "presse@exemple.fr", is_urgent=True)
    assert [envoi.adresse for envoi in await claim_courriels(now)] == ["presse@exemple.fr", WHO]


async def test_a_claim_is_exclusive_until_its_lease_ends(now: datetime) -> None:
    await post(now)
    assert len(await claim_courriels(now)) == 1
    assert await claim_courriels(now) == []
    again = await claim_courriels(now + timedelta(minutes=2))
    assert [envoi.attempts for envoi in again] == [2]


async def test_a_server_down_is_tried_again_later_and_later(now: datetime) -> None:
    await post(now)
    at, waits = now, []
    for _ in range(8):
        [envoi] = await claim_courriels(at)
        await refuse(COURRIELS, envoi, EnvoiRefuse("ConnectError", is_permanent=False), at)
        row = await database.fetch_one("select due_at from courriels")
        assert row is not None
        waits.append((row["due_at"] - at).total_seconds())
        at = row["due_at"]
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]
    [envoi] = await claim_courriels(at + timedelta(days=3))
    await mark_sent(COURRIELS, envoi, at)
    assert await states() == [(True, False, 9)]


@pytest.mark.parametrize(("reply", "is_permanent"), [("550 unknown", True), ("451 later", False)])
async def test_a_refusal_is_for_good_only_when_the_server_says_so(
    monkeypatch: pytest.MonkeyPatch, now: datetime, reply: str, is_permanent: bool
) -> None:
    await post(now - timedelta(seconds=1), "inconnue@exemple.fr")
    await post(now)
    async with smtp_server() as server:
        server.refuse["inconnue@exemple.fr"] = reply
        use(monkeypatch, server)
        await sweep.send_courriels({})
    assert await states() == [(False, is_permanent, 1), (True, False, 1)]


async def test_a_server_that_does_not_answer_loses_nothing_and_blames_no_mail(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    for minutes in range(1, 8):
        await post(now - timedelta(minutes=minutes))
    async with smtp_server() as server:
        pass
    use(monkeypatch, server)
    await sweep.send_courriels({})
    assert await states() == [(False, False, 0)] * 7
    assert len(await claim_courriels(now)) == 7, "all of them are free for the next turn"


async def test_a_server_that_says_nothing_is_left_after_three_seconds(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    await post(now)
    await post(now)
    monkeypatch.setattr(poste, "BANNER_SECONDS", 0.2)
    async with smtp_server() as server:
        server.is_silent = True
        use(monkeypatch, server)
        started = time.monotonic()
        await sweep.send_courriels({})
        assert time.monotonic() - started < 2, "it is asked once, not once for each mail"
        assert await states() == [(False, False, 0)] * 2
        server.is_silent = False
        await sweep.send_courriels({})
    assert await states() == [(True, False, 1)] * 2


async def test_what_nobody_takes_for_72_hours_is_given_up(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    await post(now - timedelta(hours=73))
    await post(now)
    async with smtp_server() as server:
        pass
    use(monkeypatch, server)
    await sweep.send_courriels({})
    assert await states() == [(False, True, 1), (False, False, 0)]


async def test_a_sweep_that_is_cut_frees_what_it_held(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    for _ in range(3):
        await post(now)
    async with smtp_server() as server:
        server.is_silent = True
        use(monkeypatch, server)
        turn = asyncio.create_task(sweep.send_courriels({}))
        while not await server.was_called():
            await asyncio.sleep(0.01)
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
    assert await states() == [(False, False, 0)] * 3
    assert len(await claim_courriels(now)) == 3


async def test_a_sign_in_mail_whose_link_has_died_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    await ask(now - timedelta(minutes=get_settings().link_minutes, seconds=1), WHO)
    await ask(now, AIDA)
    async with smtp_server() as server:
        use(monkeypatch, server)
        await sweep.send_urgents({})
    assert [courriel["To"] for courriel in server.taken] == [AIDA]
    rows = await database.fetch("select erreur, contexte_scelle from courriels order by created_at")
    assert [tuple(row) for row in rows] == [("lien éteint", None), ("", None)]


async def test_the_lanes_share_no_mail(now: datetime) -> None:
    await post(now)
    await post(now, "presse@exemple.fr", is_urgent=True)
    assert [envoi.adresse for envoi in await claim_courriels(now, lane=ORDINAIRES)] == [WHO]
    assert [envoi.adresse for envoi in await claim_courriels(now, lane=URGENTS)] == ["presse@exemple.fr"]


async def test_nothing_typed_can_add_a_header(now: datetime) -> None:
    await post(now, "eve@exemple.fr\r\nBcc: tous@exemple.fr")
    [envoi] = await claim_courriels(now)
    with pytest.raises(ValueError, match=r"header|linefeed|newline"):
        poste.write_courriel(envoi, get_settings())


@pytest.mark.committed
async def test_a_worker_killed_between_yes_and_mark_sends_again_under_the_same_message_id() -> None:
    try:
        async with smtp_server() as server:
            await post(datetime.now(UTC))
            environment = {
                **os.environ,
                "DATABASE_URL": database.find_database_url(get_settings()),
                "SMTP_URL": f"smtp://127.0.0.1:{server.port}",
            }
            victim = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app", "worker", env=environment, cwd=ROOT
            )

            def kill(_: EmailMessage) -> None:
                server.on_message = lambda _: None
                os.kill(victim.pid, signal.SIGKILL)

            server.on_message = kill
            assert await asyncio.wait_for(victim.wait(), 30) == -signal.SIGKILL
            assert await states() == [(False, False, 1)], "taken by the server, not marked"
            await database.fetch("update courriels set claimed_until = now()")  # the lease ends
            rescuer = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app", "worker", env=environment, cwd=ROOT
            )
            async with asyncio.timeout(30):
                while (await states())[0][0] is False:
                    await asyncio.sleep(0.1)
            rescuer.terminate()
            assert await asyncio.wait_for(rescuer.wait(), 40) == 0
        ids = {courriel["Message-ID"] for courriel in server.taken}
        assert (len(server.taken), len(ids)) == (2, 1)
    finally:
        await erase_demandes()
