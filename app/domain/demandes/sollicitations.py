"""What happens to the part of a groupe: asked, answered, taken, declined, traitée, asked again (product §2).

Every change is one statement under the lock of its demande (`demandes.lock_demande`), and sets the deadline with
the fact that moves it.
"""

from collections.abc import Collection
from datetime import datetime

from app import database
from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.regles.delais import echeance_premiere_reponse, echeance_suivi
from app.domain.regles.errors import Refus
from app.domain.regles.permissions import Droits


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
select $1, g, $3, $4, $5 from unnest($2::int[]) g
on conflict (demande, groupe) do nothing
"""


async def solicit(demande: Demande, groupes: Collection[int], by: int, now: datetime) -> None:
    """Ask these groupes; 3 jours ouvrés of the département of the demande start now."""
    late_at = echeance_premiere_reponse(now, demande.calendrier)
    await database.fetch(SOLICIT, demande.numero, list(groupes), by, now, late_at)


ANSWER = """
update sollicitations set
    opened_at = coalesce(opened_at, $3),
    first_answered_at = coalesce(first_answered_at, $3),
    answered_at = $3,
    replied_at = $3,
    is_procedure = is_procedure or $4,
    traitee_at = case when $5 then coalesce(traitee_at, $3) else traitee_at end,
    declinee_at = case when $5 then null else declinee_at end,
    late_at = case when $5 or traitee_at is not null or declinee_at is not null then null else $6::timestamptz end
where id = $1 and demande = $2
"""


async def record_answer(
    demande: Demande, part: Sollicitation, *, is_procedure: bool, is_traitee: bool, now: datetime
) -> None:
    """A visible answer: the ball goes back to the aidant, 15 days start; `is_traitee` ends the part (S2).

    An answer alone does not reopen a part that ended; saying it is traitée replaces a declined state.
    """
    late_at = echeance_suivi(now, demande.calendrier)
    await database.fetch(ANSWER, part.id, demande.numero, now, is_procedure, is_traitee, late_at)


TAKE = """
update sollicitations set
    opened_at = coalesce(opened_at, $3),
    first_answered_at = coalesce(first_answered_at, $3),
    answered_at = $3,
    taken_by = $4,
    taken_at = $3,
    traitee_at = null,
    declinee_at = null,
    late_at = $5
where id = $1 and demande = $2
"""


async def record_prise_en_charge(demande: Demande, part: Sollicitation, by: int, now: datetime) -> None:
    """« Je m’en occupe » : an answer that keeps the ball; a part that ended starts again."""
    late_at = echeance_suivi(now, demande.calendrier)
    await database.fetch(TAKE, part.id, demande.numero, now, by, late_at)


DECLINE = """
update sollicitations set opened_at = coalesce(opened_at, $3), declinee_at = $3, late_at = null
where id = $1 and demande = $2 and traitee_at is null and declinee_at is null
returning id
"""


async def record_declin(demande: Demande, part: Sollicitation, now: datetime) -> bool:
    """« Je ne suis pas le bon interlocuteur » binds the whole groupe; False when its part had already ended."""
    return await database.fetch_one(DECLINE, part.id, demande.numero, now) is not None


ASK_AGAIN = """
update sollicitations set traitee_at = null, declinee_at = null, solicited_at = $3, late_at = $4
where demande = $1 and groupe = any($2) and (traitee_at is not null or declinee_at is not null)
"""


async def ask_again(demande: Demande, groupes: Collection[int], now: datetime) -> None:
    """The aidant side asks groupes whose part had ended: open again, with a new first delay.

    What they answered before stays a fact: the state is « en cours », or « sans réponse » for who had declined
    without a word.
    """
    late_at = echeance_premiere_reponse(now, demande.calendrier)
    await database.fetch(ASK_AGAIN, demande.numero, list(groupes), now, late_at)


async def close_parts(demande: int, now: datetime) -> None:
    """The demande is closed: nobody is late any more."""
    await database.fetch(
        "update sollicitations set closed_at = $2, late_at = null where demande = $1", demande, now
    )


REOPEN = """
update sollicitations set
    closed_at = null,
    traitee_at = null,
    solicited_at = case when declinee_at is null then $2 else solicited_at end,
    late_at = case when declinee_at is null then $3::timestamptz end
where demande = $1
"""


async def reopen_parts(demande: Demande, now: datetime) -> None:
    """The demande is open again: every part that had not declined owes an answer, with a new first delay."""
    await database.fetch(REOPEN, demande.numero, now, echeance_premiere_reponse(now, demande.calendrier))
