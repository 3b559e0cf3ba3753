"""The matrix of product §3, executable. Read it beside the contract: one line per right, one column per position.

A cell holds the states of the demande in which the right is given: `o` open, `c` closed, `r` open with the mandat
revoked; `.` never. Then come people on both sides (product §3, « the union, except… »), and an aidant of the groupe of
a demande whose author left (product §2, « who leaves »).
"""

import inspect
from dataclasses import replace
from typing import Any

import pytest

from app.domain.regles import permissions
from app.domain.regles.errors import Refus
from app.domain.regles.permissions import Droits, Parties, can_correct, require

MATRIX = """
right                    auteur invité membre nommé expert responsable pilote admin étranger aut+ins inv+ins héritier
can_know_demande         ocr    ocr    ocr    ocr   or     ocr         .      ocr   .        ocr     ocr     ocr
can_read_demande         ocr    ocr    ocr    ocr   or     .           .      .     .        ocr     ocr     ocr
can_reveal_identifiants  ocr    ocr    ocr    ocr   or     .           .      .     .        ocr     ocr     ocr
can_open_files           ocr    ocr    ocr    ocr   .      .           .      .     .        ocr     ocr     ocr
can_read_prives          .      .      ocr    ocr   or     .           .      .     .        .       .       .
can_answer               o      o      o      o     o      .           .      .     .        o       o       o
can_attach_files         o      o      o      o     .      .           .      .     .        o       o       o
can_instruct             .      .      o      o     .      .           .      .     .        o       o       .
can_write_prive          .      .      o      o     o      .           .      .     .        .       .       .
can_add_information      o      o      .      .     .      .           .      .     .        o       o       o
can_invite_collegue      o      o      o      o     .      .           .      .     .        o       o       o
can_invite_groupe        o      o      o      o     o      .           .      .     .        o       o       o
can_invite_experts       o      o      o      o     .      .           .      .     .        o       o       o
can_repeat_usager        ocr    ocr    .      .     .      .           .      .     .        ocr     ocr     ocr
can_close_demande        or     or     .      .     .      .           .      .     .        or      or      or
can_reopen_demande       c      c      .      .     .      .           .      .     .        c       c       c
can_give_note            ocr    ocr    .      .     .      .           .      .     .        ocr     ocr     ocr
can_see_mandat           ocr    ocr    ocr    ocr   .      .           .      .     .        ocr     ocr     ocr
can_record_mandat        or     or     .      .     .      .           .      .     .        or      or      or
can_revoke_mandat        o      o      .      .     .      .           .      .     .        o       o       o
can_take_up              .      .      .      .     .      .           .      .     .        .       .       or
"""

ME = 1
CALLAC, CAF, AILLEURS = 10, 20, 90
OPEN = Parties(auteur=2, groupe=CALLAC, groupes_sollicites=frozenset({CAF, 21}))
STATES: dict[str, dict[str, Any]] = {
    "o": {},
    "c": {"is_closed": True},
    "r": {"has_mandat": False},
}
COLLEGUE = {ME: CALLAC}
AIDANT = Droits(ME, aidant=frozenset({CALLAC}))
INSTRUCTEUR = Droits(ME, instructeur=frozenset({CAF}))
BOTH = Droits(ME, aidant=frozenset({CALLAC}), instructeur=frozenset({CAF}))
POSITIONS = {
    "auteur": (AIDANT, replace(OPEN, auteur=ME)),
    "invité": (AIDANT, replace(OPEN, collegues=COLLEGUE)),
    "membre": (INSTRUCTEUR, OPEN),
    "nommé": (Droits(ME, instructeur=frozenset({AILLEURS})), replace(OPEN, instructeurs={ME: AILLEURS})),
    "expert": (Droits(ME, is_expert=True), replace(OPEN, experts=frozenset({ME}))),
    "responsable": (Droits(ME, responsable=frozenset({CAF})), OPEN),
    "pilote": (Droits(ME, perimetres=((None, None),)), OPEN),
    "admin": (Droits(ME, is_administrateur=True), OPEN),
    "étranger": (
        Droits(
            ME,
            aidant=frozenset({AILLEURS}),
            instructeur=frozenset({AILLEURS}),
            responsable=frozenset({AILLEURS}),
            is_expert=True,
        ),
        OPEN,
    ),
    "aut+ins": (BOTH, replace(OPEN, auteur=ME)),
    "inv+ins": (BOTH, replace(OPEN, collegues=COLLEGUE)),
    "héritier": (AIDANT, replace(OPEN, is_vacante=True)),
}
LINES = [line.split() for line in MATRIX.strip().splitlines()]
CELLS = [
    (line[0], position, cell)
    for line in LINES[1:]
    for position, cell in zip(LINES[0][1:], line[1:], strict=True)
]


