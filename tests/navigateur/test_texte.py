"""In w3m and in lynx, browsers of text: sign in, create, read, answer, close, export; no button there without a
meaning (quality A2)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.lynx import Lynx
from tests.navigateur.w3m import W3m

TITRE = "Allocation de rentrée jamais versée"
Texte = W3m | Lynx


@pytest.fixture(params=[W3m, Lynx], ids=["w3m", "lynx"])
def texte(request: pytest.FixtureRequest, tmp_path: Path, demo: Demonstration) -> Iterator[Texte]:
    """Somebody at each of these browsers, on the page of connexion."""
    name = request.param.__name__.lower()
    assert shutil.which(name), f"no {name}: bin/test installs it"
    somebody: Texte = request.param(tmp_path, f"{demo.url}/connexion")
    yield somebody
    somebody.close()


def sign_in(texte: Texte, arrive: Arrival, email: str) -> None:
    """By the mail, whose link is opened in the browser of text."""
    mails = arrive()
    mails.demo.let_an_hour_pass()
    former = mails.find_courriel(email)
    assert "Connexion" in texte.page, texte.page
    texte.fill("Adresse e-mail professionnelle", email)
    texte.press("Recevoir un courriel")
    assert "Consultez vos e-mails" in texte.page, texte.page
    texte.go(mails.wait_for_courriel(email, former))
    texte.press("Me connecter")


def test_an_aidante_signs_in_creates_reads_answers_and_closes(
    arrive: Arrival, texte: Texte, demo: Demonstration
) -> None:
    sign_in(texte, arrive, "aida@exemple.fr")
    assert "Mes demandes" in texte.page, texte.page
    assert "Pour les demandes cochées" in texte.page, "what the button that does nothing says"

    texte.go(f"{demo.url}/demandes/nouvelle")
    page = texte.page
    assert (
        page.index("Département de l’usager") < page.index("Mettre la page à jour") < page.index("Mode guidé")
    )
    texte.press("Choisir moi-même")
    texte.tick("CAF 22")
    texte.fill("Prénom *", "Odile")
    texte.fill("Nom de famille *", "Texier")
    texte.fill("Date de naissance *", "1961")
    texte.fill("Titre *", TITRE)
    texte.write("Description *", "Le droit est ouvert depuis septembre, rien n’est venu.")
    texte.tick("J’atteste avoir remis")
    texte.press("Envoyer ma demande", rank=2)  # under the sentence that names it
    assert "Une erreur est à corriger" in texte.page, texte.page
    texte.tick("L’usager ne peut pas le fournir")
    texte.press("Envoyer ma demande", rank=2)
    assert "Votre demande est envoyée" in texte.page, texte.page
    [(numero,)] = demo.sql("select max(numero) from demandes where titre = %s", TITRE)

    texte.go(f"{demo.url}/demandes?q={numero}")
    assert "La situation" in texte.page, texte.page
    assert "CAF 22" in texte.page, texte.page
    assert "pas abouti" not in texte.page, "what only scripts say"
    assert "en cours…" not in texte.page, "what only scripts say"
    texte.write("Votre message", "L’usager a retrouvé sa notification.")
    texte.press("Envoyer à ")
    assert "Votre message est envoyé." in texte.page, texte.page
    assert "L’usager a retrouvé sa notification." in texte.page, texte.page

    demo.sql("update sollicitations set answered_at = now() where demande = %s", numero)
    texte.go(f"{demo.url}/demandes/{numero}")
    texte.tick("En partie")
    texte.press("Clôturer la demande", rank=2)  # under what unfolds
    assert "La demande est clôturée." in texte.page, texte.page
    [(closed,)] = demo.sql("select closed_at is not null from demandes where numero = %s", numero)
    assert closed


def test_a_responsable_takes_a_list_away(arrive: Arrival, texte: Texte, demo: Demonstration) -> None:
    sign_in(texte, arrive, "rose@exemple.fr")
    texte.press("Mes groupes")
    texte.press("CAF 22")
    lines = texte.download("Exporter les membres").splitlines()
    assert len(lines) > 2
    assert "ines@exemple.fr" in "".join(lines)
