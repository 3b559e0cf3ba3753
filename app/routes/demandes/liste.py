"""A list as its page shows it, for whoever asks: read, refreshed, or answered after an act on its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

from litestar import Response

from app import pages
from app.domain.acces.sessions import Signed
from app.domain.demandes.voix import remembered_signature
from app.domain.echanges.bilans import BilanListe, find_bilan
from app.domain.echanges.gestes import GesteListe
from app.domain.listes.boites import Liste, list_demandes
from app.domain.listes.criteres import Tri, enregistrables
from app.domain.listes.recherche import find_numero
from app.domain.regles.permissions import Droits, can_create_demande
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.demandes.adresses import read_criteres, without_filters, write_adresse, write_depuis
from app.routes.demandes.filtres import Filtre, list_filtres
from app.routes.demandes.mots import LigneEnMots, ligne_of
from app.routes.demandes.retour import say_liste
from app.routes.demandes.vues import BROUILLONS, MIENNES, RECUES, SUIVIES, TRIS, Vue, list_gestes
from app.routes.params import Visit
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


@dataclass(frozen=True)
class BarreSaisie:
    """What the bar of acts holds: nothing, or what was refused, to be corrected."""

    coches: frozenset[int] = frozenset()
    rappel_le: str = ""
    signature: str = ""
    erreurs: Mapping[str, str] = field(default_factory=dict)


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
    filtres: list[Filtre]
    tris: tuple[tuple[Tri, str], ...]
    ordre: str
    onglets: list[Onglet]
    url_of_page: Callable[[int], str]
    url_ici: str
    filtres_ici: str
    """The query of a saved view that would show this list."""
    url_sans_filtres: str
    url_rythme: str
    is_live: bool
    is_swapped: bool
    """Whether htmx takes the answer into a page already read: the count is then announced."""
    depuis: int
    marque: str
    nouveautes: str
    gestes: tuple[GesteListe, ...]
    """What can be done to the rows of this tab."""
    cle: UUID
    coches: frozenset[int]
    url_cocher: str
    """The same page with every row ticked, or none."""
    is_refresh: bool
    barre: BarreSaisie
    bilan: BilanListe | None


async def show_liste(
    request: Visit,
    signed: Signed,
    vue: Vue,
    query: Formulaire,
    now: datetime,
    *,
    lot: UUID | None = None,
    barre: BarreSaisie | None = None,
) -> Response[Any]:
    """One page of a list; who has neither the role nor a demande goes where their day starts. A number typed alone
    opens its demande.

    `lot`: the form whose acts are told; `barre`: what its bar of acts was refused.
    """
    liste = await list_demandes(vue.boite, signed.droits, read_criteres(query), now)
    if not liste.has_any and not has_role(vue, signed.droits):
        return pages.go(request, "/")
    if numero := await find_numero(signed.droits, liste.criteres.q):
        return pages.go(request, f"/demandes/{numero}")
    pages.bring_count(request, vue.boite.code, liste.ouvertes)
    is_live = query.texte("actualisation") != "non"

    def url(**changes: Any) -> str:
        return write_adresse(vue.chemin, liste.criteres, is_live=is_live, **changes)

    def url_of_page(page: int) -> str:
        return url(page=page)

    def url_of_onglet(code: str) -> str:
        return url(onglet=code)

    suite = say_liste(vue, replace(liste.criteres, page=liste.page))
    lignes = [ligne_of(rangee, now, signed.zone, suite) for rangee in liste.rangees]
    onglets = list_onglets(vue, liste, liste.criteres.onglet, url_of_onglet)
    marque = _mark(lignes, onglets)
    if pages.is_htmx(request) and query.texte("marque") == marque:
        return pages.say_unchanged(request)
    is_refresh = liste.criteres.depuis is not None
    is_all = query.is_checked("cocher")
    barre = barre or BarreSaisie(signature=remembered_signature(signed))
    ici, groupes = url(page=liste.page), list_groupes(vue, signed)
    filtres = list_filtres(vue, liste, groupes, url)
    context = BoiteOuverte(
        vue=vue,
        titre=_titre(vue, liste, filtres),
        liste=liste,
        lignes=lignes,
        equipes=say_equipes(vue, signed),
        groupes=groupes,
        filtres=filtres,
        tris=TRIS,
        ordre=say_ordre(liste),
        onglets=onglets,
        url_of_page=url_of_page,
        url_ici=ici,
        filtres_ici=write_adresse("", enregistrables(liste.criteres))[1:],
        url_sans_filtres=write_adresse(vue.chemin, without_filters(liste.criteres), is_live=is_live),
        url_rythme=write_adresse(vue.chemin, liste.criteres, is_live=not is_live, page=liste.page),
        is_live=is_live,
        is_swapped=pages.is_htmx(request) and not is_refresh,
        depuis=write_depuis(now),
        marque=marque,
        nouveautes=_nouveautes(liste),
        gestes=list_gestes(vue, liste.criteres.onglet),
        cle=uuid4(),
        coches=frozenset(ligne.numero for ligne in lignes) if is_all else barre.coches,
        url_cocher=ici if is_all else f"{ici}&cocher=1",
        is_refresh=is_refresh,
        barre=barre,
        erreurs=barre.erreurs,
        bilan=await find_bilan(signed, lot or query.cle("fait")),
    )
    pushed = write_fait(ici, context.bilan.lot if context.bilan else None) if context.is_swapped else None
    return await pages.show(request, "demandes/page.html", context, url=pushed)


def write_fait(url: str, lot: UUID | None) -> str:
    """The address of a list that tells what this form did: reloaded, it tells it again."""
    return f"{url}&fait={lot}" if lot else url


def _mark(lignes: list[LigneEnMots], onglets: list[Onglet]) -> str:
    """A short mark of every word that a refresh would show again: the words tell the day and the lateness too."""
    comptes = [(onglet.id, onglet.compte) for onglet in onglets]
    return blake2b(repr((lignes, comptes)).encode(), digest_size=8).hexdigest()


def _titre(vue: Vue, liste: Liste, filtres: list[Filtre]) -> str:
    """The title of the page tells two tabs, pages, filters or orders of a list apart (RGAA 8.6)."""
    words = [vue.titre]
    if len(vue.onglets) > 1:
        words.append(f"{vue.onglets[liste.criteres.onglet]} ({liste.total})")
    words += [filtre.libelle for filtre in filtres]
    if liste.tri != vue.boite.tri_naturel(liste.criteres.onglet):
        words.append(say_ordre(liste))
    if liste.pages > 1:
        words.append(f"page {liste.page} sur {liste.pages}")
    return ", ".join(words)


def say_ordre(liste: Liste) -> str:
    """In which order the rows stand, as the middle of a sentence."""
    return dict(TRIS)[Tri(liste.tri)].lower()


def list_onglets(vue: Vue, liste: Liste, current: str, url_of: Callable[[str], str]) -> list[Onglet]:
    """The tabs and their counts."""
    comptes = {**liste.comptes, BROUILLONS: liste.brouillons}
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


def has_role(vue: Vue, droits: Droits) -> bool:
    if vue is RECUES:
        return bool(droits.instructeur)
    return droits.is_expert if vue is SUIVIES else can_create_demande(droits)


def list_groupes(vue: Vue, signed: Signed) -> list[tuple[int, str]]:
    """The groupes whose demandes stand in this list, to choose among."""
    if vue is SUIVIES:
        return []
    return [(g.groupe, g.nom) for g in signed.appartenances if vue is MIENNES or g.is_instructeur]


def say_equipes(vue: Vue, signed: Signed) -> str:
    """For whom one reads: « CAF 22, CAF 29 »."""
    return ", ".join(nom for _, nom in list_groupes(vue, signed))


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
