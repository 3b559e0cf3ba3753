"""What comes back by itself: Monday’s list of what is left to do, a demande to close, new conditions.

Each is told once: `avis_donnes` keeps who was told, or needed nothing, in the transaction that writes the mail.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.conditions import read_en_vigueur
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.registre import Fait
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.rythmes import is_quiet

BATCH = 200
A_CLOTURER_APRES = timedelta(days=7)

# From Monday 10:30 by each agent’s clock, in time for the grouped mails of 11:00; a worker that was down may catch up
# until Thursday evening, later it would tell of the past.
RECAP = """
with cibles as (
    select a.id, a.email, l.lundi
    from agents a join departements p on p.id = a.departement
    cross join lateral (select :now::timestamptz at time zone p.fuseau as local) h
    cross join lateral (select date_trunc('week', h.local)::date::text as lundi) l
    where a.id > :after and a.deactivated_at is null and a.notification <> 'aucune'
        and extract(isodow from h.local) <= 4
        and (extract(isodow from h.local) > 1 or h.local::time >= '10:30')
        and not exists (select from avis_donnes v
            where v.agent = a.id and v.nature = 'recapitulatif' and v.cle = l.lundi)
    order by a.id limit :most
)
select c.id, c.email, c.lundi as cle, r.a_repondre, r.en_souffrance, f.a_cloturer
from cibles c
cross join lateral (
    select count(distinct i.demande) as a_repondre,
        count(distinct i.demande) filter (where s.late_at < :now) as en_souffrance
    from cote_instructeur i
    join demandes d on d.numero = i.demande
    join sollicitations s on s.demande = i.demande and s.groupe = i.groupe
    where i.agent = c.id and i.closed_at is null
        and tour_part(s.traitee_at, s.declinee_at, s.replied_at, d.last_aidant_at) = 'instructeur') r
cross join lateral (
    select count(*) as a_cloturer
    from cote_aidant x join demandes d on d.numero = x.demande and d.auteur = x.agent
    cross join lateral bilan_parts(d.numero, d.last_aidant_at, null) b
    where x.agent = c.id and d.closed_at is null and b.is_traitee) f
"""
# A demande wholly traitée for a week; traitée again later, it is told again.
A_CLOTURER = """
select a.id, a.email, d.numero, t.traitee_at, d.numero || ':' || extract(epoch from t.traitee_at)::bigint as cle
from demandes d
join cote_aidant x on x.demande = d.numero and x.agent = d.auteur
join agents a on a.id = x.agent and a.deactivated_at is null
cross join lateral bilan_parts(d.numero, d.last_aidant_at, null) b
cross join lateral (select max(s.traitee_at) as traitee_at from sollicitations s where s.demande = d.numero) t
where d.numero > :after and d.closed_at is null and b.is_traitee and t.traitee_at <= :before
    and not exists (select from avis_donnes v where v.agent = a.id and v.nature = 'a_cloturer'
        and v.cle = d.numero || ':' || extract(epoch from t.traitee_at)::bigint)
order by d.numero limit :most
"""
CGU = """
select a.id, a.email, :version::text as cle, p.fuseau, p.calendrier
from agents a join departements p on p.id = a.departement
where a.id > :after and a.deactivated_at is null and a.cgu_version is not null and a.cgu_version <> :version
    and not exists (select from avis_donnes v where v.agent = a.id and v.nature = 'cgu_modifiees' and v.cle = :version)
order by a.id limit :most
"""
GIVE = """
insert into avis_donnes (agent, nature, cle, told_at)
select g.agent, :nature, g.cle, :now from unnest(:agents::int[], :cles::text[]) as g(agent, cle)
on conflict do nothing returning agent, cle
"""


async def give(nature: str, rows: Sequence[Any], now: datetime) -> list[Any]:
    """Those of these agents who were not told yet; they are now. In the transaction of the mails."""
    given = await database.fetch(
        GIVE, nature=nature, agents=[row["id"] for row in rows], cles=[row["cle"] for row in rows], now=now
    )
    new = {(row["agent"], row["cle"]) for row in given}
    return [row for row in rows if (row["id"], row["cle"]) in new]


async def recap_week(now: datetime) -> int:
    """Monday’s mail, for whoever has something to do; how many. Safe to run twice, and in two workers at once."""
    sent, after, fait = 0, 0, Fait.RECAPITULATIF
    while rows := await database.fetch(RECAP, now=now, after=after, most=BATCH):
        after = rows[-1]["id"]
        async with database.transaction():
            plis = [
                Pli(fait.courriel, row["email"], row["id"], _counts(row), genre=fait.fiche.genre)
                for row in await give(fait.value, rows, now)
                if row["a_repondre"] or row["a_cloturer"]
            ]
            await post_courriels(plis, contexte={}, now=now)
        sent += len(plis)
    return sent


def _counts(row: Any) -> dict[str, int]:
    counts = {name: row[name] for name in ("a_repondre", "en_souffrance", "a_cloturer")}
    return {**counts, "total": row["a_repondre"] + row["a_cloturer"]}


async def remind_to_close(now: datetime) -> int:
    """A week after the whole demande is traitée, its author is told to close it; how many. Safe to run twice."""
    sent, after, fait = 0, 0, Fait.A_CLOTURER
    while rows := await database.fetch(A_CLOTURER, before=now - A_CLOTURER_APRES, after=after, most=BATCH):
        after = rows[-1]["numero"]
        async with database.transaction():
            for row in await give(fait.value, rows, now):
                pli = Pli(fait.courriel, row["email"], row["id"], genre=fait.fiche.genre)
                await post_courriels([pli], demande=row["numero"], contexte={}, now=now)
                sent += 1
    return sent


async def tell_cgu(now: datetime) -> int:
    """Whoever accepted former conditions learns that they changed, once per version; how many."""
    sent, after, fait = 0, 0, Fait.CGU_MODIFIEES
    version = (await read_en_vigueur(now)).version
    while rows := await database.fetch(CGU, version=version, after=after, most=BATCH):
        after = rows[-1]["id"]
        open_rows = [row for row in rows if not is_quiet(now, Calendrier(row["fuseau"], row["calendrier"]))]
        async with database.transaction():
            given = await give(fait.value, open_rows, now)
            plis = [Pli(fait.courriel, row["email"], row["id"], genre=fait.fiche.genre) for row in given]
            await post_courriels(plis, contexte={}, now=now)
        sent += len(plis)
    return sent
