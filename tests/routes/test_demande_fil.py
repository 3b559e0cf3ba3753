"""A long thread: its end and what is unread first, the rest by pages whose lines keep their address; whole on paper."""

import re
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.echanges.fil import name_ligne
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import answers_wait
from tests.factories import make_demande
from tests.routes.test_demande_messages import answer

HOUR = timedelta(hours=1)
LINES = """
insert into messages (demande, cle, auteur, groupe, cote, nature, texte, is_prive, sent_at)
select :demande, gen_random_uuid(), :auteur, :groupe, 'instructeur', 'reponse', 'Ligne ' || n || '.',
    n % 10 = 0, :begun::timestamptz + n * interval '1 second'
from generate_series(1, :lines::int) n
returning id
"""
DRAWN = re.compile(r"Ligne (\d+)\.")


async def make_long(now: datetime, lines: int) -> tuple[int, list[int]]:
    """A demande whose thread has this many lines by Inès, each tenth for instructeurs alone; and their ids."""
    numero = await make_demande(now)
    rows = await database.fetch(
        LINES,
        demande=numero,
        auteur=CAST.ines,
        groupe=CAST.groupes.caf,
        begun=now - HOUR,
        lines=lines,
    )
    return numero, [row["id"] for row in rows]


async def read_until(agent: int, numero: int, now: datetime, line: int) -> None:
    """This agent came last when that line was the last one."""
    await database.fetch(
        "insert into lectures (demande, agent, first_at, last_at) values (:demande, :agent, :at, :at)",
        demande=numero,
        agent=agent,
        at=now - HOUR + timedelta(seconds=line),
    )


async def ask_where(browser: Browser, numero: int, anchor: str) -> str:
    """The page that the address of a line leads to; browsers keep its anchor."""
    response = await browser.client.get(f"/demandes/{numero}?message={anchor}")
    assert response.status_code == 303
    return response.headers["location"]


def drawn(browser: Browser) -> list[int]:
    """The lines of the thread on this page, in order."""
    return [int(n) for n in DRAWN.findall(browser.html)]


def seen_by_aida(first: int, last: int) -> list[int]:
    """The lines of these numbers that are not reserved."""
    return [n for n in range(first, last + 1) if n % 10]


async def test_the_end_of_a_long_thread_is_drawn_and_the_rest_is_one_link_away(now: datetime) -> None:
    numero, _ = await make_long(now, 230)
    browser = await signed_in(CAST.idir)
    await browser.get(f"/demandes/{numero}")
    assert drawn(browser) == list(range(151, 231)), "the last page that is full, and the one begun since"
    assert "150 échanges plus anciens" in browser.page.texte
    assert len(browser.queries) <= 8
    met = drawn(browser)
    while older := re.search(r'href="([^"]*echanges=\d+)#demande-fil"[^>]*>Voir les 50', browser.html):
        await browser.get(older[1])
        assert len(browser.queries) <= 8
        met = drawn(browser) + met
    assert met == list(range(1, 231)), "every line once, in order"
    assert "Début des échanges" in browser.page.texte


async def test_pages_count_what_their_reader_may_read_and_nothing_else(now: datetime) -> None:
    numero, _ = await make_long(now, 230)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}?echanges=1")
    assert drawn(browser) == seen_by_aida(1, 55), "fifty of hers"
    assert "157 échanges plus récents" in browser.page.texte


async def test_a_short_thread_says_nothing_of_pages(now: datetime) -> None:
    numero, _ = await make_long(now, 100)
    browser = await signed_in(CAST.idir)
    for suite in ("", "?echanges=1", "?echanges=9", "?echanges=0", "?echanges=-3", "?echanges=été"):
        await browser.get(f"/demandes/{numero}{suite}")
        assert drawn(browser) == list(range(1, 101))
        assert "plus anciens" not in browser.page.texte


@pytest.mark.parametrize(("read", "first"), [(140, 101), (240, 151), (10, 51)])
async def test_what_is_unread_is_drawn_within_a_bound(now: datetime, read: int, first: int) -> None:
    numero, _ = await make_long(now, 250)
    await read_until(CAST.idir, numero, now, read)
    browser = await signed_in(CAST.idir)
    await browser.get(f"/demandes/{numero}")
    assert drawn(browser) == list(range(first, 251))


async def ask_read(numero: int, agent: int) -> datetime | None:
    """Up to when the lists say that this agent has read the demande."""
    sql = """
        select lu_jusqu_a(l.last_at, l.non_lue_at, d.sent_at) as lu_at
        from lectures l join demandes d on d.numero = l.demande where l.demande = :demande and l.agent = :agent
    """
    [row] = await database.fetch(sql, demande=numero, agent=agent)
    return row["lu_at"]  # type: ignore[no-any-return]


