"""Attacks on what is published: every table that fits it is listed; no hidden count may be the same in all of them."""

import itertools
import random
import time
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.figures.publications import BORNES
from app.domain.figures.suppression import SEUIL, TOTAL, Cellule, Table, find_found, protect, protect_together

IS_LONG = settings.get_current_profile_name() == "figures"
SETTINGS = settings(
    max_examples=3000 if IS_LONG else 60, deadline=None, suppress_health_check=list(HealthCheck)
)


def table(rows: list[list[int]]) -> dict[Cellule, int]:
    return {(f"l{i}", f"c{j}"): n for i, row in enumerate(rows) for j, n in enumerate(row)}


def possible(cell: Cellule, published: Table, beyond: int) -> range:
    """What whoever attacks knows of a hidden count before they subtract."""
    return range(1, published.nombres[cell] + beyond + 1)


def list_worlds(published: Table, beyond: int = 2) -> Iterator[dict[Cellule, int]]:
    """Every table of whole counts that agrees with all that is shown, totals included (the solver)."""
    inner = [cell for cell in published.nombres if TOTAL not in cell]
    hidden = [cell for cell in inner if cell in published.caches]
    lignes = list(dict.fromkeys(ligne for ligne, _ in inner))
    colonnes = list(dict.fromkeys(colonne for _, colonne in inner))
    for values in itertools.product(*(possible(cell, published, beyond) for cell in hidden)):
        world = {cell: published.nombres[cell] for cell in inner} | dict(zip(hidden, values, strict=True))
        for ligne in lignes:
            world[ligne, TOTAL] = sum(world[ligne, colonne] for colonne in colonnes)
        for colonne in (*colonnes, TOTAL):
            world[TOTAL, colonne] = sum(world[ligne, colonne] for ligne in lignes)
        if all(
            nombre in possible(cell, published, 10 * beyond)
            if cell in published.caches
            else nombre == published.nombres[cell]
            for cell, nombre in world.items()
            if TOTAL in cell
        ):
            yield world


def find_derivable(published: Table) -> set[Cellule]:
    """The hidden counts that are the same in every world."""
    worlds = list_worlds(published)
    first = next(worlds)
    same = set(published.caches)
    for world in worlds:
        same = {cell for cell in same if world[cell] == first[cell]}
        if not same:
            break
    return same


def find_determined(published: Table) -> set[Cellule]:
    """The hidden counts that equations alone give: linear algebra, whatever their bounds."""
    hidden = sorted(published.caches, key=str)
    lignes = list(dict.fromkeys(ligne for ligne, _ in published.nombres))
    colonnes = list(dict.fromkeys(colonne for _, colonne in published.nombres))
    equations = []
    for side, names in ((0, lignes), (1, colonnes)):
        for name in names:
            equations.append(
                [
                    Fraction((-1 if cell[1 - side] == TOTAL else 1) if cell[side] == name else 0)
                    for cell in hidden
                ]
            )
    reduced: list[tuple[int, list[Fraction]]] = []
    for equation in equations:
        row = equation
        for pivot, other in reduced:
            row = [a - row[pivot] * b for a, b in zip(row, other, strict=True)]
        pivot = next((i for i, value in enumerate(row) if value), -1)
        if pivot >= 0:
            row = [value / row[pivot] for value in row]
            reduced = [
                (p, [a - other[pivot] * b for a, b in zip(other, row, strict=True)]) for p, other in reduced
            ]
            reduced.append((pivot, row))
    return {hidden[pivot] for pivot, row in reduced if sum(1 for value in row if value) == 1}


@SETTINGS
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(st.integers(0, 7), st.integers(0, 4)), min_size=width, max_size=width),
            min_size=1,
            max_size=2,
        )
    )
)
def test_no_hidden_count_is_the_same_in_every_world(rows: list[list[int]]) -> None:
    published = protect(table(rows))
    for cell, nombre in published.nombres.items():
        assert not 0 < nombre < SEUIL or cell in published.caches
    assert not find_derivable(published)


@SETTINGS
@given(
    st.integers(2, 7).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(st.integers(0, 5), st.integers(0, 60)), min_size=width, max_size=width),
            min_size=2,
            max_size=8,
        )
    )
)
def test_no_hidden_count_is_given_by_the_equations(rows: list[list[int]]) -> None:
    published = protect(table(rows))
    assert not find_determined(published)
    assert not find_found(published.nombres, published.caches)


def test_without_complementary_suppression_the_solvers_do_find() -> None:
    """A solver that finds nothing would prove nothing."""
    naive = protect(table([[3, 7], [8, 9]]))
    only_small = Table(naive.nombres, frozenset({("l0", "c0")}))
    assert find_derivable(only_small) == {("l0", "c0")}
    assert find_determined(only_small) == {("l0", "c0")}
    assert find_found(only_small.nombres, only_small.caches) == [("l0", "c0")]
    # Two in a line are not enough when columns tell them apart, nor a pair whose bounds leave one way.
    bridge = Table(naive.nombres, frozenset({("l0", "c0"), ("l0", "c1")}))
    assert find_determined(bridge) == {("l0", "c0"), ("l0", "c1")}


