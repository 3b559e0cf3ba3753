"""In a browser of text: sign in, read, answer, close (quality A2)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.w3m import W3m


@pytest.fixture
def w3m(tmp_path: Path, demo: Demonstration) -> Iterator[W3m]:
    """Somebody at w3m, on the page of connexion."""
    assert shutil.which("w3m"), "no w3m: bin/test installs it"
    somebody = W3m(tmp_path, f"{demo.url}/connexion")
    yield somebody
    somebody.close()


def test_an_aidante_signs_in_reads_answers_and_closes_in_a_browser_of_text(
    arrive: Arrival, w3m: W3m, demo: Demonstration
) -> None:
    numero, _ = demo.take_demande("aida@exemple.fr")
    demo.sql("update sollicitations set answered_at = now() where demande = %s", numero)
    aida = arrive()
    demo.let_an_hour_pass()
    former = aida.find_courriel("aida@exemple.fr")
    assert "Connexion" in w3m.page
    w3m.fill("Adresse e-mail professionnelle", "aida@exemple.fr")
    w3m.press("Recevoir un courriel")
    assert "Consultez vos e-mails" in w3m.page
    w3m.go(aida.wait_for_courriel("aida@exemple.fr", former))
    w3m.press("Me connecter")
    assert "Mes demandes" in w3m.page

    w3m.go(f"{demo.url}/demandes?q={numero}")
    assert "La situation" in w3m.page
    assert "CAF 22" in w3m.page
    assert "pas abouti" not in w3m.page, "what only scripts say"
    assert "en cours…" not in w3m.page, "what only scripts say"
    w3m.write("Votre message", "L’usager a retrouvé sa notification.")
    w3m.press("Envoyer à ")
    assert "Votre message est envoyé." in w3m.page
    assert "L’usager a retrouvé sa notification." in w3m.page

    w3m.tick("En partie")
    w3m.press("Clôturer la demande", rank=2)  # under what unfolds
    assert "La demande est clôturée." in w3m.page
    [(closed,)] = demo.sql("select closed_at is not null from demandes where numero = %s", numero)
    assert closed