async def test_only_what_was_drawn_is_marked_read(now: datetime) -> None:
    numero, _ = await make_long(now, 330)
    await read_until(CAST.idir, numero, now, 60)
    read_at = now - HOUR + timedelta(seconds=60)
    browser = await signed_in(CAST.idir)
    for _ in range(2):
        await browser.get(f"/demandes/{numero}")
        assert drawn(browser)[0] == 151, "ninety lines that they have not read stand before"
        assert await ask_read(numero, CAST.idir) == read_at
    await browser.get("/demandes/recues")
    assert "270 non lus" in browser.page.texte
    await browser.get(f"/demandes/{numero}?echanges=3")
    assert await ask_read(numero, CAST.idir) == read_at
    await browser.client.get(f"/demandes/{numero}?echanges=2", headers={"HX-Request": "true"})
    assert await ask_read(numero, CAST.idir) == now, "the page that holds the first of them came last"


async def test_an_older_page_leaves_what_was_marked_unread(now: datetime) -> None:
    numero, _ = await make_long(now, 230)
    browser = await signed_in(CAST.idir)
    await browser.get(f"/demandes/{numero}")
    await browser.submit(f"/demandes/{numero}/non-lue")
    marked = await ask_read(numero, CAST.idir)
    await browser.get(f"/demandes/{numero}?echanges=1")
    assert marked == await ask_read(numero, CAST.idir) != now


async def test_the_address_of_a_line_opens_its_page(now: datetime) -> None:
    numero, ids = await make_long(now, 230)
    browser = await signed_in(CAST.aida)
    for line in (1, 55, 56, 99, 229):
        anchor = name_ligne(ids[line - 1])
        page = await ask_where(browser, numero, anchor)
        assert len(browser.queries) <= 8
        await browser.get(page)
        assert f'id="message-{anchor}"' in browser.html
        assert len(browser.queries) <= 8
    # Nobody learns from an address that a reserved line is there, or where.
    nowhere = await ask_where(browser, numero, "nulle")
    assert await ask_where(browser, numero, name_ligne(ids[9])) == nowhere == f"/demandes/{numero}?echanges=5"


async def test_an_older_page_neither_marks_read_nor_answers(now: datetime) -> None:
    numero, _ = await make_long(now, 230)
    browser = await signed_in(CAST.idir)
    await browser.get(f"/demandes/{numero}?echanges=2")
    assert "Réponse personnalisée" not in browser.page.texte
    assert "Voir les derniers et répondre" in browser.page.texte
    assert not await database.fetch("select 1 from lectures where demande = :numero", numero=numero)
    await browser.get(f"/demandes/{numero}?echanges=4")
    assert "Réponse personnalisée" in browser.page.texte, "the last pages are the page itself"
    assert await database.fetch("select 1 from lectures where demande = :numero", numero=numero)


async def test_htmx_gets_the_older_lines_alone(now: datetime) -> None:
    numero, _ = await make_long(now, 230)
    browser = await signed_in(CAST.idir)
    response = await browser.client.get(f"/demandes/{numero}?echanges=3", headers={"HX-Request": "true"})
    assert DRAWN.findall(response.text) == [str(n) for n in range(101, 151)]
    assert "<html" not in response.text and "<h1" not in response.text
    assert 'id="demande-anciens"' in response.text and "100 échanges plus anciens" in response.text


@pytest.mark.parametrize("suite", ["", ".html"])
async def test_the_whole_thread_is_on_paper(now: datetime, suite: str) -> None:
    numero, _ = await make_long(now, 430)
    for agent, lines in ((CAST.idir, list(range(1, 431))), (CAST.aida, seen_by_aida(1, 430))):
        response = await (await signed_in(agent)).client.get(f"/demandes/{numero}/impression{suite}")
        assert [int(n) for n in DRAWN.findall(response.text)] == lines


async def test_looking_whether_an_answer_left_changes_the_last_page_of_the_thread_alone(
    now: datetime,
) -> None:
    numero, _ = await make_long(now, 120)
    browser = await signed_in(CAST.idir)
    await browser.get(f"/demandes/{numero}")
    pages = re.findall(r'<ol class="ap-fil" id="demande-page-(\d+)">', browser.html)
    assert pages == ["2", "3"]
    with answers_wait():
        await browser.post(f"/demandes/{numero}/messages", answer(browser, "Je rappelle."))
        await browser.get(f"/demandes/{numero}")
    [target] = re.findall(r'data-hx-trigger="click, load[^"]*" data-hx-target="([^"]*)"', browser.html)
    assert target == "#demande-page-3"
    assert browser.html.index('id="demande-page-3"') < browser.html.index('id="partance-')
