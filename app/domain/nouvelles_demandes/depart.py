"""« Elle partira dès que l’usager aura répondu OUI » : a demande kept ready, that leaves by itself (product §8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database, tables
from app.domain.acces.sessions import Signed, find_absent
from app.domain.demandes.brouillons import Brouillon, BrouillonAilleurs, open_brouillon, save_brouillon
from app.domain.mandats import IssueSms, tell_author
from app.domain.mots.champs import Champs
from app.domain.nouvelles_demandes.composition import Composition, compose
from app.domain.nouvelles_demandes.envoi import check_demande, send_demande
from app.domain.nouvelles_demandes.saisie import read_saisie
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.mandats import EtatMandat


@dataclass(frozen=True)
class Depart:
    """A draft whose usager said OUI to its mandat, and in whose name it leaves."""

    signed: Signed
    brouillon: Brouillon
    mandat: UUID


async def wait_for_oui(
    signed: Signed, composition: Composition, champs: Mapping[str, list[str]], now: datetime
) -> bool:
    """Keep the demande ready to leave by itself, when that is what is asked and the usager has not answered yet.

    False when there is nothing to wait for: it is sent, or refused, like any other. Raises Invalide when
    something else than the OUI is missing, Conflit when this form is sent already.
    """
    typed = composition.saisie
    if not (typed.accord.is_depart and composition.etat_sms is EtatMandat.EN_ATTENTE):
        return False
    check_demande(signed, composition, EtatMandat.VALIDE, now)
    async with database.transaction():
        if not await save_brouillon(signed, typed.formulaire, dict(champs), None, now):
            raise Conflit("Cette demande est déjà envoyée.")
        await _mark(typed.formulaire, is_waiting=True)
    return True


DEPARTS = """
select b.*, given.id as mandat from brouillons b
cross join lateral (select m.id from mandats m
    where m.brouillon = b.id and m.etat = 'valide' and m.recorded_by = b.agent
    order by m.recorded_at desc limit 1) given
where b.is_waiting_for_sms and b.demande is null
order by b.updated_at limit 200
"""


async def list_departs() -> list[Depart]:
    """The demandes that may leave now. A draft that can no longer be read, or whose agent has gone, stops waiting."""
    departs = []
    for row in await database.fetch(DEPARTS):
        depart = await _depart_of(row)
        if depart is None:
            await _mark(row["id"], is_waiting=False)
        else:
            departs.append(depart)
    return departs


async def send_depart(depart: Depart, form: Champs, now: datetime) -> bool:
    """Send it in the name of its agent, who is told. Returns False when it can no longer leave: it becomes an ordinary
    draft again, and the mail says so.

    `form` is the draft, as a form. The agent may have changed the demande since, their mind, or groupe.
    """
    agent, issue, brouillon = depart.signed.droits.agent, IssueSms.RESTE, depart.brouillon
    # Whatever page writes there meanwhile, what leaves is what is kept: another text waits for the next sweep.
    champs = {**brouillon.champs, "page": ["départ"], "apres": [brouillon.trace]}
    try:
        typed = read_saisie(depart.signed, form)
        if typed.accord.is_depart:
            composition = await compose(depart.signed, typed, now)
            async with database.transaction():
                numero = await send_demande(depart.signed, composition, champs, now)
                await tell_author(agent, depart.mandat, numero, IssueSms.PARTI, now)
            return True
        issue = IssueSms.REPONDU
    except BrouillonAilleurs:
        return False
    except (Invalide, Refus, Conflit):
        pass
    async with database.transaction():
        await _mark(depart.brouillon.cle, is_waiting=False)
        await tell_author(agent, depart.mandat, None, issue, now)
    return False


async def _depart_of(row: Any) -> Depart | None:
    signed, brouillon = await find_absent(row["agent"]), open_brouillon(row)
    return Depart(signed, brouillon, row["mandat"]) if signed and brouillon else None


async def _mark(formulaire: UUID, *, is_waiting: bool) -> None:
    kept = tables.Brouillons.id == formulaire
    await tables.Brouillons.update({tables.Brouillons.is_waiting_for_sms: is_waiting}).where(kept)