def states_allowing(right: str, droits: Droits, parties: Parties) -> str:
    law = getattr(permissions, right)
    return (
        "".join(letter for letter, facts in STATES.items() if law(droits, replace(parties, **facts))) or "."
    )


@pytest.mark.parametrize(("right", "position", "cell"), CELLS)
def test_the_law_is_the_matrix(right: str, position: str, cell: str) -> None:
    assert states_allowing(right, *POSITIONS[position]) == cell


def test_every_right_on_a_demande_stands_in_the_matrix() -> None:
    rights = {
        name
        for name, law in inspect.getmembers(permissions, inspect.isfunction)
        if name.startswith("can_") and "demande" in inspect.signature(law).parameters
    }
    assert rights == {line[0] for line in LINES[1:]}
    assert set(POSITIONS) == set(LINES[0][1:])


@pytest.mark.parametrize(("right", "is_prive"), [("can_answer", False), ("can_write_prive", True)])
def test_who_wrote_a_message_corrects_it_as_long_as_they_could_write_it(right: str, is_prive: bool) -> None:
    for droits, parties in POSITIONS.values():
        for facts in STATES.values():
            there = replace(parties, **facts)
            may = getattr(permissions, right)(droits, there)
            assert can_correct(droits, there, ME, is_prive=is_prive) == may
            assert not can_correct(droits, there, ME + 1, is_prive=is_prive)
            assert not can_correct(droits, there, None, is_prive=is_prive)


def rights_of(droits: Droits, parties: Parties) -> set[str]:
    return {line[0] for line in LINES[1:] if states_allowing(line[0], droits, parties) != "."}


def test_a_colleague_who_was_not_invited_is_a_stranger() -> None:
    assert rights_of(AIDANT, OPEN) == set()


def test_who_left_the_groupe_is_a_stranger() -> None:
    assert rights_of(Droits(ME), OPEN) == set()


def test_called_by_name_then_gone_is_a_stranger_too() -> None:
    """A colleague’s word calls an instructeur: it gives nothing to who is one no more."""
    assert rights_of(Droits(ME), replace(OPEN, instructeurs={ME: AILLEURS})) == set()
    assert (
        rights_of(Droits(ME, aidant=frozenset({CALLAC})), replace(OPEN, instructeurs={ME: AILLEURS})) == set()
    )


def test_being_aidant_in_a_solicited_groupe_is_not_being_instructeur() -> None:
    assert rights_of(Droits(ME, aidant=frozenset({CAF})), OPEN) == set()


def test_an_expert_is_one_by_role_and_by_invitation() -> None:
    assert rights_of(Droits(ME, is_expert=True), OPEN) == set()
    assert rights_of(Droits(ME), replace(OPEN, experts=frozenset({ME}))) == set()


@pytest.mark.parametrize("groupe", [CALLAC, CAF, 21])
def test_responsables_on_both_sides_know_and_no_more(groupe: int) -> None:
    assert rights_of(Droits(ME, responsable=frozenset({groupe})), OPEN) == {"can_know_demande"}


@pytest.mark.parametrize(
    ("droits", "par"),
    [
        (Droits(ME, aidant=frozenset({AILLEURS})), AILLEURS),
        (Droits(ME, instructeur=frozenset({CALLAC})), CALLAC),
        (Droits(ME, aidant=frozenset({AILLEURS}), responsable=frozenset({CALLAC})), AILLEURS),
    ],
)
def test_invited_without_being_aidant_of_the_authors_groupe_closes_nothing(droits: Droits, par: int) -> None:
    same = rights_of(*POSITIONS["invité"])
    assert same - rights_of(droits, replace(OPEN, collegues={ME: par})) == {
        "can_close_demande",
        "can_reopen_demande",
    }


def test_the_author_closes_until_the_demande_is_handed_on() -> None:
    assert permissions.can_close_demande(Droits(ME), replace(OPEN, auteur=ME))
    assert rights_of(Droits(ME), replace(OPEN, auteur=ME, is_vacante=True)) == set()


@pytest.mark.parametrize("qualite", ["collegues", "instructeurs"])
def test_an_invitation_by_name_lives_with_the_membership_it_was_made_through(qualite: str) -> None:
    """Who left the groupe of 22 and joined one elsewhere, in the same role, reads no more (product §2)."""
    moved = Droits(ME, aidant=frozenset({AILLEURS}), instructeur=frozenset({AILLEURS}))

    def invited(par: int | None) -> Parties:
        through: dict[int, int | None] = {ME: par}
        if qualite == "collegues":
            return replace(OPEN, collegues=through)
        return replace(OPEN, instructeurs=through)

    assert rights_of(moved, invited(AILLEURS)) != set()
    assert rights_of(moved, invited(CALLAC)) == rights_of(moved, invited(None)) == set()


