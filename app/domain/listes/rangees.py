"""What one row of a list says of a demande: only what its reader may read (product §3, §6)."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from app.domain.demandes.presences import PersonnePresente, presentes_of
from app.domain.mots.personnes import shorten_name
from app.domain.regles import statuts
from app.domain.regles.attendus import Attendus, find_attendus
from app.domain.regles.permissions import Droits
from app.domain.regles.places import Cote
from app.domain.regles.statuts import EtatPart, Part, Statut, Tour
from app.domain.regles.urgences import MotifUrgence


@dataclass(frozen=True)
class PartListee:
    """One groupe asked; `is_mienne` when the reader answers for it."""

    groupe: int
    nom: str
    part: Part
    taken_by: int | None
    taken_by_prenom: str
    taken_by_famille: str
    is_mienne: bool

    @property
    def taken_by_nom(self) -> str:
        """« Idir Hamel »."""
        return f"{self.taken_by_prenom} {self.taken_by_famille}".strip()

    @property
    def taken_by_court(self) -> str:
        """« Idir H. »."""
        return shorten_name(self.taken_by_prenom, self.taken_by_famille)

    @property
    def etat(self) -> EtatPart:
        """The state of this part, in words."""
        return statuts.etat_part(self.part)

    @property
    def is_open(self) -> bool:
        """Neither traitée nor declined."""
        return statuts.is_open(self.part)


@dataclass(frozen=True)
class Rangee:
    """A demande as a list shows it. `cote` is where the reader stands."""

    numero: int
    titre: str
    urgence: MotifUrgence | None
    urgence_precision: str
    usager_prenom: str
    usager_nom: str
    structure: str
    lecteur: int
    is_auteur: bool
    cote: Cote
    sent_at: datetime
    last_aidant_at: datetime
    activite_at: datetime
    closed_at: datetime | None
    erased_at: datetime | None
    lu_at: datetime | None
    non_lus: int
    remplace: str
    """Whose absence brings it to this reader; empty when it is theirs."""
    parts: tuple[PartListee, ...]
    presentes: tuple[PersonnePresente, ...] = ()
    """Who else has it on screen now; told by the lists alone."""

    @property
    def usager(self) -> str:
        """« Martine D. » lets an agent recognise someone, and does not name them to whoever looks over a shoulder."""
        initiale = f"{self.usager_nom[:1].upper()}." if self.usager_nom else ""
        return f"{self.usager_prenom} {initiale}".strip()

    @cached_property
    def parts_suivies(self) -> tuple[PartListee, ...]:
        """The parts that count for this reader: theirs when they answer for one, else all of them."""
        if self.cote is not Cote.INSTRUCTEUR:
            return self.parts
        return tuple([p for p in self.parts if p.is_mienne]) or self.parts

    @property
    def is_nouvelle(self) -> bool:
        """Whether this reader, who did not write it, has never opened it."""
        return self.lu_at is None and not self.is_auteur

    @property
    def is_unread(self) -> bool:
        """Whether there is something to read: the demande itself, or messages."""
        return self.closed_at is None and (self.is_nouvelle or self.non_lus > 0)

    @cached_property
    def statut(self) -> Statut:
        """The status its aidant reads."""
        return statuts.statut((p.part for p in self.parts), self.closed_at)

    @property
    def is_declinee_by_all(self) -> bool:
        """Whether every groupe asked said it is not concerned."""
        return statuts.is_declinee_by_all(p.part for p in self.parts)

    @cached_property
    def tour(self) -> Tour:
        """Who must play: on their own parts for an instructeur, on the whole demande for the others."""
        suivies = [p.part for p in self.parts_suivies]
        if (
            self.closed_at is None
            and self.cote is Cote.INSTRUCTEUR
            and not any(map(statuts.is_open, suivies))
        ):
            return Tour.PERSONNE
        return statuts.tour(suivies, self.last_aidant_at, self.closed_at)

    @cached_property
    def attendue(self) -> PartListee | None:
        """The open part whose deadline comes first, of those that count; None when nobody is expected to answer."""
        waiting = [p for p in self.parts_suivies if p.part.late_at and p.is_open]
        return min(waiting, key=lambda p: p.part.late_at or self.sent_at, default=None)

    @property
    def late_at(self) -> datetime | None:
        """The first deadline of the parts that count; None when nobody is expected to answer."""
        return self.attendue.part.late_at if self.attendue else None

    @property
    def is_answered(self) -> bool:
        """Whether the part whose deadline comes first was answered once: the aidant then waits for the rest."""
        return self.attendue is not None and self.attendue.part.answered_at is not None

    @cached_property
    def attendus(self) -> Attendus[PartListee]:
        """Who must play, for this reader."""
        return find_attendus(
            self.parts,
            self.parts_suivies if self.cote is Cote.INSTRUCTEUR else (),
            lecteur=self.lecteur,
            last_aidant_at=self.last_aidant_at,
            closed_at=self.closed_at,
        )

    @property
    def chargees(self) -> tuple[PartListee, ...]:
        """The open parts that someone took in charge, of those that count for this reader."""
        return tuple(p for p in self.parts_suivies if p.is_open and p.taken_by is not None)

    @property
    def is_prise(self) -> bool:
        """Whether a colleague took it in charge, of the parts that count for this reader."""
        return any(p.taken_by not in {None, self.lecteur} for p in self.parts_suivies)

    @property
    def parts_rangees(self) -> tuple[PartListee, ...]:
        """Every part, those of the reader first."""
        return tuple(sorted(self.parts, key=lambda part: not part.is_mienne))


# These columns are read from `page` (numero, rang, cote, lit_prives, lu_at, activite_at), 25 demandes at most, for
# the reader `:agent`. What the clock says of a delay is no message.
COLONNES = """
select d.numero, d.titre, d.urgence, d.urgence_precision, d.usager_prenom, d.usager_nom, d.auteur, d.sent_at,
    d.last_aidant_at, d.closed_at, d.erased_at, g.nom as structure, p.cote, p.lu_at, p.activite_at,
    (select count(*) from messages m
     where m.demande = d.numero and m.auteur is distinct from :agent and (not m.is_prive or p.lit_prives)
        and m.sent_at > coalesce(p.lu_at, '-infinity')
        and est_un_message(m.nature)) as non_lus,
    coalesce((select trim(a.prenom || ' ' || a.nom) from remplacements r join agents a on a.id = r.agent
        where r.remplacant = :agent and (
            exists (select from invitations i
                where i.demande = d.numero and i.agent = :agent and i.absence = r.absence)
            or exists (select from sollicitations s
                where s.demande = d.numero and s.groupe = r.groupe and s.taken_by = r.agent))
        order by a.id limit 1), '') as remplace,
    (select array_agg(row(s.groupe, sg.nom, s.taken_by, coalesce(t.prenom, ''), coalesce(t.nom, ''), s.opened_at,
            s.answered_at, s.replied_at, s.traitee_at, s.declinee_at, s.late_at) order by s.id)
     from sollicitations s join groupes sg on sg.id = s.groupe left join agents t on t.id = s.taken_by
     where s.demande = d.numero) as parts
"""
DEPUIS_LA_PAGE = """
from page p join demandes d on d.numero = p.numero join groupes g on g.id = d.groupe
"""
DANS_L_ORDRE = """
order by p.rang
"""


#: The columns that are told as they are.
SAME = (
    *("numero", "titre", "urgence_precision", "usager_prenom", "usager_nom", "structure", "sent_at"),
    *("last_aidant_at", "activite_at", "closed_at", "erased_at", "lu_at", "non_lus", "remplace"),
)


def rangee_of(row: Any, droits: Droits) -> Rangee:
    """A row of `COLONNES`, for this reader."""
    parts = tuple(
        PartListee(groupe, nom, Part(*facts), taken_by, prenom, famille, groupe in droits.instructeur)
        for groupe, nom, taken_by, prenom, famille, *facts in row["parts"] or ()
    )
    return Rangee(
        **{name: row[name] for name in SAME},
        urgence=MotifUrgence(row["urgence"]) if row["urgence"] else None,
        cote=Cote(row["cote"]),
        lecteur=droits.agent,
        is_auteur=row["auteur"] == droits.agent,
        parts=parts,
        presentes=presentes_of(row.get("presentes")),
    )
