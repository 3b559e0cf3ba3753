"""Blocages collectifs: many demandes about the same thing at once, told to who can answer for all of them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app import database
from app.domain.donnees_personnelles.natures import DE_SERVICE
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles, quote_extraits
from app.domain.faits.courriels import Pli, post_courriels, tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.figures.surges import SEMAINES, habit_of, has_ended, is_surge
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import Droits, can_answer_blocage, require

NOTE_MAX = 1000
SEMAINE = timedelta(days=7)

# Of every sujet × organisme asked these last seven days, in each département and everywhere: how many demandes of how
# many structures, and how many demandes each of the twelve weeks before.
COMPTES = """
with parts as (
    select s.sujet, s.organisme, d.departement, s.demande, s.structure,
        floor(extract(epoch from :now - s.solicited_at) / 604800)::int as semaine
    from suivis s cross join lateral (values (s.departement), (0)) d(departement)
    where s.sujet is not null and s.solicited_at > :now - interval '91 days' and s.solicited_at <= :now),
semaines as (
    select sujet, organisme, departement, semaine, count(distinct demande)::int as nombre,
        count(distinct structure)::int as structures
    from parts group by sujet, organisme, departement, semaine)
select c.sujet, c.organisme, c.departement, c.nombre, c.structures,
    array(select coalesce(a.nombre, 0) from generate_series(12, 1, -1) as rang(n)
        left join semaines a on (a.sujet, a.organisme, a.departement, a.semaine)
            = (c.sujet, c.organisme, c.departement, rang.n) order by rang.n desc) as avant
from semaines c where c.semaine = 0
    -- Where nobody asked this organisme a month ago, there is no habit yet.
    and exists (select from suivis v where v.organisme = c.organisme and v.solicited_at < :now - interval '28 days'
        and (c.departement = 0 or v.departement = c.departement))
"""
OUVERTS = """
select id, sujet, organisme, departement from blocages where ended_at is null order by id for no key update
"""
OPEN = """
insert into blocages (sujet, organisme, departement, nombre, habitude, structures, began_at, seen_at)
values (:sujet, :organisme, :departement, :nombre, :habitude, :structures, :now, :now)
on conflict (sujet, organisme, departement) where ended_at is null do update
set nombre = excluded.nombre, habitude = excluded.habitude, structures = excluded.structures, seen_at = :now
returning id, began_at = :now as is_new
"""
END = "update blocages set ended_at = :now where id = any(:ids) and ended_at is null"


async def look_for_surges(now: datetime) -> list[int]:
    """Open what surges, refresh what lasts, end what is usual again; returns those that are new. Safe to run twice.

    A département is not told again of what is told everywhere.
    """
    async with database.transaction():
        lasting = {
            (row["sujet"], row["organisme"], row["departement"]): row["id"]
            for row in await database.fetch(OUVERTS)
        }
        rows = await database.fetch(COMPTES, now=now)
        surging, kept = [], set()
        for row in rows:
            key = (row["sujet"], row["organisme"], row["departement"])
            is_lasting = key in lasting and not has_ended(row["nombre"], row["avant"])
            if is_lasting or is_surge(row["nombre"], row["structures"], row["avant"]):
                surging.append(row)
                kept.add(key)
        ended = [key for key in lasting if key not in kept]
        await database.fetch(END, ids=[lasting[key] for key in ended], now=now)
        new: list[int] = []
        for row in surging:
            facts = {
                name: row[name] for name in ("sujet", "organisme", "departement", "nombre", "structures")
            }
            opened = await database.fetch_one(
                OPEN, **facts, habitude=round(habit_of(row["avant"][-SEMAINES:])), now=now
            )
            assert opened is not None
            if opened["is_new"]:
                new.append(int(opened["id"]))
        await _tell(new, now)
    return new


# What is told of each, and to whom: administrateurs read it on the page. Whoever is told of their département is not
# told of the country too.
A_DIRE = """
select b.id, j.nom as sujet, o.sigle as organisme, coalesce(d.nom || ' (' || d.code || ')', 'France entière') as lieu,
    b.nombre, b.habitude,
    array(select t.agent from blocages_dits t join agents a on a.id = t.agent
        where t.blocage = b.id and not a.is_administrateur and not exists (
            select from blocages p join blocages_dits q on q.blocage = p.id
            where p.id = any(:ids) and p.departement <> 0 and b.departement = 0
                and p.sujet = b.sujet and p.organisme = b.organisme and q.agent = t.agent)) as agents,
    array(select g.bal from groupes g where b.departement <> 0 and g.organisme = b.organisme and g.bal is not null
        and g.deactivated_at is null and exists (
            select from couvertures c where c.groupe = g.id and c.departement = b.departement)) as bals
