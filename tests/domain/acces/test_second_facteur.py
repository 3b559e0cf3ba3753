"""The second factor: sealed, each code once, wrong ones counted, ten codes on paper, and its end."""

import asyncio
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.acces.second_facteur import (
    CODES,
    TropDeCodes,
    activate,
    code_of,
    find_second_facteur,
    propose,
    prove,
    read_proposition,
    remove,
    renew_codes,
    say_code,
)
from app.domain.acces.sessions import Signed, find_signed, open_session
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import erase_demandes, list_journal, list_told

HALF = timedelta(seconds=30)
FAUX = "000000"


async def another(agent: int, now: datetime) -> Signed:
    """A session of this agent, signed in by mail alone."""
    signed = await find_signed(await open_session(agent, is_durable=False, navigateur="", now=now), now)
    assert signed is not None
    return signed


async def set_up(agent: int, now: datetime) -> tuple[Signed, str, list[str]]:
    signed = await signed_as(agent, now)
    proposition = propose(signed)
    return (
        signed,
        proposition.secret,
        await activate(signed, proposition, code_of(proposition.secret, now), now),
    )


@pytest.mark.parametrize("who", ["ada", "elie", "paul"])
async def test_those_who_see_far_are_half_in_until_they_confirm(who: str, now: datetime) -> None:
    signed = await another(getattr(CAST, who), now)
    assert signed.is_half_open and not signed.has_second_facteur
    _, secret, _ = await set_up(getattr(CAST, who), now)
    signed = await another(getattr(CAST, who), now)
    assert signed.is_half_open and signed.has_second_facteur
    await prove(signed, code_of(secret, now + HALF), now + HALF)
    [row] = await database.fetch("select second_facteur_at from sessions where id = :i", i=signed.session)
    assert row["second_facteur_at"] == now + HALF


async def test_it_is_a_choice_for_the_others(now: datetime) -> None:
    assert not (await another(CAST.aida, now)).is_half_open
    await set_up(CAST.aida, now)
    assert (await another(CAST.aida, now)).is_half_open


async def test_nothing_is_kept_in_clear_and_the_agent_is_told(now: datetime) -> None:
    _, secret, codes = await set_up(CAST.aida, now)
    [row] = await database.fetch("select s::text as kept, secret_scelle from seconds_facteurs s")
    assert secret.encode() not in row["secret_scelle"] and secret not in row["kept"]
    assert len(set(codes)) == CODES and not [code for code in codes if code in row["kept"]]
    assert await list_told("second_facteur_active") == {"aida@exemple.fr"}
    assert len(await list_journal("second_facteur_active")) == 1
    lines = await database.fetch("select details::text as said from journal")
    assert not [line for line in lines if secret in line["said"] or codes[0] in line["said"]]


async def test_a_proposal_is_of_its_session_alone(now: datetime) -> None:
    aida, ines = await signed_as(CAST.aida, now), await signed_as(CAST.ines, now)
    scelle = propose(aida).scelle
    assert read_proposition(aida, scelle) is not None
    assert read_proposition(ines, scelle) is None and read_proposition(aida, "zz") is None
    with pytest.raises(Invalide):
        await activate(aida, None, FAUX, now)


async def test_a_second_one_never_replaces_the_first(now: datetime) -> None:
    signed, _, _ = await set_up(CAST.aida, now)
    other = propose(signed)
    with pytest.raises(Conflit):
        await activate(signed, other, code_of(other.secret, now), now)


async def test_a_code_serves_once_and_an_older_one_never_after(now: datetime) -> None:
    _, secret, _ = await set_up(CAST.aida, now)
    later = now + HALF
    with pytest.raises(Invalide):
        await prove(await another(CAST.aida, now), code_of(secret, now), now)
    await prove(await another(CAST.aida, later), code_of(secret, later), later)
    for replayed in (now, later):
        with pytest.raises(Invalide):
            await prove(await another(CAST.aida, later), code_of(secret, replayed), later)


async def test_the_clock_of_a_phone_may_drift_by_half_a_minute(now: datetime) -> None:
    _, secret, _ = await set_up(CAST.aida, now)
    later = now + 10 * HALF
    with pytest.raises(Invalide):
        await prove(await another(CAST.aida, later), code_of(secret, later - 2 * HALF), later)
    await prove(await another(CAST.aida, later), code_of(secret, later - HALF), later)
    await prove(await another(CAST.aida, later), code_of(secret, later + HALF), later)


