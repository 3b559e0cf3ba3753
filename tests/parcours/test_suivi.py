"""What a responsable follows, what instructeurs keep and insert, what one reports and closes. JavaScript or not."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival

ROSE, INES, ADA = "rose@exemple.fr", "ines@exemple.fr", "ada@exemple.fr"
OPEN = """
    select max(s.demande) from sollicitations s join demandes d on d.numero = s.demande
    join groupes g on g.id = s.groupe
    where g.nom = 'CAF 22' and d.closed_at is null and s.traitee_at is null and s.declinee_at is null
        and s.solicited_at > now() - interval '30 days'
"""


def test_a_responsable_filters_and_exports_on_a_narrow_screen(arrive: Arrival, js: bool) -> None:
    rose = arrive(ROSE, js=js)
    page = rose.page
    page.set_viewport_size({"width": 320, "height": 900})
    rose.open("/groupes")
    page.get_by_role("link", name="Demandes du groupe CAF 22", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demandes du groupe CAF 22")
    page.get_by_text("Filtrer et trier").click()
    page.get_by_label("En souffrance").check()
    page.get_by_role("button", name="Filtrer", exact=True).click()
    expect(page).to_have_url(re.compile("souffrance=1"))
    total = page.locator("main strong").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^CSV")).click()
    assert re.fullmatch(r"Demandes CAF 22, en souffrance, .*\.csv", download.value.suggested_filename)
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert f"{len(lines) - 1} demande" in total.replace("\u00a0", " ")


def test_a_reply_is_kept_then_inserted_after_what_is_typed(arrive: Arrival, js: bool) -> None:
    ines = arrive(INES, js=js)
    page, titre = ines.page, f"Dossier complet {js}"
    ines.open("/groupes")
    page.get_by_role("link", name="CAF 22", exact=True).click()
    page.get_by_role("link", name=re.compile("^Réponses")).click()
    page.get_by_label("Titre", exact=False).last.fill(titre)
    page.get_by_label("Texte de la réponse", exact=False).fill("La demande [numéro] est complète. [prénom]")
    page.get_by_role("button", name="Enregistrer la réponse").click()
    ines.says("La réponse est enregistrée.")
    [(numero,)] = ines.demo.sql(OPEN)
    ines.open(f"/demandes/{numero}")
    answer = page.get_by_label("Réponse personnalisée")
    answer.fill("Bonjour,")
    ines.press("Réponses enregistrées")
    expect(page.get_by_label("Mots du titre ou du texte")).to_be_visible()
    page.get_by_label("Mots du titre ou du texte").fill(f"complet {js}")
    page.keyboard.press("Enter")  # searches, never sends
    ines.settle()
    ines.press(f"Insérer « {titre} »".replace("« ", "«\u00a0").replace(" »", "\u00a0»"))
    expect(answer).to_have_value(f"Bonjour,\n\nLa demande {numero} est complète. Inès")
    if js:
        expect(answer).to_be_focused()


def test_a_misuse_is_reported_and_judged_without_the_demande(arrive: Arrival, js: bool) -> None:
    ines, ada = arrive(INES, js=js), arrive(ADA, js=js)
    [(numero,)] = ines.demo.sql(OPEN)
    ines.demo.sql("delete from signalements returning id")
    ines.open(f"/demandes/{numero}")
    ines.press("Signaler un usage abusif", role="link")
    ines.page.get_by_label("Propos déplacés").check()
    ines.page.get_by_label("Que s’est-il passé", exact=False).fill("Un message est blessant.")
    ines.press("Envoyer le signalement")
    ines.says("transmis à l’équipe Administration+")
    ada.open("/administration/signalements")
    ada.says("Un message est blessant.")
    ada.page.get_by_role("button", name="Classer sans suite").first.click()
    ada.says("classé sans suite")
