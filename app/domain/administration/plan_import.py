"""What becomes of each line of an import: known, created, changed, in error; then writing it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.administration.groupes import GroupeSaisi, create_groupe
from app.domain.administration.lignes import LigneLue
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.comptes import LigneCompte, create_comptes
from app.domain.groupes.groupe import get_groupe
from app.domain.mots.folding import fold
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.mots_fermes import MotFerme


class Sort(MotFerme):
    """What becomes of a line, in the order of the tabs."""

    fiche: str

    ERREUR = "erreur", "En erreur"
    VERIFIER = "a-verifier", "À vérifier"
    MODIFIER = "modifier", "Mises à jour"
    CREER = "creer", "À créer"
    INCHANGER = "inchangees", "Inchangées"


@dataclass(frozen=True)
class BilanImport:
    """What was written, in numbers."""

    groupes: int = 0
    comptes: int = 0
    mis_a_jour: int = 0
    inchangees: int = 0
    erreurs: int = 0


@dataclass(frozen=True)
class LignePlanifiee:
    """A line and what it will do. `nom`: the name its groupe has, or will have; `connu`: its id when it is there."""

    ligne: LigneLue
    sort: Sort
    nom: str = ""
    connu: int | None = None
    is_compte_connu: bool = False
    is_compte: bool = False
    actes: tuple[str, ...] = ()
    erreurs: tuple[str, ...] = ()


@dataclass
class _GroupeVu:
    """A groupe of the base, or one that a line before will make (`id` None)."""

    id: int | None
    organisme: str
    departements: set[str]
    bal: str
    description: str
    is_active: bool


GROUPES = """
select g.id, g.nom, o.code as organisme, coalesce(g.bal, '') as bal, g.description,
    g.deactivated_at is null as is_active,
    array(select d.code from couvertures c join departements d on d.id = c.departement where c.groupe = g.id)
        as departements
from groupes g join organismes o on o.id = g.organisme
where plier(g.nom) in (select plier(n) from unnest(:noms::text[]) n)
"""
COMPTES = """
select a.email, a.deactivated_at is null as is_active,
    array(select m.groupe from adhesions_vivantes m where m.agent = a.id) as groupes
