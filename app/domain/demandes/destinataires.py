"""Who follows a demande, and so is told what happens in it (product §9)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import assert_never

from app import database
from app.domain.faits.courriels import Pli
from app.domain.faits.fiches import Told
from app.domain.faits.registre import Fait


@dataclass(frozen=True)
class Destinataire:
    """An address that follows. `groupes` are the groupes asked that it is told for; it has no agent when it is the
    mailbox of a groupe.
    """

    agent: int | None
    adresse: str
    is_aidant: bool
    has_acted: bool
    groupes: frozenset[int]


def is_told(told: Told, who: Destinataire, *, agents: Collection[int], groupes: Collection[int]) -> bool:
    """Whether this rule of the registry names this address; `agents` and `groupes` are those the act calls."""
    match told:
        case Told.SUIVENT:
            return True
        case Told.COTE_AIDANT:
            return who.is_aidant
        case Told.COTE_INSTRUCTEUR:
            return not who.is_aidant
        case Told.ONT_PRIS_PART:
            return who.has_acted and not who.is_aidant
        case Told.APPELES:
            return who.agent in agents or not who.groupes.isdisjoint(groupes)
        case Told.CONCERNE:
            raise ValueError("the agent concerned is named by the act: see faits.courriels.tell")
    assert_never(told)


def find_pli(
    fait: Fait,
    who: Destinataire,
    *,
    agents: Collection[int] = (),
    groupes: Collection[int] = (),
    has_words: bool = True,
    is_prive: bool = False,
) -> Pli | None:
    """The mail of this fait for this address, if any: the first rule that fits gives it.

    `has_words`: something was written; `is_prive`: for the instructeurs only, so that a rule about words skips the
    aidant side.
    """
    for avis in fait.fiche.avis:
        if avis.is_for_words and (not has_words or (is_prive and who.is_aidant)):
            continue
        if is_told(avis.told, who, agents=agents, groupes=groupes):
            genre = avis.genre or fait.fiche.genre
            return Pli(avis.courriel or fait.value, who.adresse, who.agent, genre=genre)
    return None


# The author and whoever was invited by name follow, unless they chose to be told of nothing more; so does whoever
# chose to be told of everything. A groupe as a whole is called all the same. A groupe is followed by those of its
# instructeurs who wrote or took charge; by all of them while nobody did, or when the groupe itself is called
# (`called`). A groupe that declined no longer follows. Whoever is away is followed by their substitute, one hop and
# no further: by name the substitute is invited already, in a groupe asked they stand in. Whoever stands on the aidant
# side is of it whatever they follow for, so that no mail tells them of a private message. Who stands where is
# read now, once (`voies`), from the views of access: whoever reads no more is told no more. The page of a demande asks
# it of its reader.
SUIVENT = """
voies as materialized (select agent, cote, groupe from positions where demande = :demande),
acteurs as (
    select auteur as agent, groupe from messages
    where demande = :demande and cote = 'instructeur' and auteur is not null
    union select taken_by, groupe from sollicitations where demande = :demande and taken_by is not null
),
choix as (select agent, is_suivie from abonnements where demande = :demande),
equipes as (
    select p.agent, p.groupe,
        exists (select from acteurs w where w.agent = p.agent and w.groupe = p.groupe)
            and p.agent not in (select agent from choix where not is_suivie) as has_acted
    from voies p
    join agents a on a.id = p.agent and a.deactivated_at is null
    join sollicitations s on s.demande = :demande and s.groupe = p.groupe and s.declinee_at is null
),
suivent as (
    select p.agent, null::integer as groupe, p.cote,
        exists (select from acteurs w where w.agent = p.agent) as has_acted
    from voies p
    where p.groupe is null and not exists (
        select from remplacements r join invitations i on i.absence = r.absence and i.demande = :demande
        where r.agent = p.agent)
    union all
    select coalesce(r.remplacant, e.agent), e.groupe, 'instructeur', e.has_acted
    from (select *, bool_or(has_acted) over (partition by groupe) as is_taken from equipes) e
    left join remplacements r on r.agent = e.agent and r.groupe = e.groupe and exists (
        select from membres_actifs m where m.agent = r.remplacant and m.groupe = e.groupe and m.is_instructeur)
    where e.has_acted or not e.is_taken or e.groupe = any (:called)
    union all
    select p.agent, p.groupe, p.cote, exists (select from acteurs w where w.agent = p.agent)
    from voies p join choix c on c.agent = p.agent and c.is_suivie
)
"""
TOLD = """
select a.id as agent, a.email as adresse,
    exists (select from cote_aidant c where c.demande = :demande and c.agent = a.id) as is_aidant,
    bool_or(f.has_acted) as has_acted,
    array_remove(array_agg(f.groupe), null) as groupes
from suivent f join agents a on a.id = f.agent
where a.deactivated_at is null and a.notification <> 'aucune' and a.id is distinct from :by
    and (f.groupe = any (:called) or a.id not in (select agent from choix where not is_suivie))
group by a.id, a.email
union all
select null, g.bal, false, false, array_agg(g.id)
from sollicitations s join groupes g on g.id = s.groupe and g.deactivated_at is null
where s.demande = :demande and s.declinee_at is null and g.bal is not null
group by g.bal
"""
DESTINATAIRES = "".join(("with ", SUIVENT, TOLD))


async def list_destinataires(
    demande: int, *, by: int | None, called: Collection[int] = ()
) -> Sequence[Destinataire]:
    """Everyone who follows this demande and wants mails, one entry per address, without the one who acts.

    `called`: groupes told as a whole, whoever took charge there before.
    """
    rows = await database.fetch(DESTINATAIRES, demande=demande, by=by, called=list(called))
    return [
        Destinataire(
            agent=row["agent"],
            adresse=row["adresse"],
            is_aidant=row["is_aidant"],
            has_acted=row["has_acted"],
            groupes=frozenset(row["groupes"]),
        )
        for row in rows
    ]
