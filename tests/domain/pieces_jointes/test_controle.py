"""The child that judges files: what it cannot hold is refused, the next file is taken, the others wait in order."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.fichiers import MAL_RECU, FichierRefuse
from app.domain.pieces_jointes import controle
from app.enfant import Atelier
from tests.fichiers_fabriques import docx, object_stream, pdf, picture, xlsx


@pytest.fixture
def atelier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Atelier]]:
    """A workshop of this test, with limits of its own."""
    made: list[Atelier] = []

    def make(**limits: float) -> Atelier:
        usual = {"places": 2, "limite_s": 8, "attente_s": 12, "attente_max": 60, "part_max": 20}
        made.append(Atelier("app.verificateur", **{**usual, **limits}))  # type: ignore[arg-type]
        monkeypatch.setattr(controle, "_atelier", made[-1])
        return made[-1]

    yield make
    for each in made:
        each.close()


async def judge(nom: str, contenu: bytes, par: int = 1) -> str:
    """The name it is kept under, or why it is refused."""
    try:
        return (await controle.check(nom, lambda: contenu, par=par)).nom
    except FichierRefuse as refus:
        return refus.phrase


def test_what_is_kept_and_what_is_refused_come_back(atelier: Callable[..., Atelier]) -> None:
    atelier()

    async def ask() -> None:
        accepte = await controle.check("n\ud800ote.pdf", lambda: "Noël".encode("cp1252"), par=1)
        assert (accepte.nom, accepte.contenu, accepte.recu_comme) == ("note.txt", "Noël".encode(), "texte")
        photo = picture("JPEG", comment=b"MARQUEUR")
        assert b"MARQUEUR" not in (await controle.check("a.jpg", lambda: photo, par=1)).contenu
        assert await judge("a.pdf", b"<html>") == await judge("a.pdf", b"<html><body>")
        with pytest.raises(FichierRefuse, match=MAL_RECU):
            await controle.check("a.jpg", lambda: None, par=1)

    asyncio.run(ask())


def test_a_file_too_long_to_judge_is_given_up_and_the_next_one_is_taken(
    atelier: Callable[..., Atelier],
) -> None:
    workshop = atelier(limite_s=0.4, places=1)
    endless = xlsx({"xl/worksheets/sheet1.xml": "<a>" + "<b/>" * 8_000_000 + "</a>"})

    async def ask() -> None:
        assert await judge("a.txt", b"bonjour") == "a.txt"  # the child is warm
        started = time.monotonic()
        assert await judge("a.xlsx", endless) == controle.TROP_LONG
        assert time.monotonic() - started < 3
        workshop.limite_s = 8
        assert await judge("a.txt", b"bonjour") == "a.txt"

    asyncio.run(ask())


def test_a_child_that_dies_refuses_one_file_only(atelier: Callable[..., Atelier]) -> None:
    workshop = atelier(places=1)
    heavy = picture("PNG", (5000, 5000))

    async def ask() -> None:
        assert await judge("a.txt", b"bonjour") == "a.txt"
        killer = threading.Timer(0.05, workshop.enfants[0].processus.kill)
        killer.start()
        assert await judge("a.png", heavy) == controle.NON_VERIFIE
        assert await judge("a.png", heavy) == "a.png"

    asyncio.run(ask())


def test_bombs_stay_within_the_memory_of_the_child(atelier: Callable[..., Atelier]) -> None:
    """Each used to take half a gigabyte of the process that serves the pages."""
    workshop = atelier(places=1)
    bombs = {
        "a.docx": docx({"word/document2.xml": "<a>" + "<b/>" * 5_000_000 + "</a>"}),
        "b.pdf": pdf(object_stream(bytes(60_000_000))),
        "c.docx": docx({"word/media/x.bin": bytes(57_000_000)}),
    }

    async def ask() -> int:
        for nom, contenu in bombs.items():
            await judge(nom, contenu)
        pid = workshop.enfants[0].processus.pid
        status = await asyncio.to_thread(Path(f"/proc/{pid}/status").read_text)
        return int(status.split("VmHWM:")[1].split()[0]) // 1024

    assert asyncio.run(ask()) < 300


def test_those_that_wait_beyond_the_bound_are_told_so(atelier: Callable[..., Atelier]) -> None:
    atelier(places=1, attente_max=4, part_max=3)
    photo = picture("PNG", (1500, 1500))

    async def ask() -> list[str]:
        mine = (judge("a.png", photo, par=1) for _ in range(5))
        others = (judge("a.png", photo, par=par) for par in (2, 3))
        return await asyncio.gather(*mine, *others)

    assert asyncio.run(ask()) == [
        *["a.png"] * 3,
        *[controle.TROP_A_LA_FOIS] * 2,
        "a.png",
        controle.TROP_DE_MONDE,
    ]


def test_those_that_wait_hold_no_memory_and_are_served_in_turn(atelier: Callable[..., Atelier]) -> None:
    atelier(places=1)
    read: list[int] = []

    async def ask() -> None:
        def reader(par: int) -> Callable[[], bytes]:
            return lambda: read.append(par) or b"bonjour"  # type: ignore[func-returns-value]

        asked = [controle.check("a.txt", reader(par), par=par) for par in (1, 1, 1, 2, 3)]
        await asyncio.gather(*asked)

    asyncio.run(ask())
    assert read in ([1, 2, 3, 1, 1], [1, 1, 2, 3, 1]), "one agent’s files are not before everyone else’s"


def test_the_loop_stays_free_while_hostile_files_are_judged(atelier: Callable[..., Atelier]) -> None:
    atelier()
    hostile = docx({"word/document2.xml": "<a>" + "<b/>" * 1_500_000 + "</a>"})

    async def count_turns() -> int:
        asked = asyncio.gather(*(judge("a.docx", hostile, par=par) for par in range(4)))
        turns = 0
        while not asked.done():
            await asyncio.sleep(0.002)
            turns += 1
        return turns

    # Judged in this process, the loop would turn a handful of times.
    assert asyncio.run(count_turns()) > 50
