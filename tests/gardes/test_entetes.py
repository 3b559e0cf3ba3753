"""Headers of quality S5 on every kind of response, cookies over http and https, and nothing fetched elsewhere.

What `porte.ENTETES` says is checked on each of the thousands of answers of the other guards too.
"""

import dataclasses
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app import cookies, poste
from app.database import Indisponible
from app.domain.echanges import clotures, messages
from app.domain.faits.courriels import claim_courriels
from app.domain.regles.errors import TropDeDemandes
from app.settings import ROOT, get_settings
from tests.browser import Page, proofread
from tests.cast import CAST
from tests.gardes.gestes import adresse_of, post_here, prepare
from tests.gardes.marche import list_known, walk, without_tokens
from tests.gardes.plan import ROUTES
from tests.gardes.porte import FORME, Reponse, Visiteur, enter
from tests.gardes.roles import make_scene

HSTS = "strict-transport-security"


async def test_every_kind_of_answer_is_dressed(
    now: datetime, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of each status and of each sort of body, by name."""
    scene = await make_scene(now)
    aida, ici = scene.visiteurs["auteur"], scene.ici
    page = f"/demandes/{ici.numero}"
    css = next(path.name for path in (ROOT / "static").glob("*.css"))

    def fail(error: Exception) -> Any:
        async def failing(*_: object, **__: object) -> None:
            raise error

        return failing

    message = {"acte": "message", "cle": uuid4(), "texte": "Bonjour."}
    got = {
        "page": await aida.get(page),
        "region": await aida.get("/demandes", htmx=True),
        "redirect": await aida.get("/"),
        "to sign in": await (await enter(None)).get(page),
        "posted": await post_here(aida, f"{page}/messages", message),
        "htmx redirect": await aida.post("/profil/deconnexions", htmx=True),
    }
    aida = await enter(CAST.aida)
    got |= {
        "400": await aida.send("POST", "/profil", corps=b"x", entetes=[MULTIPART]),
        "403": await scene.visiteurs["responsable"].get(f"{page}/impression"),
        "404": await aida.get("/demandes/999999"),
        "404 of the router": await aida.get("/nulle/part"),
        "405": await aida.send("DELETE", page),
        "413": await aida.send("POST", "/profil", corps=[b"a" * 600_000] * 3, entetes=FORME),
        "422": await post_here(aida, f"{page}/messages", {"acte": "message", "cle": uuid4()}),
        "options": await aida.send("OPTIONS", page),
        "head": await aida.send("HEAD", page),
        "file": await aida.get(f"/pieces-jointes/{ici.piece}"),
        "pdf": await aida.get("/mandats/vierge.pdf"),
        "text": await aida.get("/.well-known/security.txt"),
        "health": await aida.get("/sante"),
        "style of a mandat": await aida.get("/mandats/textes/2026-11-22/mandat.css"),
        "static 404": await aida.get("/static/absent.js"),
        "static climbing": await aida.get("/static/../app/settings.py"),
        "static climbing, coded": await aida.get("/static/%2e%2e%2fapp%2fsettings.py"),
        "static folder": await aida.get("/static/"),
    }
    await prepare("POST /demandes/{numero}/messages · clôturée", ici)
    got["409"] = await post_here(aida, f"{page}/messages", {**message, "cle": uuid4(), "texte": "Encore."})
    monkeypatch.setattr(messages, "post_message", fail(RuntimeError()))
    got["500"] = await post_here(aida, f"{page}/messages", message)
    monkeypatch.setattr(messages, "post_message", fail(Indisponible()))
    got["503"] = await post_here(aida, f"{page}/messages", message)
    monkeypatch.setattr(clotures, "close_demande", fail(TropDeDemandes("Trop.")))
    got["429"] = await post_here(aida, f"{page}/cloture", {"note": 3})
    for name, reponse in got.items():
        assert not reponse.fautes, (name, reponse.fautes)
        assert reponse.entete("cache-control") == "no-store, no-cache", name
        assert not reponse.entete(HSTS), f"{name}: promised https on a site without it"
        if name[:3].isdecimal():
            assert reponse.status == int(name[:3]), (name, reponse.status)
            assert '<html lang="fr"' in reponse.texte and "<h1" in reponse.texte, name
            assert not proofread(without_tokens(reponse.texte)), name
    assert got["pdf"].corps.startswith(b"%PDF-") and got["pdf"].entete("content-type") == "application/pdf"
    assert got["file"].entete("content-disposition").startswith("attachment;")
    for name in ("static climbing", "static climbing, coded", "static folder", "static 404"):
        assert got[name].status == 404, name
    assert got["head"].status == 200 and not got["head"].corps
    static = await aida.get(f"/static/{css}")
    assert (static.status, static.fautes) == (200, [])
    assert "immutable" in static.entete("cache-control") and not static.entete("set-cookie")


MULTIPART = (b"content-type", b"multipart/form-data")


async def test_head_answers_like_get_everywhere(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    for route in ROUTES:
        if route.methode == "GET":
            adresse = adresse_of(str(route), scene.ici)
            for visiteur in (scene.visiteurs["auteur"], scene.visiteurs["dehors"]):
                got = await visiteur.send("GET", adresse)
                head = await visiteur.send("HEAD", adresse)
                assert (head.status, head.corps, head.fautes) == (got.status, b"", []), adresse
                assert head.entete("content-type") == got.entete("content-type"), adresse


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "https://aplus.exemple.fr"])
async def test_cookies_of_a_whole_visit(
    base_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed out, waiting for the mail, in, told something, out: every cookie, over http and https."""
    is_https = base_url.startswith("https")
    settings = dataclasses.replace(get_settings(), base_url=base_url)
    for name, module in list(sys.modules.items()):
        if name.startswith("app.") and hasattr(module, "get_settings"):
            monkeypatch.setattr(module, "get_settings", lambda: settings)
    visiteur, answers = Visiteur(), []

    async def do(methode: str, adresse: str, **champs: object) -> Reponse:
        corps = visiteur.write(champs) if methode == "POST" else b""
        form = FORME if methode == "POST" else []
        answers.append(await visiteur.send(methode, adresse, corps=corps, entetes=form, keeps=True))
        assert answers[-1].status in {200, 303}, answers[-1].texte[:2000]
        return answers[-1]

    await do("GET", "/connexion")
    await do("POST", "/connexion", email="aida@exemple.fr", durable=1)
    [envoi] = await claim_courriels(now, 5)
    texte = poste.write_courriel(envoi, settings).as_string()
    lien = re.search(r"/connexion/lien/[\w-]+", texte.replace("=\n", ""))
    assert lien is not None
    await do("GET", lien[0])
    await do("POST", lien[0])
    await do("GET", "/profil")
    profil = {"prenom": "Aïda", "nom": "Kerjean", "fonction": "Conseillère"}
    await do("POST", "/profil", **profil)
    assert "annonce" in " ".join(visiteur.cookies)
    await do("GET", "/profil")
    await do("POST", "/affichage", couleurs="sombre")
    await do("POST", "/bandeau/1-1/fermeture")
    await do("POST", "/deconnexion")
    set_at_all = {}
    for reponse in answers:
        assert not reponse.fautes, reponse.fautes
        assert bool(reponse.entete(HSTS)) is is_https
        for nom, valeur in reponse.entetes:
            if nom == "set-cookie":
                cle, _, rest = valeur.partition("=")
                set_at_all[cle.removeprefix("__Host-")] = rest.lower()
                assert cle.startswith("__Host-") is is_https, cle
                assert ("secure" in re.split(r"; *", rest.lower())) is is_https, valeur
    assert set(set_at_all) == {"navigateur", "attente", "session", "annonce", "affichage", "bandeaux"}
    assert cookies.cookie_name("session") not in visiteur.cookies


# --- Nothing is fetched elsewhere -------------------------------------------------------------------------------

#: Places an agent may choose to go to; nothing is loaded from there.
LIENS = {"https://formulaire.defenseurdesdroits.fr/", "https://www.cnil.fr/fr/plaintes"}


class _Addresses(HTMLParser):
    """Every address of a page: (where it stands, address)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            is_address = name in {"href", "src", "action", "formaction", "data", "poster", "srcset", "cite"}
            if is_address or name.removeprefix("data-") in {
                "hx-get",
                "hx-post",
                "ping",
                "background",
                "content",
                "style",
            }:
                self.found.append((f"{tag} {name}", value or ""))


def list_strangers(html: str) -> Iterator[str]:
    """The addresses of a page that leave this site, links of LIENS apart."""
    for where, adresse in _Addresses(html).found:
        is_away = re.match(
            r"\s*(?:[a-z][a-z0-9+.-]*:)?//|\s*(?:javascript|vbscript|blob|file):", adresse, re.I
        )
        # A page given as a file leads back here.
        if (where, adresse) == ("base href", f"{get_settings().base_url}/"):
            continue
        if is_away and not (where == "a href" and any(adresse.startswith(lien) for lien in LIENS)):
            yield f"{where}={adresse[:80]}"
        if adresse.startswith("data:") and where != "img src":
            yield f"{where}={adresse[:80]}"


@pytest.mark.usefixtures("papier")
async def test_no_page_leads_or_fetches_elsewhere(now: datetime, store: Path) -> None:
    scene = await make_scene(now)
    known = await list_known([scene.ici])
    strange: set[str] = set()
    read = 0
    for role in ("dehors", "auteur", "instructeur", "expert", "responsable", "pilote", "admin"):
        for adresse, reponse in (await walk(scene.visiteurs[role], known)).items():
            if reponse.is_html:
                read += 1
                strange |= {f"{adresse}: {stranger}" for stranger in list_strangers(reponse.texte)}
                strange |= {f"{adresse}: inline {what}" for what in Page(reponse.texte).inline}
    assert read > 300
    assert not strange, "\n".join(sorted(strange)[:20])


def test_no_style_nor_script_fetches_elsewhere() -> None:
    ours = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    assert {path.suffix for path in ours} >= {".css", ".js"}
    for path in [*ours, *(ROOT / "mandate_templates").rglob("*.css")]:
        texte = path.read_text(encoding="utf-8")
        if path.suffix == ".css":
            fetched = re.findall(r"url\(\s*['\"]?([^)'\"]+)|@import\s+([^;]+)", texte)
            assert not [f for pair in fetched for f in pair if f and not f.startswith(("data:image", "#"))], (
                path
            )
        elif not path.name.startswith("htmx"):
            # The texts made HTML are attributes that our templates write, read by the next test.
            for made in ("panne.innerHTML = panne.dataset.contenu;", "etat.innerHTML = etat.dataset[what];"):
                texte = texte.replace(made, "", 1)
            assert not re.search(r"https?://(?!www\.w3\.org/)|\beval\(|new Function|innerHTML\s*=", texte), (
                path
            )


def test_what_a_script_makes_html_holds_no_word_of_anybody() -> None:
    """What stands in these attributes is written in the template itself, or by `panne`, which names no variable."""
    said = {
        contenu: path.read_text(encoding="utf-8")
        for path in (ROOT / "app/partials").rglob("*.html")
        for contenu in re.findall(
            r'data-(?:contenu|echec|retrouve)="([^"]*)"', path.read_text(encoding="utf-8")
        )
    }
    made = {contenu: texte for contenu, texte in said.items() if "{" in contenu}
    assert len(said) > 1
    assert set(made) == {"{{ panne | trim | forceescape }}"}
    for texte in made.values():
        [panne] = re.findall(r"{% set panne %}(.*?){% endset %}", texte, re.S)
        assert not re.sub(r'{{ bouton\((?:"[^"]*"|[a-z]+=|, )+\) }}', "", panne).count("{")


def test_a_stranger_would_be_seen() -> None:
    """The reader of addresses reads."""
    for html in (
        '<script src="https://exemple.fr/a.js">',
        "<img src=//exemple.fr/a.png>",
        '<a href="https://exemple.fr">x</a>',
        '<form action="http://exemple.fr">',
        '<link href="data:text/css,x">',
        '<a href=" javascript:alert(1)">x</a>',
    ):
        assert list(list_strangers(html)), html
    assert not list(list_strangers('<a href="/demandes">x</a><img src="data:image/png;base64,x">'))
