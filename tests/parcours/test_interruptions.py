"""Work that stops halfway: the session ends, the browser dies, the network goes. Nothing typed is lost, nothing
leaves twice (issue 3, « It must show »)."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import Dialog, Response, Route, expect

from tests.navigateur.axe import look_at
from tests.navigateur.demonstration import Demonstration
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne
from tests.navigateur.redaction import Situation, attest_paper, choose_groupes, describe, send

AIDA, ALINE, INES = "aida@exemple.fr", "aline@exemple.fr", "ines@exemple.fr"


def count_demandes(demo: Demonstration, email: str) -> int:
    """How many demandes this agent ever sent."""
    [(count,)] = demo.sql(
        "select count(*) from demandes d join agents a on a.id = d.auteur where a.email = %s", email
    )
    return int(count)


def fill(personne: Personne, situation: Situation) -> None:
    """The whole form, ready to leave."""
    personne.open("/demandes/nouvelle")
    choose_groupes(personne, "CAF 22")
    describe(personne, situation)
    attest_paper(personne)
    personne.settle()


def describe_until_saved(personne: Personne, situation: Situation) -> None:
    """Type, then wait until the quiet save has taken the last word."""
    with personne.page.expect_response(saves("description", situation.description)):
        describe(personne, situation)
    personne.settle()


def saves(champ: str, texte: str) -> Callable[[Response], bool]:
    """Whether an answer is that of the quiet save of this text, and not of what was typed just before."""

    def is_saved(answer: Response) -> bool:
        return answer.url.endswith("/brouillon") and parse_qs(answer.request.post_data or "").get(champ) == [
            texte
        ]

    return is_saved


def test_a_session_that_ends_before_sending_loses_nothing(arrive: Arrival, js: bool) -> None:
    situation = Situation("Aide au logement suspendue", "Yann", "Le Bihan" if js else "Le Bris")
    aline = arrive(ALINE, js=js)
    before = count_demandes(aline.demo, ALINE)
    fill(aline, situation)
    aline.demo.end_session(aline.cookie())
    aline.press("Envoyer ma demande")
    expect(aline.page.get_by_role("heading", level=1)).to_have_text("Connexion")
    aline.says("Votre envoi est gardé")
    aline.sign_in(ALINE)
    expect(aline.page.get_by_role("heading", level=1)).to_have_text("Reprendre votre envoi")
    aline.says(situation.description)
    assert count_demandes(aline.demo, ALINE) == before
    if js:
        assert look_at(aline.page) == []
    aline.press("Reprendre là où j’en étais")
    expect(aline.page.get_by_role("heading", level=1)).to_have_text(situation.titre)
    aline.says(situation.nom)
    assert count_demandes(aline.demo, ALINE) == before + 1
    aline.page.go_back()
    if aline.page.get_by_role("button", name="Reprendre là où j’en étais").count():
        aline.press("Reprendre là où j’en étais")
    assert count_demandes(aline.demo, ALINE) == before + 1


def test_somebody_else_never_receives_what_was_typed(arrive: Arrival) -> None:
    aline = arrive(ALINE)
    fill(aline, Situation("Prime non versée", "Katell", "Morvan"))
    aline.demo.end_session(aline.cookie())
    aline.press("Envoyer ma demande")
    aline.sign_in(INES)  # the next one at this counter
    aline.says("Demandes reçues")
    aline.says_not("Morvan")


def test_a_browser_that_dies_while_typing_is_resumed_elsewhere(arrive: Arrival, js: bool) -> None:
    situation = Situation("Rente jamais versée" if js else "Rente jamais reçue", "Nolwenn", "Guézennec")
    aida = arrive(AIDA, js=js)
    aida.open("/demandes/nouvelle")
    choose_groupes(aida, "CPAM 22")
    if js:
        describe_until_saved(aida, situation)
        expect(aida.page.locator("#brouillons-etat")).to_contain_text("Brouillon enregistré à")
    else:
        describe(aida, situation)
        aida.press("Reprendre plus tard")
        aida.says("Votre brouillon est enregistré")
    aida.context.close()

    elsewhere = arrive(AIDA, js=js)
    elsewhere.open("/demandes?onglet=brouillons")
    elsewhere.press(situation.titre, role="link")
    page = elsewhere.page
    expect(page.locator("#champ-nom")).to_have_value(situation.nom)
    expect(page.locator("#champ-description")).to_have_value(situation.description)
    expect(page.get_by_role("checkbox", name="CPAM 22")).to_be_checked()
    attest_paper(elsewhere)
    send(elsewhere)
    elsewhere.open("/demandes?onglet=brouillons")
    elsewhere.says_not(situation.titre)


def test_a_new_form_takes_an_address_that_back_finds_again(arrive: Arrival, js: bool) -> None:
    aida = arrive(AIDA, js=js)
    aida.open("/demandes/nouvelle")
    expect(aida.page).to_have_url(re.compile(r"/demandes/nouvelle\?formulaire=[0-9a-f-]{36}$"))
    address = aida.page.url
    aida.page.locator("#champ-titre").fill("Adresse gardée")
    aida.press("Enregistrer le brouillon")
    aida.open("/demandes")
    while aida.page.url != address:
        aida.page.go_back()
    expect(aida.page.locator("#champ-titre")).to_have_value("Adresse gardée")
    aida.open("/demandes/nouvelle")
    assert aida.page.url != address
    expect(aida.page.locator("#champ-titre")).to_have_value("")


def test_refresh_and_back_lose_nothing(arrive: Arrival) -> None:
    aida = arrive(AIDA)
    situation = Situation("Retraite non liquidée", "Armelle", "Quéméner")
    aida.open("/demandes/nouvelle")
    choose_groupes(aida, "CPAM 22")
    describe_until_saved(aida, situation)
    aida.page.reload()
    expect(aida.page.locator("#champ-titre")).to_have_value(situation.titre)
    aida.page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Aide").click()
    aida.page.go_back()
    expect(aida.page.locator("#champ-description")).to_have_value(situation.description)
    expect(aida.page.get_by_role("checkbox", name="CPAM 22")).to_be_checked()


def test_what_is_on_screen_survives_a_reload_at_any_moment(arrive: Arrival) -> None:
    aida = arrive(AIDA)
    aida.open("/demandes/nouvelle")
    choose_groupes(aida, "CPAM 22")
    for n in range(3):
        aida.page.locator("#champ-description").fill(f"Rien depuis {n} semaines.")
        aida.page.reload()
        expect(aida.page.locator("#champ-description")).to_have_value(f"Rien depuis {n} semaines.")
    aida.settle()
    aida.page.get_by_label("Nom de famille").fill("Tanguy")
    aida.page.locator("#champ-titre").fill("Rente de M. Tanguy")
    aida.page.locator("#champ-titre").blur()
    aida.settle()
    aida.press("Les sortir du titre et les ranger à leur place")
    expect(aida.page.locator("#champ-titre")).not_to_have_value("Rente de M. Tanguy")
    aida.settle()
    shown = aida.page.locator("#champ-titre").input_value()
    aida.page.reload()
    expect(aida.page.locator("#champ-titre")).to_have_value(shown)


def keep(personne: Personne, champ: str, texte: str) -> None:
    """Type this and let it be saved: quietly with JavaScript, by the button without."""
    field = personne.page.locator(f"#champ-{champ}")
    if personne.is_scripted:
        with personne.page.expect_response(saves(champ, texte)):
            field.fill(texte)
    else:
        field.fill(texte)
        personne.press("Enregistrer le brouillon")
    personne.settle()


def test_two_tabs_on_one_draft_tell_the_older_one_which_chooses(arrive: Arrival, js: bool) -> None:
    older = arrive(AIDA, js=js)
    older.open("/demandes/nouvelle")
    older.page.locator("#champ-titre").fill("Carte perdue")
    keep(older, "description", "Une phrase.")
    younger = arrive(AIDA, js=js)
    younger.page.goto(older.page.url)
    keep(younger, "description", "Une autre phrase.")
    keep(older, "description", "Une phrase, et la suite.")
    if js:
        older.press("Comparer et choisir")
    older.says("Une autre phrase.")
    expect(older.page.locator("#champ-description")).to_have_value("Une phrase, et la suite.")
    older.press("Garder ce qui est sur cette page")
    older.says_not("Une autre phrase.")
    younger.page.reload()
    expect(younger.page.locator("#champ-description")).to_have_value("Une phrase, et la suite.")


def test_what_is_corrected_is_no_longer_said_to_be_wrong_and_nothing_is_cut(
    arrive: Arrival, js: bool
) -> None:
    aida = arrive(AIDA, js=js)
    aida.open("/demandes/nouvelle")
    page = aida.page
    page.locator("#champ-nom").fill("Le Dantec")
    page.locator("#champ-titre").fill("Dossier de Le Dantec")
    page.locator("#champ-description").focus()
    page.keyboard.insert_text("a" * 10_050)
    expect(page.locator("#champ-description")).to_have_value("a" * 10_050)
    aida.press("Envoyer ma demande")
    aida.says("10000 caractères au plus, 10050 sont écrits")
    expect(page.locator("#champ-description")).to_have_value("a" * 10_050)
    expect(page).to_have_title(re.compile("^Erreur"))
    page.locator("#champ-titre").fill("Dossier sans nouvelle")
    page.locator("#champ-description").fill("Rien depuis mai.")
    page.locator("#champ-description").blur()
    aida.settle()
    if not js:
        aida.press("Actualiser le récapitulatif")
    for champ in ("titre", "description"):
        expect(page.locator(f"#champ-{champ}")).not_to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#champ-{champ}-erreur")).to_have_count(0)
        expect(page.locator(f".ap-erreurs a[href='#champ-{champ}']")).to_have_count(0)
    if not js:
        expect(page).not_to_have_title(re.compile("^Erreur"))
        return
    left = page.locator(".ap-erreurs li").count()
    expect(page.locator(".ap-erreurs .fr-alert__title")).to_have_text(f"{left} erreurs sont à corriger")


def test_a_network_cut_keeps_the_demande_on_the_page_then_sends_it_once(arrive: Arrival) -> None:
    aline = arrive(ALINE)
    before = count_demandes(aline.demo, ALINE)
    situation = Situation("Complément refusé sans motif", "Gwenola", "Cadiou")
    fill(aline, situation)
    aline.cut_network(True)
    aline.page.get_by_role("button", name="Envoyer ma demande").click()
    expect(aline.page.locator("#panne")).to_be_visible()
    expect(aline.page.locator("#champ-titre")).to_have_value(situation.titre)
    expect(aline.page.locator("#champ-description")).to_have_value(situation.description)
    aline.cut_network(False)
    # What the cut held back leaves by itself.
    aline.says("Votre demande est envoyée")
    assert count_demandes(aline.demo, ALINE) == before + 1


def test_what_a_cut_stops_while_one_writes_sends_nothing_by_itself(arrive: Arrival) -> None:
    aline = arrive(ALINE)
    before = count_demandes(aline.demo, ALINE)
    fill(aline, Situation("Complément toujours absent", "Soizic", "Kerlann"))
    aline.settle()
    aline.cut_network(True)
    # The page brings itself up to date while one writes: that is what the cut stops, and nobody pressed « Envoyer ».
    aline.page.locator("#champ-description").press_sequentially(" Encore un mot.")
    aline.page.locator("#champ-titre").focus()
    expect(aline.page.locator("#panne")).to_be_visible()
    with aline.page.expect_response("**/demandes/nouvelle/brouillon"):
        aline.cut_network(False)
    expect(aline.page.locator("#brouillons-etat")).to_contain_text("Brouillon enregistré à")
    assert count_demandes(aline.demo, ALINE) == before


def test_a_network_cut_keeps_the_answer_on_the_page_then_sends_it_once(arrive: Arrival) -> None:
    ines = arrive(INES)
    numero, _ = ines.demo.take_demande()
    ines.open(f"/demandes/{numero}")
    ines.page.get_by_label("Réponse personnalisée").fill("Je fais recalculer les droits.")
    ines.cut_network(True)
    ines.page.get_by_role("button", name=ENVOYER).click()
    expect(ines.page.locator("#panne")).to_be_visible()
    expect(ines.page.get_by_label("Réponse personnalisée")).to_have_value("Je fais recalculer les droits.")
    ines.cut_network(False)
    expect(ines.page.locator("#panne")).to_be_hidden()
    expect(ines.page.locator(".ap-message", has_text="Je fais recalculer les droits.")).to_have_count(1)


def test_a_tab_keeps_what_was_refused_and_nothing_of_what_left(arrive: Arrival) -> None:
    """Sent as soon as typed, before its draft was saved: reloaded, the page does not say that it had not left."""
    ines = arrive(INES)
    numero, _ = ines.demo.take_demande()
    page = ines.open(f"/demandes/{numero}")
    texte, etat = page.get_by_label("Réponse personnalisée"), page.locator("#brouillons-etat")
    texte.fill("Le versement reprend.")
    ines.press(ENVOYER)
    expect(page.locator(".ap-message", has_text="Le versement reprend.")).to_have_count(1)
    page.reload()
    expect(texte).to_have_value("")
    expect(etat).to_have_text("")
    idir = arrive("idir@exemple.fr")
    idir.open(f"/demandes/{numero}")
    idir.press("Je m’en occupe")
    texte.fill("Je m’en charge demain.")
    ines.press(ENVOYER)
    ines.says("Que voulez-vous en faire")
    page.reload()
    expect(texte).to_have_value("Je m’en charge demain.")


def test_what_a_cut_stops_on_its_way_leaves_once_and_an_old_page_asks_first(arrive: Arrival) -> None:
    ines = arrive(INES)
    numero, _ = ines.demo.take_demande()
    page = ines.page
    asked: list[str] = []

    def cut(route: Route) -> None:
        ines.cut_network(True)
        route.abort("internetdisconnected")

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.clock.install()
    ines.open(f"/demandes/{numero}")
    sent = page.locator(".ap-message", has_text="Parti pendant la coupure.")

    # The network goes while the answer is on its way.
    page.get_by_label("Réponse personnalisée").fill("Parti pendant la coupure.")
    page.route("**/messages", cut)
    page.get_by_role("button", name=ENVOYER).click()
    expect(page.locator("#panne")).to_be_visible()
    page.unroute("**/messages")
    ines.cut_network(False)
    expect(sent).to_have_count(1)

    # An hour without network: the page asks, and a no keeps the text.
    page.on("dialog", refuse)
    page.get_by_label("Réponse personnalisée").fill("Une heure plus tard.")
    ines.cut_network(True)
    page.get_by_role("button", name=ENVOYER).click()
    page.clock.fast_forward("01:00:00")
    ines.cut_network(False)
    expect(page.locator("#brouillons-etat")).to_contain_text("Brouillon enregistré à")
    assert asked == ["Le réseau est revenu. Envoyer ce que vous aviez préparé\u00a0?"]
    expect(page.get_by_label("Réponse personnalisée")).to_have_value("Une heure plus tard.")
    expect(page.locator(".ap-message", has_text="Une heure plus tard.")).to_have_count(0)


def test_an_answer_that_meets_the_end_of_the_session_is_sent_after_signing_in(
    arrive: Arrival, js: bool
) -> None:
    ines = arrive(INES, js=js)
    numero, _ = ines.demo.take_demande("aida@exemple.fr")
    ines.open(f"/demandes/{numero}")
    ines.page.get_by_label("Réponse personnalisée").fill("Le dossier est retrouvé.")
    ines.demo.end_session(ines.cookie())
    ines.press(ENVOYER)
    ines.sign_in(INES)
    ines.says("Le dossier est retrouvé.")
    ines.press("Reprendre là où j’en étais")
    expect(ines.page.locator(".ap-message", has_text="Le dossier est retrouvé.")).to_have_count(1)


def write_in_two_windows(arrive: Arrival, js: bool) -> tuple[Personne, Personne]:
    """Inès has one demande open in two windows, and each keeps another answer."""
    one, two = arrive(INES, js=js), arrive(INES, js=js)
    numero, _ = one.demo.take_demande()
    for window in (one, two):
        window.open(f"/demandes/{numero}")
    keep(one, "texte", "Le dossier est complet.")
    keep(two, "texte", "Il manque un justificatif.")
    return one, two


def test_two_windows_on_one_answer_lose_no_text_and_say_so(arrive: Arrival, js: bool) -> None:
    one, two = write_in_two_windows(arrive, js)
    two.says("Vous avez aussi écrit cette réponse dans une autre fenêtre")
    expect(two.page.get_by_label("Réponse personnalisée")).to_have_value("Il manque un justificatif.")
    two.page.get_by_text("Lire l’autre texte").click()
    if js:
        # What one reads stays open while one goes on.
        keep(two, "texte", "Il manque un justificatif : lequel ?")
        expect(two.page.locator("#brouillons-autres details")).to_have_attribute("open", "")
    expect(two.page.get_by_text("Le dossier est complet.", exact=True)).to_be_visible()

    # Sending takes one's own text alone; the other one is still in its window, and is found again.
    two.press(ENVOYER)
    sent = two.page.locator(".ap-message", has_text="Il manque un justificatif")
    expect(sent).to_have_count(1)
    expect(sent).not_to_contain_text("Le dossier est complet.")
    expect(two.page.get_by_label("Réponse personnalisée")).to_have_value("Le dossier est complet.")
    keep(one, "texte", "Le dossier est complet, merci.")
    if js:
        expect(one.page.locator("#brouillons-etat")).to_contain_text("Brouillon enregistré à")
    one.page.reload()
    expect(one.page.get_by_label("Réponse personnalisée")).to_have_value("Le dossier est complet, merci.")
    one.page.get_by_label("Réponse personnalisée").fill("")
    one.press("Enregistrer le brouillon")


def test_one_button_takes_in_what_the_other_window_wrote(arrive: Arrival, js: bool) -> None:
    _, two = write_in_two_windows(arrive, js)
    assert not js or look_at(two.page) == []
    two.press("Ajouter ce texte au mien")
    both = "Il manque un justificatif.\n\nLe dossier est complet."
    expect(two.page.get_by_label("Réponse personnalisée")).to_have_value(both)
    two.says_not("dans une autre fenêtre")
    two.page.reload()
    expect(two.page.get_by_label("Réponse personnalisée")).to_have_value(both)
    two.page.get_by_label("Réponse personnalisée").fill("")
    two.press("Enregistrer le brouillon")
