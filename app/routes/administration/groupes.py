"""`/administration/groupes`: making a groupe, changing what it covers, merging it, closing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.attention import PageVides, RoleManquant, list_vides
from app.domain.administration.fermeture import (
    FinDeGroupe,
    PlanFermeture,
    end_groupe,
    plan_fermeture,
    reopen_groupe,
)
from app.domain.administration.groupes import (
    GroupeSaisi,
    create_groupe,
    edit_groupe,
    list_organismes,
    say_territoire,
)
from app.domain.faits.registre import Fait
from app.domain.groupes.groupe import Groupe, list_codes_couverts
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require
from app.formulaire import Formulaire, as_id
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, TheGroupe, Visit

NOUVEAU, REGLER, FERMER, LISTE = (
    f"administration/{nom}.html" for nom in ("groupe_nouveau", "groupe", "fermeture", "groupes")
)
URL = "/administration/groupes"
ADRESSE = URL + "/{groupe:str}"
#: Beyond, the page would be longer than anybody reads; all are handed over.
LIGNES_MAX = 100


@dataclass(frozen=True, kw_only=True)
class ListeVides(Contexte):
    """The groupes where nobody holds a role, and the tabs of the two roles."""

    templates = (LISTE,)
    titre: str
    trouve: PageVides
    manque: str
    volets: list[tuple[str, str, bool]]


@dataclass(frozen=True, kw_only=True)
class NouveauGroupe(Contexte):
    """The form of a groupe, as typed."""

    templates = (NOUVEAU,)
    saisie: GroupeSaisi
    organismes: list[tuple[int, str]]


@dataclass(frozen=True, kw_only=True)
class GroupeRegle(Contexte):
    """The name and the départements of a groupe, as kept or as typed."""

    templates = (REGLER,)
    groupe: Groupe
    nom: str
    departements: str
    vu: str
    conflit: str = ""


@dataclass(frozen=True, kw_only=True)
class Fermeture(Contexte):
    """What ends with the groupe, who may take over, what was chosen."""

    templates = (FERMER,)
    groupe: Groupe
    plan: PlanFermeture
    lignes_max: int
    fins: list[tuple[str, str, str]]
    fin: str
    heritiers: list[tuple[int, str]]
    heritier: int | None
    conflit: str


@get(URL)
async def get_groupes_vides(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """Where nobody answers, or nobody manages. Raises Refus."""
    asked = criteres.texte("manque")
    manque = RoleManquant.RESPONSABLE if asked == RoleManquant.RESPONSABLE else RoleManquant.INSTRUCTEUR
    context = ListeVides(
        titre=manque.fiche,
        trouve=await list_vides(signed, manque, as_id(criteres.texte("page")) or 1),
        manque=manque.value,
        volets=[(m.fiche, f"{URL}?manque={m.value}", m is manque) for m in RoleManquant],
    )
    return await pages.show(request, LISTE, context)


@get(f"{URL}/nouveau")
async def get_nouveau_groupe(request: Visit, signed: Signed, criteres: Query) -> Response[Any]:
    """The empty form. Raises Refus."""
    require(can_administer(signed.droits))
    return await pages.show(request, NOUVEAU, await _form(criteres))


@post(URL)
async def create_un_groupe(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Make it, then the page where its first responsable is created. Raises Refus."""
    try:
        groupe = await create_groupe(signed, read_groupe(form), now)
    except Invalide as invalide:
        return await pages.show(request, NOUVEAU, await _form(form, invalide.erreurs))
    return pages.go(request, f"/groupes/{groupe}/comptes", annonce=Fait.GROUPE_CREE)


@get(ADRESSE)
async def get_groupe_regle(request: Visit, signed: Signed, equipe: TheGroupe) -> Response[Any]:
    """What only an administrateur changes of a groupe. Raises Introuvable."""
    _require_known(signed)
    codes, vu = await list_codes_couverts(equipe.id), await say_territoire(equipe.id)
    context = GroupeRegle(groupe=equipe, nom=equipe.nom, departements=", ".join(codes), vu=vu)
    return await pages.show(request, REGLER, context)


