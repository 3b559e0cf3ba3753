"""The advisory locks of the base, each under a number of its own: two that shared one would wait for each other, or
give way to each other, for nothing.

Locks of one thing among many (a form, a number, an address) are hashes of its words, where they are taken.
"""

from enum import IntEnum, unique


@unique
class Verrou(IntEnum):
    """What only one process at a time may do. A number that a version still running knows never changes."""

    MIGRATIONS = 4_812_022_126
    SCELLEMENT_DU_JOURNAL = 4_812_022_127
    DEPART_DES_COURRIELS = 4_812_022_128
    COMPTES_DE_L_EQUIPE = 4_812_022_129
    PREMIER_COMPTE = 4_812_022_130
    SOMMES = 4_812_022_131
    RAPPELS = 4_812_022_132
    REQUETES = 4_812_022_133
    REFERENTIEL = 5_112_027_115
    CONDITIONS = 5_112_027_116
