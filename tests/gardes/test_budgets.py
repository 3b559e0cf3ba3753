"""How many queries an address may cost, whoever asks, with one row and with thirty (quality P1)."""

from datetime import datetime
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest

from app import database
from tests.cast import CAST
from tests.domain.scene import answers_wait, post
from tests.gardes.essai import undone
from tests.gardes.foule import make_crowd
from tests.gardes.gestes import D, do, post_here, prepare
from tests.gardes.matrice import read_table
from tests.gardes.roles import Scene, make_scene

#: Queries, the session’s own included; an address that needs more says so, and why, below.
LISTE, ACTE = 6, 12
TRANSFERT = f"POST {D}/invitations · transfert"
BUDGETS = {
    "GET /demandes/{numero}": 8,
    "GET /demandes/{numero} · clôturée": 8,
    "GET /demandes/{numero} · vacante": 8,
    "POST /groupes/{groupe}/membres/{agent}/absence": 13,  # and the substitute is brought in at once
    "POST /groupes/{groupe}/membres/{agent}/annulation": 13,  # what was given goes, then the account itself
    "GET /groupes/{groupe}/membres/{agent}/retrait": 8,  # the groupe, the member, and all that they hold
    "POST /groupes/{groupe}/membres/{agent}/retrait": 20,  # the same under the locks, then everything handed on
    "GET /administration/agents/{agent}/exclusion": 8,  # the same, in every groupe of an account
    "POST /administration/agents/{agent}/exclusion": 20,
    # The former version, what is there today, what serves of what would go, then both compared.
    "GET /administration/referentiel/versions/{edition}/retour": 8,
    "GET /demandes/{numero}/impression": 8,  # the same page, on paper
    "GET /demandes/{numero}/impression.html": 8,
    "GET /demandes/{numero}/impression.pdf": 8,
    # Counts, delays and what is late now, for the period and for the year before; satisfaction, agents, evenings.
    "GET /statistiques": 17,
    "GET /statistiques/tableaux/{tableau}": 17,
    "GET /deploiement": 8,
    "GET /demandes/{numero}/invitations": 8,  # the demande, and the lists of who may come
    TRANSFERT: 18,  # two acts at once, when answers wait for nothing; one that waits keeps to 12, below
}


def budget_of(key: str) -> int:
    """What this address may cost."""
    return BUDGETS.get(key, LISTE if key.startswith("GET ") else ACTE)


async def count_all(scene: Scene) -> dict[str, int]:
    """The dearest visit of each address, over all who get in."""
    dearest: dict[str, int] = {}
    for key, where, cells in read_table():
        for role, cell in cells.items():
            if where == "ici" and cell in {"200", "204", "303"}:
                cost = await count_one(key, role, scene)
                dearest[key] = max(cost, dearest.get(key, 0))
    return dearest


async def count_one(key: str, role: str, scene: Scene) -> int:
    """The queries of one visit; then it is as if it had not been. An act costs what its answer costs too, to a browser
    whose scripts run and to a bare one.
    """
    dearest = 0
    for htmx in (False, True) if key.startswith("POST ") else (False,):
        async with undone():
            await prepare(key, scene.ici)
            dearest = max(dearest, await _spy(key, role, scene, htmx=htmx))
    return dearest


async def _spy(key: str, role: str, scene: Scene, *, htmx: bool = False) -> int:
    with database.spy_queries() as queries:
        answer = await do(key, scene.visiteurs[role], scene.ici, htmx=htmx)
    assert answer.status < 500, (key, role)  # a page that breaks would cost little
    return len(queries)


async def count_waiting(scene: Scene) -> dict[str, int]:
    """The dearest of what an answer asks that waits, whoever sends it: its sending, its page, its undoing."""
    dearest: dict[str, int] = {}
    for key, where, cells in read_table():
        if where != "ici" or (key != TRANSFERT and key.partition(" · ")[0] != f"POST {D}/messages"):
            continue
        for role, htmx in product((role for role, cell in cells.items() if cell == "303"), (False, True)):
            async with undone():
                await prepare(key, scene.ici)
                found = {
                    key: await _spy(key, role, scene, htmx=htmx),
                    f"GET {D}": await _spy(f"GET {D}", role, scene),
                }
                [waiting] = await database.fetch("select id from brouillons where part_at is not null")
                champs = {"acte": "message", "cle": uuid4(), "annuler": waiting["id"]}
                with database.spy_queries() as queries:
                    await post_here(
                        scene.visiteurs[role],
                        f"/demandes/{scene.ici.numero}/annulation",
                        champs,
                        htmx=htmx,
                    )
                found[f"POST {D}/annulation"] = len(queries)
            dearest |= {one: max(n, dearest.get(one, 0)) for one, n in found.items()}
    return dearest


@pytest.mark.usefixtures("papier")
async def test_every_address_keeps_to_its_budget_with_one_row_and_with_thirty(
    now: datetime, store: Path
) -> None:
    scene = await make_scene(now)
    # Someone to tell, from the start: writing one mail or thirty is the same statement.
    await post(CAST.ines, scene.ici.numero, now)
    alone = await count_all(scene)
    await make_crowd(scene.ici, now)
    crowded = await count_all(scene)
    over = [
        f"{key}: {n} queries, {budget_of(key)} at most" for key, n in crowded.items() if n > budget_of(key)
    ]
    assert not over, "\n  ".join(over)
    grown = [f"{key}: {n} queries, then {crowded[key]}" for key, n in alone.items() if crowded[key] > n]
    assert not grown, "a row must not cost a query:\n  " + "\n  ".join(grown)
    assert set(BUDGETS) <= set(alone)


@pytest.mark.usefixtures("papier")
async def test_an_answer_that_waits_keeps_to_the_same_budgets(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    await post(CAST.ines, scene.ici.numero, now)
    with answers_wait():
        alone = await count_waiting(scene)
        await make_crowd(scene.ici, now)
        crowded = await count_waiting(scene)
    over = {key: n for key, n in crowded.items() if n > (LISTE + 2 if key.startswith("GET ") else ACTE)}
    assert not over
    assert alone == crowded, "a row must not cost a query"
    assert {TRANSFERT, f"POST {D}/annulation"} < set(alone)
