"""Demandes reçues, Mes demandes, Demandes suivies: one page, three readers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from litestar import Response, get

from app import pages
from app.domain.acces.sessions import Signed as SignedIn
from app.domain.demandes.brouillons import Resume, count_brouillons, list_brouillons
from app.domain.listes.boites import Liste, list_demandes
from app.domain.listes.criteres import Criteres, Tri
from app.domain.mots import dates
from app.domain.regles.permissions import Droits, can_create_demande
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.demandes.adresses import read_criteres, without_filters, write_adresse, write_depuis
from app.routes.demandes.mots import LigneEnMots, ligne_of
from app.routes.demandes.vues import BROUILLONS, MIENNES, RECUES, SUIVIES, TRIS, Vue
from app.routes.params import Now, Query, Signed, Visit
from app.templating import pluriel


@dataclass(frozen=True)
class Onglet:
    """A tab and its count."""

    id: str
    libelle: str
    compte: int
    is_late: bool
    url: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class BoiteOuverte(Contexte):
    """A list as its reader asked for it, each row in words, and the addresses that lead on from there."""

    templates = ("demandes/page.html",)
    vue: Vue
    titre: str
    liste: Liste
    lignes: list[LigneEnMots]
    equipes: str
    groupes: list[tuple[int, str]]
    tris: tuple[tuple[Tri, str], ...]
    onglets: list[Onglet]
    url_of_page: Callable[[int], str]
    url_ici: str
    url_sans_filtres: str
    url_rythme: str
    is_live: bool
    is_swapped: bool
    """Whether htmx takes the answer into a page already read: the count is then announced."""
    depuis: int
    marque: str
    nouveautes: str
    brouillons: int


@dataclass(frozen=True, kw_only=True)
class PageBrouillons(Contexte):
    """The tab of drafts."""

    templates = ("demandes/brouillons.html",)
    vue: Vue
    equipes: str
    brouillons: list[Resume]
    onglets: list[Onglet]


@get("/demandes")
async def get_miennes(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Mes demandes: what I sent, what colleagues invited me to, and what I am still writing."""
    if criteres.texte("onglet") == BROUILLONS:
        return await _show_brouillons(request, signed, now)
    return await _show(request, signed, MIENNES, criteres, now)


