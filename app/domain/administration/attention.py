"""What waits for the A+ team: where nobody answers, addresses that refuse mail, requests of usagers. No content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.listes.criteres import PAR_PAGE, page_within
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_administer, require

#: Beyond, a page would only be a list of names.
NOMS_DITS = 3


class RoleManquant(MotFerme):
    """The role that nobody holds; the row is the title of the list."""

    fiche: str

    INSTRUCTEUR = "instructeur", "Groupes sans instructeur actif"
    RESPONSABLE = "responsable", "Groupes sans responsable actif"


@dataclass(frozen=True)
class GroupeVide:
    """A groupe where nobody holds a role; `demandes`: how many open demandes await it."""

    id: int
    nom: str
    demandes: int


@dataclass(frozen=True)
class PageVides:
    """One page of them."""

    groupes: tuple[GroupeVide, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class GroupesVides:
    """Groupes where nobody holds a role: how many, some names, how many open demandes await them."""

    nombre: int
    noms: tuple[str, ...]
    demandes: int


@dataclass(frozen=True)
class Attention:
    """Everything that waits; zero when nothing does. `due_on`: the nearest limit of the requests of usagers.

    `imports` await their last button and would write something, `interrompus` are half written; `import_seul` is the
    only one of both.
    """

    sans_instructeur: GroupesVides
    sans_responsable: GroupesVides
    sans_repondant: int
    adresses: int
    signalements: int
    conversations: int
    procedures: int
    imports: int
    interrompus: int
    import_seul: int | None
    requetes: int
    due_on: date | None
    mis_de_cote: int


# `demandes`: the open parts of that groupe. A groupe of aidants has no instructeur to miss.
VIDE = """
with vides as (
    select g.id, g.nom, not o.is_aidant and not exists (
            select from membres_actifs m where m.groupe = g.id and m.is_instructeur) as sans_instructeur,
        not exists (select from membres_actifs m where m.groupe = g.id and m.is_responsable) as sans_responsable,
        (select count(*) from sollicitations s
            where s.groupe = g.id and s.closed_at is null and is_part_ouverte(s.traitee_at, s.declinee_at)) as demandes
    from groupes g join organismes o on o.id = g.organisme
    where g.deactivated_at is null
)
"""
SUMS = """
select count(*) filter (where sans_instructeur) as instructeurs_nombre,
    coalesce(sum(demandes) filter (where sans_instructeur), 0)::bigint as instructeurs_demandes,
    (array_agg(nom order by demandes desc, nom) filter (where sans_instructeur))[1:3] as instructeurs_noms,
    count(*) filter (where sans_responsable) as responsables_nombre,
    coalesce(sum(demandes) filter (where sans_responsable), 0)::bigint as responsables_demandes,
    (array_agg(nom order by demandes desc, nom) filter (where sans_responsable))[1:3] as responsables_noms
from vides
"""
# Starting from the groupes where nobody answers: who was called by name, or another groupe, may answer still.
REST = """
select
    (select count(distinct s.demande) from sollicitations s
     where s.closed_at is null and is_part_ouverte(s.traitee_at, s.declinee_at)
        and s.groupe in (select g.id from groupes g where not exists (
            select from membres_actifs m where m.groupe = g.id and m.is_instructeur))
        and not exists (select from cote_instructeur c join agents a on a.id = c.agent and a.deactivated_at is null
            where c.demande = s.demande and c.closed_at is null and c.is_ouverte)) as sans_repondant,
    (select count(*) from adresses_refusees r
     where r.agent in (select c.agent from courriels c where c.failed_at is not null)) as adresses,
    (select count(*) from signalements where treated_at is null) as signalements,
    (select count(*) from conversations where attend_at is not null) as conversations,
    (select count(*) from procedures where acceptee_at is null) as procedures,
    i.imports, i.interrompus, i.import_seul,
    (select count(*) from requetes where answered_at is null) as requetes,
    (select min(due_on) from requetes where answered_at is null) as due_on,
    (select count(*) from courriels
     where failed_at is not null and sent_at is null and contexte_scelle is not null) as mis_de_cote
from (select count(*) filter (where faites = 0) as imports, count(*) filter (where faites > 0) as interrompus,
        case when count(*) = 1 then min(id) end as import_seul
    from imports where ended_at is null and (faites > 0 or a_ecrire is distinct from 0)) i
"""


LISTED = """
select id, nom, demandes, count(*) over () as total from vides
where case :manque when 'instructeur' then sans_instructeur else sans_responsable end
order by demandes desc, nom, id limit :longueur offset :debut
"""


async def list_vides(signed: Signed, manque: RoleManquant, page: int) -> PageVides:
    """The groupes where nobody holds this role, those that are waited for first. Raises Refus."""
    require(can_administer(signed.droits))
    shown = max(1, page)
    rows = await _read_page(manque, shown)
    if not rows and shown > 1:
        shown = 1
        rows = await _read_page(manque, shown)
    total = rows[0]["total"] if rows else 0
    shown, pages = page_within(shown, total)
    return PageVides(
        tuple(GroupeVide(row["id"], row["nom"], row["demandes"]) for row in rows), total, shown, pages
    )


async def _read_page(manque: RoleManquant, page: int) -> Sequence[Any]:
    return await database.fetch(
        VIDE + LISTED, manque=manque.value, longueur=PAR_PAGE, debut=(page - 1) * PAR_PAGE
    )


async def list_attention(signed: Signed) -> Attention:
    """What waits now. Raises Refus."""
    require(can_administer(signed.droits))
    [vides] = await database.fetch(VIDE + SUMS)
    [rest] = await database.fetch(REST)
    return Attention(
        sans_instructeur=_vides_of(vides, "instructeurs"),
        sans_responsable=_vides_of(vides, "responsables"),
        **dict(rest),
    )


def _vides_of(row: Any, who: str) -> GroupesVides:
    noms = tuple(row[f"{who}_noms"] or ())[:NOMS_DITS]
    return GroupesVides(row[f"{who}_nombre"], noms, row[f"{who}_demandes"])
