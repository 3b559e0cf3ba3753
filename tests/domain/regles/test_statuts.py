"""The life of a part and of a demande: a table to read, and what must hold for every demande (product §2, §6; S1)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.regles import statuts
from app.domain.regles.statuts import EtatPart, Part, Statut, Tour

T0 = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
T1, T2 = T0 + timedelta(hours=1), T0 + timedelta(hours=2)

ASKED = Part()
OPENED = Part(opened_at=T1)
TAKEN = Part(opened_at=T1, answered_at=T1)
REPLIED = Part(opened_at=T1, answered_at=T1, replied_at=T1)
DONE = replace(REPLIED, traitee_at=T1)
DECLINED = Part(opened_at=T1, declinee_at=T1)
REPLIED_THEN_DECLINED = replace(REPLIED, declinee_at=T2)
# Asked again after « traitée » : what it said stays said.
ASKED_AGAIN = replace(DONE, traitee_at=None)


@pytest.mark.parametrize(
    ("part", "etat", "is_open"),
    [
        (ASKED, EtatPart.SANS_REPONSE, True),
        (OPENED, EtatPart.SANS_REPONSE, True),
        (TAKEN, EtatPart.EN_COURS, True),
        (REPLIED, EtatPart.EN_COURS, True),
        (ASKED_AGAIN, EtatPart.EN_COURS, True),
        (DONE, EtatPart.TRAITEE, False),
        (DECLINED, EtatPart.DECLINEE, False),
        (REPLIED_THEN_DECLINED, EtatPart.DECLINEE, False),
    ],
)
def test_state_of_a_part(part: Part, etat: EtatPart, is_open: bool) -> None:
    assert (statuts.etat_part(part), statuts.is_open(part)) == (etat, is_open)


# The parts, what the aidant reads, who must play (the last message of the aidant is the sending, at T0).
DEMANDES = [
    ([ASKED], Statut.NOUVELLE, Tour.INSTRUCTEUR),
    ([ASKED, OPENED], Statut.CONSULTEE, Tour.INSTRUCTEUR),
    ([ASKED, TAKEN], Statut.REPONDUE, Tour.INSTRUCTEUR),
    ([REPLIED], Statut.REPONDUE, Tour.AIDANT),
    ([REPLIED, ASKED], Statut.REPONDUE, Tour.INSTRUCTEUR),
    ([REPLIED, TAKEN], Statut.REPONDUE, Tour.INSTRUCTEUR),
    ([DONE], Statut.TRAITEE, Tour.AIDANT),
    ([DONE, ASKED], Statut.REPONDUE, Tour.INSTRUCTEUR),
    ([DONE, REPLIED], Statut.REPONDUE, Tour.AIDANT),
    ([DONE, DONE], Statut.TRAITEE, Tour.AIDANT),
    ([DONE, DECLINED], Statut.TRAITEE, Tour.AIDANT),
    ([DECLINED], Statut.CONSULTEE, Tour.AIDANT),
    ([DECLINED, DECLINED], Statut.CONSULTEE, Tour.AIDANT),
    ([DECLINED, ASKED], Statut.CONSULTEE, Tour.INSTRUCTEUR),
    ([DONE, DECLINED, ASKED_AGAIN], Statut.REPONDUE, Tour.AIDANT),
]


@pytest.mark.parametrize(("parts", "statut", "tour"), DEMANDES)
def test_status_of_a_demande_and_who_must_play(parts: list[Part], statut: Statut, tour: Tour) -> None:
    assert statuts.statut(parts, None) is statut
    assert statuts.tour(parts, T0, None) is tour


@pytest.mark.parametrize(
    ("part", "tour"),
    [
        (REPLIED, Tour.INSTRUCTEUR),
        (ASKED_AGAIN, Tour.INSTRUCTEUR),
        (DONE, Tour.PERSONNE),
        (DECLINED, Tour.PERSONNE),
    ],
)
def test_a_later_word_of_the_aidant_gives_the_ball_back(part: Part, tour: Tour) -> None:
    assert statuts.tour_part(part, T2) is tour
    # Written at the same instant, they crossed: the aidant’s word is not answered yet.
    assert statuts.tour_part(part, T1) is tour


@pytest.mark.parametrize(
    ("part", "is_late"),
    [
        (replace(ASKED, late_at=T1), True),
        (replace(ASKED, late_at=T2), False),  # at the instant of the deadline, not yet
        (replace(TAKEN, late_at=T1), True),
        (ASKED, False),
        (replace(DONE, late_at=T0), False),
        (replace(DECLINED, late_at=T0), False),
    ],
)
def test_only_an_open_part_is_late(part: Part, is_late: bool) -> None:
    assert statuts.is_en_souffrance(part, T2) is is_late


@pytest.mark.parametrize(
    ("parts", "expected"),
    [([], False), ([DECLINED], True), ([DECLINED, REPLIED_THEN_DECLINED], True), ([DECLINED, DONE], False)],
)
def test_declined_by_all(parts: list[Part], expected: bool) -> None:
    assert statuts.is_declinee_by_all(parts) is expected


# --- For every demande ------------------------------------------------------------------------------------------

instants = st.none() | st.integers(0, 200).map(lambda hours: T0 + timedelta(hours=hours))


@st.composite
def any_part(draw: st.DrawFn) -> Part:
    """Any part the base can hold: it ends once (`sollicitations_une_fin`), and a reply is an answer."""
    replied_at = draw(instants)
    ended_at, is_declined = draw(instants), draw(st.booleans())
    return Part(
        opened_at=draw(instants),
        answered_at=draw(instants) or replied_at,
        replied_at=replied_at,
        traitee_at=None if is_declined else ended_at,
        declinee_at=ended_at if is_declined else None,
        late_at=draw(instants) if ended_at is None else None,
    )


any_parts = st.lists(any_part(), max_size=5)
now_or_never = instants


@given(any_parts, now_or_never)
def test_never_traitee_while_one_part_is_open(parts: list[Part], closed_at: datetime | None) -> None:
    if any(statuts.is_open(part) for part in parts):
        assert statuts.statut(parts, closed_at) is not Statut.TRAITEE


@given(any_parts)
def test_asking_one_more_groupe_ends_traitee(parts: list[Part]) -> None:
    assert not statuts.is_traitee([*parts, ASKED])


@given(any_parts)
def test_traitee_means_someone_did_it(parts: list[Part]) -> None:
    if statuts.is_traitee(parts):
        assert any(part.traitee_at is not None for part in parts)
        assert not statuts.is_declinee_by_all(parts)


@given(any_parts)
def test_without_an_answer_its_aidant_reads_that_nobody_answered(parts: list[Part]) -> None:
    unanswered = statuts.statut(parts, None) in {Statut.NOUVELLE, Statut.CONSULTEE}
    assert statuts.is_sans_reponse(parts) is unanswered


@given(any_parts)
def test_one_more_decline_changes_nothing_but_the_answered_ones(parts: list[Part]) -> None:
    assert statuts.is_traitee([*parts, DECLINED]) is statuts.is_traitee(parts)


@given(any_parts, st.randoms(use_true_random=False), now_or_never)
def test_the_order_of_the_groupes_says_nothing(
    parts: list[Part],
    random: object,
    closed_at: datetime | None,
) -> None:
    mixed = list(parts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert statuts.statut(mixed, closed_at) is statuts.statut(parts, closed_at)
    assert statuts.tour(mixed, T1, closed_at) is statuts.tour(parts, T1, closed_at)


@given(any_parts, now_or_never)
def test_closed_is_closed_and_nobody_plays(parts: list[Part], closed_at: datetime | None) -> None:
    is_closed = closed_at is not None
    assert (statuts.statut(parts, closed_at) is Statut.CLOTUREE) is is_closed
    assert (statuts.tour(parts, T0, closed_at) is Tour.PERSONNE) is is_closed


@given(any_part(), instants)
def test_who_is_late_is_who_may_still_answer(part: Part, now: datetime | None) -> None:
    etat = statuts.etat_part(part)
    assert statuts.is_open(part) is (etat in {EtatPart.SANS_REPONSE, EtatPart.EN_COURS})
    if now is not None and statuts.is_en_souffrance(part, now):
        assert statuts.is_open(part)


@pytest.mark.parametrize(
    ("part", "is_en_pause"),
    [
        (OPENED, False),
        (replace(OPENED, document_at=T1), False),  # the aidant spoke at the same instant
        (replace(OPENED, document_at=T2), True),
        (replace(DONE, document_at=T2), False),
        (replace(DECLINED, document_at=T2), False),
    ],
)
def test_a_part_waits_for_a_document_until_the_aidant_answers(part: Part, is_en_pause: bool) -> None:
    assert statuts.is_en_pause(part, T1) is is_en_pause
    assert not statuts.is_en_pause(part, T2 + timedelta(seconds=1))