@get("/demandes/recues")
async def get_recues(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Demandes reçues: what my groupes, or I by name, are asked."""
    return await _show(request, signed, RECUES, criteres, now)


@get("/demandes/suivies")
async def get_suivies(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Demandes suivies: where I was invited as an expert."""
    return await _show(request, signed, SUIVIES, criteres, now)


async def _show(
    request: Visit, signed: SignedIn, vue: Vue, query: Formulaire, now: datetime
) -> Response[Any]:
    """One page of a list; who has neither the role nor a demande goes where their day starts."""
    liste = await list_demandes(vue.boite, signed.droits, read_criteres(query), now)
    if not liste.has_any and not _has_role(vue, signed.droits):
        return pages.go(request, "/")
    is_live = query.texte("actualisation") != "non"

    def url(**changes: Any) -> str:
        return write_adresse(vue.chemin, liste.criteres, is_live=is_live, **changes)

    def url_of_page(page: int) -> str:
        return url(page=page)

    def url_of_onglet(code: str) -> str:
        return url(onglet=code)

    drafts = await count_brouillons(signed) if vue is MIENNES else 0
    lignes = [ligne_of(rangee, now, signed.zone) for rangee in liste.rangees]
    onglets = _onglets(vue, liste, drafts, liste.criteres.onglet, url_of_onglet)
    marque = _mark(lignes, onglets)
    if pages.is_htmx(request) and query.texte("marque") == marque:
        return _nothing_new(now, signed)
    is_refresh = liste.criteres.depuis is not None
    context = BoiteOuverte(
        vue=vue,
        titre=_titre(vue, liste),
        liste=liste,
        lignes=lignes,
        equipes=_equipes(vue, signed),
        groupes=_groupes(vue, signed),
        tris=TRIS,
        onglets=onglets,
        url_of_page=url_of_page,
        url_ici=url(page=liste.page),
        url_sans_filtres=write_adresse(vue.chemin, without_filters(liste.criteres), is_live=is_live),
        url_rythme=write_adresse(vue.chemin, liste.criteres, is_live=not is_live, page=liste.page),
        is_live=is_live,
        is_swapped=pages.is_htmx(request) and not is_refresh,
        depuis=write_depuis(now),
        marque=marque,
        nouveautes=_nouveautes(liste),
        brouillons=drafts,
    )
    pushed = context.url_ici if context.is_swapped else None
    return await pages.show(request, "demandes/page.html", context, url=pushed)


def _mark(lignes: list[LigneEnMots], onglets: list[Onglet]) -> str:
    """A short mark of every word that a refresh would show again: the words tell the day and the lateness too."""
    comptes = [(onglet.id, onglet.compte) for onglet in onglets]
    return blake2b(repr((lignes, comptes)).encode(), digest_size=8).hexdigest()


def _nothing_new(now: datetime, signed: SignedIn) -> Response[Any]:
    """A refresh that changes nothing sends nothing but the hour, which the page then says."""
    return Response(None, status_code=204, headers={"Heure": quote(dates.heure(now, signed.zone))})


def _titre(vue: Vue, liste: Liste) -> str:
    """The title of the page tells two tabs, pages or filters of a list apart (RGAA 8.6)."""
    words = [vue.titre]
    if len(vue.onglets) > 1:
        words.append(f"{vue.onglets[liste.criteres.onglet]} ({liste.total})")
    if liste.criteres.is_filtre:
        words.append("avec filtres")
    if liste.pages > 1:
        words.append(f"page {liste.page} sur {liste.pages}")
    return ", ".join(words)


async def _show_brouillons(request: Visit, signed: SignedIn, now: datetime) -> Response[Any]:
    """The tab of drafts: no filter, no page, nothing to refresh."""
    liste = await list_demandes(MIENNES.boite, signed.droits, Criteres(), now)
    brouillons = await list_brouillons(signed)
    if not brouillons and not liste.has_any and not _has_role(MIENNES, signed.droits):
        return pages.go(request, "/")

    def url_of_onglet(code: str) -> str:
        return write_adresse(MIENNES.chemin, Criteres(onglet=code))

    context = PageBrouillons(
        vue=MIENNES,
        equipes=_equipes(MIENNES, signed),
        brouillons=brouillons,
        onglets=_onglets(MIENNES, liste, len(brouillons), BROUILLONS, url_of_onglet),
    )
    return await pages.show(request, "demandes/brouillons.html", context)


def _onglets(
    vue: Vue, liste: Liste, brouillons: int, current: str, url_of: Callable[[str], str]
) -> list[Onglet]:
    """The tabs and their counts."""
    comptes = {**liste.comptes, BROUILLONS: brouillons}
    return [
        Onglet(
            id=f"demandes-onglet-{code}",
            libelle=libelle,
            compte=comptes[code],
            is_late=code == "en-souffrance",
            url=url_of(code),
            is_current=code == current,
        )
        for code, libelle in vue.onglets.items()
    ]


def _has_role(vue: Vue, droits: Droits) -> bool:
    if vue is RECUES:
        return bool(droits.instructeur)
    return droits.is_expert if vue is SUIVIES else can_create_demande(droits)


def _groupes(vue: Vue, signed: SignedIn) -> list[tuple[int, str]]:
    """The groupes whose demandes stand in this list, to choose among."""
    if vue is SUIVIES:
        return []
    return [(g.groupe, g.nom) for g in signed.appartenances if vue is MIENNES or g.is_instructeur]


def _equipes(vue: Vue, signed: SignedIn) -> str:
    """For whom one reads: « CAF 22, CAF 29 »."""
    return ", ".join(nom for _, nom in _groupes(vue, signed))


def _nouveautes(liste: Liste) -> str:
    """What a refresh announces; empty when nothing came."""
    words = []
    if liste.arrivees:
        words.append(pluriel(liste.arrivees, "nouvelle demande", "nouvelles demandes"))
    if liste.messages:
        words.append(
            pluriel(liste.messages, "demande a un nouveau message", "demandes ont un nouveau message")
        )
    return ", ".join(words)


ROUTES = [get_miennes, get_recues, get_suivies]
