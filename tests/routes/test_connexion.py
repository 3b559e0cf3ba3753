"""The pages of signing in: nothing consumed by looking, nothing told about who has an account (quality S4)."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from app import database, visite
from app.poste import write_courriel
from app.settings import get_settings
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.courrier import make_envoi, read_lettre, read_lettres
from tests.factories import erase_demandes
from tests.typographie import fautes, fautes_page

AIDA = "aida@exemple.fr"
# As long as Aïda's, so that pages may be compared by bytes.
INCONNUE = "nina@exemple.fr"


async def asked(email: str = AIDA, destination: str = "/", **fields: str) -> Browser:
    """A browser that just asked for a mail."""
    browser = Browser()
    await browser.get(f"/connexion?destination={quote(destination, safe='')}")
    await browser.submit("/connexion", {"email": email, **fields})
    return browser


def at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr(visite, "clock", lambda: instant)


def where(browser: Browser) -> str:
    """The path of the form on screen."""
    return str(next(form["action"] for form in browser.page.forms if form["method"] == "post"))


# --- The way in -------------------------------------------------------------------------------------------------


async def test_ask_open_the_link_and_land_where_one_was_going() -> None:
    browser = Browser()
    response = await browser.get("/profil?vu=oui", status=303)
    await browser.get(response.headers["location"])
    response = await browser.submit("/connexion", {"email": AIDA})
    assert response.headers["location"] == "/connexion/courriel"
    await browser.get("/connexion/courriel")
    assert AIDA in browser.page.texte and "30 minutes" in browser.page.texte
    assert "prenom.nom@structure.fr" in browser.page.texte and "indésirables" in browser.page.texte
    lettre = await read_lettre(AIDA)
    await browser.get(lettre.lien)
    assert len(browser.queries) <= 2
    assert not [field for field in browser.page.fields if field.get("name") == "code"]
    response = await browser.submit(lettre.lien)
    assert response.headers["location"] == "/profil?vu=oui"
    assert len(browser.queries) <= 12
    await browser.get("/profil")
    assert "Kerjean" in browser.page.texte


async def test_the_code_alone_in_the_same_browser() -> None:
    browser = await asked()
    await browser.get("/connexion/courriel")
    lettre = await read_lettre(AIDA)
    response = await browser.submit("/connexion/code", {"code": lettre.faux}, status=422)
    assert lettre.faux not in response.text
    await browser.submit("/connexion/code", {"code": lettre.code})
    assert len(browser.queries) <= 12
    await browser.get("/profil")


async def test_another_browser_must_give_the_code() -> None:
    await asked(durable="1")
    lettre = await read_lettre(AIDA)
    other = Browser()
    await other.get(lettre.lien)
    assert [field["name"] for field in other.page.fields] == ["code", "durable"]
    await other.submit(lettre.lien, {}, status=422)
    await other.submit(lettre.lien, {"code": lettre.faux}, status=422)
    response = await other.submit(lettre.lien, {"code": lettre.code})
    [cookie] = [line for line in response.headers.get_list("set-cookie") if line.startswith("session=")]
    assert "max-age" not in cookie.lower()
    await other.get("/profil")


@pytest.mark.parametrize(("fields", "is_durable"), [({}, False), ({"durable": "1"}, True)])
async def test_staying_signed_in_is_a_choice(fields: dict[str, str], is_durable: bool) -> None:
    browser = await asked(**fields)
    lettre = await read_lettre(AIDA)
    await browser.get(lettre.lien)
    response = await browser.submit(lettre.lien)
    [cookie] = [line for line in response.headers.get_list("set-cookie") if line.startswith("session=")]
    # A day more than the session: what meets its end is still known as its agent’s.
    assert ("Max-Age=2678400" in cookie) == is_durable
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


async def test_a_new_session_id_and_the_former_one_ends() -> None:
    former = await signed_in(CAST.ines)
    before = former.client.cookies["session"]
    await former.post("/connexion", {"email": AIDA})
    lettre = await read_lettre(AIDA)
    await former.get(lettre.lien)
    await former.submit(lettre.lien)
    assert former.client.cookies["session"] != before
    stolen = Browser()
    stolen.client.cookies.set("session", before, domain="127.0.0.1")
    await stolen.get("/profil", status=303)


async def test_who_is_signed_in_does_not_sign_in_again() -> None:
    browser = await signed_in(CAST.aida)
    response = await browser.get("/connexion?destination=/profil", status=303)
    assert response.headers["location"] == "/profil"


async def test_changing_one_s_mind_on_the_address_keeps_the_destination() -> None:
    browser = await asked(INCONNUE, "/profil?vu=oui&encore=1")
    await browser.get("/connexion/courriel")
    [other] = [link for link in browser.page.links if link.startswith("/connexion?")]
    await browser.get(other)
    await browser.submit("/connexion", {"email": AIDA})
    lettre = await read_lettre(AIDA)
    await browser.get(lettre.lien)
    response = await browser.submit(lettre.lien)
    assert response.headers["location"] == "/profil?vu=oui&encore=1"


@pytest.mark.parametrize(("email", "word"), [(AIDA, "30 minutes"), (INCONNUE, "aucun compte actif")])
async def test_the_mail_says_it_all_in_its_text_part(email: str, word: str, now: datetime) -> None:
    await asked(email)
    lettre = await read_lettre(email)
    envoi = make_envoi(lettre.fait, lettre.adresse, lettre.contexte, now)
    courriel = write_courriel(envoi, get_settings())
    for kind in ("plain", "html"):
        part = courriel.get_body((kind,))
        assert part is not None and word in part.get_content()
        for said in [lettre.lien, lettre.code] if email == AIDA else ["/connexion"]:
            assert said in part.get_content()
        assert not fautes_page(part.get_content())
    assert not fautes(courriel["subject"])


# --- Scanners, second clicks, old links --------------------------------------------------------------------------


async def test_a_hundred_looks_consume_nothing() -> None:
    browser = await asked()
    lettre = await read_lettre(AIDA)
    before = await database.fetch("select l::text from liens l")
    for _ in range(50):
        await Browser().get(lettre.lien)
        response = await Browser()._send("HEAD", lettre.lien, htmx=False)
        assert response.status_code == 200 and response.content == b""
    assert await database.fetch("select l::text from liens l") == before
    assert await database.fetch("select 1 from sessions") == []
    await browser.get(lettre.lien)
    await browser.submit(lettre.lien)
    await browser.get("/profil")


async def test_a_second_click_of_the_same_browser_goes_on() -> None:
    browser = await asked(destination="/profil")
    lettre = await read_lettre(AIDA)
    await browser.get(lettre.lien)
    await browser.submit(lettre.lien)
    response = await browser.post(lettre.lien)
    response = await browser.get(response.headers["location"], status=303)
    assert response.headers["location"] == "/profil"


async def test_a_spent_link_offers_a_new_mail_for_the_same_place(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    browser = await asked(destination="/profil")
    lettre = await read_lettre(AIDA)
    await browser.get(lettre.lien)
    await browser.submit(lettre.lien)
    other = Browser()
    at(monkeypatch, now + timedelta(minutes=2))
    await other.get(lettre.lien, status=410)
    assert AIDA not in other.page.texte
    response = await other.submit(f"{lettre.lien}/courriel")
    assert response.headers["location"] == "/connexion/courriel"
    again = await read_lettre(AIDA)
    assert again.contexte["jeton"] != lettre.contexte["jeton"]
    await other.get(again.lien)
    response = await other.submit(again.lien)
    assert response.headers["location"] == "/profil"


async def test_an_expired_link_says_so_and_its_post_too(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    browser = await asked()
    lettre = await read_lettre(AIDA)
    await browser.get(lettre.lien)
    at(monkeypatch, now + timedelta(minutes=30))
    response = await browser.submit(lettre.lien)
    await browser.get(response.headers["location"], status=410)
    # Asked again too early after another one: said on the page, which keeps its button.
    await browser.submit(f"{lettre.lien}/courriel")
    await browser.get(lettre.lien, status=410)
    await browser.submit(f"{lettre.lien}/courriel", status=429)
    assert "Attendez encore" in browser.page.texte


@pytest.mark.parametrize(
    "jeton", ["x", "a" * 5000, "%0d%0aSet-Cookie:a=b", "%F0%9F%92%A9", "é", "%00", "..%2f"]
)
async def test_an_invented_link_leads_to_the_form(jeton: str) -> None:
    browser = Browser()
    await browser.get(f"/connexion/lien/{jeton}", status=410)
    response = await browser.post(f"/connexion/lien/{jeton}")
    assert response.headers["location"].startswith("/connexion/lien/")
    assert "set-cookie" not in response.headers
    response = await browser.post(f"/connexion/lien/{jeton}/courriel")
    assert response.headers["location"] == "/connexion"


@pytest.mark.committed
async def test_fifty_posts_at_once_open_one_session() -> None:
    try:
        browser = await asked()
        lettre = await read_lettre(AIDA)
        clicks = [Browser() for _ in range(50)]
        for click in clicks:
            click.client.cookies.update(browser.client.cookies)
        responses = await asyncio.gather(*(click.post(lettre.lien) for click in clicks))
        assert sum("session" in response.cookies for response in responses) == 1
        assert len(await database.fetch("select 1 from sessions")) == 1
    finally:
        await erase_demandes()


# --- Nothing tells who has an account ----------------------------------------------------------------------------


def seen(browser: Browser, response: Any) -> dict[str, Any]:
    """Everything an observer gets, but what is random by nature: the sealed or salted values, by their length."""
    cookies = [
        re.sub(r"(?<==)[^;]*", lambda m: f"[{len(m[0])}]", c, count=1)
        for c in response.headers.get_list("set-cookie")
    ]
    salted = r'(?<=name="csrf" value=")[^"]*'
    return {
        "status": response.status_code,
        "headers": [(n, v) for n, v in response.headers.items() if n not in {"set-cookie", "content-length"}],
        "cookies": cookies,
        "body": re.sub(
            r"[a-z]{4}@exemple\.fr", "…", re.sub(salted, lambda m: f"[{len(m[0])}]", response.text)
        ),
        "queries": list(browser.queries),
    }


async def observe(email: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> list[dict[str, Any]]:
    at(monkeypatch, now)
    browser = Browser()
    await browser.get("/connexion")
    got = [seen(browser, await browser.submit("/connexion", {"email": email}))]
    got.append(seen(browser, await browser.get("/connexion/courriel")))
    got.append(seen(browser, await browser.submit("/connexion/courriel", status=429)))
    for _ in range(6):
        got.append(seen(browser, await browser.submit("/connexion/code", {"code": "000000"}, status=422)))
    got.append(seen(browser, await browser.submit("/connexion/courriel")))
    at(monkeypatch, now + timedelta(seconds=60))
    await browser.get("/connexion/courriel")
    got.append(seen(browser, await browser.submit("/connexion/courriel")))
    for minute in range(2, 4):
        at(monkeypatch, now + timedelta(minutes=minute))
        await browser.post("/connexion", {"email": email})
    at(monkeypatch, now + timedelta(minutes=6))
    got.append(seen(browser, await browser.post("/connexion", {"email": email}, status=429)))
    return got


async def test_known_unknown_and_disabled_cannot_be_told_apart(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    await database.fetch(
        "update agents set deactivated_at = :now where id = any(:agents)",
        now=now,
        agents=[CAST.rose, CAST.elie],
    )
    known = await observe(AIDA, monkeypatch, now)
    assert len(known[0]["queries"]) <= 12
    for email in (INCONNUE, "rose@exemple.fr"):
        for step, (ours, theirs) in enumerate(
            zip(known, await observe(email, monkeypatch, now), strict=True)
        ):
            assert ours == theirs, f"{email}, step {step}"
    assert len(await read_lettres(AIDA)) == 5
    assert [lettre.fait for lettre in await read_lettres(INCONNUE)] == ["connexion_inconnue"]
    assert await read_lettres("rose@exemple.fr") == []


# --- Rates, said on the page ------------------------------------------------------------------------------------


async def test_beyond_the_rates_the_form_says_when_and_keeps_what_was_typed() -> None:
    browser = await asked()
    await browser.get("/connexion")
    await browser.submit("/connexion", {"email": AIDA, "durable": "1"}, status=429)
    assert "Attendez encore 60 secondes" in browser.page.texte
    assert browser.page.title.startswith("Erreur")
    assert browser.page.forms[0]["values"] | {"csrf": []} == {
        "csrf": [],
        "destination": ["/"],
        "email": [AIDA],
        "durable": ["1"],
    }
    # The mail that has come holds a code, and this is where it is typed.
    assert "/connexion/courriel" in browser.page.links
    await browser.submit("/connexion", {"email": "Personne"}, status=422)
    assert "/connexion/courriel" not in browser.page.links


async def test_a_mail_asked_again_too_early_is_shown_as_not_yet_possible(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    at(monkeypatch, now)
    browser = await asked()
    for instant, words in ((now, "Possible dans 60 secondes."), (now + timedelta(seconds=59), "1 seconde.")):
        at(monkeypatch, instant)
        response = await browser.get("/connexion/courriel")
        assert "disabled" in response.text and words in browser.page.texte
    # What htmx asks for by itself is the same page, where the button comes back.
    at(monkeypatch, now + timedelta(seconds=60))
    response = await browser.get("/connexion/courriel", htmx=True)
    assert 'id="connexion-renvoi"' in response.text
    assert "disabled" not in response.text and "Possible" not in response.text
    await browser.get("/connexion/courriel")
    await browser.submit("/connexion/courriel")


async def test_after_five_wrong_codes_another_mail_may_be_asked_at_once(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    at(monkeypatch, now)
    browser = await asked()
    at(monkeypatch, now + timedelta(seconds=20))
    await browser.get("/connexion/courriel")
    for _ in range(5):
        response = await browser.submit("/connexion/code", {"code": "000000"}, status=422)
    assert "disabled" not in response.text
    await browser.submit("/connexion/courriel")
    lettre = await read_lettre(AIDA)
    await browser.get("/connexion/courriel")
    await browser.submit("/connexion/code", {"code": lettre.code})


async def test_what_is_not_an_address_is_said_beside_the_field() -> None:
    browser = Browser()
    await browser.get("/connexion")
    await browser.submit("/connexion", {"email": "aida@"}, status=422)
    assert "est incomplète" in browser.page.texte
    assert browser.queries == []


async def test_without_having_asked_there_is_no_page_to_wait_on() -> None:
    for path in ("/connexion/courriel",):
        response = await Browser().get(path, status=303)
        assert response.headers["location"] == "/connexion"
    browser = Browser()
    await browser.get("/connexion")
    browser.client.cookies.set("attente", "00ff", domain="127.0.0.1")
    for path in ("/connexion/courriel", "/connexion/code"):
        response = await browser.post(path, {"code": "123456"})
        assert response.headers["location"] == "/connexion"


async def test_a_form_from_elsewhere_is_refused() -> None:
    browser = await asked()
    lettre = await read_lettre(AIDA)
    await browser.post(lettre.lien, headers={"origin": "https://ailleurs.example"}, status=403)
    await browser.post(lettre.lien, {"csrf": "00.x"}, status=403)
    await browser.get(lettre.lien)
