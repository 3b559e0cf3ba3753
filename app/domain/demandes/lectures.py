"""Who opened a demande, and when: first and last visit (product §7); and what is marked unread again."""

import json
from contextlib import suppress
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.demandes.presences import COME
from app.domain.faits.fait import happened
from app.domain.faits.provenance import read_provenance
from app.domain.faits.registre import Fait
from app.domain.regles.permissions import can_read_demande, is_on_aidant_side, require

# Every view of the page pays for this statement, hence only one, journal included: one line for each day of Paris on
# which an agent reads. The parts of a statement all read the base as it was before it: `avant` is the former visit.
VISITE = """
with avant as (
    select (last_at at time zone 'Europe/Paris')::date as last_on from lectures
    where demande = :demande and agent = :agent
),
visite as (
    insert into lectures as l (demande, agent, first_at, last_at) values (:demande, :agent, :now, :now)
    on conflict (demande, agent) do update
    set last_at = greatest(l.last_at, excluded.last_at), non_lue_at = :reste_at, marquee_at = null
    returning (l.last_at at time zone 'Europe/Paris')::date as last_on
),
ouvertes as (
    update sollicitations set opened_at = :now
    where demande = :demande and groupe = any (:groupes) and opened_at is null
),
presence as ("""
JOURNAL = """)
insert into journal (at, fait, agent, demande, details)
select :now, 'demande_consultee', :agent, :demande, :provenance::text::jsonb from visite v
where not exists (select from avant a where a.last_on >= v.last_on)
"""
MARK = "".join((VISITE, COME, JOURNAL))


async def mark_read(
    signed: Signed, demande: Demande, now: datetime, reste_at: datetime | None = None
) -> bool:
    """Write this visit, and that a référent opened the parts of their own groupes; journalled once a day. Whether
    nothing is left to read.

    `reste_at`: the page could not draw everything that was unread, and what came since that instant stays so.
    Whoever sees metadata only leaves no mark; who stands on the aidant side opens no part.
    """
    droits, parties = signed.droits, demande.parties
    if not can_read_demande(droits, parties):
        return False
    own = [] if is_on_aidant_side(droits, parties) else list(droits.instructeur & parties.groupes_sollicites)
    # While the base takes no write, what is there is still shown; it stays unread.
    with suppress(database.LectureSeule):
        await database.fetch(
            MARK,
            demande=demande.numero,
            agent=droits.agent,
            is_aidant=is_on_aidant_side(droits, parties),
            now=now,
            groupes=own,
            reste_at=reste_at,
            provenance=json.dumps(read_provenance(droits.agent)),
        )
        return reste_at is None
    return False


# What its reader marked unread is none of this page’s business.
CATCH_UP = """
update lectures set non_lue_at = null
where demande = :demande and agent = :agent and non_lue_at is not null and marquee_at is null
"""


async def catch_up(signed: Signed, demande: Demande) -> None:
    """An older page drew the first line that a visit had left unread: everything up to that visit is read."""
    with suppress(database.LectureSeule):
        await database.fetch(CATCH_UP, demande=demande.numero, agent=signed.droits.agent)


# The last word of somebody else is unread again, or the whole demande when nobody else wrote; one’s own demande where
# nobody answered has nothing to read. Whoever never opened it has nothing to mark. Colleagues are those of the same
# side who share a groupe with this agent.
UNREAD = """
with cibles as (
    select x.agent, x.lit_prives from places x
    where x.demande = :demande and (x.agent = :agent or (:is_groupe
        and x.cote = (select o.cote from places o where o.demande = :demande and o.agent = :agent)
        and exists (select from adhesions_vivantes m join adhesions_vivantes o on o.groupe = m.groupe
            where m.agent = x.agent and o.agent = :agent)))
),
mots as (
    select c.agent, coalesce(
        (select max(m.sent_at) from messages m where m.demande = :demande and m.auteur is distinct from c.agent
            and (not m.is_prive or c.lit_prives) and est_un_message(m.nature)),
        (select d.sent_at from demandes d where d.numero = :demande and d.auteur <> c.agent)) as dernier_at
    from cibles c
)
update lectures l set non_lue_at = t.dernier_at - interval '1 microsecond', marquee_at = :now
from mots t
where l.demande = :demande and l.agent = t.agent and t.dernier_at is not null
returning l.agent
"""


async def mark_unread(signed: Signed, demande: Demande, *, is_groupe: bool, now: datetime) -> int:
    """As if the last word of others had not been read: for this agent, or for everyone of their groupe who reads it.

    How many agents have something to read again. Opening the page ends it. Raises Refus.
    """
    require(can_read_demande(signed.droits, demande.parties))
    async with database.transaction():
        rows = await database.fetch(
            UNREAD, demande=demande.numero, agent=signed.droits.agent, is_groupe=is_groupe, now=now
        )
        if is_groupe and rows:
            details = {"agents": len(rows)}
            await happened(
                Fait.DEMANDE_NON_LUE,
                agent=signed.droits.agent,
                demande=demande.numero,
                details=details,
                now=now,
            )
    return len(rows)


# Opening the page, or marking it again, has its own last word.
READ_AGAIN = """
update lectures l set non_lue_at = a.non_lue_at, marquee_at = a.marquee_at
from jsonb_to_record(:avant::jsonb) as a (non_lue_at timestamptz, marquee_at timestamptz)
where l.demande = :demande and l.agent = :agent and l.marquee_at = :at
returning l.id
"""


async def undo_unread(signed: Signed, demande: Demande, at: datetime, avant: str) -> bool:
    """What this agent marked unread at that instant is read again, as far as it was. False when they came back since.

    Raises Refus.
    """
    require(can_read_demande(signed.droits, demande.parties))
    row = await database.fetch_one(
        READ_AGAIN, demande=demande.numero, agent=signed.droits.agent, at=at, avant=avant
    )
    return row is not None
