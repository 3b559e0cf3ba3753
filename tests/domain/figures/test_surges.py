"""The plain test of a surge: at most one false alarm a month for a département, true surges within 2 working days."""

import random
from collections.abc import Callable

import pytest

from app.domain.figures.surges import has_ended, is_surge, tail_of

MONTHS = 24
#: What a département asks a week: three busy sujets × organismes, many rare ones (from the volumes of the reference).
RATES = (9.0, 6.0, 4.0, *([2.0] * 6), *([1.0] * 12), *([0.4] * 40), *([0.1] * 120))


def draw(alea: random.Random, mean: float) -> int:
    """How many demandes on one day; weeks are uneven, so days are too."""
    mean *= alea.choice((0.6, 0.9, 1.0, 1.1, 1.4))
    limit, count, product = pow(2.718281828, -mean), 0, alea.random()
    while product > limit:
        count, product = count + 1, product * alea.random()
    return count


def weeks_before(days: list[int], day: int) -> list[int]:
    return [sum(days[day - 7 * (n + 1) : day - 7 * n]) for n in range(12, 0, -1)]


def count_alarms(days: list[int], first: int, last: int, structures_of: Callable[[int], int]) -> list[int]:
    """The days an alarm starts: one lasts until it ends by itself."""
    alarms, is_open = [], False
    for day in range(first, last):
        week, before = sum(days[day - 6 : day + 1]), weeks_before(days, day + 1)
        if is_open:
            is_open = not has_ended(week, before)
        elif is_surge(week, structures_of(week), before):
            alarms.append(day)
            is_open = True
    return alarms


@pytest.mark.parametrize("seed", range(3))
def test_a_departement_has_at_most_one_false_alarm_a_month(seed: int) -> None:
    """No blocage, only chance, and a slow rise over the months; every structure different: the worst case."""
    alea, alarms = random.Random(seed), 0
    length = 100 + 30 * MONTHS
    for rate in RATES:
        days = [draw(alea, rate / 5 * (1 + day / length / 2)) if day % 7 < 5 else 0 for day in range(length)]
        alarms += len(count_alarms(days, 100, length, lambda week: week))
    assert alarms / MONTHS <= 1, alarms / MONTHS


@pytest.mark.parametrize("rate", [0.1, 0.4, 1.0, 2.0, 4.0])
def test_a_true_surge_is_found_within_two_working_days(rate: float) -> None:
    """From a Monday, eight times a usual day and five a day at least, of several structures."""
    alea, found = random.Random(11), 0
    for _ in range(60):
        days = [draw(alea, rate / 5) if day % 7 < 5 else 0 for day in range(140)]
        for _day in (140, 141):
            days.append(max(5, round(8 * rate / 5)) + draw(alea, rate / 5))
        found += bool(count_alarms(days, 140, 142, lambda week: min(week, 4)))
    assert found >= 57, found


def test_it_takes_five_demandes_of_three_structures() -> None:
    quiet = [0] * 12
    assert is_surge(5, 3, quiet)
    assert not is_surge(4, 4, quiet)
    assert not is_surge(9, 2, quiet)
    assert not is_surge(12, 5, [11] * 12)


def test_it_ends_by_itself() -> None:
    assert has_ended(4, [0] * 12)
    assert has_ended(15, [11] * 12)
    assert not has_ended(12, [3] * 12)


def test_the_tail_is_a_chance() -> None:
    assert tail_of(0, 3.0) == 1.0
    assert 0.18 < tail_of(5, 3.0) < 0.19
