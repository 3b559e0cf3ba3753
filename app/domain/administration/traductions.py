"""Translations of the mandat, confirmed by the A+ team once somebody who reads the language has read them again."""

from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mandats.traductions import EtatTraduction, get_traduction, list_etats
from app.domain.regles.errors import Conflit
from app.domain.regles.permissions import can_administer, require

CONFIRM = """
insert into traductions (langue, empreinte, relue_by, relue_at) values (:langue, :empreinte, :agent, :now)
on conflict (langue) do update
set empreinte = excluded.empreinte, relue_by = excluded.relue_by, relue_at = excluded.relue_at
where traductions.empreinte <> excluded.empreinte
returning id
"""
WITHDRAW = "delete from traductions where langue = :langue returning id"
AUTRE = "La traduction a changé depuis que cette page est ouverte\u00a0: relisez-la avant de la confirmer."


async def list_to_confirm(signed: Signed) -> list[EtatTraduction]:
    """Every translation, confirmed or not. Raises Refus."""
    require(can_administer(signed.droits))
    return await list_etats()


async def confirm_traduction(signed: Signed, langue: str, vu: str, now: datetime) -> None:
    """Somebody read it again: it is no longer marked. `vu` is the sha256 of what the page showed; said twice, it is
    written once.

    Raises Refus, Introuvable, Conflit when another text is there.
    """
    require(can_administer(signed.droits))
    traduction = get_traduction(langue)
    if vu != traduction.empreinte:
        raise Conflit(AUTRE)
    async with database.transaction():
        if await database.fetch_one(
            CONFIRM, langue=langue, empreinte=traduction.empreinte, agent=signed.droits.agent, now=now
        ):
            await _note(Fait.TRADUCTION_CONFIRMEE, signed, langue, now)


async def withdraw_confirmation(signed: Signed, langue: str, now: datetime) -> None:
    """It is to be read again. Raises Refus, Introuvable."""
    require(can_administer(signed.droits))
    get_traduction(langue)
    async with database.transaction():
        if await database.fetch_one(WITHDRAW, langue=langue):
            await _note(Fait.TRADUCTION_A_RELIRE, signed, langue, now)


async def _note(fait: Fait, signed: Signed, langue: str, now: datetime) -> None:
    await happened(fait, agent=signed.droits.agent, details={"langue": langue}, now=now)
