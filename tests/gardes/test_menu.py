"""The menu of every page, for whoever may open it, says what waits once the page has been shown."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import visite
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import WAIT, answers_wait, post
from tests.factories import make_demande
from tests.gardes.essai import undone
from tests.gardes.foule import make_crowd
from tests.gardes.gestes import do, prepare
from tests.gardes.matrice import read_table
from tests.gardes.porte import Reponse
from tests.gardes.roles import make_scene
from tests.menus import count_menu, read_menu
from tests.routes.test_demande_fil import make_long
from tests.routes.test_demande_messages import answer, open_page

NEUF, RECUES = "/quoi-de-neuf", "/demandes/recues"


@pytest.mark.usefixtures("papier")
async def test_every_menu_counts_what_waits_after_its_page(now: datetime, store: Path) -> None:
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
                shown = menu_of(await do(cle, scene.visiteurs[role], scene.ici))
                if shown:
                    true = await count_menu(agent, now)
                    seen += 1
                    fautes += [f"{cle} {role}: {shown} for {true}"] if shown != true else []
    assert not fautes, "\n  ".join(fautes)
    assert seen > 300


def menu_of(page: Reponse) -> dict[str, int]:
    """What the menu of this page counts; nothing for what is no page."""
    return read_menu(page.texte) if page.status == 200 and page.is_html else {}


async def test_a_demande_read_is_no_news_in_its_own_menu_even_a_page_at_a_time(now: datetime) -> None:
    """Its page asks what waits as if it were read; where something is left, or an older page is drawn, once more."""
    await make_demande(now)
    court, (long, _) = await make_demande(now), await make_long(now, 430)
    idir = await signed_in(CAST.idir)
    steps = {f"{court}": 2, f"{long}?echanges=1": 2, f"{long}": 1, f"{long}?echanges=2": 1, f"{court}?": 1}
    for step, neuves in steps.items():
        await idir.get(f"/demandes/{step}")
        shown = read_menu(idir.html)
        assert (shown[NEUF], shown) == (neuves, await count_menu(CAST.idir, now)), step
    await idir.get(f"/demandes/{court}")
    assert len(idir.queries) == 4  # who asks with what waits, the demande, its page, the visit


async def test_what_leaves_as_its_demande_is_opened_is_in_the_menu(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inès has ended the part of her groupe, and her answer still waits: it leaves when Idir opens the page."""
    numero = await make_demande(now)
    with answers_wait():
        ines = await open_page(CAST.ines, numero)
        await ines.post(f"/demandes/{numero}/messages", answer(ines, "C’est réglé.", is_traitee="1"))
        later = now + WAIT + timedelta(seconds=1)
        monkeypatch.setattr(visite, "clock", lambda: later)
        idir = await signed_in(CAST.idir)
        await idir.get(RECUES)
        assert read_menu(idir.html)[RECUES] == 1
        await idir.get(f"/demandes/{numero}")
        assert read_menu(idir.html)[RECUES] == 0
        assert read_menu(idir.html) == await count_menu(CAST.idir, later)
