"""ProConnect as an extra door: an account that exists, a verified address, and otherwise the door of the mail."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from threading import current_thread, main_thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app import database
from app import proconnect as porte
from app.routes import deconnexion
from app.routes.connexion import courriel, proconnect
from app.settings import get_settings
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal
from tests.fournisseur import CLIENT, SECRET, FauxProConnect, serve

DEPART, RETOUR = "/connexion/proconnect", "/connexion/proconnect/retour"


@pytest.fixture
def fournisseur(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[FauxProConnect]:
    with serve(int(now.timestamp())) as provider:
        settings = replace(
            get_settings(), proconnect_url=provider.issuer, proconnect_client=CLIENT, proconnect_secret=SECRET
        )
        for module in (courriel, proconnect, deconnexion):
            monkeypatch.setattr(module, "get_settings", lambda: settings)
        yield provider


async def leave(browser: Browser, destination: str = "") -> str:
    """Press the button of the page of signing in; where it leads."""
    await browser.get(f"/connexion?destination={destination}")
    [link] = [link for link in browser.page.links if link.startswith(DEPART)]
    response = await browser.get(link, status=303)
    return response.headers["location"]


async def come_back(browser: Browser, brought: dict[str, str], status: int = 303) -> Any:
    return await browser.get(f"{RETOUR}?" + "&".join(f"{k}={v}" for k, v in brought.items()), status=status)


async def test_without_configuration_there_is_no_such_door() -> None:
    browser = Browser()
    await browser.get("/connexion")
    assert not any("proconnect" in link for link in browser.page.links)
    await browser.get(DEPART, status=404)
    await browser.get(RETOUR, status=404)


async def test_who_has_an_account_enters_and_goes_where_they_were_going(fournisseur: FauxProConnect) -> None:
    browser = Browser()
    url = await leave(browser, "/profil")
    asked = parse_qs(urlsplit(url).query)
    assert asked["client_id"] == [CLIENT] and asked["redirect_uri"] == [f"http://127.0.0.1:8000{RETOUR}"]
    response = await come_back(browser, fournisseur.accept(url, "Aida@exemple.fr"))
    assert response.headers["location"] == "/profil"
    await browser.get("/profil")
    assert "Aïda Kerjean" in browser.page.texte
    assert [line["agent"] for line in await list_journal("connexion")] == [CAST.aida]
    # It ends with the browser, and the code serves once.
    row = await database.fetch_one("select is_durable from sessions where agent = :agent", agent=CAST.aida)
    assert row is not None and row["is_durable"] is False


async def test_what_is_said_may_also_come_unsigned_by_the_channel_of_the_provider(
    fournisseur: FauxProConnect,
) -> None:
    fournisseur.is_signed, browser = False, Browser()
    await come_back(browser, fournisseur.accept(await leave(browser), "aida@exemple.fr"))


async def test_the_second_factor_is_asked_all_the_same(fournisseur: FauxProConnect) -> None:
    browser = Browser()
    await come_back(browser, fournisseur.accept(await leave(browser), "ada@exemple.fr"))
    response = await browser.get("/administration", status=303)
    assert response.headers["location"].startswith("/profil/second-facteur")


async def test_no_account_is_made_and_a_closed_one_stays_closed(
    fournisseur: FauxProConnect, now: datetime
) -> None:
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.idir
    )
    for email, phrase in (
        ("inconnu@exemple.fr", "aucun compte Administration+ n’a l’adresse inconnu@exemple.fr"),
        ("idir@exemple.fr", "est désactivé"),
    ):
        browser = Browser()
        await come_back(browser, fournisseur.accept(await leave(browser), email), status=403)
        assert phrase in browser.page.texte and "Recevoir un courriel de connexion" in browser.page.texte
    assert [line["agent"] for line in await list_journal("connexion_refusee")] == [None, CAST.idir]
    assert not await database.fetch("select 1 from agents where email = 'inconnu@exemple.fr'")
    assert not await database.fetch("select 1 from sessions")


def _with(**changed: Any) -> Callable[[FauxProConnect], None]:
    def change(provider: FauxProConnect) -> None:
        provider.tamper = lambda claims: {
            **claims,
            **{k: v(claims) if callable(v) else v for k, v in changed.items()},
        }

    return change


def _forge(provider: FauxProConnect) -> None:
    provider.is_forged = True


@pytest.mark.parametrize(
    "spoil",
    [
        _with(nonce="un-autre"),
        _with(aud="un-autre-site"),
        _with(iss="https://ailleurs.exemple.fr"),
        _with(exp=lambda claims: claims["iat"] - 3600),
        _with(sub="agent-2"),
        _forge,
    ],
    ids=["nonce", "aud", "iss", "exp", "sub", "forged"],
)
async def test_what_proves_nothing_opens_nothing(
    fournisseur: FauxProConnect, spoil: Callable[[FauxProConnect], None]
) -> None:
    spoil(fournisseur)
    browser = Browser()
    await come_back(browser, fournisseur.accept(await leave(browser), "aida@exemple.fr"), status=403)
    assert "n’a pas pu être vérifiée" in browser.page.texte
    assert not await database.fetch("select 1 from sessions")


@pytest.mark.parametrize("info", [{"email_verified": False}, {"email_verified": "true"}, {"email": "aida"}])
async def test_an_address_that_is_not_verified_opens_nothing(
    fournisseur: FauxProConnect, info: dict[str, Any]
) -> None:
    browser = Browser()
    brought = fournisseur.accept(await leave(browser), **{"email": "aida@exemple.fr", **info})
    await come_back(browser, brought, status=403)
    assert not await database.fetch("select 1 from sessions")


@pytest.mark.parametrize(
    ("said", "is_begun"),
    [("cross-site", False), ("same-site", False), ("same-origin", True), ("none", True), (None, True)],
)
async def test_a_page_of_another_site_signs_nobody_in(
    fournisseur: FauxProConnect, said: str | None, *, is_begun: bool
) -> None:
    """Somebody who has a session of ProConnect would be signed in without having asked for it (ASVS 7.6.2)."""
    headers = {} if said is None else {"Sec-Fetch-Site": said}
    response = await Browser().get(f"{DEPART}?destination=/profil", status=303, headers=headers)
    leads_to = response.headers["location"]
    assert (
        leads_to.startswith(fournisseur.issuer)
        if is_begun
        else leads_to == "/connexion?destination=%2Fprofil"
    )


async def test_a_link_from_elsewhere_takes_nobody_out_of_their_session(fournisseur: FauxProConnect) -> None:
    """The provider knows them and sends them back at once: a session without second factor would take its place."""
    aida = await signed_in(CAST.aida)
    response = await aida.get(f"{DEPART}?destination=/profil", status=303)
    assert response.headers["location"] == "/profil"


@pytest.mark.parametrize(
    "said",
    [
        "'aida@exemple.fr",
        "aida@exemple.fr.",
        "ai\u200bda@exemple.fr",
        "Ève <aida@exemple.fr>",
        ["aida@exemple.fr"],
    ],
)
async def test_an_address_that_only_looks_like_that_of_an_account_is_not_it(
    fournisseur: FauxProConnect, said: Any
) -> None:
    """What people type is tidied; a provider that verified another mailbox has not verified this one."""
    browser = Browser()
    brought = fournisseur.accept(await leave(browser), **{"email": said})
    await come_back(browser, brought, status=403)
    assert not await database.fetch("select 1 from sessions")


async def test_a_visit_that_this_browser_did_not_begin_is_refused(
    fournisseur: FauxProConnect, now: datetime
) -> None:
    mine, theirs = Browser(), Browser()
    brought = fournisseur.accept(await leave(theirs), "aida@exemple.fr")
    await come_back(mine, brought, status=400)
    await leave(mine)
    await come_back(mine, brought, status=400)
    assert "dans un autre navigateur" in mine.page.texte
    # What was begun serves no more, and a code serves once.
    response = await come_back(theirs, brought)
    assert response.headers["location"] == "/"
    await come_back(theirs, brought, status=400)
    # Another code verifier than the one whose challenge was sent: the provider gives nothing.
    brought = fournisseur.accept(await leave(mine), "aida@exemple.fr")
    fournisseur.codes[brought["code"]]["code_challenge"] = "un-autre"
    await come_back(mine, brought, status=403)


async def test_who_gives_up_or_meets_a_breakdown_finds_the_door_of_the_mail(
    fournisseur: FauxProConnect,
) -> None:
    browser = Browser()
    etat = fournisseur.accept(await leave(browser, "/profil"), "aida@exemple.fr")["state"]
    await come_back(browser, {"error": "access_denied", "state": etat}, status=400)
    assert "n’est pas allée au bout" in browser.page.texte
    fournisseur.slow = 0.5
    with pytest.MonkeyPatch.context() as patch:
        brought = fournisseur.accept(await leave(browser), "aida@exemple.fr")
        patch.setattr(porte, "SECONDS", 0.05)
        await come_back(browser, brought, status=503)
    fournisseur.slow, fournisseur.status = 0, 500
    await come_back(browser, fournisseur.accept(await leave(browser), "aida@exemple.fr"), status=503)
    assert "ne répond pas" in browser.page.texte and "Recevoir un courriel" in browser.page.texte


async def test_a_visitor_who_leaves_for_the_provider_holds_nobody_up(
    fournisseur: FauxProConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The authorities that the machine trusts are long to read: once, and beside the loop that serves everybody."""
    held: list[bool] = []
    real = ssl.create_default_context

    def read_authorities(*args: Any, **named: Any) -> ssl.SSLContext:
        held.append(current_thread() is main_thread())
        return real(*args, **named)

    monkeypatch.setattr(ssl, "create_default_context", read_authorities)
    for _ in range(3):
        await leave(Browser())
    assert True not in held and len(held) <= 1


