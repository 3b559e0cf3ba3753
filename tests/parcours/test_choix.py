"""Choosing a sujet, telling who the usager is, proposing what is known: nothing jumps, nothing is compulsory twice
(issue 8, « Choosing »)."""

from playwright.sync_api import APIResponse, Route, expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

ALINE = "aline@exemple.fr"
SUJET = "Naissance ou décès d’un proche : prévenir les organismes"


def choose(personne: Personne, champ: str, libelle: str) -> None:
    """Choose in a list of the form; without JavaScript the page follows when it is asked."""
    personne.after(lambda: personne.page.locator(f"#champ-{champ}").select_option(label=libelle))
    if not personne.is_scripted:
        personne.press("Mettre la page à jour selon ces choix")


def sujet_of(personne: Personne) -> str:
    """The sujet of a naissance, as its list names it."""
    options = personne.page.locator("#champ-sujet option").all_inner_texts()
    return next(option for option in options if option.startswith("Naissance"))


def test_choosing_follows_without_jumping_and_proposes_what_is_known(arrive: Arrival, js: bool) -> None:
    nom = "Quintin" if js else "Quentin"
    aline = arrive(ALINE, js=js)
    aline.open("/demandes/nouvelle")
    page = aline.page
    sujet = sujet_of(aline)
    choose(aline, "sujet", sujet)
    aline.says("CAF ou MSA ?")
    expect(page.get_by_role("checkbox", name="CPAM 22")).to_be_checked()
    expect(page.get_by_role("checkbox", name="CAF 22")).not_to_be_checked()
    expect(page.locator("#brouillons-etat")).to_contain_text("le brouillon commencera dès que vous écrirez")
    # « Toutes les catégories » stays, with the sujet; another catégorie lets it go, and says what it unticks.
    choose(aline, "categorie", "Toutes les catégories")
    expect(page.locator("#champ-categorie")).to_have_value("")
    expect(page.locator("#champ-sujet option:checked")).to_have_text(sujet)
    choose(aline, "categorie", "Logement")
    aline.says("CPAM 22 : décoché avec le sujet que vous avez quitté")
    choose(aline, "categorie", "Toutes les catégories")
    choose(aline, "sujet", sujet)

    # What looks wrong warns, and blocks nothing.
    page.locator("#champ-prenom").fill("Nolwenn")
    page.locator("#champ-nom").fill(nom)
    page.locator("#champ-naissance").fill("31/02/1990")
    page.locator("#champ-naissance").blur()
    if not js:
        aline.press("Actualiser le récapitulatif")
    aline.says("Cette date n’existe pas dans le calendrier")

    # A mandat on paper is signed today; a call is made now, to the number already typed.
    expect(page.locator("#champ-mandat_le")).not_to_have_value("")
    aline.after(lambda: page.locator("#champ-nouvelle_nature").select_option(label="Téléphone"))
    aline.press("Ajouter")
    page.locator("#champ-autre_valeur-1").fill("06 12 34 56 78")
    aline.after(page.get_by_role("radio", name="Par téléphone").check)
    if not js:
        aline.press("Proposer l’heure et le numéro déjà saisi")
    expect(page.locator("#champ-appel_numero")).to_have_value("06 12 34 56 78")
    expect(page.locator("#champ-appel_heure")).not_to_have_value("")
    aline.press("Reprendre plus tard")
    aline.says(f"Nolwenn {nom}")

    # Several drafts go at once.
    aline.open("/demandes/nouvelle")
    page.locator("#champ-titre").fill(f"Autre démarche {nom}")
    aline.press("Reprendre plus tard")
    aline.open("/demandes")
    aline.says("brouillons vous attendent")
    aline.press("les reprendre", role="link")
    for row in (
        page.locator("li", has_text=f"Nolwenn {nom}"),
        page.locator("li", has_text=f"Autre démarche {nom}"),
    ):
        row.get_by_role("checkbox").check()
    page.locator("summary", has_text="Supprimer les brouillons cochés").click()
    aline.press("Supprimer définitivement les brouillons cochés")
    aline.says("Les brouillons cochés sont effacés")
    aline.says_not(f"Nolwenn {nom}")


def test_the_first_send_says_everything_that_is_missing(arrive: Arrival, js: bool) -> None:
    aline = arrive(ALINE, js=js)
    aline.open("/demandes/nouvelle")
    aline.after(lambda: aline.page.locator("#champ-sujet").select_option(label=sujet_of(aline)))
    aline.press("Envoyer ma demande")
    errors = aline.page.locator(".ap-erreurs li")
    for words in (
        "CAF ou de la MSA",
        "prénom",
        "nom de l’usager",
        "naissance",
        "sécurité sociale",
        "titre",
        "Cochez l’att",
    ):
        expect(errors.filter(has_text=words).first).to_be_visible()


def test_an_older_answer_that_comes_late_never_takes_back_what_a_younger_one_showed(arrive: Arrival) -> None:
    """The title asks for the summary; its answer is held while an organisme is ticked, and comes after."""
    aline = arrive(ALINE)
    page = aline.open("/demandes/nouvelle")
    aline.press("Choisir moi-même")
    asked: list[Route] = []
    answers: list[APIResponse] = []

    def hold_the_first(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()
        else:
            answers.append(route.fetch())

    page.route("**/demandes/nouvelle", hold_the_first)
    with page.expect_request("**/demandes/nouvelle"):
        page.locator("#champ-titre").fill("Dossier bloqué")
        page.locator("#champ-titre").blur()
    page.get_by_role("checkbox", name="CAF 22").check()
    for region in ("#nouvelle_demande-recapitulatif", "#nouvelle_demande-aside"):
        expect(page.locator(region)).to_contain_text("CAF 22")
    asked[0].fulfill(response=answers[0])
    aline.settle()
    for region in ("#nouvelle_demande-recapitulatif", "#nouvelle_demande-aside"):
        expect(page.locator(region)).to_contain_text("CAF 22")
    expect(page.get_by_role("checkbox", name="CAF 22")).to_be_checked()
