"""Who knocks, and from where: hostile Host and Origin headers get an answer, never a way in. What comes twice
is done once.
"""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import csrf, database, porte, visite
from app.domain.acces.redites import find_envoi, keep_envoi
from app.domain.acces.sessions import find_signed, open_session
from app.domain.regles.errors import Refus
from app.settings import get_settings
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal

HOSTS = ("a:bc", "]:80:90", "127.0.0.1:99999999", "[", "")
ORIGINS = ("http://[", "http://]:80", "é", "http://127.0.0.1:8000@ailleurs.example", "http://127.0.0.1:8001")


@pytest.mark.parametrize("host", HOSTS)
async def test_a_malformed_host_gets_an_answer(host: str) -> None:
    browser = Browser()
    response = await browser.get("/demandes/3", status=303, headers={"host": host})
    assert response.headers["location"] == "/connexion?destination=%2Fdemandes%2F3"
    await browser.get("/nulle-part", status=404, headers={"host": host})
    await (await signed_in(CAST.aida)).get("/demandes", headers={"host": host})


@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_strange_origin_is_another_site(origin: str) -> None:
    browser = await signed_in(CAST.aida)
    await browser.post("/profil", {}, headers={"origin": origin.encode()}, status=403)


@pytest.mark.parametrize(
    "origin", ["http://aplus.exemple.fr", "https://aplus.exemple.fr:8443", "https://exemple.fr"]
)
async def test_in_production_the_scheme_and_the_port_count(
    monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    production = dataclasses.replace(
        get_settings(), environment="production", base_url="https://Aplus.exemple.fr"
    )
    monkeypatch.setattr(csrf, "get_settings", lambda: production)
    request = Posted(origin)
    with pytest.raises(Refus):
        csrf.check_origin(request)
    csrf.check_origin(Posted("https://aplus.exemple.fr"))


def Posted(origin: str) -> Any:  # noqa: N802 - reads as what it makes
    """A post that says where it comes from, to a host that lies."""

    class Post:
        headers = {"origin": origin, "host": origin.rpartition("/")[2]}  # noqa: RUF012

    return Post()


async def test_another_site_cannot_clear_the_cookie_of_a_session() -> None:
    """A post from elsewhere comes without our cookie; answering it as a log-out would still erase the cookie."""
    response = await Browser().post("/deconnexion", headers={"sec-fetch-site": "cross-site"}, status=403)
    assert "set-cookie" not in response.headers


async def test_a_field_that_comes_twice_is_refused_with_its_reason() -> None:
    browser = await signed_in(CAST.aida)
    said = "Un même champ est arrivé deux fois\u00a0: rien n’a été fait."
    await browser.post("/profil", {"nom": ["Martin", "Durand"]}, status=400)
    assert said in browser.page.texte
    await browser.post("/profil", {"nom": ["Martin", "Martin"]}, status=400)
    await browser.get("/demandes?page=2&page=2")


# --- A form that comes twice -------------------------------------------------------------------------------------

GROUPES = "/administration/groupes"
DEJA = "Votre envoi était déjà arrivé\u00a0: il n’est fait qu’une fois."


async def open_groupe_form() -> tuple[Browser, dict[str, str]]:
    ada = await signed_in(CAST.ada)
    await ada.get(f"{GROUPES}/nouveau")
    [row] = await database.fetch("select id from organismes where code = 'caf'")
    return ada, {"csrf": ada.csrf(), "nom": "CAF 23", "organisme": str(row["id"]), "departements": "23"}


async def test_a_second_press_leads_where_the_first_one_did(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without scripts nothing held it back, and the groupe just made was said to have a name already taken."""
    ada, form = await open_groupe_form()
    first = await ada.post(GROUPES, form)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(seconds=9))
    second = await ada.post(GROUPES, form)
    assert second.headers["location"] == first.headers["location"]
    await ada.get(second.headers["location"])
    assert DEJA in ada.page.texte
    assert len(await list_journal("groupe_cree")) == 1
    # Later, and for any other form, session or browser, what is refused is refused.
    await ada.post(GROUPES, form | {"departements": "22"}, status=422)
    other = await signed_in(CAST.ada)
    await other.post(GROUPES, form | {"csrf": other.csrf()}, status=422)
    await ada.post(GROUPES, form, status=422, htmx=True)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(seconds=11))
    await ada.post(GROUPES, form, status=422)


async def test_only_the_last_act_of_a_session_has_a_twin(now: datetime) -> None:
    """What another act may have undone meanwhile is not said to be done."""
    ada, form = await open_groupe_form()
    await ada.post(GROUPES, form)
    await ada.post(GROUPES, form | {"nom": "CAF 87", "departements": "87"})
    await ada.post(GROUPES, form, status=422)
    [row] = await database.fetch("select envoi, envoi_lieu from sessions where envoi is not null")
    assert "CAF" not in row["envoi"] and row["envoi_lieu"].startswith("/groupes/")


@pytest.mark.parametrize(
    ("lieu", "kept"),
    [
        ("/demandes/recues?q=martine+dubois&page=2", "/demandes/recues"),
        ("/demandes/12#message-3", "/demandes/12"),
        ("/", "/"),
        (f"/aide/contact/lien/{'aB3_' * 11}", None),
        (f"/aide/contact/lien/{'a' * 43}", None),
    ],
)
async def test_where_an_act_led_holds_no_word_of_a_search_and_no_secret(
    now: datetime, lieu: str, kept: str | None
) -> None:
    """It stays with the session, whatever is erased meanwhile."""
    jeton = await open_session(CAST.ines, is_durable=True, navigateur="essai", now=now)
    signed = await find_signed(jeton, now)
    assert signed is not None
    await keep_envoi(signed, "essai", lieu, now)
    assert await find_envoi(signed, "essai", now) == kept


async def test_a_base_that_takes_no_write_does_not_hold_an_answer_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object) -> None:
        raise database.LectureSeule

    monkeypatch.setattr(porte, "keep_envoi", refuse)
    ada, form = await open_groupe_form()
    await ada.post(GROUPES, form)
