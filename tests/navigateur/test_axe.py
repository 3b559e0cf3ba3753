"""Every page × state, at 1280 and 320 px, light and dark: no violation, nothing excluded (quality A1)."""

import re
from typing import LiteralString

import pytest
from playwright.sync_api import expect

from app.main import create_litestar
from tests.navigateur.axe import UNFOLD, look_at
from tests.navigateur.fixtures import Arrival
from tests.navigateur.personne import ENVOYER
from tests.navigateur.redaction import Situation, attest_paper, choose_groupes, describe, send

AIDA, INES, IVAN = "aida@exemple.fr", "ines@exemple.fr", "ivan@exemple.fr"
ROSE, ELIE, PAUL, ADA = "rose@exemple.fr", "elie@exemple.fr", "paul@exemple.fr", "ada@exemple.fr"
CALLAC, REFERENTIEL = "accueil.callac@exemple.fr", "/administration/referentiel"

# What answers a GET and is no page of ours: a text, a document, what only a region asks for, the legal text alone.
NO_PAGES = {
    "/.well-known/security.txt",
    "/_courriels/{cle:str}/html",
    "/administration/imports/{numero_import:str}/a-corriger.csv",
    *("/administration/journal.csv", f"{REFERENTIEL}/versions/{{edition:str}}/referentiel.json"),
    *(f"/api/v1/{noun}" for noun in ("definitions", "indicateurs", "openapi.json")),
    *(f"/demandes/{{numero:str}}/{paper}" for paper in ("impression.html", "impression.pdf", "note.pdf")),
    *("/demandes/{numero:str}/pieces-jointes.zip", "/demandes/{numero:str}/mandat.pdf"),
    *("/demandes/papier.pdf", "/mandats/bilingue/{langue:str}/mandat.pdf"),
    "/deploiement/{fichier:str}",
    *(f"/connexion/proconnect{way}" for way in ("", "/retour", "/deconnexion")),
    *(f"/groupes/{{groupe:str}}/{table}" for table in ("demandes.csv", "demandes.ods", "membres.csv")),
    "/mandats/{cle:str}/attente",
    *("/demandes/{numero:str}/presence", "/demandes/{numero:str}/suivante"),
    *("/profil/donnees.json", "/profil/donnees.txt", "/profil/session"),
    "/mandats/textes/{version:str}/mandat.css",
    "/mandats/vierge.pdf",
    *(f"/pieces-jointes/{{piece:str}}{picture}" for picture in ("", "/vignette", "/apercu/{page:str}")),
    *("/sante", "/sante/pret", "/sante/metriques"),
    *("/statistiques.csv", "/statistiques.json"),
    *("/static/{chemin:path}", "/statistiques/tableaux/{tableau:str}"),
}
# Pages only the stories below reach.
ON_THE_WAY = {
    *("/aide/contact/lien/{lien:str}", "/aide/contact/{conversation:str}", "/_courriels/{cle:str}", "/cgu"),
    *("/administration/conversations/{conversation:str}", "/administration/procedures/{procedure:str}"),
    *("/administration/bandeau/{bandeau:str}", "/administration/maintenance/{maintenance:str}"),
    *("/administration/imports/{numero_import:str}", "/reprise/{cle:uuid}"),
    *(f"/connexion/{way}" for way in ("courriel", "second-facteur", "proconnect/fin")),
    # In parcours (proconnect, requetes, repentir, since a message has no number) and test_pieces_jointes.py.
    "/administration/demandes-usagers/{requete:str}/effacement",
    *("/demandes/{numero:str}/messages/{ligne:str}/correction", "/pieces-jointes/{piece:str}/apercu"),
    # These are found with their groupe, below.
    "/groupes/{groupe:str}/reponses/{reponse:str}",
    *("/groupes/{groupe:str}/membres/{agent:str}", "/groupes/{groupe:str}/membres/{agent:str}/retrait"),
}

