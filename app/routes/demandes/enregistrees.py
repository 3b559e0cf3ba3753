"""`/demandes/vues`: the filters of a list kept under a name, for oneself or for the members of a groupe."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as SignedIn
from app.domain.groupes.vues_enregistrees import (
    DISPARUE,
    NOM_MAX,
    delete_vue,
    list_vues,
    rename_vue,
    save_vue,
)
from app.domain.listes.boites import Liste, VueEnregistree, list_demandes
from app.domain.listes.criteres import enregistrables
from app.domain.regles.errors import Disparu, Invalide
from app.domain.regles.permissions import can_share_vues
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.demandes.adresses import read_criteres, write_adresse
from app.routes.demandes.filtres import list_filtres
from app.routes.demandes.liste import list_groupes, say_ordre
from app.routes.demandes.retour import read_retour
from app.routes.demandes.vues import VUES, Vue
from app.routes.params import Form, Now, Query, Signed, Visit

ADRESSE = "/demandes/vues"


@dataclass(frozen=True)
class VueRangee:
    """A saved view, the title of its list, and the address that opens it."""

    vue: VueEnregistree
    titre: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PageVues(Contexte):
    """What its reader may change, under the form of a new one when they come from a list."""

    templates = ("demandes/vues.html",)
    vues: list[VueRangee]
    pour: list[tuple[str, str]]
    """For whom a view may be kept: oneself, then the groupes one is responsable of."""
    retour: str
    titre: str
    """The list they come from; empty otherwise."""
    gardes: str
    """What would be kept of it, in words."""
    nom: str
    choisi: str
    corrigee: int | None
    """The view whose new name was refused."""
    disparue: str
    """What is said of a view that is no more there, above the list of those that are."""
    nom_max: int = NOM_MAX


@get(ADRESSE)
async def get_vues(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Those that one may change; with `?retour=`, the form that keeps the filters of that list."""
    return await _show(request, signed, criteres, now)


@post(ADRESSE)
async def post_vue(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Keep the filters of a list, or give the view `vue` another name."""
    vue, nom = form.identifiant("vue"), form.texte("nom")
    try:
        if form.texte("vue"):
            await rename_vue(signed, _known(vue), nom, now, vu=form.texte("vu"))
            return pages.go(request, ADRESSE, annonce="vue_enregistree")
        source, liste = await _read_source(signed, form, now)
        adresse = write_adresse(source.chemin, liste.criteres)
        filtres, groupe = adresse.partition("?")[2], form.identifiant("pour")
        await save_vue(signed, source.boite.code, filtres, nom, now, groupe=groupe)
    except Invalide as invalide:
        return await _show(request, signed, form, now, corrigee=vue, erreurs=invalide.erreurs)
    except Disparu as disparu:
        return await _show(request, signed, form, now, disparue=disparu.phrase)
    return pages.go(request, adresse, annonce="vue_enregistree")


@post(f"{ADRESSE}/effacement")
async def create_effacement(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Take a view away; a form that names none changes nothing and says nothing."""
    vue = form.identifiant("vue")
    if vue is None:
        return pages.go(request, ADRESSE)
    try:
        await delete_vue(signed, vue)
    except Disparu as disparu:
        return await _show(request, signed, form, now, disparue=disparu.phrase)
    return pages.go(request, ADRESSE, annonce="vue_effacee")


def _known(vue: int | None) -> int:
    if vue is None:
        raise Disparu(DISPARUE)
    return vue


async def _read_source(signed: SignedIn, asked: Formulaire, now: datetime) -> tuple[Vue, Liste]:
    """The list one comes from, as it reads its own address: a code that names nothing, or a groupe of others, is no
    filter.
    """
    vue, query = read_retour(asked)
    return vue, await list_demandes(vue.boite, signed.droits, enregistrables(read_criteres(query)), now)


def _say_filtres(signed: SignedIn, vue: Vue, liste: Liste) -> str:
    """« En cours, Urgentes, CAF 22, les plus urgentes d’abord »: what a view of this list would keep."""
    onglet = [vue.onglets[liste.criteres.onglet]] if len(vue.onglets) > 1 else []
    filtres = [one.libelle for one in list_filtres(vue, liste, list_groupes(vue, signed), lambda **_: "")]
    return ", ".join([*onglet, *(filtres or ["sans filtre"]), say_ordre(liste)])


async def _show(
    request: Visit,
    signed: SignedIn,
    asked: Formulaire,
    now: datetime,
    *,
    corrigee: int | None = None,
    erreurs: Mapping[str, str] | None = None,
    disparue: str = "",
) -> Response[Any]:
    retour = asked.texte("retour")
    listes = {vue.boite.code: vue for vue in VUES}
    vues = [
        VueRangee(one, listes[one.liste].titre, f"{listes[one.liste].chemin}?{one.filtres}")
        for one in await list_vues(signed.droits)
    ]
    mine = [g for g in signed.appartenances if can_share_vues(signed.droits, g.groupe)]
    context = PageVues(
        erreurs=erreurs or {},
        vues=vues,
        pour=[("", "Moi"), *((str(g.groupe), f"Les membres de {g.nom}") for g in mine)],
        retour=retour,
        titre=read_retour(asked)[0].titre if retour else "",
        gardes=_say_filtres(signed, *await _read_source(signed, asked, now)) if retour else "",
        nom=asked.texte("nom"),
        choisi=asked.texte("pour"),
        corrigee=corrigee,
        disparue=disparue,
    )
    return await pages.show(request, "demandes/vues.html", context, status=409 if disparue else None)


ROUTES = [get_vues, post_vue, create_effacement]
