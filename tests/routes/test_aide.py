"""The help: open to who cannot sign in, searched, true to the settings; every word it says stands in the glossary."""

import pytest

from app.referentiel import aide
from app.routes.aide import ETATS, list_questions, search_aide
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.typographie import fautes


async def test_the_help_is_for_everyone() -> None:
    browser = Browser()
    await browser.get("/aide")
    assert "30 minutes" in browser.page.texte and "support@aplus.invalid" in browser.page.texte
    assert browser.queries == []
    signed = await signed_in(CAST.ines)
    await signed.get("/aide")
    assert "Le Goff" in signed.page.texte and "Instructeur votre rôle" in signed.page.texte
    assert "CAF 22\u00a0: Rose Tanguy" in signed.page.texte
    assert len(signed.queries) <= 4


async def test_every_link_of_the_help_leads_somewhere() -> None:
    browser = Browser()
    await browser.get("/aide")
    guides = {link for link in browser.page.links if link.startswith("/aide/")}
    assert len(guides) == len(aide.guides()) + 2
    for url in guides:
        await browser.get(url)
        inside = {link.removeprefix("#") for link in browser.page.links if link.startswith("#")}
        assert inside <= set(browser.page.ids)
    await browser.get("/aide/nulle-part", status=404)


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("MANDAT", "Recueillir le mandat"),
        ("changer adresse", "Changer d’adresse"),
        ("en souffrance", "en souffrance"),
        ("mdph", "MDPH"),
        ("consultée", "Consultée"),
        ("internet explorer", "Quel navigateur"),
    ],
)
def test_words_are_found_in_guides_questions_and_glossary(q: str, first: str) -> None:
    found = search_aide(q)
    assert any(first in one.titre for one in found), [one.titre for one in found]


async def test_a_search_shows_what_it_found_or_says_that_it_found_nothing() -> None:
    browser = Browser()
    await browser.get("/aide?q=pieces+jointes")
    assert "Combien de temps les pièces jointes" in browser.page.texte
    await browser.get("/aide?q=<script>introuvable")
    assert "Rien ne correspond" in browser.page.texte and "<script>introuvable" not in browser.html


def test_the_twelve_questions_of_the_seeds_have_their_answer() -> None:
    """S3 and S4: account, sign-in mail, link, address, role, France Services, colleagues, groupes, shared mailbox,
    mandat, other département, browser.
    """
    asked = {
        *(
            "compte",
            "connexion",
            "lien",
            "adresse-inconnue",
            "adresse",
            "roles",
            "collegues",
            "plusieurs-groupes",
        ),
        *("adresse-partagee", "mandat", "autre-departement", "navigateur"),
    }
    assert asked <= {question.code for question in list_questions()}


def test_the_words_of_guides_exist_and_the_french_is_good() -> None:
    codes = [terme.code for terme in aide.termes()]
    assert len(codes) == len(set(codes))
    for guide in aide.guides():
        assert set(guide.mots) <= set(codes), guide.code
        assert guide.role in aide.ROLES
    said = [texte for question in list_questions() for texte in (question.titre, *question.textes)]
    said += [
        t
        for guide in aide.guides()
        for etape in guide.etapes
        for t in (guide.resume, etape.titre, *etape.textes)
    ]
    said += [texte for terme in aide.termes() for texte in (terme.developpe, terme.sens)]
    said += [texte for etat in ETATS for texte in etat]
    assert not [faute for texte in said for faute in fautes(texte)]
