"""A platform born from an empty base, by its pages: a first account, a file read twice, two teams, a demande closed."""

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import ROOT
from tests.navigateur import demonstration as place
from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne
from tests.navigateur.redaction import Situation, write_demande
from tests.navigateur.test_axe_second_facteur import type_code

ADA, AIDA, INES = "ada.morel@aplus.fr", "aida@callac.fr", "ines@caf22.fr"
STRUCTURES = "FRANCE SERVICES;DEPARTEMENT\nCallac;22\nRostrenen;22\n"
SITUATION = Situation("AAH interrompue depuis juillet", "Renée", "Le Bihan")


@contextmanager
def born(demo: place.Demonstration, folder: Path) -> Iterator[place.Demonstration]:
    """The documented steps on a base of its own: migrate, create the first administrateur, serve."""
    name = f"vide_{secrets.token_hex(4)}"
    demo.sql(f"create database {name}")
    site = place.Demonstration(place.find_url(), folder, demo.base.replace("/navigateur", f"/{name}"))
    for command in (("migrate",), ("create-administrateur", ADA)):
        subprocess.run(
            [sys.executable, "-m", "app", *command],
            cwd=ROOT,
            env=place.environment_of(site),
            check=True,
            capture_output=True,
        )
    worker = place.start("worker", site, {})
    try:
        place.serve(site, {})
        yield site
    finally:
        place.stop(site)
        worker.terminate()
        worker.communicate(timeout=30)
        demo.sql(f"drop database {name} with (force)")


def enter(personne: Personne, email: str, prenom: str, nom: str) -> None:
    """Open the first mail, type its code, confirm the profile and accept the conditions."""
    page = personne.page
    for _ in range(100):
        personne.open("/_courriels")
        if page.get_by_text(f"À {email}").count():
            break
        page.wait_for_timeout(100)
    page.locator("main li").filter(has_text=f"À {email}").get_by_role("link", name="Votre compte").click()
    letter = page.locator("article")
    [code] = re.findall(r"que la page demande\s:\s([0-9]{6})", letter.inner_text())
    page.goto(str(letter.get_by_role("link").first.get_attribute("href")))
    page.get_by_label("Code reçu").fill(code)
    personne.press("Me connecter")
    if page.get_by_role("heading", name="Mettre en place la double authentification").count():
        type_code(personne, "Mettre en place")
        personne.press("J’ai noté mes codes, continuer", role="link")
    page.locator("#champ-prenom").fill(prenom)
    page.locator("#champ-nom").fill(nom)
    page.locator("#champ-fonction").fill("Agent")
    page.get_by_label("J’ai lu et j’accepte").check()
    personne.press("Continuer")


def read_structures(ada: Personne) -> None:
    ada.open("/administration/imports")
    ada.page.get_by_label("Fichier").set_input_files(
        {"name": "structures.csv", "mimeType": "text/csv", "buffer": STRUCTURES.encode()}
    )
    ada.press("Lire le fichier")


def create_compte(ada: Personne, email: str, prenom: str, nom: str, *roles: str) -> None:
    """On the page « Créer des comptes » that is shown."""
    page = ada.page
    for champ, typed in (("prenom", prenom), ("nom", nom), ("fonction", "Agent"), ("email", email)):
        page.locator(f"#champ-{champ}-1").fill(typed)
    for role in roles:
        page.get_by_role("checkbox", name=role).check()
    ada.press("Créer le compte")


def test_a_platform_is_born_by_its_pages(
    arrive: Arrival, demo: place.Demonstration, js: bool, tmp_path: Path
) -> None:
    with born(demo, tmp_path) as site:
        live_the_first_day(*(arrive(js=js, site=site) for _ in range(3)))


def live_the_first_day(ada: Personne, aida: Personne, ines: Personne) -> None:
    enter(ada, ADA, "Ada", "Morel")
    ada.open("/administration")
    assert not ada.is_scripted or look_at(ada.page) == []
    ada.says("Premiers pas")
    ada.says_not("Rien n’attend.")
    read_structures(ada)
    ada.press("Créer 2 groupes")
    ada.says("L’import est terminé")
    read_structures(ada)
    ada.says("Rien à écrire")
    ada.open("/groupes")
    ada.page.get_by_role("searchbox", name="Nom, organisme ou département").fill("Callac")
    ada.press("Filtrer")
    ada.press("France Services Callac", role="link")
    ada.press("Créer des comptes", role="link")
    create_compte(ada, AIDA, "Aïda", "Kerjean", "Aidant", "Responsable")
    ada.open("/administration/groupes/nouveau")
    ada.page.get_by_label("Nom du groupe").fill("CAF 22")
    ada.page.get_by_label("Organisme").select_option(label="CAF")
    ada.page.get_by_label("Départements").fill("22")
    ada.press("Créer le groupe")
    create_compte(ada, INES, "Inès", "Le Goff", "Instructeur", "Responsable")
    ada.open("/administration")
    ada.says_not("Premiers pas")

    enter(aida, AIDA, "Aïda", "Kerjean")
    numero = write_demande(aida, SITUATION, "CAF 22")
    enter(ines, INES, "Inès", "Le Goff")
    ines.open("/demandes/recues?onglet=nouvelles")
    ines.press(re.compile(SITUATION.titre), role="link")
    ines.page.get_by_label("Réponse personnalisée").fill("Le versement reprend jeudi.")
    ines.press(ENVOYER)
    ines.says("Le versement reprend jeudi.")

    aida.open(f"/demandes/{numero}")
    aida.says("Le versement reprend jeudi.")
    aida.page.locator("summary", has_text="Clôturer la demande").click()
    aida.page.get_by_label("Oui", exact=True).check()
    aida.press("Clôturer la demande")
    aida.says("La demande est clôturée")
    ada.open(f"/demandes/{numero}")
    ada.says_not("versement")
