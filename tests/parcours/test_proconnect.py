"""Who has an account comes in through ProConnect, gives up, is not known, leaves both; with JavaScript and without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.fournisseur import CLIENT, SECRET, FauxProConnect, serve
from tests.navigateur.axe import look_at
from tests.navigateur.demonstration import Demonstration, beside, stop
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

SE_CONNECTER, QUITTER = "Se connecter avec ProConnect", "Se déconnecter aussi de ProConnect"


@pytest.fixture(scope="module")
def fournisseur() -> Iterator[FauxProConnect]:
    """The provider, for real."""
    with serve(0) as provider:
        yield provider


@pytest.fixture(scope="module")
def site(fournisseur: FauxProConnect, demo: Demonstration) -> Iterator[Demonstration]:
    """The demonstration, by a site that has this provider."""
    named = {
        "PROCONNECT_URL": fournisseur.issuer,
        "PROCONNECT_CLIENT": CLIENT,
        "PROCONNECT_SECRET": SECRET,
        "ANSWER_WAIT_SECONDS": "0",
    }
    made = beside(named)
    yield made
    stop(made)


def come(arrive: Arrival, site: Demonstration, fournisseur: FauxProConnect, *, js: bool) -> Personne:
    """Somebody whom neither knows yet, and who is let go to the provider."""
    fournisseur.session = ""
    personne = arrive(js=js, site=site)
    personne.excuses = (f"another host: {fournisseur.issuer}/",)
    return personne


def is_right(personne: Personne) -> bool:
    """axe finds no fault in this page; it runs where scripts do."""
    return not personne.is_scripted or look_at(personne.page) == []


def identify(personne: Personne, email: str) -> None:
    """On the page of the provider."""
    personne.press(SE_CONNECTER, role="link")
    expect(personne.page.get_by_role("heading", level=1)).to_have_text("ProConnect d’essai")
    personne.page.get_by_label("Adresse").fill(email)
    personne.press("Continuer")


def test_who_comes_in_through_proconnect_leaves_it_too(
    arrive: Arrival, site: Demonstration, fournisseur: FauxProConnect, js: bool
) -> None:
    aline = come(arrive, site, fournisseur, js=js)
    page = aline.page
    aline.open("/profil")
    assert is_right(aline)
    identify(aline, "aline@exemple.fr")
    expect(page).to_have_url(f"{site.url}/profil")
    expect(page.locator(".ap-agent__nom")).to_contain_text("Aline Prigent")

    aline.press("Se déconnecter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté d’Administration+")
    assert is_right(aline)
    # Ours has ended, whatever becomes of the other one.
    beside_it = aline.context.new_page()
    beside_it.goto(f"{site.url}/profil")
    expect(beside_it).to_have_url(re.compile("/connexion"))
    beside_it.close()
    assert fournisseur.session == "aline@exemple.fr"

    fins = len(fournisseur.fins)
    aline.press(QUITTER, role="link")
    expect(page).to_have_url(f"{site.url}/connexion")
    expect(page.locator("[data-annonce]")).to_have_text(
        "Vous êtes déconnecté d’Administration+ et de ProConnect."
    )
    assert len(fournisseur.fins) == fins + 1 and not fournisseur.session
    # It asks again who comes back.
    aline.press(SE_CONNECTER, role="link")
    expect(page.get_by_role("button", name="Continuer")).to_be_visible()


def test_who_gives_up_or_is_not_known_reads_what_to_do(
    arrive: Arrival, site: Demonstration, fournisseur: FauxProConnect, js: bool
) -> None:
    quelqu_un = come(arrive, site, fournisseur, js=js)
    quelqu_un.excuses += ("console: Failed to load resource: the server responded with a status of 400",)
    quelqu_un.open("/connexion")
    quelqu_un.press(SE_CONNECTER, role="link")
    quelqu_un.press("Annuler")
    quelqu_un.says("La connexion par ProConnect n’est pas allée au bout")
    assert is_right(quelqu_un)
    identify(quelqu_un, "inconnue@exemple.fr")
    quelqu_un.says("aucun compte Administration+ n’a l’adresse inconnue@exemple.fr")
    quelqu_un.says("Demandez-le au responsable de votre groupe")
    expect(quelqu_un.page.get_by_label("Adresse e-mail professionnelle")).to_be_visible()
    assert is_right(quelqu_un)


def test_proconnect_that_is_away_keeps_nobody_signed_in_here(
    arrive: Arrival, site: Demonstration, fournisseur: FauxProConnect, js: bool
) -> None:
    aline = come(arrive, site, fournisseur, js=js)
    aline.excuses += (
        f"503: {site.url}/connexion/proconnect",
        "console: Failed to load resource: the server responded with a status of 503",
    )
    aline.open("/connexion")
    identify(aline, "aline@exemple.fr")
    aline.press("Se déconnecter")
    fournisseur.is_away = True
    try:
        aline.press(QUITTER, role="link")
        aline.says("ProConnect ne répond pas en ce moment")
        assert is_right(aline)
        aline.press("Revenir à la page de connexion", role="link")
        aline.press(SE_CONNECTER, role="link")
        aline.says("Connectez-vous par courriel, ou réessayez plus tard")
    finally:
        fournisseur.is_away = False
