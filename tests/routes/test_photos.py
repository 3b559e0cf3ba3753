"""Photos that a phone adds to the form open on a computer: the same agent, ten minutes, one form (product §5.5)."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import kept, make_scene
from tests.factories import make_message
from tests.fichiers_fabriques import picture
from tests.routes.test_pieces_jointes import NOTE, join, sent

PHOTO = ("IMG_0001.jpg", picture("JPEG"), "image/jpeg")
AUTRE = ("IMG_0001.jpg", picture("JPEG", (31, 20)), "image/jpeg")


async def show_code(browser: Browser, formulaire: UUID, **fields: str) -> str:
    """« Ajouter des photos avec mon téléphone », with JavaScript; the code shown."""
    await join(browser, formulaire, status=200, photos="ouvrir", **fields)
    [row] = await database.fetch("select code from photos_attendues where agent = :a", a=browser.agent)
    code = str(row["code"])
    assert f"{code[:3]}\u00a0{code[3:]}" in browser.page.texte
    return code


async def add(phone: Browser, code: str, *photos: tuple[str, bytes, str], status: int = 303) -> None:
    """Photos chosen on the phone."""
    await phone.post(
        "/photos", {"code": code}, files=sent(*photos) or [("fichiers", ("", b""))], status=status
    )


async def look(browser: Browser, formulaire: UUID, vues: int, *, status: int = 200) -> None:
    """What the computer asks every five seconds."""
    await join(browser, formulaire, photos="voir", photos_vues=str(vues), status=status)


async def test_the_photos_of_the_phone_join_the_form_of_the_computer(store: Path, now: datetime) -> None:
    computer, phone, formulaire = await signed_in(CAST.aida), await signed_in(CAST.aida), uuid4()
    code = await show_code(computer, formulaire)
    await look(computer, formulaire, 0, status=204)
    await phone.get("/photos")
    await phone.get(f"/photos?code={code[:3]}+{code[3:]}")
    assert "la nouvelle demande que vous écrivez" in phone.page.texte
    await add(phone, code, PHOTO)
    await phone.get(f"/photos?code={code}")
    assert "IMG_0001.jpg" in phone.page.texte
    await look(computer, formulaire, 0)
    assert "1 fichier joint." in computer.page.texte and "IMG_0001.jpg" in computer.page.texte
    await add(phone, code, PHOTO)
    await add(phone, code, AUTRE)
    await look(computer, formulaire, 1)
    assert "1 fichier joint." in computer.page.texte, "sent twice, a photo is one; the other is another"
    assert len(kept(store)) == 2
    assert await show_code(computer, formulaire) == code, "the code does not change while it lives"


async def test_without_javascript_the_form_shows_the_code_and_keeps_what_is_typed(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    ines, phone = await signed_in(CAST.ines), await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    form = next(
        f for f in ines.page.forms if f["action"] == f"/demandes/{numero}/messages" and "vu" in f["values"]
    )
    values = {name: found[-1] for name, found in form["values"].items()}
    url = f"/demandes/{numero}/messages"
    asked = {**values, "texte": "À moitié écrit", "photos": "ouvrir"}
    await ines.post(url, asked, files=sent(NOTE), status=200)
    assert "À moitié écrit" in ines.html and "note.txt" in ines.page.texte, (
        "files chosen meanwhile are joined"
    )
    [row] = await database.fetch("select code, formulaire from photos_attendues")
    await add(phone, row["code"], PHOTO)
    await phone.get(f"/photos?code={row['code']}")
    assert f"demande n°\u00a0{numero}" in phone.page.texte
    await ines.post(url, {**asked, "photos": "voir", "photos_vues": "1"}, files=sent(), status=200)
    assert "IMG_0001.jpg" in ines.page.texte and "À moitié écrit" in ines.html
    rows = await database.fetch("select brouillon, demande from pieces_jointes where nom like 'IMG%'")
    assert [(row["brouillon"], row["demande"]) for row in rows] == [(UUID(values["cle"]), numero)]


async def test_a_code_left_empty_is_asked_for_again() -> None:
    phone = await signed_in(CAST.aida)
    await phone.get("/photos")
    await phone.get("/photos?code=", status=422)
    assert phone.page.title.startswith("Erreur")
    assert "Tapez le code à 6 chiffres" in phone.page.texte


@pytest.mark.parametrize("who", ["aline", "ines"])
async def test_the_code_of_somebody_else_is_no_code(who: str, store: Path) -> None:
    computer = await signed_in(CAST.aida)
    code = await show_code(computer, uuid4())
    other = await signed_in(getattr(CAST, who))
    await other.get(f"/photos?code={code}", status=422)
    assert "n’est pas valable, ou ne l’est plus" in other.page.texte
    await add(other, code, PHOTO, status=422)
    assert kept(store) == []


async def test_a_code_ends_with_its_minutes_with_another_form_and_with_the_sending(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    ines, phone = await signed_in(CAST.ines), await signed_in(CAST.ines)
    first, second = uuid4(), uuid4()
    old = await show_code(ines, first)
    code = await show_code(ines, second, pieces_demande=str(numero))
    await look(ines, first, 0)
    assert "n’est plus valable" in ines.page.texte
    await add(phone, old, PHOTO, status=422)
    message = await make_message(numero, CAST.ines, "Partie.", now)
    await database.fetch("update messages set cle = :cle where id = :id", cle=second, id=message)
    await add(phone, code, PHOTO, status=422)
    code = await show_code(ines, first)
    await database.fetch("update photos_attendues set expires_at = :now", now=now - timedelta(seconds=1))
    await add(phone, code, PHOTO, status=422)
    assert kept(store) == []
    assert await show_code(ines, first)


async def test_what_is_refused_is_said_on_the_phone(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ines, phone = await signed_in(CAST.ines), await signed_in(CAST.ines)
    code = await show_code(ines, uuid4(), pieces_demande=str(numero))
    await add(phone, code, status=422)
    assert "Choisissez d’abord une ou plusieurs photos." in phone.page.texte
    await add(phone, code, ("page.jpg", b"<html><script>alert(1)</script>", "image/jpeg"), status=422)
    assert "Les pages web" in phone.page.texte
    await database.fetch("update demandes set closed_at = :now where numero = :n", now=now, n=numero)
    await add(phone, code, PHOTO, status=422)
    assert kept(store) == []
