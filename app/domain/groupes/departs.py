"""What leaves with a member: the open demandes concerned, who still follows each, who may take it over (product §2).

The preview and the act read the same plan; `empreinte` says whether it is still the one that was shown.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app import database
from app.domain.faits.scellement import empreinte
from app.domain.regles import statuts
from app.domain.regles.permissions import Droits
from app.domain.regles.statuts import EtatPart, Part


class Titre(StrEnum):
    """In what way somebody holds a demande; the first one that fits, in this order."""

    AUTEUR = "auteur"
    CHARGE = "charge"
    NOMME = "nomme"
    REPONDANT = "repondant"
    COLLEGUE = "collegue"
    MEMBRE = "membre"


#: The ways of the side that answers.
INSTRUIT = (Titre.CHARGE, Titre.NOMME, Titre.REPONDANT, Titre.MEMBRE)


class Acte(StrEnum):
    """Leave one groupe, or lose the account altogether."""

    RETIRER = "retirer"
    DESACTIVER = "desactiver"


@dataclass(frozen=True)
class Personne:
    """Somebody who may take over."""

    agent: int
    nom: str


@dataclass(frozen=True)
class Concernee:
    """An open demande that somebody holds through `groupe`. Metadata only: no title, no usager.

    `repondants` and `aidants` count who is left on each side once they are gone; `collegues` are those invited who
    could become its author. `is_connue`: the reader of the preview may know that it exists.
    """

    numero: int
    groupe: int
    titre: Titre
    is_connue: bool
    etat: EtatPart | None
    late_at: datetime | None
    attend_aidant: bool
    repondants: int
    aidants: int
    collegues: tuple[Personne, ...]

    @property
    def is_orpheline(self) -> bool:
        """Nobody could answer any more, or nobody would be left to write on the aidant side."""
        if self.titre is Titre.AUTEUR and self.aidants == 0 and not self.collegues:
            return True
        return self.titre in INSTRUIT and self.repondants == 0

    @property
    def heritier(self) -> int | None:
        """Who takes it over when nobody says otherwise: a colleague invited; None leaves it to the groupe."""
        return self.collegues[0].agent if self.titre is Titre.AUTEUR and self.collegues else None


@dataclass(frozen=True)
class Plan:
    """Everything a departure touches. `candidats` are by groupe: aidants, then instructeurs, who may take over."""

    concernees: tuple[Concernee, ...]
    aidants: Mapping[int, tuple[Personne, ...]]
    instructeurs: Mapping[int, tuple[Personne, ...]]

    def candidats_of(self, concernee: Concernee) -> tuple[Personne, ...]:
        """Who may take this one over."""
        if concernee.titre is Titre.AUTEUR:
            known = {p.agent for p in concernee.collegues}
            others = self.aidants.get(concernee.groupe, ())
            return (*concernee.collegues, *(p for p in others if p.agent not in known))
        return self.instructeurs.get(concernee.groupe, ()) if concernee.titre in INSTRUIT else ()

    @property
    def orphelines(self) -> tuple[Concernee, ...]:
        """Those that go to the experts unless they are handed to somebody."""
        return tuple(c for c in self.concernees if c.is_orpheline)

    @property
    def empreinte(self) -> str:
        """What the page showed, so that the act can say that it changed meanwhile. It is keyed: its reader learns
        nothing from it of the demandes they may not know of.
        """
        seen = sorted((c.numero, c.titre.value, c.is_orpheline) for c in self.concernees)
        return empreinte("depart", repr(seen))


# `instruits`: the groupes left where the agent instructs. A groupe where others stay keeps the demandes nobody holds in
# person; they are listed only when the last one leaves.
CONCERNEES = """
with tenues as (
    select d.numero, d.groupe, 'auteur' as titre, 0 as rang from demandes d
    where d.auteur = :agent and d.groupe = any(:groupes) and d.closed_at is null and d.vacante_at is null
    union all
    select i.demande, i.groupe, case i.qualite when 'collegue' then 'collegue' else 'nomme' end,
        case i.qualite when 'collegue' then 4 else 2 end
    from invitations i join demandes d on d.numero = i.demande and d.closed_at is null
    where i.agent = :agent and i.groupe = any(:groupes) and i.qualite <> 'expert'
    union all
    select s.demande, s.groupe, t.titre, case t.titre when 'charge' then 1 when 'repondant' then 3 else 5 end
    from sollicitations s
    cross join lateral (select case when s.taken_by = :agent then 'charge' when exists (
        select from messages w where w.demande = s.demande and w.auteur = :agent and w.groupe = s.groupe
            and w.cote = 'instructeur' and not w.is_prive) then 'repondant' else 'membre' end as titre) t
    where s.groupe = any(:instruits) and s.closed_at is null and s.declinee_at is null
        and (t.titre <> 'membre' or s.groupe = any(:derniers))
),
uniques as (select distinct on (numero) numero, groupe, titre, rang from tenues order by numero, rang, groupe)
select u.numero, u.groupe, u.titre, :is_admin or exists (
        select from cote_responsable r where r.demande = u.numero and r.agent = :reader) or exists (
        select from positions p where p.demande = u.numero and p.agent = :reader) as is_connue,
    b.late_at, b.tour = 'aidant' as attend_aidant, s.opened_at, s.answered_at, s.replied_at, s.traitee_at,
    s.declinee_at, s.id is not null as has_part,
    (select count(distinct p.agent) from positions p
        join agents a on a.id = p.agent and a.deactivated_at is null
        left join sollicitations o on o.demande = p.demande and o.groupe = p.groupe
     where p.demande = u.numero and p.cote = 'instructeur' and o.declinee_at is null and (p.agent <> :agent
        or p.groupe <> all(:groupes) or (p.groupe is null and exists (select from invitations i
            where i.demande = u.numero and i.agent = :agent and i.groupe <> all(:groupes))))) as repondants,
    (select count(*) from membres_actifs m
     where m.groupe = d.groupe and m.is_aidant and m.agent <> :agent) as aidants,
    array(select row(a.id, trim(a.prenom || ' ' || a.nom)) from invitations i
        join cote_aidant c on c.demande = i.demande and c.agent = i.agent
        join agents a on a.id = i.agent and a.deactivated_at is null
        where i.demande = u.numero and i.qualite = 'collegue' and i.absence is null and i.agent <> :agent
        order by i.id) as collegues
