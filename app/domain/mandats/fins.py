"""How a mandat ends: taken back by the usager, after a year, without an answer, with a form never sent (product §8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import CLOTUREE, Demande
from app.domain.demandes.voix import choose_voix, remembered_signature
from app.domain.demandes.vu import Vu
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.publication import Publication
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mandats.annonce import IssueSms, tell_author
from app.domain.mandats.mandat import REPONSE
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.mandats import MotifRevocation
from app.domain.regles.permissions import can_record_mandat, can_revoke_mandat, is_on_aidant_side, require

PRECISION_MAX = 500
AUCUN_EN_COURS = "Aucun mandat n’est en cours : il a peut-être déjà été révoqué."

# The SMS that wait are cancelled with it: a late OUI would bring back what the usager has just taken back.
REVOKE = """
with annules as (
    update mandats set etat = 'remplace' where demande = :demande and etat = 'en_attente'
)
update mandats set etat = 'revoque', revoked_at = :now, revoked_by = :agent, revocation_motif = :motif
where demande = :demande and etat = 'valide' returning id
"""


async def revoke(
    signed: Signed,
    demande: Demande,
    *,
    motif: MotifRevocation | None,
    precision: str,
    cle: UUID,
    vu: Vu,
    now: datetime,
) -> None:
    """The usager takes the mandat back: nobody writes any more until a new one (product §8).

    Raises Refus, Invalide on `motif` or `precision`, Conflit when none is in force, Depuis.
    """
    # The reason stays with the mandat: the thread is read by people who may not see it, and only a key made of it tells
    # two forms apart.
    ecrit = Ecrit(cle=uuid5(cle, f"{motif or ''} {precision}"))

    async def decide(signed: Signed, demande: Demande) -> Decision:
        if demande.parties.is_closed and is_on_aidant_side(signed.droits, demande.parties):
            raise Conflit(CLOTUREE)
        if not demande.parties.has_mandat and can_record_mandat(signed.droits, demande.parties):
            raise Conflit(AUCUN_EN_COURS)
        require(can_revoke_mandat(signed.droits, demande.parties))
        erreurs = {}
        if motif is None:
            erreurs["motif"] = "Dites pourquoi le mandat prend fin."
        elif motif.fiche.is_precise and not precision:
            erreurs["precision"] = "Précisez la raison, en quelques mots."
        if len(precision) > PRECISION_MAX:
            erreurs["precision"] = f"La précision dépasse {PRECISION_MAX} caractères."
        if erreurs or motif is None:
            raise Invalide(erreurs)
        texte = "\u00a0: ".join(filter(None, [motif.fiche.libelle, precision]))

        async def change() -> None:
            revoked = await database.fetch(
                REVOKE, demande=demande.numero, now=now, agent=signed.droits.agent, motif=texte
            )
            if not revoked:
                raise Conflit(AUCUN_EN_COURS)

        said = replace(ecrit, signature=remembered_signature(signed))
        return Decision(
            Publication(Fait.MANDAT_REVOQUE, demande.numero, choose_voix(signed, demande), said), change
        )

    acte = ActeSaisi(
        fait=Fait.MANDAT_REVOQUE,
        ecrit=ecrit,
        vu=vu,
        decide=decide,
        is_named_by_key=True,
        is_done=lambda held: not held.parties.has_mandat,
    )
    await act(signed, demande, acte, now)


END = """
update mandats m set etat = 'termine' from demandes d
where d.numero = m.demande and d.closed_at is null and m.etat = 'valide' and m.ends_at <= :now
returning m.id, m.demande, m.recorded_by
"""


async def end_old(now: datetime) -> None:
    """Mandats a year old end; whoever recorded one of an open demande is told. Safe to run twice."""
    async with database.transaction():
        for row in await database.fetch(END, now=now):
            await happened(Fait.MANDAT_TERMINE, demande=row["demande"], now=now)
            await tell(
                Fait.MANDAT_TERMINE, [row["recorded_by"]], demande=row["demande"], contexte={}, now=now
            )


EXPIRE = """
update mandats set etat = 'expire' where etat = 'en_attente' and recorded_at <= :since
returning id, demande, recorded_by
"""


async def expire_waiting(now: datetime) -> None:
    """Seven days without OUI or NON: it is over, and who asked is told. Safe to run twice."""
    async with database.transaction():
        for row in await database.fetch(EXPIRE, since=now - REPONSE):
            await tell_author(row["recorded_by"], row["id"], row["demande"], IssueSms.EXPIRE, now)


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
            await tell_author(row["recorded_by"], row["id"], row["demande"], IssueSms.ECHEC, now)


ORPHANS = """
delete from mandats m where m.demande is null and m.recorded_at < :before
    and not exists (select from brouillons b where b.id = m.brouillon)
"""


async def forget_orphans(now: datetime) -> None:
    """Mandats asked from a form that was never sent go with its draft."""
    await database.fetch(ORPHANS, before=now - REPONSE - timedelta(days=1))
