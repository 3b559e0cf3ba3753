"""The menu of every page, for whoever may open it, says what waits once the page has been shown."""

import re
from datetime import datetime

import pytest

from app.domain.listes.menu import build_menu
from tests.cast import CAST
from tests.domain.scene import post, signed_as
from tests.gardes.essai import undone
from tests.gardes.foule import make_crowd
from tests.gardes.gestes import do, prepare
from tests.gardes.matrice import read_table
from tests.gardes.porte import Reponse
from tests.gardes.roles import make_scene

LIEN = re.compile(
    r'<a class="fr-sidemenu__link" href="([^"]+)"[^>]*>[^<]*(?:<span class="ap-compte">(\d+)</span>)?</a>'
)


@pytest.mark.usefixtures("papier", "store")
async def test_every_menu_counts_what_waits_after_its_page(now: datetime) -> None:
    """Where the counts come before the page (`pages.AVEC_MENU`) or with it, it must not move them."""
    scene = await make_scene(now)
    await post(CAST.ines, scene.ici.numero, now)
    await make_crowd(scene.ici, now)
    seen, fautes = 0, []
    for cle, where, cells in read_table():
        for role, cell in cells.items() if where == "ici" and cle.startswith("GET ") else ():
            agent = scene.visiteurs[role].agent
            if cell != "200" or agent is None:
                continue
            async with undone():
                await prepare(cle, scene.ici)
                page = await do(cle, scene.visiteurs[role], scene.ici)
                shown = read_menu(page)
                if shown:
                    waiting = await build_menu((await signed_as(agent, now)).droits, "/", now)
                    true = {entree.url: entree.compte or 0 for entree in waiting}
                    seen += 1
                    fautes += [f"{cle} {role}: {shown} for {true}"] if shown != true else []
    assert not fautes, "\n  ".join(fautes)
    assert seen > 300


def read_menu(page: Reponse) -> dict[str, int]:
    """What the menu of a page counts, by address; nothing for what is no page."""
    if page.status != 200 or not page.is_html:
        return {}
    return {url: int(compte or 0) for url, compte in LIEN.findall(page.texte)}
