"""Filling the form of a new demande, as an aidante does: field by field, in the order of the page."""

from dataclasses import dataclass

from playwright.sync_api import expect

from tests.navigateur.personne import Personne

# Keys are right: nothing to warn about.
NIR = "2 85 05 22 070 001 07"
ALLOCATAIRE = "1234567"


@dataclass(frozen=True)
class Situation:
    """What an aidante has in front of her. Each usager is asked for once, so that no demande looks like another."""

    titre: str
    prenom: str
    nom: str
    description: str = (
        "Le dossier est complet depuis juillet, personne ne répond. Nous avons appelé trois fois."
    )
    naissance: str = "1985"


def choose_groupes(personne: Personne, *groupes: str) -> None:
    """« Choisir moi-même », then look for each groupe by its name and tick it."""
    personne.press("Choisir moi-même")
    for groupe in groupes:
        filtre = personne.page.get_by_label("Mot à chercher dans les organismes")
        filtre.fill(groupe)
        if not personne.is_scripted:
            personne.press("Filtrer")
        boxes = personne.page.locator("#champ-groupes").get_by_role("checkbox", checked=False)
        expect(boxes).to_have_count(1)  # those ticked before stay shown
        personne.settle()
        boxes.click()  # not check(): the box it would look at again is replaced by a ticked one
        personne.settle()
        expect(boxes).to_have_count(0)
    if not personne.is_scripted:
        personne.press("Mettre la page à jour selon ces choix")


def describe(personne: Personne, situation: Situation) -> None:
    """Sections 2 and 3: the usager and what is blocked."""
    page = personne.page
    page.locator("#champ-prenom").fill(situation.prenom)
    page.get_by_label("Nom de famille").fill(situation.nom)
    page.get_by_label("Date de naissance").fill(situation.naissance)
    if page.locator("#champ-identifiant_allocataire_caf").count():
        page.locator("#champ-identifiant_allocataire_caf").fill(ALLOCATAIRE)
    if page.locator("#champ-identifiant_nir").count():
        page.locator("#champ-identifiant_nir").fill(NIR)
    page.locator("#champ-titre").fill(situation.titre)
    page.locator("#champ-description").fill(situation.description)


def attest_paper(personne: Personne) -> None:
    """Section 5: the usager signed on paper, today."""
    page = personne.page
    page.get_by_role("radio", name="Par écrit").check()
    page.get_by_role("textbox", name="Signé le").fill(today(personne))
    page.locator("#champ-attestation").check()


def today(personne: Personne) -> str:
    """The day in the base, as a date field takes it."""
    [(day,)] = personne.demo.sql("select (now() at time zone 'Europe/Paris')::date::text")
    return str(day)


def send(personne: Personne) -> int:
    """« Envoyer ma demande »; returns the number of the demande that opens."""
    personne.press("Envoyer ma demande")
    personne.says("Votre demande est envoyée")
    return int(personne.page.url.rpartition("/")[2])


def write_demande(personne: Personne, situation: Situation, *groupes: str) -> int:
    """The whole form, sent."""
    personne.open("/demandes/nouvelle")
    choose_groupes(personne, *groupes)
    describe(personne, situation)
    attest_paper(personne)
    return send(personne)
