"""Demandes reçues, Mes demandes, Demandes suivies: one page, three readers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get

from app import pages
from app.domain.acces.sessions import Signed as SignedIn
from app.domain.demandes.mes_brouillons import Resume, list_brouillons
from app.domain.listes.boites import list_demandes
from app.domain.listes.criteres import Criteres
from app.pages import Contexte
from app.routes.demandes.adresses import write_adresse
from app.routes.demandes.liste import Onglet, has_role, list_onglets, say_equipes, show_liste
from app.routes.demandes.vues import BROUILLONS, MIENNES, RECUES, SUIVIES, Vue
from app.routes.params import Now, Query, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class PageBrouillons(Contexte):
    """The tab of drafts."""

    templates = ("demandes/brouillons.html",)
    vue: Vue
    equipes: str
    brouillons: list[Resume]
    onglets: list[Onglet]


@get("/demandes", opt={"menu": MIENNES.boite.code})
async def get_miennes(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Mes demandes: what I sent, what colleagues invited me to, and what I am still writing."""
    if criteres.texte("onglet") == BROUILLONS:
        return await _show_brouillons(request, signed, now)
    return await show_liste(request, signed, MIENNES, criteres, now)


@get("/demandes/recues", opt={"menu": RECUES.boite.code})
async def get_recues(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Demandes reçues: what my groupes, or I by name, are asked."""
    return await show_liste(request, signed, RECUES, criteres, now)


@get("/demandes/suivies", opt={"menu": SUIVIES.boite.code})
async def get_suivies(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Demandes suivies: where I was invited as an expert."""
    return await show_liste(request, signed, SUIVIES, criteres, now)


async def _show_brouillons(request: Visit, signed: SignedIn, now: datetime) -> Response[Any]:
    """The tab of drafts: no filter, no page, nothing to refresh."""
    liste = await list_demandes(MIENNES.boite, signed.droits, Criteres(), now)
    brouillons = await list_brouillons(signed)
    if not brouillons and not liste.has_any and not has_role(MIENNES, signed.droits):
        return pages.go(request, "/")
    pages.bring_count(request, MIENNES.boite.code, liste.ouvertes)

    def url_of_onglet(code: str) -> str:
        return write_adresse(MIENNES.chemin, Criteres(onglet=code))

    context = PageBrouillons(
        vue=MIENNES,
        equipes=say_equipes(MIENNES, signed),
        brouillons=brouillons,
        onglets=list_onglets(MIENNES, liste, BROUILLONS, url_of_onglet),
    )
    return await pages.show(request, "demandes/brouillons.html", context)


ROUTES = [get_miennes, get_recues, get_suivies]
