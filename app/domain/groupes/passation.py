"""Handing on what somebody held: the author’s side, the parts taken in charge, what nobody could answer any more.

Everything is written for all the demandes at once, in the transaction of the departure; one mail per person says the
numbers. Nothing is closed and no delay changes (product §2, « who leaves »).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app import database
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.provenance import read_provenance
from app.domain.faits.registre import Fait
from app.domain.groupes.departs import INSTRUIT, Concernee, Plan, Titre
from app.domain.mots.folding import fold
from app.domain.regles.errors import Conflit

#: What the form says for « leave it to the groupe », whoever it would go to by itself.
AU_GROUPE = 0
NUMEROS_DITS = 50


@dataclass
class Partage:
    """Who gets what: demande → agent for those handed to somebody, the others by what becomes of them."""

    auteurs: dict[int, int] = field(default_factory=dict)
    vacantes: list[int] = field(default_factory=list)
    charges: dict[int, tuple[int, int]] = field(default_factory=dict)  # demande → (groupe, agent)
    orphelines: list[int] = field(default_factory=list)


def share(plan: Plan, choix: Mapping[int, int]) -> Partage:
    """Follow the choices of the page, and the safe default where none was made. Nobody chooses for a demande they may
    not know of: the page never names it, and saying that a choice is wrong would.

    Raises Conflit when somebody chosen may not take over, or not any more.
    """
    partage = Partage()
    for concernee in plan.concernees:
        chosen = choix.get(concernee.numero) if concernee.is_connue else None
        if chosen is not None and chosen != AU_GROUPE:
            if all(person.agent != chosen for person in plan.candidats_of(concernee)):
                raise Conflit(
                    f"La personne choisie pour la demande n°\u00a0{concernee.numero} ne peut pas, ou ne peut plus, "
                    "la reprendre. Choisissez de nouveau."
                )
        else:
            chosen = concernee.heritier if chosen is None else None
        _place(partage, concernee, chosen)
    return partage


def _place(partage: Partage, concernee: Concernee, chosen: int | None) -> None:
    if concernee.titre is Titre.AUTEUR:
        if chosen is not None:
            partage.auteurs[concernee.numero] = chosen
            return
        partage.vacantes.append(concernee.numero)
    elif concernee.titre in INSTRUIT and chosen is not None:
        partage.charges[concernee.numero] = (concernee.groupe, chosen)
        return
    if concernee.is_orpheline:
        partage.orphelines.append(concernee.numero)


# The new author keeps the demande in its groupe when they belong there, else brings it to the one they were invited
# through. A compte collectif that signed it signs it no more.
HAND_AUTEUR = """
with confiees as (select * from unnest(:numeros::bigint[], :agents::int[]) as c (numero, agent))
update demandes d set auteur = c.agent, signature = '', groupe = case
    when exists (select from adhesions m where m.agent = c.agent and m.groupe = d.groupe) then d.groupe
    else coalesce((select i.groupe from invitations i where i.demande = d.numero and i.agent = c.agent), d.groupe) end
from confiees c where d.numero = c.numero
"""
NOT_INVITED = """
delete from invitations i using unnest(:numeros::bigint[], :agents::int[]) as c (numero, agent)
where i.demande = c.numero and i.agent = c.agent
"""
VACATE = "update demandes set vacante_at = :now where numero = any(:numeros)"

# Whoever was called by name and hands it on calls a colleague by name; in a groupe asked, the colleague takes charge.
TAKE = """
update sollicitations s set taken_by = c.agent, taken_at = :now
from unnest(:numeros::bigint[], :groupes::int[], :agents::int[]) as c (numero, groupe, agent)
where s.demande = c.numero and s.groupe = c.groupe and s.closed_at is null
"""
CALL = """
insert into invitations (demande, agent, qualite, invited_by, invited_at, groupe)
select c.numero, c.agent, 'instructeur', :par, :now, c.groupe
from unnest(:numeros::bigint[], :groupes::int[], :agents::int[]) as c (numero, groupe, agent)
where not exists (select from sollicitations s where s.demande = c.numero and s.groupe = c.groupe)
on conflict (demande, agent) do nothing
"""
RELEASE = """
update sollicitations set taken_by = null, taken_at = null
where taken_by = :agent and groupe = any(:groupes) and closed_at is null
"""

EXPERTS = """
select id, email, is_expert, is_administrateur from agents
where (is_expert or is_administrateur) and deactivated_at is null order by id
"""
CALL_EXPERTS = """
insert into invitations (demande, agent, qualite, invited_by, invited_at)
select n, e, 'expert', :par, :now from unnest(:numeros::bigint[]) n cross join unnest(:experts::int[]) e
on conflict (demande, agent) do nothing
"""

# One line of the thread and one of the journal for each, and the dates that make lists say « nouveau ».
SAY = """
with dites as (
    select * from unnest(:numeros::bigint[], :agents::text[], :groupes::int[]) as l (numero, agents, groupe)
),
lignes as (
    insert into messages (demande, cle, auteur, cote, nature, texte, agents_invites, groupes_invites, repere, sent_at)
    select numero, gen_random_uuid(), :par, 'plateforme', :nature, :texte,
        array(select jsonb_array_elements_text(agents::jsonb)::int),
        case when groupe > 0 then array[groupe] else '{}'::int[] end, :repere, :now
    from dites returning id, demande
),
dates as (
    update demandes set last_prive_at = greatest(last_prive_at, :now), last_public_at = greatest(last_public_at, :now)
    where numero in (select numero from dites)
)
insert into journal (at, fait, agent, demande, groupe, details)
select :now, :fait, :par, l.demande, nullif(d.groupe, 0),
    jsonb_build_object('message', l.id, 'agents', d.agents::jsonb) || :provenance::text::jsonb
