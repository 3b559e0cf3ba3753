"""Each script broken in turn, as on an old machine or a cut line: every journey passes all the same (quality A8)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne
from tests.navigateur.redaction import Situation, write_demande

REPONSE = "Le dossier est retrouvé : le versement reprend."


def _lose(script: str) -> Callable[[Personne], None]:
    """This script never comes."""

    def lose(personne: Personne) -> None:
        personne.context.route(f"**/static/{script}*", lambda route: route.abort())
        personne.excuses = ("console: Failed to load resource: net::ERR_FAILED",)

    return lose


def _garble_htmx(personne: Personne) -> None:
    """htmx is written in words that this browser does not know."""

    def garble(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body="let = nothing a browser reads;")

    personne.context.route("**/static/htmx*", garble)
    personne.excuses = ("error: ",)


def _forget_request_submit(personne: Personne) -> None:
    """Safari before 16."""
    personne.context.add_init_script("delete HTMLFormElement.prototype.requestSubmit")


BROKEN = {
    "sans_htmx": _lose("htmx"),
    "htmx_illisible": _garble_htmx,
    "sans_aplus": _lose("aplus.js"),
    "sans_requestSubmit": _forget_request_submit,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_every_journey_passes_with_a_broken_script(arrive: Arrival, broken: str) -> None:
    def come(email: str | None = None) -> Personne:
        personne = arrive(email)
        BROKEN[broken](personne)
        # Without htmx the pages are those of a browser without JavaScript: every fallback must be there.
        personne.is_scripted = "htmx" not in broken
        return personne

    # The title may not hold the name of the usager.
    situation = Situation(
        f"Versement arrêté, {broken}", "Nolwenn", "Le Bihan" + " Kerguelen" * list(BROKEN).index(broken)
    )
    aida = come()
    aida.open("/connexion")
    aida.sign_in("aida@exemple.fr")
    aida.says("Mes demandes")
    numero = write_demande(aida, situation, "CAF 22")

    ines = come("ines@exemple.fr")
    ines.open(f"/demandes/recues?onglet=nouvelles&q={situation.titre}")
    ines.after(ines.page.locator(".ap-ligne__lien", has_text=situation.titre).click)
    ines.page.get_by_label("Réponse personnalisée").fill(REPONSE)
    ines.page.get_by_label("Indiquer que j’ai traité la demande").check()
    ines.press(ENVOYER)
    ines.says(REPONSE)
    expect(ines.page.get_by_label("Réponse personnalisée")).to_have_value("")

    aida.open(f"/demandes/{numero}")
    aida.says(REPONSE)
    aida.page.get_by_label("Oui", exact=True).check()
    aida.press("Clôturer la demande")
    aida.says("La demande est clôturée")


@pytest.mark.parametrize("scripts", ["tous", "sans_htmx", "aucun"])
def test_what_only_scripts_do_is_offered_where_they_run(arrive: Arrival, scripts: str) -> None:
    ines = arrive("ines@exemple.fr", js=scripts != "aucun")
    if scripts in BROKEN:
        BROKEN[scripts](ines)
    numero, _ = ines.demo.take_demande()
    rythme = ines.open("/demandes/recues").get_by_text("chaque minute")
    expect(rythme).to_be_visible(visible=scripts == "tous")
    imprimer = ines.open(f"/demandes/{numero}/impression").locator("[data-imprimer]")
    expect(imprimer).to_be_visible(visible=scripts == "tous")
