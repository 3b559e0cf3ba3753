"""The main road, as people live it: from a blocked usager to a solved demande (issue 2, « It must show »)."""

import re

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne
from tests.navigateur.redaction import Situation, write_demande

PRIVE = "Le dossier a été perdu à l’accueil, je le reconstruis avec le siège."
REPONSE = "Le dossier est retrouvé : le versement reprend le 5 du mois prochain."


def is_listed(personne: Personne, path: str, titre: str) -> bool:
    """The list at this address shows a row of this title."""
    personne.open(f"{path}&q={titre}")
    expect(personne.page.locator("#demandes-liste")).to_be_visible()
    return personne.page.locator(".ap-ligne", has_text=titre).count() == 1


def state_of(personne: Personne, groupe: str) -> str:
    """The state of one part, as the page says it."""
    return personne.page.locator("#demande-organismes li", has_text=groupe).locator(".fr-badge").inner_text()


def open_demande(personne: Personne, path: str, titre: str) -> None:
    """From the list at this address, open the row of this title."""
    assert is_listed(personne, path, titre), f"{titre} is not in {path}"
    personne.after(personne.page.locator(".ap-ligne__lien", has_text=titre).click)
    expect(personne.page.get_by_role("heading", level=1)).to_have_text(titre)


def test_a_blocked_usager_is_helped_from_the_first_line_to_the_reopening(arrive: Arrival, js: bool) -> None:
    titre = "Droits coupés après un déménagement" if js else "Droits coupés après une séparation"
    situation = Situation(titre, "Solenn", "Kerleau" if js else "Tromeur")

    aida = arrive(js=js)
    aida.open("/demandes/nouvelle")  # a link kept in a mail, say: signing in leads there
    aida.sign_in("aida@exemple.fr")
    expect(aida.page.get_by_role("heading", level=1)).to_have_text("Nouvelle demande")
    numero = write_demande(aida, situation, "CAF 22", "CPAM 22")
    assert (state_of(aida, "CAF 22"), state_of(aida, "CPAM 22")) == ("sans réponse", "sans réponse")
    aida.open(f"/demandes?onglet=en-cours&q={titre}")
    aida.says("Nouvelle")

    ines = arrive(js=js)
    ines.open("/")
    ines.sign_in("ines@exemple.fr")
    open_demande(ines, "/demandes/recues?onglet=nouvelles", titre)
    assert not is_listed(ines, "/demandes/recues?onglet=nouvelles", titre), "opened: no longer new"
    aida.open(f"/demandes?onglet=en-cours&q={titre}")
    aida.says("Consultée")

    open_demande(ines, "/demandes/recues?onglet=en-cours", titre)
    ines.press("Je m’en occupe")
    ines.says("Suivie par Inès Le Goff")
    ines.page.get_by_label("Réponse personnalisée").fill(PRIVE)
    ines.page.get_by_label("Message réservé aux instructeurs").check()
    ines.press(ENVOYER)
    ines.says(PRIVE)
    aida.open(f"/demandes/{numero}")
    aida.says("Suivie par Inès Le Goff")
    aida.says_not("siège")
    aida.says_not("Réservé aux instructeurs")

    ines.page.get_by_label("Réponse personnalisée").fill(REPONSE)
    ines.page.get_by_label("Indiquer que j’ai traité la demande").check()
    ines.press(ENVOYER)
    ines.says(REPONSE)
    assert (state_of(ines, "CAF 22"), state_of(ines, "CPAM 22")) == ("traitée", "sans réponse")
    assert is_listed(ines, "/demandes/recues?onglet=traitees", titre)
    assert not is_listed(aida, "/demandes?onglet=a-cloturer", titre), "the CPAM has not said its word"
    aida.open(f"/demandes?onglet=en-cours&q={titre}")
    aida.says("Répondue")

    ivan = arrive("ivan@exemple.fr", js=js)
    open_demande(ivan, "/demandes/recues?onglet=nouvelles", titre)
    ivan.says(PRIVE)
    ivan.page.get_by_text("Je ne suis pas le bon interlocuteur").click()
    ivan.press("Confirmer : CPAM 22 n’est pas le bon interlocuteur")
    assert state_of(ivan, "CPAM 22") == "pas concernée"

    open_demande(aida, "/demandes?onglet=a-cloturer", titre)
    aida.says(REPONSE)
    aida.says_not("siège")
    aida.page.get_by_label("Oui", exact=True).check()
    aida.press("Clôturer la demande")
    aida.says("La demande est clôturée")
    assert is_listed(aida, "/demandes?onglet=cloturees", titre)
    assert not is_listed(ines, "/demandes/recues?onglet=traitees", titre), "closed: it leaves the lists"
    ines.open(f"/demandes/{numero}")
    ines.says("en lecture seule")

    open_demande(aida, "/demandes?onglet=cloturees", titre)
    aida.page.get_by_label("Votre message").fill("Le versement annoncé n’est pas arrivé.")
    aida.press("Réouvrir la demande")
    aida.says("Le versement annoncé n’est pas arrivé.")
    assert state_of(aida, "CPAM 22") == "pas concernée"
    assert is_listed(aida, "/demandes?onglet=en-cours", titre)
    assert is_listed(ines, "/demandes/recues?onglet=en-cours", titre)


def test_on_a_telephone_for_whom_until_when_and_whose_turn_come_first(arrive: Arrival) -> None:
    """On the first screen of a telephone, before anything one may have to read or write (issue 10)."""
    for email, field in (("aida@exemple.fr", "Votre message"), ("ines@exemple.fr", "Réponse personnalisée")):
        someone = arrive(email, width=320)
        numero = someone.demo.find_demande("aida@exemple.fr")
        page = someone.open(f"/demandes/{numero}")
        shown = page.locator("#demande-essentiel > div")
        expect(shown).to_have_text(
            [re.compile("^Pour"), re.compile("^Réponse attendue"), re.compile("^À qui")]
        )
        last, situation, writing = (
            place.bounding_box()
            for place in (
                shown.last,
                page.get_by_role("heading", name="La situation"),
                page.get_by_label(field),
            )
        )
        assert last and situation and writing
        assert last["y"] + last["height"] <= min(800, situation["y"], writing["y"])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_telephone_a_title_without_spaces_widens_no_page(arrive: Arrival) -> None:
    aline = arrive("aline@exemple.fr", width=320)
    numero, _ = aline.demo.copy_demande()
    aline.demo.sql("update demandes set titre = %s where numero = %s", "Prestation" * 15, numero)
    for path in ("", "/invitations", "/cloture"):
        page = aline.open(f"/demandes/{numero}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
