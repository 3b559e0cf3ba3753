"""Files on the page of a demande: they go with an answer, show to who may open them, and to nobody else."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from app import database, visite
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import Envoye, add, block, kept, make_piece, make_scene, unblock
from tests.domain.scene import DAY
from tests.factories import make_message
from tests.routes.test_pieces_jointes import NOTE, PDF, join, sent

CANARY = "Zéphyrine-Dubois-7391"


async def answer(
    browser: Browser, numero: int, *fichiers: tuple[str, bytes, str], status: int = 303, **fields: str
) -> None:
    """Fill the answer on screen and send it as the form says, multipart, without JavaScript."""
    form = next(
        f for f in browser.page.forms if f["action"] == f"/demandes/{numero}/messages" and "vu" in f["values"]
    )
    values = {name: found[-1] for name, found in form["values"].items()}
    await browser.post(
        form["action"],
        {**values, **fields},
        files=sent(*fichiers) or [("fichiers", ("", b""))],
        status=status,
    )


async def count_lines(numero: int) -> int:
    """How many lines the thread holds."""
    return len(await database.fetch("select from messages where demande = :numero", numero=numero))


async def open_demande(who: int, numero: int) -> Browser:
    """The page of a demande."""
    browser = await signed_in(who)
    await browser.get(f"/demandes/{numero}")
    return browser


# --- In an answer -----------------------------------------------------------------------------------------------


async def test_without_javascript_an_answer_takes_its_files_along(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    await answer(aida, numero, PDF, NOTE, texte="Voici l’avis.")
    ines = await open_demande(CAST.ines, numero)
    assert ines.page.texte.count("effacée le 9 décembre") == 2, "each once; their message only leads to them"
    assert "Aïda Kerjean, aujourd’hui · effacée le 9 décembre" in ines.page.texte
    places = [
        ines.html.index(one) for one in ("situation-titre", "pieces-titre", "demande-fil", "organismes-titre")
    ]
    assert places == sorted(places)
    assert len(ines.queries) <= 8


async def test_the_button_keeps_what_is_typed_and_sends_nothing(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    await answer(aida, numero, NOTE, texte="À moitié écrit", joindre="1", status=200)
    assert "À moitié écrit" in aida.html
    assert "note.txt" in aida.page.texte
    assert await count_lines(numero) == 0
    piece = next(link for link in aida.page.links if link.startswith("/pieces-jointes/")).rpartition("/")[2]
    await answer(aida, numero, texte="À moitié écrit", retirer=piece, status=200)
    assert "À moitié écrit" in aida.html
    assert kept(store) == []


async def test_a_refused_file_holds_the_answer_back_with_its_text_and_its_other_files(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    await answer(
        aida, numero, NOTE, ("virus.exe", b"MZ" + bytes(100), "x/y"), texte="Bonjour à tous", status=422
    )
    assert aida.page.title.startswith("Erreur : ")
    assert "#champ-fichiers" in aida.page.links
    assert "Bonjour à tous" in aida.html
    assert await count_lines(numero) == 0
    await answer(aida, numero, texte="Bonjour à tous")
    assert (await count_lines(numero), len(kept(store))) == (1, 1)


async def test_an_invalid_answer_keeps_its_files_until_it_is_sent(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    await answer(aida, numero, NOTE, texte="", status=422)
    assert "Écrivez votre message." in aida.page.texte
    assert "note.txt" in aida.page.texte
    await answer(aida, numero, texte="Voici.")
    await aida.get(f"/demandes/{numero}")
    assert "note.txt" in aida.page.texte


async def test_files_chosen_then_a_page_left_are_found_again(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    form = next(f for f in aida.page.forms if "vu" in f["values"])
    await join(aida, UUID(form["values"]["cle"][0]), NOTE, pieces_demande=str(numero))
    await aida.get(f"/demandes/{numero}")
    assert "note.txt" in aida.page.texte
    assert "note.txt" not in (await open_demande(CAST.ines, numero)).page.texte
    await answer(aida, numero, texte="Voici.")
    assert "note.txt" in (await open_demande(CAST.ines, numero)).page.texte


async def test_a_file_taken_back_in_another_window_does_not_let_the_answer_leave_without_it_unsaid(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    await answer(aida, numero, NOTE, texte="Voici la note.", joindre="1", status=200)
    piece = next(link for link in aida.page.links if link.startswith("/pieces-jointes/")).rpartition("/")[2]
    form = next(f for f in aida.page.forms if "vu" in f["values"])
    await join(await signed_in(CAST.aida), UUID(form["values"]["cle"][0]), retirer=piece)
    await answer(aida, numero, PDF, texte="Voici la note.", status=422)
    assert "n’est plus joint" in aida.page.texte and "Voici la note." in aida.html
    assert "note.txt" not in aida.page.texte and "avis d’échéance.pdf" in aida.page.texte, "what will leave"
    assert await count_lines(numero) == 0
    await answer(aida, numero, texte="Voici sans la note.")
    assert (await count_lines(numero), len(kept(store))) == (1, 1)


async def test_an_answer_pressed_twice_misses_none_of_its_files(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    await answer(aida, numero, NOTE, texte="Voici la note.", joindre="1", status=200)
    page = aida.html
    await answer(aida, numero, texte="Voici la note.")
    aida.html = page
    await answer(aida, numero, texte="Voici la note.")
    assert (await count_lines(numero), len(kept(store))) == (1, 1)


async def test_a_disk_full_while_answering_keeps_the_text_and_sends_nothing(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    aida = await open_demande(CAST.aida, numero)
    block(store)
    await answer(aida, numero, NOTE, texte="Bonjour à tous", status=422)
    assert "le stockage ne répond pas" in aida.page.texte
    assert "Bonjour à tous" in aida.html
    assert await count_lines(numero) == 0
    unblock(store)
    await answer(aida, numero, NOTE, texte="Bonjour à tous")
    assert (await count_lines(numero), len(kept(store))) == (1, 1)


async def test_a_demande_closed_meanwhile_keeps_the_text(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    ines = await open_demande(CAST.ines, numero)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    await answer(ines, numero, NOTE, texte="Trop tard", status=409)
    assert "Trop tard" in ines.html
    assert kept(store) == []


# --- What the page shows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["elie", "rose", "ada"])
async def test_who_may_not_open_files_reads_neither_names_nor_counts(
    who: str, store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    message = await make_message(numero, CAST.ines, "Voir la pièce.", now)
    bare = await signed_in(getattr(CAST, who))
    before = [(await bare.get(url)).text for url in (f"/demandes/{numero}",)]
    await make_piece(numero, now, fichier=Envoye(f"{CANARY}.txt", b"x"))
    await make_piece(numero, now, who=CAST.ines, message=message, fichier=Envoye(f"{CANARY}-2.txt", b"y"))
    browser = await signed_in(getattr(CAST, who))
    await browser.get(f"/demandes/{numero}")
    for word in ("Zéphyrine", "pieces-jointes", "Pièces jointes", "pièce effacée", "Joindre"):
        assert word not in browser.html
        assert word not in before[0]
    if who == "elie":
        await browser.get(f"/demandes/{numero}/impression")
        assert "Zéphyrine" not in browser.html


async def test_the_files_of_a_private_message_do_not_show_on_the_aidant_side(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    message = await make_message(numero, CAST.ines, "Entre nous.", now, is_prive=True)
    await make_piece(numero, now, who=CAST.ines, message=message, fichier=Envoye(f"{CANARY}.txt", b"x"))
    assert "Zéphyrine" in (await open_demande(CAST.idir, numero)).html
    for suite in ("", "/impression"):
        aida = await signed_in(CAST.aida)
        await aida.get(f"/demandes/{numero}{suite}")
        assert "Zéphyrine" not in aida.html
        assert "Pièces jointes" not in aida.html


async def test_an_erased_file_leaves_a_line_without_name(
    store: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    numero = await make_scene(now)
    piece = await make_piece(numero, now, fichier=Envoye(f"{CANARY}.txt", b"x"))
    monkeypatch.setattr(visite, "clock", lambda: now + 20 * DAY)
    ines = await open_demande(CAST.ines, numero)
    assert "Pièce effacée le 9 décembre" in ines.page.texte
    assert "Zéphyrine" not in ines.html
    assert f"/pieces-jointes/{piece}" not in ines.page.links


@pytest.mark.parametrize("who", ["aida", "ines"])
async def test_thirty_files_cost_no_more_queries(who: str, store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    for n in range(30):
        await add(CAST.aida, UUID(int=n), Envoye(f"{n}.txt", b"x"), now=now)
    await database.fetch("update pieces_jointes set brouillon = null, demande = :numero", numero=numero)
    browser = await open_demande(getattr(CAST, who), numero)
    assert browser.page.texte.count(".txt") == 30
    assert len(browser.queries) <= 8