# who, address: what is shown as it comes.
PAGES: list[tuple[str | None, str]] = [
    (None, "/"),
    (None, "/statistiques"),
    (None, "/connexion"),
    (None, "/connexion/lien/perdu"),
    (None, "/aide"),
    (None, "/aide?q=mandat"),
    (None, "/aide?q=introuvable"),
    (None, "/aide/glossaire"),
    (None, "/aide/contact"),
    (AIDA, "/aide/contact"),
    (None, "/aide/repondre"),
    (INES, "/aide"),
    (None, "/mentions-legales"),
    (None, "/donnees-personnelles"),
    (None, "/accessibilite"),
    *((None, path) for path in ("/affichage", "/raccourcis")),
    (None, "/plan-du-site"),
    (AIDA, "/plan-du-site"),
    (None, "/conditions-generales"),
    (None, "/_courriels"),
    (None, "/_telephone"),
    (None, "/_composants"),
    (None, "/introuvable"),
    (AIDA, "/introuvable"),
    (AIDA, "/demandes"),
    (AIDA, "/demandes?onglet=a-cloturer"),
    (AIDA, "/demandes?onglet=cloturees"),
    (AIDA, "/demandes?onglet=brouillons"),
    (AIDA, "/demandes?q=introuvable"),
    (AIDA, "/demandes/recherche"),
    (AIDA, "/demandes/recherche?q=dossier"),
    (AIDA, "/demandes/recherche?q=introuvable"),
    (AIDA, "/demandes/nouvelle"),
    (AIDA, "/demandes/recues"),
    (AIDA, "/demandes/papier"),
    (AIDA, "/photos"),
    (AIDA, "/mandats/vierge"),
    *((AIDA, f"/mandats/vierge/{modele}") for modele in ("standard", "grands-caracteres", "falc")),
    *((AIDA, f"/mandats/bilingue/{langue}") for langue in ("ar", "zh")),
    (AIDA, "/profil"),
    (AIDA, "/profil/notifications"),
    (AIDA, "/profil/donnees"),
    (AIDA, "/profil/second-facteur"),
    (AIDA, "/quoi-de-neuf"),
    (INES, "/demandes/recherche?q=bonjour"),
    (ROSE, "/demandes/recherche"),
    (ROSE, "/demandes/recherche?q=caf"),
    (ROSE, "/demandes/recherche?q=inès"),
    (ROSE, "/demandes/recherche?q=introuvable"),
    (PAUL, "/demandes/recherche?q=caf"),
    (ADA, "/demandes/recherche?q=a"),
    (ROSE, "/groupes"),
    (ADA, "/groupes"),
    (ADA, "/groupes?q=introuvable"),
    (CALLAC, "/profil"),
    (CALLAC, "/demandes/nouvelle"),
    (INES, "/demandes/recues?onglet=nouvelles"),
    *((INES, one) for one in ("/demandes/recues", "/demandes/vues?retour=/demandes/recues")),
    (INES, "/demandes/recues?page=2&departement=22"),
    (INES, "/demandes/recues?cocher=1"),
    (INES, "/demandes/recues?onglet=en-souffrance"),
    (INES, "/demandes/recues?onglet=traitees"),
    (ELIE, "/demandes/suivies"),
    (PAUL, "/"),
    (PAUL, "/statistiques"),
    (PAUL, "/deploiement"),
    (ADA, "/statistiques"),
    (ADA, "/deploiement"),
    (ADA, "/blocages"),
    (ADA, "/administration"),
    *((ADA, f"/administration/agents{which}") for which in ("", "?q=introuvable", "/nouveau", "/1")),
    *((ADA, f"/administration/bandeau{which}") for which in ("", "/nouveau")),
    *((ADA, f"/administration/maintenance{which}") for which in ("", "/nouvelle")),
    (ADA, "/administration/imports"),
    *((ADA, f"/administration/journal{which}") for which in ("", "?qui=introuvable")),
    *((ADA, f"/administration/{page}") for page in ("reglages", "traductions", "conditions")),
    *((ADA, f"{REFERENTIEL}{page}") for page in ("", "/sujets/rsa_suspendu", "/jours/22", "/versions")),
    *((ADA, f"{REFERENTIEL}/versions/{page}") for page in ("0", "0/retour")),
    (ADA, "/administration/groupes"),
    (ADA, "/administration/groupes?manque=responsable"),
    (ADA, "/administration/groupes/nouveau"),
    (ADA, "/administration/groupes/1"),
    (ADA, "/administration/groupes/1/fermeture"),
    (ADA, "/administration/demandes-usagers"),
    *((ADA, f"/administration/{noun}") for noun in ("signalements", "conversations", "procedures")),
    *((AIDA, path) for path in ("/procedures", "/procedures?q=hippocampe")),
    (ROSE, "/"),
    (ROSE, "/statistiques"),
    (ROSE, "/statistiques?periode=2019"),
    (INES, "/blocages"),
]

