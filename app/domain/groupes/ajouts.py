"""Bringing an existing account into a groupe (any member, S3) and changing roles (responsables; product §2)."""

from datetime import datetime, timedelta

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import get_compte, get_membre
from app.domain.groupes.verrou import hold_groupe, hold_groupes, tell_agent
from app.domain.mots.adresses import read_adresse
from app.domain.regles.errors import Conflit, Invalide, Refus, TropDeDemandes
from app.domain.regles.permissions import can_manage_groupe, can_see_groupe
from app.domain.regles.roles import Role, Roles, find_obstacle_roles, say_roles

#: What one becomes when a simple member adds them: only a responsable gives other roles.
ROLES_PAR_DEFAUT: Roles = frozenset({Role.AIDANT})
INCONNUES_PAR_HEURE = 30
HOUR = timedelta(hours=1)

ADRESSE_FAUSSE = "Cette adresse est incomplète. Elle a la forme prenom.nom@structure.fr."
SANS_COMPTE = (
    "Aucun compte ne peut être ajouté avec cette adresse. Vérifiez-la\u00a0; si la personne n’a pas encore de compte, "
    "un responsable peut le créer\u00a0; sinon, écrivez au support."
)
DEJA_MEMBRE = "Cette personne est déjà membre du groupe."
DESACTIVE_ICI = "Ce compte est désactivé\u00a0: un responsable peut le réactiver depuis la liste des membres."

WHOSE = """
select a.id, a.deactivated_at is null as is_active,
    exists (select from adhesions m where m.agent = a.id and m.groupe = :groupe) as is_membre
from agents a where a.email = :adresse
"""
ADD = """
insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
values (:agent, :groupe, :aidant, :instructeur, :responsable, :now)
"""
UNKNOWN = """
with vues as (
    select count(*) as nombre from tentatives where nature = 'ajout' and empreinte = :qui and at > :since
)
insert into tentatives (nature, empreinte, at) select 'ajout', :qui, :now from vues where nombre < :most returning id
"""


async def add_membre(signed: Signed, groupe: Groupe, adresse: str, roles: Roles, now: datetime) -> int:
    """Add whoever has this address, and tell them; returns the agent. Roles are those asked when a responsable or an
    administrateur adds, ROLES_PAR_DEFAUT otherwise.

    Raises Refus, Invalide on `email` or `roles`, TropDeDemandes for who tries addresses one after the other.
    """
    if not can_see_groupe(signed.droits, groupe.id):
        raise Refus
    read = read_adresse(adresse)
    if read is None:
        raise Invalide({"email": ADRESSE_FAUSSE if adresse else "Saisissez son adresse e-mail."})
    async with database.transaction():
        droits = await hold_groupes(signed, [groupe.id])
        if not can_see_groupe(droits, groupe.id):
            raise Refus("Vous n’êtes plus membre de ce groupe.")
        if not can_manage_groupe(droits, groupe.id):
            roles = ROLES_PAR_DEFAUT
        if not roles:
            raise Invalide({"roles": "Cochez au moins un rôle."})
        who = await database.fetch_one(WHOSE, adresse=read, groupe=groupe.id)
        if who is not None and who["is_membre"]:
            raise Invalide({"email": DEJA_MEMBRE if who["is_active"] else DESACTIVE_ICI})
        if who is not None and who["is_active"]:
            await join(signed, groupe, who["id"], adresse=read, roles=roles, now=now)
            return int(who["id"])
    await _count_unknown(signed, now)
    raise Invalide({"email": SANS_COMPTE})


async def join(
    signed: Signed, groupe: Groupe, agent: int, *, adresse: str, roles: Roles, now: datetime
) -> None:
    """Make this account a member, in the transaction that holds the groupe, and tell its agent."""
    await database.fetch(ADD, agent=agent, groupe=groupe.id, now=now, **flags_of(roles))
    await happened(
        Fait.AJOUTE_AU_GROUPE,
        agent=signed.droits.agent,
        groupe=groupe.id,
        details={"agent": agent, "roles": sorted(roles)},
        now=now,
    )
    contexte: dict[str, object] = {
        "par": f"{signed.prenom} {signed.nom}".strip(),
        "groupe": groupe.nom,
        "roles": say_roles(roles),
    }
    await tell_agent(Fait.AJOUTE_AU_GROUPE, agent, adresse, contexte=contexte, now=now)


async def _count_unknown(signed: Signed, now: datetime) -> None:
    """Asking addresses one after the other would tell who has an account: thirty an hour is more than a team has."""
    who = empreinte("ajout", str(signed.droits.agent))
    row = await database.fetch_one(UNKNOWN, qui=who, since=now - HOUR, now=now, most=INCONNUES_PAR_HEURE)
    if row is None:
        raise TropDeDemandes(
            "Trop d’adresses sans compte ont été essayées en une heure. Réessayez un peu plus tard, "
            "ou écrivez au support."
        )


def flags_of(roles: Roles) -> dict[str, bool]:
    """The columns of `adhesions` these roles fill."""
    return {role.value: role in roles for role in Role}


ROLES = """
update adhesions set is_aidant = :aidant, is_instructeur = :instructeur, is_responsable = :responsable
where agent = :agent and groupe = :groupe
"""


# Who answers no more leaves to the groupe what they had taken in charge.
RELEASE = """
update sollicitations set taken_by = null, taken_at = null
where groupe = :groupe and taken_by = :agent and closed_at is null
"""


async def change_roles(
    signed: Signed, groupe: Groupe, agent: int, roles: Roles, *, vus: Roles, now: datetime
) -> None:
    """Give these roles and no other. `vus` are those the page showed.

    Raises Introuvable, Conflit when they changed meanwhile, Refus, Invalide on `roles` for the last responsable or
    when none is left.
    """
    async with database.transaction():
        droits = await hold_groupe(signed, groupe.id)
        membre = await get_membre(groupe.id, agent)
        if not can_manage_groupe(droits, groupe.id):
            raise Refus("Seuls un responsable du groupe et un administrateur donnent les rôles.")
        if membre.roles != vus:
            raise Conflit(
                f"Entre-temps, {membre.nom_complet} a changé de rôles\u00a0: {say_roles(membre.roles)}. "
                "Relisez, puis recommencez."
            )
        if obstacle := find_obstacle_roles(droits, await get_compte(agent), groupe.id, roles):
            raise Invalide({"roles": obstacle})
        if roles == membre.roles:
            return
        await database.fetch(ROLES, agent=agent, groupe=groupe.id, **flags_of(roles))
        if Role.INSTRUCTEUR in membre.roles - roles:
            await database.fetch(RELEASE, agent=agent, groupe=groupe.id)
        await happened(
            Fait.ROLES_MODIFIES,
            agent=signed.droits.agent,
            groupe=groupe.id,
            details={"agent": agent, "avant": sorted(membre.roles), "roles": sorted(roles)},
            now=now,
        )
