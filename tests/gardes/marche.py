"""Walking the whole site as someone: every known address, then every link it shows, until nothing is new."""

import re
from collections.abc import Iterable
from functools import cache
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

from app import database
from tests.gardes.canaris import DEBUT, mot
from tests.gardes.gestes import adresse_of, find_geste, route_of
from tests.gardes.matrice import read_table
from tests.gardes.porte import HOTE, Reponse, Visiteur
from tests.gardes.roles import Objets

#: More would mean that some list makes addresses without end.
MOST = 900
# The demonstration's own pages show everything to everyone; they do not exist in production (test_matrice).
APART = ("/_", "/static/", "/connexion/lien/")
#: Of each sort of the referentiel, the one that stands for all.
ELEMENTS = {"themes": "social_famille", "sujets": "rsa_suspendu", "organismes": "caf", "jours": "22"}
# The map of the deployment leads to a hundred départements, the referentiel to two hundred forms of one make: one of
# them stands for all.
ONE_OF_MANY = re.compile(
    r"^/(deploiement|statistiques)\b.*\bdepartement=(?!22\b)\w"
    rf"|^/administration/referentiel/({'|'.join(ELEMENTS)})/(?!({'|'.join(ELEMENTS.values())}|nouveau)\b)"
)


# Where one may go from a page without sending anything. A walk reads thousands of pages, and expressions read them
# twenty times as fast as a parser does; whatever people wrote has no quote and no bracket of its own once escaped.
LEADS = re.compile(r'\s(?:href|data-hx-get|src)="([^"]*)"')
FORM = re.compile(r"<form\b[^>]*>")
METHOD, ACTION = re.compile(r'\smethod="([^"]*)"'), re.compile(r'\saction="([^"]*)"')


def read_links(html: str) -> list[str]:
    """The addresses that a page leads to, as they are written in it."""
    found: list[str] = LEADS.findall(html)
    for form in FORM.findall(html):
        method, action = METHOD.search(form), ACTION.search(form)
        if method is None or method[1].lower() == "get":
            found.append(action[1] if action else "")
    return [unescape(link) for link in dict.fromkeys(found)]


async def list_known(every: Iterable[Objets]) -> list[str]:
    """The addresses one could guess: every GET of the site for these objects, every file, every word searched."""
    objets = list(every)
    known = [
        adresse_of(key, o)
        for key, where, _ in read_table()
        if where == "ici" and key.startswith("GET ") and not find_geste(key).avant
        for o in objets
        if not route_of(key).chemin.startswith(APART)
    ]
    for table, chemin in (
        ("pieces_jointes", "/pieces-jointes/{}"),
        ("pieces_jointes", "/pieces-jointes/{}/apercu"),
        ("mandats", "/mandats/{}"),
    ):
        known += [
            chemin.format(row["id"]) for row in await database.fetch(f"select id from {table} order by id")
        ]
    for row in await database.fetch("select id from brouillons order by id"):
        known.append(f"/demandes/nouvelle?formulaire={row['id']}")
    return list(dict.fromkeys(known))


async def search(visiteur: Visiteur, mot_cherche: str) -> list[Reponse]:
    """The answer of every place where one may search."""
    return [await visiteur.get(f"{chemin}?q={quote(mot_cherche)}") for chemin in SEARCHES]


SEARCHES = ("/demandes/recherche", "/demandes", "/demandes/recues", "/demandes/suivies")


def piece_of(nom: str) -> str:
    """Enough of a canary to find it, too little to be it: pages give back what was searched."""
    return mot(nom)[:-1]


def nothing_like(nom: str) -> str:
    """A word of the same length that nobody wrote."""
    return f"{DEBUT}{'q' * (len(piece_of(nom)) - len(DEBUT))}"


async def walk(visiteur: Visiteur, seeds: Iterable[str]) -> dict[str, Reponse]:
    """Every answer, by address; what htmx gets at the seeds stands under the address followed by ` htmx`."""
    left, seen = list(dict.fromkeys(["/", *seeds])), dict[str, Reponse]()
    asked = set(left)
    for adresse in left:
        seen[f"{adresse} htmx"] = await visiteur.get(adresse, htmx=True)
    while left:
        adresse = left.pop(0)
        seen[adresse] = reponse = await visiteur.get(adresse)
        for link in links_of(reponse, adresse):
            if link not in asked:
                asked.add(link)
                left.append(link)
        assert len(seen) < MOST, f"addresses without end: {list(asked)[-5:]}"
    return seen


def links_of(reponse: Reponse, adresse: str) -> list[str]:
    """The addresses of this site a page leads to, the demonstration's own left out."""
    found = read_links(reponse.texte) if reponse.is_html else []
    if reponse.entete("location"):
        found.append(reponse.entete("location"))
    return [inside for link in found if (inside := _inside(adresse, link)) is not None]


@cache
def _inside(adresse: str, link: str) -> str | None:
    """Where this link of this page leads, when it is a page to walk to. Each principal meets the same ones."""
    parts = urlsplit(urljoin(f"http://{HOTE}{adresse}", link))
    inside = f"{parts.path}{'?' if parts.query else ''}{parts.query}"
    is_walked = parts.netloc == HOTE and not inside.startswith(APART) and not ONE_OF_MANY.search(inside)
    return inside if is_walked else None


# Tokens and keys from their first mark on, which a search finds at once; what stands before it is looked back at.
CSRF = re.compile(r"\.(?<=\b[0-9a-f]{16}\.)[0-9a-f]{64}(\.[0-9a-f]{64}(\.\d+)?)?")
KEY = re.compile(r"-(?<=[0-9a-f]{8}-)([0-9a-f]{4}-){3}[0-9a-f]{12}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def masked(reponse: Reponse) -> str:
    """The page without what changes from one visit to the next: tokens and fresh keys."""
    return _without(KEY, 8, "uuid", without_tokens(reponse.texte))


def without_tokens(texte: str) -> str:
    """The page without its own tokens, which are new at every visit."""
    return _without(CSRF, 16, "csrf", texte)


def _without(mark: re.Pattern[str], before: int, name: str, texte: str) -> str:
    """The text with `name` for each mark and the characters before it."""
    kept, at = [], 0
    for found in mark.finditer(texte):
        if found.start() - before >= at:
            kept.append(texte[at : found.start() - before])
            at = found.end()
    return name.join([*kept, texte[at:]])
