"""Demandes that nobody ends: closing is proposed, then done, so that their personal data go too (quality R6).

Never without a warning: the aidant side is told fifteen days before, by mail and in the thread, and any message keeps
the demande open.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from app import database
from app.domain.demandes.demande import hold_demande
from app.domain.demandes.voix import PLATEFORME
from app.domain.echanges.clotures import close_alone
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.registre import Fait
from app.domain.mots.dates import jour

SANS_ACTIVITE = timedelta(days=183)  # six months
TRAITEE = timedelta(days=30)
PREAVIS = timedelta(days=15)
LOT = 200

# What the platform says moves the dates too: a demande is as it was when nothing came after its own proposal. With
# :numero, the same is asked of that demande alone, under its lock.
TO_PROPOSE = """
select d.numero, d.last_prive_at <= :silent_before as is_silent, p.fuseau
from demandes d join departements p on p.id = d.departement
where d.closed_at is null and d.last_prive_at <= :done_before
    and (d.cloture_proposee_at is null or d.last_prive_at > d.cloture_proposee_at)
    and (d.last_prive_at <= :silent_before
        or exists (select from sollicitations s where s.demande = d.numero and s.traitee_at is not null)
        and not exists (select from sollicitations s where s.demande = d.numero
            and (is_part_ouverte(s.traitee_at, s.declinee_at) or s.traitee_at > :done_before)))
    and d.numero > :after and (:numero::bigint is null or d.numero = :numero)
order by d.numero limit :lot
"""
PROPOSE = "update demandes set cloture_proposee_at = :now where numero = :numero"
TO_CLOSE = """
select d.numero from demandes d
where d.closed_at is null and d.cloture_proposee_at <= :proposed_before and d.last_prive_at <= d.cloture_proposee_at
    and d.numero > :after and (:numero::bigint is null or d.numero = :numero)
order by d.numero limit :lot
"""

SILENCE_DITE = "Personne n’a rien écrit ici depuis six mois."
TRAITEE_DITE = "Tous les organismes ont terminé depuis trente jours."
FERMEE = "Aucun message n’est venu depuis que la clôture a été proposée. L’aidant peut réouvrir la demande."


async def propose_closing(now: datetime) -> int:
    """Propose to close what nobody touches any more; how many. Safe to kill and to run twice."""
    proposed, after = 0, 0
    while rows := await _list_proposable(now, after=after):
        for row in rows:
            after = row["numero"]
            proposed += await _propose(after, now)
    return proposed


async def close_dormant(now: datetime) -> int:
    """Close what was proposed fifteen days ago and got no message since; how many. Safe to kill and to run twice."""
    closed, after = 0, 0
    while rows := await _list_closable(now, after=after):
        for row in rows:
            after = row["numero"]

            async def still(numero: int = after) -> bool:
                return bool(await _list_closable(now, numero=numero))

            closed += await close_alone(after, FERMEE, still=still, now=now)
    return closed


async def _list_proposable(now: datetime, *, after: int = 0, numero: int | None = None) -> list[Any]:
    return await database.fetch(
        TO_PROPOSE,
        silent_before=now - SANS_ACTIVITE,
        done_before=now - TRAITEE,
        after=after,
        numero=numero,
        lot=LOT,
    )


async def _list_closable(now: datetime, *, after: int = 0, numero: int | None = None) -> list[Any]:
    return await database.fetch(TO_CLOSE, proposed_before=now - PREAVIS, after=after, numero=numero, lot=LOT)


async def _propose(numero: int, now: datetime) -> bool:
    async with database.transaction():
        await hold_demande(numero)
        rows = await _list_proposable(now, numero=numero)
        if not rows:
            return False
        day = jour(now + PREAVIS, ZoneInfo(rows[0]["fuseau"]))
        pourquoi = SILENCE_DITE if rows[0]["is_silent"] else TRAITEE_DITE
        phrase = f"{pourquoi} Sans nouveau message, la demande sera clôturée le {day}."
        await publish(
            Publication(
                Fait.CLOTURE_PROPOSEE,
                numero,
                PLATEFORME,
                Ecrit(cle=uuid4(), texte=phrase),
                contexte={"jour": day},
            ),
            lock=None,
            now=now,
        )
        await database.fetch(PROPOSE, numero=numero, now=now)
    return True
