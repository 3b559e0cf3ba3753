"""What happens to the part of a groupe: asked, answered, taken, declined, traitée, asked again (product §2).

Every change is one statement under the lock of its demande (`lock_demande`), and it sets the deadline with the fact
that moves it, so that the two never disagree.
"""

from collections.abc import Collection
from datetime import datetime

from app import database, tables
from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.regles.delais import echeance_premiere_reponse, echeance_suivi
from app.domain.regles.errors import Refus
from app.domain.regles.permissions import Droits
from app.domain.regles.statuts import is_en_pause


def find_part(droits: Droits, demande: Demande, groupe: int | None = None) -> Sollicitation | None:
    """The part this instructeur acts for: `groupe`, else their first open one, else their first one.

    None when they were invited by name and no groupe of theirs is solicited. Raises Refus for a `groupe` that is
    not theirs here.
    """
    own = demande.parts_of(droits)
    if groupe is not None:
        named = next((part for part in own if part.groupe == groupe), None)
        if named is None:
            raise Refus("Vous ne répondez pas pour ce groupe sur cette demande.")
        return named
    return next((part for part in own if part.is_open), own[0] if own else None)


SOLICIT = """
insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
select :demande, g, :by, :now, :late_at from unnest(:groupes::int[]) g
on conflict (demande, groupe) do nothing
"""


async def solicit(demande: Demande, groupes: Collection[int], by: int, now: datetime) -> None:
    """Ask these groupes; 3 jours ouvrés of the département of the demande start now."""
    late_at = echeance_premiere_reponse(now, demande.calendrier)
    await database.fetch(
        SOLICIT, demande=demande.numero, groupes=list(groupes), by=by, now=now, late_at=late_at
    )


ANSWER = """
update sollicitations set
    opened_at = coalesce(opened_at, :now),
    first_answered_at = coalesce(first_answered_at, :now),
    answered_at = :now,
    replied_at = :now,
    document_at = case when :is_document then :now else document_at end,
    is_procedure = is_procedure or :is_procedure,
    traitee_at = case when :is_traitee then coalesce(traitee_at, :now) else traitee_at end,
    declinee_at = case when :is_traitee then null else declinee_at end,
    late_at = case when is_part_ouverte(traitee_at, declinee_at) and not :is_traitee then :late_at::timestamptz end
where id = :part and demande = :demande
"""


async def record_answer(
    demande: Demande,
    part: Sollicitation,
    *,
    is_procedure: bool,
    is_traitee: bool,
    now: datetime,
    is_document: bool = False,
) -> None:
    """A visible answer gives the turn to the aidant and starts 15 days; `is_traitee` ends the part (S2); `is_document`
    asks for one, and the 15 days start anew when the aidant answers.

    An answer alone does not reopen a part that ended; saying it is traitée replaces a declined state.
    """
    late_at = echeance_suivi(now, demande.calendrier)
    await database.fetch(
        ANSWER,
        part=part.id,
        demande=demande.numero,
        is_procedure=is_procedure,
        is_document=is_document,
        is_traitee=is_traitee,
        late_at=late_at,
        now=now,
    )


TAKE = """
update sollicitations set
    opened_at = coalesce(opened_at, :now),
    first_answered_at = coalesce(first_answered_at, :now),
    answered_at = :now,
    taken_by = :by,
    taken_at = :now,
    traitee_at = null,
    declinee_at = null,
    late_at = :late_at
where id = :part and demande = :demande
"""


async def record_prise_en_charge(demande: Demande, part: Sollicitation, by: int, now: datetime) -> None:
    """« Je m’en occupe » is an answer, but the groupe keeps the turn; a part that had ended starts again."""
    late_at = echeance_suivi(now, demande.calendrier)
    await database.fetch(TAKE, part=part.id, demande=demande.numero, by=by, late_at=late_at, now=now)


RELEASE = """
update sollicitations set taken_by = null, taken_at = null
where id = :part and demande = :demande and taken_by = :by and is_part_ouverte(traitee_at, declinee_at)
returning id
"""


async def record_release(demande: Demande, part: Sollicitation, by: int) -> bool:
    """Who took charge gives it back: the delay goes on. False when somebody else follows it, or it has ended."""
    return await database.fetch_one(RELEASE, part=part.id, demande=demande.numero, by=by) is not None


HAND_OVER = """
update sollicitations s set taken_by = :to, taken_at = :now
where s.id = :part and s.demande = :demande and s.taken_by = :by and is_part_ouverte(s.traitee_at, s.declinee_at)
    and exists (select from membres_actifs m where m.groupe = s.groupe and m.agent = :to and m.is_instructeur)
returning s.id
"""


