"""The end of a demande, and its return: only the aidant side closes (product §2, §3; S1)."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from app import database, tables
from app.domain.acces.sessions import Signed
from app.domain.demandes import sollicitations
from app.domain.demandes.demande import CLOTUREE, Demande, lock_cloturee
from app.domain.demandes.voix import choose_voix, remembered_signature
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_close_demande, can_reopen_demande, require

NOTES = (1, 2, 3)
COMMENTAIRE_MAX = 2_000


async def close_demande(
    signed: Signed, demande: Demande, *, note: int, commentaire: str, now: datetime
) -> None:
    """Close and say whether it helped: 1 non, 2 en partie, 3 oui (S3 §2.3).

    Raises Refus, Conflit when it is closed already, Invalide on `note` or `commentaire`.
    """
    droits, parties = signed.droits, demande.parties
    require(can_close_demande(droits, parties) or can_reopen_demande(droits, parties))
    if parties.is_closed:
        raise Conflit(CLOTUREE)
    erreurs: dict[str, str] = {}
    if note not in NOTES:
        erreurs["note"] = "Dites si la réponse a été utile à l’usager : choisissez l’un des trois visages."
    if len(commentaire) > COMMENTAIRE_MAX:
        erreurs["commentaire"] = f"Le commentaire dépasse 2 000 caractères (il en compte {len(commentaire)})."
    if erreurs:
        raise Invalide(erreurs)

    async def change() -> None:
        await database.fetch(CLOSE, demande=demande.numero, now=now, agent=droits.agent)
        await sollicitations.close_parts(demande.numero, now)
        mois = now.astimezone(demande.calendrier.zone).date().replace(day=1)
        await database.fetch(
            ASK_SATISFACTION,
            demande=demande.numero,
            mois_on=mois,
            departement=demande.departement,
            note=note,
            commentaire=commentaire.strip(),
        )

    await publish(
        Publication(
            Fait.DEMANDE_CLOTUREE,
            demande.numero,
            choose_voix(signed, demande),
            Ecrit(cle=uuid4(), signature=remembered_signature(signed)),
        ),
        change=change,
        now=now,
    )


async def reopen_demande(signed: Signed, demande: Demande, now: datetime) -> None:
    """Open again what is not erased: traitée parts start a new delay, declined ones stay.

    What was said at closing stays counted. Raises Refus, Conflit when it is open already, or erased.
    """
    droits, parties = signed.droits, demande.parties
    require(can_close_demande(droits, parties) or can_reopen_demande(droits, parties))
    if not parties.is_closed:
        raise Conflit("Cette demande est déjà ouverte.")

    async def change() -> None:
        await database.fetch(RESTORE_MANDAT, demande=demande.numero)
        opened: dict[Any, Any] = {tables.Demandes.closed_at: None, tables.Demandes.closed_by: None}
        await tables.Demandes.update(opened).where(tables.Demandes.numero == demande.numero)
        await sollicitations.reopen_parts(demande, now)

    await publish(
        Publication(
            Fait.DEMANDE_REOUVERTE,
            demande.numero,
            choose_voix(signed, demande),
            Ecrit(cle=uuid4(), signature=remembered_signature(signed)),
        ),
        change=change,
        lock=lock_cloturee,
        now=now,
    )


# Closing changes nothing of the mandat but its end (product §8), which reopening takes back.
CLOSE = """
with fermee as (update demandes set closed_at = :now, closed_by = :agent where numero = :demande)
update mandats set ends_at = :now where demande = :demande and etat = 'valide' and (ends_at is null or ends_at > :now)
"""
# The year of a mandat counts from the day it was given, whatever happened since.
RESTORE_MANDAT = """
update mandats m
set ends_at = fin_du_mandat(coalesce(m.donne_on, m.recorded_at::date), p.fuseau)
from demandes d join departements p on p.id = d.departement
where d.numero = :demande and m.demande = :demande and m.etat = 'valide' and m.ends_at = d.closed_at
"""

# The row holds no agent, no demande and no exact time, so that the answer cannot be traced back (product §2).
ASK_SATISFACTION = """
insert into satisfactions (mois_on, organisme, departement, note, commentaire)
select :mois_on, o.organisme, :departement, :note, :commentaire from (
    select distinct g.organisme from sollicitations s join groupes g on g.id = s.groupe
    where s.demande = :demande and s.declinee_at is null) o
"""
