"""The pages of the second factor: asked first and once, nothing seen before, nothing lost across it."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from app import database, visite
from app.domain.acces.second_facteur import code_of
from app.domain.acces.sessions import open_session
from app.porte import INSCRIPTION, PREUVE
from app.routes import second_facteur as routes
from app.settings import get_settings
from tests.browser import Browser, confirm_by_phone, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.factories import make_demande, make_invitation

LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The code of the half minute of the set-up was taken: the clock of the pages goes on by one."""
    return lambda: monkeypatch.setattr(visite, "clock", lambda: LATER)


async def by_mail(agent: int) -> Browser:
    """A browser signed in by mail alone."""
    return Browser(agent, await open_session(agent, is_durable=False, navigateur="", now=visite.clock()))


async def set_up(agent: int) -> str:
    """This agent has a phone; returns its secret."""
    browser = await signed_in(agent)
    await browser.get(INSCRIPTION)
    return await confirm_by_phone(browser)


async def test_an_administrateur_sets_it_up_before_anything_else() -> None:
    ada = await by_mail(CAST.ada)
    for url in ("/administration", "/profil", "/statistiques", "/administration/journal.csv", "/connexion"):
        response = await ada.get(url, status=303)
        assert response.headers["location"].startswith(f"{INSCRIPTION}?destination=")
    await ada.get("/administration", follow=True)
    assert "Mettre en place la double authentification" in ada.page.h1
    assert len(ada.queries) <= 3
    await ada.submit(INSCRIPTION, {"code": "000000"}, status=422)
    assert "#champ-code" in ada.page.links
    await confirm_by_phone(ada, "/administration")
    assert "/administration" in ada.page.links and ada.html.count("<code>") == 10
    await ada.get("/administration")
    await ada.get(INSCRIPTION)
    assert "Il vous en reste 10." in ada.page.texte


async def test_public_pages_are_those_of_a_stranger_and_show_nothing_of_the_agent() -> None:
    ada = await by_mail(CAST.ada)
    await ada.get("/aide")
    assert "Moreau" not in ada.html and "Se connecter" in ada.page.texte
    await ada.post("/deconnexion")


async def test_the_menu_counts_nothing_before_the_phone_confirms(now: datetime) -> None:
    await make_invitation(await make_demande(now), CAST.elie, "expert", now)
    elie = await by_mail(CAST.elie)
    await elie.get(INSCRIPTION)
    assert "Demandes suivies" in elie.page.texte and "ap-compte" not in elie.html
    await confirm_by_phone(elie)
    await elie.get("/profil")
    assert "ap-compte" in elie.html
    elie = await by_mail(CAST.elie)
    await elie.get(PREUVE)
    assert "ap-compte" not in elie.html


async def test_the_code_is_asked_once_and_leads_where_one_was_going(go_on: Callable[[], None]) -> None:
    secret = await set_up(CAST.aida)
    go_on()
    aida = await by_mail(CAST.aida)
    response = await aida.get("/demandes?onglet=en-cours", status=303)
    assert response.headers["location"] == f"{PREUVE}?destination=%2Fdemandes%3Fonglet%3Den-cours"
    await aida.get(response.headers["location"])
    assert len(aida.queries) <= 3
    # Another phone cannot be set up, nor this one removed, from a session that has not given it.
    for url in (INSCRIPTION, f"{INSCRIPTION}/retrait", f"{INSCRIPTION}/codes"):
        response = await aida.post(url, {"code": code_of(secret, LATER)})
        assert response.headers["location"].startswith(PREUVE)
    await aida.submit(PREUVE, {"code": ""}, status=422)
    response = await aida.submit(PREUVE, {"code": code_of(secret, LATER)})
    assert response.headers["location"] == "/demandes?onglet=en-cours"
    await aida.get("/demandes?onglet=en-cours")
    response = await aida.get(f"{PREUVE}?destination=/profil", status=303)
    assert response.headers["location"] == "/profil"


