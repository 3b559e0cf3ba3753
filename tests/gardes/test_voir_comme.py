"""« Voir comme »: at every address, an administrateur who looks at the pages of somebody reads no content and does
nothing (product §3).
"""

import re
from datetime import datetime
from pathlib import Path

import pytest

from app import database
from app.domain.acces.sessions import find_signed
from app.domain.administration.vues import begin_vue
from app.vitrine import ACTES
from tests.cast import CAST
from tests.factories import list_journal
from tests.gardes.canaris import found_in, list_canaris, make_volee
from tests.gardes.essai import undone
from tests.gardes.gestes import adresse_of, do, prepare
from tests.gardes.marche import SEARCHES, list_known, masked, nothing_like, piece_of, search, walk
from tests.gardes.plan import OPTIONS
from tests.gardes.porte import Visiteur, enter
from tests.gardes.roles import make_scene
from tests.gardes.test_matrice import TRACES

pytestmark = pytest.mark.usefixtures("papier")
#: What an administrateur reads of agents on pages of their own.
KNOWN_ALREADY = {nom for nom, allowed in list_canaris() if "admin" in allowed}
REGARDES = ("auteur", "invite", "instructeur", "expert", "responsable", "pilote")


async def look_as(agent: int | None, now: datetime) -> Visiteur:
    """Ada, who looks at the pages of this agent."""
    assert agent is not None
    ada = await enter(CAST.ada)
    jeton = next(iter(ada.cookies.values())).split(".")[1]
    signed = await find_signed(jeton, now)
    assert signed is not None
    await begin_vue(signed, agent, "un appel au support", now)
    return ada


ACTS = re.compile(r'<form[^>]*\smethod="post"[^>]*>|<[^>]*\s(?:formaction|data-hx-post)="[^>]*>')


def offered_acts(texte: str) -> list[str]:
    """What a page offers to do, but leaving, signing out and choosing how it is shown."""
    return [act for act in ACTS.findall(texte) if not any(f'action="{fine}"' in act for fine in ACTES)]


async def test_no_page_shows_any_content(now: datetime, store: Path) -> None:
    scene, demandes = await make_volee(now)
    known = await list_known([scene.ici, scene.ailleurs, *demandes.values()])
    for role in REGARDES:
        agent = scene.visiteurs[role].agent
        ada = await look_as(agent, now)
        before = await database.fetch_one(TRACES)
        seen = await walk(ada, known)
        after = await database.fetch_one(TRACES)
        assert before is not None and after is not None
        # A visit of their own would be marked (« consultée le »); this one is not.
        assert before["actes"] == after["actes"], role
        leaks = {
            (nom, adresse)
            for adresse, reponse in seen.items()
            for nom in found_in(reponse.texte + str(reponse.entetes)) - KNOWN_ALREADY
        }
        assert not leaks, (role, sorted(leaks)[:10])
        acts = {a: found for a, r in seen.items() if r.is_html and (found := offered_acts(r.texte))}
        assert not acts, (role, len(acts), list(acts.items())[:3])
        broken = [(adresse, reponse.status) for adresse, reponse in seen.items() if reponse.status >= 500]
        assert not broken, (role, broken[:10])
        shown = [a for a, reponse in seen.items() if reponse.status == 200 and not a.endswith(" htmx")]
        assert all("Vous voyez les pages de" in seen[a].texte for a in shown if seen[a].is_html), role
        if role in ("auteur", "instructeur", "expert"):
            assert f"/demandes/{demandes['a'].numero}" in shown, role
            assert "Texte masqué." in seen[f"/demandes/{demandes['a'].numero}"].texte, role


async def test_searching_finds_no_word(now: datetime, store: Path) -> None:
    scene, _ = await make_volee(now)
    for role in ("auteur", "instructeur"):
        ada, empty = await look_as(scene.visiteurs[role].agent, now), dict[int, list[str]]()
        for nom in {nom for nom, _ in list_canaris()} - KNOWN_ALREADY:
            asked, nobody = piece_of(nom), nothing_like(nom)
            if len(nobody) not in empty:
                empty[len(nobody)] = [masked(r).replace(nobody, "?") for r in await search(ada, nobody)]
            got = await search(ada, asked)
            for place, page, void in zip(SEARCHES, got, empty[len(nobody)], strict=True):
                assert masked(page).replace(asked, "?") == void, f"{role}: {nom} at {place}"


async def test_nothing_can_be_done(now: datetime, store: Path) -> None:
    """Every post of the site is refused but the way out, and nothing changes."""
    scene = await make_scene(now)
    tried = 0
    for role in ("auteur", "instructeur", "expert"):
        ada = await look_as(scene.visiteurs[role].agent, now)
        for route, opt in OPTIONS.items():
            if route.methode != "POST" or opt.get("sans_session") or route.chemin in ACTES:
                continue
            async with undone():
                await prepare(str(route), scene.ici)
                before = await database.fetch_one(TRACES)
                reponse = await do(str(route), ada, scene.ici)
                after = await database.fetch_one(TRACES)
            if opt.get("sans_csrf"):
                continue
            assert reponse.status == 403, (str(route), reponse.status)
            assert before is not None and after is not None and before["actes"] == after["actes"], str(route)
            tried += 1
    assert tried > 200


async def test_every_page_opened_is_in_the_journal(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    ada = await look_as(scene.visiteurs["auteur"].agent, now)
    opened = 0
    for route, opt in OPTIONS.items():
        if route.methode != "GET" or opt.get("sans_session"):
            continue
        await prepare(str(route), scene.ici)
        before = len(await list_journal("vue_page"))
        await ada.get(adresse_of(str(route), scene.ici))
        [line] = (await list_journal("vue_page"))[before:]
        details = line["details"]
        assert isinstance(details, dict)
        assert line["agent"] == CAST.ada and details["agent"] == CAST.aida, str(route)
        # The link of a mail is a secret: the journal keeps its place alone.
        assert scene.ici.jeton not in details["page"] and scene.ici.lien not in details["page"]
        opened += 1
    assert opened > 60
