"""Groupes made by the A+ team: their name, their organisme, the départements they work for (product §3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.groupe import Groupe, list_codes_couverts
from app.domain.groupes.reglages import DESCRIPTION_MAX
from app.domain.groupes.verrou import hold_groupes
from app.domain.mots.adresses import read_adresse, say_fault
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require

NOM_MAX = 200
PRIS = "Un autre groupe porte déjà ce nom. Précisez le territoire, par exemple «\u00a0CAF 22\u00a0»."


@dataclass(frozen=True)
class GroupeSaisi:
    """A groupe as typed. `departements`: codes, « 22, 35, 2A »."""

    nom: str
    organisme: int | None
    departements: str
    description: str = ""
    bal: str = ""


INSERT = """
insert into groupes (nom, organisme, description, bal, created_at)
select :nom, o.id, :description, nullif(:bal, ''), :now from organismes o where o.id = :organisme
on conflict (nom) do nothing returning id
"""
COVER = """
with voulus as (select d.id from departements d where d.code = any(:codes)),
retires as (
    delete from couvertures where groupe = :groupe and departement not in (select id from voulus) returning departement
)
insert into couvertures (groupe, departement) select :groupe, id from voulus
on conflict (groupe, departement) do nothing
"""
OFFERTS = "select id, sigle from organismes where not is_retire order by sigle"
CODES = "select code from departements where code = any(:codes)"


async def list_organismes() -> list[tuple[int, str]]:
    """Those a new groupe may be of, by sigle: not the retired ones."""
    return [(row["id"], row["sigle"]) for row in await database.fetch(OFFERTS)]


async def create_groupe(signed: Signed, saisie: GroupeSaisi, now: datetime) -> int:
    """Make an empty groupe; returns its id. Raises Refus, Invalide."""
    require(can_administer(signed.droits))
    erreurs = _check_nom(saisie.nom)
    if saisie.organisme not in {organisme for organisme, _ in await list_organismes()}:
        erreurs["organisme"] = "Choisissez son organisme."
    if len(saisie.description) > DESCRIPTION_MAX:
        erreurs["description"] = f"{DESCRIPTION_MAX} caractères au plus."
    if saisie.bal and read_adresse(saisie.bal) is None:
        erreurs["bal"] = say_fault(saisie.bal)
    codes = await read_departements(saisie.departements, erreurs)
    if erreurs:
        raise Invalide(erreurs)
    async with database.transaction():
        row = await database.fetch_one(
            INSERT,
            nom=saisie.nom,
            organisme=saisie.organisme,
            description=saisie.description,
            bal=read_adresse(saisie.bal) or "",
            now=now,
        )
        if row is None:
            raise Invalide({"nom": PRIS})
        groupe: int = row["id"]
        await database.fetch(COVER, groupe=groupe, codes=codes)
        details = {"departements": codes}
        await happened(Fait.GROUPE_CREE, agent=signed.droits.agent, groupe=groupe, details=details, now=now)
    return groupe


RENAME = """
update groupes set nom = :nom where id = :groupe
    and not exists (select from groupes o where o.nom = :nom and o.id <> :groupe) returning id
"""


async def say_territoire(groupe: int) -> str:
    """Its name and its départements, as its page shows them."""
    row = await database.fetch_one("select nom from groupes where id = :groupe", groupe=groupe)
    assert row is not None
    return f"«\u00a0{row['nom']}\u00a0», départements {', '.join(await list_codes_couverts(groupe))}"


async def edit_groupe(
    signed: Signed, groupe: Groupe, nom: str, departements: str, now: datetime, *, vu: str = ""
) -> None:
    """Another name, other départements: what is open goes on. `vu` is what its page showed (`say_territoire`); a page
    of a former version says nothing of it.

    Raises Introuvable, Invalide, Conflit when a colleague changed it meanwhile.
    """
    if not can_administer(signed.droits):
        raise Introuvable
    erreurs = _check_nom(nom)
    codes = await read_departements(departements, erreurs)
    if erreurs:
        raise Invalide(erreurs)
    async with database.transaction():
        require(can_administer(await hold_groupes(signed, [groupe.id])))
        if vu and vu != (kept := await say_territoire(groupe.id)):
            raise Conflit(f"Un collègue a changé ce groupe entre-temps. Maintenant\u00a0: {kept}.")
        try:
            async with database.transaction():
                row = await database.fetch_one(RENAME, groupe=groupe.id, nom=nom)
        except database.TAKEN:
            row = None
        if row is None:
            raise Invalide({"nom": PRIS})
        await database.fetch(COVER, groupe=groupe.id, codes=codes)
        details = {"departements": codes, "renomme": nom != groupe.nom}
        await happened(
            Fait.GROUPE_REGLE, agent=signed.droits.agent, groupe=groupe.id, details=details, now=now
        )


def _check_nom(nom: str) -> dict[str, str]:
    if not nom:
        return {"nom": "Donnez un nom au groupe, par exemple «\u00a0CAF 22\u00a0»."}
    return {"nom": f"{NOM_MAX} caractères au plus."} if len(nom) > NOM_MAX else {}


def list_codes(texte: str) -> list[str]:
    """« 1, 2a ; 974 » → 01, 2A, 974: what a person writes of départements, in order and without repeats."""
    typed = re.split(r"[\s,;/]+", texte.upper().strip())
    return list(dict.fromkeys(code.zfill(2) for code in typed if code))


async def read_departements(texte: str, erreurs: dict[str, str]) -> list[str]:
    """The codes typed; what is wrong with them is added to `erreurs`."""
    codes = list_codes(texte)
    known = {row["code"] for row in await database.fetch(CODES, codes=codes)}
    unknown: Sequence[str] = [code for code in codes if code not in known]
    if not codes:
        erreurs["departements"] = "Écrivez au moins un code de département, par exemple 22."
    elif unknown:
        erreurs["departements"] = (
            f"Ces codes ne sont ceux d’aucun département\u00a0: {', '.join(unknown[:10])}."
        )
    return codes
