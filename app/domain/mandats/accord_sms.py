"""The mandat by SMS: asked in the exact published text, answered OUI or NON, and nothing else (product §8).

Every answer comes through `receive_sms`, whoever brings it (the provider's call, the demonstration's handset).
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.demandes.voix import Voix
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.sms import (
    empreinte_numero,
    is_available,
    is_night,
    keep_received,
    post_sms,
)
from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.registre import (
    REPONSE_JOURS,
    open_contexte,
    require_recordable,
    seal_contexte,
    tell_author,
)
from app.domain.mandats.reponses_sms import Reponse, lire_reponse
from app.domain.mots.telephones import is_mobile, read_numero
from app.domain.regles.errors import Invalide
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import can_create_demande, require
from app.domain.regles.places import Cote

PAR_NUMERO = 3
PAR_AGENT = 30
JOURNEE = timedelta(days=1)
#: The same number asked again within this time is a double click, not a second SMS.
DOUBLE_CLIC = timedelta(minutes=2)
# The GSM alphabet only, so that it travels in one SMS.
RELANCE = "Administration+. Merci de répondre seulement OUI ou NON."

# The same words for a busy number and for one written to often: nobody learns that others wrote to it.
PAS_MAINTENANT = (
    "Ce numéro ne peut pas recevoir d’autre SMS pour le moment. Réessayez demain, ou recueillez l’accord par écrit "
    "ou par téléphone."
)


async def request_sms(
    signed: Signed,
    *,
    numero: str,
    structure: str,
    zone: ZoneInfo,
    now: datetime,
    formulaire: UUID | None = None,
    demande: Demande | None = None,
) -> UUID:
    """Ask the usager by SMS, from the form of a new demande or for a demande without mandat; gives the mandat.

    `numero` as typed; `structure`, who asks, stands in the text; `zone`, the clock of the usager's département.
    Raises Invalide on `sms_numero`, with what to do instead (no French mobile, night, 3 SMS a day to a number, 30 a
    day for an agent); Refus, Conflit for a demande that needs no mandat.
    """
    if demande is not None:
        require_recordable(signed, demande)
    require(demande is not None or can_create_demande(signed.droits))
    appele = _check_numero(numero, now, zone)
    agent = signed.droits.agent
    async with database.transaction():
        # Two posts at once must not both find room under a limit.
        for verrou in (f"sms:{agent}", f"sms:{empreinte_numero(appele)}"):
            await database.fetch("select pg_advisory_xact_lock(hashtextextended($1, 0))", verrou)
        asked = await _find_asked(appele, agent, formulaire, demande)
        if asked is not None and now - asked["last_at"] < DOUBLE_CLIC:
            return UUID(str(asked["id"]))
        await _check_limits(appele, agent, asked, now)
        if asked is not None:
            cle: UUID = asked["id"]
            texte = str(open_contexte(cle, asked["contexte_scelle"])["texte"])
        else:
            cle, texte = uuid4(), textes_mandat.sms(textes_mandat.VERSION, structure=structure)
            await _insert(
                cle,
                agent,
                appele=appele,
                texte=texte,
                structure=structure,
                formulaire=formulaire,
                numero=demande.numero if demande else None,
                now=now,
            )
        await post_sms(mandat=cle, numero=appele, texte=texte, zone=zone, sent_by=agent, now=now)
        await happened(
            Fait.MANDAT_SMS_ENVOYE, agent=agent, demande=demande.numero if demande else None, now=now
        )
    return cle


async def receive_sms(numero: str, texte: str, fournisseur_id: str, now: datetime) -> None:
    """An SMS came in. OUI makes the mandat, NON refuses it, anything else is asked again, once.

    Safe to call twice with the same `fournisseur_id`. A number nobody wrote to is forgotten at once. A draft that
    only waited for this OUI leaves with the next sweep (`nouvelles_demandes.depart`).
    """
    appele = read_numero(numero)
    if appele is None:
        return
    async with database.transaction():
        await database.fetch(HOLD, numero=empreinte_numero(appele))
        row = await database.fetch_one(ASKED_OF, empreinte_numero(appele))
        if row is None or not await keep_received(
            mandat=row["id"], numero=appele, texte=texte, cle=fournisseur_id, now=now
        ):
            return
        reponse = lire_reponse(texte)
        if row["etat"] != EtatMandat.EN_ATTENTE or row["recorded_at"] + REPONSE_JOURS <= now:
            # Too late to answer; but who gave a mandat and writes NON must be heard by a person.
            if reponse is Reponse.NON and row["etat"] == EtatMandat.VALIDE:
                await tell_author(row["recorded_by"], row["id"], row["demande"], "repondu", now)
        elif reponse is not Reponse.INCOMPRISE:
            await _settle(row, reponse, texte, now)
        elif row["recus"] == 0:
            zone = ZoneInfo(row["fuseau"])
            await post_sms(mandat=row["id"], numero=appele, texte=RELANCE, zone=zone, sent_by=None, now=now)


async def expire_waiting(now: datetime) -> None:
    """Seven days without OUI or NON: it is over, and who asked is told. Safe to run twice."""
    async with database.transaction():
        expired = await database.fetch(
            """
            update mandats set etat = 'expire' where etat = 'en_attente' and recorded_at <= $1
            returning id, demande, recorded_by
            """,
            now - REPONSE_JOURS,
        )
        for row in expired:
            await tell_author(row["recorded_by"], row["id"], row["demande"], "expire", now)


# Every SMS that asked was set aside, and nothing came in.
FAIL_UNSENT = """
update mandats m set etat = 'echec' where m.etat = 'en_attente'
    and exists (select from sms s where s.mandat = m.id and s.failed_at is not null)
    and not exists (select from sms s where s.mandat = m.id
        and (s.sens = 'recu' or s.sens = 'envoye' and s.failed_at is null))
