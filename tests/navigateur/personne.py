"""Somebody at a browser: opens pages, reads mails, and notes everything the browser complains about.

Whatever a story does, at its end: no error in the console, nothing refused by the Content-Security-Policy, nothing
asked of another host, no answer above 499.
"""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect
from playwright.sync_api import TimeoutError as Late

from app import cookies
from tests.navigateur.demonstration import Demonstration

# Chromium says in the console that a page has a status of error; which pages may is for the tests to say. And htmx
# says that a quiet save gave way to a newer one (sendAbort), then that something ended (afterRequest), whatever it was.
EXPECTED = re.compile(
    r"^(Failed to load resource: the server responded with a status of 4(03|04|05|09|10|22|29)\b"
    r"|htmx:(sendAbort|afterRequest)\b)"
)
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, form[data-envoi]"
CUT = "net::ERR_INTERNET_DISCONNECTED"

#: A form that has no address yet, the one it takes, and how long (ms) a page that goes there may still be looked at.
NEUVE = re.compile(r"/demandes/nouvelle(?!.*[?&]formulaire=)[^/]*$")
SIENNE = re.compile(r"[?&]formulaire=")
LEAVING = 3_000
#: The button that sends names who will read: « Envoyer à l’aidant (2 personnes) ».
ENVOYER = re.compile("^Envoyer à ")


@dataclass
class Personne:
    """One browser of one person. `is_scripted`: JavaScript is on."""

    demo: Demonstration
    context: BrowserContext
    is_scripted: bool
    page: Page = field(init=False)
    plaintes: list[str] = field(default_factory=list)
    was_cut: bool = False
    excuses: tuple[str, ...] = ()
    """How the complaints begin that a story causes on purpose."""

    def __post_init__(self) -> None:
        self.context.on("page", self._listen)
        self.page = self.context.new_page()

    def cut_network(self, is_cut: bool) -> None:
        """Take the network away, or give it back: a quiet save under way may say that it could not leave."""
        self.was_cut = True
        self.context.set_offline(is_cut)

    def _listen(self, page: Page) -> None:
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self._complain(f"error: {error}"))
        page.on("request", self._note_request)
        page.on("response", self._note_response)

    def _note_console(self, message: ConsoleMessage) -> None:
        if (
            message.type in {"error", "warning"}
            and not EXPECTED.match(message.text)
            and CUT not in message.text
            and not (self.was_cut and message.text.startswith("htmx:sendError"))
        ):
            self._complain(f"console: {message.text}")

    def _complain(self, plainte: str) -> None:
        if not plainte.startswith(self.excuses or "\0"):
            self.plaintes.append(plainte)

    def _note_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.demo.url).netloc and not request.url.startswith(
            "data:"
        ):
            self._complain(f"another host: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 500:
            self._complain(f"{response.status}: {response.url}")

    # --- Going somewhere ----------------------------------------------------------------------------------------

    def open(self, path: str) -> Page:
        """Open this page of the site."""
        self.page.goto(self.demo.url + path)
        self._go_on()
        return self.page

    def _go_on(self) -> None:
        """Without scripts, a new form goes to its own address at once. A page that is leaving says nothing of itself:
        its address tells it. A refusal stays where it was asked.
        """
        if self.is_scripted:
            return
        if NEUVE.search(self.page.url):
            with contextlib.suppress(Late):
                self.page.wait_for_url(SIENNE, timeout=LEAVING)
        # It may have left before one looked, and not be read yet.
        self.page.wait_for_load_state()

    def press(self, name: str | re.Pattern[str], *, role: str = "button", exact: bool = True) -> None:
        """Press the only button, or link, of this name, and wait until what it does is done."""
        target = self.page.get_by_role(role, name=name, exact=exact)  # type: ignore[arg-type]
        self.after(target.click)

    def press_inviter(self) -> None:
        """Go to who may be invited: a link of the page where htmx works, else a button of the answer."""
        self.press("Inviter un organisme ou un collègue", role="link" if self.is_scripted else "button")

    def after(self, act: Callable[[], object]) -> None:
        """Do this, then wait until the page has taken it in: loaded anew, or swapped by htmx."""
        act()
        self.settle()

    def settle(self) -> None:
        """Nothing is loading, asked or settling any more."""
        self.page.wait_for_load_state("load")
        self._go_on()
        if self.is_scripted:
            expect(
                self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling, form[data-envoi]")
            ).to_have_count(0)

    def says(self, texte: str | re.Pattern[str]) -> None:
        """The page says this."""
        expect(self.page.locator("main")).to_contain_text(texte)

    def says_not(self, texte: str | re.Pattern[str]) -> None:
        """The page does not say this anywhere, hidden or not."""
        expect(self.page.locator("html")).not_to_contain_text(texte)

    # --- Signing in ---------------------------------------------------------------------------------------------

    def cookie(self) -> str:
        """The value of the session cookie."""
        for kept in self.context.cookies():
            if kept.get("name") == cookies.cookie_name("session"):
                return kept.get("value", "")
        raise AssertionError("not signed in")

    def take_session(self, email: str) -> None:
        """Be signed in already, as most mornings."""
        value = self.demo.open_session(email)
        self.context.add_cookies(
            [{"name": cookies.cookie_name("session"), "value": value, "url": self.demo.url}]
        )

    def sign_in(self, email: str) -> None:
        """From the page of connexion that is shown: ask for a mail, read it, open its link, confirm."""
        self.demo.let_an_hour_pass()
        former = self.find_courriel(email)
        self.page.get_by_label("Adresse e-mail professionnelle").fill(email)
        self.press("Recevoir un courriel de connexion")
        self.says("Consultez vos e-mails")
        self.page.goto(self.wait_for_courriel(email, former))
        self.press("Me connecter")

    def find_courriel(self, email: str) -> str | None:
        """The address, in the box of the demonstration, of the last sign-in mail this person received."""
        box = self.context.request.get(f"{self.demo.url}/_courriels").text()
        found = re.search(
            rf'href="(/_courriels/[^"]+)"[^>]*>[^<]*onnexion[^<]*</a>(?:(?!</li>).)*?À {re.escape(email)}',
            box,
            re.S,
        )
        return found[1] if found else None

    def wait_for_courriel(self, email: str, former: str | None) -> str:
        """Open the mail that comes after `former`, within seconds; the link inside."""
        box = self.context.new_page()
        for _ in range(100):
            found = self.find_courriel(email)
            if found and found != former:
                box.goto(self.demo.url + found)
                href = box.locator("article").get_by_role("link").first.get_attribute("href")
                box.close()
                assert href, f"no link in the mail of {email}"
                return href
            box.wait_for_timeout(100)
        raise AssertionError(f"no mail for {email}")