from blocages b join sujets j on j.id = b.sujet join organismes o on o.id = b.organisme
left join departements d on d.id = b.departement
where b.id = any(:ids) order by b.id
"""


async def _tell(ids: list[int], now: datetime) -> None:
    """By mail, in words and without anything of anybody: the groupes, their responsables, the pilotes."""
    fait = Fait.BLOCAGE_SIGNALE
    for row in await database.fetch(A_DIRE, ids=ids) if ids else ():
        constat = say_surge(row["sujet"], row["nombre"], row["habitude"])
        contexte = {"constat": constat, "organisme": row["organisme"], "lieu": row["lieu"]}
        await tell(fait, row["agents"], demande=None, contexte=contexte, now=now)
        bals = [Pli(fait.courriel, adresse, genre=fait.fiche.genre) for adresse in row["bals"]]
        await post_courriels(bals, contexte=contexte, now=now)
        await happened(fait, details={"blocage": row["id"], "agents": row["agents"]}, now=now)


def say_surge(sujet: str, nombre: int, habitude: int) -> str:
    """« 12 demandes « RSA suspendu » cette semaine, 3 d’habitude »."""
    usual = f"{habitude} d’habitude" if habitude else "presque aucune d’habitude"
    return f"{nombre} demandes «\u00a0{sujet}\u00a0» cette semaine, {usual}"


@dataclass(frozen=True)
class Blocage:
    """What is told: about what, where, how many, and what was answered."""

    id: int
    sujet: str
    organisme: str
    lieu: str
    nombre: int
    habitude: int
    note: str
    note_at: datetime | None
    can_answer: bool

    @property
    def phrase(self) -> str:
        """What is told, in one sentence."""
        return say_surge(self.sujet, self.nombre, self.habitude)


LIRE = """
select b.id, j.nom as sujet, o.sigle as organisme, coalesce(d.nom || ' (' || d.code || ')', 'France entière') as lieu,
    b.nombre, b.habitude, b.note, b.note_at,
    array(select g.id from groupes g join couvertures c on c.groupe = g.id
        where g.organisme = b.organisme and g.deactivated_at is null
            and (b.departement = 0 or c.departement = b.departement)) as groupes
from blocages b join sujets j on j.id = b.sujet join organismes o on o.id = b.organisme
left join departements d on d.id = b.departement
where b.id in (select blocage from blocages_dits where agent = :agent) and (:id::int is null or b.id = :id)
order by b.nombre desc, b.id
"""


async def list_blocages(droits: Droits) -> list[Blocage]:
    """Those this agent is told of (`blocages_dits`), the largest first."""
    return [_blocage(row, droits) for row in await database.fetch(LIRE, agent=droits.agent, id=None)]


def _blocage(row: Any, droits: Droits) -> Blocage:
    return Blocage(
        *(row["id"], row["sujet"], row["organisme"], row["lieu"], row["nombre"], row["habitude"]),
        *(row["note"], row["note_at"]),
        can_answer=not row["note"] and can_answer_blocage(droits, frozenset(row["groupes"])),
    )


LOCK = "select id from blocages where id = :id for no key update"
ANSWER = "update blocages set note = :note, note_by = :agent, note_at = :now where id = :id and note = ''"


async def answer_blocage(droits: Droits, blocage: int, note: str, now: datetime) -> None:
    """A note, once, that the next aidants see before sending. Raises Introuvable, Refus, Invalide, Conflit."""
    async with database.transaction():
        await database.fetch(LOCK, id=blocage)
        row = await database.fetch_one(LIRE, agent=droits.agent, id=blocage)
        if row is None:
            raise Introuvable
        require(can_answer_blocage(droits, frozenset(row["groupes"])))
        if row["note"]:
            raise Conflit("Une note a déjà été écrite pour ce blocage.")
        if fault := _judge_note(note, now):
            raise Invalide({"note": fault})
        await database.fetch(ANSWER, id=blocage, note=note, agent=droits.agent, now=now)


def _judge_note(note: str, now: datetime) -> str:
    """What must be corrected before every aidant reads it; how a service is reached may stand there."""
    if not note:
        return "Écrivez votre note\u00a0: ce qui se passe, ce qu’il faut faire ou attendre."
    if len(note) > NOTE_MAX:
        return f"{NOTE_MAX} caractères au plus (il y en a {len(note)})."
    if found := find_donnees_personnelles(note, annee=now.astimezone(UTC).year, sauf=DE_SERVICE):
        return f"Tous les aidants liront cette note\u00a0: retirez {quote_extraits(found)}."
    return ""


#: To be read beside a groupe `g` of an organisme `o`, with `:sujet` and `:departement`: the note on it, if any.
NOTE = """
select json_build_object('id', b.id, 'sujet', j.nom, 'organisme', o.sigle, 'nombre', b.nombre,
    'habitude', b.habitude, 'note', b.note) as note
from blocages b join sujets j on j.id = b.sujet
where b.ended_at is null and b.note <> '' and b.sujet = :sujet::int and b.organisme = o.id
    and b.departement in (0, :departement)
order by b.departement desc limit 1
"""


def read_note(texte: str | None) -> Blocage | None:
    """The row of NOTE, as the aidant reads it before sending."""
    return Blocage(**json.loads(texte), lieu="", note_at=None, can_answer=False) if texte else None
