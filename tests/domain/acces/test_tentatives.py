"""How often one may ask, and try a code (product §4)."""

import asyncio
import dataclasses
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.acces.connexion import sign_in_by_code
from app.domain.acces.liens import ask_connexion, wait_before_asking
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.tentatives import hold_adresse
from app.domain.faits.scellement import empreinte
from app.domain.regles.errors import Conflit, Invalide, TropDeDemandes
from tests.cast import CAST
from tests.domain.acces.visiteurs import AIDA, AILLEURS, ICI, INCONNUE, ask, open_lien
from tests.factories import erase_demandes


@pytest.mark.parametrize("email", [AIDA, INCONNUE])
async def test_a_minute_between_two_mails(email: str, now: datetime) -> None:
    await ask(now, email)
    with pytest.raises(TropDeDemandes) as caught:
        await ask(now + timedelta(seconds=18), email)
    assert "42 secondes" in caught.value.phrase
    await ask(now + timedelta(seconds=60), email)


@pytest.mark.parametrize("email", [AIDA, INCONNUE])
async def test_five_mails_an_hour_for_an_address_wherever_they_are_asked_from(
    email: str, now: datetime
) -> None:
    for minute in range(0, 50, 10):
        await ask(now + timedelta(minutes=minute), email, ICI if minute % 20 else AILLEURS)
    with pytest.raises(TropDeDemandes) as caught:
        await ask(now + timedelta(minutes=55), email)
    assert "dans 5 minutes" in caught.value.phrase
    await ask(now + timedelta(minutes=60), email)


async def test_three_hundred_mails_an_hour_for_a_network(now: datetime) -> None:
    whole = Navigateur("x", "2001:db8:0:1::5")
    for number in range(300):
        await ask_connexion(
            f"agent{number}@exemple.fr", destination="/", is_durable=False, navigateur=whole, now=now
        )
    with pytest.raises(TropDeDemandes):
        await ask(now, AIDA, Navigateur("y", "2001:db8:0:1::6"))
    await ask(now, AIDA, Navigateur("z", "2001:db8:0:2::5"))


async def test_seconds_left_are_counted_up(now: datetime) -> None:
    assert await wait_before_asking(AIDA, ICI, now) == 0
    await ask(now)
    assert await wait_before_asking(AIDA, AILLEURS, now) == 60
    assert await wait_before_asking(AIDA, ICI, now + timedelta(seconds=59, milliseconds=100)) == 1
    assert await wait_before_asking(AIDA, ICI, now + timedelta(seconds=60)) == 0


@pytest.mark.parametrize("email", [AIDA, INCONNUE])
async def test_five_wrong_codes_let_another_mail_be_asked_at_once(email: str, now: datetime) -> None:
    await ask(now, email)
    for wrong in range(5):
        assert await wait_before_asking(email, ICI, now) == 60, wrong
        with pytest.raises(Invalide):
            await sign_in_by_code(email, code="000000", navigateur=ICI, now=now)
    assert await wait_before_asking(email, ICI, now) == 0
    # The new mail has its own minute: wrong codes typed before it do not count.
    await ask(now + timedelta(seconds=10), email)
    assert await wait_before_asking(email, ICI, now + timedelta(seconds=11)) == 59


async def test_five_wrong_codes_of_a_link_opened_elsewhere_count_too(now: datetime) -> None:
    lettre = await ask(now)
    for _ in range(5):
        with pytest.raises(Invalide):
            await open_lien(lettre, now, "000000", AILLEURS)
    assert await wait_before_asking(AIDA, AILLEURS, now) == 0


async def test_a_network_that_tried_many_codes_gets_one_try_and_is_never_refused_a_right_one(
    now: datetime,
) -> None:
    for _ in range(50):
        with pytest.raises(Invalide):
            await sign_in_by_code(INCONNUE, code="000000", navigateur=ICI, now=now)
    neighbour = Navigateur("un autre", ICI.ip)
    lettre = await ask(now)
    assert (await open_lien(lettre, now, lettre.code, neighbour)).agent == CAST.aida
    later = now + timedelta(minutes=2)
    second = await ask(later)
    with pytest.raises(Invalide):
        await open_lien(second, later, second.faux, neighbour)
    with pytest.raises(Conflit):
        await open_lien(second, later, second.code, neighbour)


async def test_a_browser_that_was_signed_in_here_is_not_locked_out_by_its_network(now: datetime) -> None:
    whole = empreinte("reseau", ICI.reseau)
    await database.fetch(
        "insert into tentatives (nature, empreinte, at) select 'reseau', :whole, :now from generate_series(1, 300)",
        whole=whole,
        now=now,
    )
    with pytest.raises(TropDeDemandes, match="réseau"):
        await ask(now, AIDA, ICI)
    assert (await ask(now, AIDA, dataclasses.replace(ICI, former="une session"))).code


async def test_whoever_asks_for_my_address_does_not_end_my_link(now: datetime) -> None:
    mine = await ask(now)
    for minute in (1, 2, 3, 4):
        await ask(now + timedelta(minutes=minute), AIDA, AILLEURS)
    assert (await open_lien(mine, now + timedelta(minutes=5))).agent == CAST.aida


@pytest.mark.committed
async def test_an_ask_waits_for_no_other(now: datetime) -> None:
    """A crowd of them, waiting for one another, would hold every connection of the site."""
    is_held, is_over = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with database.transaction():
            await hold_adresse(AIDA)
            is_held.set()
            await is_over.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait_for(is_held.wait(), timeout=5)
    try:
        with pytest.raises(TropDeDemandes, match="60 secondes"):
            await asyncio.wait_for(ask(now), timeout=2)
    finally:
        is_over.set()
        await holding
        await erase_demandes()