returning m.id, m.demande, m.recorded_by
"""


async def fail_unsent(now: datetime) -> None:
    """Mandats whose SMS will never leave fail, and who asked is told. Safe to run twice."""
    async with database.transaction():
        for row in await database.fetch(FAIL_UNSENT):
            await tell_author(row["recorded_by"], row["id"], row["demande"], "echec", now)


# --- Asking -----------------------------------------------------------------------------------------------------


def _check_numero(numero: str, now: datetime, zone: ZoneInfo) -> str:
    if not is_available():
        raise Invalide({"sms_numero": "L’envoi de SMS n’est pas en service. Choisissez une autre façon."})
    if not numero.strip():
        raise Invalide({"sms_numero": "Indiquez le numéro de téléphone mobile de l’usager."})
    appele = read_numero(numero)
    if appele is None:
        raise Invalide(
            {"sms_numero": "Ce numéro n’est pas un numéro français complet. Exemple : 06 12 34 56 78."}
        )
    if not is_mobile(appele):
        raise Invalide(
            {
                "sms_numero": "Ce numéro est celui d’un téléphone fixe, qui ne reçoit pas de SMS. Donnez un numéro "
                "mobile, ou recueillez l’accord par téléphone."
            }
        )
    if is_night(now, zone):
        demain = "demain" if now.astimezone(zone).hour >= 12 else "ce matin"
        raise Invalide(
            {
                "sms_numero": "Aucun SMS ne part la nuit, entre 20 h et 8 h, heure du département de l’usager. Vous "
                f"pourrez l’envoyer {demain} à partir de 8 h."
            }
        )
    return appele


FIND_ASKED = """
select m.id, m.contexte_scelle, max(s.created_at) as last_at
from mandats m join sms s on s.mandat = m.id and s.sens = 'envoye'
where m.etat = 'en_attente' and m.recorded_by = $2 and s.numero_empreinte = $1
    and (m.brouillon = $3 or m.demande = $4)
group by m.id order by m.recorded_at desc limit 1
"""


async def _find_asked(
    appele: str, agent: int, formulaire: UUID | None, demande: Demande | None
) -> Any | None:
    """The question this very form already asked this very number."""
    return await database.fetch_one(
        FIND_ASKED, empreinte_numero(appele), agent, formulaire, demande.numero if demande else None
    )


COUNT = """
select count(*) filter (where numero_empreinte = $1) as to_numero,
    count(*) filter (where sent_by = $2) as by_agent,
    exists (select 1 from sms s join mandats m on m.id = s.mandat
        where s.numero_empreinte = $1 and m.etat = 'en_attente' and m.id is distinct from $4) as is_busy
from sms where sens = 'envoye' and sent_by is not null and created_at > $3
    and (numero_empreinte = $1 or sent_by = $2)
