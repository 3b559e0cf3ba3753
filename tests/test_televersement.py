"""A posted form is read whole or refused: texts bounded, files bounded one by one, a stranger's never kept."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from litestar.exceptions import HTTPException

from app import televersement
from app.domain.fichiers import OCTETS_MAX
from app.settings import ROOT
from app.televersement import ENVOI_MAX, GARDES_MAX, TEXTES_MAX, Televerse, read_pairs

BOUNDARY = "limite"


class Request:
    """What `read_pairs` asks of a request."""

    content_length = None

    def __init__(self, kind: str, options: dict[str, str], body: bytes, step: int = 65_536) -> None:
        self.content_type = (kind, options)
        self._body = body
        self._step = step
        # Its route has no bound of its own.
        vars(self)["route_handler"] = SimpleNamespace(resolve_request_max_body_size=lambda: None)

    async def stream(self) -> AsyncIterator[bytes]:
        """The body as a server gives it."""
        for start in range(0, len(self._body), self._step):
            yield self._body[start : start + self._step]
        yield b""


def part(nom: str, contenu: bytes, fichier: str | None = None) -> bytes:
    """One part of a multipart body."""
    filename = "" if fichier is None else f'; filename="{fichier}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{nom}"{filename}\r\n\r\n'
    return head.encode() + contenu + b"\r\n"


def read(*parts: bytes, keeps_files: bool = True, end: bytes = b"--limite--\r\n", step: int = 65_536) -> Any:
    """The pairs of these parts."""
    request: Any = Request("multipart/form-data", {"boundary": BOUNDARY}, b"".join(parts) + end, step)
    return asyncio.run(read_pairs(request, keeps_files=keeps_files))


def content(fichier: Televerse) -> bytes | None:
    """What the domain would read."""
    return fichier.read()


@pytest.mark.parametrize("step", [1, 7, 65_536])
def test_texts_and_files_come_out_in_order_whatever_the_pieces(step: int) -> None:
    pairs = read(
        part("texte", "été\r\n".encode()),
        part("fichiers", b"a\r\n--lim", "a.txt"),
        part("fichiers", b"", "vide.txt"),
        part("texte", b"fin"),
        step=step,
    )
    assert [nom for nom, _ in pairs] == ["texte", "fichiers", "fichiers", "texte"]
    assert (pairs[0][1], pairs[3][1]) == ("été\r\n", "fin")
    assert (pairs[1][1].nom, pairs[1][1].taille, content(pairs[1][1])) == ("a.txt", 8, b"a\r\n--lim")
    assert (pairs[2][1].nom, pairs[2][1].taille, content(pairs[2][1])) == ("vide.txt", 0, b"")


def test_an_empty_file_field_is_nothing() -> None:
    assert read(part("fichiers", b"", ""), part("texte", b"x")) == [("texte", "x")]


def test_a_large_file_goes_to_disk_and_comes_back_whole() -> None:
    contenu = bytes(range(256)) * 12_000
    ((_, fichier),) = read(part("fichiers", contenu, "photo.jpg"))
    assert content(fichier) == contenu
    assert content(fichier) is None, "read once, then gone"


def test_a_file_too_heavy_is_weighed_and_not_kept() -> None:
    pairs = read(part("fichiers", b"x" * (OCTETS_MAX + 1), "gros.pdf"), part("fichiers", b"petit", "b.txt"))
    assert pairs[0][1].taille == OCTETS_MAX + 1
    assert content(pairs[0][1]) is None
    assert content(pairs[1][1]) == b"petit"


def test_more_files_than_any_form_holds_are_named_and_not_kept() -> None:
    pairs = read(*(part("fichiers", b"x", f"{n}.txt") for n in range(GARDES_MAX + 3)))
    assert [content(fichier) is not None for _, fichier in pairs] == [True] * GARDES_MAX + [False] * 3


def test_the_files_of_a_stranger_are_not_kept() -> None:
    ((_, fichier),) = read(part("fichiers", b"x" * 1000, "a.txt"), keeps_files=False)
    assert (fichier.taille, content(fichier)) == (1000, None)


def test_a_full_disk_loses_the_file_and_keeps_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of temporary files cannot be written: the text and the small file pass."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    pairs = read(
        part("texte", b"a garder"),
        part("fichiers", b"x" * 1_000_000, "a.txt"),
        part("fichiers", b"y", "b.txt"),
    )
    assert pairs[0] == ("texte", "a garder")
    assert [content(fichier) for _, fichier in pairs[1:]] == [None, b"y"]


def test_texts_are_bounded_all_together() -> None:
    with pytest.raises(HTTPException) as refused:
        read(*(part("t", b"x" * (TEXTES_MAX // 4)) for _ in range(5)))
    assert refused.value.status_code == 413


def test_an_ordinary_form_is_bounded_too() -> None:
    kind = "application/x-www-form-urlencoded"
    long: Any = Request(kind, {}, b"t=" + b"x" * TEXTES_MAX)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(read_pairs(long, keeps_files=True))
    assert refused.value.status_code == 413
    short: Any = Request(kind, {}, b"a=1&a=%C3%A9+t&vide=&%ff=%00")
    assert asyncio.run(read_pairs(short, keeps_files=True)) == [
        *(("a", "1"), ("a", "é t"), ("vide", ""), ("\ufffd", "\0"))
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--limite",
        b'--limite\r\nContent-Disposition: form-data; name="a"\r\n\r\nsans fin',
        b"--limite\r\n\r\nsans nom\r\n--limite--\r\n",
        b"--limite\r\nContent-Disposition: attachment\r\n\r\nx\r\n--limite--\r\n",
        b'--limite\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\nx\r\n--limite--\r\n',
        b"--limite\r\n" + b"X-A: 1\r\n" * 20 + b"\r\nx\r\n--limite--\r\n",
        part("a", b"x") * (televersement.CHAMPS_MAX + 1) + b"--limite--",
    ],
)
def test_a_malformed_body_is_an_error_the_door_knows(body: bytes) -> None:
    request: Any = Request("multipart/form-data", {"boundary": BOUNDARY}, body)
    with pytest.raises(ValueError):
        asyncio.run(read_pairs(request, keeps_files=True))


@pytest.mark.parametrize("options", [{}, {"boundary": ""}, {"boundary": "é" * 10}])
def test_a_body_without_its_boundary_is_one_too(options: dict[str, str]) -> None:
    request: Any = Request("multipart/form-data", options, part("a", b"x") + b"--limite--\r\n")
    with pytest.raises(ValueError):
        asyncio.run(read_pairs(request, keeps_files=True))


def test_the_doors_before_the_site_let_through_what_it_answers_itself() -> None:
    """What a proxy refuses gets no page of ours: no file is named, and no text comes back."""
    for nom in ("nginx.conf", "Caddyfile"):
        [taken] = re.findall(r"max(?:_body)?_size (\d+)M", (ROOT / "deploy" / nom).read_text(), re.IGNORECASE)
        assert int(taken) * 1_000_000 > ENVOI_MAX, nom