@post(ADRESSE)
async def update_groupe(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Another name, other départements. Raises Introuvable."""
    nom, departements = form.texte("nom"), form.texte("departements")
    try:
        await edit_groupe(signed, equipe, nom, departements, now, vu=form.texte("vu"))
    except (Invalide, Conflit) as refus:
        context = GroupeRegle(
            erreurs=refus.erreurs if isinstance(refus, Invalide) else {},
            groupe=equipe,
            nom=nom,
            departements=departements,
            vu=await say_territoire(equipe.id) if isinstance(refus, Conflit) else form.texte("vu"),
            conflit=refus.phrase if isinstance(refus, Conflit) else "",
        )
        return await pages.show(request, REGLER, context, status=409 if context.conflit else None)
    return pages.go(request, f"{URL}/{equipe.id}", annonce=Fait.GROUPE_REGLE)


@get(f"{ADRESSE}/fermeture")
async def get_fermeture(request: Visit, signed: Signed, equipe: TheGroupe) -> Response[Any]:
    """What would end, before anything is written. Raises Introuvable."""
    return await pages.show(request, FERMER, await _load_fermeture(signed, equipe, Formulaire()))


@post(f"{ADRESSE}/fermeture")
async def create_fermeture(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Close it, or merge it; what changed since the page is shown, and asked again. Raises Introuvable."""
    fin = _read_fin(form)
    try:
        heritier = form.identifiant("heritier")
        await end_groupe(signed, equipe, fin, heritier=heritier, vu=form.texte("vu"), now=now)
    except Invalide as invalide:
        context = await _load_fermeture(signed, equipe, form, erreurs=invalide.erreurs)
        return await pages.show(request, FERMER, context)
    except Conflit as conflit:
        context = await _load_fermeture(signed, equipe, form, conflit=conflit.phrase)
        return await pages.show(request, FERMER, context, status=409)
    fait = Fait.GROUPE_FUSIONNE if fin is FinDeGroupe.FUSIONNER else Fait.GROUPE_FERME
    return pages.go(request, f"{URL}/{equipe.id}", annonce=fait)


@post(f"{ADRESSE}/reouverture")
async def create_reouverture(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """Open a closed groupe again. Raises Introuvable, Conflit."""
    await reopen_groupe(signed, equipe, now)
    return pages.go(request, f"{URL}/{equipe.id}", annonce=Fait.GROUPE_ROUVERT)


def read_groupe(form: Formulaire) -> GroupeSaisi:
    """The groupe as typed."""
    return GroupeSaisi(
        nom=form.texte("nom"),
        organisme=form.identifiant("organisme"),
        departements=form.texte("departements"),
        description=form.texte("description"),
        bal=form.texte("bal"),
    )


def _read_fin(form: Formulaire) -> FinDeGroupe:
    return FinDeGroupe.FUSIONNER if form.texte("fin") == FinDeGroupe.FUSIONNER else FinDeGroupe.FERMER


def _require_known(signed: Agent) -> None:
    """A member knows their groupe, not this page of it."""
    if not can_administer(signed.droits):
        raise Introuvable


async def _form(form: Formulaire, erreurs: Mapping[str, str] | None = None) -> NouveauGroupe:
    return NouveauGroupe(erreurs=erreurs or {}, saisie=read_groupe(form), organismes=await list_organismes())


async def _load_fermeture(
    signed: Agent,
    equipe: Groupe,
    form: Formulaire,
    *,
    erreurs: Mapping[str, str] | None = None,
    conflit: str = "",
) -> Fermeture:
    plan = await plan_fermeture(signed, equipe.id)
    return Fermeture(
        erreurs=erreurs or {},
        groupe=equipe,
        plan=plan,
        lignes_max=LIGNES_MAX,
        fins=[
            (FinDeGroupe.FERMER.value, "Fermer le groupe", "ce qui est ouvert est confié à un autre groupe"),
            (
                FinDeGroupe.FUSIONNER.value,
                "Fusionner avec un autre",
                "ses membres et tout ce qu’il suit y vont",
            ),
        ],
        fin=_read_fin(form).value,
        heritiers=[(h.id, h.nom) for h in plan.heritiers],
        heritier=form.identifiant("heritier"),
        conflit=conflit,
    )


ROUTES = [
    get_groupes_vides,
    get_nouveau_groupe,
    create_un_groupe,
    get_groupe_regle,
    update_groupe,
    get_fermeture,
    create_fermeture,
    create_reouverture,
]
