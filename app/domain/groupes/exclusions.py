"""Excluding an account: the A+ team closes it everywhere for a misuse, and its agent is told why.

What they held is handed on as when somebody leaves. Only an administrateur reactivates it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from app import database
from app.domain.acces.bienvenue import end_liens
from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.echanges.signalements import SuiteSignalement, treat_signalement
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.departs import Plan, hold_plan, plan_depart
from app.domain.groupes.membres import get_compte
from app.domain.groupes.passation import Cause, hand_on, share
from app.domain.groupes.retraits import DEACTIVATE, STAND_DOWN
from app.domain.groupes.verrou import hold_groupes
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require
from app.domain.regles.roles import Compte, find_obstacle_exclusion

MOTIF_MAX = 500


@dataclass(frozen=True)
class Excluable:
    """An account, before it is excluded: what it holds, and why it may not be. `plan`: what would be handed on."""

    agent: int
    nom: str
    email: str
    groupes: tuple[str, ...]
    obstacle: str
    plan: Plan


WHO = """
select email, trim(prenom || ' ' || nom) as nom, is_administrateur, deactivated_at from agents where id = :agent
"""


async def preview_exclusion(signed: Signed, agent: int) -> Excluable:
    """What an administrateur reads before anything is written. Raises Introuvable, also to everybody else."""
    row = await database.fetch_one(WHO, agent=agent) if can_administer(signed.droits) else None
    if row is None:
        raise Introuvable
    compte = await get_compte(agent)
    obstacle = find_obstacle_exclusion(signed.droits, compte, is_administrateur=row["is_administrateur"])
    if row["deactivated_at"] is not None:
        obstacle = "Ce compte est déjà désactivé."
    plan = await plan_depart(agent, _groupes_of(compte), reader=signed.droits)
    groupes = tuple(poste.nom for poste in compte.postes)
    return Excluable(agent, row["nom"] or row["email"], row["email"], groupes, obstacle, plan)


EXCLUDE = "update agents set excluded_at = deactivated_at where id = :agent"


async def exclude(
    signed: Signed, agent: int, motif: str, *, signalement: int | None = None, now: datetime
) -> None:
    """Close this account everywhere; `motif` is sent to its agent. `signalement`: the report it answers.

    Raises Introuvable, Refus with the reason, Invalide on `motif`, Conflit when it was closed meanwhile.
    """
    if not can_administer(signed.droits):
        raise Introuvable
    if erreurs := _find_faults(motif, now):
        raise Invalide(erreurs)
    async with database.transaction():
        droits = await hold_groupes(signed, _groupes_of(await get_compte(agent)))
        require(can_administer(droits))
        row = await database.fetch_one(f"{WHO} for no key update", agent=agent)
        if row is None:
            raise Introuvable
        if row["deactivated_at"] is not None:
            raise Conflit("Ce compte a été désactivé entre-temps.")
        compte = await get_compte(agent)
        obstacle = find_obstacle_exclusion(droits, compte, is_administrateur=row["is_administrateur"])
        require(not obstacle, obstacle)
        groupes = _groupes_of(compte)
        plan = await hold_plan(droits, agent, groupes)
        phrase = f"{compte.nom} n’utilise plus Administration+."
        cause = Cause(signed.droits.agent, agent, tuple(groupes), phrase, now)
        await hand_on(plan, share(plan, {}), cause)
        await database.fetch(STAND_DOWN, agent=agent, groupes=groupes)
        await database.fetch(DEACTIVATE, agent=agent, now=now)
        await database.fetch(EXCLUDE, agent=agent)
        await end_liens([agent], now)
        details = {"agent": agent, **({"signalement": signalement} if signalement else {})}
        await happened(Fait.COMPTE_EXCLU, agent=signed.droits.agent, details=details, now=now)
        pli = Pli(Fait.COMPTE_EXCLU.courriel, row["email"], agent)
        await post_courriels([pli], contexte={"motif": motif}, now=now)
        if signalement is not None:
            await treat_signalement(signed, signalement, SuiteSignalement.EXCLUSION, now)


def _groupes_of(compte: Compte) -> list[int]:
    return [poste.groupe for poste in compte.postes]


def _find_faults(motif: str, now: datetime) -> dict[str, str]:
    """The reason leaves by mail, where nothing of an usager may stand."""
    if not motif:
        return {"motif": "Dites pourquoi\u00a0: la personne reçoit cette raison par courriel."}
    if len(motif) > MOTIF_MAX:
        return {"motif": f"{MOTIF_MAX} caractères au plus (il y en a {len(motif)})."}
    if found := find_donnees_personnelles(motif, annee=now.astimezone(UTC).year):
        return {
            "motif": f"«\u00a0{found[0].extrait}\u00a0» ressemble à une donnée personnelle\u00a0: "
            "la raison part par courriel."
        }
    return {}
