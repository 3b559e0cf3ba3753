"""Files page by page: who sees what, turned for everybody, journalled, in a page and in the list of files."""

import io
import re
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image, ImageOps

from app import database
from app.domain.pieces_jointes.apercus import draw_waiting
from app.domain.pieces_jointes.depot import coffre
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import NOTE, Envoye, add, make_piece, make_scene
from tests.domain.scene import post
from tests.factories import list_journal
from tests.fichiers_fabriques import pdf, picture

PHOTO = Envoye("courrier.jpg", picture("JPEG", size=(400, 200)))
DEUX = Envoye(
    "avis.pdf",
    pdf(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 595] >>").replace(
        b"/Kids [3 0 R] /Count 1", b"/Kids [3 0 R 4 0 R] /Count 2"
    ),
)


async def make_drawn(numero: int, now: datetime, fichier: Envoye = PHOTO, **who: int) -> str:
    """The address of a file whose preview is made."""
    piece = await make_piece(numero, now, fichier=fichier, **who)
    await draw_waiting(now)
    return f"/pieces-jointes/{piece}"


def seen(octets: bytes) -> Image.Image:
    """What a browser shows."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(octets)))


async def test_the_list_leads_to_the_preview_and_the_picture_is_ours(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ici = await make_drawn(numero, now)
    await make_drawn(numero, now, NOTE)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}")
    assert re.findall(r'<img src="(/pieces-jointes/[^"]*)"', browser.html) == [f"{ici}/vignette"]
    assert 'alt="Aperçu de courrier.jpg"' in browser.html
    vignette = await browser.get(f"{ici}/vignette")
    assert seen(vignette.content).size == (96, 48)
    assert await list_journal("piece_ouverte") == [], "nothing is read in a thumbnail"

    await browser.get(f"{ici}/apercu")
    assert browser.page.title.startswith("Aperçu de courrier.jpg")
    assert 'width="400" height="200" alt="courrier.jpg"' in browser.html
    assert f"/demandes/{numero}" in browser.page.links
    image = await browser.get(f"{ici}/apercu/1")
    assert image.headers["content-type"] == "image/jpeg"
    assert image.headers["content-disposition"] == 'inline; filename="apercu.jpg"'
    assert image.headers["cache-control"] == "no-store, no-cache"
    assert seen(image.content).size == (400, 200)
    (line,) = await list_journal("piece_ouverte")
    assert (line["agent"], line["demande"]) == (CAST.ines, numero)
    assert line["details"] == {"piece": ici.rpartition("/")[2], "page": 1}


async def test_a_pdf_is_leafed_through_page_by_page(store: Path, now: datetime) -> None:
    ici = await make_drawn(await make_scene(now), now, DEUX)
    browser = await signed_in(CAST.aida)
    await browser.get(f"{ici}/apercu")
    assert 'alt="avis.pdf, page 1 sur 2"' in browser.html and f"{ici}/apercu?page=2" in browser.page.links
    await browser.get(f"{ici}/apercu?page=2", htmx=True)
    assert 'width="1600" height="1131" alt="avis.pdf, page 2 sur 2"' in browser.html
    assert browser.html.lstrip().startswith('<div id="apercu-feuille">')
    await browser.get(f"{ici}/apercu?page=3", status=404)
    for page in ("0", "3", "-1", "x", "9" * 30):
        await browser.get(f"{ici}/apercu/{page}", status=404)


async def test_turning_is_for_everybody_twice_is_once_and_the_file_stays(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ici = await make_drawn(numero, now)
    aida, ines = await signed_in(CAST.aida), await signed_in(CAST.ines)
    original = (await aida.get(ici)).content
    for _ in range(2):
        await ines.post(f"{ici}/apercu/1/orientation", {"tour": "90"}, status=303)
    await aida.get(f"{ici}/apercu")
    assert 'width="200" height="400"' in aida.html and "?tour=90" in aida.html
    turned = seen((await aida.get(f"{ici}/apercu/1")).content)
    assert turned.size == (200, 400)
    red, _, blue = turned.getpixel((100, 10))  # type: ignore[misc]
    assert red > 200 and blue < 60, "what was on the left is at the top"
    assert seen((await aida.get(f"{ici}/vignette")).content).size == (48, 96)
    assert (await aida.get(ici)).content == original
    response = await ines.post(f"{ici}/apercu/1/orientation", {"tour": "180"}, htmx=True, status=200)
    assert "La page est tournée." in ines.page.texte and 'name="tour" value="270"' in ines.html
    assert "hx-push-url" not in response.headers
    await ines.post(f"{ici}/apercu/1/orientation", {"tour": "0"}, status=303)
    assert seen((await aida.get(f"{ici}/apercu/1")).content).size == (400, 200)
    for tour in ("", "45", "-90", "360", "x"):
        await ines.post(f"{ici}/apercu/1/orientation", {"tour": tour}, status=404)
    await ines.post(f"{ici}/apercu/0/orientation", {"tour": "90"}, status=404)
    await ines.post(f"{ici}/apercu/2/orientation", {"tour": "90"}, status=404)


async def test_once_closed_it_is_looked_at_and_no_longer_turned(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ici = await make_drawn(numero, now)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    browser = await signed_in(CAST.aida)
    await browser.get(f"{ici}/apercu")
    assert "Tourner" not in browser.page.texte
    await browser.get(f"{ici}/apercu/1")
    await browser.post(f"{ici}/apercu/1/orientation", {"tour": "90"}, status=409)


async def test_what_has_no_preview_says_why_and_may_be_downloaded(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    note = f"/pieces-jointes/{await make_piece(numero, now, fichier=NOTE)}"
    photo = f"/pieces-jointes/{await make_piece(numero, now, fichier=PHOTO)}"
    browser = await signed_in(CAST.aida)
    for ici, phrase in ((note, "Ce fichier n’a pas d’aperçu"), (photo, "L’aperçu se prépare")):
        await browser.get(f"{ici}/apercu")
        assert phrase in browser.page.texte and ici in browser.page.links
        for chemin in ("apercu/1", "vignette"):
            await browser.get(f"{ici}/{chemin}", status=404)
    await database.fetch("update pieces_jointes set apercu = 'impossible' where nom = 'courrier.jpg'")
    await browser.get(f"{photo}/apercu")
    assert "Aperçu indisponible" in browser.page.texte
    await browser.get(f"/demandes/{numero}")
    assert browser.page.texte.count("aperçu indisponible") == 1 and "<img" not in browser.html


@pytest.mark.parametrize("chemin", ["apercu", "apercu/1", "vignette"])
async def test_the_right_is_that_of_the_file(chemin: str, store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ici = await make_drawn(numero, now)
    message = await post(CAST.ines, numero, now, is_prive=True)
    prive = await make_drawn(numero, now, PHOTO, who=CAST.ines, message=message)
    readers: dict[int, tuple[int, int]] = {
        CAST.aida: (200, 404),
        CAST.aline: (200, 404),
        CAST.ines: (200, 200),
        CAST.elie: (403, 403),
        CAST.rose: (403, 403),
        CAST.eve: (404, 404),
    }
    for agent, statuses in readers.items():
        browser = await signed_in(agent)
        for what, status in zip((ici, prive), statuses, strict=True):
            await browser.get(f"{what}/{chemin}", status=status)
    await database.fetch("update pieces_jointes set verdict = 'en_attente'")
    await (await signed_in(CAST.aida)).get(f"{ici}/{chemin}", status=409)
    await database.fetch("update pieces_jointes set verdict = 'sain', expires_at = :now", now=now)
    await (await signed_in(CAST.aida)).get(f"{ici}/{chemin}", status=404)


async def test_a_file_not_sent_yet_is_seen_by_its_sender_alone(store: Path, now: datetime) -> None:
    formulaire = uuid4()
    (piece,), _ = await add(CAST.aida, formulaire, PHOTO, now=now)
    await draw_waiting(now)
    aida, aline = await signed_in(CAST.aida), await signed_in(CAST.aline)
    await aida.get(f"/pieces-jointes/{piece}/apercu")
    assert f"/demandes/nouvelle?formulaire={formulaire}" in aida.page.links
    await aida.post(f"/pieces-jointes/{piece}/apercu/1/orientation", {"tour": "90"}, status=303)
    for chemin in ("apercu", "apercu/1", "vignette"):
        await aline.get(f"/pieces-jointes/{piece}/{chemin}", status=404)


async def test_a_picture_the_store_lost_is_drawn_again(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ici = await make_drawn(numero, now)
    piece = UUID(ici.rpartition("/")[2])
    (row,) = await database.fetch("select cle from apercus where piece = :piece and page = 1", piece=piece)
    await coffre().delete(row["cle"])
    browser: Browser = await signed_in(CAST.aida)
    await browser.get(f"{ici}/apercu/1", status=404)
    await browser.get(f"{ici}/apercu")
    assert "L’aperçu se prépare" in browser.page.texte
    await draw_waiting(now)
    await browser.get(f"{ici}/apercu/1")