def test_what_is_large_stays_and_nobody_is_said() -> None:
    published = protect(table([[40, 0, 3], [60, 7, 80], [50, 9, 70]]))
    assert published.get("l0", "c1") == 0
    assert published.get(TOTAL, TOTAL) == 319
    for cell in published.caches:
        # Nothing is hidden that could be shown.
        assert published.nombres[cell] < SEUIL or find_found(published.nombres, published.caches - {cell})


@pytest.mark.parametrize("sparse", [0.3, 0.8])
def test_a_national_month_is_protected_in_a_moment(sparse: float) -> None:
    alea = random.Random(7)
    rows = [
        [0 if alea.random() < sparse else int(alea.paretovariate(0.6)) for _ in range(31)] for _ in range(109)
    ]
    started = time.process_time()
    published = protect(table(rows))
    assert time.process_time() - started < 20
    assert not find_found(published.nombres, published.caches)
    shown = [cell for cell in published.nombres if cell not in published.caches and published.nombres[cell]]
    assert shown


# --- Tables that limit one another --------------------------------------------------------------------------------

MESURES = ("envoyees", "traitees", "declinees")
LIMITES = (("envoyees", ("traitees", "declinees")),)
#: Of up to eight demandes, how many were traitées, and how many of the rest declined.
SORT = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 8)).map(
    lambda t: (t[0], min(t[0], t[1]), min(t[0] - min(t[0], t[1]), t[2]))
)


def find_derivable_together(published: dict[str, Table]) -> set[tuple[str, Cellule]]:
    """The hidden counts that are the same in every world where nobody concludes more than was sent."""
    worlds = {mesure: list(list_worlds(published[mesure])) for mesure in MESURES}
    seen: dict[tuple[str, Cellule], set[int]] = {
        (mesure, cell): set() for mesure in MESURES for cell in published[mesure].caches
    }

    def fit(sent: dict[Cellule, int], *others: dict[Cellule, int]) -> bool:
        return all(sum(other[cell] for other in others) <= nombre for cell, nombre in sent.items())

    for sent in worlds["envoyees"]:
        traitees = [one for one in worlds["traitees"] if fit(sent, one)]
        declinees = [one for one in worlds["declinees"] if fit(sent, one)]
        for pair in itertools.product(traitees, declinees):
            if fit(sent, *pair):
                for mesure, world in zip(MESURES, (sent, *pair), strict=True):
                    for cell in published[mesure].caches:
                        seen[mesure, cell].add(world[cell])
        if all(len(values) > 1 for values in seen.values()):
            return set()
    return {key for key, values in seen.items() if len(values) < 2}


def tables_of(rows: list[list[tuple[int, int, int]]]) -> dict[str, dict[Cellule, int]]:
    return {mesure: table([[sort[n] for sort in row] for row in rows]) for n, mesure in enumerate(MESURES)}


@settings(max_examples=2000 if IS_LONG else 120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(1, 2).flatmap(
        lambda width: st.lists(st.lists(SORT, min_size=width, max_size=width), min_size=1, max_size=2)
    )
)
def test_no_hidden_count_is_given_by_another_table(rows: list[list[tuple[int, int, int]]]) -> None:
    published = protect_together(tables_of(rows), LIMITES)
    for each in published.values():
        for cell, nombre in each.nombres.items():
            assert not 0 < nombre < SEUIL or cell in each.caches
    if max(len(each.caches) for each in published.values()) <= 7:
        assert not find_derivable_together(published)


def test_six_sent_five_traitees_and_one_declined_is_found_without_looking_beside() -> None:
    """Each table alone hides well: it is the three together that tell."""
    rows = [[(6, 5, 1), (9, 0, 9)], [(7, 6, 1), (9, 0, 9)]]
    alone = {mesure: protect(nombres) for mesure, nombres in tables_of(rows).items()}
    assert find_derivable_together(alone)
    assert not find_derivable_together(protect_together(tables_of(rows), LIMITES))


def test_a_national_month_of_every_table_is_protected_in_a_moment() -> None:
    alea, nombres = random.Random(7), dict[str, dict[Cellule, int]]()
    for cell in itertools.product(range(109), range(31)):
        sent = 0 if alea.random() < 0.5 else min(int(alea.paretovariate(0.6)), 5000)
        traitees = alea.randint(0, sent)
        repondues = alea.randint(traitees, sent)
        counts = {
            "envoyees": sent,
            "traitees": traitees,
            "declinees": alea.randint(0, sent - traitees),
            "repondues": repondues,
            "dans_delai": alea.randint(0, repondues),
        }
        for mesure, nombre in counts.items():
            nombres.setdefault(mesure, {})[cell] = nombre
    started = time.process_time()
    published = protect_together(nombres, BORNES)
    assert time.process_time() - started < 30
    for each in published.values():
        assert len(each.caches) < sum(1 for nombre in each.nombres.values() if nombre)
