"""`/administration/imports`: structures and accounts from a file; nothing is written before the last button."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.response import Stream

from app import pages, tableur
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration import imports
from app.domain.administration.imports import Import, OptionsImport
from app.domain.administration.lignes import Colonne
from app.domain.administration.plan_import import LignePlanifiee, Sort
from app.domain.faits.registre import Fait
from app.domain.fichiers.tableaux import ENCODAGES
from app.domain.listes.criteres import PAR_PAGE, page_within
from app.domain.regles.errors import Conflit, Invalide
from app.formulaire import Formulaire, as_id
from app.pages import Contexte
from app.routes.administration.mots_import import ColonneVue, list_colonnes, list_tuiles, say_resume
from app.routes.params import Form, Now, Query, Signed, Visit, read_id

LISTE, UN = "administration/imports.html", "administration/import.html"
URL = "/administration/imports"
ADRESSE = URL + "/{numero_import:str}"
ENVOI_MAX = 12_000_000
SEPARATEURS = [(";", "point-virgule"), (",", "virgule"), ("\t", "tabulation"), ("|", "barre")]
ENCODAGES_DITS = dict(zip(ENCODAGES, ("UTF-8", "Windows", "Mac", "MS-DOS"), strict=True))


@dataclass(frozen=True)
class VoletImport:
    """A tab of lines: its words, its address, how many."""

    libelle: str
    url: str
    compte: int
    is_current: bool
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class ListeImports(Contexte):
    """The imports already begun, and the form of a new one."""

    templates = (LISTE,)
    imports: list[Import]


@dataclass(frozen=True, kw_only=True)
class UnImport(Contexte):
    """What writing would do, or what was written."""

    templates = (UN,)
    lu: Import
    tuiles: list[tuple[int, str, str]]
    colonnes: list[ColonneVue]
    reconnues: int
    possibles: list[tuple[str, str]]
    organismes: list[tuple[str, str]]
    encodages: list[tuple[str, str]]
    separateurs: list[tuple[str, str]]
    volets: list[VoletImport]
    lignes: list[LignePlanifiee]
    page: int
    pages: int
    url_of_page: Callable[[int], str]
    a_ecrire: int
    resume: str
    conflit: str = ""


@get(URL)
async def get_imports(request: Visit, signed: Signed) -> Response[Any]:
    """The last imports. Raises Refus."""
    return await pages.show(request, LISTE, ListeImports(imports=await imports.list_imports(signed)))


@post(URL, request_max_body_size=ENVOI_MAX)
async def create_import(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Keep the file and show what it would do. Raises Refus."""
    envoyes: Sequence[Any] = form.fichiers.get("fichier", [])
    contenu = await asyncio.to_thread(envoyes[0].read) if envoyes else None
    nom = envoyes[0].nom if envoyes else ""
    try:
        numero = await imports.create_import(signed, nom, contenu, now)
    except Invalide as invalide:
        context = ListeImports(erreurs=invalide.erreurs, imports=await imports.list_imports(signed))
        return await pages.show(request, LISTE, context)
    return pages.go(request, f"{URL}/{numero}")


