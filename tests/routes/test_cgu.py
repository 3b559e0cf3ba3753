"""The conditions: accepted once, completed by a profile the first time, asked again when they change."""

import dataclasses
from datetime import date, datetime
from urllib.parse import quote

import pytest

from app import database
from app.settings import get_settings
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal

VERSION = get_settings().cgu_version
PROFIL = {"prenom": "Aïda", "nom": "Kerjean", "fonction": "Conseillère", "telephone": "0296010203"}


async def arriving(agent: int, version: str | None = None) -> Browser:
    """Signed in with an earlier version of the conditions, or none; sent to /cgu on the way to /profil."""
    await database.fetch(
        "update agents set cgu_version = :cgu_version, fonction = '', telephone = '' where id = :agent",
        agent=agent,
        cgu_version=version,
    )
    browser = await signed_in(agent)
    response = await browser.get("/profil?vu=oui", status=303)
    assert response.headers["location"] == f"/cgu?destination={quote('/profil?vu=oui')}"
    await browser.get(response.headers["location"])
    return browser


async def test_the_first_time_one_completes_a_profile_and_lands_where_one_was_going() -> None:
    browser = await arriving(CAST.aida)
    assert "Première connexion" in browser.page.texte
    response = await browser.submit("/cgu", {**PROFIL, "acceptation": "1"})
    assert response.headers["location"] == "/profil?vu=oui"
    [row] = await database.fetch(
        "select fonction, telephone, cgu_version, cgu_accepted_at from agents where id = :agent",
        agent=CAST.aida,
    )
    assert (row["fonction"], row["telephone"], row["cgu_version"]) == (
        "Conseillère",
        "02 96 01 02 03",
        VERSION,
    )
    assert row["cgu_accepted_at"] is not None
    [line] = await list_journal("cgu_acceptees")
    assert (line["agent"], line["details"]) == (CAST.aida, {"version": VERSION})
    await browser.get("/profil")


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, {"acceptation"}),
        ({"prenom": "", "acceptation": "1"}, {"prenom"}),
        ({"nom": " ", "fonction": ""}, {"nom", "fonction", "acceptation"}),
        ({"fonction": "x" * 121, "acceptation": "1"}, {"fonction"}),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    fields: dict[str, str], missing: set[str]
) -> None:
    browser = await arriving(CAST.aida)
    await browser.submit("/cgu", {**PROFIL, "telephone": "0298", **fields}, status=422)
    assert {link.removeprefix("#champ-") for link in browser.page.links if "#champ-" in link} == missing
    form = next(form for form in browser.page.forms if form["action"] == "/cgu")
    assert form["values"]["telephone"] == ["0298"]
    assert form["values"]["destination"] == ["/profil?vu=oui"]
    await browser.get("/profil", status=303)


async def test_a_new_version_is_accepted_without_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await arriving(CAST.aida, "2020-10-01")
    assert "ont changé" in browser.page.texte
    assert [field["name"] for field in browser.page.fields if field["name"] != "q"] == ["acceptation"]
    await browser.submit("/cgu", {}, status=422)
    await browser.submit("/cgu", {"acceptation": "1"})
    await browser.get("/profil")
    later = dataclasses.replace(get_settings(), cgu_version="2027-01-01")
    monkeypatch.setattr("app.domain.acces.sessions.get_settings", lambda: later)
    await browser.get("/profil", status=303)


async def test_a_shared_account_has_no_person_to_complete() -> None:
    browser = await arriving(CAST.claude)
    assert [field["name"] for field in browser.page.fields if field["name"] != "q"] == ["acceptation"]
    await browser.submit("/cgu", {"acceptation": "1"})
    await browser.get("/profil")


async def test_who_accepted_goes_on_and_no_destination_leaves_the_site() -> None:
    browser = await signed_in(CAST.aida)
    response = await browser.get("/cgu?destination=/aide", status=303)
    assert response.headers["location"] == "/aide"
    response = await browser.get("/cgu?destination=//evil.example", status=303)
    assert response.headers["location"] == "/"


async def test_a_post_before_accepting_does_nothing() -> None:
    await database.fetch("update agents set cgu_version = null where id = :agent", agent=CAST.aida)
    browser = await signed_in(CAST.aida)
    response = await browser.post("/profil", {**PROFIL, "nom": "Autre"})
    assert response.headers["location"].startswith("/cgu")
    [row] = await database.fetch("select nom from agents where id = :agent", agent=CAST.aida)
    assert row["nom"] == "Kerjean"