from agents a where a.email = any(:adresses)
"""


async def plan_lignes(lignes: Sequence[LigneLue]) -> list[LignePlanifiee]:
    """What each line would do, in order: a line sees what those before it will have made."""
    names = [nom for ligne in lignes if ligne.groupe for nom in _names_of(ligne)]
    groupes = {
        fold(row["nom"]): _GroupeVu(
            row["id"],
            row["organisme"],
            set(row["departements"]),
            row["bal"],
            row["description"],
            row["is_active"],
        )
        for row in await database.fetch(GROUPES, noms=names)
    }
    adresses = [ligne.email for ligne in lignes if ligne.email]
    comptes = {row["email"]: row for row in await database.fetch(COMPTES, adresses=adresses)}
    made: set[str] = set()
    # A whole file takes a second of the processor: a thread, so that nobody waits for it.
    return await asyncio.to_thread(lambda: [_plan(ligne, groupes, comptes, made) for ligne in lignes])


def _names_of(ligne: LigneLue) -> tuple[str, ...]:
    """A name that a groupe of another département bears is followed by the code."""
    return (ligne.groupe, *(f"{ligne.groupe} ({code})" for code in ligne.departements[:1]))


def _plan(
    ligne: LigneLue, groupes: dict[str, _GroupeVu], comptes: dict[str, Any], made: set[str]
) -> LignePlanifiee:
    if ligne.erreurs:
        return LignePlanifiee(ligne, Sort.ERREUR, erreurs=ligne.erreurs)
    nom, seen = _find(ligne, groupes)
    if not nom:
        taken = f"Un groupe d’un autre organisme ou d’un autre département s’appelle déjà «\u00a0{ligne.groupe}\u00a0»."
        return LignePlanifiee(ligne, Sort.ERREUR, erreurs=(taken,))
    if seen is not None and not seen.is_active:
        return LignePlanifiee(
            ligne, Sort.ERREUR, nom=nom, erreurs=("Ce groupe est fermé\u00a0: rouvrez-le d’abord.",)
        )
    compte = comptes.get(ligne.email)
    if compte is not None and not compte["is_active"]:
        return LignePlanifiee(ligne, Sort.ERREUR, nom=nom, erreurs=("Ce compte est désactivé.",))
    actes = _changes(ligne, seen) if seen is not None else ["groupe créé"]
    is_new = seen is None
    if seen is None:
        seen = groupes[fold(nom)] = _GroupeVu(
            None, ligne.organisme, set(ligne.departements), ligne.bal, ligne.description, True
        )
    else:
        seen.departements |= set(ligne.departements)
        seen.bal, seen.description = ligne.bal or seen.bal, ligne.description or seen.description
    is_known = compte is not None or ligne.email in made
    is_membre = compte is not None and seen.id in compte["groupes"]
    is_compte = bool(ligne.email) and not is_membre
    if is_compte:
        actes.append("compte ajouté au groupe" if is_known else "compte créé")
        made.add(ligne.email)
    creates = is_new or (is_compte and not is_known)
    sort = Sort.CREER if creates else Sort.MODIFIER if actes else Sort.INCHANGER
    return LignePlanifiee(ligne, sort, nom, seen.id, is_known, is_compte, tuple(actes))


def _find(ligne: LigneLue, groupes: dict[str, _GroupeVu]) -> tuple[str, _GroupeVu | None]:
    """The name this line’s groupe has or will have, and the groupe when it is known; no name when all are taken."""
    for nom in _names_of(ligne):
        seen = groupes.get(fold(nom))
        if seen is None:
            return nom, None
        if seen.organisme == ligne.organisme and seen.departements & set(ligne.departements):
            return nom, seen
    return "", None


def _changes(ligne: LigneLue, seen: _GroupeVu) -> list[str]:
    asked = (
        ("boîte changée", bool(ligne.bal) and ligne.bal != seen.bal),
        ("description changée", bool(ligne.description) and ligne.description != seen.description),
        ("département ajouté", bool(set(ligne.departements) - seen.departements)),
    )
    return [words for words, is_changed in asked if is_changed]


# --- Writing ----------------------------------------------------------------------------------------------------

UPDATE = """
with couvertes as (
    insert into couvertures (groupe, departement)
    select :groupe, d.id from departements d where d.code = any(:codes) on conflict (groupe, departement) do nothing
)
update groupes set bal = coalesce(nullif(:bal, ''), bal), description = coalesce(nullif(:description, ''), description)
where id = :groupe
"""
ID_OF = "select id from groupes where nom = :nom"
ORGANISME = "select id from organismes where code = :code"


async def write_ligne(
    signed: Signed, planned: LignePlanifiee, bilan: BilanImport, now: datetime
) -> BilanImport:
    """Write one line, in the transaction of its lot, and count it. What cannot be written is counted in error."""
    ligne = planned.ligne
    if planned.sort is Sort.ERREUR:
        return replace(bilan, erreurs=bilan.erreurs + 1)
    if planned.sort is Sort.INCHANGER:
        return replace(bilan, inchangees=bilan.inchangees + 1)
    try:
        async with database.transaction():
            groupe = await _write_groupe(signed, planned, now)
            if planned.is_compte:
                equipe = await get_groupe(signed.droits, groupe)
                compte = LigneCompte(
                    prenom=ligne.prenom,
                    nom=ligne.nom,
                    fonction=ligne.fonction,
                    email=ligne.email,
                    telephone=ligne.telephone,
                    roles=ligne.roles,
                    is_ajout=planned.is_compte_connu,
                )
                await create_comptes(signed, equipe, [compte], now)
    except (Invalide, Conflit):
        return replace(bilan, erreurs=bilan.erreurs + 1)
    return replace(
        bilan,
        groupes=bilan.groupes + ("groupe créé" in planned.actes),
        comptes=bilan.comptes + ("compte créé" in planned.actes),
        mis_a_jour=bilan.mis_a_jour + (planned.sort is Sort.MODIFIER),
    )


async def _write_groupe(signed: Signed, planned: LignePlanifiee, now: datetime) -> int:
    ligne = planned.ligne
    row = await database.fetch_one(ID_OF, nom=planned.nom)
    if row is None and planned.connu is None:
        organisme = await database.fetch_one(ORGANISME, code=ligne.organisme)
        assert organisme is not None
        saisie = GroupeSaisi(
            planned.nom, organisme["id"], ", ".join(ligne.departements), ligne.description, ligne.bal
        )
        return await create_groupe(signed, saisie, now)
    groupe = int(planned.connu if planned.connu is not None else row["id"])  # type: ignore[index]
    if {"boîte changée", "description changée", "département ajouté"} & set(planned.actes):
        await database.fetch(
            UPDATE,
            groupe=groupe,
            codes=list(ligne.departements),
            bal=ligne.bal,
            description=ligne.description,
        )
        details = {"departements": list(ligne.departements), "import": True}
        await happened(Fait.GROUPE_REGLE, agent=signed.droits.agent, groupe=groupe, details=details, now=now)
    return groupe
