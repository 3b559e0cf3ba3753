"""The pictures of the guides of `/aide`: the demonstration, gone through as its people would (issue « The A+ team »).

    python -m bench.captures [--toutes]

Needs the Debian packages chromium and chromium-l10n: the Chromium without windows that the tests use writes its own dates
and buttons in English. Names and sizes stand in `app/referentiel/aide_guides.toml`; a picture begins where its region does,
and is as large as it is said there. Dates move from one day to the next: a picture of which little has changed is kept as
it is, unless all are asked for. Look at what was taken before keeping it. A guide that names a picture nobody takes here,
or the other way round, is an error.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, expect, sync_playwright

from app.referentiel import aide
from app.templating import STATIC
from tests.navigateur.demonstration import Demonstration, demonstration, stop
from tests.navigateur.personne import ENVOYER, Personne
from tests.navigateur.redaction import Situation, choose_groupes, describe, write_demande

FOLDER = STATIC / "captures"
# Beside the menu, the cards of a page this wide are as wide as the text of a guide; its margin is beside them.
WIDTH, MARGIN = 980, 20
PATIENCE = 60_000
# A page has few colours: so many, kept exactly, weigh half of what they do as a photograph.
COLOURS = 24
#: Under this share of its points, what changed is a date or a number.
LITTLE = 0.01
AIDA, INES, ROSE, ADA = "aida@exemple.fr", "ines@exemple.fr", "rose@exemple.fr", "ada@exemple.fr"
SITUATION = Situation(
    "Allocation adulte handicapé interrompue depuis juillet",
    "Solenn",
    "Kerleau",
    "L’allocation n’est plus versée depuis juillet, alors que le renouvellement a été demandé en mars. Trois appels et un "
    "courrier sont restés sans réponse. Le loyer d’août n’a pas pu être payé. Nous attendons une reprise du versement.",
)
REPONSE = (
    "Le dossier était bloqué par une pièce mal classée. Les droits sont rouverts aujourd’hui : le versement d’août et de "
    "septembre arrivera le 5 du mois prochain."
)

PROCEDURE = "Demander le renouvellement par son espace personnel, six mois avant la fin des droits, avec le certificat médical."
PAUSE = "Le service déménage : nous répondons de nouveau dès la reprise."
NOUVELLE = {
    "prenom": "Erwan",
    "nom": "Guillou",
    "fonction": "Gestionnaire conseil",
    "email": "erwan.guillou@caf22.exemple.fr",
}


class Appareil:
    """Whoever comes is looked at; `taken` are the pictures, as PNG."""

    def __init__(self, demo: Demonstration, chromium: Browser) -> None:
        self.demo = demo
        self.chromium = chromium
        self.sizes = {e.image.nom: e.image for guide in aide.guides() for e in guide.etapes if e.image}
        self.taken: dict[str, Image.Image] = {}

    def come(self, email: str) -> Personne:
        """Somebody signed in, with JavaScript, in daylight, at a screen twice as fine as its points."""
        context = self.chromium.new_context(
            viewport={"width": WIDTH, "height": 900},
            device_scale_factor=aide.FINESSE,
            color_scheme="light",
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        personne = Personne(self.demo, context, is_scripted=True)
        personne.take_session(email)
        return personne

    def take(self, nom: str, personne: Personne, region: Locator, above: int = 0) -> None:
        """This picture, from the top of this region, or so much above it, to the margin of the page."""
        size = self.sizes[nom]
        personne.settle()
        personne.page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        box = region.first.bounding_box()
        assert box is not None, f"{nom}: nothing there"
        left, top = WIDTH - MARGIN - size.largeur, round(box["y"]) - above
        png = personne.page.screenshot(
            full_page=True, clip={"x": left, "y": top, "width": size.largeur, "height": size.hauteur}
        )
        image = Image.open(BytesIO(png)).convert("RGB")
        self.taken[nom] = image.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")


def card(personne: Personne, titre: str) -> Locator:
    """The card under this title."""
    heading = personne.page.get_by_role("heading", name=titre, exact=True)
    return personne.page.locator(".ap-carte", has=heading).last


def open_a_demande(a: Appareil) -> None:
    """« Ouvrir une demande », « Choisir les bons organismes », « Recueillir le mandat »."""
    aida = a.come(AIDA)
    page = aida.page
    aida.open("/demandes/nouvelle")
    aida.after(
        lambda: page.get_by_label("Sujet").select_option(label="AAH : renouvellement ou versement interrompu")
    )
    a.take("mode-guide", aida, card(aida, "1. Où et à qui"))
    describe(aida, SITUATION)
    aida.settle()
    a.take("situation", aida, card(aida, "3. La demande"))
    a.take("mandat-papier", aida, card(aida, "5. Le mandat"))
    page.locator("#champ-attestation").check()
    aida.settle()
    a.take("recapitulatif", aida, card(aida, "6. Récapitulatif"))
    page.get_by_role("radio", name="Par SMS").check()
    page.get_by_label("Téléphone mobile de l’usager").fill("06 12 34 56 78")
    a.take("mandat-sms", aida, page.locator(".ap-voie").nth(1), above=8)
    aida.after(page.get_by_role("radio", name="Par téléphone").check)
    a.take(
        "mandat-telephone",
        aida,
        page.get_by_role("listitem").filter(has_text="Lire la première question"),
        above=8,
    )
    aida.open("/demandes/nouvelle")
    choose_groupes(aida, "CPAM 22")
    page.get_by_label("Mot à chercher dans les organismes").fill("")
    aida.after(lambda: page.get_by_label("Mot à chercher dans les organismes").press("Enter"))
    a.take("choisir-soi-meme", aida, page.locator("#champ-groupes"), above=8)


def follow_a_demande(a: Appareil) -> None:
    """From the mandat that ends to the demande that reopens: « Clôturer, ou réouvrir », and what an answer asks."""
    aida, ines = a.come(AIDA), a.come(INES)
    numero = write_demande(aida, SITUATION, "CAF 22")
    aida.open(f"/demandes/{numero}/mandat")
    aida.page.locator("summary", has_text="Révoquer le mandat").click()
    a.take("mandat-revocation", aida, aida.page.locator("details", has_text="Révoquer le mandat"), above=10)
    aida.open(f"/demandes/{numero}/invitations")
    a.take("inviter", aida, aida.page.locator("#demande-inviter"), above=12)

    ines.open("/demandes/recues?onglet=en-cours")
    a.take("demandes-recues", ines, ines.page.locator(".ap-tete"))
    ines.open(f"/demandes/{numero}")
    answer = ines.page.locator("#demande-repondre")
    a.take("je-m-en-occupe", ines, answer)
    ines.page.get_by_text("Je ne suis pas le bon interlocuteur").click()
    a.take("pas-le-bon", ines, answer)
    ines.open(f"/demandes/{numero}")
    ines.page.get_by_label("Réponse personnalisée").fill(REPONSE)
    a.take("reponse", ines, ines.page.get_by_text("Réponse personnalisée", exact=True), above=10)
    ines.page.get_by_label("Message réservé aux instructeurs").check()
    a.take("message-reserve", ines, ines.page.locator(".ap-reserve"), above=10)
    ines.page.get_by_label("Message réservé aux instructeurs").uncheck()
    ines.page.get_by_text("Proposer cette procédure à tous les aidants").click()
    ines.page.get_by_label("Cette demande dispose d’une procédure standard").check()
    ines.page.get_by_label("La procédure, pour tous").fill(PROCEDURE)
    a.take("procedure", ines, ines.page.get_by_role("group", name="Avec cette réponse"), above=10)
    ines.page.get_by_label("La procédure, pour tous").fill("")
    ines.page.get_by_text("Proposer cette procédure à tous les aidants").click()
    ines.page.get_by_label("Cette demande dispose d’une procédure standard").uncheck()
    ines.page.get_by_label("Indiquer que j’ai traité la demande").check()
    ines.press(ENVOYER)
    ines.says(REPONSE)

    aida.open(f"/demandes/{numero}")
    a.take("cloturer", aida, aida.page.locator("#demande-cloturer"))
    aida.page.get_by_role("radio", name="Oui").check()
    aida.press("Clôturer la demande")
    aida.open(f"/demandes/{numero}")
    aida.page.get_by_label("Votre message").fill("Le versement de septembre n’est pas arrivé.")
    a.take("reouvrir", aida, aida.page.locator("#demande-repondre"))


def run_a_groupe(a: Appareil) -> None:
    """What a responsable does: accounts, a departure, a pause, figures; and who is away."""
    rose = a.come(ROSE)
    page = rose.page
    rose.open("/groupes")
    rose.press("CAF 22", role="link")
    caf = page.url.rpartition("/")[2]
    rose.press("Idir Hamel", role="link")
    a.take("absence", rose, page.locator("#absence"))
    idir = page.url.rpartition("/")[2]
    rose.open(f"/groupes/{caf}/membres/{idir}/retrait")
    a.take("retrait", rose, page.locator("main form").first, above=6)
    rose.open(f"/groupes/{caf}/comptes")
    for field, said in NOUVELLE.items():
        page.locator(f"#champ-{field}-1").fill(said)
    a.take("comptes", rose, page.locator(".ap-carte").first)
    rose.open(f"/groupes/{caf}/reglages")
    page.get_by_label("Non, pas entre deux dates").check()
    page.get_by_label("Message aux aidants").fill(PAUSE)
    a.take("pause", rose, page.get_by_role("group", name="Recevoir de nouvelles demandes"), above=10)
    rose.open("/statistiques")
    a.take("chiffres", rose, page.locator(".ap-tuiles").first)


def begin_a_platform(a: Appareil) -> None:
    """The first day of the A+ team."""
    ada = a.come(ADA)
    ada.open("/administration/groupes/nouveau")
    a.take("creer-un-groupe", ada, ada.page.locator(".ap-carte").first)
    ada.open("/administration")
    a.take("a-traiter", ada, ada.page.locator("[aria-labelledby=a-traiter]"))


STORIES: list[Callable[[Appareil], None]] = [open_a_demande, follow_a_demande, run_a_groupe, begin_a_platform]


def photograph() -> dict[str, Image.Image]:
    """Every picture, from a demonstration that lives as long."""
    demo = demonstration()
    expect.set_options(timeout=PATIENCE)
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox"],
                env={**os.environ, "LANGUAGE": "fr_FR"},
            )
            appareil = Appareil(demo, chromium)
            for story in STORIES:
                story(appareil)
            chromium.close()
    finally:
        stop(demo)
        shutil.rmtree(demo.folder)
    return appareil.taken


def changed_share(kept: Path, image: Image.Image) -> float:
    """Which share of the points is not what it was."""
    if not kept.is_file():
        return 1.0
    with Image.open(kept) as former:
        if former.size != image.size:
            return 1.0
        difference = ImageChops.difference(former.convert("L"), image.convert("L"))
    moved = difference.point(lambda value: 255 if value > 48 else 0)
    return moved.histogram()[255] / (image.width * image.height)


def main() -> None:
    """Exit 1 when what is taken is not what the guides show."""
    os.environ |= {"APLUS_ENV": "test", "ANSWER_WAIT_SECONDS": "0", "APLUS_VAR": tempfile.mkdtemp()}
    images = photograph()
    FOLDER.mkdir(exist_ok=True)
    for nom, image in sorted(images.items()):
        path = FOLDER / f"{nom}.webp"
        share = changed_share(path, image)
        is_kept = share < LITTLE and "--toutes" not in sys.argv
        if not is_kept:
            content = BytesIO()
            image.save(content, "WEBP", lossless=True, quality=80)
            path.write_bytes(content.getvalue())
        print(f"{'kept' if is_kept else 'taken':6} {share:6.1%} {path.stat().st_size / 1000:5.1f} kB  {nom}")
    shown = {e.image.nom for guide in aide.guides() for e in guide.etapes if e.image}
    if shown != images.keys():
        sys.exit(f"shown and not taken, or taken and not shown: {sorted(shown ^ images.keys())}")


if __name__ == "__main__":
    main()
