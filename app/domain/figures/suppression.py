"""Small counts published without being found again: what is hidden, and what must be hidden with it. Pure.

A table is lines × columns with its totals. A count from 1 to 4 is hidden (nobody is nobody: 0 is said); then, as long
as a hidden count could only be one value for whoever adds and subtracts what is shown, the smallest count of its line
and of its column still shown is hidden too, totals included (figures.md). Both are said by the same word: whoever
attacks knows of a hidden count that it is not 0, and no more.
"""

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass

SEUIL = 5
RELACHES_MAX = 60
SEUIL_MESURES = 10  # parts under which neither a delay nor a share says anything

Cle = Hashable
Cellule = tuple[Cle, Cle]
#: The line or the column of totals.
TOTAL: Cle = "total"


@dataclass(frozen=True)
class Table:
    """Counts by (line, column), totals included under TOTAL; `caches` are those that must not be shown."""

    nombres: Mapping[Cellule, int]
    caches: frozenset[Cellule]

    def get(self, ligne: Cle, colonne: Cle) -> int | None:
        """The count, or None when it is hidden; nothing was counted in a cell that does not exist."""
        return None if (ligne, colonne) in self.caches else self.nombres.get((ligne, colonne), 0)


def protect(
    nombres: Mapping[Cellule, int], *, lignes: Iterable[Cle] = (), colonnes: Iterable[Cle] = ()
) -> Table:
    """The table with its totals and what must be hidden. Cells of `lignes` × `colonnes` that are missing count 0."""
    all_lignes = dict.fromkeys([*lignes, *(ligne for ligne, _ in nombres)])
    all_colonnes = dict.fromkeys([*colonnes, *(colonne for _, colonne in nombres)])
    whole = {(li, co): nombres.get((li, co), 0) for li in all_lignes for co in all_colonnes}
    for ligne in all_lignes:
        whole[ligne, TOTAL] = sum(whole[ligne, co] for co in all_colonnes)
    for colonne in (*all_colonnes, TOTAL):
        whole[TOTAL, colonne] = sum(whole[li, colonne] for li in all_lignes)
    caches = {cell for cell, nombre in whole.items() if 0 < nombre < SEUIL}
    while True:
        found = find_found(whole, caches)
        more = {other for cell in found for other in _smallest_beside(cell, whole, caches)}
        if not more:
            # Nothing is left to hide beside: the whole line of a cell that is still found is hidden already.
            return Table(whole, frozenset(_release(whole, caches)))
        caches |= more


def _release(nombres: Mapping[Cellule, int], caches: set[Cellule]) -> set[Cellule]:
    """Show again, from the largest, what need not have been hidden. A national table is left as it is: too long."""
    spare = sorted(
        (cell for cell in caches if nombres[cell] >= SEUIL), key=lambda cell: (-nombres[cell], str(cell))
    )
    if len(spare) > RELACHES_MAX:
        return caches
    for cell in spare:
        if not find_found(nombres, caches - {cell}):
            caches = caches - {cell}
    return caches


def find_found(nombres: Mapping[Cellule, int], caches: Collection[Cellule]) -> list[Cellule]:
    """The hidden counts that have only one value that fits all that is shown.

    Changing one by one must be made good along a ring of hidden counts, each of which may move that way.
    """
    lignes: dict[Cle, list[Cle]] = {}
    colonnes: dict[Cle, list[Cle]] = {}
    for ligne, colonne in caches:
        lignes.setdefault(ligne, []).append(colonne)
        colonnes.setdefault(colonne, []).append(ligne)
    return [
        cell
        for cell in sorted(caches, key=str)
        if not any(_has_ring(cell, step, nombres, lignes, colonnes) for step in (1, -1))
    ]


def _has_ring(
    cell: Cellule,
    step: int,
    nombres: Mapping[Cellule, int],
    lignes: Mapping[Cle, list[Cle]],
    colonnes: Mapping[Cle, list[Cle]],
) -> bool:
    """A walk over hidden cells, column then line, that comes back to `cell` with every equation kept."""
    if not _may_move(cell, step, nombres):
        return False
    # From the column of the cell, whose equation `step` breaks, back to its line. Moving a total is moving a count
    # the other way: in each equation the total stands with the opposite sign.
    broken = step * _sign(cell)
    seen_lignes, seen_colonnes = set[Cle](), {cell[1]}
    queue = deque([cell[1]])
    while queue:
        colonne = queue.popleft()
        for ligne in colonnes[colonne]:
            beside = (ligne, colonne)
            if (
                beside == cell
                or ligne in seen_lignes
                or not _may_move(beside, -broken * _sign(beside), nombres)
            ):
                continue
            if ligne == cell[0]:
                return True
            seen_lignes.add(ligne)
            for following in lignes[ligne]:
                if following in seen_colonnes or not _may_move(
                    (ligne, following), broken * _sign((ligne, following)), nombres
                ):
                    continue
                seen_colonnes.add(following)
                queue.append(following)
    return False


def _sign(cell: Cellule) -> int:
    """A total of a line or of a column stands against the others; the total of totals with them."""
    return -1 if (cell[0] == TOTAL) != (cell[1] == TOTAL) else 1


def _may_move(cell: Cellule, step: int, nombres: Mapping[Cellule, int]) -> bool:
    """What whoever attacks knows of a hidden count: it is not 0."""
    return nombres[cell] + step >= 1


def _smallest_beside(
    cell: Cellule, nombres: Mapping[Cellule, int], caches: Collection[Cellule]
) -> list[Cellule]:
    """The smallest count still shown of its line, and of its column; a total comes after every other."""
    found = []
    for place in (0, 1):
        shown = [
            beside
            for beside in nombres
            if beside[place] == cell[place] and nombres[beside] and beside not in caches
        ]
        if shown:
            found.append(min(shown, key=lambda beside: (TOTAL in beside, nombres[beside], str(beside))))
    return found
