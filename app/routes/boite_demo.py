"""`/_courriels` and `/_composants`: the demonstration's mailbox and the catalogue of components. Demo only."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from litestar import Response, get

from app import pages
from app.domain.regles.errors import Introuvable
from app.formulaire import as_uuid
from app.pages import Contexte
from app.poste import demo_folder
from app.routes.params import Visit
from app.settings import get_settings

MOST = 100


@dataclass(frozen=True, kw_only=True)
class BoiteDemo(Contexte):
    """The mails shown, by their key, and how many there are."""

    templates = ("boite_demo/page.html",)
    courriels: list[tuple[str, EmailMessage]]
    recus: int


@dataclass(frozen=True, kw_only=True)
class CourrielDemo(Contexte):
    """One mail and its text part."""

    templates = ("boite_demo/courriel.html",)
    courriel: EmailMessage
    texte: str
    cle: str


def _demo_only() -> None:
    if get_settings().is_production:
        raise Introuvable


@get("/_courriels", opt={"public": True, "sans_cgu": True})
async def get_courriels(request: Visit) -> Response[str]:
    """Every mail, latest first."""
    _demo_only()
    files = sorted(demo_folder(get_settings()).glob("*.eml"), key=lambda f: f.stat().st_mtime, reverse=True)
    courriels = [(file.stem, _read(file.read_bytes())) for file in files[:MOST]]
    return await pages.show(request, "boite_demo/page.html", BoiteDemo(courriels=courriels, recus=len(files)))


@get("/_courriels/{cle:str}", opt={"public": True, "sans_cgu": True})
async def get_courriel(request: Visit) -> Response[str]:
    """One mail as its reader gets it: the text part, with links that work, and the way to the html part."""
    courriel = _read_courriel(request)
    text = courriel.get_body(("plain",))
    context = CourrielDemo(
        courriel=courriel, texte=text.get_content() if text else "", cle=request.path_params["cle"]
    )
    return await pages.show(request, "boite_demo/courriel.html", context)


@get("/_courriels/{cle:str}/html", opt={"public": True, "sans_cgu": True})
async def get_html(request: Visit) -> Response[str]:
    """The html part alone. No page of ours may have style in its tags: it is shown without."""
    html = _read_courriel(request).get_body(("html",))
    if html is None:
        raise Introuvable
    return Response(content=STYLE.sub("", html.get_content()), media_type=pages.HTML)


@get("/_composants", opt={"public": True, "sans_cgu": True})
async def get_composants(request: Visit) -> Response[str]:
    """Every component in every state."""
    _demo_only()
    return await pages.show(request, "composants/page.html")


STYLE = re.compile(r'\s+style="[^"]*"')


def _read_courriel(request: Visit) -> EmailMessage:
    _demo_only()
    cle = as_uuid(request.path_params["cle"])
    file = demo_folder(get_settings()) / f"{cle}.eml"
    if cle is None or not file.exists():
        raise Introuvable
    return _read(file.read_bytes())


def _read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)


ROUTES = [get_courriels, get_courriel, get_html, get_composants]
