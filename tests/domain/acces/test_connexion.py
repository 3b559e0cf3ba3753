"""Signing in by mail: what is sent, how often, what opens a session and what never does (product §4)."""

import asyncio
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.acces.connexion import (
    HOLD,
    Ouverture,
    ask_connexion,
    find_lien,
    read_adresse,
    sign_in_by_code,
    sign_in_by_lien,
    wait_before_next,
)
from app.domain.acces.navigateurs import Navigateur, describe_navigateur
from app.domain.acces.sessions import find_signed
from app.domain.faits.courriels import SIGN_IN
from app.domain.faits.scellement import empreinte
from app.domain.regles.errors import Conflit, Invalide, TropDeDemandes
from tests.cast import CAST
from tests.courrier import Lettre, read_lettre, read_lettres
from tests.factories import erase_demandes, list_journal

AIDA, INCONNUE = "aida@exemple.fr", "nina@exemple.fr"
ICI = Navigateur("le navigateur d’Aïda", "192.0.2.1", "Firefox sur Windows")
AILLEURS = Navigateur("un autre", "198.51.100.7", "Safari sur iPhone")


async def ask(now: datetime, email: str = AIDA, navigateur: Navigateur = ICI) -> Lettre:
    adresse = await ask_connexion(
        email, destination="/demandes/12", is_durable=True, navigateur=navigateur, now=now
    )
    return await read_lettre(adresse)


async def open_lien(lettre: Lettre, now: datetime, code: str = "", navigateur: Navigateur = ICI) -> Ouverture:
    return await sign_in_by_lien(
        lettre.contexte["jeton"], code=code, is_durable=False, navigateur=navigateur, now=now
    )


async def is_alive(lettre: Lettre, now: datetime) -> bool:
    lien = await find_lien(lettre.contexte["jeton"], ICI, now)
    return lien is not None and lien.is_alive


# --- What is sent -----------------------------------------------------------------------------------------------


async def test_an_agent_gets_a_link_and_a_code_before_any_other_mail(now: datetime) -> None:
    lettre = await ask(now, "  Aida@Exemple.FR ")
    assert (lettre.fait, lettre.priorite) == ("connexion", SIGN_IN)
    assert len(lettre.contexte["jeton"]) >= 43 and len(lettre.code) == 6 and lettre.contexte["minutes"] == 30


async def test_nothing_secret_is_kept_in_clear(now: datetime) -> None:
    lettre = await ask(now)
    rows = await database.fetch("select l::text as said from liens l")
    rows += await database.fetch("select t::text as said from tentatives t")
    rows += await database.fetch("select j::text as said from journal j")
    kept = " ".join(row["said"] for row in rows)
    for secret in (lettre.contexte["jeton"], lettre.code, AIDA, ICI.nom, ICI.ip):
        assert secret not in kept


async def test_an_unknown_address_is_told_once_a_day(now: datetime) -> None:
    for hours in (0, 2, 23):
        await ask(now + timedelta(hours=hours), INCONNUE)
    assert [lettre.fait for lettre in await read_lettres(INCONNUE)] == ["connexion_inconnue"]
    await ask(now + timedelta(hours=25), INCONNUE)
    assert len(await read_lettres(INCONNUE)) == 2
    assert [line["agent"] for line in await list_journal("connexion_inconnue")] == [None] * 4


async def test_a_disabled_agent_gets_nothing_and_it_is_journalled(now: datetime) -> None:
    await database.fetch("update agents set deactivated_at = $1 where id = $2", now, CAST.aida)
    await ask_connexion(AIDA, destination="/", is_durable=False, navigateur=ICI, now=now)
    assert await read_lettres(AIDA) == []
    assert await database.fetch("select 1 from liens") == []
    [line] = await list_journal("connexion_refusee")
    assert (line["agent"], line["details"]) == (CAST.aida, {"raison": "desactive"})