# A demande of the seed as each role sees it, and what hangs on it.
OPEN = """
    select s.demande from sollicitations s join demandes d on d.numero = s.demande
    join agents a on a.id = d.auteur join groupes g on g.id = s.groupe
    join mandats papier on papier.demande = d.numero and papier.nature = 'papier'
    where a.email = 'aida@exemple.fr' and g.nom = 'CAF 22' and d.closed_at is null and s.traitee_at is null
        and s.declinee_at is null order by s.answered_at is not null desc, s.demande desc limit 1
"""
CLOSED = """
    select max(s.demande) from sollicitations s join demandes d on d.numero = s.demande
    join agents a on a.id = d.auteur join groupes g on g.id = s.groupe
    where a.email = 'aida@exemple.fr' and d.closed_at is not null and d.erased_at is null
"""
# Nothing of the seed is old enough: one is made so, the same each time.
ERASED: LiteralString = """
    with faite as (
        update demandes set erased_at = now(), titre = '', description = '' where numero = (
            select min(d.numero) from demandes d join agents a on a.id = d.auteur
            where a.email = 'aida@exemple.fr' and d.closed_at is not null) returning numero
    ), dite as (insert into effacements (demande, raison, done_at) select numero, 'delai', now() from faite
        on conflict do nothing)
    select numero from faite
"""
MANDAT: LiteralString = f"select m.id from mandats m where m.nature = 'papier' and m.demande = ({OPEN})"
CAF: LiteralString = "select id from groupes where nom = 'CAF 22'"
IDIR: LiteralString = """
    select g.id || '/membres/' || a.id from groupes g, agents a where g.nom = 'CAF 22' and a.email = 'idir@exemple.fr'
"""
MAELLE: LiteralString = """
    select m.groupe || '/membres/' || a.id from agents a join adhesions m on m.agent = a.id
    where a.email = 'maelle.tremel@exemple.fr'
"""
REPONSE: LiteralString = "select groupe || '/reponses/' || max(id) from reponses group by groupe"
# Nothing is reported in the seed: one is, by Inès.
SIGNALEE: LiteralString = f"""
    insert into signalements (demande, agent, vise, raison, texte)
    select d.numero, i.id, d.auteur, 'propos', 'Un message est déplacé.' from demandes d, agents i
    where i.email = 'ines@exemple.fr' and d.numero = ({OPEN})
    on conflict (agent, demande) where treated_at is null do update set texte = excluded.texte returning ''
"""
AIDANTE: LiteralString = "select id from agents where email = 'aida@exemple.fr'"
VACANTE: LiteralString = "select max(numero) from demandes where vacante_at is not null"
FOUND: list[tuple[str, LiteralString, str]] = [
    (AIDA, OPEN, "/demandes/{}"),
    (AIDA, OPEN, "/demandes/{}/invitations"),
    (AIDA, OPEN, "/demandes/{}/cloture"),
    (AIDA, OPEN, "/demandes/{}/impression"),
    (AIDA, OPEN, "/demandes/{}/note"),
    (AIDA, OPEN, "/demandes/{}/mandat"),
    (AIDA, OPEN, "/demandes/{}/signalement"),
    (AIDA, CLOSED, "/demandes/{}"),
    (AIDA, ERASED, "/demandes/{}"),
    (AIDA, ERASED, "/demandes/{}/effacement"),
    (INES, OPEN, "/demandes/{}"),
    (INES, OPEN, "/demandes/{}/invitations"),
    (INES, OPEN, "/demandes/{}/mandat"),
    (ROSE, OPEN, "/demandes/{}"),
    (AIDA, VACANTE, "/demandes/{}"),
    (ROSE, CAF, "/groupes/{}"),
    (ROSE, CAF, "/groupes/{}?etat=desactives"),
    (ROSE, CAF, "/groupes/{}?q=introuvable"),
    (ROSE, CAF, "/groupes/{}/demandes"),
    (ROSE, CAF, "/groupes/{}/demandes?etat=traitee&souffrance=1"),
    (ROSE, CAF, "/groupes/{}/comptes"),
    (ROSE, CAF, "/groupes/{}/reglages"),
    (ROSE, IDIR, "/groupes/{}"),
    (ROSE, IDIR, "/groupes/{}/retrait"),
    (ROSE, IDIR, "/groupes/{}/retrait?acte=desactiver"),
    (ROSE, MAELLE, "/groupes/{}"),
    (INES, CAF, "/groupes/{}"),
    (INES, CAF, "/groupes/{}/reponses"),
    (INES, REPONSE, "/groupes/{}"),
    (INES, CAF, "/groupes/{}/reponses?q=introuvable"),
    (INES, IDIR, "/groupes/{}/retrait"),
    (ADA, OPEN, "/demandes/{}"),
    (ADA, SIGNALEE, "/administration/signalements{}"),
    (ADA, AIDANTE, "/administration/agents/{}/exclusion"),
    (AIDA, MANDAT, "/mandats/{}"),
    (AIDA, MANDAT, "/mandats/{}/texte"),
]

