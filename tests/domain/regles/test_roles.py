"""Who may be taken out, deactivated, excluded or given roles: tables, one line per reason (product §2, §3)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.regles.permissions import Droits
from app.domain.regles.roles import (
    Compte,
    Poste,
    Role,
    Roles,
    find_obstacle_desactivation,
    find_obstacle_exclusion,
    find_obstacle_retrait,
    find_obstacle_roles,
    say_roles,
)

ME, YOU, CAF, CPAM = 1, 2, 20, 21
AIDANT, INSTRUCTEUR, RESPONSABLE = (frozenset({role}) for role in Role)
BOTH = INSTRUCTEUR | RESPONSABLE
MEMBER = Droits(ME, instructeur=frozenset({CAF}))
MANAGER = Droits(ME, responsable=frozenset({CAF}))
ADMIN = Droits(ME, is_administrateur=True)
STRANGER = Droits(ME, instructeur=frozenset({90}), responsable=frozenset({90}))

ALONE = "Le groupe CAF 22 n’aurait plus de responsable\u00a0: nommez-en un autre d’abord."
BY_RESPONSABLE = "Un responsable n’est retiré que par un autre responsable ou par un administrateur."
BY_MEMBERS = "Seuls les membres du groupe et les administrateurs peuvent retirer quelqu’un."
NOBODY_LEFT = (
    "Plus personne ne pourrait répondre pour le groupe CAF 22, qui a {}\u00a0: "
    "un responsable ou un administrateur peut décider de la suite."
)


def poste(roles: Roles, *, responsables: int = 1, instructeurs: int = 1, demandes: int = 0) -> Poste:
    return Poste(CAF, "CAF 22", roles, responsables, instructeurs, demandes)


def compte(*postes: Poste, agent: int = YOU, is_equipe: bool = False) -> Compte:
    return Compte(agent, "Vous", postes, is_equipe)


LAST_INSTRUCTEUR = poste(INSTRUCTEUR, instructeurs=0, demandes=2)
LEAVING: list[tuple[Droits, Poste, int, str]] = [
    (MEMBER, poste(AIDANT), YOU, ""),
    (MEMBER, poste(INSTRUCTEUR), YOU, ""),
    (MANAGER, poste(INSTRUCTEUR), YOU, ""),
    (ADMIN, poste(INSTRUCTEUR), YOU, ""),
    (MEMBER, poste(RESPONSABLE), YOU, BY_RESPONSABLE),
    (MANAGER, poste(RESPONSABLE), YOU, ""),
    (ADMIN, poste(RESPONSABLE), YOU, ""),
    (ADMIN, poste(RESPONSABLE, responsables=0), YOU, ALONE),
    (MANAGER, poste(BOTH, responsables=0), YOU, ALONE),
    (ADMIN, poste(AIDANT, responsables=0), YOU, ""),
    (MEMBER, LAST_INSTRUCTEUR, YOU, NOBODY_LEFT.format("2 demandes ouvertes")),
    (MEMBER, replace(LAST_INSTRUCTEUR, demandes=1), YOU, NOBODY_LEFT.format("une demande ouverte")),
    (MEMBER, replace(LAST_INSTRUCTEUR, demandes=0), YOU, ""),
    (MEMBER, replace(LAST_INSTRUCTEUR, autres_instructeurs=1), YOU, ""),
    (MEMBER, replace(LAST_INSTRUCTEUR, roles=AIDANT), YOU, ""),
    (MANAGER, LAST_INSTRUCTEUR, YOU, ""),
    (ADMIN, LAST_INSTRUCTEUR, YOU, ""),
]


@pytest.mark.parametrize(("droits", "held", "agent", "obstacle"), LEAVING)
def test_who_takes_a_member_out(droits: Droits, held: Poste, agent: int, obstacle: str) -> None:
    assert find_obstacle_retrait(droits, compte(held, agent=agent), CAF) == obstacle


def test_one_leaves_by_oneself_unless_the_groupe_would_have_nobody() -> None:
    assert find_obstacle_retrait(MEMBER, compte(poste(BOTH), agent=ME), CAF) == ""
    assert find_obstacle_retrait(MEMBER, compte(poste(BOTH, responsables=0), agent=ME), CAF) == ALONE
    assert find_obstacle_retrait(MEMBER, compte(LAST_INSTRUCTEUR, agent=ME), CAF) != ""


def test_only_who_is_of_the_groupe_takes_somebody_out_of_it() -> None:
    assert find_obstacle_retrait(STRANGER, compte(poste(AIDANT)), CAF) == BY_MEMBERS
    assert find_obstacle_retrait(ADMIN, compte(poste(AIDANT)), CPAM) == BY_MEMBERS
    assert (
        find_obstacle_retrait(MEMBER, compte(replace(poste(AIDANT), groupe=CPAM), poste(AIDANT)), CAF) == ""
    )


OTHER = replace(poste(AIDANT), groupe=CPAM, nom="CPAM 22")
DEACTIVATING: list[tuple[Droits, Compte, str]] = [
    (MEMBER, compte(poste(AIDANT)), ""),
    (MANAGER, compte(poste(AIDANT)), ""),
    (ADMIN, compte(poste(AIDANT)), ""),
    (ADMIN, compte(), ""),
    (
        ADMIN,
        compte(poste(AIDANT), agent=ME),
        "Vous ne pouvez pas désactiver votre propre compte\u00a0: demandez-le à un responsable.",
    ),
    (
        MANAGER,
        compte(poste(AIDANT), is_equipe=True),
        "Ce compte a des droits dans l’équipe Administration+\u00a0: seul un administrateur le désactive.",
    ),
    (ADMIN, compte(poste(AIDANT), is_equipe=True), ""),
    (
        STRANGER,
        compte(poste(AIDANT)),
        "Seuls les membres d’un même groupe et les administrateurs peuvent désactiver un compte.",
    ),
    (
        MEMBER,
        compte(poste(AIDANT), OTHER),
        "Ce compte sert aussi dans un autre groupe que les vôtres\u00a0: seul un responsable le désactive.",
    ),
    (MANAGER, compte(poste(AIDANT), OTHER), ""),
    (ADMIN, compte(poste(AIDANT), OTHER), ""),
    (MEMBER, compte(poste(RESPONSABLE)), BY_RESPONSABLE),
    (MEMBER, compte(LAST_INSTRUCTEUR), NOBODY_LEFT.format("2 demandes ouvertes")),
    # Whoever manages one of the groupes decides for the others, whose last responsable stays all the same.
    (MANAGER, compte(poste(AIDANT), replace(LAST_INSTRUCTEUR, groupe=CPAM)), ""),
    (
        MANAGER,
        compte(poste(AIDANT), replace(OTHER, roles=RESPONSABLE, autres_responsables=0)),
        ALONE.replace("CAF 22", "CPAM 22"),
    ),
    (ADMIN, compte(poste(RESPONSABLE, responsables=0)), ALONE),
]


@pytest.mark.parametrize(("droits", "whom", "obstacle"), DEACTIVATING)
def test_who_deactivates_an_account(droits: Droits, whom: Compte, obstacle: str) -> None:
    assert find_obstacle_desactivation(droits, whom) == obstacle


@pytest.mark.parametrize(
    ("whom", "is_administrateur", "obstacle"),
    [
        (compte(poste(BOTH)), False, ""),
        (compte(), False, ""),
        (compte(poste(AIDANT), agent=ME), False, "Vous ne pouvez pas exclure votre propre compte."),
        (compte(poste(AIDANT)), True, "Ce compte est administrateur\u00a0: retirez-lui d’abord ce rôle."),
        (compte(OTHER, poste(RESPONSABLE, responsables=0)), False, ALONE),
        (compte(poste(AIDANT, responsables=0)), False, ""),
    ],
)
def test_whom_an_administrateur_excludes(whom: Compte, is_administrateur: bool, obstacle: str) -> None:
    assert find_obstacle_exclusion(ADMIN, whom, is_administrateur=is_administrateur) == obstacle


WHO_GIVES = "Seuls un responsable du groupe et un administrateur donnent les rôles."
NOBODY_ANSWERS = (
    "Plus personne ne pourrait répondre pour le groupe CAF 22, qui a des demandes ouvertes\u00a0: "
    "nommez un autre instructeur d’abord."
)


@pytest.mark.parametrize(
    ("droits", "held", "roles", "obstacle"),
    [
        (MANAGER, poste(AIDANT), BOTH, ""),
        (ADMIN, poste(AIDANT), BOTH, ""),
        (MEMBER, poste(AIDANT), BOTH, WHO_GIVES),
        (STRANGER, poste(AIDANT), BOTH, WHO_GIVES),
        (MANAGER, replace(poste(AIDANT), groupe=CPAM), BOTH, WHO_GIVES),
        (
            MANAGER,
            poste(AIDANT),
            frozenset(),
            "Cochez au moins un rôle, ou retirez cette personne du groupe.",
        ),
        (MANAGER, poste(RESPONSABLE, responsables=0), INSTRUCTEUR, ALONE),
        (MANAGER, poste(RESPONSABLE, responsables=0), BOTH, ""),
        (MANAGER, poste(RESPONSABLE), INSTRUCTEUR, ""),
        (MANAGER, LAST_INSTRUCTEUR, AIDANT, NOBODY_ANSWERS),
        (MANAGER, LAST_INSTRUCTEUR, BOTH, ""),
        (MANAGER, replace(LAST_INSTRUCTEUR, demandes=0), AIDANT, ""),
        (MANAGER, replace(LAST_INSTRUCTEUR, autres_instructeurs=1), AIDANT, ""),
    ],
)
def test_which_roles_are_given(droits: Droits, held: Poste, roles: Roles, obstacle: str) -> None:
    assert find_obstacle_roles(droits, compte(held), CAF, roles) == obstacle


def test_roles_are_said_in_one_order() -> None:
    assert say_roles(frozenset(Role)) == "aidant, instructeur, responsable"
    assert say_roles(BOTH) == "instructeur, responsable"
    assert say_roles(frozenset()) == ""


OBSTACLES: list[Callable[[Droits, Compte], str]] = [
    lambda droits, whom: find_obstacle_retrait(droits, whom, CAF),
    find_obstacle_desactivation,
]


@pytest.mark.parametrize("find", OBSTACLES)
def test_an_administrateur_is_stopped_by_the_last_responsable_alone(
    find: Callable[[Droits, Compte], str],
) -> None:
    assert find(ADMIN, compte(replace(LAST_INSTRUCTEUR, roles=BOTH))) == ""
    assert find(ADMIN, compte(replace(LAST_INSTRUCTEUR, roles=BOTH, autres_responsables=0))) == ALONE
