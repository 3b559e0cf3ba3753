"""`/groupes/{groupe}/comptes`: several accounts at once, typed or pasted; nothing is written before all is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.faits.registre import Fait
from app.domain.groupes.collage import read_collage
from app.domain.groupes.comptes import (
    LIGNES_MAX,
    RESPONSABLES,
    Controle,
    LigneCompte,
    check_lignes,
    create_comptes,
    erreurs_of,
)
from app.domain.groupes.groupe import Groupe
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import can_manage_groupe, require
from app.domain.regles.roles import say_roles
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.groupe.entete import Entete, entete_of, read_roles
from app.routes.params import Form, Now, Signed, TheGroupe, Visit

#: Beyond, lines without error are shown in a table: two hundred forms would hide the two that must be corrected.
LIGNES_OUVERTES = 10


@dataclass(frozen=True)
class LigneSaisie:
    """A line of the form. `is_repliee`: right, and one of many: shown as a row of the table."""

    n: int
    ligne: LigneCompte
    roles: str
    is_existant: bool
    is_repliee: bool


@dataclass(frozen=True, kw_only=True)
class Comptes(Contexte):
    """The lines as typed, and what was pasted while it could not be read."""

    templates = ("groupe/comptes.html",)
    entete: Entete
    lignes: list[LigneSaisie]
    collage: str


@get("/groupes/{groupe:str}/comptes")
async def get_comptes(request: Visit, signed: Signed, equipe: TheGroupe, now: Now) -> Response[Any]:
    """One empty line to start with."""
    require(can_manage_groupe(signed.droits, equipe.id), RESPONSABLES)
    return await pages.show(
        request, "groupe/comptes.html", _context(signed, equipe, [Controle(LigneCompte(), "")], now)
    )


@post("/groupes/{groupe:str}/comptes")
async def post_comptes(
    request: Visit, signed: Signed, equipe: TheGroupe, form: Form, now: Now
) -> Response[Any]:
    """Create them, or change the form: one more line, or the lines of a pasted list."""
    require(can_manage_groupe(signed.droits, equipe.id), RESPONSABLES)
    acte = form.texte("acte")
    lignes = [ligne for ligne in read_lignes(form) if not ligne.is_vide]
    if acte == "lire":
        context = await _read_liste(signed, equipe, lignes, form.texte("collage"), now)
        return await pages.show(request, "groupe/comptes.html", context)
    if acte == "ligne":
        more = [Controle(ligne, "") for ligne in [*lignes, LigneCompte()]]
        return await pages.show(request, "groupe/comptes.html", _context(signed, equipe, more, now))
    try:
        await create_comptes(signed, equipe, lignes, now)
    except Invalide as invalide:
        controles = await check_lignes(equipe, lignes) if 0 < len(lignes) <= LIGNES_MAX else []
        context = _context(
            signed, equipe, controles or [Controle(LigneCompte(), "")], now, erreurs=invalide.erreurs
        )
        return await pages.show(request, "groupe/comptes.html", context)
    return pages.go(request, f"/groupes/{equipe.id}", annonce=Fait.COMPTE_CREE)


async def _read_liste(
    signed: Agent, equipe: Groupe, typed: Sequence[LigneCompte], collage: str, now: datetime
) -> Comptes:
    """The form with the lines of the list after those typed, each with its errors."""
    pasted = read_collage(collage)
    lignes = [*typed, *pasted]
    erreurs: dict[str, str] = {}
    if not pasted:
        erreurs["collage"] = "Collez au moins une ligne, avec une adresse e-mail."
    elif len(lignes) > LIGNES_MAX:
        erreurs["collage"] = (
            f"{LIGNES_MAX} comptes au plus à la fois\u00a0: collez votre liste en plusieurs fois."
        )
    if erreurs:
        controles = [Controle(ligne, "") for ligne in typed or [LigneCompte()]]
        return _context(signed, equipe, controles, now, erreurs=erreurs, collage=collage)
    controles = await check_lignes(equipe, lignes)
    return _context(signed, equipe, controles, now, erreurs=erreurs_of(controles))


def read_lignes(form: Formulaire) -> list[LigneCompte]:
    """The lines of the form, in order; a number that is absurd reads no line."""
    most = min(form.identifiant("lignes") or 0, LIGNES_MAX + 1)
    return [
        LigneCompte(
            **{
                c: " ".join(form.texte(f"{c}-{n}").split())
                for c in ("prenom", "nom", "fonction", "email", "telephone")
            },
            roles=read_roles(form, f"-{n}"),
            is_collectif=form.is_checked(f"collectif-{n}"),
            is_ajout=form.is_checked(f"ajout-{n}"),
        )
        for n in range(1, most + 1)
    ]


def _context(
    signed: Agent,
    equipe: Groupe,
    controles: Sequence[Controle],
    now: datetime,
    *,
    erreurs: Mapping[str, str] | None = None,
    collage: str = "",
) -> Comptes:
    is_long = len(controles) > LIGNES_OUVERTES
    return Comptes(
        erreurs=erreurs or {},
        entete=entete_of(signed, equipe, "/comptes", now),
        lignes=[
            LigneSaisie(
                n=n,
                ligne=c.ligne
                if c.existant is not None or not c.ligne.is_ajout
                else replace(c.ligne, is_ajout=False),
                roles=say_roles(c.ligne.roles),
                is_existant=c.existant is not None,
                is_repliee=is_long and not c.erreurs,
            )
            for n, c in enumerate(controles, start=1)
        ],
        collage=collage,
    )


ROUTES = [get_comptes, post_comptes]