LONG = Situation(
    "Allocation aux adultes handicapés interrompue depuis le renouvellement de juillet malgré trois relances et un "
    "recours amiable sans suite",
    "Jean-Christophe Marie Emmanuel",
    "de La Rochefoucauld-Montbazon" + "-Longuenom" * 6,
    description="https://exemple.fr/"
    + "adresse-sans-aucun-espace-" * 12
    + "\n\n"
    + "Nous avons relancé. " * 300,
    naissance="1er janvier 1950, ou 1951 selon le livret de famille",
)


@pytest.mark.parametrize("who", [None, AIDA, CALLAC, INES, ROSE, ELIE, PAUL, ADA])
def test_every_page_is_for_everyone(arrive: Arrival, who: str | None) -> None:
    personne = arrive(who)
    paths = [path for reader, path in PAGES if reader == who]
    for reader, which, path in FOUND:
        if reader == who:
            [(found,)] = personne.demo.sql(which)
            paths.append(path.format(found))
    assert paths
    faults = {}
    for path in paths:
        personne.open(path)
        if seen := look_at(personne.page):
            faults[path] = seen
    assert faults == {}


def test_the_pages_of_signing_in_are_for_everyone(arrive: Arrival) -> None:
    personne = arrive()
    personne.demo.let_an_hour_pass()
    personne.open("/connexion")
    personne.press("Recevoir un courriel de connexion")
    assert look_at(personne.page) == []
    former = personne.find_courriel(IVAN)
    personne.page.get_by_label("Adresse e-mail professionnelle").fill(IVAN)
    personne.press("Recevoir un courriel de connexion")
    personne.press("Me connecter")
    assert look_at(personne.page) == []
    link = personne.wait_for_courriel(IVAN, former)
    personne.page.goto(link)
    assert look_at(personne.page) == []
    elsewhere = arrive()
    elsewhere.page.goto(link)
    elsewhere.press("Me connecter")
    assert look_at(elsewhere.page) == []
    courriel = personne.find_courriel(IVAN)
    personne.open(str(courriel))
    assert look_at(personne.page) == []


def test_conditions_to_accept_are_for_everyone(arrive: Arrival) -> None:
    personne = arrive("rose@exemple.fr")
    personne.demo.sql("update agents set cgu_version = null where email = 'rose@exemple.fr'")
    personne.open("/profil")
    assert look_at(personne.page) == []
    personne.press("Continuer")
    assert look_at(personne.page) == []
    personne.page.get_by_role("checkbox").check()
    personne.press("Continuer")
    expect(personne.page.get_by_role("heading", level=1)).to_have_text("Mon profil")