@get(ADRESSE)
async def get_import(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """The preview by kind, or the report. Raises Introuvable."""
    return await pages.show(request, UN, await _load(signed, read_id(request, "numero_import"), criteres))


@post(f"{ADRESSE}/lecture")
async def update_lecture(request: Visit, signed: Signed, form: Form) -> Response[Any]:
    """Read the file again with these columns. Raises Introuvable, Conflit."""
    numero = read_id(request, "numero_import")
    try:
        await imports.reread_import(signed, numero, read_options(form))
    except Invalide as invalide:
        return await pages.show(request, UN, await _load(signed, numero, Formulaire(), invalide.erreurs))
    return pages.go(request, f"{URL}/{numero}")


@post(f"{ADRESSE}/ecriture")
async def create_ecriture(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Write, for as long as a request may last; the page says how far it is. Raises Introuvable."""
    numero = read_id(request, "numero_import")
    try:
        lu = await imports.write_import(signed, numero, now, vu=form.texte("vu"))
    except Conflit as conflit:
        context = replace(await _load(signed, numero, Formulaire()), conflit=conflit.phrase)
        return await pages.show(request, UN, context, status=409)
    return pages.go(request, f"{URL}/{numero}", annonce=Fait.IMPORT_ECRIT if lu.ended_at else None)


@post(f"{ADRESSE}/abandon")
async def create_abandon(request: Visit, signed: Signed) -> Response[Any]:
    """Forget the file; what was written stays. Raises Introuvable."""
    await imports.drop_import(signed, read_id(request, "numero_import"))
    return pages.go(request, URL, annonce="import_oublie")


@get(f"{ADRESSE}/a-corriger.csv")
async def get_a_corriger(request: Visit, signed: Signed) -> Stream:
    """The lines in error as they came, with what is wrong in front. Raises Introuvable."""
    lu = await imports.get_import(signed, read_id(request, "numero_import"))
    planned = imports.list_of(await imports.plan_import(lu, await imports.load_connus()), Sort.ERREUR)
    came = dict(zip(lu.numeros, lu.rangees, strict=True))
    rows = [[" ".join(one.erreurs), *came[one.ligne.n]] for one in planned]
    return Stream(
        tableur.write_csv(["À corriger", *lu.rangees[0]], tableur.as_stream(rows)),
        media_type=tableur.CSV,
        headers={"Content-Disposition": tableur.attachment(f"À corriger {lu.nom}.csv")},
    )


def read_options(form: Formulaire) -> OptionsImport:
    """How the file is to be read, as chosen."""
    colonnes = {}
    for nom in form.champs:
        rang = nom.removeprefix("colonne-")
        if nom != rang and rang.isdecimal() and form.texte(nom) in set(Colonne):
            colonnes[str(int(rang[:3]))] = form.texte(nom)
    separateur = form.champs.get("separateur", [""])[-1]
    return OptionsImport(
        colonnes=colonnes,
        organisme=form.texte("organisme"),
        encodage=form.texte("encodage"),
        separateur="\t" if separateur == "tab" else separateur,
    )


async def _load(
    signed: Agent, numero: int, criteres: Formulaire, erreurs: Mapping[str, str] | None = None
) -> UnImport:
    lu = await imports.get_import(signed, numero)
    connus = await imports.load_connus()
    planned = await imports.plan_import(lu, connus)
    by_sort = {sort: imports.list_of(planned, sort) for sort in Sort}
    asked = next((sort for sort in Sort if sort == criteres.texte("vue")), None)
    shown = asked or next((sort for sort in Sort if by_sort[sort]), Sort.CREER)
    page, nombre = page_within(as_id(criteres.texte("page")) or 1, len(by_sort[shown]))
    groupes = sum("groupe créé" in one.actes for one in planned)
    comptes = sum("compte créé" in one.actes for one in planned)
    changes = len(by_sort[Sort.MODIFIER])
    return UnImport(
        erreurs=erreurs or {},
        lu=lu,
        tuiles=list_tuiles(lu, groupes, comptes, by_sort),
        colonnes=list_colonnes(lu),
        reconnues=len(lu.options.colonnes),
        possibles=[(colonne.value, colonne.fiche.libelle) for colonne in Colonne],
        organismes=sorted(connus.sigles.items(), key=lambda one: one[1]),
        encodages=list(ENCODAGES_DITS.items()),
        separateurs=[("tab" if code == "\t" else code, mot) for code, mot in SEPARATEURS],
        volets=[
            VoletImport(
                sort.fiche,
                f"{URL}/{numero}?vue={sort.value}",
                len(by_sort[sort]),
                sort is shown,
                sort is Sort.ERREUR,
            )
            for sort in Sort
        ],
        lignes=by_sort[shown][(page - 1) * PAR_PAGE : page * PAR_PAGE],
        page=page,
        pages=nombre,
        url_of_page=lambda n: f"{URL}/{numero}?vue={shown.value}&page={n}",
        a_ecrire=groupes + comptes + changes,
        resume=say_resume(groupes, comptes, changes),
    )


ROUTES = [
    get_imports,
    create_import,
    get_import,
    update_lecture,
    create_ecriture,
    create_abandon,
    get_a_corriger,
]