def test_a_colleague_who_only_manages_the_groupe_any_more_reads_nothing() -> None:
    droits = Droits(ME, responsable=frozenset({CALLAC}))
    assert rights_of(droits, replace(OPEN, collegues=COLLEGUE)) == {"can_know_demande"}


def test_what_an_author_left_is_taken_up_by_aidants_of_its_groupe_only() -> None:
    vacante = replace(OPEN, is_vacante=True)
    for droits in (
        Droits(ME, instructeur=frozenset({CALLAC})),
        Droits(ME, aidant=frozenset({CAF, AILLEURS})),
        Droits(ME, responsable=frozenset({CALLAC})),
    ):
        assert rights_of(droits, vacante) <= {"can_know_demande"}


def test_what_is_erased_is_never_reopened() -> None:
    erased = replace(OPEN, auteur=ME, is_closed=True, is_erased=True)
    assert not permissions.can_reopen_demande(AIDANT, erased)


ELSEWHERE = """
right                     aidant instructeur responsable expert pilote admin étranger
can_create_demande        oui    oui         .           .      .      .     oui
can_see_groupe            oui    oui         oui         .      .      oui   .
can_manage_groupe         .      .           oui         .      .      oui   .
can_list_demandes         .      .           oui         .      .      oui   .
can_write_reponses        .      oui         .           .      .      .     .
can_share_vues            .      .           oui         .      .      .     .
can_see_figures_of_groupe .      .           oui         .      .      oui   .
can_answer_blocage        .      oui         oui         .      .      .     .
can_see_deployment        .      .           .           .      oui    oui   .
can_handle_requetes       .      .           .           .      .      oui   .
can_administer            .      .           .           .      .      oui   .
needs_second_facteur      .      .           .           oui    oui    oui   .
"""
MEMBERS = {
    "aidant": Droits(ME, aidant=frozenset({CAF})),
    "instructeur": INSTRUCTEUR,
    "responsable": Droits(ME, responsable=frozenset({CAF})),
    "expert": Droits(ME, is_expert=True),
    "pilote": Droits(ME, perimetres=((None, 22),)),
    "admin": Droits(ME, is_administrateur=True),
    "étranger": replace(POSITIONS["étranger"][0], is_expert=False),
}
ABOUT = {"groupe": CAF, "groupes": frozenset({CAF, 21})}
OTHER_LINES = [line.split() for line in ELSEWHERE.strip().splitlines()]


@pytest.mark.parametrize("line", OTHER_LINES[1:], ids=lambda line: line[0])
def test_the_rights_beside_a_demande_are_the_matrix(line: list[str]) -> None:
    law = getattr(permissions, line[0])
    facts = [ABOUT[name] for name in inspect.signature(law).parameters if name != "droits"]
    assert ["oui" if law(MEMBERS[who], *facts) else "." for who in OTHER_LINES[0][1:]] == line[1:]


def test_every_other_right_stands_in_the_second_matrix() -> None:
    rights = {
        name
        for name, law in inspect.getmembers(permissions, inspect.isfunction)
        if name.startswith(("can_", "needs_"))
        and inspect.signature(law).parameters.keys() <= {"droits", *ABOUT}
    }
    assert rights == {line[0] for line in OTHER_LINES[1:]}
    assert set(MEMBERS) == set(OTHER_LINES[0][1:])


@pytest.mark.parametrize(
    ("perimetre", "sees"),
    [
        ((None, None), {(1, 22), (1, 29), (2, 22), (2, 29)}),
        ((1, None), {(1, 22), (1, 29)}),
        ((None, 22), {(1, 22), (2, 22)}),
        ((2, 29), {(2, 29)}),
        (None, set()),
    ],
)
def test_a_pilote_sees_who_is_reachable_within_their_scope(
    perimetre: tuple[int | None, int | None] | None, sees: set[tuple[int, int]]
) -> None:
    droits = Droits(ME, perimetres=(perimetre,) if perimetre else ())
    places = [(organisme, departement) for organisme in (1, 2) for departement in (22, 29)]
    assert {place for place in places if permissions.can_see_deployment_of(droits, *place)} == sees
    assert permissions.can_see_deployment_of(replace(droits, is_administrateur=True), 3, 75)


def test_require_says_why() -> None:
    require(True)
    with pytest.raises(Refus) as refused:
        require(False, "Parce que.")
    assert refused.value.phrase == "Parce que."
    with pytest.raises(Refus) as refused:
        require(False)
    assert refused.value.phrase.endswith(".")
