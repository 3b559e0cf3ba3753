"""Small counts published without being found again: what is hidden, and what must be hidden with it. Pure.

A table is lines × columns with its totals. A count from 1 to 4 is hidden (nobody is nobody: 0 is said); then, as long
as a hidden count could only be one value for whoever adds and subtracts what is shown, the smallest count of its line
and of its column still shown is hidden too, totals included (figures.md). Both are said by the same word: whoever
attacks knows of a hidden count that it is not 0, and what the counts of other tables say of it: of six demandes of
which five were traitées and some declined, one was.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
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


#: « (E, (T, D)) »: in every cell, what is counted in T and D together is no more than what is counted in E.
Bornes = Sequence[tuple[str, Sequence[str]]]
#: A line (0) or a column (1).
Place = tuple[int, Cle]
MayMove = Callable[[Cellule, int], bool]


def protect(nombres: Mapping[Cellule, int]) -> Table:
    """The table with its totals and what must be hidden. Cells of its lines × columns that are missing count 0."""
    return protect_together({"": nombres}, ())[""]


def protect_together(tables: Mapping[str, Mapping[Cellule, int]], bornes: Bornes) -> dict[str, Table]:
    """Tables of the same cells that limit one another (`bornes`): none gives away what another hides.

    A hidden count is safe when another one fits all that is shown, in a world where the limits are kept too: it moves
    alone, or together with those it is a part of. Where everything is hidden all may grow together, so this ends.
    """
    ensemble = _Ensemble({nom: _with_totals(nombres) for nom, nombres in tables.items()}, bornes)
    for nom in tables:
        ensemble.close(nom)
        ensemble.release(nom)
    ensemble.doubt()
    is_changed = True
    while is_changed:
        is_changed = False
        for nom in tables:
            is_changed = ensemble.close(nom) or is_changed
    return {nom: Table(ensemble.nombres[nom], frozenset(ensemble.caches[nom])) for nom in tables}


def _with_totals(nombres: Mapping[Cellule, int]) -> dict[Cellule, int]:
    lignes, colonnes = (dict.fromkeys(cell[place] for cell in nombres) for place in (0, 1))
    whole = {(ligne, colonne): nombres.get((ligne, colonne), 0) for ligne in lignes for colonne in colonnes}
    for ligne in lignes:
        whole[ligne, TOTAL] = sum(whole[ligne, colonne] for colonne in colonnes)
    for colonne in (*colonnes, TOTAL):
        whole[TOTAL, colonne] = sum(whole[ligne, colonne] for ligne in lignes)
    return whole


class _Ensemble:
    """Tables being protected: their counts, what is hidden of each so far, what limits what."""

    def __init__(self, nombres: Mapping[str, Mapping[Cellule, int]], bornes: Bornes) -> None:
        self.nombres = nombres
        self.bornes = bornes
        self.caches = {
            nom: {cell for cell, nombre in whole.items() if 0 < nombre < SEUIL}
            for nom, whole in nombres.items()
        }
        # What was seen to be safe stays so while more is hidden.
        self._safe: dict[str, set[Cellule]] = {nom: set() for nom in nombres}
        self._groups = {nom: self._list_groups(nom) for nom in nombres}

    def _list_groups(self, nom: str) -> list[tuple[str, ...]]:
        """Which tables may change together so that a count of this one changes: alone, with its limits, its parts."""
        limits, parts = [nom], [nom]
        while above := [limite for limite, under in self.bornes if limits[-1] in under]:
            limits.append(above[0])
        while under := [part for limite, under in self.bornes if parts[-1] == limite for part in under]:
            parts.append(under[-1])
        beside = [(nom, part) for limite, under in self.bornes if limite == nom for part in under]
        chains = (tuple(limits[: n + 1]) for n in range(1, len(limits)))
        return list(dict.fromkeys([(nom,), *chains, *beside, tuple(parts)]))

    def close(self, nom: str) -> bool:
        """Hide beside what is still found until nothing is; whether anything was hidden."""
        is_changed = False
        while found := self.find_found(nom):
            beside = {
                other
                for cell in found
                for other in _smallest_beside(cell, self.nombres[nom], self.caches[nom])
            }
            self.caches[nom] |= beside
            is_freed = self._free(nom, found) if self._is_limited(nom) else False
            if not beside and not is_freed and not self._hide_anything(nom):
                return is_changed
            is_changed = True
        return is_changed

    def release(self, nom: str) -> None:
        """Show again, from the largest, what need not have been hidden. A national table is left as it is: too long."""
        nombres = self.nombres[nom]
        spare = sorted(
            (cell for cell in self.caches[nom] if nombres[cell] >= SEUIL),
            key=lambda cell: (-nombres[cell], str(cell)),
        )
        for cell in spare if len(spare) <= RELACHES_MAX else ():
            self.caches[nom].discard(cell)
            self.doubt()
            if self.find_found(nom):
                self.caches[nom].add(cell)

    def doubt(self) -> None:
        """Something is shown again: everything has to be looked at anew."""
        for safe in self._safe.values():
            safe.clear()

    def find_found(self, nom: str) -> list[Cellule]:
        """The hidden counts that have only one value that fits all that is shown, whatever moves with them."""
        left = sorted(self.caches[nom] - self._safe[nom], key=str)
        for group in self._groups[nom]:
            if not left:
                break
            shared = set.intersection(*(self.caches[other] for other in group))
            left = _list_stuck(left, shared, self._mover(group))
        self._safe[nom] |= self.caches[nom].difference(left)
        return left

    def _mover(self, group: tuple[str, ...]) -> MayMove:
        """Whether the counts of a cell may all change by one: none becomes 0, and the limits are kept."""
        concerned = [
            (limite, parts) for limite, parts in self.bornes if limite in group or set(parts) & set(group)
        ]

        def may_move(cell: Cellule, step: int) -> bool:
            def value(nom: str) -> int:
                return self.nombres[nom].get(cell, 0) + (step if nom in group else 0)

            return all(value(nom) >= 1 for nom in group) and all(
                sum(map(value, parts)) <= value(limite) for limite, parts in concerned
            )

        return may_move

    def _hide_anything(self, nom: str) -> bool:
        """Lines and columns of what is still found are hidden whole: what they are told by stands elsewhere."""
        for one in dict.fromkeys(other for group in self._groups[nom] for other in group):
            nombres = self.nombres[one]
            shown = [cell for cell, nombre in nombres.items() if nombre and cell not in self.caches[one]]
            if shown:
                self.caches[one].add(
                    min(
                        shown,
                        key=lambda cell: (-sum(part == TOTAL for part in cell), nombres[cell], str(cell)),
                    )
                )
                return True
        return False

    def _is_limited(self, nom: str) -> bool:
        return any(nom == limite or nom in parts for limite, parts in self.bornes)

    def _free(self, nom: str, cells: Iterable[Cellule]) -> bool:
        """Hide what limits these counts, in their own cells and in those hidden along their lines and columns."""
        is_changed = False
        linked = {other for group in self._groups[nom] for other in group} - {nom}
        for ligne, colonne in cells:
            for beside in self.caches[nom]:
                if ligne != beside[0] and colonne != beside[1]:
                    continue
                for other in linked:
                    if self.nombres[other].get(beside) and beside not in self.caches[other]:
                        self.caches[other].add(beside)
                        is_changed = True
        return is_changed


def find_found(nombres: Mapping[Cellule, int], caches: Collection[Cellule]) -> list[Cellule]:
    """The hidden counts of one table that have only one value that fits all that is shown."""
    return _list_stuck(sorted(caches, key=str), caches, lambda cell, step: nombres[cell] + step >= 1)


def _list_stuck(cells: Iterable[Cellule], caches: Collection[Cellule], may_move: MayMove) -> list[Cellule]:
    """Those that cannot change. Changing one by one must be made good along a ring of hidden counts, each of which
    may move that way.

    Lines and columns are the places of a graph; a count that may grow is a way from its line to its column, one that
    may shrink, a way back. A ring is a walk that comes back by another count.
    """
    ways: dict[Place, set[Place]] = {}
    for cell in caches:
        line, column = (0, cell[0]), (1, cell[1])
        for step in (1, -1):
            if may_move(cell, step):
                start, end = (line, column) if step * _sign(cell) > 0 else (column, line)
                ways.setdefault(start, set()).add(end)
    return [
        cell
        for cell in cells
        if cell not in caches
        or not (_has_ring(ways, (0, cell[0]), (1, cell[1])) or _has_ring(ways, (1, cell[1]), (0, cell[0])))
    ]


def _has_ring(ways: Mapping[Place, Collection[Place]], start: Place, end: Place) -> bool:
    """Whether one may go from `start` to `end`, and come back by another way than the one straight back."""
    if end not in ways.get(start, ()):
        return False
    seen, waiting = {end}, [end]
    while waiting:
        place = waiting.pop()
        for following in ways.get(place, ()):
            if following == start and place != end:
                return True
            if following not in seen and following != start:
                seen.add(following)
                waiting.append(following)
    return False


def _sign(cell: Cellule) -> int:
    """A total of a line or of a column stands against the others; the total of totals with them."""
    return -1 if (cell[0] == TOTAL) != (cell[1] == TOTAL) else 1


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
