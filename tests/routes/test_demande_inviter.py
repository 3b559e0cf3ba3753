"""« Inviter » without JavaScript: what is typed in the answer is kept first, then the invitations come (issue 10)."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from app import database
from tests.browser import Browser
from tests.cast import CAST
from tests.factories import make_demande, make_invitation
from tests.routes.test_brouillons import TEXTE, answer_of, count_drafts, open_answer


async def press_inviter(browser: Browser, numero: int, fields: dict[str, Any], **more: Any) -> dict[str, str]:
    """The button of the form; the headers of what comes."""
    assert f'formaction="/demandes/{numero}/brouillon"' in browser.html
    url = f"/demandes/{numero}/brouillon"
    return dict((await browser.post(url, {**fields, "etape": "inviter"}, **more)).headers)


@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
async def test_the_answer_is_kept_then_the_invitations_come(now: datetime, who: str) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser, typed = await open_answer(getattr(CAST, who), numero)
    assert "Votre texte est d’abord enregistré." in browser.page.texte
    assert "n’emportent pas votre texte\u00a0: enregistrez d’abord le brouillon." in browser.page.texte
    came = await press_inviter(browser, numero, {**typed, "texte": TEXTE})
    assert came["location"] == f"/demandes/{numero}/invitations"
    assert len(browser.queries) <= 12
    await browser.get(came["location"])
    assert "Votre brouillon est enregistré." in browser.page.texte
    await browser.get(f"/demandes/{numero}")
    assert answer_of(browser)["texte"][0].strip("\n") == TEXTE


async def test_with_nothing_typed_there_is_no_draft(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    came = await press_inviter(browser, numero, typed)
    assert came["location"] == f"/demandes/{numero}/invitations"
    assert await count_drafts() == 0
    await browser.get(came["location"])
    assert "enregistré" not in browser.page.texte


async def test_the_list_one_came_from_and_the_files_go_along(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    liste = "/demandes/recues?onglet=nouvelles"
    fields = {**typed, "texte": "", "liste": liste}
    came = await press_inviter(browser, numero, fields, files={"fichiers": ("courrier.txt", b"Bonjour")})
    assert came["location"] == f"/demandes/{numero}/invitations?liste={quote(liste, safe='')}"
    rows = await database.fetch("select nom from pieces_jointes where brouillon = :cle", cle=typed["cle"][0])
    assert [row["nom"] for row in rows] == ["courrier.txt"]


async def test_an_answer_that_cannot_be_kept_stays_on_screen(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    with monkeypatch.context() as short:
        short.setattr("app.domain.demandes.brouillons.OCTETS_MAX", 20)
        await press_inviter(browser, numero, {**typed, "texte": TEXTE}, status=409)
    assert "trop long" in browser.page.texte
    assert "je relance le paiement." in browser.html
    # A form that has just left has nothing more to keep: emptied, it goes on.
    await browser.post(f"/demandes/{numero}/messages", {**typed, "texte": TEXTE})
    url, fields = f"/demandes/{numero}/brouillon", {**typed, "etape": "inviter"}
    came = await browser.post(url, {**fields, "texte": ""})
    assert came.headers["location"] == f"/demandes/{numero}/invitations"


async def test_where_only_half_of_the_scripts_came_the_whole_page_goes(now: datetime) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    came = await press_inviter(browser, numero, {**typed, "texte": TEXTE}, htmx=True, status=200)
    assert came["hx-redirect"] == f"/demandes/{numero}/invitations"


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_session_that_ended_keeps_the_answer_for_after_signing_in(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now)
    browser, typed = await open_answer(CAST.ines, numero)
    await database.fetch("delete from sessions where agent = :agent", agent=CAST.ines)
    status = 200 if htmx else 303
    came = await press_inviter(browser, numero, {**typed, "texte": TEXTE}, htmx=htmx, status=status)
    assert "/connexion?destination=%2Freprise%2F" in came["hx-redirect" if htmx else "location"]
    assert await count_drafts() == 0
    assert len(await database.fetch("select 1 from posts_scelles")) == 1
