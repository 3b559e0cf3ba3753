"""Every address × twelve principals × here and elsewhere: what each gets, and that a refusal changes nothing (S1)."""

import dataclasses
import re
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from app import database
from app.settings import get_settings
from tests.cast import CAST
from tests.gardes.avant import PERIMETRE, VACANTE
from tests.gardes.essai import start_again, undone
from tests.gardes.gestes import GESTES, adresse_of, do, find_geste, prepare, route_of
from tests.gardes.matrice import SIGN_IN, read_table, write_line
from tests.gardes.plan import ROUTES, Route
from tests.gardes.porte import Reponse, enter
from tests.gardes.roles import Objets, Scene, make_scene

# Everything an act may leave behind: (all of it, what only a post may, what is no draft). Sign-in is apart: a wrong
# code is counted, by design. A visit leaves its mark, opens the part of its groupe, and its line in the journal.
TRACES = """
select md5(string_agg(trace, ' ' order by trace)) as traces,
    md5(string_agg(trace, ' ' order by trace) filter (where not is_visite)) as actes,
    md5(string_agg(trace, ' ' order by trace) filter (where trace not like 'brouillon %')) as hors_brouillons from (
    select d::text as trace, false as is_visite from demandes d union all select m::text, false from messages m
    union all select i::text, false from invitations i union all select u::text, false from usager_informations u
    union all select p::text, false from pieces_jointes p
    union all select 'brouillon ' || b::text, false from brouillons b
    union all select p::text, false from posts_scelles p union all select m::text, false from mandats m
    union all select s::text, false from sms s union all select c::text, false from courriels c
    union all select s::text, false from satisfactions s union all select a::text, false from agents a
    union all select a::text, false from adhesions a union all select g::text, false from groupes g
    union all select f::text, false from seconds_facteurs f
    union all select (to_jsonb(s) - array['envoi', 'envoi_lieu', 'envoi_at'])::text, false from sessions s
    union all select j::text, true from journal j
    union all select a::text, false from absences a
    union all select p::text, false from procedures p
    union all select c::text, false from conversations c union all select p::text, false from paroles p
    union all select r::text, false from reponses r union all select s::text, false from signalements s
    union all select s::text, true from sollicitations s union all select l::text, true from lectures l
) as every
"""
NAMES = ("traces", "actes", "hors_brouillons")
# Who holds the link of somebody else gets its page: it is the secret itself that opens it.
BEARER = ("/connexion/lien/", "/aide/contact/lien/")
# They say nothing: whoever it belongs to or not, one lands on one's own page. That nothing changes is tested here.
SILENT = {"POST /brouillons/{cle}/suppression", "GET /reprise/{cle}", "POST /reprise/{cle}/abandon"}
ANSWER = Route("/demandes/{numero}/messages", "POST")
OTHER_MENU = {VACANTE: "auteur", PERIMETRE: "collegue"}
#: What who runs the platform acts on, wherever it is.
RUN = (
    "/groupes/",
    *(
        f"/administration/{noun}/"
        for noun in ("agents", "bandeau", "conversations", "groupes", "imports", "maintenance", "procedures")
    ),
)
# Someone knows nothing of the demande `ici`, and stays a stranger at each of its addresses.
STRANGERS = ("collegue", "parti", "autre", "pilote")


def is_about_objects(route: Route) -> bool:
    """Its address names something that belongs to someone."""
    return not route.chemin.startswith("/_") and bool(
        set(route.parametres)
        - {"modele", "version", "tableau", "fichier", "guide", "langue", "nom", "sorte", "code", "edition"}
    )


def is_bearer(route: Route) -> bool:
    """Its address is a secret itself."""
    return route.chemin.startswith(BEARER)


def test_every_route_is_declared() -> None:
    declared = {route_of(key) for key, _, _ in read_table()}
    elsewhere = {route_of(key) for key, where, _ in read_table() if where == "ailleurs"}
    new = [route for route in ROUTES if route not in declared]
    assert not new, (
        "a new address, welcome! Say in tests/gardes/matrice.txt what each of the twelve gets there (product §3), "
        f"and in tests/gardes/gestes.py what a post holds: {', '.join(map(str, new))}"
    )
    gone = sorted(declared - set(ROUTES))
    assert not gone, f"in tests/gardes/matrice.txt but no longer on the site: {', '.join(map(str, gone))}"
    alone = [r for r in ROUTES if is_about_objects(r) and r not in elsewhere]
    assert not alone, f"a line `ailleurs` is missing under {', '.join(map(str, alone))}"
    keys = [key for key, where, _ in read_table() if where == "ici"]
    assert len(keys) == len(set(keys)), "a line stands twice in the matrix"
    unused = set(GESTES) - set(keys)
    assert not unused, f"in tests/gardes/gestes.py but not in the matrix: {', '.join(sorted(unused))}"


