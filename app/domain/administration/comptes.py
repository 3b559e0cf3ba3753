"""What only an administrateur changes of an account: its address, its qualités, its sessions (product §3).

Each act asks for a reason, is journalled with it, ends the sessions of the account and is told to its agent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.agents import LENGTHS, say_long
from app.domain.acces.bienvenue import Accueilli, end_liens, welcome
from app.domain.acces.second_facteur import lift
from app.domain.acces.sessions import Signed, find_absent
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.adresses import read_adresse, say_fault
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require
from app.verrous import Verrou

MOTIF_MAX = 200
PRISE = "Un autre compte a déjà cette adresse."
PLUS = "Vous n’êtes plus administrateur."
DERNIER = "Ce compte est le dernier administrateur actif\u00a0: donnez d’abord ce rôle à quelqu’un d’autre."

LOCK = """
select a.id, a.email, trim(a.prenom || ' ' || a.nom) as nom, a.is_expert, a.is_administrateur, a.deactivated_at,
    exists (select from adhesions_vivantes m where m.agent = a.id) as is_membre,
    (select count(*) from agents o where o.is_administrateur and o.deactivated_at is null and o.id <> a.id)
        as autres_administrateurs
from agents a where a.id = :agent for no key update
"""
END_SESSIONS = "delete from sessions where agent = :agent returning id"


def require_known(signed: Signed) -> None:
    """Raises Introuvable: whoever does not run the platform does not even learn that an account exists."""
    if not can_administer(signed.droits):
        raise Introuvable


async def hold_agent(signed: Signed, agent: int) -> Any:
    """The account, held until the transaction ends; who acts is asked again for their rights. Raises Introuvable."""
    # Two acts of the A+ team at once could each remove the last but one administrateur.
    await database.fetch("select pg_advisory_xact_lock(:key)", key=Verrou.COMPTES_DE_L_EQUIPE)
    row = await database.fetch_one(LOCK, agent=agent)
    again = await find_absent(signed.droits.agent)
    if row is None or again is None:
        raise Introuvable
    require(can_administer(again.droits), PLUS)
    return row


def check_motif(motif: str) -> dict[str, str]:
    """Its error, under the name of its field."""
    if not motif:
        return {"motif": "Dites pourquoi\u00a0: la raison est gardée dans le journal."}
    if len(motif) > MOTIF_MAX:
        return {"motif": f"Le motif dépasse {MOTIF_MAX} caractères (il en compte {len(motif)})."}
    return {}


MOVE = "update agents set email = :adresse where id = :agent"
# What waits to leave goes to the new address; a link that was asked for from the former one opens nothing any more.
FORWARD = """
update courriels set adresse = :adresse where agent = :agent and sent_at is null and failed_at is null
"""


async def change_adresse(
    signed: Signed, agent: int, adresse: str, motif: str, now: datetime, *, vu: str = ""
) -> None:
    """Give this account another address. It is told at both; its sessions and its links end. `vu` is the one its page
    showed; a page of a former version says nothing of it.

    Raises Introuvable, Invalide on `email` or `motif`, Conflit when the address was taken meanwhile.
    """
    require_known(signed)
    read = read_adresse(adresse)
    erreurs = {} if read else {"email": say_fault(adresse) if adresse else "Saisissez sa nouvelle adresse."}
    erreurs |= check_motif(motif)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        if read == row["email"]:
            erreurs["email"] = "C’est déjà l’adresse de ce compte."
        elif vu and vu != row["email"]:
            erreurs["email"] = f"Un collègue l’a changée entre-temps\u00a0: c’est maintenant {row['email']}."
        elif await database.fetch_one("select 1 from agents where email = :read", read=read):
            erreurs["email"] = PRISE
        if erreurs or read is None:
            raise Invalide(erreurs)
        try:
            async with database.transaction():
                await database.fetch(MOVE, agent=agent, adresse=read)
        except database.TAKEN:
            raise Conflit(PRISE) from None
        await end_liens([agent], now)
        await database.fetch(FORWARD, agent=agent, adresse=read)
        details = {"agent": agent, "motif": motif}
        await _finish(signed, Fait.ADRESSE_MODIFIEE, agent, details, now)
        plis = [Pli(Fait.ADRESSE_MODIFIEE.courriel, one, agent) for one in (row["email"], read)]
        contexte = {"par": _say_par(signed), "adresse": read}
        await post_courriels(plis, contexte=contexte, now=now, is_urgent=True)


GIVE = "update agents set is_expert = :expert, is_administrateur = :administrateur where id = :agent"


async def change_qualites(
    signed: Signed, agent: int, *, expert: bool, administrateur: bool, motif: str, now: datetime, vu: str = ""
) -> None:
    """Make this account an expert, an administrateur, both or neither. `vu` is what its page said of it
    (`say_qualites`); a page of a former version says nothing.

    Raises Introuvable, Invalide on `motif` or `qualites`; never takes away the last administrateur.
    """
    require_known(signed)
    erreurs = check_motif(motif)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        if (expert, administrateur) == (row["is_expert"], row["is_administrateur"]):
            erreurs["qualites"] = "Ce compte a déjà exactement ces rôles."
        elif vu and vu != (held := _say_held(row)):
            erreurs["qualites"] = f"Un collègue a changé ces rôles entre-temps. Maintenant\u00a0: {held}."
        elif row["is_administrateur"] and not administrateur and row["autres_administrateurs"] == 0:
            erreurs["qualites"] = DERNIER
        if erreurs:
            raise Invalide(erreurs)
        await database.fetch(GIVE, agent=agent, expert=expert, administrateur=administrateur)
        details = {"agent": agent, "expert": expert, "administrateur": administrateur, "motif": motif}
        await _finish(signed, Fait.QUALITES_MODIFIEES, agent, details, now)
        qualites = say_qualites(expert=expert, administrateur=administrateur)
        await _tell_qualites(signed, Fait.QUALITES_MODIFIEES, row, qualites, now)


def say_qualites(*, expert: bool, administrateur: bool, pilote: bool = False) -> str:
    """« administrateur, expert »; « aucun rôle dans l’équipe » when there is none."""
    held = (("administrateur", administrateur), ("expert", expert), ("pilote", pilote))
    return ", ".join(mot for mot, is_held in held if is_held) or "aucun rôle dans l’équipe"


def _say_held(row: Any) -> str:
    return say_qualites(expert=row["is_expert"], administrateur=row["is_administrateur"])


ADD_SCOPE = """
insert into perimetres (agent, organisme, departement)
select :agent, :organisme, :departement
where not exists (select from perimetres p where p.agent = :agent
    and p.organisme is not distinct from :organisme and p.departement is not distinct from :departement)
    and (:organisme::int is null or exists (select from organismes where id = :organisme))
    and (:departement::int is null or exists (select from departements where id = :departement))
