"""Somebody is invited from the page of the demande, which it never leaves where htmx works."""

from playwright.sync_api import expect

from tests.navigateur.axe import look_at
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import Personne

AIDA, INES, IDIR = "aida@exemple.fr", "ines@exemple.fr", "idir@exemple.fr"
CHANGE = "Ce qui a changé depuis l’ouverture de votre page"
NAME = "(box) => box.labels[0].firstChild.textContent.trim()"
MOT = "Le dossier est chez vous depuis août."


def open_invitations(personne: Personne, numero: int) -> None:
    """Open the demande, then who may be invited there."""
    personne.open(f"/demandes/{numero}")
    personne.press_inviter()


def test_an_invitation_opens_and_ends_in_the_page(arrive: Arrival) -> None:
    ines = arrive(INES)
    numero, _ = ines.demo.take_demande(AIDA)
    ines.open(f"/demandes/{numero}")
    here = ines.page.url
    ines.page.get_by_label("Réponse personnalisée").fill("Je regarde.")
    ines.settle()
    ines.press("Inviter un organisme ou un collègue", role="link")
    said = ines.page.locator("#annonces")
    expect(ines.page.get_by_role("heading", name="Inviter sur cette demande")).to_be_focused()
    assert look_at(ines.page) == []

    # Another département changes who may be chosen, and nothing of what was typed.
    ines.page.get_by_label("Message (facultatif)").fill(MOT)
    ines.page.get_by_label("Organismes du département").select_option("67")
    ines.press("Afficher")
    expect(said).to_have_text("10 organismes à inviter, Bas-Rhin (67)")
    expect(ines.page.get_by_role("button", name="Afficher", exact=True)).to_be_focused()
    # The look unfolded what asks first who may take over; opened from there, nothing typed goes.
    ines.press("Transférer à un autre organisme, ou d’un autre département", role="link")
    expect(ines.page.get_by_role("heading", name="Inviter sur cette demande")).to_be_focused()
    word = ines.page.locator("#champ-inviter-texte")
    expect(word).to_have_value(MOT)

    # Nobody chosen: said there, with the word and the département.
    ines.press("Inviter")
    summary = ines.page.locator("#inviter-erreurs")
    expect(summary).to_be_focused()
    expect(ines.page).to_have_title("Erreur : " + ines.page.title().removeprefix("Erreur : "))
    expect(word).to_have_value(MOT)
    assert look_at(ines.page) == []
    ines.press("Choisissez au moins un groupe, un collègue ou les experts.", role="link")
    expect(ines.page.locator("#champ-inviter-groupes")).to_be_focused()
    ines.page.locator("#demande-inviter").get_by_role("checkbox", name="CAF 67").check()
    assert ines.page.url.startswith(here)
    ines.press("Inviter")
    expect(said).to_have_text("L’invitation est envoyée.")
    expect(ines.page.locator("#demande-fil li").last).to_be_focused()
    expect(ines.page.locator("#demande-fil li").last).to_contain_text(MOT)
    expect(ines.page.locator("#demande-organismes")).to_contain_text("CAF 67")
    expect(summary).to_have_count(0)
    expect(ines.page.get_by_label("Réponse personnalisée")).to_have_value("Je regarde.")

    # Opened again for nothing, it closes where it was opened.
    ines.press("Inviter un organisme ou un collègue", role="link")
    ines.press("Ne pas inviter", role="link")
    expect(ines.page.get_by_role("link", name="Inviter un organisme ou un collègue")).to_be_focused()


