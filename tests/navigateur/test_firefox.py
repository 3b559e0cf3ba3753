"""The main road in Firefox ESR, the browser of most administrations: sign in, walk a list, send, answer, close.

At the end of each story: no error in its console, nothing refused by the Content-Security-Policy.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.navigateur.demonstration import Demonstration
from tests.navigateur.firefox import Come, Firefox, Visiteur
from tests.navigateur.fixtures import Arrival

# As WebDriver writes this key.
ENTER = "\ue007"
SAME = "return document.body.dataset.meme === 'page'"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory, demo: Demonstration) -> Iterator[Firefox]:
    """The Firefox of the system."""
    assert shutil.which("firefox-esr"), "no firefox-esr: bin/test installs it"
    browser = Firefox(tmp_path_factory.mktemp("firefox"), demo)
    yield browser
    browser.stop()


@pytest.fixture
def come(firefox: Firefox, demo: Demonstration) -> Iterator[Come]:
    """Let somebody come, signed in already when an address is given; at the end, Firefox complains of nothing."""
    present: list[Visiteur] = []

    def sit_down(email: str | None = None) -> Visiteur:
        somebody = Visiteur(firefox, demo)
        present.append(somebody)
        if email:
            somebody.take_session(email)
        return somebody

    firefox.plaintes.clear()
    yield sit_down
    for somebody in present:
        somebody.close()
    assert firefox.plaintes == [], "\n".join(firefox.plaintes)


def test_what_firefox_refuses_or_reports_is_noted(firefox: Firefox, come: Come) -> None:
    ada = come()
    ada.open("/connexion")
    ada.ask("document.body.append(Object.assign(document.createElement('style'), {textContent: 'a {}'}))")
    ada.ask("setTimeout(() => { throw new Error('oups') })")
    ada.ask("fetch('/sante?x').catch(() => 0)")
    ada.wait_for("return performance.getEntriesByType('resource').some((one) => one.name.endsWith('?x'))")
    said = "\n".join(firefox.plaintes)
    assert "Content-Security-Policy" in said and "oups" in said, said
    firefox.plaintes.clear()


def test_one_signs_in_by_the_link_of_a_mail(come: Come, arrive: Arrival, demo: Demonstration) -> None:
    mails = arrive()
    demo.let_an_hour_pass()
    former = mails.find_courriel("aline@exemple.fr")
    aline = come()
    aline.open("/connexion")
    aline.fill("Adresse e-mail professionnelle", "aline@exemple.fr")
    aline.press("Recevoir un courriel de connexion")
    aline.says("Consultez vos e-mails")
    aline.open(mails.wait_for_courriel("aline@exemple.fr", former))
    aline.press("Me connecter")
    aline.says("Mes demandes")


def test_tabs_and_filters_swap_the_list_in_its_page(come: Come) -> None:
    ines = come("ines@exemple.fr")
    ines.open("/demandes/recues?onglet=en-cours")
    ines.ask("document.body.dataset.meme = 'page'")
    ines.press("En souffrance")
    ines.wait_for(
        "return location.search.includes('en-souffrance') && document.title.includes('En souffrance')"
    )
    ines.tick("Urgentes")
    ines.press("Filtrer")
    ines.wait_for("return !isBusy() && location.search.includes('urgentes=1')")
    assert ines.ask(
        "const rows = [...document.querySelectorAll('.ap-ligne')];"
        "return rows.length > 0 && rows.every((one) => said(one).includes('Urgente'))"
    )
    assert ines.ask(SAME), "the whole page was loaded anew"
    ines.ask("history.back()")
    ines.wait_for("return !isBusy() && !location.search.includes('urgentes=1')")
    assert ines.ask("return said(document.querySelector('.fr-tabs [aria-current]'))").startswith(
        "En souffrance"
    )


def test_the_enter_key_never_sends_a_new_demande(come: Come) -> None:
    aida = come("aida@exemple.fr")
    aida.open("/demandes/nouvelle")
    aida.ask(
        "addEventListener('submit', (event) => { document.body.dataset.par = event.submitter.value; }, true)"
    )
    aida.fill("Titre", f"AAH interrompue{ENTER}")
    aida.wait_for("return document.body.dataset.par === 'actualiser'")


def test_a_demande_is_sent_answered_and_closed(come: Come, demo: Demonstration) -> None:
    titre, reponse = (
        "Allocation de soutien suspendue au déménagement",
        "Le dossier est débloqué, le versement part vendredi.",
    )
    aida = come("aida@exemple.fr")
    aida.open("/demandes/nouvelle")
    aida.press("Choisir moi-même")
    aida.tick("CAF 22")
    aida.fill("Prénom", "Zoé")
    aida.fill("Nom de famille", "Quéré")
    aida.fill("Date de naissance", "1974")
    aida.fill("Identifiant CAF", "1234567")
    aida.fill("Titre", titre)
    aida.fill("Description", "Le dossier a changé de caisse en août, rien n’est versé depuis.")
    aida.tick("J’atteste avoir remis")
    aida.press("Envoyer ma demande")
    aida.says("Votre demande est envoyée")
    [(numero,)] = demo.sql("select max(numero) from demandes where titre = %s", titre)

    ines = come("ines@exemple.fr")
    ines.open(f"/demandes/{numero}")
    ines.says(titre)
    ines.press("Je m’en occupe")
    ines.says("Suivie par Inès Le Goff")
    ines.fill("Réponse personnalisée", reponse)
    ines.tick("Indiquer que j’ai traité la demande")
    ines.press("Envoyer à ")
    ines.says(reponse)

    aida.open(f"/demandes/{numero}")
    aida.says(reponse)
    aida.tick("Oui")
    aida.press("Clôturer la demande")
    aida.says("La demande est clôturée")
    [(closed,)] = demo.sql("select closed_at is not null from demandes where numero = %s", numero)
    assert closed