def test_the_table_itself_keeps_strangers_out() -> None:
    """A table is easily edited: what product §3 never allows stands here a second time."""
    for key, where, cells in read_table():
        route = route_of(key)
        if where == "ailleurs" and is_about_objects(route) and key not in SILENT and not is_bearer(route):
            inside = [r for r, cell in cells.items() if r not in {"dehors", "admin"} and cell != "404"]
            assert not inside, f"{key}, elsewhere: {inside} may not even know that it exists"
            # Who runs the platform manages every groupe and every account, and no demande.
            runs = {"303", "409"} if route.chemin.startswith(RUN) else set()
            assert cells["admin"] in {"200", "403", "404", "422"} | runs, key
        if "vacante" in key or key == "POST /demandes/{numero}/reprise":
            assert cells["auteur"] == "404", f"{key}: the author who left is a stranger"
            continue
        if route.chemin.startswith("/demandes/{numero}"):
            assert cells["dehors"] == SIGN_IN, f"{key}: nobody is let in without signing in"
            assert all(cells[role] == "404" for role in STRANGERS), f"{key}: a stranger gets 404"
            known = {cells["responsable"], cells["admin"]}
            # What remains of an erased demande, and its certificate, are metadata.
            if where == "ici" and ("effacée" in key or route.chemin.endswith("/effacement")):
                assert route.methode == "GET" and known <= {"200", "404"}, key
            elif key != "GET /demandes/{numero}" and where == "ici" and "clôturée" not in key:
                assert known == {"403"}, f"{key}: who may only know the metadata does nothing there"


@pytest.mark.usefixtures("papier")
async def test_each_gets_what_the_table_says(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    # Each keeps their own menu, so that the pages are compared for one person at a time.
    pages_404: dict[str, dict[str, str]] = {}
    wrong, traced = [], []
    for key, where, expected in read_table():
        objets = scene.ici if where == "ici" else scene.ailleurs
        got = {}
        async for role, reponse, traces in act(key, objets, scene):
            got[role] = cell_of(reponse)
            assert not reponse.fautes, (key, role, reponse.fautes)
            # Who runs the platform manages the groupes and the accounts of every département.
            runs = role == "admin" and route_of(key).chemin.startswith(RUN)
            may_change = (where == "ici" or runs) and got[role] in {"200", "204", "303"}
            what = "actes" if key.startswith("GET ") and may_change else "traces"
            # Of an answer that met what changed since, the draft is kept for who may read the demande.
            if route_of(key) == ANSWER and where == "ici" and got[role] == "409":
                what = "hors_brouillons"
            is_traced = traces[what]
            if is_traced and (not may_change or key.startswith("GET ")) and not is_sign_in(key):
                traced.append(f"{key}, {where}, {role} ({got[role]})")
            # The figures of the operators read no session: their 404 has no menu, and their address is no secret.
            if got[role] == "404" and key != "GET /sante/metriques":
                page = masked(reponse, key, objets)
                # The author who has left their groupe has another menu, and the colleague who became a pilote.
                is_other = where == "ici" and OTHER_MENU.get(find_geste(key).avant) == role
                who = f"{role}, autre menu" if is_other else role
                pages_404.setdefault(who, {}).setdefault(page, f"{key}, {where}")
        if got != expected:
            wrong.append(f"is   {write_line(key, where, got)}\n  must {write_line(key, where, expected)}")
    assert not wrong, "rights differ from tests/gardes/matrice.txt:\n  " + "\n  ".join(wrong)
    assert not traced, "a refusal, someone elsewhere, or a mere visit changed something: " + "; ".join(traced)
    for role, pages in pages_404.items():
        assert len(pages) == 1, f"404 pages tell {role} what exists from what does not: {pages.values()}"


async def test_demonstration_pages_do_not_exist_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    production = dataclasses.replace(get_settings(), environment="production")
    for name, module in list(sys.modules.items()):
        if name.startswith("app.") and hasattr(module, "get_settings"):
            monkeypatch.setattr(module, "get_settings", lambda: production)
    demo = [key for key, _, _ in read_table() if route_of(key).chemin.startswith("/_")]
    assert len(demo) >= 3
    for visiteur in (await enter(None), await enter(CAST.aida)):
        for key in demo:
            route = route_of(key)
            adresse = route.chemin.replace("{cle}", "0" * 8 + "-0000-0000-0000-" + "0" * 12)
            reponse = await (
                visiteur.get(adresse) if route.methode == "GET" else visiteur.post(adresse, {"texte": "OUI"})
            )
            assert reponse.status == 404, key


async def act(key: str, objets: Objets, scene: Scene) -> AsyncIterator[tuple[str, Reponse, dict[str, bool]]]:
    """What each principal gets, and which TRACES changed; each as if what the act needs were true and nothing else had
    happened.
    """
    async with undone():
        await prepare(key, objets)
        before = await database.fetch_one(TRACES)
        async with undone():
            for role, visiteur in scene.visiteurs.items():
                reponse = await do(key, visiteur, objets)
                after = await database.fetch_one(TRACES)
                assert before is not None and after is not None
                yield role, reponse, {name: before[name] != after[name] for name in NAMES}
                await start_again()


def is_sign_in(key: str) -> bool:
    """Asking to come in leaves traces before one is in; so does a wrong code of one’s own phone, which is counted,
    and writing by a link of somebody else.
    """
    return route_of(key).chemin.startswith(("/connexion", "/profil/second-facteur/", "/aide/contact/lien/"))


def cell_of(reponse: Reponse) -> str:
    """The status, or the sign of who is sent to sign in and back."""
    if reponse.status == 303 and reponse.entete("location").startswith("/connexion?destination="):
        return SIGN_IN
    return str(reponse.status)


def masked(reponse: Reponse, key: str, objets: Objets) -> str:
    """A page without the address it was asked at, nor the sender’s own words, which it gives back."""
    texte = reponse.texte.replace(adresse_of(key, objets), "").replace(' aria-current="page"', "")
    texte = re.sub(
        r"<p>Rien n’est envoyé\. Voici.*?(?=<p class=\"ap-rangee ap-retrait\">)", "", texte, flags=re.DOTALL
    )
    return re.sub(r"\b[0-9a-f]{16}\.[0-9a-f]{64}(\.[0-9a-f]{64}(\.\d+)?)?", "", texte)
