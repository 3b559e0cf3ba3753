"""What opens a session and what never does (product §4)."""

import asyncio
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.acces.connexion import Ouverture, sign_in_by_code, sign_in_by_lien
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.sessions import find_signed
from app.domain.regles.errors import Conflit, Invalide
from tests.cast import CAST
from tests.domain.acces.visiteurs import AIDA, AILLEURS, ICI, ask, is_alive, open_lien
from tests.factories import erase_demandes, list_journal


async def test_the_link_opens_one_session_where_it_was_asked(now: datetime) -> None:
    lettre = await ask(now)
    opened = await open_lien(lettre, now)
    assert (opened.agent, opened.destination, opened.is_durable) == (CAST.aida, "/demandes/12", True)
    signed = await find_signed(opened.jeton, now)
    assert signed is not None and signed.droits.agent == CAST.aida
    with pytest.raises(Conflit):
        await open_lien(lettre, now)
    assert len(await list_journal("connexion")) == 1


async def test_elsewhere_the_code_is_asked_and_staying_signed_in_is_chosen_again(now: datetime) -> None:
    lettre = await ask(now)
    for code in ("", "12345", "abcdef", lettre.faux):
        with pytest.raises(Invalide):
            await open_lien(lettre, now, code, AILLEURS)
    opened = await open_lien(lettre, now, f"{lettre.code[:3]} {lettre.code[3:]}", AILLEURS)
    assert (opened.agent, opened.is_durable) == (CAST.aida, False)


async def test_the_code_alone_opens_where_it_was_asked_and_nowhere_else(now: datetime) -> None:
    lettre = await ask(now)
    with pytest.raises(Invalide):
        await sign_in_by_code(AIDA, code=lettre.code, navigateur=AILLEURS, now=now)
    with pytest.raises(Invalide):
        await sign_in_by_code("ines@exemple.fr", code=lettre.code, navigateur=ICI, now=now)
    opened = await sign_in_by_code(AIDA, code=lettre.code, navigateur=ICI, now=now)
    assert (opened.agent, opened.is_durable) == (CAST.aida, True)
    with pytest.raises(Invalide):
        await sign_in_by_code(AIDA, code=lettre.code, navigateur=ICI, now=now)


async def test_the_session_a_browser_had_ends_when_another_begins(now: datetime) -> None:
    first = await open_lien(await ask(now), now)
    later = now + timedelta(minutes=2)
    again = Navigateur(ICI.nom, ICI.ip, former=first.jeton)
    second = await open_lien(await ask(later, "ines@exemple.fr", again), later, navigateur=again)
    assert await find_signed(first.jeton, later) is None
    signed = await find_signed(second.jeton, later)
    assert signed is not None and signed.droits.agent == CAST.ines


async def test_the_last_three_links_work_and_using_one_spends_that_one(now: datetime) -> None:
    lettres = [await ask(now + timedelta(minutes=minute)) for minute in range(4)]
    later = now + timedelta(minutes=5)
    assert [await is_alive(lettre, later) for lettre in lettres] == [False, True, True, True]
    await open_lien(lettres[2], later)
    assert [await is_alive(lettre, later) for lettre in lettres] == [False, True, False, True]


async def test_a_link_ends_after_thirty_minutes(now: datetime) -> None:
    lettre = await ask(now)
    assert await is_alive(lettre, now + timedelta(minutes=29, seconds=59))
    end = now + timedelta(minutes=30)
    assert not await is_alive(lettre, end)
    with pytest.raises(Conflit):
        await open_lien(lettre, end)
    with pytest.raises(Invalide):
        await sign_in_by_code(AIDA, code=lettre.code, navigateur=ICI, now=end)


async def test_a_link_of_an_agent_disabled_meanwhile_opens_nothing(now: datetime) -> None:
    lettre = await ask(now)
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.aida
    )
    assert not await is_alive(lettre, now)
    with pytest.raises(Conflit):
        await open_lien(lettre, now)
    with pytest.raises(Invalide):
        await sign_in_by_code(AIDA, code=lettre.code, navigateur=ICI, now=now)


async def test_five_wrong_codes_kill_every_link_of_the_attempt(now: datetime) -> None:
    lettres = [await ask(now), await ask(now + timedelta(minutes=1))]
    later = now + timedelta(minutes=2)
    wrong = next(code for code in ("000000", "111111", "222222") if code not in {le.code for le in lettres})
    for _ in range(5):
        assert await is_alive(lettres[0], later)
        with pytest.raises(Invalide):
            await sign_in_by_code(AIDA, code=wrong, navigateur=ICI, now=later)
    assert [await is_alive(lettre, later) for lettre in lettres] == [False, False]
    with pytest.raises(Invalide):
        await sign_in_by_code(AIDA, code=lettres[1].code, navigateur=ICI, now=later)
    with pytest.raises(Conflit):
        await open_lien(lettres[1], later)
    assert {str(line["details"]) for line in await list_journal("connexion_refusee")} >= {
        "{'raison': 'code'}"
    }


async def test_five_wrong_codes_elsewhere_kill_the_link(now: datetime) -> None:
    lettre = await ask(now)
    for _ in range(5):
        with pytest.raises(Invalide):
            await open_lien(lettre, now, lettre.faux, AILLEURS)
    with pytest.raises(Conflit):
        await open_lien(lettre, now, lettre.code, AILLEURS)


async def test_a_dead_link_is_journalled_but_not_a_made_up_one(now: datetime) -> None:
    """The journal is kept twelve months: nobody outside may fill it."""
    lettre = await ask(now)
    await open_lien(lettre, now)
    for jeton in (lettre.contexte["jeton"], "invente"):
        with pytest.raises(Conflit):
            await sign_in_by_lien(jeton, code="", is_durable=False, navigateur=ICI, now=now)
    [line] = await list_journal("connexion_refusee")
    assert (line["agent"], line["details"]) == (CAST.aida, {"raison": "lien"})


async def test_what_is_not_six_digits_is_not_counted_as_a_try(now: datetime) -> None:
    lettre = await ask(now)
    for code in ("", "1", "12345", "1234567", "abcdef", "１２３４５６"):
        with pytest.raises(Invalide):
            await sign_in_by_code(AIDA, code=code, navigateur=ICI, now=now)
        with pytest.raises(Invalide):
            await open_lien(lettre, now, code, AILLEURS)
    assert await is_alive(lettre, now)


@pytest.mark.committed
async def test_fifty_clicks_at_once_open_one_session(now: datetime) -> None:
    try:
        lettre = await ask(now)
        results = await asyncio.gather(*(open_lien(lettre, now) for _ in range(50)), return_exceptions=True)
        assert sum(isinstance(result, Ouverture) for result in results) == 1
        assert sum(isinstance(result, Conflit) for result in results) == 49
        assert len(await database.fetch("select 1 from sessions")) == 1
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_twenty_codes_at_once_are_five_tries(now: datetime) -> None:
    try:
        lettre = await ask(now)
        codes = [lettre.faux] * 20 + [lettre.code]
        results = await asyncio.gather(
            *(sign_in_by_code(AIDA, code=code, navigateur=ICI, now=now) for code in codes),
            return_exceptions=True,
        )
        [row] = await database.fetch("select wrong_codes, used_at from liens")
        is_opened = any(isinstance(result, Ouverture) for result in results)
        assert row["wrong_codes"] <= 5 and (row["wrong_codes"] == 5) != is_opened
        assert (row["used_at"] is not None) == is_opened
    finally:
        await erase_demandes()
