"""Nothing typed is lost when a session ends: sealed, given back to the same agent alone, sent once (product §4; R8)."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pytest

from app import cookies, database, visite
from app.database import Indisponible
from app.domain.acces.sessions import open_session
from tests.browser import Browser, Page, signed_in
from tests.cast import CAST
from tests.courrier import read_lettre
from tests.domain.formulaire_rempli import filled
from tests.factories import confirm_session, make_demande

CANARI = "Zéphyrine-Canari-5520 écrit\nsur deux lignes & <b>en entier</b>."
SAME_ORIGIN = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}


def fields(**more: Any) -> dict[str, Any]:
    return {"acte": "message", "cle": str(uuid4()), "vu": "0", "texte": CANARI, **more}


async def end_session(agent: int) -> None:
    await database.fetch("delete from sessions where agent = :agent", agent=agent)


async def enter(browser: Browser, agent: int) -> None:
    """Another session of this agent in the same browser, with the second factor of those who need one."""
    jeton = await confirm_session(
        await open_session(agent, is_durable=False, navigateur="", now=visite.clock())
    )
    browser.client.cookies.clear()
    name = cookies.cookie_name("session")
    cookie = f"{agent}.{jeton}.{cookies._session_mac(str(agent), jeton).decode()}"
    browser.client.cookies.set(name, cookie, domain="127.0.0.1")


async def interrupted(numero: int, typed: dict[str, Any], *, htmx: bool = False) -> tuple[Browser, str]:
    """Inès sends an answer after her session was deleted; the browser, and where signing in will lead."""
    browser = await signed_in(CAST.ines)
    await end_session(CAST.ines)
    url = f"/demandes/{numero}/messages"
    response = await browser.post(url, typed, htmx=htmx, status=200 if htmx else 303)
    there = urlsplit(response.headers["hx-redirect" if htmx else "location"])
    assert there.path == "/connexion"
    return browser, unquote(there.query.removeprefix("destination="))


async def list_textes(numero: int) -> list[str]:
    rows = await database.fetch(
        "select texte from messages where demande = :numero and nature = 'reponse'", numero=numero
    )
    return [row["texte"] for row in rows]


# --- From the end of the session to the message -----------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
async def test_answer_that_meets_the_end_of_the_session_is_sent_after_signing_in(
    htmx: bool, now: datetime
) -> None:
    numero = await make_demande(now)
    browser, reprise = await interrupted(numero, fields(), htmx=htmx)
    await browser.get("/connexion")
    assert "Votre envoi est gardé" in browser.page.texte
    await browser.get(f"/connexion?destination={reprise}")
    await browser.submit("/connexion", {"email": "ines@exemple.fr"})
    lien = (await read_lettre("ines@exemple.fr")).lien
    await browser.get(lien)
    response = await browser.submit(lien)
    assert response.headers["location"] == reprise
    await browser.get(reprise)
    assert f"n°\xa0{numero}" in browser.page.texte
    assert "sur deux lignes & <b>en entier</b>." in browser.page.texte
    assert len(browser.queries) <= 6
    assert await list_textes(numero) == []
    for _ in range(2):  # a double click, or Back and again
        await browser.submit(f"/demandes/{numero}/messages")
    assert await list_textes(numero) == [CANARI]
    # Once it was taken, nothing of it waits any more.
    await browser.get(reprise, status=303)
    assert await database.fetch("select 1 from posts_scelles") == []


async def test_no_typed_field_is_missing_from_the_form_given_back(now: datetime) -> None:
    numero = await make_demande(now)
    typed = fields(relances=["3", "5"], is_procedure="1", signature="")
    browser, reprise = await interrupted(numero, typed)
    await enter(browser, CAST.ines)
    await browser.get(reprise)
    form = next(f for f in browser.page.forms if f["action"] == f"/demandes/{numero}/messages")
    given = {nom: valeurs for nom, valeurs in form["values"].items() if nom not in {"csrf", "reprise"}}
    assert given == {nom: v if isinstance(v, list) else [v] for nom, v in typed.items()}


async def test_what_is_refused_again_still_waits(now: datetime) -> None:
    numero = await make_demande(now)
    browser, reprise = await interrupted(numero, fields(texte=""))
    await enter(browser, CAST.ines)
    await browser.get(reprise)
    await browser.submit(f"/demandes/{numero}/messages", status=422)
    await browser.get(reprise)


@pytest.mark.parametrize("who", ["idir", "aida", "ada", "eve"])
async def test_another_agent_is_never_shown_nor_told(who: str, now: datetime) -> None:
    numero = await make_demande(now)
    browser, reprise = await interrupted(numero, fields())
    await enter(browser, getattr(CAST, who))
    response = await browser.get(reprise, status=303)
    assert (response.headers["location"], response.content) == ("/", b"")
    nowhere = await browser.get(f"/reprise/{uuid4()}", status=303)
    assert dict(nowhere.headers) == dict(response.headers)
    await browser.post(f"{reprise}/abandon")
    await enter(browser, CAST.ines)
    await browser.get(reprise)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("why", ["closed", "too long"])
async def test_what_cannot_be_kept_is_given_back_to_be_read(now: datetime, why: str, htmx: bool) -> None:
    numero, browser = await make_demande(now), await signed_in(CAST.ines)
    await end_session(CAST.ines)
    typed = fields()
    if why == "closed":
        await database.fetch(
            "update agents set deactivated_at = :now where id = :ines", now=now, ines=CAST.ines
        )
    else:
        typed["procedure"] = "Trop long. " * 50_000
    await browser.post(f"/demandes/{numero}/messages", typed, htmx=htmx, status=403)
    assert "cet envoi ne peut pas être gardé\u00a0: rien n’est envoyé." in browser.page.texte
    assert "Zéphyrine-Canari-5520 écrit" in browser.page.texte
    assert await list_textes(numero) == []


async def test_it_is_given_back_during_an_hour_and_can_be_given_up(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser, reprise = await interrupted(numero, fields())
    await enter(browser, CAST.ines)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(minutes=59))
    await browser.get(reprise)
    monkeypatch.setattr(visite, "clock", lambda: now + timedelta(minutes=60))
    await browser.get(reprise, status=303)
    monkeypatch.setattr(visite, "clock", lambda: now)
    await browser.get(reprise)
    await browser.submit(f"{reprise}/abandon")
    await browser.get(reprise, status=303)
    assert await database.fetch("select 1 from posts_scelles") == []


async def test_new_conditions_to_accept_lose_nothing_either(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await database.fetch("update agents set cgu_version = 'ancienne' where id = :agent", agent=CAST.ines)
    response = await browser.post(f"/demandes/{numero}/messages", fields())
    await browser.get(response.headers["location"])
    response = await browser.submit("/cgu", {"acceptation": "1"})
    await browser.get(response.headers["location"])
    await browser.submit(f"/demandes/{numero}/messages")
    assert await list_textes(numero) == [CANARI]


async def resume(browser: Browser, response: Any) -> None:
    """Come, signed in again, to the page where what was refused waits."""
    await browser.get(unquote(response.headers["location"].partition("destination=")[2]))


async def test_files_are_said_to_be_attached_again(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await end_session(CAST.ines)
    url = f"/demandes/{numero}/messages"
    none = await browser.post(url, fields(), files={"fichiers": ("", b"")})
    some = await browser.post(url, fields(), files={"fichiers": ("a.txt", b"abc")})
    await enter(browser, CAST.ines)
    for response, is_said in ((none, False), (some, True)):
        await resume(browser, response)
        assert ("les joindre de nouveau" in browser.page.texte) is is_said


async def test_a_text_does_not_leave_without_the_files_that_were_chosen(now: datetime) -> None:
    """« Reprendre » shows the form again, with its text: the file is joined there, or left out knowingly."""
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await end_session(CAST.ines)
    url = f"/demandes/{numero}/messages"
    response = await browser.post(url, fields(), files={"fichiers": ("a.txt", b"abc")})
    await enter(browser, CAST.ines)
    await resume(browser, response)
    await browser.submit(url, status=422)
    assert await list_textes(numero) == []
    assert "Choisissez d’abord un ou plusieurs fichiers" in browser.page.texte
    [form] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    assert form["values"]["texte"] == [f"\n{CANARI}"] or form["values"]["texte"] == [CANARI]
    await browser.post(url, {**form["values"], "texte": CANARI})
    assert await list_textes(numero) == [CANARI]


async def test_a_file_chosen_after_the_session_ended_is_asked_again_before_the_text_leaves(
    now: datetime,
) -> None:
    """With JavaScript the file leaves alone as soon as it is chosen: it is lost, and the page knows."""
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}")
    field = {"pieces_de": str(uuid4()), "pieces_demande": str(numero)}
    await end_session(CAST.ines)
    for files, is_lost in (({}, False), ({"fichiers": ("a.txt", b"abc")}, True)):
        response = await browser.post("/pieces-jointes", field, files=files, htmx=True, status=422)
        assert ("il vous sera redemandé avant l’envoi" in browser.page.texte) is is_lost
        assert ('name="joindre" value="1"><' in response.text.replace("\n", "")) is is_lost


async def test_session_past_its_thirty_days_is_still_known_by_its_browser(now: datetime) -> None:
    """The cookie outlives the session: without it nobody would know whose form this was."""
    browser = Browser()
    await browser.get("/connexion")
    await browser.submit("/connexion", {"email": "ines@exemple.fr", "durable": "1"})
    lien = (await read_lettre("ines@exemple.fr")).lien
    await browser.get(lien)
    response = await browser.submit(lien)
    [cookie] = [c for c in response.headers.get_list("set-cookie") if c.startswith("session=")]
    age = int(
        next(part for part in cookie.split("; ") if part.startswith("Max-Age=")).removeprefix("Max-Age=")
    )
    row = await database.fetch_one("select expires_at from sessions where agent = :agent", agent=CAST.ines)
    assert row is not None
    assert timedelta(seconds=age) > row["expires_at"] - now


# --- A new demande, interrupted at each of its steps ----------------------------------------------------------

NOUVELLE = "/demandes/nouvelle"


async def list_demandes(formulaire: str) -> list[str]:
    rows = await database.fetch(
        "select titre from demandes where formulaire = :formulaire", formulaire=formulaire
    )
    return [row["titre"] for row in rows]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("suite", "step"),
    [
        ("", {}),
        ("", {"etape": "actualiser"}),
        ("", {"etape": "ajouter", "nouvelle_nature": "adresse"}),
        ("/brouillon", {"suite": "1"}),
    ],
)
async def test_new_demande_interrupted_at_a_step_is_resumed_then_sent_once(
    suite: str, step: dict[str, str], htmx: bool
) -> None:
    browser, typed = await signed_in(CAST.aida), filled(description=CANARI)
    await end_session(CAST.aida)
    if htmx and (suite or step.get("etape") == "actualiser"):
        suite, step = "", {}  # what the page does by itself stays there: see test_perimees
    response = await browser.post(
        f"{NOUVELLE}{suite}", {**typed, **step}, htmx=htmx, status=200 if htmx else 303
    )
    there = response.headers["hx-redirect" if htmx else "location"]
    await enter(browser, CAST.aida)
    await browser.get(unquote(there.partition("destination=")[2]))
    assert "Le formulaire d’une nouvelle demande" in browser.page.texte
    assert CANARI.partition("\n")[0] in browser.page.texte
    await browser.submit(f"{NOUVELLE}{suite}", status=200 if "etape" in step else 303)
    if step:
        assert await list_demandes(typed["formulaire"]) == []
        await browser.get(f"{NOUVELLE}?formulaire={typed['formulaire']}")
        form = next(f for f in browser.page.forms if f["action"].split("?")[0] == NOUVELLE)["values"]
        assert form["description"][0].strip("\n") == CANARI
        await browser.submit(NOUVELLE)
    assert await list_demandes(typed["formulaire"]) == ["AAH interrompue depuis juillet"]
    await browser.get(unquote(there.partition("destination=")[2]), status=303)
    assert await database.fetch("select 1 from brouillons") == []


# --- What is not kept -------------------------------------------------------------------------------------------


async def test_form_from_elsewhere_is_refused_and_never_sealed(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await end_session(CAST.ines)
    url = f"/demandes/{numero}/messages"
    await browser.post(url, fields(csrf="00.faux"), status=403)
    await browser.post(url, fields(), status=403, headers={"origin": "https://ailleurs.example"})
    await browser.post(url, fields(), status=403, headers={"sec-fetch-site": "cross-site"})
    assert await database.fetch("select 1 from posts_scelles") == []


async def test_browser_that_never_had_a_session_keeps_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    browser = Browser()
    await browser.get("/connexion")
    response = await browser.post(f"/demandes/{numero}/messages", fields())
    assert response.headers["location"] == "/connexion?destination=%2F"
    assert await database.fetch("select 1 from posts_scelles") == []


async def test_the_cookie_of_an_ended_session_plants_nothing(now: datetime) -> None:
    """A copy of it is kept by whoever had this computer before: what they would write is never given back as hers."""
    numero = await make_demande(now)
    for chemin in ("/connexion", "/aide/contact"):
        browser = await signed_in(CAST.ines)
        await end_session(CAST.ines)
        await browser.get(chemin)
        jeton = next(f["values"]["csrf"][0] for f in browser.page.forms if "csrf" in f["values"])
        for headers in ({}, SAME_ORIGIN):
            sent = fields(csrf=jeton)
            response = await browser.post(f"/demandes/{numero}/messages", sent, headers=headers)
            assert response.headers["location"] == "/connexion?destination=%2F"
    assert await database.fetch("select 1 from posts_scelles") == []


# --- A page left open while its agent signed in again -----------------------------------------------------------


async def test_page_of_the_former_session_gives_its_text_back_and_sends_once(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}")
    old = next(f["values"]["csrf"][0] for f in browser.page.forms if f["action"].endswith("/messages"))
    await enter(browser, CAST.ines)
    url = f"/demandes/{numero}/messages"
    await browser.post(url, fields(csrf=old), status=409, headers=SAME_ORIGIN)
    assert "Vous vous êtes reconnecté" in browser.page.texte
    assert await list_textes(numero) == []
    await browser.submit(url)
    assert await list_textes(numero) == [CANARI]


async def test_page_of_somebody_else_or_of_an_unnamed_origin_gives_nothing_back(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}")
    old = next(f["values"]["csrf"][0] for f in browser.page.forms if f["action"].endswith("/messages"))
    await enter(browser, CAST.ines)
    url = f"/demandes/{numero}/messages"
    for headers in ({}, {"origin": "null"}):
        response = await browser.post(url, fields(csrf=old), status=403, headers=headers)
        assert "Canari" not in response.text
    # It waits for its agent alone (tests/routes/test_perimees.py).
    await enter(browser, CAST.idir)
    response = await browser.post(url, fields(csrf=old), status=409, headers=SAME_ORIGIN)
    assert "Canari" not in response.text


# --- The base is away -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken", ["app.porte.find_signed", "app.routes.demande.messages.messages.post_message"]
)
async def test_base_away_gives_back_every_field_to_send_again(
    broken: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise Indisponible

    numero = await make_demande(now)
    browser, typed, url = await signed_in(CAST.ines), fields(), f"/demandes/{numero}/messages"
    with monkeypatch.context() as patched:
        patched.setattr(broken, away)
        response = await browser.post(url, typed, status=503)
        assert response.headers["retry-after"] == "5"
        form = next(f for f in Page(response.text).forms if f["action"] == url)
        assert {k: v[0] for k, v in form["values"].items() if k != "csrf"} == typed
        await browser.submit(url, status=503)
    await browser.submit(url)
    assert await list_textes(numero) == [CANARI]


@pytest.mark.parametrize("broken", ["app.porte.find_signed", "app.routes.nouvelle_demande.send_demande"])
async def test_base_away_gives_a_whole_new_demande_back(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise Indisponible

    browser, typed = await signed_in(CAST.aida), filled(description=CANARI)
    with monkeypatch.context() as patched:
        patched.setattr(broken, away)
        await browser.post(NOUVELLE, typed, status=503)
        form = next(f for f in browser.page.forms if f["action"].split("?")[0] == NOUVELLE)
    assert {k: v for k, v in form["values"].items() if k != "csrf"} == {
        nom: [str(un) for un in (valeur if isinstance(valeur, list) else [valeur])]
        for nom, valeur in typed.items()
    }
    for _ in range(2):
        await browser.post(NOUVELLE, form["values"])
    assert await list_demandes(typed["formulaire"]) == ["AAH interrompue depuis juillet"]
