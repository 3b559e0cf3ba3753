"""Somebody at the Firefox of the system, driven by what Firefox itself serves (WebDriver BiDi): nothing stands between.

As `personne.py` does in Chromium: mouse and keys are real, and what the browser complains about is noted.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import connect

from app import cookies
from tests.navigateur.demonstration import Demonstration
from tests.navigateur.personne import BUSY, EXPECTED

# A machine of two cores that does everything at once: Firefox starts, then draws, as it can.
START_SECONDS, PATIENCE = 90, 20
SETTINGS = {
    "intl.accept_languages": '"fr-FR"',
    "intl.locale.requested": '"fr-FR"',
    "ui.prefersReducedMotion": "1",
}
# What each question to a page starts with. Words are compared whatever the spaces between them.
WORDS = f"""
const said = (one) => one.innerText.replace(/\\s+/g, " ").trim();
const isBusy = () => document.readyState !== "complete" || document.querySelector({json.dumps(BUSY)});
const isStill = (one) => {{
  one.scrollIntoView({{ block: "center", behavior: "instant" }});
  const former = one.place;
  one.place = one.getBoundingClientRect().top;
  return one.place === former;
}};
const show = (one) => one && isStill(one) ? one : null;
const find = (texte, kinds) => [...document.querySelectorAll(kinds)].find(
  (one) => one.checkVisibility() && !one.closest("[aria-hidden=true]") && said(one).startsWith(texte));
"""
PRESSED = "return isBusy() ? null : show(find(texte, 'button, a, summary'));"
LABELLED = "return isBusy() ? null : show(find(texte, 'main label')?.control);"
SHOWN = "return !isBusy() && said(document.querySelector('main')).includes(texte);"


class Refus(Exception):
    """Firefox did not do it; most often, the page it was asked about has just left."""


class Firefox:
    """One Firefox, for all the people of a file. `plaintes`: everything it complained about."""

    def __init__(self, folder: Path, demo: Demonstration) -> None:
        self.plaintes: list[str] = []
        self._demo = demo
        self._asked = 0
        self._stack = ExitStack()
        (folder / "user.js").write_text(
            "".join(f'user_pref("{name}", {value});\n' for name, value in SETTINGS.items())
        )
        self._process = subprocess.Popen(
            ["firefox-esr", "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", folder],
            env={**os.environ, "HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        served, until = folder / "WebDriverBiDiServer.json", time.monotonic() + START_SECONDS
        while not (served.exists() and served.read_text()):
            assert time.monotonic() < until and self._process.poll() is None, "Firefox did not start"
            time.sleep(0.1)
        place = json.loads(served.read_text())
        address = f"ws://{place['ws_host']}:{place['ws_port']}/session"
        self._socket = self._stack.enter_context(connect(address, max_size=None, open_timeout=START_SECONDS))
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.responseCompleted"])

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Have Firefox do this; what it answers."""
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            heard = json.loads(self._socket.recv(timeout=START_SECONDS))
            if heard.get("id") == self._asked:
                if heard["type"] == "error":
                    raise Refus(f"{method}: {heard['message']}")
                return dict(heard["result"])
            self._note(heard.get("method"), heard.get("params", {}))

    def _note(self, event: str | None, params: dict[str, Any]) -> None:
        if event == "log.entryAdded" and params["level"] in {"error", "warn"}:
            if not EXPECTED.match(params["text"]):
                self.plaintes.append(f"console: {params['text']}")
        elif event == "network.responseCompleted":
            url = params["request"]["url"]
            if urlsplit(url).netloc != urlsplit(self._demo.url).netloc and not url.startswith("data:"):
                self.plaintes.append(f"another host: {url}")
            if params["response"]["status"] >= 500:
                self.plaintes.append(f"{params['response']['status']}: {url}")

    def stop(self) -> None:
        """Leave, for good."""
        self._stack.close()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Visiteur:
    """One person, with cookies and a tab of their own."""

    def __init__(self, firefox: Firefox, demo: Demonstration) -> None:
        self.firefox = firefox
        self.demo = demo
        self._who = firefox.ask("browser.createUserContext")["userContext"]
        self._tab = firefox.ask("browsingContext.create", type="tab", userContext=self._who)["context"]

    def take_session(self, email: str) -> None:
        """Be signed in already, as most mornings."""
        cookie = {
            "name": cookies.cookie_name("session"),
            "value": {"type": "string", "value": self.demo.open_session(email)},
            "domain": urlsplit(self.demo.url).hostname,
            "path": "/",
            "httpOnly": True,
        }
        self.firefox.ask(
            "storage.setCookie", cookie=cookie, partition={"type": "storageKey", "userContext": self._who}
        )

    def open(self, path: str) -> None:
        """Open this page of the site."""
        url = path if path.startswith("http") else self.demo.url + path
        self.firefox.ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def ask(self, question: str, texte: str = "") -> Any:
        """What the page answers to this, the body of a function of `texte`: an element, or a plain value."""
        answered = self.firefox.ask(
            "script.callFunction",
            functionDeclaration=f"(texte) => {{ {WORDS} {question} }}",
            arguments=[{"type": "string", "value": texte}],
            target={"context": self._tab},
            awaitPromise=False,
        )
        if answered["type"] == "exception":
            raise Refus(answered["exceptionDetails"]["text"])
        result = answered["result"]
        return result.get("sharedId", result.get("value"))

    def wait_for(self, question: str, texte: str = "") -> Any:
        """The same, as soon as it is something. A page that leaves while it is asked says nothing."""
        until, refused = time.monotonic() + PATIENCE, ""
        while time.monotonic() < until:
            try:
                if found := self.ask(question, texte):
                    return found
            except Refus as refus:
                refused = str(refus)
            time.sleep(0.1)
        raise AssertionError(
            f"« {texte} », {question} {refused} in: {self.ask('return said(document.body)')}"
        )

    def _act(self, source: dict[str, object]) -> None:
        self.firefox.ask(
            "input.performActions", context=self._tab, actions=[{"id": source["type"], **source}]
        )

    def _click(self, question: str, texte: str) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            origin = {"type": "element", "element": {"sharedId": self.wait_for(question, texte)}}
            there = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
            pressed = [there, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
            try:
                return self._act({"type": "pointer", "actions": pressed})
            except Refus:  # it moved or was swapped meanwhile, and nothing was pressed
                if time.monotonic() > until:
                    raise

    def press(self, texte: str) -> None:
        """Click the first button, link or fold whose text begins so. What it brings is for `says` to wait for."""
        self._click(PRESSED, texte)

    def tick(self, label: str) -> None:
        """Click the box of this label."""
        self._click(LABELLED, label)

    def fill(self, label: str, texte: str) -> None:
        """Type this in the field of this label."""
        self._click(LABELLED, label)
        keys = [{"type": kind, "value": key} for key in texte for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "actions": keys})

    def says(self, texte: str) -> None:
        """The page says this, and has settled."""
        self.wait_for(SHOWN, texte)

    def close(self) -> None:
        """Leave."""
        self.firefox.ask("browser.removeUserContext", userContext=self._who)


Come = Callable[..., Visiteur]