@pytest.mark.parametrize(
    "texte", ["", "   ", "aida", "aida@", "@exemple.fr", "aida@exemple", "a b@exemple.fr"]
)
def test_what_is_not_an_address_is_said(texte: str) -> None:
    with pytest.raises(Invalide) as caught:
        read_adresse(texte)
    assert set(caught.value.erreurs) == {"email"}


@pytest.mark.parametrize(
    "texte", ["a@x.fr\nBcc: b@x.fr", "a@x.fr,b@x.fr", "é@x.fr", "a" * 65 + "@x.fr", "a@" + "x." * 200 + "fr"]
)
def test_an_address_holds_one_plain_address(texte: str) -> None:
    with pytest.raises(Invalide):
        read_adresse(texte)


# --- How often --------------------------------------------------------------------------------------------------


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


def test_seconds_left_are_counted_up(now: datetime) -> None:
    assert wait_before_next(now, now) == 60
    assert wait_before_next(now, now + timedelta(seconds=59, milliseconds=100)) == 1
    assert wait_before_next(now, now + timedelta(seconds=60)) == 0


# --- What opens a session ---------------------------------------------------------------------------------------


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
    await database.fetch("update agents set deactivated_at = $1 where id = $2", now, CAST.aida)
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


@pytest.mark.parametrize("word", ["ascii*fr?b?''", "utf-8?q?ines=40exemple.fr=2ca", "utf-8?b?/w=="])
def test_an_address_that_a_mail_would_read_as_another_is_none(word: str) -> None:
    with pytest.raises(Invalide):
        read_adresse(f"=?{word}?=@exemple.fr")


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


async def test_a_network_may_not_try_codes_at_will(now: datetime) -> None:
    for _ in range(50):
        with pytest.raises(Invalide):
            await sign_in_by_code(INCONNUE, code="000000", navigateur=ICI, now=now)
    with pytest.raises(TropDeDemandes):
        await sign_in_by_code(AIDA, code="000000", navigateur=ICI, now=now)
    lettre = await ask(now)
    # The code is refused even right; the button, which needs none, still works where the link was asked.
    with pytest.raises(TropDeDemandes):
        await open_lien(lettre, now, lettre.code, Navigateur("un autre", ICI.ip))
    assert (await open_lien(lettre, now)).agent == CAST.aida


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


@pytest.mark.committed
async def test_ten_asks_at_once_send_one_mail(now: datetime) -> None:
    try:
        results = await asyncio.gather(*(ask(now) for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(result, TropDeDemandes) for result in results) == 9
        assert len(await read_lettres(AIDA)) == 1
    finally:
        await erase_demandes()


@pytest.mark.committed
async def test_an_ask_waits_for_no_other(now: datetime) -> None:
    """A crowd of them, waiting for one another, would hold every connection of the site."""
    is_held, is_over = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with database.transaction():
            await database.fetch(HOLD, empreinte("adresse", AIDA))
            is_held.set()
            await is_over.wait()

    holding = asyncio.create_task(hold())
    await is_held.wait()
    try:
        with pytest.raises(TropDeDemandes, match="60 secondes"):
            await asyncio.wait_for(ask(now), timeout=2)
    finally:
        is_over.set()
        await holding
        await erase_demandes()


# --- The words a browser is recognised by -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "mots"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox sur Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge sur Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome sur Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari sur iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1", "Safari sur macOS"),
        ("", "Navigateur"),
        ("<script>" * 1000, "Navigateur"),
    ],
)
def test_a_browser_is_said_in_words(user_agent: str, mots: str) -> None:
    assert describe_navigateur(user_agent) == mots


def test_the_network_of_an_address() -> None:
    assert Navigateur("x", "192.0.2.1").reseau == "192.0.2.1"
    assert Navigateur("x", "2001:db8::1").reseau == Navigateur("x", "2001:db8::2").reseau
    assert Navigateur("x", "2001:db8::1").reseau != Navigateur("x", "2001:db8:0:1::1").reseau
    assert Navigateur("x", "::ffff:192.0.2.1").reseau == "192.0.2.1"
    assert Navigateur("x", "unix").reseau == "unix"
