"""The sujet suggested on the form of a new demande: shown, followed, set aside."""

from app import database
from tests.browser import Browser, Page, signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import id_of_sujet

URL = "/demandes/nouvelle"
TEXTE = "La CAF réclame un trop-perçu à cette famille."


def values(browser: Browser) -> dict[str, list[str]]:
    """What the form on screen holds."""
    form: dict[str, list[str]] = next(
        f for f in Page(browser.html).forms if f["action"].startswith(f"{URL}?")
    )["values"]
    return form


async def counts() -> list[tuple[int, int]]:
    rows = await database.fetch("select retenues, refusees from reponses_suggestions")
    return [(row["retenues"], row["refusees"]) for row in rows]


async def begin() -> Browser:
    """Aïda has typed her text; the page that comes back suggests the sujet."""
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    assert "parce que vous écrivez" not in browser.page.texte
    await browser.submit(URL, {"etape": "actualiser", "description": TEXTE}, status=200)
    assert "parce que vous écrivez\u00a0: CAF, trop-perçu." in browser.page.texte
    assert values(browser)["sujet"] == [""]  # never imposed
    return browser


async def test_followed_it_chooses_the_sujet_and_ticks_its_organismes() -> None:
    sujet = await id_of_sujet("trop_percu")
    browser = await begin()
    await browser.submit(URL, {"etape": f"suivre-{sujet}"}, status=200)
    assert len(browser.queries) <= 12
    assert values(browser)["sujet"] == [str(sujet)]
    assert values(browser)["description"][0].strip() == TEXTE
    assert "Sujet choisi" in browser.page.texte
    assert "parce que vous écrivez" not in browser.page.texte
    assert await counts() == [(1, 0)]


async def test_set_aside_it_comes_back_neither_now_nor_on_the_next_showing() -> None:
    sujet = await id_of_sujet("trop_percu")
    browser = await begin()
    await browser.submit(URL, {"etape": f"ecarter-{sujet}"}, status=200)
    assert await counts() == [(0, 1)]
    assert values(browser)["sujets_ecartes"] == [str(sujet)]
    await browser.submit(URL, {"etape": "actualiser"}, status=200)
    assert "parce que vous écrivez" not in browser.page.texte
    formulaire = values(browser)["formulaire"][0]
    await browser.get(f"{URL}?formulaire={formulaire}")
    assert "parce que vous écrivez" not in browser.page.texte
    assert await counts() == [(0, 1)]


async def test_the_next_showing_of_the_page_suggests_it_too() -> None:
    browser = await begin()
    formulaire = values(browser)["formulaire"][0]
    await browser.get(f"{URL}?formulaire={formulaire}")
    assert "parce que vous écrivez" in browser.page.texte


async def test_a_number_that_is_no_sujet_changes_nothing() -> None:
    browser = await begin()
    for etape in ("suivre-999999", "suivre-", "suivre-9999999999999", "ecarter-x", "suivre-²"):
        await browser.submit(URL, {"etape": etape}, status=200)
        assert values(browser)["sujet"] == [""]
    assert await counts() == []