async def test_strangers_ask_the_provider_so_many_at_a_time(
    fournisseur: FauxProConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(porte, "SECONDS", 0.05)
    monkeypatch.setattr(porte, "PLACES", asyncio.Semaphore(0), raising=False)
    browser = Browser()
    await browser.get(DEPART, status=503)
    assert "ne répond pas" in browser.page.texte


async def test_a_provider_that_is_away_or_says_another_name_keeps_its_door_closed(
    fournisseur: FauxProConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    fournisseur.issuer = "https://ailleurs.exemple.fr"
    await browser.get(DEPART, status=503)
    away = replace(
        get_settings(),
        proconnect_client=CLIENT,
        proconnect_secret=SECRET,
        proconnect_url="http://127.0.0.1:9",
    )
    monkeypatch.setattr(proconnect, "get_settings", lambda: away)
    await browser.get(DEPART, status=503)
    assert "ne répond pas" in browser.page.texte


FIN, DEPART_FIN = "/connexion/proconnect/fin", "/connexion/proconnect/deconnexion"


async def sign_in(fournisseur: FauxProConnect) -> Browser:
    """Aïda, by ProConnect, on a page of hers."""
    browser = Browser()
    await come_back(browser, fournisseur.accept(await leave(browser), "aida@exemple.fr"))
    await browser.get("/profil")
    return browser


async def test_who_leaves_is_led_to_the_end_of_both_sessions_ours_first(fournisseur: FauxProConnect) -> None:
    aida = await sign_in(fournisseur)
    [kept] = await database.fetch("select s::text as row, identite_scellee from sessions s")
    assert kept["identite_scellee"] and "eyJ" not in kept["row"], "the token is sealed"
    response = await aida.submit("/deconnexion")
    assert response.headers["location"] == FIN
    assert not await database.fetch("select 1 from sessions")
    assert [line["agent"] for line in await list_journal("deconnexion")] == [CAST.aida]
    await aida.get(FIN)
    assert DEPART_FIN in aida.page.links and "eyJ" not in aida.html
    assert not [form for form in aida.page.forms if form["action"].startswith(FIN)]
    response = await aida.get(DEPART_FIN, status=303)
    url = urlsplit(response.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{fournisseur.issuer}/fin"
    assert asked["post_logout_redirect_uri"] == f"http://127.0.0.1:8000{FIN}"
    # Another state announces nothing; the right one does, once.
    await aida.get(f"{FIN}?state=un-autre")
    response = await aida.get(f"{FIN}?state={asked['state']}", status=303)
    assert response.headers["location"] == "/connexion"
    await aida.get("/connexion")
    assert "déconnecté d’Administration+ et de ProConnect" in aida.page.texte
    for address in (f"{FIN}?state={asked['state']}", DEPART_FIN):
        response = await aida.get(address, status=303)
        assert response.headers["location"] in {"/connexion", FIN}
    _, _, content = fournisseur.answer("/fin", asked, "")
    assert content == f"http://127.0.0.1:8000{FIN}?state={asked['state']}", "its own token, for this site"


async def test_who_came_by_mail_or_has_an_older_provider_leaves_as_ever(fournisseur: FauxProConnect) -> None:
    aida = await signed_in(CAST.aida)
    await aida.get("/profil")
    assert (await aida.submit("/deconnexion")).headers["location"] == "/connexion"
    fournisseur.has_end = False
    aida = await sign_in(fournisseur)
    assert (await aida.submit("/deconnexion")).headers["location"] == "/connexion"
    assert (await aida.get(FIN, status=303)).headers["location"] == "/connexion"


async def test_a_token_too_long_for_a_cookie_is_not_kept(fournisseur: FauxProConnect) -> None:
    fournisseur.tamper = lambda claims: {**claims, "plus": "x" * porte.JETON_MAX}
    aida = await sign_in(fournisseur)
    assert (await aida.submit("/deconnexion")).headers["location"] == "/connexion"


async def test_a_provider_that_is_away_says_so_and_nobody_is_signed_in_again(
    fournisseur: FauxProConnect,
) -> None:
    aida = await sign_in(fournisseur)
    await aida.submit("/deconnexion")
    fournisseur.is_away = True
    await aida.get(DEPART_FIN, status=503)
    assert "fermez votre navigateur" in aida.page.texte and DEPART_FIN in aida.page.links
    await aida.get("/profil", status=303)


async def test_a_page_of_another_site_ends_no_session_of_the_provider(fournisseur: FauxProConnect) -> None:
    aida = await sign_in(fournisseur)
    for address in (FIN, DEPART_FIN):
        response = await aida.get(address, status=303)
        assert response.headers["location"] in {"/connexion", FIN}, "signed in: nothing has ended"
    await aida.submit("/deconnexion")
    response = await aida.get(DEPART_FIN, status=303, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.headers["location"] == FIN


async def test_a_token_that_can_no_longer_be_read_holds_nobody_in(fournisseur: FauxProConnect) -> None:
    aida = await sign_in(fournisseur)
    await database.fetch("update sessions set identite_scellee = :broken", broken=b"autre chose")
    assert (await aida.submit("/deconnexion")).headers["location"] == "/connexion"
    assert not await database.fetch("select 1 from sessions")


async def test_what_was_kept_for_another_agent_is_found_again_after_both_ends(
    fournisseur: FauxProConnect,
) -> None:
    aida = await sign_in(fournisseur)
    there = "/reprise/7f3d6d2e-8a52-4c0e-9a53-6a4a0c9b7f10"
    await aida.submit("/deconnexion", {"destination": there})
    await aida.get(FIN)
    assert f"/connexion?destination={there.replace('/', '%2F')}" in aida.page.links
