"""The profile: what one changes alone, what one does not, where one is signed in."""

import pytest

from app import database
from app.domain.acces.agents import is_telephone_odd
from app.domain.acces.sessions import find_signed, open_session
from app.domain.mots.telephones import tidy_numero
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.factories import list_journal

TYPED = {
    "prenom": "Aïda",
    "nom": "Le Kerjean",
    "fonction": "Conseillère",
    "telephone": "+33 2 96 01 02 03",
}


async def test_one_changes_name_fonction_and_telephone() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    assert len(browser.queries) <= 6
    await browser.submit("/profil", TYPED)
    assert len(browser.queries) <= 6
    [row] = await database.fetch(
        "select prenom, nom, fonction, telephone from agents where id = :agent", agent=CAST.aida
    )
    assert dict(row) == {**TYPED, "telephone": "02 96 01 02 03"}
    await browser.get("/profil")
    assert "Votre profil est enregistré" in browser.page.texte
    assert "Le Kerjean" in browser.page.texte
    assert [line["agent"] for line in await list_journal("profil_modifie")] == [CAST.aida]


async def test_the_address_and_the_roles_are_not_for_the_agent_to_change() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    assert "aida@exemple.fr" in browser.page.texte
    assert "email" not in {field["name"] for field in browser.page.fields}
    forged = {
        "email": "ada@exemple.fr",
        "is_administrateur": "1",
        "id": str(CAST.ada),
        "agent": str(CAST.ada),
    }
    await browser.submit("/profil", {**TYPED, **forged})
    [row] = await database.fetch(
        "select email, is_administrateur from agents where id = :agent", agent=CAST.aida
    )
    assert (row["email"], row["is_administrateur"]) == ("aida@exemple.fr", False)
    [row] = await database.fetch("select nom from agents where id = :agent", agent=CAST.ada)
    assert row["nom"] == "Moreau"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"prenom": ""}, {"prenom"}),
        ({"nom": "x" * 81, "fonction": ""}, {"nom", "fonction"}),
        ({"telephone": "1" * 21}, {"telephone"}),
    ],
)
async def test_what_cannot_be_kept_is_said_beside_the_field(fields: dict[str, str], wrong: set[str]) -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    await browser.submit("/profil", {**TYPED, **fields}, status=422)
    assert {link.removeprefix("#champ-") for link in browser.page.links if "#champ-" in link} == wrong
    [row] = await database.fetch("select nom from agents where id = :agent", agent=CAST.aida)
    assert row["nom"] == "Kerjean"


async def test_a_telephone_is_measured_as_it_is_kept_and_two_of_them_are_not_cut() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    assert 'maxlength="20"' not in browser.html
    await browser.submit("/profil", {**TYPED, "telephone": "+33 (0) 2.96.01.02.04"}, follow=True)
    assert browser.page.forms[2]["values"]["telephone"] == ["02 96 01 02 04"]
    await browser.submit("/profil", {"telephone": "02 96 01 02 03 / 06 12 34 56 78"}, status=422)
    assert "02 96 01 02 03 / 06 12 34 56 78" in browser.html


async def test_an_odd_telephone_is_kept_with_a_gentle_word() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    await browser.submit("/profil", {**TYPED, "telephone": "poste 4212"})
    await browser.get("/profil")
    assert "ne ressemble pas" in browser.page.texte
    assert browser.page.forms[2]["values"]["telephone"] == ["poste 4212"]


@pytest.mark.parametrize(
    ("typed", "kept", "is_odd"),
    [
        ("", "", False),
        ("0296010203", "02 96 01 02 03", False),
        ("02.96.01.02.03", "02 96 01 02 03", False),
        ("+33 6 12 34 56 78", "06 12 34 56 78", False),
        ("0692 12 34 56", "0692 12 34 56", False),
        ("+32 2 555 12 12", "+32 2 555 12 12", False),
        ("0296", "0296", True),
        ("abc", "abc", True),
        ("9" * 20, "9" * 20, True),
    ],
)
def test_a_telephone_is_written_as_in_french_or_as_typed(typed: str, kept: str, is_odd: bool) -> None:
    assert tidy_numero(typed) == kept
    assert is_telephone_odd(typed) == is_odd