async def test_a_code_on_paper_serves_once_and_its_agent_is_told(now: datetime) -> None:
    _, _, codes = await set_up(CAST.aida, now)
    await prove(await another(CAST.aida, now), f" {codes[0].upper().replace('-', ' ')} ", now)
    with pytest.raises(Invalide):
        await prove(await another(CAST.aida, now), codes[0], now)
    etat = await find_second_facteur(CAST.aida)
    assert etat is not None and etat.codes == CODES - 1
    assert await list_told("code_secours_utilise") == {"aida@exemple.fr"}


async def test_new_codes_end_the_former_ones(now: datetime) -> None:
    signed, secret, codes = await set_up(CAST.aida, now)
    with pytest.raises(Invalide):
        await renew_codes(signed, FAUX, now)
    new = await renew_codes(signed, code_of(secret, now + HALF), now + HALF)
    with pytest.raises(Invalide):
        await prove(await another(CAST.aida, now), codes[1], now)
    await prove(await another(CAST.aida, now), new[1], now)


async def test_five_wrong_codes_close_the_session_and_no_other(now: datetime) -> None:
    _, secret, _ = await set_up(CAST.aida, now)
    signed, other = await another(CAST.aida, now), await another(CAST.aida, now)
    for _ in range(4):
        with pytest.raises(Invalide):
            await prove(signed, FAUX, now)
    with pytest.raises(TropDeCodes):
        await prove(signed, FAUX, now)
    kept = {row["id"] for row in await database.fetch("select id from sessions")}
    assert signed.session not in kept and other.session in kept
    await prove(other, code_of(secret, now + HALF), now + HALF)
    assert [line["details"] for line in await list_journal("second_facteur_refuse")][-1] == {
        "session_fermee": True
    }


async def test_after_twenty_in_a_day_one_wrong_code_closes_and_a_right_one_is_never_refused(
    now: datetime,
) -> None:
    _, secret, _ = await set_up(CAST.aida, now)
    for _ in range(4):
        signed = await another(CAST.aida, now)
        for _ in range(5):
            with pytest.raises((Invalide, TropDeCodes)):
                await prove(signed, FAUX, now)
    with pytest.raises(TropDeCodes):
        await prove(await another(CAST.aida, now), FAUX, now)
    await prove(await another(CAST.aida, now), code_of(secret, now + HALF), now + HALF)
    with pytest.raises(Invalide):
        await prove(await another(CAST.aida, now), FAUX, now + timedelta(days=2))


async def test_an_empty_code_is_not_a_try(now: datetime) -> None:
    await set_up(CAST.aida, now)
    signed = await another(CAST.aida, now)
    for _ in range(6):
        with pytest.raises(Invalide):
            await prove(signed, " ", now)
    with pytest.raises(Introuvable):
        await prove(await another(CAST.ines, now), FAUX, now)


async def test_removed_it_is_asked_no_more_or_set_up_again(now: datetime) -> None:
    for agent, is_asked in ((CAST.aida, False), (CAST.ada, True)):
        signed, secret, _ = await set_up(agent, now)
        await remove(signed, code_of(secret, now + HALF), now + HALF)
        assert await find_second_facteur(agent) is None
        assert (await another(agent, now)).is_half_open is is_asked
        [row] = await database.fetch("select second_facteur_at from sessions where id = :i", i=signed.session)
        assert row["second_facteur_at"] is None
    assert len(await list_told("second_facteur_retire")) == 2


async def test_the_demonstration_says_a_code_that_was_not_taken(now: datetime) -> None:
    assert await say_code(CAST.aida, now) == ""
    _, secret, _ = await set_up(CAST.aida, now)
    assert await say_code(CAST.aida, now) == code_of(secret, now + HALF)
    assert await say_code(CAST.aida, now + HALF) == code_of(secret, now + HALF)
    await prove(await another(CAST.aida, now), code_of(secret, now + HALF), now)
    assert await say_code(CAST.aida, now) == "bientôt un autre code"


@pytest.mark.committed
async def test_twenty_codes_at_once_are_five_tries_and_one_code_opens_one_session(now: datetime) -> None:
    try:
        _, secret, _ = await set_up(CAST.aida, now)
        signed = await another(CAST.aida, now)
        tries = await asyncio.gather(*(prove(signed, FAUX, now) for _ in range(20)), return_exceptions=True)
        assert sum(type(one) is Invalide for one in tries) == 4
        sessions = [await another(CAST.aida, now) for _ in range(6)]
        right = code_of(secret, now + HALF)
        given = await asyncio.gather(
            *(prove(one, right, now + HALF) for one in sessions), return_exceptions=True
        )
        assert given.count(None) == 1
        # A second click on the same page finds the session confirmed.
        [opened] = [one for one, said in zip(sessions, given, strict=True) if said is None]
        await prove(opened, right, now + HALF)
    finally:
        await database.fetch("delete from seconds_facteurs")
        await erase_demandes()
