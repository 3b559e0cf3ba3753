"""A form that comes twice, on any route, is done once and never refused: its twin leads where it led (product §2)."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.gardes.essai import undone
from tests.gardes.gestes import adresse_of, fill, find_geste, prepare
from tests.gardes.matrice import SIGN_IN, read_table
from tests.gardes.porte import Reponse, Visiteur
from tests.gardes.roles import Objets, make_scene

pytestmark = [pytest.mark.usefixtures("papier"), pytest.mark.timeout(600)]
APART = {
    # Nobody is signed in yet, so that nothing is remembered: a second mail is asked for after its sixty seconds.
    *("POST /connexion", "POST /connexion/lien/{jeton}/courriel"),
    # The session that would remember has ended, or shows the pages of somebody else from there on.
    *("POST /profil/deconnexions", "POST /administration/agents/{agent}/vue"),
}


async def test_the_twin_of_an_act_is_not_refused(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    refused, met = [], 0
    for key, where, cells in read_table():
        role = next((role for role, cell in cells.items() if cell == "303" and role != "dehors"), None)
        if (
            where != "ici"
            or not key.startswith("POST")
            or role is None
            or cells[role] == SIGN_IN
            or key in APART
        ):
            continue
        async with undone():
            await prepare(key, scene.ici)
            async with undone():
                send = await make_twins(key, scene.visiteurs[role], scene.ici)
                one, two = await send(), await send()
                met += 1
                if one.status == 303 and two.status != 303:
                    refused.append(f"{key}, {role}: {two.status}")
                elif one.status == two.status == 303 and path_of(one) != path_of(two):
                    refused.append(f"{key}, {role}: {one.entete('location')}, then {two.entete('location')}")
    assert met > 60
    assert not refused, "\n".join(refused)


def path_of(reponse: Reponse) -> str:
    """The page it leads to, whatever is asked of it and wherever the eyes go there."""
    return urlsplit(reponse.entete("location")).path


async def make_twins(key: str, visiteur: Visiteur, objets: Objets) -> Callable[[], Awaitable[Reponse]]:
    """What sends the form of this act, each time the very same."""
    adresse, champs = adresse_of(key, objets), await fill(find_geste(key), visiteur, objets)

    async def send() -> Reponse:
        return await visiteur.post(adresse, champs)

    return send
