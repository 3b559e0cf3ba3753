"""Somebody at w3m, a browser of text: no script, no style, no mouse (quality A2).

w3m runs in a terminal of its own and is given keys, as by fingers; what it shows is read by having it save the page,
over and over until another comes.
"""

import os
import pty
import select
import signal
import time
from pathlib import Path

PATIENCE = 20
EDITOR = """#!/bin/sh
cp "{typed}" "$1"
"""
OPTIONS = {
    "accept_cookie": 1,
    "confirm_qq": 1,
    "default_url": 0,
    "display_charset": "UTF-8",
    "document_charset": "UTF-8",
    "ignorecase_search": 0,
    "use_cookie": 1,
    "use_history": 0,
    "wrap_search": 1,
}
# w3m finds nothing of more than 64 characters.
SOUGHT_MAX = 60


class W3m:
    """One browser, one person. `folder`: where it keeps its cookies; `page`: what it shows."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.page = ""
        self._looked = 0
        (folder / ".w3m").mkdir()
        (folder / ".w3m" / "config").write_text(
            "".join(f"{name} {value}\n" for name, value in OPTIONS.items())
        )
        editor = folder / "editor"
        editor.write_text(EDITOR.format(typed=folder / "typed"))
        editor.chmod(0o700)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "EDITOR": str(editor),
            "LINES": "50",
            "COLUMNS": "120",
        }
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("w3m", ["w3m", "-cookie", url], environment)
        self._look()

    def type(self, keys: str) -> None:
        """Press these keys, and let w3m take them in."""
        os.write(self.terminal, keys.encode())
        while select.select([self.terminal], [], [], 0.1)[0]:
            os.read(self.terminal, 65536)

    def load(self, keys: str) -> None:
        """Press these keys, then wait for the page they bring."""
        self._look()
        former, end = self.page, time.monotonic() + PATIENCE
        os.write(self.terminal, keys.encode())
        while self.page == former:
            assert time.monotonic() < end, f"no other page than: {former}"
            self._look()

    def _look(self) -> None:
        """Note the whole page, as w3m lays it out. It drops what is typed while it loads: then, ask again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self._looked += 1
            name = str(self._looked)  # nothing but digits: harmless, wherever they are typed
            self.type(f"S\x15{name}\r")  # Ctrl-U forgets the name it proposes
            for _ in range(10):
                self.type("")
                if (self.folder / name).exists():
                    self.page = " ".join((self.folder / name).read_text(encoding="utf-8").split())
                    return
        raise AssertionError("w3m does not answer")

    def go(self, url: str) -> None:
        """Open this address."""
        self.load(f"U\x15{url}\r")

    def find(self, texte: str, rank: int = 1) -> None:
        """Move to this text, from the top of the page; `rank` 2 is the second time it is there."""
        self.type("g")
        self.type(f"/{texte[:SOUGHT_MAX]}\r")
        self.type("n" * (rank - 1))

    def press(self, texte: str, rank: int = 1) -> None:
        """Press the link or button that has this text: a page comes."""
        self.find(texte, rank)
        try:
            self.load("\r")
        except AssertionError:
            # The key can come before the end of the search, where nothing is pressed.
            self.find(texte, rank)
            self.load("\r")

    def tick(self, label: str) -> None:
        """Choose the box before this label."""
        self.find(label)
        self.type("\x1b\t")
        self.type("\r")

    def fill(self, label: str, texte: str) -> None:
        """Type a line in the field that follows this label."""
        self.find(label)
        self.type("\t")
        self.type("\r")
        self.type(f"\x15{texte}\r")

    def write(self, label: str, texte: str) -> None:
        """Write a text in the area that follows this label, with an editor."""
        (self.folder / "typed").write_text(texte + "\n", encoding="utf-8")
        self.find(label)
        self.type("\t")
        self.type("\r")
        self._look()  # w3m drops or misreads the keys that come before it is back from the editor

    def download(self, texte: str) -> str:
        """Press this link to a file; its words, once it is kept."""
        self.press(texte)
        return (self.folder / str(self._looked)).read_text(encoding="utf-8-sig")

    def close(self) -> None:
        """Leave."""
        os.kill(self.pid, signal.SIGTERM)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