returning id
"""


async def add_perimetre(
    signed: Signed, agent: int, *, organisme: int | None, departement: int | None, motif: str, now: datetime
) -> None:
    """Show this account the figures of an organisme, of a département, of both together, or of everything.

    Raises Introuvable, Invalide on `motif` or `organisme` when nothing new would be shown.
    """
    require_known(signed)
    erreurs = check_motif(motif)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        made = not erreurs and await database.fetch_one(
            ADD_SCOPE, agent=agent, organisme=organisme, departement=departement
        )
        if not erreurs and not made:
            erreurs["organisme"] = "Ce pilote voit déjà ce périmètre."
        if erreurs:
            raise Invalide(erreurs)
        details = {"agent": agent, "organisme": organisme, "departement": departement, "motif": motif}
        await _finish(signed, Fait.PERIMETRE_AJOUTE, agent, details, now)
        await _tell_qualites(signed, Fait.PERIMETRE_AJOUTE, row, "pilote", now)


REMOVE_SCOPE = (
    "delete from perimetres where id = :perimetre and agent = :agent returning organisme, departement"
)


async def remove_perimetre(signed: Signed, agent: int, perimetre: int, now: datetime) -> bool:
    """Take a scope back; False when a colleague did. Raises Introuvable."""
    require_known(signed)
    async with database.transaction():
        await hold_agent(signed, agent)
        row = await database.fetch_one(REMOVE_SCOPE, agent=agent, perimetre=perimetre)
        if row is None and await database.fetch("select from perimetres where id = :id", id=perimetre):
            raise Introuvable
        if row is None:
            return False
        await _finish(signed, Fait.PERIMETRE_RETIRE, agent, {"agent": agent, **dict(row)}, now)
    return True


async def end_sessions(signed: Signed, agent: int, now: datetime) -> None:
    """Sign this account out everywhere, links included. Raises Introuvable."""
    require_known(signed)
    async with database.transaction():
        await hold_agent(signed, agent)
        await end_liens([agent], now)
        await _finish(signed, Fait.SESSIONS_FERMEES, agent, {"agent": agent}, now)


async def lift_second_facteur(signed: Signed, agent: int, motif: str, now: datetime) -> None:
    """End the second factor of somebody who lost their phone; they set up another one.

    Raises Introuvable, Invalide on `motif`, Conflit for one’s own, or when there is none.
    """
    require_known(signed)
    if erreurs := check_motif(motif):
        raise Invalide(erreurs)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        if agent == signed.droits.agent:
            raise Conflit("Le vôtre se change depuis votre profil, ou par un autre administrateur.")
        if not await lift(agent):
            raise Conflit("Ce compte n’a pas de double authentification.")
        await end_liens([agent], now)
        await _finish(signed, Fait.SECOND_FACTEUR_LEVE, agent, {"agent": agent, "motif": motif}, now)
        pli = Pli(Fait.SECOND_FACTEUR_LEVE.courriel, row["email"], agent)
        await post_courriels([pli], contexte={"par": _say_par(signed)}, now=now, is_urgent=True)


DEACTIVATE = "update agents set deactivated_at = :now, invited_until = null where id = :agent"
REACTIVATE = "update agents set deactivated_at = null where id = :agent"


async def deactivate_alone(signed: Signed, agent: int, motif: str, now: datetime) -> None:
    """Close an account that is in no groupe: it holds nothing to hand on. A member is closed from their groupe.

    Raises Introuvable, Invalide on `motif`, Conflit for one’s own account, a member, or a closed account.
    """
    require_known(signed)
    if erreurs := check_motif(motif):
        raise Invalide(erreurs)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        if agent == signed.droits.agent:
            raise Conflit(
                "Vous ne pouvez pas désactiver votre propre compte\u00a0: demandez-le à un collègue."
            )
        if row["is_membre"]:
            raise Conflit("Ce compte est membre d’un groupe\u00a0: désactivez-le depuis la page du groupe.")
        if row["deactivated_at"] is not None:
            raise Conflit("Ce compte est déjà désactivé.")
        await database.fetch(DEACTIVATE, agent=agent, now=now)
        await end_liens([agent], now)
        await _finish(signed, Fait.COMPTE_DESACTIVE, agent, {"agent": agent, "motif": motif}, now)
        pli = Pli(Fait.COMPTE_DESACTIVE.courriel, row["email"], agent)
        await post_courriels([pli], contexte={"groupe": ""}, now=now)


async def reactivate_account(signed: Signed, agent: int, motif: str, now: datetime) -> None:
    """Open a closed account again: it signs in anew. Raises Introuvable, Invalide on `motif`, Conflit."""
    require_known(signed)
    if erreurs := check_motif(motif):
        raise Invalide(erreurs)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        if row["deactivated_at"] is None:
            raise Conflit("Ce compte est déjà actif.")
        await database.fetch(REACTIVATE, agent=agent)
        await _finish(signed, Fait.COMPTE_REACTIVE, agent, {"agent": agent, "motif": motif}, now)
        pli = Pli(Fait.COMPTE_REACTIVE.courriel, row["email"], agent)
        await post_courriels([pli], contexte={"groupe": ""}, now=now)


@dataclass(frozen=True)
class CompteEquipe:
    """An account without groupe, as typed. `is_pilote`: of this organisme and département, None meaning all."""

    prenom: str
    nom: str
    fonction: str
    email: str
    departement: int | None
    is_expert: bool
    is_administrateur: bool
    is_pilote: bool
    perimetre_organisme: int | None
    perimetre_departement: int | None


CREATE = """
insert into agents (email, prenom, nom, fonction, departement, is_expert, is_administrateur, created_at)
select :adresse, :prenom, :nom, :fonction, d.id, :expert, :administrateur, :now from departements d
where d.id = :departement
on conflict (email) do nothing returning id
"""


async def create_compte_equipe(signed: Signed, saisie: CompteEquipe, now: datetime) -> int:
    """Create it and send its welcome mail; returns the agent. Raises Refus, Invalide."""
    require(can_administer(signed.droits))
    read = read_adresse(saisie.email)
    erreurs = _check(saisie, read)
    if erreurs or read is None:
        raise Invalide(erreurs)
    async with database.transaction():
        await hold_agent(signed, signed.droits.agent)
        row = await database.fetch_one(
            CREATE,
            adresse=read,
            prenom=saisie.prenom,
            nom=saisie.nom,
            fonction=saisie.fonction,
            departement=saisie.departement,
            expert=saisie.is_expert,
            administrateur=saisie.is_administrateur,
            now=now,
        )
        if row is None:
            raise Invalide({"email": f"{PRISE} Ouvrez sa fiche pour lui donner un rôle."})
        agent: int = row["id"]
        if saisie.is_pilote:
            await database.fetch(
                ADD_SCOPE,
                agent=agent,
                organisme=saisie.perimetre_organisme,
                departement=saisie.perimetre_departement,
            )
        qualites = say_qualites(
            expert=saisie.is_expert, administrateur=saisie.is_administrateur, pilote=saisie.is_pilote
        )
        details = {"agent": agent, "qualites": qualites}
        await happened(Fait.COMPTE_EQUIPE_CREE, agent=signed.droits.agent, details=details, now=now)
        contexte = {"par": _say_par(signed), "roles": qualites}
        await welcome(Fait.COMPTE_EQUIPE_CREE, [Accueilli(agent, read)], contexte=contexte, now=now)
    return agent


def _check(saisie: CompteEquipe, adresse: str | None) -> dict[str, str]:
    erreurs = {}
    for champ in ("prenom", "nom", "fonction"):
        typed: str = getattr(saisie, champ)
        if len(typed) > LENGTHS[champ]:
            erreurs[champ] = say_long(champ)
    if not saisie.nom:
        erreurs["nom"] = "Saisissez son nom."
    if adresse is None:
        erreurs["email"] = say_fault(saisie.email) if saisie.email else "Saisissez son adresse e-mail."
    if saisie.departement is None:
        erreurs["departement"] = (
            "Choisissez son département\u00a0: ses heures et ses jours fériés en viennent."
        )
    if not (saisie.is_expert or saisie.is_administrateur or saisie.is_pilote):
        erreurs["qualites"] = (
            "Cochez au moins un rôle. Un membre de groupe se crée depuis la page de son groupe."
        )
    return erreurs


async def _finish(
    signed: Signed, fait: Fait, agent: int, details: Mapping[str, object], now: datetime
) -> None:
    """Sign the account out and write the line of the journal. One’s own session goes too: rights begin anew."""
    ended = await database.fetch(END_SESSIONS, agent=agent)
    await happened(fait, agent=signed.droits.agent, details={**details, "sessions": len(ended)}, now=now)


async def _tell_qualites(signed: Signed, fait: Fait, row: Any, qualites: str, now: datetime) -> None:
    contexte = {"par": _say_par(signed), "roles": qualites}
    await post_courriels([Pli(fait.courriel, row["email"], row["id"])], contexte=contexte, now=now)


def _say_par(signed: Signed) -> str:
    return f"{signed.prenom} {signed.nom}".strip() or "L’équipe Administration+"