from lignes l join dites d on d.numero = l.demande order by l.id
"""

ADRESSES = "select id, email from agents where id = any(:agents) and deactivated_at is null"
SUIVENT = """
select c.agent, a.email, array_agg(c.demande order by c.demande) as numeros
from cote_aidant c join agents a on a.id = c.agent and a.deactivated_at is null
where c.demande = any(:numeros) group by c.agent, a.email
"""


@dataclass(frozen=True)
class Cause:
    """Who acts, who leaves, from which groupe, in the words of the thread."""

    par: int
    agent: int
    groupes: tuple[int, ...]
    phrase: str
    now: datetime
    is_news: bool = False
    """Even who acts must be told: the demande they send finds nobody."""


async def hand_on(plan: Plan, partage: Partage, cause: Cause) -> None:
    """Write what becomes of everything, its lines in the threads and in the journal, and tell those who take over.

    The caller holds the groupes and the demandes, and writes the departure itself afterwards.
    """
    groupe_of = {c.numero: c.groupe for c in plan.concernees}
    numeros, agents = list(partage.auteurs), list(partage.auteurs.values())
    if numeros:
        await database.fetch(HAND_AUTEUR, numeros=numeros, agents=agents)
        await database.fetch(NOT_INVITED, numeros=numeros, agents=agents)
    if partage.vacantes:
        await database.fetch(VACATE, numeros=partage.vacantes, now=cause.now)
    await database.fetch(RELEASE, agent=cause.agent, groupes=list(cause.groupes))
    if partage.charges:
        taken = list(partage.charges)
        of = [groupe for groupe, _ in partage.charges.values()]
        by = [agent for _, agent in partage.charges.values()]
        await database.fetch(TAKE, numeros=taken, groupes=of, agents=by, now=cause.now)
        await database.fetch(CALL, numeros=taken, groupes=of, agents=by, par=cause.par, now=cause.now)
    handed = {**partage.auteurs, **{numero: agent for numero, (_, agent) in partage.charges.items()}}
    await say(Fait.DEMANDE_CONFIEE, {n: [agent] for n, agent in handed.items()}, {}, cause)
    left = [c for c in plan.concernees if c.numero not in handed and c.numero not in partage.orphelines]
    released = [c.numero for c in left if c.titre in (Titre.AUTEUR, Titre.CHARGE)]
    await say(Fait.DEMANDE_CONFIEE, {n: [] for n in released}, groupe_of, cause)
    await _tell_heirs(handed, cause)
    if partage.orphelines:
        await call_experts(partage.orphelines, cause)


async def call_experts(numeros: Sequence[int], cause: Cause) -> None:
    """Nobody can answer these demandes: the experts are invited, the thread says it; they, the administrateurs and the
    aidant side are told, once each. Who acts is not, unless it is news to them (`Cause.is_news`). The caller holds the
    demandes.
    """
    team = await database.fetch(EXPERTS)
    experts = [row["id"] for row in team if row["is_expert"]]
    await database.fetch(CALL_EXPERTS, numeros=list(numeros), experts=experts, par=cause.par, now=cause.now)
    await say(Fait.DEMANDE_SANS_REPONDANT, dict.fromkeys(numeros, experts), {}, cause)
    told = [(row["id"], row["email"], list(numeros)) for row in team]
    told += [
        (row["agent"], row["email"], row["numeros"])
        for row in await database.fetch(SUIVENT, numeros=list(numeros))
        if row["agent"] not in {person for person, _, _ in told}
    ]
    await tell_numeros(Fait.DEMANDE_SANS_REPONDANT, told, cause)


async def _tell_heirs(handed: Mapping[int, int], cause: Cause) -> None:
    shares: dict[int, list[int]] = {}
    for numero, agent in handed.items():
        shares.setdefault(agent, []).append(numero)
    rows = await database.fetch(ADRESSES, agents=list(shares)) if shares else []
    told = [(row["id"], row["email"], sorted(shares[row["id"]])) for row in rows]
    await tell_numeros(Fait.DEMANDE_CONFIEE, told, cause)


async def tell_numeros(fait: Fait, told: Iterable[tuple[int, str, list[int]]], cause: Cause) -> None:
    """One mail per person, agent and address, with the numbers of their demandes; none to who acts or leaves."""
    plis = [
        Pli(
            fait.courriel,
            adresse,
            agent,
            {"numeros": numeros[:NUMEROS_DITS], "nombre": len(numeros)},
            genre=fait.fiche.genre,
        )
        for agent, adresse, numeros in told
        if cause.is_news or agent not in (cause.par, cause.agent)
    ]
    await post_courriels(plis, contexte={"cause": cause.phrase}, now=cause.now)


async def say(
    fait: Fait, lignes: Mapping[int, Sequence[int]], groupe_of: Mapping[int, int], cause: Cause
) -> None:
    """The same line in each of these demandes: to these agents, or to the groupe when none is named."""
    assert fait.fiche.fil is not None
    if not lignes:
        return
    await database.fetch(
        SAY,
        numeros=list(lignes),
        agents=[json.dumps(list(agents)) for agents in lignes.values()],
        groupes=[groupe_of.get(numero, 0) for numero in lignes],
        par=cause.par,
        nature=fait.fiche.fil.nature.value,
        texte=cause.phrase,
        repere=fold(cause.phrase),
        fait=fait.value,
        provenance=json.dumps(read_provenance(cause.par)),
        now=cause.now,
    )
