"""The child that prints: it reaches nothing, never lasts, never mixes two documents, and leaves when asked."""

import asyncio
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import enfant, impression
from app.domain.mandats.textes import VERSION
from app.impression import ImpressionImpossible, Imprimerie, MandatAImprimer, close_imprimerie, print_mandat
from tests.poppler import poppler, uncompressed

PAGE = '<!doctype html><html lang="fr"><title>Essai</title><p>Essai {}</p></html>'


@pytest.fixture(scope="module")
def imprimerie() -> Iterator[Imprimerie]:
    """One warm child for the whole module."""
    imprimerie = Imprimerie()
    yield imprimerie
    imprimerie.close()


def _raw(imprimerie: Imprimerie, html: str, style: str = "") -> bytes:
    return asyncio.run(imprimerie.print_html(html, style=style, par="essai"))


@pytest.fixture
def appels() -> Iterator[tuple[int, list[object]]]:
    """A listening port, and whoever called it."""
    recus: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as serveur:

        def listen() -> None:
            while True:
                try:
                    client, adresse = serveur.accept()
                except OSError:
                    return
                recus.append(adresse)
                client.close()

        fil = threading.Thread(target=listen, daemon=True)
        fil.start()
        yield serveur.getsockname()[1], recus
        serveur.shutdown(socket.SHUT_RDWR)
        fil.join(2)


HOSTILES = [
    "<img src='{}'>",
    "<link rel=stylesheet href='{}'>",
    "<link rel=attachment href='{}'>",
    "<a rel=attachment href='{}'>x</a>",
    "<object data='{}'></object>",
    "<embed src='{}'>",
    "<style>@import '{}';</style>",
    "<style>@font-face {{ font-family: x; src: url('{}') }} p {{ font-family: x }}</style><p>x</p>",
    "<p style='background: url({})'>x</p>",
    "<style>p::before {{ content: url('{}') }}</style><p>x</p>",
    "<ul style='list-style-image: url({})'><li>x</li></ul>",
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>"
    "<image xlink:href='{}' width='9' height='9'/></svg>",
]


@pytest.mark.parametrize("hostile", HOSTILES)
def test_a_hostile_document_reaches_neither_network_nor_files(
    hostile: str, imprimerie: Imprimerie, appels: tuple[int, list[object]], tmp_path: Path
) -> None:
    port, recus = appels
    # Whoever opens a named pipe waits for a writer: a read would show as « trop lent », not as a refusal.
    tube = tmp_path / "tube"
    os.mkfifo(tube)
    lien = tmp_path / "mandat.css"
    lien.symlink_to("/etc/passwd")
    for adresse in (f"http://127.0.0.1:{port}/x", "file:///etc/passwd", f"file://{tube}", f"file://{lien}"):
        try:
            pdf = _raw(imprimerie, PAGE.format(hostile.format(adresse)))
        except ImpressionImpossible as refus:
            # A face of a font is refused before its address is even asked: there is nowhere to write it.
            assert refus.raison in {"FatalURLFetchingError", "FileNotFoundError"}
        else:
            assert hostile.startswith("<svg")  # drawn without its picture
            assert b"/Image" not in uncompressed(pdf)
    assert recus == []


def test_a_base_address_gives_no_way_out(imprimerie: Imprimerie, appels: tuple[int, list[object]]) -> None:
    port, recus = appels
    with pytest.raises(ImpressionImpossible):
        _raw(imprimerie, PAGE.format(f"<base href='http://127.0.0.1:{port}/'><img src='x.png'>"))
    assert recus == []


def test_the_listening_port_would_see_a_call(appels: tuple[int, list[object]]) -> None:
    port, recus = appels
    socket.create_connection(("127.0.0.1", port)).close()
    limite = time.monotonic() + 2
    while not recus and time.monotonic() < limite:
        time.sleep(0.01)
    assert len(recus) == 1


def test_the_child_may_open_no_socket_start_no_program_and_write_no_file(tmp_path: Path) -> None:
    essai = f"""
import sys
from app import enfant
def try_everything():
    import os, socket, subprocess
    def write():
        with open({str(tmp_path / "trace")!r}, "w") as f: f.write("x")
    for nom, faire in dict(socket=socket.socket, resolve=lambda: socket.getaddrinfo("localhost", 80),
            run=lambda: subprocess.Popen(["true"]), fork=os.fork, system=lambda: os.system("true"),
            write=write).items():
        try:
            faire()
            print(nom, "permis", file=sys.stderr)
        except OSError as erreur:
            print(nom, type(erreur).__name__, file=sys.stderr)
    import resource
    print("memoire", resource.getrlimit(resource.RLIMIT_AS)[1], file=sys.stderr)
def load():
    return lambda octets: try_everything() or b""
enfant.run_child(load)
"""
    demande = struct.pack(">d", 5)
    lance = subprocess.run(
        [sys.executable, "-c", essai],
        input=b"+" + len(demande).to_bytes(4, "big") + demande,
        capture_output=True,
        cwd=enfant.RACINE,
        timeout=20,
        check=True,
    )
    constats = dict(ligne.split() for ligne in lance.stderr.decode().splitlines())
    assert constats == {
        "socket": "PermissionError",
        "resolve": "PermissionError",
        "run": "PermissionError",
        "fork": "PermissionError",
        "system": "PermissionError",
        "write": "OSError",
        "memoire": str(1 << 30),
    }


def test_the_child_gets_no_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canari")
    lance = enfant.Enfant("app.imprimeur")
    try:
        # What the kernel shows is the environment at the start, whatever the child did since.
        assert b"canari" not in Path(f"/proc/{lance.processus.pid}/environ").read_bytes()
    finally:
        lance.stop()


