"""Saved views: the filters of a list under a name, kept by an agent, or by a responsable for the members of a groupe.

They hold nothing of an usager: the words searched are not kept (`listes.criteres.enregistrables`), and a name is
judged.
"""

from datetime import UTC, datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.groupes.verrou import hold_groupes
from app.domain.listes.boites import VueEnregistree
from app.domain.regles.errors import Disparu, Invalide
from app.domain.regles.permissions import Droits, can_share_vues, require

NOM_MAX, FILTRES_MAX = 60, 400
VUES_MAX = 20  # per agent and per groupe, all lists together: they stand above the filters
PARTAGER = "Les vues d’un groupe sont celles de ses responsables."
DISPARUE = (
    "Cette vue n’est pas parmi les vôtres, ou n’y est plus\u00a0: elle a peut-être été effacée entre-temps."
)

# Those that this agent may change: their own, and those of the groupes they are responsable of.
READ = """
select v.id, v.liste, v.nom, v.filtres, v.groupe, coalesce(g.nom, '') as groupe_nom
from vues_enregistrees v left join groupes g on g.id = v.groupe
where v.agent = :agent or v.groupe = any(:groupes::integer[])
order by v.groupe nulls first, v.liste, v.nom, v.id
"""
HOLD = "select from agents where id = :agent for no key update"
OF_THE_OWNER = """
select nom, liste, filtres from vues_enregistrees
where agent is not distinct from :agent::integer and groupe is not distinct from :groupe::integer
"""
INSERT = """
insert into vues_enregistrees (agent, groupe, liste, nom, filtres, created_at)
values (:agent, :groupe, :liste, :nom, :filtres, :now)
"""
# Nothing, when another view of the same owner already says this name above the same list.
RENAME = """
update vues_enregistrees v set nom = :nom
where v.id = :vue and not exists (select from vues_enregistrees o
    where o.id <> v.id and o.nom = :nom and o.liste = v.liste
        and o.agent is not distinct from v.agent and o.groupe is not distinct from v.groupe)
returning v.id
"""
DEJA = {"nom": "Une autre vue de cette liste porte déjà ce nom."}
DELETE = "delete from vues_enregistrees where id = :vue"


async def list_vues(droits: Droits) -> list[VueEnregistree]:
    """The views that this agent may rename or delete, theirs first."""
    rows = await database.fetch(READ, agent=droits.agent, groupes=list(droits.responsable))
    return [VueEnregistree(**row) for row in rows]


async def save_vue(
    signed: Signed, liste: str, filtres: str, nom: str, now: datetime, *, groupe: int | None = None
) -> None:
    """Keep these filters under this name, for oneself or for a groupe; the very same again is a repeat.

    Raises Refus, Invalide on `nom`.
    """
    _require_nom(nom, now)
    if len(filtres) > FILTRES_MAX:
        raise Invalide({"nom": "Ces filtres sont trop longs pour être gardés."})
    if groupe is not None:
        require(can_share_vues(signed.droits, groupe), PARTAGER)
    owner = {"agent": signed.droits.agent if groupe is None else None, "groupe": groupe}
    async with database.transaction():
        droits = await hold_groupes(signed, [] if groupe is None else [groupe])
        if groupe is None:
            await database.fetch(HOLD, agent=droits.agent)
        else:
            require(can_share_vues(droits, groupe), PARTAGER)
        kept = [tuple(row.values()) for row in await database.fetch(OF_THE_OWNER, **owner)]
        if (nom, liste, filtres) in kept:
            return
        if (nom, liste) in {(of, where) for of, where, _ in kept}:
            raise Invalide(DEJA)
        if len(kept) >= VUES_MAX:
            raise Invalide({"nom": f"{VUES_MAX} vues au plus\u00a0: effacez-en une qui ne sert plus."})
        await database.fetch(INSERT, **owner, liste=liste, nom=nom, filtres=filtres, now=now)


async def rename_vue(signed: Signed, vue: int, nom: str, now: datetime, *, vu: str = "") -> None:
    """Give it another name. `vu` is the one its page showed; a page of a former version says nothing of it.

    Raises Disparu, Invalide on `nom`.
    """
    async with database.transaction():
        held = (await _hold_vue(signed, vue)).nom
        _require_nom(nom, now)
        if vu and held not in {vu, nom}:
            raise Invalide({"nom": f"Elle a été renommée entre-temps\u00a0: «\u00a0{held}\u00a0»."})
        if await database.fetch(RENAME, vue=vue, nom=nom) == []:
            raise Invalide(DEJA)


async def delete_vue(signed: Signed, vue: int) -> None:
    """Take it away, for everybody who saw it. Raises Disparu."""
    async with database.transaction():
        await _hold_vue(signed, vue)
        await database.fetch(DELETE, vue=vue)


async def _hold_vue(signed: Signed, vue: int) -> VueEnregistree:
    """Raises Disparu to whoever may not change it, by their rights of this moment, its groupe held."""
    found = [one for one in await list_vues(signed.droits) if one.id == vue]
    groupes = [one.groupe for one in found if one.groupe is not None]
    droits = await hold_groupes(signed, groupes)
    if not found or not all(can_share_vues(droits, groupe) for groupe in groupes):
        raise Disparu(DISPARUE)
    if not groupes:
        await database.fetch(HOLD, agent=droits.agent)
    again = [one for one in await list_vues(droits) if one.id == vue]
    if not again:
        raise Disparu(DISPARUE)
    return again[0]


def _require_nom(nom: str, now: datetime) -> None:
    if not nom:
        raise Invalide({"nom": "Donnez un nom à cette vue."})
    if len(nom) > NOM_MAX:
        raise Invalide({"nom": f"{NOM_MAX} caractères au plus (il y en a {len(nom)})."})
    if found := find_donnees_personnelles(nom, annee=now.astimezone(UTC).year):
        raise Invalide(
            {
                "nom": f"«\u00a0{found[0].extrait}\u00a0» ressemble à une donnée personnelle\u00a0: "
                "le nom d’une vue ne désigne personne."
            }
        )
