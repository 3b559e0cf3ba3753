"""Leaving a groupe, losing an account, coming back, taking up what another left (product §2, §3; quality S4, S11)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from app import database
from app.domain.acces.bienvenue import end_liens
from app.domain.acces.sessions import Signed, find_absent
from app.domain.demandes.demande import Demande, lock_demande
from app.domain.demandes.voix import Voix
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.departs import Acte, Plan, hold_plan, plan_depart
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import Etat, Membre, get_compte, get_membre
from app.domain.groupes.passation import Cause, hand_on, share
from app.domain.groupes.verrou import hold_groupe, hold_groupes
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.permissions import Droits, can_manage_groupe, can_see_groupe, can_take_up, require
from app.domain.regles.places import Cote
from app.domain.regles.roles import Compte, find_obstacle_desactivation, find_obstacle_retrait

MOTIF_MAX = 200


async def preview_depart(droits: Droits, groupe: Groupe, compte: Compte, acte: Acte) -> Plan:
    """What the page shows before anything is written. The caller has checked the groupe."""
    groupes = _groupes_of(compte, groupe, acte)
    return await plan_depart(compte.agent, groupes, reader=droits)


def find_obstacle(droits: Droits, groupe: Groupe, compte: Compte, acte: Acte) -> str:
    """Why this agent may not do it, in French; empty when they may."""
    if acte is Acte.RETIRER:
        return find_obstacle_retrait(droits, compte, groupe.id)
    return find_obstacle_desactivation(droits, compte)


def _groupes_of(compte: Compte, groupe: Groupe, acte: Acte) -> list[int]:
    return [groupe.id] if acte is Acte.RETIRER else [poste.groupe for poste in compte.postes]


LEAVE = """
with invitations_finies as (delete from invitations where agent = :agent and groupe = :groupe)
delete from adhesions where agent = :agent and groupe = :groupe
"""
# Who stood in for somebody does so no more.
STAND_DOWN = """
with a as (
    update absences b set remplacant = null from adhesions m
    where m.id = b.adhesion and m.groupe = any(:groupes) and b.remplacant = :agent returning b.id
)
delete from invitations i using a where i.absence = a.id
"""
DEACTIVATE = """
with fermees as (delete from sessions where agent = :agent)
update agents set deactivated_at = :now, invited_until = null where id = :agent
"""


async def leave(
    signed: Signed,
    groupe: Groupe,
    agent: int,
    acte: Acte,
    *,
    choix: Mapping[int, int],
    vu: str,
    motif: str,
    now: datetime,
) -> None:
    """Take somebody out of the groupe, or close their account: what they held is handed on first.

    `choix` says who takes over which demande (AU_GROUPE: nobody in person), `vu` is the `empreinte` of the plan shown.
    Raises Introuvable, Refus with the reason, Conflit when something changed since the page, Invalide on `motif`.
    """
    if len(motif) > MOTIF_MAX:
        raise Invalide({"motif": f"Le motif dépasse {MOTIF_MAX} caractères (il en compte {len(motif)})."})
    async with database.transaction():
        before = await get_compte(agent)
        held = (
            {groupe.id, *(poste.groupe for poste in before.postes)}
            if acte is Acte.DESACTIVER
            else {groupe.id}
        )
        droits = await hold_groupes(signed, held)
        if not can_see_groupe(droits, groupe.id):
            raise Introuvable
        compte, membre = await get_compte(agent), await _find_membre(groupe, agent, before.nom)
        if membre.etat is Etat.DESACTIVES and acte is Acte.DESACTIVER:
            raise Conflit(f"Le compte de {compte.nom} a été désactivé entre-temps.")
        require(not (obstacle := find_obstacle(droits, groupe, compte, acte)), obstacle)
        groupes = _groupes_of(compte, groupe, acte)
        plan = await hold_plan(droits, agent, groupes)
        if plan.empreinte != vu:
            raise Conflit(f"Entre-temps, ce que suit {compte.nom} a changé\u00a0: relisez, puis recommencez.")
        partage = share(plan, choix)
        gone = (
            f"a quitté le groupe {groupe.nom}" if acte is Acte.RETIRER else "n’utilise plus Administration+"
        )
        phrase = f"{compte.nom} {gone}."
        await hand_on(plan, partage, Cause(signed.droits.agent, agent, tuple(groupes), phrase, now))
        await database.fetch(STAND_DOWN, agent=agent, groupes=groupes)
        fait = Fait.RETIRE_DU_GROUPE if acte is Acte.RETIRER else Fait.COMPTE_DESACTIVE
        if acte is Acte.RETIRER:
            await database.fetch(LEAVE, agent=agent, groupe=groupe.id)
        else:
            await database.fetch(DEACTIVATE, agent=agent, now=now)
            await end_liens([agent], now)
        details = {"agent": agent, **({"motif": motif} if motif else {})}
        await happened(fait, agent=signed.droits.agent, groupe=groupe.id, details=details, now=now)
        if agent != signed.droits.agent:
            pli = Pli(fait.courriel, membre.email, agent)
            await post_courriels([pli], contexte={"groupe": groupe.nom}, now=now)


async def _find_membre(groupe: Groupe, agent: int, nom: str) -> Membre:
    try:
        return await get_membre(groupe.id, agent)
    except Introuvable:
        raise Conflit(
            f"{nom} n’est plus membre du groupe\u00a0: un collègue l’a retiré entre-temps."
        ) from None


REACTIVATE = """
update agents set deactivated_at = null
where id = :agent and deactivated_at is not null and (:is_admin or excluded_at is distinct from deactivated_at)
returning email
"""
EXCLU = "Ce compte a été exclu par l’équipe Administration+, qui seule peut le réactiver\u00a0: écrivez au support."


async def reactivate(signed: Signed, groupe: Groupe, agent: int, now: datetime) -> None:
    """Let a deactivated member sign in again, anew: no former session comes back.

    Raises Introuvable, Refus, Conflit when the account is active.
    """
    async with database.transaction():
        droits = await hold_groupe(signed, groupe.id)
        membre = await get_membre(groupe.id, agent)
        if not can_manage_groupe(droits, groupe.id):
            raise Refus("Seuls un responsable du groupe et un administrateur réactivent un compte.")
        require(droits.is_administrateur or not membre.is_exclu, EXCLU)
        row = await database.fetch_one(REACTIVATE, agent=agent, is_admin=droits.is_administrateur)
        if row is None:
            raise Conflit("Ce compte est déjà actif\u00a0: un collègue l’a réactivé entre-temps.")
        await database.fetch("delete from sessions where agent = :agent", agent=agent)
        await happened(
            Fait.COMPTE_REACTIVE,
            agent=signed.droits.agent,
            groupe=groupe.id,
            details={"agent": agent},
            now=now,
        )
        pli = Pli(Fait.COMPTE_REACTIVE.courriel, row["email"], agent)
        await post_courriels([pli], contexte={"groupe": groupe.nom}, now=now)


# A substitute or a colleague invited who takes it up is its author, and nothing else.
TAKE_UP = """
with invitation as (delete from invitations where demande = :numero and agent = :agent and qualite = 'collegue')
update demandes set auteur = :agent, signature = '', vacante_at = null
where numero = :numero and vacante_at is not null returning numero
"""


async def take_up(signed: Signed, demande: Demande, now: datetime) -> None:
    """Become the author of a demande whose author left. Raises Refus, Conflit when a colleague was first."""
    require(can_take_up(signed.droits, demande.parties))
    agent = signed.droits.agent

    async def change() -> None:
        again = await find_absent(agent)
        if again is None or demande.groupe not in again.droits.aidant:
            raise Refus("Vous n’êtes plus aidant du groupe de cette demande.")
        if await database.fetch_one(TAKE_UP, numero=demande.numero, agent=agent) is None:
            raise Conflit("Un collègue vient de reprendre cette demande.")

    await publish(
        Publication(
            fait=Fait.DEMANDE_REPRISE,
            demande=demande.numero,
            voix=Voix(agent, Cote.AIDANT, demande.groupe, demande.groupe_nom),
            ecrit=Ecrit(cle=uuid4()),
        ),
        signed=signed,
        change=change,
        lock=lock_demande,
        now=now,
    )