async def record_remise(demande: Demande, part: Sollicitation, by: int, to: int, now: datetime) -> bool:
    """Who took charge hands over to an instructeur of the groupe: the delay goes on, nothing counts as an answer.

    False when somebody else follows it, it has ended, or `to` is no more of the groupe.
    """
    row = await database.fetch_one(HAND_OVER, part=part.id, demande=demande.numero, by=by, to=to, now=now)
    return row is not None


# Only what « Je m’en occupe » wrote, and nothing after it: a visit of a colleague since then stays a fact.
GIVE_BACK = """
update sollicitations s set
    opened_at = case when s.opened_at = :at then a.opened_at else s.opened_at end,
    first_answered_at = a.first_answered_at,
    answered_at = a.answered_at,
    taken_by = a.taken_by,
    taken_at = a.taken_at,
    late_at = a.late_at
from jsonb_to_record(:avant::jsonb) as a (opened_at timestamptz, first_answered_at timestamptz,
    answered_at timestamptz, taken_by integer, taken_at timestamptz, late_at timestamptz)
where s.id = :part and s.demande = :demande and s.taken_by = :by and s.taken_at = :at and s.answered_at = :at
    and is_part_ouverte(s.traitee_at, s.declinee_at)
returning s.id
"""


async def undo_prise_en_charge(
    demande: Demande, part: Sollicitation, by: int, at: datetime, avant: str
) -> bool:
    """The part is as before the « Je m’en occupe » of that instant: its delay, its answers, who followed it.

    `avant`: those columns of the part, as JSON. False when something was done to the part since.
    """
    row = await database.fetch_one(GIVE_BACK, part=part.id, demande=demande.numero, by=by, at=at, avant=avant)
    return row is not None


DECLINE = """
update sollicitations set opened_at = coalesce(opened_at, :now), declinee_at = :now, late_at = null
where id = :part and demande = :demande and is_part_ouverte(traitee_at, declinee_at)
returning id
"""


async def record_declin(demande: Demande, part: Sollicitation, now: datetime) -> bool:
    """« Je ne suis pas le bon interlocuteur » binds the whole groupe. Returns False when its part had already ended."""
    return await database.fetch_one(DECLINE, part=part.id, demande=demande.numero, now=now) is not None


ASK_AGAIN = """
update sollicitations set traitee_at = null, declinee_at = null, solicited_at = :now, late_at = :late_at
where demande = :demande and groupe = any (:groupes) and not is_part_ouverte(traitee_at, declinee_at)
"""


async def ask_again(demande: Demande, groupes: Collection[int], now: datetime) -> None:
    """The aidant side asks groupes whose part had ended: their parts open again, with a new first delay.

    What they answered before stays a fact: their state is « en cours », or « sans réponse » when they had declined
    without a word.
    """
    late_at = echeance_premiere_reponse(now, demande.calendrier)
    await database.fetch(ASK_AGAIN, demande=demande.numero, groupes=list(groupes), late_at=late_at, now=now)


RESUME = "update sollicitations set late_at = :late_at where id = any (:parts) and demande = :demande"


async def resume_delais(demande: Demande, now: datetime) -> None:
    """The aidant side answers: the parts that waited for a document have their 15 days from now.

    `demande` is as it was before that answer.
    """
    waiting = [s.id for s in demande.sollicitations if is_en_pause(s.part, demande.last_aidant_at)]
    if waiting:
        late_at = echeance_suivi(now, demande.calendrier)
        await database.fetch(RESUME, parts=waiting, demande=demande.numero, late_at=late_at)


async def close_parts(demande: int, now: datetime) -> None:
    """The demande is closed: nobody is late any more."""
    part = tables.Sollicitations
    await part.update({part.closed_at: now, part.late_at: None}).where(part.demande == demande)


# The year of a mandat counts from the day it was given, whatever happened since: the end that came with the closing
# goes with it.
REOPEN = """
with rouverte as (update demandes set closed_at = null, closed_by = null where numero = :demande),
parts as (
    update sollicitations set
        closed_at = null,
        traitee_at = null,
        solicited_at = case when declinee_at is null then :now else solicited_at end,
        late_at = case when declinee_at is null then :late_at::timestamptz end
    where demande = :demande
)
update mandats m
set ends_at = fin_du_mandat(coalesce(m.donne_on, m.recorded_at::date), p.fuseau)
from demandes d join departements p on p.id = d.departement
where d.numero = :demande and m.demande = :demande and m.etat = 'valide' and m.ends_at = d.closed_at
"""


async def reopen_parts(demande: Demande, now: datetime) -> None:
    """The demande is open again, with its mandat: every part that had not declined owes an answer, with a new first
    delay.
    """
    late_at = echeance_premiere_reponse(now, demande.calendrier)
    await database.fetch(REOPEN, demande=demande.numero, late_at=late_at, now=now)
