"""All the files of a demande in one zip: what is in it, for whom, and what a reader who is slow or leaves costs."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from app import database
from app.domain.pieces_jointes import ensemble
from app.domain.pieces_jointes.depot import coffre
from app.domain.regles.errors import TropDeDemandes
from app.routes.demande.pieces import write_zip
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import Envoye, block, make_piece
from tests.domain.fichiers_joints import make_scene as make_with_files
from tests.domain.scene import load, post, signed_as

AVIS = Envoye("Avis d’échéance.txt", b"Premier avis.")
DEUXIEME = Envoye("avis d’échéance.txt", b"Second avis.")
PRIVE = Envoye("analyse.txt", b"Entre instructeurs.")


@pytest.fixture(autouse=True)
def nobody_else() -> None:
    """No download of another test is under way."""
    ensemble._en_cours.clear()


def read(response: httpx.Response) -> dict[str, bytes]:
    """What the archive holds, its sums checked."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_archive_holds_each_file_once_under_a_name_of_its_own(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    await make_piece(numero, now, fichier=DEUXIEME)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    assert f"/demandes/{numero}/pieces-jointes.zip" in browser.page.links
    response = await browser.get(f"/demandes/{numero}/pieces-jointes.zip")
    assert response.headers["content-type"] == "application/zip"
    assert response.headers["content-disposition"].startswith(
        f'attachment; filename="demande-{numero}-pieces.zip"'
    )
    assert read(response) == {
        "Avis d’échéance.txt": b"Premier avis.",
        "avis d’échéance (2).txt": b"Second avis.",
    }
    assert ensemble._en_cours == []


async def test_one_file_needs_no_archive_link_and_none_is_not_found(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/pieces-jointes.zip", status=404)
    await make_piece(numero, now, fichier=AVIS)
    await browser.get(f"/demandes/{numero}")
    assert f"/demandes/{numero}/pieces-jointes.zip" not in browser.page.links


async def test_files_of_a_reserved_message_are_for_instructeurs_in_their_own_folder(
    store: Path, now: datetime
) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    message = await post(CAST.ines, numero, now, is_prive=True)
    await make_piece(numero, now, who=CAST.ines, message=message, fichier=PRIVE)
    aida, ines = await signed_in(CAST.aida), await signed_in(CAST.ines)
    assert set(read(await aida.get(f"/demandes/{numero}/pieces-jointes.zip"))) == {"Avis d’échéance.txt"}
    everything = {"Avis d’échéance.txt", "Réservées aux instructeurs/analyse.txt"}
    assert set(read(await ines.get(f"/demandes/{numero}/pieces-jointes.zip"))) == everything
    elie = await signed_in(CAST.elie)
    await elie.get(f"/demandes/{numero}/pieces-jointes.zip", status=403)
    eve = await signed_in(CAST.eve)
    await eve.get(f"/demandes/{numero}/pieces-jointes.zip", status=404)


async def test_each_file_is_journalled_as_opened(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    pieces = {str(await make_piece(numero, now, fichier=fichier)) for fichier in (AVIS, DEUXIEME)}
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}/pieces-jointes.zip")
    rows = await database.fetch(
        "select agent, details->>'piece' as piece from journal where fait = 'piece_ouverte' and demande = :n",
        n=numero,
    )
    assert {(row["agent"], row["piece"]) for row in rows} == {(CAST.ines, piece) for piece in pieces}
    assert len(rows) == 2


async def test_a_download_that_the_journal_could_not_keep_holds_no_turn(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    ines = await signed_as(CAST.ines, now)
    demande = await load(ines, numero)
    await database.fetch("alter table journal add constraint plein check (fait <> 'piece_ouverte') not valid")
    for _ in range(ensemble.PAR_AGENT_MAX + 1):
        with pytest.raises(asyncpg.CheckViolationError):
            async with database.transaction():
                await ensemble.open_pieces(ines, demande, now)
    assert ensemble._en_cours == []


async def test_what_is_erased_meanwhile_is_named_and_the_others_arrive(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    lost = await make_piece(numero, now, fichier=AVIS)
    await make_piece(numero, now, fichier=DEUXIEME)
    row = await database.fetch_one("select cle from pieces_jointes where id = :id", id=lost)
    assert row is not None
    await coffre().delete(row["cle"])
    browser = await signed_in(CAST.aida)
    found = read(await browser.get(f"/demandes/{numero}/pieces-jointes.zip"))
    assert set(found) == {"avis d’échéance (2).txt", "À lire.txt"}
    assert "Avis d’échéance.txt" in found["À lire.txt"].decode()


async def test_what_the_antivirus_has_not_read_is_in_no_archive(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    waiting = await make_piece(numero, now, fichier=PRIVE)
    await database.fetch("update pieces_jointes set verdict = 'en_attente' where id = :id", id=waiting)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    assert f"/demandes/{numero}/pieces-jointes.zip" not in browser.page.links  # one file is left to open
    assert set(read(await browser.get(f"/demandes/{numero}/pieces-jointes.zip"))) == {"Avis d’échéance.txt"}
    await database.fetch("update pieces_jointes set verdict = 'en_attente' where demande = :n", n=numero)
    await browser.get(f"/demandes/{numero}/pieces-jointes.zip", status=404)


async def test_expired_files_are_in_no_archive(store: Path, now: datetime) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    await database.fetch("update pieces_jointes set expires_at = :now where demande = :n", now=now, n=numero)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/pieces-jointes.zip", status=404)


async def test_a_store_that_is_away_is_a_french_page_and_the_turn_is_given_back(
    store: Path, now: datetime
) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    row = await database.fetch_one("select cle from pieces_jointes where demande = :n", n=numero)
    assert row is not None
    await coffre().delete(row["cle"])
    block(store)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/pieces-jointes.zip", status=503)
    assert ensemble._en_cours == []


async def test_one_agent_takes_two_turns_at_most_and_a_reader_who_leaves_gives_theirs_back(
    store: Path, now: datetime
) -> None:
    numero = await make_with_files(now)
    await make_piece(numero, now, fichier=AVIS)
    signed = await signed_as(CAST.aida, now)
    demande = await load(signed, numero)
    first = write_zip(await ensemble.open_pieces(signed, demande, now))
    second = write_zip(await ensemble.open_pieces(signed, demande, now))
    await anext(first)
    await anext(second)
    with pytest.raises(TropDeDemandes):
        await ensemble.open_pieces(signed, demande, now)
    await first.aclose()
    third = write_zip(await ensemble.open_pieces(signed, demande, now))
    with pytest.raises(TropDeDemandes):
        await ensemble.open_pieces(signed, demande, now)
    later = now + ensemble.DUREE_MAX + timedelta(seconds=1)
    await (await ensemble.open_pieces(signed, demande, later)).aclose()
    for parts in (second, third):
        await parts.aclose()


async def test_one_file_at_a_time_is_read_from_the_store(
    store: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_with_files(now)
    for fichier in (AVIS, DEUXIEME):
        await make_piece(numero, now, fichier=fichier)
    signed = await signed_as(CAST.aida, now)
    read_cles: list[str] = []
    keeper = coffre()
    get = keeper.get

    async def spy(cle: str) -> bytes:
        read_cles.append(cle)
        return await get(cle)

    monkeypatch.setattr(keeper, "get", spy)
    parts = write_zip(await ensemble.open_pieces(signed, await load(signed, numero), now))
    await anext(parts)
    await anext(parts)
    assert len(read_cles) == 1
    with database.spy_queries() as queries:
        async for _ in parts:
            pass
    assert len(read_cles) == 2
    assert queries == []  # what leaves slowly asks the base nothing
