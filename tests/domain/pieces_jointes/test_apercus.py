"""Previews: made once, after the verdict, sealed, and gone with their file whatever takes it away."""

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image

from app import database
from app.coffre import CoffreIndisponible
from app.domain.fichiers.natures import TYPES_VUS
from app.domain.pieces_jointes import ajout, apercus, effacement
from app.domain.pieces_jointes.apercus import draw_waiting
from app.domain.pieces_jointes.depot import coffre
from app.domain.pieces_jointes.liste import Piece
from app.enfant import Atelier, EnfantEnEchec
from tests.cast import CAST
from tests.domain.fichiers_joints import NOTE, Envoye, add, kept, list_pieces, make_piece
from tests.domain.scene import DAY, load, signed_as
from tests.factories import make_demande
from tests.fichiers_fabriques import pdf, picture

PHOTO = Envoye("martine-dubois.jpg", picture("JPEG", size=(400, 200)))
PAGES = Envoye("avis.pdf", pdf())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A child of this test."""
    workshop = Atelier(
        "app.photographe", places=1, limite_s=10, attente_s=20, attente_max=10, part_max=10, recyclage=50
    )
    monkeypatch.setattr(apercus, "_atelier", workshop)
    yield
    workshop.close()


async def row_of(piece: UUID) -> Any:
    """The row of a file."""
    return await database.fetch_one("select * from pieces_jointes where id = :piece", piece=piece)


async def list_vues(piece: UUID) -> list[Any]:
    """The rows of its previews, by page."""
    return await database.fetch("select * from apercus where piece = :piece order by page", piece=piece)


async def show(numero: int, now: datetime) -> Piece:
    """The only file of a demande, as its author sees it."""
    signed = await signed_as(CAST.aida, now)
    (piece,) = (await list_pieces(signed.droits, await load(signed, numero), now)).envoyees
    return piece


async def test_a_photo_and_a_pdf_are_drawn_once_and_sealed(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    photo = await make_piece(numero, now, fichier=PHOTO)
    avis = await make_piece(numero, now, fichier=PAGES)
    note = await make_piece(numero, now, fichier=NOTE)
    assert not await draw_waiting(now)
    for piece, sides in ((photo, (400, 200)), (avis, (1131, 1600))):
        row, (vignette, page) = await row_of(piece), await list_vues(piece)
        assert (row["apercu"], row["pages"], row["vues"]) == ("fait", 1, 1)
        assert (vignette["page"], page["page"]) == (0, 1)
        assert (page["largeur"], page["hauteur"]) == sides
        drawn = Image.open(io.BytesIO(await coffre().get(page["cle"])))
        assert (drawn.format, drawn.size) == ("JPEG", sides)
    assert (await row_of(note))["vues"] == 0 and await list_vues(note) == []
    assert len(kept(store)) == 3 + 4
    assert not any(path.read_bytes().startswith(b"\xff\xd8") for path in kept(store)), "sealed"
    await draw_waiting(now)
    assert len(kept(store)) == 3 + 4, "drawn once"


def test_the_sweep_asks_for_the_types_that_have_a_look() -> None:
    quoted = ", ".join(f"'{one}'" for one in TYPES_VUS)
    assert f"type_mime in ({quoted})" in apercus.WAITING


@pytest.mark.parametrize("verdict", ["en_attente", "infecte"])
async def test_nothing_is_drawn_before_its_verdict(verdict: str, store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    piece = await make_piece(numero, now, fichier=PHOTO)
    judge = "update pieces_jointes set verdict = :verdict where id = :piece"
    await database.fetch(judge, piece=piece, verdict=verdict)
    await draw_waiting(now)
    assert await list_vues(piece) == [] and (await row_of(piece))["apercu"] == "a_faire"
    await database.fetch(judge, piece=piece, verdict="sain")
    await draw_waiting(now)
    assert len(await list_vues(piece)) == 2 and (await show(numero, now)).has_apercu


@pytest.mark.parametrize("raison", ["trop lent", "enfant perdu", "MemoryError", "SansVue"])
async def test_what_bursts_or_stalls_says_so_and_holds_nobody_up(
    raison: str, store: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    bomb = await make_piece(numero, now, fichier=PAGES)
    draw, asked = apercus._draw, iter([True, False])

    async def bursting(type_mime: str, contenu: bytes) -> Any:
        if next(asked):
            raise EnfantEnEchec(raison)
        return await draw(type_mime, contenu)

    monkeypatch.setattr(apercus, "_draw", bursting)
    photo = await make_piece(numero, now + timedelta(seconds=1), fichier=PHOTO)
    await draw_waiting(now + timedelta(seconds=1))
    assert ((await row_of(bomb))["apercu"], (await row_of(photo))["apercu"]) == ("impossible", "fait")
    await draw_waiting(now + timedelta(seconds=2))
    assert len(kept(store)) == 2 + 2, "it is not tried again"


async def test_a_file_that_no_key_opens_holds_nobody_up(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    lost = await make_piece(numero, now, fichier=PHOTO)
    (store / (await row_of(lost))["cle"]).write_bytes(b"no key of ours")
    photo = await make_piece(numero, now + timedelta(seconds=1), fichier=PAGES)
    await draw_waiting(now + timedelta(seconds=1))
    assert ((await row_of(lost))["apercu"], (await row_of(photo))["apercu"]) == ("impossible", "fait")


def test_a_true_bomb_is_killed_and_the_next_file_is_drawn() -> None:
    """A picture of ten thousand million points, in a page of a few bytes: pdfium may ask for all of them."""
    huge = (
        b"<< /Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceRGB /Length 3 >>\nstream\nabc\nendstream"
    )
    content = b"<< /Length 24 >>\nstream\n595 0 0 842 0 0 cm /I Do\nendstream"
    bomb = pdf(huge, content).replace(
        b"/MediaBox", b"/Resources << /XObject << /I 4 0 R >> >> /Contents 5 0 R /MediaBox"
    )

    async def ask() -> int:
        with suppress(EnfantEnEchec):
            await apercus._draw("application/pdf", bomb)
        pid = apercus._atelier.enfants[0].processus.pid
        status = await asyncio.to_thread(Path(f"/proc/{pid}/status").read_text)
        assert len((await apercus._draw("image/jpeg", picture("JPEG"))).vues) == 2
        return int(status.split("VmHWM:")[1].split()[0]) // 1024

    assert asyncio.run(ask()) < 1100


# --- Going ------------------------------------------------------------------------------------------------------


async def by_its_day(numero: int, now: datetime) -> None:
    """Fifteen days."""
    await effacement.erase_expired(now + 15 * DAY)


async def by_its_demande(numero: int, now: datetime) -> None:
    """The erasure of a demande."""
    await effacement.erase_pieces_of(numero, now)


async def by_its_virus(numero: int, now: datetime) -> None:
    """Found late."""
    await effacement.erase_infected(
        await database.fetch_one("select * from pieces_jointes where demande = :numero", numero=numero), now
    )


@pytest.mark.parametrize("goes", [by_its_day, by_its_demande, by_its_virus])
async def test_previews_go_with_their_file(goes: Callable[..., Any], store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    piece = await make_piece(numero, now, fichier=PHOTO)
    await draw_waiting(now)
    await goes(numero, now)
    assert kept(store) == [] and await list_vues(piece) == []
    assert not (await show(numero, now)).has_apercu
    await draw_waiting(now)
    assert kept(store) == []


async def test_previews_go_when_the_file_is_taken_back(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    (piece,), _ = await add(CAST.aida, formulaire, PHOTO, now=now)
    await draw_waiting(now)
    assert len(kept(store)) == 3
    assert await ajout.remove_piece(await signed_as(CAST.aida, now), formulaire, piece)
    assert kept(store) == []


async def test_a_file_that_leaves_while_it_is_drawn_leaves_nothing(
    store: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    piece = await make_piece(numero, now, fichier=PHOTO)
    draw = apercus._draw

    async def slow(type_mime: str, contenu: bytes) -> Any:
        drawn = await draw(type_mime, contenu)
        await effacement.erase_pieces_of(numero, now)
        return drawn

    monkeypatch.setattr(apercus, "_draw", slow)
    await draw_waiting(now)
    assert kept(store) == [] and await list_vues(piece) == []


async def test_a_store_that_fails_keeps_nothing_and_the_next_turn_draws_it(
    store: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    piece = await make_piece(numero, now, fichier=PHOTO)
    put, asked = coffre().put, iter([False, True])

    async def failing(cle: str, contenu: bytes) -> None:
        if next(asked):
            raise CoffreIndisponible("full")
        await put(cle, contenu)

    with monkeypatch.context() as patch:
        patch.setattr(coffre(), "put", failing)
        with pytest.raises(CoffreIndisponible):
            await draw_waiting(now)
    assert len(kept(store)) == 1 and await list_vues(piece) == []
    await draw_waiting(now)
    assert len(kept(store)) == 3


async def test_the_sweep_of_orphans_knows_previews_and_takes_those_of_forgotten_forms(
    store: Path, now: datetime
) -> None:
    numero = await make_demande(now)
    await make_piece(numero, now, fichier=PHOTO)
    (draft,), _ = await add(CAST.aida, uuid4(), PAGES, now=now)
    await draw_waiting(now)
    later = datetime.now(now.tzinfo) + 2 * timedelta(hours=1)
    assert await effacement.erase_orphans(later) == 0
    await database.fetch("delete from pieces_jointes where id = :draft", draft=draft)
    assert await effacement.erase_orphans(later) == 3
    assert len(kept(store)) == 3
