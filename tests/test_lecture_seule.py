"""A base that takes no write (a standby, before it is promoted): pages are read, what is typed is kept (R10)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
import pytest

from app import database
from app.settings import get_settings
from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import erase_demandes, make_demande, make_message
from tests.menus import count_menu, read_menu

READ = (
    "/",
    "/demandes",
    "/quoi-de-neuf",
    "/demandes/nouvelle",
    "/demandes/recherche?q=allocation",
    "/demandes/{numero}",
    "/demandes/{numero}/impression",
    "/profil",
    "/groupes",
    "/statistiques",
    "/aide",
)
BANDE = "Le service est en lecture seule"


@asynccontextmanager
async def only_read() -> AsyncIterator[None]:
    """The same base, through connections that refuse every write, as those of a standby do."""
    whole = database.ENGINE.pool
    url = database.find_database_url(get_settings())
    read_only = {"default_transaction_read_only": "on", "timezone": "UTC"}
    database.ENGINE.pool = await asyncpg.create_pool(url, min_size=1, max_size=3, server_settings=read_only)
    try:
        yield
    finally:
        await database.ENGINE.pool.close()
        database.ENGINE.pool = whole
        database._Clock.refused_at = None


@pytest.mark.committed
async def test_pages_are_read_under_a_band_and_what_is_typed_comes_back(now: datetime) -> None:
    try:
        numero = await make_demande(now, titre="Allocation suspendue")
        await make_message(numero, CAST.ines, "Bonjour, je regarde.", now)
        aida, waiting = await signed_in(CAST.aida), await count_menu(CAST.aida, now)
        assert waiting["/quoi-de-neuf"] == 1
        async with only_read():
            page = f"/demandes/{numero}"
            # The first visit learns that nothing can be noted, and is shown all the same.
            assert "je regarde" in (await aida.get(page)).text
            for path in READ:
                response = await aida.get(path.format(numero=numero), follow=True)
                assert BANDE in response.text, path
            await aida.get(page)
            # What cannot be noted as read is still new, in the menu of its own page too.
            assert read_menu(aida.html) == waiting
            form = {"texte": "Merci de votre réponse."}
            refused = await aida.submit(f"{page}/messages", form, status=503)
            assert "rien n’a été enregistré" in refused.text
            assert "Merci de votre réponse." in refused.text and "Renvoyer" in refused.text
        assert BANDE not in (await aida.get(page)).text
        await aida.submit(f"{page}/messages", form)
        assert "Merci de votre réponse." in (await aida.get(page)).text
    finally:
        await erase_demandes()
