"""Files of a new demande: kept with what is typed, sent once with it, found again with its draft (product §5.5)."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app import database
from app.tasks import pieces_jointes as sweep
from tests import fichiers_fabriques
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import block, kept, unblock
from tests.domain.formulaire_rempli import filled
from tests.factories import list_journal
from tests.routes.test_pieces_jointes import NOTE, PDF, join, sent

URL = "/demandes/nouvelle"
PHOTO = (
    "IMG_0042.HEIC",
    fichiers_fabriques.picture("HEIF", exif=fichiers_fabriques.located_exif()),
    "image/heic",
)


async def post(
    browser: Browser, fields: dict[str, Any], *fichiers: tuple[str, bytes, str], status: int, **more: str
) -> Any:
    """The form as it stands, multipart, without JavaScript."""
    return await browser.post(
        URL, {**fields, **more}, files=sent(*fichiers) or [("fichiers", ("", b""))], status=status
    )


async def demandes() -> list[int]:
    """The numbers of the demandes sent."""
    return [row["numero"] for row in await database.fetch("select numero from demandes order by numero")]


async def test_a_photo_goes_from_the_telephone_to_the_instructeur(store: Path) -> None:
    aida = await signed_in(CAST.aida)
    response = await post(aida, filled(), PHOTO, PDF, status=303)
    assert response.headers["location"].startswith("/demandes/")
    (numero,) = await demandes()
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    assert ines.page.texte.count("IMG_0042.jpg") == 1, "in the one list, under the description"
    link = next(link for link in ines.page.links if link.startswith("/pieces-jointes/"))
    given = await ines.get(link)
    assert given.headers["content-type"] in {"image/jpeg", "application/pdf"}
    (line,) = await list_journal("demande_envoyee")
    details = line["details"]
    assert isinstance(details, dict)
    assert len(details["pieces"]) == 2


async def test_the_button_joins_and_keeps_everything_typed(store: Path) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    await post(aida, fields, NOTE, status=200, joindre="1")
    assert "note.txt" in aida.page.texte
    assert "AAH interrompue depuis juillet" in aida.html
    assert await demandes() == []
    piece = next(link for link in aida.page.links if link.startswith("/pieces-jointes/")).rpartition("/")[2]
    await post(aida, fields, status=200, retirer=piece)
    assert kept(store) == []
    await post(aida, fields, status=422, joindre="1")
    assert "Choisissez d’abord un ou plusieurs fichiers." in aida.page.texte
    assert await demandes() == []


async def test_a_refused_file_holds_the_demande_back_and_loses_nothing(store: Path) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    await post(aida, fields, NOTE, ("page.html", b"<html>", "text/html"), status=422)
    assert "Les pages web" in aida.page.texte
    assert "#champ-fichiers" in aida.page.links
    assert "Plus de versement depuis juillet" in aida.html
    assert await demandes() == []
    await post(aida, fields, status=303)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{(await demandes())[0]}")
    assert "note.txt" in ines.page.texte


async def test_errors_elsewhere_keep_the_files(store: Path) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    await post(aida, {**fields, "titre": ""}, NOTE, status=422)
    assert "note.txt" in aida.page.texte
    await post(aida, fields, status=303)
    assert len(await database.fetch("select from pieces_jointes where demande is not null")) == 1


async def test_a_disk_full_keeps_the_text_and_sends_nothing(store: Path) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    block(store)
    await post(aida, fields, NOTE, status=422)
    assert "le stockage ne répond pas" in aida.page.texte
    assert "Plus de versement depuis juillet" in aida.html
    assert await demandes() == []
    unblock(store)
    await post(aida, fields, NOTE, status=303)
    assert len(kept(store)) == 1


async def test_the_same_form_posted_again_and_again_is_one_demande_with_its_files_once(store: Path) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    places = [(await post(aida, fields, NOTE, PDF, status=303)).headers["location"] for _ in range(4)]
    assert len(set(places)) == 1
    assert len(kept(store)) == len(await database.fetch("select from pieces_jointes")) == 2


async def test_a_draft_is_found_again_with_its_files_and_goes_with_them(store: Path) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    await post(aida, fields, NOTE, status=200, joindre="1")
    elsewhere = await signed_in(CAST.aida)
    await elsewhere.get(f"{URL}?formulaire={fields['formulaire']}")
    assert "note.txt" in elsewhere.page.texte
    assert "Plus de versement" in elsewhere.html
    await elsewhere.post(f"/brouillons/{fields['formulaire']}/suppression")
    assert kept(store) == []


async def test_a_file_taken_back_in_another_window_holds_the_demande_until_its_author_knows(
    store: Path,
) -> None:
    aida, fields = await signed_in(CAST.aida), filled()
    await post(aida, fields, NOTE, PDF, status=200, joindre="1")
    [jointes] = next(f["values"]["jointes"] for f in aida.page.forms if "jointes" in f["values"])
    shown = jointes.split()
    assert len(shown) == 2
    await join(await signed_in(CAST.aida), fields["formulaire"], retirer=shown[0])
    await post(aida, {**fields, "jointes": jointes}, status=422)
    assert "n’est plus joint" in aida.page.texte and await demandes() == []
    await post(aida, {**fields, "jointes": shown[1]}, status=303)
    assert len(await demandes()) == len(kept(store)) == 1


async def test_files_alone_are_found_again_too(store: Path) -> None:
    """Chosen with JavaScript, before anything was typed and saved."""
    aida, fields = await signed_in(CAST.aida), filled()
    formulaire = fields["formulaire"]
    await join(aida, formulaire, NOTE)
    await aida.get(f"{URL}?formulaire={formulaire}")
    assert "note.txt" in aida.page.texte
    assert len(aida.queries) <= 6
    await sweep.erase_pieces({})
    assert len(kept(store)) == 1
    eve = await signed_in(CAST.eve)
    await eve.get(f"{URL}?formulaire={formulaire}")
    assert "note.txt" not in eve.page.texte


@pytest.mark.parametrize("who", ["elie", "rose", "ada"])
async def test_who_opens_no_demande_joins_no_file(who: str, store: Path, now: datetime) -> None:
    browser = await signed_in(getattr(CAST, who))
    fields = filled()
    await join(browser, fields["formulaire"], NOTE, status=422)
    await post(browser, fields, NOTE, status=403)
    assert kept(store) == []