"""


async def _check_limits(appele: str, agent: int, asked: Any | None, now: datetime) -> None:
    row = await database.fetch_one(
        COUNT, empreinte_numero(appele), agent, now - JOURNEE, asked["id"] if asked else None
    )
    assert row is not None
    if row["by_agent"] >= PAR_AGENT:
        raise Invalide(
            {
                "sms_numero": f"Vous avez déjà envoyé {PAR_AGENT} SMS en 24 heures : c’est la limite. Réessayez plus "
                "tard, ou recueillez l’accord par écrit ou par téléphone."
            }
        )
    # Two questions at once to one number: nobody could tell which one a OUI answers.
    if row["to_numero"] >= PAR_NUMERO or row["is_busy"]:
        raise Invalide({"sms_numero": PAS_MAINTENANT})


INSERT = """
insert into mandats (id, demande, brouillon, nature, etat, version, empreinte, attestation, contexte_scelle,
    structure, recorded_by, recorded_at)
values ($1, $2, $3, 'sms', 'en_attente', $4, $5, $6, $7, $8, $9, $10)
"""
# A number corrected: the OUI of the wrong one must not count any more.
REPLACE = """
update mandats set etat = 'remplace' where etat = 'en_attente' and recorded_by = $1
    and (brouillon = $2 or demande = $3)
"""


async def _insert(
    cle: UUID,
    agent: int,
    *,
    appele: str,
    texte: str,
    structure: str,
    formulaire: UUID | None,
    numero: int | None,
    now: datetime,
) -> None:
    version = textes_mandat.VERSION
    await database.fetch(REPLACE, agent, formulaire, numero)
    await database.fetch(
        INSERT,
        *(cle, numero, formulaire, version, textes_mandat.empreinte(version, "sms.txt")),
        textes_mandat.attestation(version, NatureMandat.SMS),
        seal_contexte(cle, {"numero": appele, "texte": texte}),
        *(structure[:200], agent, now),
    )


# --- Answering --------------------------------------------------------------------------------------------------

# An answer may start a conversation again: the demande is held before its mandat, in the order of every other act.
HOLD = """
select from demandes
where numero in (select m.demande from mandats m join sms s on s.mandat = m.id
    where s.sens = 'envoye' and s.numero_empreinte = :numero)
order by numero for update
"""
# The question that waits, else the last one asked. Locked: an answer and its repetition come one after the other.
ASKED_OF = """
select m.id, m.etat, m.demande, m.recorded_by, m.recorded_at, m.contexte_scelle,
    coalesce(dd.fuseau, ad.fuseau) as fuseau, d.closed_at is null as is_open, d.groupe,
    coalesce(g.nom, '') as groupe_nom,
    (select count(*) from sms r where r.mandat = m.id and r.sens = 'recu') as recus
from mandats m
join agents a on a.id = m.recorded_by join departements ad on ad.id = a.departement
left join demandes d on d.numero = m.demande left join departements dd on dd.id = d.departement
left join groupes g on g.id = d.groupe
where m.id in (select s.mandat from sms s where s.sens = 'envoye' and s.numero_empreinte = $1)
order by (m.etat = 'en_attente') desc, m.recorded_at desc limit 1
for update of m
"""
SETTLE = """
update mandats set etat = $2, donne_on = $3::date, contexte_scelle = $4,
    ends_at = fin_du_mandat($3, $5)
where id = $1 and etat = 'en_attente'
"""


async def _settle(row: Any, reponse: Reponse, texte: str, now: datetime) -> None:
    etat = EtatMandat.VALIDE if reponse is Reponse.OUI else EtatMandat.REFUSE
    contexte = open_contexte(row["id"], row["contexte_scelle"])
    contexte |= {"reponse": texte, "repondu_at": now.astimezone(UTC).isoformat()}
    day = now.astimezone(ZoneInfo(row["fuseau"])).date()
    await database.fetch(
        SETTLE,
        *(
            row["id"],
            etat.value,
            day if etat is EtatMandat.VALIDE else None,
            seal_contexte(row["id"], contexte),
        ),
        row["fuseau"],
    )
    await happened(
        Fait.MANDAT_SMS_REPONDU, demande=row["demande"], details={"reponse": reponse.value}, now=now
    )
    await tell_author(row["recorded_by"], row["id"], row["demande"], "repondu", now)
    if reponse is Reponse.OUI and row["demande"] is not None and row["is_open"]:
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
