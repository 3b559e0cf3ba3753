"""The roles of a membership, and what keeps a groupe from losing who it needs (product §2, §3). Pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.regles.permissions import Droits, can_manage_groupe, can_see_groupe


class Role(StrEnum):
    """What a member does in a groupe; roles add up. The word is the one people read."""

    AIDANT = "aidant"
    INSTRUCTEUR = "instructeur"
    RESPONSABLE = "responsable"


Roles = frozenset[Role]
SANS_RESPONSABLE = "Le groupe {groupe} n’aurait plus de responsable\u00a0: nommez-en un autre d’abord."


def say_roles(roles: Roles) -> str:
    """« instructeur, responsable », always in the same order."""
    return ", ".join(role for role in Role if role in roles)


@dataclass(frozen=True)
class Poste:
    """What one membership holds. Others are active accounts of the same groupe, this agent left out; `demandes` are
    the open demandes that await this groupe.
    """

    groupe: int
    nom: str
    roles: Roles
    autres_responsables: int
    autres_instructeurs: int
    demandes: int

    @property
    def is_last_responsable(self) -> bool:
        """Nobody else manages this groupe."""
        return Role.RESPONSABLE in self.roles and self.autres_responsables == 0

    @property
    def is_last_instructeur(self) -> bool:
        """Nobody else answers for this groupe."""
        return Role.INSTRUCTEUR in self.roles and self.autres_instructeurs == 0


@dataclass(frozen=True)
class Compte:
    """Who may leave: their memberships, and what they are beside them."""

    agent: int
    nom: str
    postes: tuple[Poste, ...]
    is_equipe: bool = False
    """Administrateur, expert or pilote."""

    def poste_of(self, groupe: int) -> Poste | None:
        """Their membership of this groupe."""
        return next((poste for poste in self.postes if poste.groupe == groupe), None)


def find_obstacle_retrait(droits: Droits, compte: Compte, groupe: int) -> str:
    """Why this agent may not take that one out of the groupe, in French; empty when nothing prevents it."""
    poste = compte.poste_of(groupe)
    if poste is None or not can_see_groupe(droits, groupe):
        return "Seuls les membres du groupe et les administrateurs peuvent retirer quelqu’un."
    return _find_obstacle(droits, compte, poste)


def find_obstacle_desactivation(droits: Droits, compte: Compte) -> str:
    """Why this agent may not deactivate that account, in French; empty when nothing prevents it."""
    own = [poste for poste in compte.postes if can_see_groupe(droits, poste.groupe)]
    manages = droits.is_administrateur or any(can_manage_groupe(droits, poste.groupe) for poste in own)
    if droits.agent == compte.agent:
        return "Vous ne pouvez pas désactiver votre propre compte\u00a0: demandez-le à un responsable."
    if compte.is_equipe and not droits.is_administrateur:
        return (
            "Ce compte a des droits dans l’équipe Administration+\u00a0: seul un administrateur le désactive."
        )
    if not own and not droits.is_administrateur:
        return "Seuls les membres d’un même groupe et les administrateurs peuvent désactiver un compte."
    if not manages and len(own) < len(compte.postes):
        return "Ce compte sert aussi dans un autre groupe que les vôtres\u00a0: seul un responsable le désactive."
    obstacles = (_find_obstacle(droits, compte, poste, manages=manages) for poste in compte.postes)
    return next(filter(None, obstacles), "")


def find_obstacle_exclusion(droits: Droits, compte: Compte, *, is_administrateur: bool) -> str:
    """Why an administrateur may not exclude that account, in French; empty when nothing prevents it."""
    if droits.agent == compte.agent:
        return "Vous ne pouvez pas exclure votre propre compte."
    if is_administrateur:
        return "Ce compte est administrateur\u00a0: retirez-lui d’abord ce rôle."
    alone = next((poste for poste in compte.postes if poste.is_last_responsable), None)
    return SANS_RESPONSABLE.format(groupe=alone.nom) if alone else ""


def _find_obstacle(droits: Droits, compte: Compte, poste: Poste, *, manages: bool = False) -> str:
    manages = manages or can_manage_groupe(droits, poste.groupe)
    if poste.is_last_responsable:
        return SANS_RESPONSABLE.format(groupe=poste.nom)
    if Role.RESPONSABLE in poste.roles and not manages and droits.agent != compte.agent:
        return "Un responsable n’est retiré que par un autre responsable ou par un administrateur."
    if poste.is_last_instructeur and poste.demandes and not manages:
        ouvertes = "une demande ouverte" if poste.demandes == 1 else f"{poste.demandes} demandes ouvertes"
        return (
            f"Plus personne ne pourrait répondre pour le groupe {poste.nom}, qui a {ouvertes}\u00a0: "
            "un responsable ou un administrateur peut décider de la suite."
        )
    return ""


def find_obstacle_roles(droits: Droits, compte: Compte, groupe: int, roles: Roles) -> str:
    """Why these roles may not be given, in French; empty when they may."""
    poste = compte.poste_of(groupe)
    if poste is None or not can_manage_groupe(droits, groupe):
        return "Seuls un responsable du groupe et un administrateur donnent les rôles."
    if not roles:
        return "Cochez au moins un rôle, ou retirez cette personne du groupe."
    if poste.is_last_responsable and Role.RESPONSABLE not in roles:
        return SANS_RESPONSABLE.format(groupe=poste.nom)
    if poste.is_last_instructeur and Role.INSTRUCTEUR not in roles and poste.demandes:
        return (
            f"Plus personne ne pourrait répondre pour le groupe {poste.nom}, qui a des demandes ouvertes\u00a0: "
            "nommez un autre instructeur d’abord."
        )
    return ""