def test_a_colleague_who_invited_first_is_said_and_nothing_is_doubled(arrive: Arrival, js: bool) -> None:
    ines, idir = arrive(INES, js=js), arrive(IDIR, js=js)
    numero, _ = ines.demo.take_demande(AIDA)
    first, second = "", ""
    for somebody in (ines, idir):
        open_invitations(somebody, numero)
        boxes = somebody.page.locator("#inviter-groupes [name=groupes]")
        first, second = (boxes.nth(rank).evaluate(NAME) for rank in (0, 1))
        boxes.first.check()
    idir.press("Inviter")
    ines.page.get_by_label("Message (facultatif)").fill(MOT)
    ines.press("Inviter")
    ines.says(CHANGE)
    ines.says(f"a invité {first}")
    expect(ines.page.get_by_label("Message (facultatif)")).to_have_value(MOT)
    if js:
        expect(ines.page.locator("#inviter-erreurs")).to_be_focused()
        expect(ines.page.locator("#demande-fil")).to_be_visible()
        assert look_at(ines.page) == []

    # Its own page has no box any more for who is there; another one is asked with the same word.
    ines.page.locator("#demande-inviter").get_by_role("checkbox", name=second).check()
    ines.press("Inviter quand même")
    ines.says("L’invitation est envoyée.")
    expect(ines.page.locator("#demande-fil li").last).to_contain_text(MOT)
    parts = ines.demo.sql(
        """
        select g.nom from sollicitations s join groupes g on g.id = s.groupe
        where s.demande = %s and g.nom in (%s, %s)
        """,
        numero,
        first,
        second,
    )
    assert sorted(nom for (nom,) in parts) == sorted((first, second))


def test_what_is_typed_is_there_again_after_who_may_be_invited(arrive: Arrival, js: bool) -> None:
    aida = arrive(AIDA, js=js)
    numero, _ = aida.demo.take_demande(AIDA)
    aida.open(f"/demandes/{numero}")
    aida.page.get_by_label("Votre message").fill(MOT)
    aida.press_inviter()
    if js:
        expect(aida.page.get_by_label("Votre message")).to_have_value(MOT)
        aida.press("Ne pas inviter", role="link")
    else:
        aida.says("Votre brouillon est enregistré")
        aida.press("Revenir à la demande", role="link")
    expect(aida.page.get_by_label("Votre message")).to_have_value(MOT)


def test_a_session_ended_elsewhere_leads_to_who_may_be_invited_with_the_text_kept(arrive: Arrival) -> None:
    aida = arrive(AIDA, js=False)
    numero, _ = aida.demo.take_demande(AIDA)
    aida.open(f"/demandes/{numero}")
    aida.page.get_by_label("Votre message").fill(MOT)
    aida.demo.end_session(aida.cookie())
    aida.press_inviter()
    aida.says("Votre envoi est gardé")
    aida.sign_in(AIDA)
    aida.says(MOT)
    aida.press("Reprendre là où j’en étais")
    aida.says(f"Inviter sur la demande n° {numero}")
    aida.press("Revenir à la demande", role="link")
    expect(aida.page.get_by_label("Votre message")).to_have_value(MOT)


def test_another_departement_loses_nothing_of_what_was_typed(arrive: Arrival, js: bool) -> None:
    """On the page of its own, where scripts did not bring it into that of the demande."""
    ines = arrive(INES, js=js)
    numero, _ = ines.demo.take_demande(AIDA)
    ines.open(f"/demandes/{numero}/invitations")
    here = ines.page.locator("#inviter-groupes")
    chosen = here.get_by_role("checkbox").first
    nom = chosen.evaluate(NAME)
    chosen.check()
    ines.page.get_by_role("checkbox", name="Idir Hamel").check()
    ines.page.get_by_label("Message (facultatif)").fill(MOT)
    ines.page.get_by_label("Organismes du département").select_option("67")
    ines.press("Afficher")
    expect(here).to_contain_text(f"Bas-Rhin (67). Reste coché : {nom}.")
    expect(ines.page.get_by_label("Organismes du département")).to_have_value("67")
    expect(here.get_by_role("checkbox").first).to_be_checked()
    expect(ines.page.get_by_role("checkbox", name="Idir Hamel")).to_be_checked()
    expect(ines.page.get_by_label("Message (facultatif)")).to_have_value(MOT)
    if js:
        assert look_at(ines.page) == []

    # The Enter key invites, wherever one is in the form.
    box = here.get_by_role("checkbox", name="CAF 67")
    box.check()
    ines.after(lambda: box.press("Enter"))
    ines.says("L’invitation est envoyée.")
    last = ines.page.locator("#demande-fil li").last
    for said in (nom, "CAF 67", "Idir Hamel", MOT):
        expect(last).to_contain_text(said)
