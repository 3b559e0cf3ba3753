"""Titles: what is refused, and what only brings a question."""

import time

import pytest

from app.domain.donnees_personnelles.doutes import find_questions
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.mots.identifiants import NatureIdentifiant
from tests.cas import read_cas


@pytest.mark.parametrize("cas", read_cas("titres_nir"), ids=lambda cas: cas["titre"])
def test_a_number_of_social_security_is_refused_whatever_it_begins_with(cas: dict[str, str]) -> None:
    found = [t.nature for t in find_donnees_personnelles(cas["titre"], annee=2026)]
    assert found == ([] if cas["juste"] == "accepté" else [NatureIdentifiant.NIR])


@pytest.mark.parametrize(
    ("titre", "words"),
    [
        ("AAH de M. Dupont suspendue", "M. Dupont"),
        ("RSA de Mme Lefèvre", "Mme Lefèvre"),
        ("Loyers de la famille Martin", "famille Martin"),
        ("Époux Le\u00a0Goff : radiation", "Époux Le\u00a0Goff"),
        ("Courrier de Madame Le Maire", None),
        ("Époux Legoff : radiation", "Époux Legoff"),
        ("Dossier 123456789 bloqué", "123456789"),
        ("Dossier 123 456 789 bloqué", "123 456 789"),
        ("Dossier 123-456-789 bloqué", "123-456-789"),
        ("Dossier 1234567890 bloqué", "1234567890"),
        ("Dossier 585047512345678 bloqué", "585047512345678"),
        ("AAH de M DUPONT suspendue", "M DUPONT"),
        ("RSA DE MME LEFÈVRE", "MME LEFÈVRE"),
        ("RSA de madame Lefèvre", "madame Lefèvre"),
        ("RSA de Mme. de Kerjean", "Mme. de Kerjean"),
        ("RSA de Mme N´Guessan", "Mme N´Guessan"),
        ("Pension de la veuve Martin", "veuve Martin"),
        ("ASE de l’enfant Léa", "enfant Léa"),
        ("Bail de type M refusé", None),
        ("Enfants à charge non comptés", None),
        ("Aide à la famille nombreuse", None),
        ("Monsieur le Préfet ne répond pas", None),
        ("Indus de 123 456 789,00 € contesté", None),
        ("Trop-perçu 2024 : 512,40 € depuis mars", None),
        ("AAH interrompue depuis juillet", None),
        ("Le 0 809 401 401 ne répond pas", None),
        ("Numéro vert 0\u00a0800\u00a0970\u00a0070", None),
        ("Dossier 809 401 401 bloqué", "809 401 401"),
    ],
)
def test_what_may_name_the_usager_brings_a_question(titre: str, words: str | None) -> None:
    assert find_donnees_personnelles(titre, annee=2026) == []
    questions = find_questions(titre)
    assert len(questions) == (words is not None)
    if words:
        assert f"«\u00a0{words}\u00a0»" in questions[0] and questions[0].count("?") == 1


def test_what_is_refused_is_not_asked_too() -> None:
    titre = "AAH de Mme Dubois"
    assert find_questions(titre, find_donnees_personnelles(titre, ["Dubois"], annee=2026)) == []


def test_questions_are_linear() -> None:
    started = time.process_time()
    for bait in ("M. ", "famille ", "123 456 78", "Mme A" * 3):
        find_questions(bait * 10_000)
    assert time.process_time() - started < 2
