"""The mandat is asked by SMS, in the exact published text, to a mobile, in the day, and not too often (product §8)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.demandes.vu import Vu
from app.domain.echanges.actes import hold
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.sms import empreinte_numero, is_available, is_night, post_sms
from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.enregistrement import require_recordable
from app.domain.mandats.mandat import DOUBLE_CLIC, open_contexte, seal_contexte
from app.domain.mots.telephones import is_mobile, read_numero, say_fault
from app.domain.regles.errors import Invalide
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import can_create_demande, require
from app.tables import Mandats

PAR_NUMERO = 3
PAR_AGENT = 30
JOURNEE = timedelta(days=1)

# The same words for a busy number and for one written to often: nobody learns that others wrote to it.
PAS_MAINTENANT = (
    "Ce numéro ne peut pas recevoir d’autre SMS pour le moment. Réessayez demain, ou recueillez l’accord par écrit "
    "ou par téléphone."
)


LOCK = "select pg_advisory_xact_lock(hashtextextended(:verrou, 0))"

# The question that this very form already asked this very number.
FIND_ASKED = """
select m.id, m.contexte_scelle, max(s.created_at) as last_at
from mandats m join sms s on s.mandat = m.id and s.sens = 'envoye'
where m.etat = 'en_attente' and m.recorded_by = :agent and s.numero_empreinte = :empreinte
    and (m.brouillon = :formulaire or m.demande = :demande)
group by m.id order by m.recorded_at desc limit 1
"""

# When the number is corrected, the OUI of the wrong one must not count any more.
REPLACE = """
update mandats set etat = 'remplace' where etat = 'en_attente' and recorded_by = :agent
    and (brouillon = :formulaire or demande = :demande)
"""


async def request_sms(
    signed: Signed,
    *,
    numero: str,
    structure: str,
    zone: ZoneInfo,
    now: datetime,
    formulaire: UUID | None = None,
    demande: Demande | None = None,
    vu: Vu | None = None,
) -> UUID:
    """Ask the usager by SMS, from the form of a new demande or for a demande without mandat; gives the mandat.

    `numero` as typed; `structure`, who asks, stands in the text; `zone`, the clock of the usager's département.
    Raises Invalide on `sms_numero`, with what to do instead (no French mobile, night, 3 SMS a day to a number, 30 a
    day for an agent); Refus, Conflit for a demande that needs no mandat, Depuis for what its page had not seen (`vu`).
    """
    if demande is not None:
        require_recordable(signed, demande)
    require(demande is not None or can_create_demande(signed.droits))
    appele = _check_numero(numero, now, zone)
    agent, numero_demande = signed.droits.agent, demande.numero if demande else None
    async with database.transaction():
        if demande is not None:
            require_recordable(*await hold(signed, demande, vu or Vu(), now))
        # Two posts at once must not both find room under a limit.
        for verrou in (f"sms:{agent}", f"sms:{empreinte_numero(appele)}"):
            await database.fetch(LOCK, verrou=verrou)
        asked = await database.fetch_one(
            FIND_ASKED,
            empreinte=empreinte_numero(appele),
            agent=agent,
            formulaire=formulaire,
            demande=numero_demande,
        )
        if asked is not None and now - asked["last_at"] < DOUBLE_CLIC:
            return UUID(str(asked["id"]))
        await _check_limits(appele, agent, asked, now)
        if asked is not None:
            cle: UUID = asked["id"]
            texte = str(open_contexte(cle, asked["contexte_scelle"])["texte"])
        else:
            cle, texte = uuid4(), textes_mandat.write_sms(textes_mandat.VERSION, structure=structure)
            await database.fetch(REPLACE, agent=agent, formulaire=formulaire, demande=numero_demande)
            await _insert(
                cle,
                agent,
                contexte={"numero": appele, "texte": texte},
                structure=structure,
                formulaire=formulaire,
                demande=numero_demande,
                now=now,
            )
        await post_sms(mandat=cle, numero=appele, texte=texte, zone=zone, sent_by=agent, now=now)
        await happened(Fait.MANDAT_SMS_ENVOYE, agent=agent, demande=numero_demande, now=now)
    return cle


def _check_numero(numero: str, now: datetime, zone: ZoneInfo) -> str:
    if not is_available():
        raise Invalide({"sms_numero": "L’envoi de SMS n’est pas en service. Choisissez une autre façon."})
    if not numero.strip():
        raise Invalide({"sms_numero": "Indiquez le numéro de téléphone mobile de l’usager."})
    appele = read_numero(numero, zone.key)
    if appele is None:
        raise Invalide({"sms_numero": say_fault(numero, zone.key)})
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


COUNT = """
select count(*) filter (where numero_empreinte = :empreinte) as to_numero,
    count(*) filter (where sent_by = :agent) as by_agent,
    exists (select from sms s join mandats m on m.id = s.mandat
        where s.numero_empreinte = :empreinte and m.etat = 'en_attente' and m.id is distinct from :mandat) as is_busy
from sms where sens = 'envoye' and sent_by is not null and created_at > :since
    and (numero_empreinte = :empreinte or sent_by = :agent)
"""


async def _check_limits(appele: str, agent: int, asked: Any | None, now: datetime) -> None:
    row = await database.fetch_one(
        COUNT,
        empreinte=empreinte_numero(appele),
        agent=agent,
        since=now - JOURNEE,
        mandat=asked["id"] if asked else None,
    )
    assert row is not None
    if row["by_agent"] >= PAR_AGENT:
        raise Invalide(
            {
                "sms_numero": f"Vous avez déjà envoyé {PAR_AGENT} SMS en 24 heures : c’est la limite. Réessayez plus "
                "tard, ou recueillez l’accord par écrit ou par téléphone."
            }
        )
    # Were two questions put to one number at once, nobody could tell which one a OUI answers.
    if row["to_numero"] >= PAR_NUMERO or row["is_busy"]:
        raise Invalide({"sms_numero": PAS_MAINTENANT})


async def _insert(
    cle: UUID,
    agent: int,
    *,
    contexte: Mapping[str, Any],
    structure: str,
    formulaire: UUID | None,
    demande: int | None,
    now: datetime,
) -> None:
    version, nature = textes_mandat.VERSION, NatureMandat.SMS
    await Mandats.insert(
        Mandats(
            id=cle,
            demande=demande,
            brouillon=formulaire,
            nature=nature.value,
            etat=EtatMandat.EN_ATTENTE.value,
            version=version,
            empreinte=textes_mandat.get_empreinte(version, nature.fiche.texte),
            attestation=textes_mandat.get_attestation(version, nature),
            contexte_scelle=seal_contexte(cle, contexte),
            structure=structure[: textes_mandat.STRUCTURE_MAX],
            recorded_by=agent,
            recorded_at=now,
        )
    )
