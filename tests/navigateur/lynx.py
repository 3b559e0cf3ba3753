"""Somebody at lynx, the other browser of text: it does with the keyboard what `w3m.py` does, by numbers.

Lynx runs in a terminal so tall that a page is never cut, and numbers each link and field, as it does for who asks.
What it draws is read from the screen: a page has come when the screen is another one and lynx waits for a key.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

from pyte import ByteStream, Screen

PATIENCE = 20
ROWS, COLUMNS = 700, 120
STATUS = ROWS - 3
CONFIGURATION = """
ACCEPT_ALL_COOKIES:TRUE
ASSUME_CHARSET:utf-8
CHARACTER_SET:utf-8
DEFAULT_KEYPAD_MODE:LINKS_AND_FORM_FIELDS_ARE_NUMBERED
NO_PAUSE:TRUE
PARTIAL:FALSE
PREFERRED_LANGUAGE:fr
SHOW_CURSOR:TRUE
TEXTFIELDS_NEED_ACTIVATION:TRUE
"""
NUMBER = re.compile(r"\[(\d+)\]")


class Lynx:
    """One browser, one person. `folder`: where it keeps files; `page`: what it shows, without the numbers."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.page = ""
        self._screen = Screen(COLUMNS, ROWS)
        self._stream = ByteStream(self._screen)
        configuration = folder / "lynx.cfg"
        configuration.write_text(CONFIGURATION)
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "TERM": "linux"}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.chdir(folder)
            os.execvpe("lynx", ["lynx", f"-cfg={configuration}", url], environment)
        self._wait(self._is_idle)
        self._note_page()

    def _wait(self, is_there: Callable[[], bool]) -> None:
        """Until the screen shows it, and nothing more is being drawn."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not select.select([self.terminal], [], [], 0.2)[0]:
                continue
            while select.select([self.terminal], [], [], 0.05)[0]:
                self._stream.feed(os.read(self.terminal, 65536))
            if is_there():
                return
        raise AssertionError(f"lynx says « {self._row(STATUS)} » under: {self._read()}")

    def _row(self, y: int) -> str:
        row = self._screen.buffer[y]
        return "".join(row[x].data for x in range(COLUMNS)).strip()

    def _read(self) -> str:
        """The page with its numbers, on one line."""
        return " ".join(" ".join(self._row(y) for y in range(STATUS)).split())

    def _is_idle(self) -> bool:
        """Lynx waits for a key, and says what it would do: « (NORMAL LINK) … », « Commands: … »."""
        return self._row(STATUS).startswith(("(", "Commands:"))

    def _says(self, texte: str) -> Callable[[], bool]:
        return lambda: texte in self._row(STATUS)

    def _note_page(self) -> None:
        self.page = NUMBER.sub("", self._read())

    def type(self, keys: str, is_there: Callable[[], bool] | None = None) -> None:
        """Press these keys, and let lynx take them in."""
        os.write(self.terminal, keys.encode())
        self._wait(is_there or self._is_idle)

    def load(self, keys: str) -> None:
        """Press these keys, then wait for the page they bring."""
        former = self._read()
        self.type(keys, lambda: self._is_idle() and self._read() != former)
        self._note_page()

    def go(self, url: str) -> None:
        """Open this address, anew when it is the one that is shown."""
        former = self._read()
        self.type("g", self._says("URL to open:"))
        self.type(f"\x15{url}\r")
        if self._read() == former:
            self.load("\x12")
        self._note_page()

    def _choose(self, number: str) -> None:
        """Stand on the link or field of this number."""
        [y] = [y for y in range(STATUS) if f"[{number}]" in self._row(y)]
        self.type(f"{number}g\r", lambda: self._is_idle() and self._screen.cursor.y == y)

    def _find(self, texte: str, rank: int = 1) -> tuple[str, str]:
        """The page before and after this text; `rank` 2 is the second time it is there."""
        parts = self._read().split(texte)
        assert len(parts) > rank, f"« {texte} » is not there {rank} times: {self._read()}"
        return texte.join(parts[:rank]), texte.join(parts[rank:])

    def _stand_at(self, texte: str, rank: int = 1) -> None:
        """Stand on the link, button or box whose text this is: its number comes before."""
        before, _ = self._find(texte, rank)
        self._choose(NUMBER.findall(before)[-1])

    def press(self, texte: str, rank: int = 1) -> None:
        """Press the link or button that has this text: a page comes."""
        self._stand_at(texte, rank)
        self.load("\r")

    def tick(self, label: str) -> None:
        """Choose the box before this label."""
        self._stand_at(label)
        self.type("\r")

    def fill(self, label: str, texte: str) -> None:
        """Type a line in the field that follows this label."""
        _, after = self._find(label)
        self._choose(NUMBER.findall(after)[0])
        self.type("\r", self._says("Enter text"))
        self.type(f"\x15{texte}", self._says("Enter text"))
        self.type("\t")

    write = fill

    def download(self, texte: str) -> str:
        """Press this link to a file; its words, once it is kept."""
        self._stand_at(texte)
        self.type("\r", self._says("D)ownload"))
        self.type("D")
        self._stand_at("Save to disk")
        self.type("\r", self._says("filename"))
        self.type("\x15kept\r")
        return (self.folder / "kept").read_text(encoding="utf-8-sig")

    def close(self) -> None:
        """Leave."""
        os.kill(self.pid, signal.SIGTERM)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
