"""A maintenance, from its announcement to its end, by every site of the platform, JavaScript on and off (issue 15)."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne

TEXTE = "Voici ce qui manquait."
# What Chromium, htmx and the watch over statuses say of an answer 503, which this story causes on purpose.
EXCUSES = (
    "503: ",
    "console: Failed to load resource: the server responded with a status of 503",
    "console: Response Status Error Code 503",
    "console: htmx:",
)


def fill(ada: Personne, genre: str, begins: datetime) -> None:
    """Two hours of it, from here on."""
    ends = begins + timedelta(hours=2)
    ada.page.get_by_label("Pendant ce temps, le service est").select_option(genre)
    for label, value in (
        ("Jour du début", f"{begins:%Y-%m-%d}"),
        ("Heure du début", f"{begins:%H:%M}"),
        ("Jour de la fin", f"{ends:%Y-%m-%d}"),
        ("Heure de la fin", f"{ends:%H:%M}"),
    ):
        ada.page.get_by_label(label).fill(value)


def reopen(ada: Personne) -> None:
    """Go back to the only maintenance that is not over."""
    ada.open("/administration/maintenance")
    ada.page.get_by_role("link", name="Maintenance n°").first.click()


def test_a_maintenance_is_announced_reads_only_closes_and_ends(
    arrive: Arrival, js: bool, patient: Demonstration
) -> None:
    ada, aline = arrive("ada@exemple.fr", js=js), arrive("aline@exemple.fr", js=js)
    elsewhere = arrive("aline@exemple.fr", js=js, site=patient)
    for personne in (aline, elsewhere):
        personne.excuses = EXCUSES
    numero, _ = aline.demo.take_demande()
    now = datetime.now(ZoneInfo("Europe/Paris"))
    ada.open("/administration/maintenance/nouvelle")
    fill(ada, "lecture", now + timedelta(days=2))
    ada.press("Voir l’aperçu")
    expect(ada.page.get_by_role("heading", name="Aperçu")).to_be_visible()
    ada.press("Annoncer")
    aline.open(f"/demandes/{numero}")
    expect(aline.page.locator("#bandeau-liste")).to_contain_text("Maintenance prévue")
    if js:
        assert look_at(aline.page) == []
    try:
        reopen(ada)
        if js:
            assert look_at(ada.page) == []
        fill(ada, "lecture", now)
        ada.press("Enregistrer")

        aline.page.get_by_label("Votre message").fill(TEXTE)
        aline.press(ENVOYER)
        if js:
            expect(aline.page.get_by_role("alert")).to_contain_text("L’action n’a pas abouti")
            expect(aline.page.get_by_role("alert")).to_contain_text(
                "en lecture seule, le temps d’une maintenance"
            )
            expect(aline.page.locator("[aria-busy=true]")).to_have_count(0)
            expect(aline.page).to_have_title(re.compile(rf"{numero}"))
            assert look_at(aline.page) == []
            expect(aline.page.get_by_label("Votre message")).to_have_value(TEXTE)
        else:
            aline.says("Ce que vous avez saisi est gardé")
        aline.open(f"/demandes/{numero}")
        aline.says("Maintenance en cours, fin prévue")
        expect(aline.page.get_by_role("heading", level=1)).to_be_visible()

        reopen(ada)
        ada.page.get_by_label("Pendant ce temps, le service est").select_option("fermeture")
        ada.press("Enregistrer")
        aline.open("/demandes")
        aline.says("Son retour est prévu")
        if js:
            assert look_at(aline.page) == []
            aline.page.set_viewport_size({"width": 320, "height": 900})
            assert look_at(aline.page) == []
        wait_until_told(elsewhere, is_closed=True)
        ada.open("/administration")
        ada.says("le service est fermé, sauf à l’équipe Administration+")
    finally:
        reopen(ada)
        ada.press("Mettre fin à la maintenance")
    aline.open("/demandes")
    aline.says_not("maintenance")
    wait_until_told(elsewhere, is_closed=False)


def wait_until_told(personne: Personne, *, is_closed: bool) -> None:
    """Open the list again until another process of the platform knows it, within seconds."""
    closed = personne.page.get_by_role("heading", name="Service fermé pour maintenance")
    for _ in range(100):
        personne.open("/demandes")
        if (closed.count() == 1) is is_closed:
            return
        personne.page.wait_for_timeout(100)
    raise AssertionError("the other site never knew")
