"""`/quoi-de-neuf`: what others did and I may read, by demande; seen when opened, or all at once."""

from datetime import datetime, timedelta
from uuid import uuid4

from app import database
from app.domain.echanges.saisie import InvitationSaisie
from app.domain.listes.menu import build_menu
from app.domain.notifications.neuf import list_neuf
from tests.browser import signed_in
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.scene import invite, load, signed_as
from tests.factories import make_demande, make_message

HOUR = timedelta(hours=1)


async def numeros(agent: int, *, is_semaine: bool = False) -> list[int]:
    signed = await signed_as(agent, NOW)
    found = [
        one.rangee.numero for one in (await list_neuf(signed.droits, NOW, is_semaine=is_semaine)).nouveautes
    ]
    menu = {entree.url: entree.compte or 0 for entree in await build_menu(signed.droits, "/", NOW)}
    assert is_semaine or menu["/quoi-de-neuf"] == len(found)
    return found


async def write(numero: int, auteur: int, *, is_prive: bool = False, nature: str = "reponse") -> None:
    await make_message(numero, auteur, "Canari", NOW - HOUR / 2, is_prive=is_prive, nature=nature)
    await database.fetch(
        "update demandes set last_prive_at = :last_prive_at, last_public_at = "
        "case when :is_prive then last_public_at else :last_prive_at end"
        " where numero = :numero",
        numero=numero,
        last_prive_at=NOW - HOUR / 2,
        is_prive=is_prive,
    )


async def test_each_sees_what_the_others_did_and_may_read() -> None:
    numero = await make_demande(NOW)
    assert await numeros(CAST.ines) == [numero]
    assert await numeros(CAST.aida) == []
    await write(numero, CAST.ines, is_prive=True)
    assert await numeros(CAST.aida) == []
    assert await numeros(CAST.idir) == [numero]
    await write(numero, CAST.ines)
    assert await numeros(CAST.aida) == [numero]
    for stranger in (CAST.eve, CAST.rose, CAST.paul, CAST.ada, CAST.aline):
        assert await numeros(stranger) == []


async def test_the_page_says_who_did_what_and_never_what_was_written() -> None:
    numero = await make_demande(NOW, urgence="expulsion")
    await write(numero, CAST.idir, is_prive=True)
    browser = await signed_in(CAST.ines)
    await browser.get("/quoi-de-neuf")
    assert len(browser.queries) <= 6
    text = browser.page.texte
    assert "À vous de répondre" in text and "Idir Hamel a écrit un message" in text
    assert "Réservé aux instructeurs" in text and "France Services Callac a envoyé la demande" in text
    assert "Canari" not in browser.html


async def test_opening_a_demande_or_marking_all_as_seen_empties_the_page() -> None:
    one, two = await make_demande(NOW), await make_demande(NOW)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{one}")
    await browser.get("/quoi-de-neuf")
    assert f"/demandes/{two}" in browser.page.links and f"/demandes/{one}" not in browser.page.links
    await browser.submit("/quoi-de-neuf")
    await browser.get("/quoi-de-neuf")
    assert "Tout est à jour" in browser.page.texte
    assert await numeros(CAST.ines, is_semaine=True) == [one, two]


async def test_what_came_after_the_page_stays_new() -> None:
    numero = await make_demande(NOW)
    before = int((NOW - 3 * HOUR).timestamp() * 1000)
    browser = await signed_in(CAST.ines)
    await browser.post("/quoi-de-neuf", {"depuis": str(before)})
    assert await numeros(CAST.ines) == [numero]


async def test_the_clock_is_no_news_and_old_news_is_none() -> None:
    numero = await make_demande(NOW)
    await database.fetch(
        "insert into lectures (demande, agent, first_at, last_at) values (:demande, :agent, :first_at, :first_at)",
        demande=numero,
        agent=CAST.ines,
        first_at=NOW - HOUR,
    )
    await make_message(numero, CAST.ada, "", NOW, cote="plateforme", nature="souffrance", is_prive=True)
    assert await numeros(CAST.ines) == []
    await make_demande(NOW, sent_at=NOW - timedelta(days=31))
    assert await numeros(CAST.ines) == []


async def test_whom_an_invitation_was_about_is_said(now: datetime) -> None:
    """Names inside a row were once read as an array that nothing could decode."""
    numero = await make_demande(now)
    ines = await signed_as(CAST.ines, now - HOUR)
    saisie = InvitationSaisie(cle=uuid4(), collegues=(CAST.idir,), groupes=(CAST.groupes.cpam,))
    await invite(ines, await load(ines, numero), saisie, now - HOUR)
    aida = await signed_in(CAST.aida)
    await aida.get("/quoi-de-neuf")
    assert "Inès Le Goff (CAF 22) a invité CPAM 22, Idir Hamel" in aida.page.texte


async def test_with_htmx_the_other_period_comes_alone_and_says_itself_once() -> None:
    await make_demande(NOW)
    browser = await signed_in(CAST.ines)
    await browser.get("/quoi-de-neuf")
    assert "data-annonce" not in browser.html
    response = await browser.client.get("/quoi-de-neuf?depuis=semaine", headers={"HX-Request": "true"})
    assert "<html" not in response.text and 'id="demandes-neuf"' in response.text
    assert response.text.count("data-annonce") == 1 and 'id="neuf-periode"' in response.text