async def test_a_shared_account_needs_a_name_only() -> None:
    browser = await signed_in(CAST.claude)
    await browser.get("/profil")
    fields = {"prenom": "", "nom": "Accueil de Callac", "fonction": "", "telephone": ""}
    await browser.submit("/profil", fields)


async def test_every_session_is_listed_and_ends_at_once() -> None:
    jeton = await open_session(CAST.aida, is_durable=True, navigateur="Safari sur iPhone", now=NOW)
    elsewhere, stranger = Browser(CAST.aida, jeton), await signed_in(CAST.ines)
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    assert "Safari sur iPhone" in browser.page.texte and "essai" in browser.page.texte
    response = await browser.submit("/profil/deconnexions")
    assert response.headers["location"] == "/connexion"
    await browser.get("/connexion")
    assert "Toutes vos sessions sont fermées" in browser.page.texte
    await elsewhere.get("/profil", status=303)
    await stranger.get("/profil")
    assert [line["agent"] for line in await list_journal("deconnexion_partout")] == [CAST.aida]


async def test_the_number_of_sessions_does_not_cost_queries() -> None:
    for number in range(30):
        await open_session(CAST.aida, is_durable=True, navigateur=f"Firefox {number}", now=NOW)
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    assert len(browser.queries) <= 6


async def test_a_name_is_shown_as_typed_never_as_html() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    await browser.submit("/profil", {**TYPED, "nom": "<b>Kerjean</b>"})
    await browser.get("/profil")
    assert "<b>Kerjean</b>" not in browser.html


async def test_one_session_is_closed_and_the_others_live() -> None:
    jeton = await open_session(CAST.aida, is_durable=True, navigateur="Firefox sur Windows", now=NOW)
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    [other] = await database.fetch("select id from sessions where navigateur = 'Firefox sur Windows'")
    url = f"/profil/sessions/{other['id']}/fermeture"
    assert "Déconnecter Firefox sur Windows" in browser.page.texte
    await browser.submit(url, {}, follow=True)
    assert "Ce navigateur est déconnecté." in browser.page.texte
    assert "Firefox sur Windows" not in browser.page.texte
    assert await find_signed(jeton, NOW) is None
    await browser.post(url, browser.page.forms[-1]["values"], status=404)


async def test_closing_the_session_in_use_signs_out() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    [mine] = await database.fetch("select id from sessions where agent = :agent", agent=CAST.aida)
    await browser.submit(f"/profil/sessions/{mine['id']}/fermeture", {}, follow=True)
    assert "Vous êtes déconnecté." in browser.page.texte
    assert await database.fetch("select id from sessions where agent = :agent", agent=CAST.aida) == []


async def test_nobody_closes_the_session_of_another() -> None:
    await open_session(CAST.ines, is_durable=True, navigateur="Firefox", now=NOW)
    [hers] = await database.fetch("select id from sessions where agent = :agent", agent=CAST.ines)
    browser = await signed_in(CAST.aida)
    await browser.get("/profil")
    values = browser.page.forms[-1]["values"]
    for session in (hers["id"], 0, "x", 10**30):
        await browser.post(f"/profil/sessions/{session}/fermeture", values, status=404)
    assert len(await database.fetch("select id from sessions where agent = :agent", agent=CAST.ines)) == 1


async def test_own_groupes_stand_with_their_roles_and_the_way_out() -> None:
    browser = await signed_in(CAST.rose)
    await browser.get("/profil")
    caf = f"/groupes/{CAST.groupes.caf}"
    member = f"{caf}/membres/{CAST.rose}"
    assert {caf, member, f"{member}/retrait"} <= set(browser.page.links)
    assert "responsable" in browser.page.texte
    ines = await signed_in(CAST.ines)
    out = f"{caf}/membres/{CAST.ines}/retrait"
    await ines.get("/profil")
    await ines.get(out)
    assert "Quitter le groupe CAF 22" in ines.page.texte
    await ines.submit(out, {"motif": "Mutation"}, follow=True)
    await ines.get(caf, status=404)
    await ines.get("/profil")
    assert "CAF 22" not in ines.page.texte
