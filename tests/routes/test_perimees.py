"""A page that is older than who is signed in, at every address that posts: signed out in another window, session ended,
another account, signed in again. The same words everywhere, what was typed kept, and a way on."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest

from app import csrf, database
from tests.browser import Browser, Page, signed_in
from tests.cast import CAST
from tests.factories import make_demande
from tests.gardes.plan import OPTIONS, Route

CANARI = "Zéphyrine-Canari-7741 attend depuis juillet."
ICI = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
# These are never asked by a page of ours, or end a session whatever its state.
SANS_PAGE = {"/deconnexion", "/pieces-jointes"}
POSTS = [
    route
    for route, opt in OPTIONS.items()
    if route.methode == "POST" and not opt.get("sans_session") and route.chemin not in SANS_PAGE
]
SIGNED = [route for route in POSTS if not OPTIONS[route].get("public")]
QUIET = [route for route in POSTS if OPTIONS[route].get("discret")]


def address(route: Route, numero: int) -> str:
    """An address of this route: nobody has looked yet at what it names."""
    chemin = route.chemin.replace("{numero}", str(numero))
    for nom in route.parametres:
        chemin = chemin.replace(f"{{{nom}}}", str(uuid4()) if nom in {"cle", "reponse", "requete"} else "1")
    return chemin


class Fenetre:
    """A page of Aïda’s, left open in a browser where things happen."""

    def __init__(self, browser: Browser, numero: int) -> None:
        self.browser, self.numero = browser, numero
        self.jeton = next(f["values"]["csrf"][0] for f in browser.page.forms if "csrf" in f["values"])

    async def post(self, route: Route, status: int, *, htmx: bool = False) -> httpx.Response:
        """Send what was typed there."""
        fields = {
            "csrf": self.jeton,
            "texte": CANARI,
            "cle": uuid4(),
            "formulaire": uuid4(),
            "titre": "AAH",
            "acte": "message",
        }
        url = address(route, self.numero)
        return await self.browser.post(url, fields, status=status, htmx=htmx, headers=ICI)

    def forget(self) -> None:
        """Signed out in another window: the browser has no session any more."""
        self.browser.client.cookies.delete("session")

    async def become(self, agent: int) -> None:
        """This agent signs in from another window."""
        other = await signed_in(agent)
        self.forget()
        self.browser.client.cookies.set("session", other.client.cookies["session"], domain="127.0.0.1")


async def open_page(now: datetime) -> Fenetre:
    """A demande of hers on screen."""
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    return Fenetre(browser, numero)


async def count_kept() -> Any:
    (row,) = await database.fetch("select count(*) as kept from posts_scelles where agent = $1", CAST.aida)
    return row["kept"]


@pytest.mark.parametrize("how", ["signed out in another window", "session ended"])
async def test_nobody_signed_in_any_more(how: str, now: datetime) -> None:
    fenetre = await open_page(now)
    if how == "session ended":
        await database.fetch("delete from sessions")
    else:
        fenetre.forget()
    for kept, route in enumerate(SIGNED, 1):
        await fenetre.browser.client.get("/connexion")  # what an announcement said before is said
        htmx = bool(kept % 2)
        response = await fenetre.post(route, 200 if htmx else 303, htmx=htmx)
        there = response.headers["hx-redirect" if htmx else "location"]
        assert unquote(there).startswith("/connexion?destination=/reprise/"), route
        await fenetre.browser.get(there)
        assert "Votre envoi est gardé" in fenetre.browser.page.texte, route
        assert CANARI not in fenetre.browser.html
        assert await count_kept() == min(kept, 20), route


async def test_somebody_else_is_signed_in(now: datetime) -> None:
    fenetre = await open_page(now)
    await fenetre.become(CAST.ines)
    for kept, route in enumerate(SIGNED, 1):
        response = await fenetre.post(route, 409)
        texte = fenetre.browser.page.texte
        assert csrf.AUTRE_COMPTE in texte and "gardé une heure" in texte, route
        assert "Canari" not in response.text and "dans un instant" not in texte, route
        assert "Mon profil" in texte, f"{route}: no menu, no way on"
        assert await count_kept() == min(kept, 20), route
    # The way on: out, then in again under one’s own name, where it waits.
    response = await fenetre.browser.submit("/deconnexion", {})
    page = unquote(response.headers["location"])
    assert page == "/connexion"


async def test_the_text_of_another_account_waits_for_it(now: datetime) -> None:
    fenetre = await open_page(now)
    await fenetre.become(CAST.ines)
    await fenetre.post(next(r for r in SIGNED if r.chemin == "/demandes/{numero}/messages"), 409)
    form = next(f for f in fenetre.browser.page.forms if "destination" in f["values"])
    response = await fenetre.browser.post("/deconnexion", form["values"])
    reprise = unquote(response.headers["location"]).removeprefix("/connexion?destination=")
    await fenetre.become(CAST.ines)
    await fenetre.browser.get(reprise, status=303)
    await fenetre.become(CAST.aida)
    await fenetre.browser.get(reprise)
    assert CANARI in fenetre.browser.page.texte


async def test_the_same_agent_signed_in_again(now: datetime) -> None:
    fenetre = await open_page(now)
    await fenetre.become(CAST.aida)
    for route in SIGNED:
        await fenetre.post(route, 409)
        texte = fenetre.browser.page.texte
        assert csrf.RECONNECTE in texte and "dans un instant" not in texte, route
        form = next(
            f for f in fenetre.browser.page.forms if f["action"] == address(route, 0) or "acte" in f["values"]
        )
        assert form["values"]["texte"] == [CANARI], route


async def test_a_quiet_save_stays_on_its_page_and_never_says_saved(now: datetime) -> None:
    fenetre = await open_page(now)

    async def said(words: str) -> None:
        for route in QUIET:
            response = await fenetre.post(route, 200, htmx=True)
            assert words in fenetre.browser.page.texte, route
            assert "hx-redirect" not in response.headers and "hx-retarget" not in response.headers, route
            if words != "Brouillon enregistré":
                assert "enregistré à" not in fenetre.browser.page.texte, route
                assert "data-refus" in response.text, route

    await said("Brouillon enregistré")
    await database.fetch("delete from sessions")
    await said(csrf.DECONNECTE_DISCRET)
    fenetre.forget()
    await said(csrf.DECONNECTE_DISCRET)
    await fenetre.become(CAST.ines)
    await said(csrf.AUTRE_COMPTE_DISCRET)
    # Of the same agent, from before they signed in again: it can be kept, and is.
    await fenetre.become(CAST.aida)
    await said("Brouillon enregistré")
    await database.fetch("delete from adhesions where agent = $1", CAST.aida)
    await database.fetch("update demandes set auteur = $1", CAST.aline)
    for route in QUIET:
        await fenetre.post(route, 200, htmx=True)
        assert "enregistré à" not in fenetre.browser.page.texte, route


async def test_a_page_that_follows_what_is_typed_is_not_taken_away(now: datetime) -> None:
    fenetre = await open_page(now)
    fields = {"csrf": fenetre.jeton, "formulaire": str(uuid4()), "titre": CANARI, "etape": "actualiser"}

    async def step(status: int, *, htmx: bool = True) -> None:
        url = "/demandes/nouvelle"
        await fenetre.browser.post(url, fields, status=status, htmx=htmx, headers=ICI)

    await step(200)
    fenetre.forget()
    await step(204)
    await fenetre.become(CAST.ines)
    await step(204)
    assert await count_kept() == 0
    # A bare browser waits for a page.
    await step(409, htmx=False)
    await fenetre.become(CAST.aida)
    await step(200)


async def test_a_page_of_signing_in_left_open_goes_on() -> None:
    browser = Browser()
    await browser.get("/connexion")
    jeton = browser.page.forms[-1]["values"]["csrf"][0]
    other = await signed_in(CAST.ines)
    browser.client.cookies.set("session", other.client.cookies["session"], domain="127.0.0.1")
    response = await browser.post("/connexion", {"csrf": jeton, "email": "ines@exemple.fr"}, headers=ICI)
    assert response.headers["location"] == "/"


async def test_a_right_taken_away_while_one_wrote_gives_the_text_back(now: datetime) -> None:
    fenetre = await open_page(now)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{fenetre.numero}")
    form = next(f for f in browser.page.forms if f["action"].endswith("/messages"))
    await database.fetch("update adhesions set is_instructeur = false where agent = $1", CAST.ines)
    for htmx in (False, True):
        response = await browser.post(
            form["action"], {**form["values"], "texte": CANARI}, status=404, htmx=htmx, headers=ICI
        )
        assert CANARI in Page(response.text).texte and "Mon profil" in response.text
        assert not htmx or response.headers["hx-retarget"] == "body"


# --- The demande was closed meanwhile ---------------------------------------------------------------------------

SUR_OUVERTE = {
    "/messages": {"acte": "message", "texte": CANARI},
    "/invitations": {"groupes": str(CAST.groupes.cpam), "texte": CANARI},
    "/informations": {"nature": "autre", "libelle": "Précision", "valeur": CANARI},
    "/cloture": {"note": "3", "commentaire": CANARI},
    "/mandat/revocation": {"motif": "autre", "precision": CANARI},
    "/mandat": {"mandat": "sms", "sms_numero": "06 12 34 56 78"},
}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("suite", SUR_OUVERTE)
async def test_closed_meanwhile_is_said_and_the_text_kept(suite: str, htmx: bool, now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    vu = next(f["values"]["vu"][0] for f in browser.page.forms if "vu" in f["values"])
    other = await signed_in(CAST.aida)
    await other.get(f"/demandes/{numero}/cloture")
    await other.submit(f"/demandes/{numero}/cloture", {"note": "2", "raison": "autrement"})
    fields = {"vu": vu, "cle": str(uuid4()), **SUR_OUVERTE[suite]}
    response = await browser._send(
        "POST", f"/demandes/{numero}{suite}", htmx=htmx, data={"csrf": browser.csrf(), **fields}
    )
    assert response.status_code in {403, 409}, response.status_code
    page = Page(response.text)
    assert "clôturée" in page.texte and "dans un instant" not in page.texte
    assert CANARI not in str(fields) or CANARI in response.text
    assert (
        f'href="/demandes/{numero}"' in response.text
        or f'action="/demandes/{numero}/reouverture"' in response.text
    )