from uniques u
join demandes d on d.numero = u.numero
left join sollicitations s on s.demande = u.numero and s.groupe = u.groupe and u.titre <> 'auteur'
cross join lateral bilan_parts(u.numero, d.last_aidant_at, case when s.id is null then null else array[u.groupe] end) b
where :numeros::bigint[] is null or u.numero = any(:numeros)
order by u.rang, b.late_at nulls last, u.numero
"""

CANDIDATS = """
select m.groupe, m.is_aidant, m.is_instructeur, a.id, trim(a.prenom || ' ' || a.nom) as nom
from membres_actifs m join agents a on a.id = m.agent
where m.groupe = any(:groupes) and m.agent <> :agent and (m.is_aidant or m.is_instructeur)
order by a.nom, a.prenom, a.id
"""

LEFT = """
select m.groupe, m.is_instructeur, m.is_instructeur and not exists (select from membres_actifs o
    where o.groupe = m.groupe and o.is_instructeur and o.agent <> m.agent) as is_dernier
from adhesions_vivantes m where m.agent = :agent and m.groupe = any(:groupes)
"""


async def plan_depart(
    agent: int,
    groupes: Collection[int],
    *,
    reader: Droits,
    numeros: Sequence[int] | None = None,
) -> Plan:
    """What leaves when this agent loses these groupes, as `reader` may see it; `numeros` reads those demandes only."""
    held = await database.fetch(LEFT, agent=agent, groupes=list(groupes))
    rows = await database.fetch(
        CONCERNEES,
        agent=agent,
        groupes=list(groupes),
        instruits=[row["groupe"] for row in held if row["is_instructeur"]],
        derniers=[row["groupe"] for row in held if row["is_dernier"]],
        reader=reader.agent,
        is_admin=reader.is_administrateur,
        numeros=None if numeros is None else list(numeros),
    )
    aidants: dict[int, list[Personne]] = {}
    instructeurs: dict[int, list[Personne]] = {}
    for row in await database.fetch(CANDIDATS, agent=agent, groupes=list(groupes)):
        for is_there, side in ((row["is_aidant"], aidants), (row["is_instructeur"], instructeurs)):
            if is_there:
                side.setdefault(row["groupe"], []).append(Personne(row["id"], row["nom"]))
    return Plan(
        tuple(_concernee_of(row) for row in rows),
        {groupe: tuple(people) for groupe, people in aidants.items()},
        {groupe: tuple(people) for groupe, people in instructeurs.items()},
    )


HOLD_DEMANDES = "select numero from demandes where numero = any(:numeros) order by numero for no key update"


async def hold_plan(droits: Droits, agent: int, groupes: list[int]) -> Plan:
    """The plan once its demandes are held: what was closed meanwhile is no longer in it."""
    first = await plan_depart(agent, groupes, reader=droits)
    numeros = [c.numero for c in first.concernees]
    await database.fetch(HOLD_DEMANDES, numeros=numeros)
    return await plan_depart(agent, groupes, reader=droits, numeros=numeros) if numeros else first


def _concernee_of(row: Any) -> Concernee:
    facts = ("opened_at", "answered_at", "replied_at", "traitee_at", "declinee_at")
    return Concernee(
        numero=row["numero"],
        groupe=row["groupe"],
        titre=Titre(row["titre"]),
        is_connue=row["is_connue"],
        etat=statuts.etat_part(Part(**{name: row[name] for name in facts})) if row["has_part"] else None,
        late_at=row["late_at"],
        attend_aidant=row["attend_aidant"],
        repondants=row["repondants"],
        aidants=row["aidants"],
        collegues=tuple(Personne(*person) for person in row["collegues"]),
    )
