"""Two windows on one demande, one of which is out of date: nobody’s work is undone, and each says what it had not seen
(issue 8, « Acting together »)."""

from playwright.sync_api import expect

from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER, Personne

ALINE, INES, IDIR = "aline@exemple.fr", "ines@exemple.fr", "idir@exemple.fr"
CHANGE = "Ce qui a changé depuis l’ouverture de votre page"


def part_of(personne: Personne, numero: int) -> tuple[bool, bool, str]:
    """Whether the CAF 22 has ended its part, declined it, and who follows it: as the base keeps it."""
    [row] = personne.demo.sql(
        """
        select s.traitee_at is not null, s.declinee_at is not null, coalesce(a.prenom, '')
        from sollicitations s join groupes g on g.id = s.groupe left join agents a on a.id = s.taken_by
        where s.demande = %s and g.nom = 'CAF 22'
        """,
        numero,
    )
    return bool(row[0]), bool(row[1]), str(row[2])


def test_an_old_page_undoes_nothing_and_asks_again(arrive: Arrival, js: bool) -> None:
    ines, idir = arrive(INES, js=js), arrive(IDIR, js=js)
    numero, _ = ines.demo.take_demande(ALINE)
    for somebody in (ines, idir):
        somebody.open(f"/demandes/{numero}")

    # Both take it: the second one is told, and takes it over knowingly.
    ines.press("Je m’en occupe")
    idir.press("Je m’en occupe")
    idir.says(CHANGE)
    assert part_of(ines, numero)[2] == "Inès"
    idir.press("Suivie par Inès Le Goff\u00a0: reprendre\u00a0?")
    assert part_of(ines, numero)[2] == "Idir"
    idir.press("Je ne m’en occupe plus")
    assert part_of(ines, numero)[2] == ""

    # One ends it; the decline of the other, from a page that showed it open, binds nobody.
    ines.open(f"/demandes/{numero}")
    idir.open(f"/demandes/{numero}")
    ines.page.get_by_label("Indiquer que j’ai traité la demande").check()
    ines.press(ENVOYER)
    idir.page.get_by_text("Je ne suis pas le bon interlocuteur", exact=True).click()
    idir.page.get_by_label("Un mot d’explication (facultatif)").fill("Voyez plutôt la MSA.")
    idir.press("Confirmer\u00a0: CAF 22 n’est pas le bon interlocuteur")
    idir.says(CHANGE)
    idir.says("Rien n’est encore fait")
    assert part_of(ines, numero)[:2] == (True, False)

    # The aidante closes from a page opened before a last answer: she reads it first.
    aline = arrive(ALINE, js=js)
    aline.open(f"/demandes/{numero}/cloture")
    idir.open(f"/demandes/{numero}")
    idir.page.get_by_label("Réponse personnalisée").fill("Encore un mot\u00a0: gardez ce courrier.")
    idir.press(ENVOYER)
    aline.page.get_by_role("radio", name="Oui").check()
    aline.press("Clôturer la demande")
    aline.says("gardez ce courrier")
    aline.press("Clôturer quand même")
    aline.says("clôturée")


def test_the_same_draft_in_two_windows_is_two_texts(arrive: Arrival, js: bool) -> None:
    """Send in one window, replace the text in the other, send: both texts are in the thread, or the second is told."""
    ines = arrive(INES, js=js)
    numero, _ = ines.demo.take_demande(ALINE)
    url = f"/demandes/{numero}"
    ines.open(url)
    ines.page.get_by_label("Réponse personnalisée").fill("Premier texte.")
    ines.press("Enregistrer le brouillon")
    other = arrive(INES, js=js)
    for window in (ines, other):
        window.open(url)
        expect(window.page.get_by_label("Réponse personnalisée")).to_have_value("Premier texte.")
    ines.press(ENVOYER)
    other.page.get_by_label("Réponse personnalisée").fill("Second texte, tout autre.")
    other.press(ENVOYER)
    other.says("n’est pas encore envoyé")
    expect(other.page.get_by_label("Réponse personnalisée")).to_have_value("Second texte, tout autre.")
    other.press("Envoyer quand même")
    for texte in ("Premier texte.", "Second texte, tout autre."):
        expect(other.page.locator("#demande-fil .ap-message", has_text=texte)).to_have_count(1)
    if js:
        return
    # Back, and the very same text again: one message.
    other.open(url)
    other.page.get_by_label("Réponse personnalisée").fill("Une seule fois.")
    other.press(ENVOYER)
    other.page.go_back()
    other.page.get_by_label("Réponse personnalisée").fill("Une seule fois.")
    other.press(ENVOYER)
    other.open(url)
    expect(other.page.locator("#demande-fil .ap-message", has_text="Une seule fois.")).to_have_count(1)