def test_a_form_full_of_errors_then_of_long_words_is_for_everyone(arrive: Arrival) -> None:
    aida = arrive(AIDA)
    aida.open("/demandes/nouvelle")
    aida.press("Envoyer ma demande")
    assert look_at(aida.page) == []
    choose_groupes(aida, "CAF 22", "CPAM 22")
    describe(aida, LONG)
    aida.page.get_by_label("Urgente").check()
    aida.press("Envoyer ma demande")
    assert look_at(aida.page) == []
    attest_paper(aida)
    aida.page.get_by_label("Motif de l’urgence").select_option(index=1)
    numero = send(aida)
    assert look_at(aida.page) == []
    aida.page.get_by_label("Votre message").fill("anticonstitutionnellement" * 20)
    aida.press(ENVOYER)
    assert look_at(aida.page) == []

    ines = arrive(INES)
    ines.open("/demandes/recues?onglet=nouvelles&q=recours amiable")
    assert look_at(ines.page) == []
    ines.open(f"/demandes/{numero}")
    ines.press(ENVOYER)
    assert look_at(ines.page) == []
    ines.page.get_by_label("Réponse personnalisée").fill("m" * 400)
    ines.page.get_by_label("Message réservé aux instructeurs").check()
    ines.press(ENVOYER)
    assert look_at(ines.page) == []
    ines.press("afficher : Numéro de sécurité sociale")
    assert look_at(ines.page) == []
    ines.open(f"/demandes/{numero}/impression")
    assert look_at(ines.page) == []


@pytest.mark.parametrize(
    "path",
    [
        "/profil",
        *(
            "/demandes/{}/invitations",
            "/demandes/{}/cloture",
            "/demandes/{}/mandat",
            "/demandes/{}/signalement",
        ),
    ],
)
def test_a_refused_form_is_for_everyone(arrive: Arrival, path: str) -> None:
    aida = arrive(AIDA)
    [(numero,)] = aida.demo.sql(OPEN)
    aida.open(path.format(numero))
    main = aida.page.locator("main")
    aida.page.evaluate(UNFOLD)
    for field in main.locator("input[type=text], input[type=tel], textarea").all():
        field.fill("")
    for radio in main.locator("input[type=radio]").all():  # also one that the page proposes
        radio.evaluate("radio => { radio.checked = false; }")
    asking = main.locator("form[method=post]:has(textarea, select, [type=text], [type=tel], [type=radio])")
    aida.after(asking.locator("button:not([formaction], [aria-hidden])").first.click)
    expect(aida.page.locator(".ap-erreurs")).to_be_visible()
    assert look_at(aida.page) == []


def test_an_import_is_for_everyone(arrive: Arrival) -> None:
    ada = arrive(ADA)
    ada.open("/administration/imports")
    ada.press("Lire le fichier")
    assert look_at(ada.page) == []
    lignes = "Groupe;Département;Boîte partagée\nCAF 23;23;x\nCAF 99;99;\n".encode()
    ada.page.get_by_label("Fichier").set_input_files(
        {"name": "structures.csv", "mimeType": "text/csv", "buffer": lignes}
    )
    ada.press("Lire le fichier")
    assert look_at(ada.page) == []
    ada.page.evaluate(UNFOLD)
    assert look_at(ada.page) == []
    ada.page.get_by_role("button", name="Oublier ce fichier").click()


def test_the_eye_sees_faults(arrive: Arrival) -> None:
    personne = arrive()
    personne.open("/aide")
    personne.page.evaluate(
        """() => {
          const wide = document.createElement("input");
          wide.size = 300;
          document.querySelector("main").append(wide);
        }"""
    )
    faults = " ".join(look_at(personne.page))
    assert "1280 px: label (" in faults
    assert "320 px: label (" in faults
    assert "320 px: the page scrolls sideways" in faults


def test_every_page_of_the_site_map_is_looked_at() -> None:
    routes = {r.path for r in create_litestar(is_tested=True).routes if "GET" in getattr(r, "methods", ())}
    looked_at = {path.partition("?")[0] for _, path in PAGES} | {path.format(1) for _, _, path in FOUND}
    looked_at |= {at for at in routes if any(shape_of(at).fullmatch(path) for path in looked_at - routes)}
    assert routes - looked_at - NO_PAGES - ON_THE_WAY == set(), "add them to PAGES or FOUND of this file"


def shape_of(route: str) -> re.Pattern[str]:
    """What addresses of this route look like."""
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route))