async def test_what_follows_the_typing_waits_until_they_are_accepted() -> None:
    """A page under the hands stays; the press that sends is the one that asks to accept, and keeps what was typed."""
    browser = await signed_in(CAST.aida)
    await browser.get("/demandes/nouvelle", follow=True)
    await database.fetch("update agents set cgu_version = '2020-10-01' where id = :agent", agent=CAST.aida)
    await browser.submit("/demandes/nouvelle", {"etape": "actualiser", "titre": "RSA"}, htmx=True, status=204)
    response = await browser.submit(
        "/demandes/nouvelle", {"etape": "", "titre": "RSA"}, htmx=True, status=200
    )
    assert response.headers["hx-redirect"].startswith("/cgu?destination=/reprise/")


async def test_the_conditions_help_and_log_out_are_open_before_accepting() -> None:
    await database.fetch("update agents set cgu_version = null where id = :agent", agent=CAST.aida)
    browser = await signed_in(CAST.aida)
    await browser.get("/conditions-generales")
    await browser.get("/aide")
    await browser.submit("/deconnexion")


async def test_what_the_team_publishes_is_asked_at_the_next_page_with_what_changed(now: datetime) -> None:
    ada, aida = await signed_in(CAST.ada), await signed_in(CAST.aida)
    page = "/administration/conditions"
    await ada.get(page)
    await ada.submit(page, {"changements": "", "applies_on": "2026-11-23"}, status=422)
    typed = {"texte": "## Nouveau titre\n\nÉcrire à {support}.", "applies_on": "2026-11-24"}
    await ada.submit(page, {**typed, "changements": "Le support répond."}, status=200)
    assert "Ce que chacun lira" in ada.page.texte and "Nouveau titre" in ada.page.texte
    whole = ada.html.partition("Le texte entier")[2].partition("</details>")[0]
    assert f"mailto:{get_settings().support_email}" in whole
    await ada.submit(page, {"acte": "publier"})
    await ada.get(page, status=303)

    await aida.get("/profil", status=303)
    await aida.get("/cgu?destination=/profil")
    assert "Ce qui change dans la version du 24 novembre 2026" in aida.page.texte
    assert "Le support répond." in aida.page.texte and "Nouveau titre" in aida.page.texte
    assert f"mailto:{get_settings().support_email}" in aida.html
    await aida.submit("/cgu", {"acceptation": "1"})
    await aida.get("/profil")
    await aida.get("/conditions-generales")
    assert "Version du 24 novembre 2026" in aida.page.texte and "Nouveau titre" in aida.page.texte
    await ada.get("/cgu")
    await ada.submit("/cgu", {"acceptation": "1"})
    await ada.get(page)
    assert "Version du 24 novembre 2026, par Ada Moreau" in ada.page.texte


async def test_nobody_accepts_conditions_that_came_after_the_page_they_read() -> None:
    browser = await arriving(CAST.aida)
    await database.fetch(
        "insert into conditions (version, applies_on, texte, changements) values (:v, :d, :texte, 'Tout.')",
        v="2026-11-01",
        d=date(2026, 11, 1),
        texte="Vos demandes sont publiques.",
    )
    await browser.submit("/cgu", {**PROFIL, "acceptation": "1"}, status=409)
    assert "Les conditions viennent de changer" in browser.page.texte
    assert "Vos demandes sont publiques." in browser.page.texte and PROFIL["fonction"] in browser.html
    [row] = await database.fetch("select cgu_version from agents where id = :agent", agent=CAST.aida)
    assert row["cgu_version"] is None and await list_journal("cgu_acceptees") == []
    await browser.submit("/cgu", {"acceptation": "1"})
    [row] = await database.fetch("select cgu_version from agents where id = :agent", agent=CAST.aida)
    assert row["cgu_version"] == "2026-11-01"


async def test_of_two_administrateurs_the_second_is_told(now: datetime) -> None:
    ada = await signed_in(CAST.ada)
    page = "/administration/conditions"
    await ada.get(page)
    await database.fetch(
        "insert into conditions (version, applies_on, texte) values ('2099-01-01', '2099-01-01', 'Autre.')"
    )
    typed = {"texte": "Le mien.", "changements": "Tout.", "applies_on": "2099-02-01", "acte": "publier"}
    await ada.submit(page, typed, status=409)
    assert "Un collègue a publié" in ada.page.texte and "Le mien." in ada.html
    await ada.submit(page, {"acte": "publier"})
