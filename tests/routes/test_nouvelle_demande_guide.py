"""The writing guide of the sujet on the form of a new demande, with and without JavaScript."""

from app import database
from tests.browser import Page, signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled, id_of_sujet

URL = "/demandes/nouvelle"


async def test_the_guide_follows_the_sujet_and_keeps_what_it_was_told() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    assert "la date du premier blocage" in browser.page.texte
    typed = {
        "etape": "choisir",
        "sujet": str(await id_of_sujet("aah_rupture")),
        "depuis": "juillet",
        "essais": ["echeancier"],
    }
    await browser.submit(URL, typed, status=200)
    assert "le premier mois sans versement et la date de fin des droits" in browser.page.texte
    form = next(f for f in Page(browser.html).forms if f["action"].startswith(f"{URL}?"))
    assert form["values"]["depuis"] == ["juillet"]
    assert form["values"]["essais"] == ["echeancier"]  # no box of this sujet, and still ticked
    assert len(browser.queries) <= 12


async def test_a_number_told_to_the_guide_brings_the_gentle_note() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    await browser.submit(URL, {"etape": "actualiser", "attendu": "Rappeler le 06 12 34 56 78"}, status=200)
    assert "À savoir" in browser.page.texte


async def test_too_long_an_answer_is_said_beside_its_field_which_stands_open() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    await browser.submit(URL, filled(attendu="a" * 301), status=422)
    assert 'href="#champ-attendu"' in browser.html
    assert '<details class="ap-details" open>' in browser.html


async def test_the_demande_page_shows_what_the_guide_was_told() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    await browser.submit(URL, filled(depuis="le 3 juillet", essais=["appel"], attendu="une réponse"))
    assert len(browser.queries) <= 12
    row = await database.fetch_one(
        "select max(numero) as numero from demandes where auteur = :a", a=CAST.aida
    )
    assert row is not None
    await browser.get(f"/demandes/{row['numero']}")
    for words in ("Depuis quand : le 3 juillet", "Déjà essayé : appel téléphonique", "Ce qui est attendu"):
        assert words in browser.page.texte.replace("\u00a0", " ")