def test_a_render_too_long_is_killed_and_the_next_one_works() -> None:
    imprimerie = Imprimerie(limite_s=0.4)
    try:
        interminable = PAGE.format("<p>mot <b>mot</b></p>" * 9_000)
        _raw(imprimerie, PAGE)  # the child is warm: only the render is timed
        debut = time.monotonic()
        with pytest.raises(ImpressionImpossible) as refus:
            _raw(imprimerie, interminable)
        assert refus.value.raison == "trop lent"
        assert time.monotonic() - debut < 3
        assert _raw(imprimerie, PAGE).startswith(b"%PDF-1.7")
    finally:
        imprimerie.close()


@pytest.mark.parametrize("niveaux", [500, 3_000])
def test_nested_tags_are_printed_or_refused_and_the_next_one_works(niveaux: int) -> None:
    imprimerie = Imprimerie()
    try:
        try:
            assert _raw(imprimerie, PAGE.format("<div>" * niveaux)).startswith(b"%PDF-1.7")
        except ImpressionImpossible as refus:
            assert str(refus) == "Ce document n’a pas pu être imprimé."
        assert _raw(imprimerie, PAGE).startswith(b"%PDF-1.7")
    finally:
        imprimerie.close()


def test_a_document_too_big_is_refused_at_once(imprimerie: Imprimerie) -> None:
    with pytest.raises(ImpressionImpossible, match="trop long"):
        _raw(imprimerie, "x" * (impression.HTML_MAX + 1))


def test_a_child_that_died_is_replaced(imprimerie: Imprimerie) -> None:
    _raw(imprimerie, PAGE)
    premier = imprimerie.atelier.enfants[0]
    premier.processus.kill()
    premier.processus.wait()
    assert _raw(imprimerie, PAGE).startswith(b"%PDF-1.7")
    assert imprimerie.atelier.enfants[0] is not premier


def test_the_same_child_serves_until_it_is_recycled() -> None:
    imprimerie = Imprimerie(recyclage=2)
    try:
        enfants = []
        for _ in range(3):
            _raw(imprimerie, PAGE)
            enfants.append(imprimerie.atelier.enfants[0].processus.pid)
        assert enfants[0] == enfants[1] != enfants[2]
    finally:
        imprimerie.close()


def test_prints_at_once_do_not_mix(imprimerie: Imprimerie, tmp_path: Path) -> None:
    async def together() -> list[bytes]:
        return await asyncio.gather(
            *(imprimerie.print_html(PAGE.format(f"numero{n}"), style="", par=n) for n in range(12))
        )

    for n, pdf in enumerate(asyncio.run(together())):
        (tmp_path / "un.pdf").write_bytes(pdf)
        assert f"numero{n}" in poppler("pdftotext", tmp_path / "un.pdf", "-").split()


def test_the_queue_is_bounded_and_empties() -> None:
    imprimerie = Imprimerie(attente_max=2)

    async def crowd() -> list[bytes | BaseException]:
        demandes = (imprimerie.print_html(PAGE, style="", par=n) for n in range(6))
        return await asyncio.gather(*demandes, return_exceptions=True)

    try:
        for _ in range(2):  # the second crowd finds its two places free again
            resultats = asyncio.run(crowd())
            refus = [r for r in resultats if isinstance(r, ImpressionImpossible)]
            assert len(refus) == 4
            assert all("réessayez dans un instant" in str(r) for r in refus)
    finally:
        imprimerie.close()


def test_forty_documents_of_one_agent_leave_their_turn_to_the_others() -> None:
    imprimerie = Imprimerie()
    arrivees: list[str] = []

    async def ask(par: str) -> str:
        try:
            await imprimerie.print_html(PAGE, style="", par=par)
        except ImpressionImpossible as refus:
            return str(refus)
        arrivees.append(par)
        return ""

    async def crowd() -> list[str]:
        return await asyncio.gather(*(ask("presse") for _ in range(40)), ask("autre"), ask("autre"))

    try:
        *presse, premier, second = asyncio.run(crowd())
        assert (premier, second) == ("", ""), "nobody else is refused"
        assert presse.count("") == imprimerie.part_max
        assert "Vos documents précédents" in presse[-1]
        assert arrivees.index("autre") <= 2, "served in turn, not behind all of the first one's"
    finally:
        imprimerie.close()


def test_a_document_that_waited_too_long_is_refused() -> None:
    imprimerie = Imprimerie(attente_s=-1)
    try:
        with pytest.raises(ImpressionImpossible, match="réessayez"):
            _raw(imprimerie, PAGE)
    finally:
        imprimerie.close()


def test_the_loop_stays_free_while_the_child_works() -> None:
    async def count_turns() -> int:
        impression_en_cours = asyncio.ensure_future(
            print_mandat("falc", VERSION, MandatAImprimer(), par="essai")
        )
        tours = 0
        while not impression_en_cours.done():
            await asyncio.sleep(0.002)
            tours += 1
        await impression_en_cours
        return tours

    # Blocked, the loop would turn once or twice in the 150 ms or more of a render.
    try:
        assert asyncio.run(count_turns()) > 10
    finally:
        close_imprimerie()


def test_closing_lets_the_child_go() -> None:
    imprimerie = Imprimerie()
    _raw(imprimerie, PAGE)
    processus = imprimerie.atelier.enfants[0].processus
    imprimerie.close()
    assert processus.poll() is not None
    assert _raw(imprimerie, PAGE).startswith(b"%PDF-1.7")
    imprimerie.close()


def test_the_application_never_imports_the_printer() -> None:
    commande = "import sys, app.impression; sys.exit('weasyprint' in sys.modules)"
    subprocess.run([sys.executable, "-c", commande], check=True, cwd=enfant.RACINE)
