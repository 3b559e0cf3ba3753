"""The end of a demande, and its return: only the aidant side closes (product §2, §3; S1)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes import sollicitations
from app.domain.demandes.brouillons import Champs
from app.domain.demandes.demande import CLOTUREE, Demande, hold_demande
from app.domain.demandes.voix import PLATEFORME, choose_voix, find_signature, remembered_signature
from app.domain.demandes.vu import Vu
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles, quote_extraits
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit, check_length
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_close_demande, can_reopen_demande, require, takes_part
from app.domain.regles.raisons import RaisonCloture
from app.domain.regles.satisfactions import RANGS

COMMENTAIRE_MAX = 2_000


async def close_demande(
    signed: Signed,
    demande: Demande,
    *,
    raison: RaisonCloture | None = None,
    note: int,
    commentaire: str,
    cle: UUID,
    vu: Vu,
    now: datetime,
) -> None:
    """Close and say whether it helped: 1 non, 2 en partie, 3 oui (S3 §2.3); `raison` says why when nobody answered.

    Raises Refus, Conflit when it is closed already, Invalide on `raison`, `note` or `commentaire`, Depuis.
    """

    async def decide(signed: Signed, demande: Demande) -> Decision:
        droits, parties = signed.droits, demande.parties
        require(can_close_demande(droits, parties) or can_reopen_demande(droits, parties))
        if parties.is_closed:
            raise Conflit(CLOTUREE)
        erreurs: dict[str, str] = {}
        if demande.is_sans_reponse and raison is None:
            erreurs["raison"] = "Personne n’a répondu\u00a0: dites pourquoi la demande est clôturée."
        if note not in RANGS:
            erreurs["note"] = "Dites si la réponse a été utile à l’usager : choisissez Oui, En partie ou Non."
        if refused := _judge_commentaire(demande, commentaire, now):
            erreurs["commentaire"] = refused
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

        details = {"raison": raison.value} if raison else {}
        return Decision(
            replace(_publish_of(Fait.DEMANDE_CLOTUREE, signed, demande, ecrit), details=details), change
        )

    # What is said at closing is kept without the demande: two different answers under one key differ by this one only,
    # and nobody can work it back without the key of the form, which is kept nowhere.
    ecrit = Ecrit(cle=uuid5(cle, f"{note} {commentaire.strip()}"), texte=f"{raison.fiche}." if raison else "")
    acte = ActeSaisi(
        fait=Fait.DEMANDE_CLOTUREE,
        ecrit=ecrit,
        vu=vu,
        decide=decide,
        is_whole=True,
        is_named_by_key=True,
        is_done=lambda held: held.parties.is_closed,
    )
    await act(signed, demande, acte, now)


def _judge_commentaire(demande: Demande, commentaire: str, now: datetime) -> str:
    """What must be corrected in the comment, if anything: it is kept without the demande, and names nobody either."""
    if len(commentaire) > COMMENTAIRE_MAX:
        return f"Le commentaire dépasse 2\u00a0000 caractères (il en compte {len(commentaire)})."
    annee = now.astimezone(demande.calendrier.zone).year
    found = find_donnees_personnelles(commentaire, [demande.usager_prenom, demande.usager_nom], annee=annee)
    if not found:
        return ""
    return f"Le commentaire ne doit pas permettre de reconnaître l’usager. Retirez {quote_extraits(found)}."


async def close_alone(
    numero: int, phrase: str, *, still: Callable[[], Awaitable[bool]], now: datetime
) -> bool:
    """The platform closes what nobody touches; `phrase` says why in the thread, the aidant side is told.

    `still` is asked under the lock of the demande; False when it says no.
    """

    async def change() -> None:
        await database.fetch(CLOSE, demande=numero, now=now, agent=None)
        await sollicitations.close_parts(numero, now)

    async with database.transaction():
        await hold_demande(numero)
        if not await still():
            return False
        ecrit = Ecrit(cle=uuid4(), texte=phrase)
        publication = Publication(Fait.CLOTURE_PLATEFORME, numero, PLATEFORME, ecrit)
        await publish(publication, change=change, lock=None, now=now)
    return True


async def reopen_demande(
    signed: Signed,
    demande: Demande,
    *,
    cle: UUID,
    vu: Vu,
    now: datetime,
    texte: str = "",
    signature: str = "",
    said: Champs | None = None,
) -> int:
    """Open again what is not erased, with a word or none: traitée parts start a new delay, declined ones stay.

    What was said at closing stays counted; one mail per person says it all. Returns the line. Raises Refus, Conflit
    when it is open already or erased, Invalide on `texte` or `signature`, Depuis.
    `said`: its form, when another window may have written in it.
    """
    ecrit = Ecrit(cle=cle, texte=texte.strip())

    async def decide(signed: Signed, demande: Demande) -> Decision:
        droits, parties = signed.droits, demande.parties
        if parties.is_erased and takes_part(droits, parties):
            raise Conflit("Les données de cette demande sont effacées : elle ne peut plus être réouverte.")
        require(can_close_demande(droits, parties) or can_reopen_demande(droits, parties))
        if not parties.is_closed:
            raise Conflit("Cette demande est déjà ouverte.")
        signs, missing = (
            find_signature(signed, signature) if ecrit.texte else (remembered_signature(signed), "")
        )
        erreurs = check_length(texte, "texte") | ({"signature": missing} if missing else {})
        if erreurs:
            raise Invalide(erreurs)

        async def change() -> None:
            await sollicitations.reopen_parts(demande, now)

        written = replace(ecrit, signature=signs)
        return Decision(_publish_of(Fait.DEMANDE_REOUVERTE, signed, demande, written), change)

    acte = ActeSaisi(
        fait=Fait.DEMANDE_REOUVERTE,
        ecrit=ecrit,
        vu=vu,
        decide=decide,
        is_whole=True,
        has_draft=True,
        said=said,
        is_done=lambda held: not held.parties.is_closed,
    )
    return await act(signed, demande, acte, now)


def _publish_of(fait: Fait, signed: Signed, demande: Demande, ecrit: Ecrit) -> Publication:
    signature = ecrit.signature or remembered_signature(signed)
    return Publication(
        fait, demande.numero, choose_voix(signed, demande), replace(ecrit, signature=signature)
    )


# Closing changes nothing of the mandat but its end (product §8), which reopening takes back.
CLOSE = """
with fermee as (update demandes set closed_at = :now, closed_by = :agent where numero = :demande)
update mandats set ends_at = :now where demande = :demande and etat = 'valide' and (ends_at is null or ends_at > :now)
"""

# The row holds no agent, no demande and no exact time, so that the answer cannot be traced back (product §2).
ASK_SATISFACTION = """
insert into satisfactions (mois_on, organisme, departement, note, commentaire)
select :mois_on, o.organisme, :departement, :note, :commentaire from (
    select distinct g.organisme from sollicitations s join groupes g on g.id = s.groupe
    where s.demande = :demande and s.declinee_at is null) o
"""
