"""Counts and delays of a scope as a reader may know them: exact, or as they are published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.figures import nombres
from app.domain.figures.lecture import ZERO, Delais, Lecture, read
from app.domain.figures.nombres import Decompte
from app.domain.figures.perimetres import Perimetre
from app.domain.figures.periodes import Periode
from app.domain.figures.publications import Publie, read_published
from app.domain.figures.requetes import Axe
from app.domain.figures.suppression import SEUIL_MESURES


@dataclass(frozen=True)
class Source:
    """Counts and delays of a scope: exact, or as they are published."""

    perimetre: Perimetre
    lecture: Lecture
    publie: Publie | None

    def compte(self, mesure: str, axe: Axe = Axe.TOTAL, cle: Any = None) -> Decompte:
        """A count as this reader may know it."""
        if self.publie is None:
            return Decompte(self.lecture.comptes[axe].get(cle, ZERO)[mesure])
        mois = [cle] if axe is Axe.MOIS else None
        name = "envoyees" if mesure == "recues" else mesure
        cles = self.list_cles(axe, cle)
        return self.publie.somme(name, cles, mois) if cles else Decompte(None)

    def list_cles(self, axe: Axe, cle: Any) -> list[tuple[int, int]]:
        """The published cells of a scope; none when its parts overlap and would count twice."""
        paires = self.perimetre.portee.paires
        if axe is Axe.ORGANISME:
            paires = tuple((cle, d) for o, d in paires if o in (None, cle))
        elif axe is Axe.DEPARTEMENT:
            paires = tuple((o, cle) for o, d in paires if d in (None, cle))
        kinds = {(o is None, d is None) for o, d in paires}
        return [(o or 0, d or 0) for o, d in dict.fromkeys(paires)] if len(kinds) <= 1 else []

    def part(self, mesure: str, axe: Axe = Axe.TOTAL, cle: Any = None) -> int | None:
        """A share of the parts asked: of what is shown only, and of ten parts at least."""
        total, shown = self.compte("recues", axe, cle), self.compte(mesure, axe, cle)
        if self.publie is not None and (
            (total.valeur or 0) < SEUIL_MESURES or total.is_minimum or shown.is_minimum
        ):
            return None
        return nombres.part(shown.valeur, total.valeur)

    def part_dans_delai(self, axe: Axe = Axe.TOTAL, cle: Any = None) -> int | None:
        """Of the parts whose 3 working days are over, or that answered before."""
        if self.publie is not None:
            return self.part("dans_delai", axe, cle)
        total = self.compte("recues", axe, cle).valeur or 0
        waiting = self.compte("en_attente", axe, cle).valeur or 0
        return nombres.part(self.compte("dans_delai", axe, cle).valeur, total - waiting)

    def delai(self, mesure: str, axe: Axe = Axe.TOTAL, cle: Any = None) -> Delais:
        """Lengths; none under ten where small counts are hidden."""
        delais = self.lecture.delai(mesure, axe, cle)
        return delais if self.publie is None or delais.total >= SEUIL_MESURES else Delais()


async def load_source(perimetre: Perimetre, periode: Periode, axes: Sequence[Axe], now: datetime) -> Source:
    """Read a scope over a period; where small counts are hidden, what is published of it too."""
    lecture = await read(perimetre.portee, periode, axes, now)
    publie = None
    if perimetre.is_masque:
        publie = await read_published(perimetre.portee.paires, periode.debut, periode.fin)
    return Source(perimetre, lecture, publie)
