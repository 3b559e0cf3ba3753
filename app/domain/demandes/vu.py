"""What a page had seen of a demande: every act says it, and what changed since is shown and asked again (product §2).

It travels in one hidden field, `vu`: the last line of the thread its reader could see, whether the demande was closed
and its mandat in force, then one word per part (groupe, state, who took it), then the answer of one’s own that the
page said was leaving: the parts are then as it leaves them.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.regles.permissions import Droits, can_read_prives
from app.domain.regles.statuts import EtatPart

_ETATS = dict(
    zip("scte", (EtatPart.SANS_REPONSE, EtatPart.EN_COURS, EtatPart.TRAITEE, EtatPart.DECLINEE), strict=True)
)
_LETTRES = {etat: lettre for lettre, etat in _ETATS.items()}
_FORM = re.compile(r"(\d{1,18})([of])([mr])((?:\.\d{1,9}[scte]\d{1,9}){0,500})(?:~([0-9a-f]{32}))?", re.ASCII)
_PART = re.compile(r"\.(\d+)([scte])(\d+)", re.ASCII)


@dataclass(frozen=True)
class PartVue:
    """The part of a groupe as a page showed it; `taken_by` is 0 when nobody had taken it."""

    etat: EtatPart
    taken_by: int = 0


@dataclass(frozen=True)
class Changement:
    """One thing that is not any more as the page said: `avant` is empty for what the page did not know of."""

    quoi: str
    avant: str
    maintenant: str


@dataclass(frozen=True)
class Vu:
    """What a page had seen. A page that says nothing had seen nothing."""

    ligne: int = 0
    is_closed: bool = False
    has_mandat: bool = True
    parts: dict[int, PartVue] = field(default_factory=dict)
    en_partance: UUID | None = None
    """The form of an answer of one’s own that was leaving."""

    def __str__(self) -> str:
        """As the hidden field says it."""
        words = "".join(
            f".{groupe}{_LETTRES[p.etat]}{p.taken_by}" for groupe, p in sorted(self.parts.items())
        )
        leaving = f"~{self.en_partance.hex}" if self.en_partance else ""
        return (
            f"{self.ligne}{'f' if self.is_closed else 'o'}{'m' if self.has_mandat else 'r'}{words}{leaving}"
        )


def read_vu(texte: str) -> Vu:
    """What a posted form had seen; nothing when it says nothing that can be read."""
    found = _FORM.fullmatch(texte)
    if found is None:
        return Vu()
    parts = {
        int(groupe): PartVue(_ETATS[etat], int(taken_by))
        for groupe, etat, taken_by in _PART.findall(found[4])
    }
    return Vu(
        int(found[1]),
        found[2] == "f",
        found[3] == "m",
        parts,
        en_partance=UUID(found[5]) if found[5] else None,
    )


def see(droits: Droits, demande: Demande) -> Vu:
    """What the page of this reader shows of the demande as it was just loaded."""
    return Vu(
        ligne=last_ligne(droits, demande),
        is_closed=demande.parties.is_closed,
        has_mandat=demande.parties.has_mandat,
        parts={s.groupe: _part_of(s) for s in demande.sollicitations},
    )


def list_moved(avant: Vu, apres: Vu) -> dict[int, PartVue]:
    """The parts that are not the same, as they are after."""
    return {groupe: part for groupe, part in apres.parts.items() if avant.parts.get(groupe) != part}


def last_ligne(droits: Droits, demande: Demande) -> int:
    """The last line of the thread this reader may see."""
    return demande.derniere if can_read_prives(droits, demande.parties) else demande.derniere_publique


def has_moved(vu: Vu, demande: Demande, groupes: Collection[int]) -> bool:
    """Whether the part of one of these groupes is not any more as the page had seen it."""
    return any(vu.parts.get(s.groupe) != _part_of(s) for s in demande.sollicitations if s.groupe in groupes)


def list_changements(vu: Vu, demande: Demande) -> tuple[Changement, ...]:
    """What is not any more as the page said, in words: « sur votre page », « maintenant »."""
    changements = []
    for s in demande.sollicitations:
        avant, maintenant = vu.parts.get(s.groupe), _part_of(s)
        if avant is None:
            changements.append(Changement(s.nom, "", _say(s.etat, s.taken_by)))
        elif avant != maintenant:
            same = avant.taken_by == maintenant.taken_by
            taken = s.taken_by if same else "un collègue" if avant.taken_by else ""
            changements.append(Changement(s.nom, _say(avant.etat, taken), _say(s.etat, s.taken_by)))
    if vu.is_closed != demande.parties.is_closed:
        changements.append(
            Changement("Demande", *(("clôturée", "ouverte") if vu.is_closed else ("ouverte", "clôturée")))
        )
    if vu.has_mandat != demande.parties.has_mandat:
        changements.append(
            Changement("Mandat", *(("en cours", "terminé") if vu.has_mandat else ("terminé", "en cours")))
        )
    return tuple(changements)


def _part_of(sollicitation: Sollicitation) -> PartVue:
    return PartVue(sollicitation.etat, sollicitation.taken_by_id)


def _say(etat: EtatPart, taken_by: str) -> str:
    is_open = etat in {EtatPart.SANS_REPONSE, EtatPart.EN_COURS}
    return f"{etat}, suivie par {taken_by}" if taken_by and is_open else str(etat)
