"""`/profil/notifications`: a rhythm for each kind of event, or a ready-made set in one press."""

from app import database
from app.domain.notifications.preferences import GENRES
from app.domain.regles.rythmes import Prereglage
from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import list_journal

HABIT = {genre.value: genre.rythme_of(Prereglage.REGROUPE).value for genre in GENRES}


async def test_the_table_is_kept_as_chosen() -> None:
    browser = await signed_in(CAST.ines)
    await browser.get("/profil/notifications")
    assert len(browser.queries) <= 6
    assert "le prochain est le vendredi 25\u00a0décembre 2026" in browser.page.texte.replace(
        "25 d", "25\u00a0d"
    )
    await browser.submit("/profil/notifications", {**HABIT, "prive": "jamais"})
    assert len(browser.queries) <= 6
    await browser.get("/profil/notifications")
    assert "Vos choix de courriels sont enregistrés" in browser.page.texte
    [row] = await database.fetch("select prereglage, rythmes from agents where id = :agent", agent=CAST.ines)
    assert '"prive": "jamais"' in row["rythmes"]
    assert [line["agent"] for line in await list_journal("courriels_choisis")] == [CAST.ines]


async def test_a_ready_made_set_is_one_press() -> None:
    browser = await signed_in(CAST.ines)
    await browser.post("/profil/notifications", {"prereglage": "minimum"})
    await browser.get("/profil")
    assert "Minimum\u00a0: un courriel par jour" in browser.page.texte


async def test_a_kind_without_a_choice_is_said_and_the_others_stay_as_typed() -> None:
    browser = await signed_in(CAST.ines)
    await browser.post(
        "/profil/notifications", {**HABIT, "message": "", "recapitulatif": "instant"}, status=422
    )
    wrong = {link for link in browser.page.links if link.startswith("#champ-")}
    assert wrong == {"#champ-message", "#champ-recapitulatif"}
    await browser.post("/profil/notifications", {"prereglage": "tout"}, status=422)
