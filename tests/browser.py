"""The proof-reading client: a browser without screen that reads every page it opens with a critical eye.

Every page must have one h1 with which its title starts, a label for every field, unique ids, French typography, no
inline script or style, the whole header set, and stay within its query budget.
"""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

from app import cookies, csrf, visite
from app.database import spy_queries
from app.domain.acces.second_facteur import code_of
from app.domain.acces.sessions import open_session
from app.formulaire import REPETES
from app.headers import ALWAYS, with_headers
from app.main import create_litestar
from app.porte import INSCRIPTION
from tests.factories import confirm_session
from tests.typographie import fautes

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LABELLED = {"input", "select", "textarea"}
APP = with_headers(create_litestar(is_tested=True))  # type: ignore[arg-type]


class Page(HTMLParser):
    """What a proof-reader notes while reading."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.h1: list[str] = []
        self.title = ""
        self.inline: list[str] = []
        self._open: list[str] = []
        # How deep the elements of another language stand: their words are not French.
        self._foreign: list[int] = []
        self._is_glued = False
        self.sent: Counter[tuple[str, str]] = Counter()
        self._form: dict[str, Any] | None = None
        self._owner = ""
        self._select: str | None = None
        self._textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self._is_glued = tag == "abbr"
        if tag not in VOID:
            self._open.append(tag)
            if got.get("lang", "fr") != "fr":
                self._foreign.append(len(self._open))
        if "id" in got:
            self.ids.append(got["id"])
        self.inline += [name for name in got if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in got):
            self.inline.append(tag)
        if tag == "label" and "for" in got:
            self.labels.add(got["for"])
        if tag == "a" and "href" in got:
            self.links.append(got["href"])
        if tag == "h1":
            self.h1.append("")
        if tag == "form":
            self._form = {"action": got.get("action", ""), "method": got.get("method", "get"), "values": {}}
            self.forms.append(self._form)
            self._owner = got.get("id") or f"form {len(self.forms)}"
        if tag in LABELLED and got.get("type") not in {"hidden", "submit", "button"}:
            self.fields.append(got)
        if (
            tag in LABELLED
            and got.get("name")
            and got.get("type") not in {"submit", "button", "radio", "file"}
        ):
            # Of radios and buttons a browser sends one; of the others, boxes that may all be ticked included, each.
            self.sent[got.get("form") or (self._owner if self._form else ""), got["name"]] += 1
        self._note_value(tag, got)

    def _note_value(self, tag: str, got: dict[str, str]) -> None:
        if self._form is None:
            return
        values: dict[str, list[str]] = self._form["values"]
        name = got.get("name", "")
        if tag == "input" and name:
            kind = got.get("type", "text")
            if kind in {"checkbox", "radio"} and "checked" not in got:
                return
            if kind not in {"submit", "file"}:
                values.setdefault(name, []).append(got.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in got:
            values.setdefault(self._select, []).append(got.get("value", ""))
        elif tag == "textarea" and name:
            self._textarea = name
            values.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_glued = tag == "abbr"
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass
            self._foreign = [depth for depth in self._foreign if depth <= len(self._open)]
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        if "h1" in self._open:
            self.h1[-1] += data
        if self._textarea and self._form:
            self._form["values"][self._textarea][-1] += data
        elif not self._foreign and not {"script", "style", "textarea", "option"} & set(self._open):
            # An acronym explained in place cuts no word.
            if self._is_glued and self.texts:
                self.texts[-1] += data
            else:
                self.texts.append(data)
            self._is_glued = False

    @property
    def texte(self) -> str:
        """The visible text."""
        return re.sub(r"[ \t\n\r]+", " ", " ".join(self.texts))


def proofread(html: str, *, is_whole: bool = True) -> list[str]:
    """The faults of a page, as sentences; empty when it is right."""
    page = Page(html)
    faults = [f"inline {what}" for what in page.inline]
    faults += [f"id used twice: {i}" for i in sorted({i for i in page.ids if page.ids.count(i) > 1})]
    for f in page.fields:
        if f.get("id") not in page.labels and not f.get("aria-label") and not f.get("aria-labelledby"):
            faults.append(f"field without label: {f.get('name')}")
    faults += [
        f"field sent twice by one form: {name}"
        for (form, name), count in page.sent.items()
        if form and count > 1 and name not in REPETES
    ]
    faults += [f"links of the summary said alike: {text}" for text, n in _read_summary(html).items() if n > 1]
    if is_whole:
        if len(page.h1) != 1:
            faults.append(f"{len(page.h1)} h1")
        else:
            title = page.title.removeprefix("Erreur : ").strip()
            if not title.startswith(page.h1[0].strip()):
                faults.append(f"title « {title} » does not start with h1 « {page.h1[0].strip()} »")
        faults += [
            f"form without csrf: {f['action']}"
            for f in page.forms
            if f["method"] == "post" and "csrf" not in f["values"]
        ]
    faults += fautes(page.texte)
    return faults


def _read_summary(html: str) -> Counter[str]:
    """The links of the summary of errors, each by its words: read alone, each must say what it leads to."""
    summary = re.search(r'id="erreurs".*?</ul>', html, re.DOTALL)
    return Counter(re.findall(r"<a [^>]*>(.*?)</a>", summary[0])) if summary else Counter()


class Browser:
    """One person at a browser. `queries` holds the SQL texts of the last request."""

    def __init__(
        self, agent: int | None = None, jeton: str | None = None, *, base_url: str = "http://127.0.0.1:8000"
    ) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=APP, raise_app_exceptions=False),
            base_url=base_url,
            follow_redirects=False,
        )
        if agent is not None and jeton is not None:
            mac = cookies._session_mac(str(agent), jeton).decode()
            self.client.cookies.set(
                cookies.cookie_name("session"), f"{agent}.{jeton}.{mac}", domain="127.0.0.1"
            )
        self.agent = agent
        self.queries: list[str] = []
        self.html = ""

    async def get(
        self, url: str, *, status: int = 200, htmx: bool = False, follow: bool = False, **kwargs: Any
    ) -> httpx.Response:
        """Open a page and proof-read it."""
        response = await self._send("GET", url, htmx=htmx, **kwargs)
        while follow and response.status_code in {302, 303}:
            response = await self._send("GET", response.headers["location"], htmx=False)
        assert response.status_code == status, f"{url}: {response.status_code} {response.text[:300]}"
        self._read(response, htmx=htmx)
        return response

    async def post(
        self,
        url: str,
        fields: dict[str, Any] | None = None,
        *,
        status: int = 303,
        htmx: bool = False,
        follow: bool = False,
        **kwargs: Any,
    ) -> httpx.Response:
        """Post a form as our pages do: with the csrf token of this session."""
        sent = {"csrf": self.csrf(), **(fields or {})}
        if "files" in kwargs:
            response = await self._send("POST", url, htmx=htmx, data=sent, **kwargs)
        else:
            body = urlencode(
                [(k, v) for k, vs in sent.items() for v in (vs if isinstance(vs, list) else [vs])]
            )
            response = await self._send(
                "POST",
                url,
                htmx=htmx,
                content=body.encode(),
                headers={"content-type": "application/x-www-form-urlencoded", **kwargs.pop("headers", {})},
                **kwargs,
            )
        assert response.status_code == status, f"{url}: {response.status_code} {response.text[:600]}"
        self._read(response, htmx=htmx)
        if follow and response.status_code == 303:
            return await self.get(response.headers["location"], follow=True)
        return response

    async def submit(
        self, action: str, fields: dict[str, Any] | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Fill the form of the page on screen that goes to `action`, keeping what it already holds, and send it."""
        forms = [f for f in Page(self.html).forms if f["action"].split("?")[0] == action]
        assert forms, f"no form to {action} on this page"
        return await self.post(forms[0]["action"], {**forms[0]["values"], **(fields or {})}, **kwargs)

    def csrf(self) -> str:
        """A token of this session, as a page of ours would carry."""
        anchor = (
            self.client.cookies.get(cookies.cookie_name("session"))
            or self.client.cookies.get(cookies.cookie_name("navigateur"))
            or ""
        )
        return csrf.sign_page(anchor, self.agent or csrf.PERSONNE, "00")

    async def _send(self, method: str, url: str, *, htmx: bool, **kwargs: Any) -> httpx.Response:
        headers = {**({"hx-request": "true"} if htmx else {}), **kwargs.pop("headers", {})}
        with spy_queries() as self.queries:
            return await self.client.request(method, url, headers=headers, **kwargs)

    def _read(self, response: httpx.Response, *, htmx: bool) -> None:
        for name, value in ALWAYS.items():
            assert response.headers.get(name.decode()) == value.decode(), f"header {name.decode()} is missing"
        if "text/html" not in response.headers.get("content-type", "") or not response.content:
            return
        self.html = response.text
        faults = proofread(response.text, is_whole=not htmx)
        assert not faults, f"{response.url}: " + "; ".join(faults)

    @property
    def page(self) -> Page:
        """The page on screen."""
        return Page(self.html)

    @property
    def paroles(self) -> str:
        """The HTML without what is drawn by chance (tokens, keys): digits found there are a fact."""
        return re.sub(r"[0-9a-f][0-9a-f-]{15,}", "", self.html)


async def confirm_by_phone(browser: Browser, destination: str = "/") -> str:
    """On the page that asks for it, set up a phone and go on; returns its secret."""
    [form] = [f for f in browser.page.forms if f["action"] == INSCRIPTION]
    secret = "".join(re.findall(r"\b[A-Z2-7]{4}\b", browser.page.texte.split("tapez cette clé")[1]))[:32]
    assert form["values"]["destination"] == [destination]
    await browser.submit(INSCRIPTION, {"code": code_of(secret, visite.clock())}, status=200)
    return secret


async def signed_in(agent: int, *, is_durable: bool = False) -> Browser:
    """A browser where this agent is signed in, with the second factor of those who need one."""
    jeton = await open_session(agent, is_durable=is_durable, navigateur="essai", now=visite.clock())
    return Browser(agent, await confirm_session(jeton))
