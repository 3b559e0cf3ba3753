"""An usager answers the SMS: OUI gives the mandat, NON refuses it, anything else is asked again once (product §8).

Every answer comes through `receive_sms`, whoever brings it (the provider's call, the demonstration's handset).
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import database
from app.domain.demandes.voix import Voix
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.sms import empreinte_numero, keep_received, post_sms
from app.domain.mandats.annonce import IssueSms, tell_author
from app.domain.mandats.mandat import REPONSE, open_contexte, seal_contexte
from app.domain.mandats.reponses_sms import ReponseSms, read_reponse
from app.domain.mots.telephones import read_numero
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.places import Cote

# It keeps to the GSM alphabet, so that it travels in one SMS.
RELANCE = "Administration+. Merci de répondre seulement OUI ou NON."

# An answer may start a conversation again: the demande is held before its mandat, in the order of every other act.
HOLD = """
select from demandes
where numero in (select m.demande from mandats m join sms s on s.mandat = m.id
    where s.sens = 'envoye' and s.numero_empreinte = :empreinte)
order by numero for no key update
"""

# An answer belongs to the question that waits, else to the last one asked. The row is locked, so that an answer and
# its repetition come one after the other.
ASKED_OF = """
select m.id, m.etat, m.demande, m.recorded_by, m.recorded_at, m.contexte_scelle,
    coalesce(dd.fuseau, ad.fuseau) as fuseau, d.closed_at is null as is_open, d.groupe,
    coalesce(g.nom, '') as groupe_nom,
    (select count(*) from sms r where r.mandat = m.id and r.sens = 'recu') as recus,
    exists (select from brouillons b
        where b.id = m.brouillon and b.demande is null and b.is_waiting_for_sms) as is_depart
from mandats m
join agents a on a.id = m.recorded_by join departements ad on ad.id = a.departement
left join demandes d on d.numero = m.demande left join departements dd on dd.id = d.departement
left join groupes g on g.id = d.groupe
where m.id in (select s.mandat from sms s where s.sens = 'envoye' and s.numero_empreinte = :empreinte)
order by (m.etat = 'en_attente') desc, m.recorded_at desc limit 1
for no key update of m
"""


async def receive_sms(numero: str, texte: str, fournisseur_id: str, now: datetime) -> None:
    """An SMS came in. OUI makes the mandat, NON refuses it, anything else is asked again, once.

    Safe to call twice with the same `fournisseur_id`. A number nobody wrote to is forgotten at once. A draft that
    only waited for this OUI leaves with the next sweep (`nouvelles_demandes.depart`).
    """
    appele = read_numero(numero)
    if appele is None:
        return
    async with database.transaction():
        await database.fetch(HOLD, empreinte=empreinte_numero(appele))
        row = await database.fetch_one(ASKED_OF, empreinte=empreinte_numero(appele))
        if row is None or not await keep_received(
            mandat=row["id"], numero=appele, texte=texte, cle=fournisseur_id, now=now
        ):
            return
        reponse = read_reponse(texte)
        if row["etat"] != EtatMandat.EN_ATTENTE or row["recorded_at"] + REPONSE <= now:
            # It is too late to answer; but a person must hear an usager who gave a mandat and now writes NON.
            if reponse is ReponseSms.NON and row["etat"] == EtatMandat.VALIDE:
                await tell_author(row["recorded_by"], row["id"], row["demande"], IssueSms.REPONDU, now)
        elif reponse is not ReponseSms.INCOMPRISE:
            await _settle(row, reponse, texte, now)
        elif row["recus"] == 0:
            zone = ZoneInfo(row["fuseau"])
            await post_sms(mandat=row["id"], numero=appele, texte=RELANCE, zone=zone, sent_by=None, now=now)


SETTLE = """
update mandats set etat = :etat, donne_on = :donne_on, contexte_scelle = :contexte,
    ends_at = fin_du_mandat(:donne_on, :fuseau)
where id = :cle and etat = 'en_attente'
"""


async def _settle(row: Any, reponse: ReponseSms, texte: str, now: datetime) -> None:
    etat = EtatMandat.VALIDE if reponse is ReponseSms.OUI else EtatMandat.REFUSE
    contexte = open_contexte(row["id"], row["contexte_scelle"])
    contexte |= {"reponse": texte, "repondu_at": now.astimezone(UTC).isoformat()}
    day = now.astimezone(ZoneInfo(row["fuseau"])).date()
    await database.fetch(
        SETTLE,
        cle=row["id"],
        etat=etat.value,
        donne_on=day if etat is EtatMandat.VALIDE else None,
        contexte=seal_contexte(row["id"], contexte),
        fuseau=row["fuseau"],
    )
    await happened(
        Fait.MANDAT_SMS_REPONDU, demande=row["demande"], details={"reponse": reponse.value}, now=now
    )
    # Of a demande that was to leave at once, the mail says whether it has left (`nouvelles_demandes.depart`).
    if reponse is not ReponseSms.OUI or not row["is_depart"]:
        await tell_author(row["recorded_by"], row["id"], row["demande"], IssueSms.REPONDU, now)
    if reponse is ReponseSms.OUI and row["demande"] is not None and row["is_open"]:
        await _announce(row, now)


async def _announce(row: Any, now: datetime) -> None:
    """The conversation starts again: the thread says it, and those who could not answer any more are told."""
    voix = Voix(row["recorded_by"], Cote.AIDANT, row["groupe"], row["groupe_nom"])
    publication = Publication(
        Fait.MANDAT_ENREGISTRE,
        row["demande"],
        voix,
        Ecrit(cle=row["id"]),
        details={"nature": NatureMandat.SMS.value},
    )
    # HOLD keeps the demande since before its mandat was read.
    await publish(publication, lock=None, now=now)
