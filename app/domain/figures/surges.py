"""Is this week unusual? A plain test on counts of weeks, explained in one sentence to whoever reads it. Pure.

« 12 demandes cette semaine, 3 d’habitude »: habit is the mean of the twelve weeks before. This week is a surge when,
if weeks went as usual, a count as high would come by chance less than once in `RARETE` looks (a Poisson law, the
law of counts of independent events), with at least five demandes of three structures. A sujet never seen has a habit
of half a demande a week: five the first week may be a blocage, five among four a week is not.
"""

import math
from collections.abc import Sequence

SEMAINES = 12
MINIMUM = 5
STRUCTURES = 3
HABITUDE_MINIMALE = 0.5
#: One look in that many may be wrong. A département is looked at every working hour for every sujet × organisme that
#: had five demandes in a week: a few looks at most, mostly at the same week.
RARETE = 500
#: Weeks vary more than chance alone: what habit says is widened by that much of it.
MARGE = 0.15


def habit_of(semaines: Sequence[int]) -> float:
    """A usual week, from the last twelve."""
    known = semaines[-SEMAINES:]
    return max(sum(known) / SEMAINES, HABITUDE_MINIMALE)


def is_surge(nombre: int, structures: int, semaines: Sequence[int]) -> bool:
    """Whether `nombre` demandes of `structures` in seven days are unusual after these weeks, the oldest first."""
    if nombre < MINIMUM or structures < STRUCTURES:
        return False
    habit = habit_of(semaines)
    return tail_of(nombre, habit * (1 + MARGE)) < 1 / RARETE


def has_ended(nombre: int, semaines: Sequence[int]) -> bool:
    """Back to what is usual: fewer than five in seven days, or at most half more than habit."""
    return nombre < MINIMUM or nombre <= 1.5 * habit_of(semaines)


def tail_of(nombre: int, mean: float) -> float:
    """The chance of `nombre` or more when `mean` are expected."""
    below = sum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(nombre))
    return max(0.0, 1.0 - below)