async def test_what_was_being_sent_is_kept_across_it(now: datetime, go_on: Callable[[], None]) -> None:
    """An expert answers in a session that is not confirmed any more; the text waits, for its agent alone."""
    secret = await set_up(CAST.elie)
    go_on()
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    elie = await by_mail(CAST.elie)
    typed = {"acte": "message", "cle": str(uuid4()), "vu": "0", "texte": "Je m’en occupe demain."}
    response = await elie.post(f"/demandes/{numero}/messages", typed)
    assert response.headers["location"].startswith(f"{PREUVE}?destination=%2Freprise%2F")
    await elie.get(response.headers["location"])
    response = await elie.submit(PREUVE, {"code": code_of(secret, LATER)})
    await elie.get(response.headers["location"])
    assert "Je m’en occupe demain." in elie.page.texte


async def test_five_wrong_codes_lead_back_to_the_mail_with_the_way_back() -> None:
    await set_up(CAST.aida)
    aida = await by_mail(CAST.aida)
    await aida.get("/profil", follow=True)
    for _ in range(4):
        await aida.submit(PREUVE, {"code": "000000"}, status=422)
    response = await aida.submit(PREUVE, {"code": "000000"})
    assert response.headers["location"] == "/connexion?destination=%2Fprofil"
    await aida.get(response.headers["location"])
    assert "Trop de codes faux" in aida.page.texte


async def test_the_profile_changes_phones(go_on: Callable[[], None]) -> None:
    secret = await set_up(CAST.aida)
    go_on()
    aida = await signed_in(CAST.aida)
    await aida.get("/profil")
    assert INSCRIPTION in aida.page.links
    await aida.get(INSCRIPTION)
    await aida.submit(f"{INSCRIPTION}/codes", {"code": "x"}, status=422)
    assert "#champ-code-codes" in aida.page.links and "champ-code-codes" in aida.page.ids
    await aida.submit(f"{INSCRIPTION}/retrait", {"code": code_of(secret, LATER)}, follow=True)
    assert "Mettre en place" in aida.page.h1[0] and "est retirée de votre compte" in aida.page.texte
    await aida.get("/profil")


async def test_an_administrateur_lifts_a_lost_phone_with_a_reason() -> None:
    await set_up(CAST.aida)
    ada, page = await signed_in(CAST.ada), f"/administration/agents/{CAST.aida}"
    await ada.get(page)
    await ada.submit(f"{page}/second-facteur", {"motif": ""}, status=422)
    assert "#champ-motif-second" in ada.page.links and "champ-motif-second" in ada.page.ids
    await ada.submit(f"{page}/second-facteur", {"motif": "téléphone volé"}, follow=True)
    assert "La double authentification est levée" in ada.page.texte
    await ada.post(f"{page}/second-facteur", {"motif": "encore"}, status=409)
    assert not await database.fetch("select 1 from sessions where agent = :a", a=CAST.aida)
    aida = await by_mail(CAST.aida)
    await aida.get("/profil")
    # One’s own is changed from the profile, or by somebody else.
    await set_up(CAST.ada)
    page = f"/administration/agents/{CAST.ada}"
    await ada.post(f"{page}/second-facteur", {"motif": "perdu"}, status=409)


@pytest.mark.parametrize("environment", ["demo", "production"])
async def test_the_code_is_said_to_visitors_of_the_demonstration_alone(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, is_said = await set_up(CAST.aida), environment == "demo"
    settings = dataclasses.replace(get_settings(), environment=environment)
    monkeypatch.setattr(routes, "get_settings", lambda: settings)
    monkeypatch.setattr(visite, "clock", lambda: LATER)
    aida, ada = await by_mail(CAST.aida), await by_mail(CAST.ada)
    await aida.get(PREUVE)
    assert (code_of(secret, LATER) in aida.html) is is_said
    await aida.submit(PREUVE, {"code": "000000"}, status=422)
    assert (code_of(secret, LATER) in aida.html) is is_said
    for browser in (ada, await signed_in(CAST.aida)):
        await browser.get(INSCRIPTION)
        assert ("Démonstration" in browser.page.texte) is is_said
