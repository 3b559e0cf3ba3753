"""A demande as one visit learns it: its own facts, its parts, its parties. Loading is authorising (house §4)."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import database
from app.domain.acces.sessions import AGAIN, NOTHING_MORE, Signed, again_of
from app.domain.regles import statuts
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.errors import Conflit, Introuvable
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import Droits, Parties, can_know_demande, takes_part
from app.domain.regles.places import Qualite
from app.domain.regles.statuts import EtatPart, Part, Statut, Tour
from app.domain.regles.urgences import MotifUrgence


@dataclass(frozen=True)
class Sollicitation:
    """One groupe asked, with the facts of its part."""

    id: int
    groupe: int
    nom: str
    organisme: str
    sigle: str
    part: Part
    solicited_at: datetime
    taken_by: str
    taken_by_id: int
    is_procedure: bool

    @property
    def etat(self) -> EtatPart:
        """The state of this part, in words."""
        return statuts.etat_part(self.part)

    @property
    def is_open(self) -> bool:
        """Neither traitée nor declined."""
        return statuts.is_open(self.part)


@dataclass(frozen=True)
class Invite:
    """A person invited by name, through a groupe of theirs. `remplace`: whose absence they stand in for."""

    agent: int
    qualite: Qualite
    groupe: int | None
    remplace: str
    prenom: str
    nom: str
    is_active: bool


@dataclass(frozen=True)
class Demande:
    """What `get_demande` loads. It holds personal columns: they are shown only when `can_read_demande`."""

    numero: int
    titre: str
    description: str
    urgence: MotifUrgence | None
    urgence_precision: str
    usager_prenom: str
    usager_nom: str
    usager_naissance: str
    auteur: int
    auteur_nom: str
    auteur_fonction: str
    auteur_telephone: str
    signature: str
    groupe: int
    groupe_nom: str
    departement: int
    departement_code: str
    departement_nom: str
    calendrier: Calendrier
    sent_at: datetime
    last_aidant_at: datetime
    last_public_at: datetime
    closed_at: datetime | None
    erased_at: datetime | None
    sollicitations: tuple[Sollicitation, ...]
    invites: tuple[Invite, ...]
    mandat_etat: EtatMandat | None
    mandat_nature: NatureMandat | None
    mandat_on: date | None
    mandat_revoked_at: datetime | None
    documents: tuple[str, ...]  # those of its sujet
    derniere: int  # the last line that somebody wrote: what the platform notes by itself holds nobody back
    derniere_publique: int  # the last one that every reader sees
    part_at: datetime | None  # when the next answer that waits here leaves
    parties: Parties

    @property
    def statut(self) -> Statut:
        """The status its aidant reads."""
        return statuts.statut((s.part for s in self.sollicitations), self.closed_at)

    @property
    def tour(self) -> Tour:
        """Who must play."""
        return statuts.tour((s.part for s in self.sollicitations), self.last_aidant_at, self.closed_at)

    @property
    def is_declinee_by_all(self) -> bool:
        """Nobody asked is concerned: the aidant side must act."""
        return statuts.is_declinee_by_all(s.part for s in self.sollicitations)

    @property
    def is_sans_reponse(self) -> bool:
        """Nobody asked has answered."""
        return statuts.is_sans_reponse(s.part for s in self.sollicitations)

    def parts_of(self, droits: Droits) -> tuple[Sollicitation, ...]:
        """The parts this agent answers for."""
        return tuple(s for s in self.sollicitations if s.groupe in droits.instructeur)


EFFACEE = "Les données de cette demande ont été effacées entre-temps\u00a0: on ne peut plus rien y écrire."
CLOTUREE = "Cette demande est clôturée : elle ne change plus, sauf si l’aidant la rouvre."
SANS_MANDAT = "Le mandat de l’usager n’est plus valide : la demande attend qu’un nouveau soit enregistré."

DEMANDE = """
select d.*, g.nom as groupe_nom, p.code as departement_code, p.nom as departement_nom, p.fuseau, p.calendrier,
    trim(a.prenom || ' ' || a.nom) as auteur_nom, a.fonction as auteur_fonction,
    a.telephone as auteur_telephone,
    (select json_agg(json_build_object('id', s.id, 'groupe', s.groupe, 'nom', sg.nom, 'organisme', o.code,
            'sigle', o.sigle, 'solicited_at', s.solicited_at, 'opened_at', s.opened_at,
            'answered_at', s.answered_at, 'replied_at', s.replied_at, 'document_at', s.document_at,
            'traitee_at', s.traitee_at, 'declinee_at', s.declinee_at, 'late_at', s.late_at,
            'is_procedure', s.is_procedure,
            'taken_by_id', s.taken_by,
            'taken_by', (select trim(t.prenom || ' ' || t.nom) from agents t where t.id = s.taken_by))
        order by s.id)
     from sollicitations s join groupes sg on sg.id = s.groupe join organismes o on o.id = sg.organisme
     where s.demande = d.numero) as sollicitations,
    (select json_agg(json_build_object('agent', i.agent, 'qualite', i.qualite, 'groupe', i.groupe,
            'remplace', coalesce((select trim(r.prenom || ' ' || r.nom) from absences b
                join adhesions m on m.id = b.adhesion join agents r on r.id = m.agent where b.id = i.absence), ''),
            'prenom', ia.prenom, 'nom', ia.nom, 'is_active', ia.deactivated_at is null) order by i.id)
     from invitations i join agents ia on ia.id = i.agent where i.demande = d.numero) as invites,
    (select t.documents from sujets t where t.id = d.sujet) as documents,
    (select min(b.part_at) from brouillons b where b.demande = d.numero and b.part_at is not null) as part_at,
    coalesce(l.derniere, 0) as derniere, coalesce(l.derniere_publique, 0) as derniere_publique,
    m.etat as mandat_etat, m.nature as mandat_nature, m.donne_on as mandat_on, m.revoked_at as mandat_revoked_at
from demandes d
join groupes g on g.id = d.groupe
join departements p on p.id = d.departement
join agents a on a.id = d.auteur
left join lateral (select * from mandats where demande = d.numero
    order by (etat = 'valide') desc, recorded_at desc limit 1) m on true
left join lateral (select max(id) as derniere, max(id) filter (where not is_prive) as derniere_publique
    from messages where demande = d.numero and auteur is not null) l on true
where d.numero = :numero
"""


async def get_demande(droits: Droits, numero: int) -> Demande:
    """The demande, for whoever may at least know it exists. Raises Introuvable to everyone else."""
    row = await database.fetch_one(DEMANDE, numero=numero)
    return _known(droits, row)


def _known(droits: Droits, row: Any | None) -> Demande:
    if row is None:
        raise Introuvable
    demande = demande_of(row)
    if not can_know_demande(droits, demande.parties):
        raise Introuvable
    return demande


# `for update` would also hold up whoever writes a row that names the demande, were it only to mark it read: view and
# act would wait for one another.
LOCK = "select 1 from demandes where numero = :numero for no key update"
LOCK_OUVERTE = "select 1 from demandes where numero = :numero and closed_at is null for no key update"


async def hold_demande(numero: int) -> None:
    """Hold the demande, open or closed, until the transaction ends. Raises Introuvable when it is not there."""
    if await database.fetch_one(LOCK, numero=numero) is None:
        raise Introuvable


async def read_again(
    signed: Signed, numero: int, also: str = NOTHING_MORE, **named: Any
) -> tuple[Signed, Demande, Any]:
    """Who acts and the demande that the caller holds, as they are now, and the row that tells them.

    `also`: what the same row must tell besides, as SQL columns with their parameters in `named`. Raises Introuvable to
    whoever may not know it, Refus when their account was deactivated meanwhile.
    """
    row = await database.fetch_one(
        "".join(("select d.*, ", AGAIN, ", ", also, " from (", DEMANDE, ") d")),
        numero=numero,
        agent=signed.droits.agent,
        **named,
    )
    assert row is not None, "it is held"
    agent = again_of(signed, row["again"])
    return agent, _known(agent.droits, row), row


async def lock_demande(numero: int) -> None:
    """Hold the demande until the transaction ends: what is written in it comes one after the other.

    Raises Conflit when it was closed meanwhile.
    """
    if await database.fetch_one(LOCK_OUVERTE, numero=numero) is None:
        raise Conflit(CLOTUREE)


def instant(texte: str | None) -> datetime | None:
    """An instant as PostgreSQL writes it in JSON."""
    return datetime.fromisoformat(texte) if texte else None


def part_of(facts: dict[str, Any]) -> Part:
    """The facts of a part, read from the JSON of a SQL text."""
    return Part(
        opened_at=instant(facts["opened_at"]),
        answered_at=instant(facts["answered_at"]),
        replied_at=instant(facts["replied_at"]),
        document_at=instant(facts["document_at"]),
        traitee_at=instant(facts["traitee_at"]),
        declinee_at=instant(facts["declinee_at"]),
        late_at=instant(facts["late_at"]),
    )


def demande_of(row: Any) -> Demande:
    """The demande of a row of DEMANDE, whoever asks: only `get_demande` checks that they may know it."""
    sollicitations = tuple(
        Sollicitation(
            id=s["id"],
            groupe=s["groupe"],
            nom=s["nom"],
            organisme=s["organisme"],
            sigle=s["sigle"],
            part=part_of(s),
            solicited_at=datetime.fromisoformat(s["solicited_at"]),
            taken_by=s["taken_by"] or "",
            taken_by_id=s["taken_by_id"] or 0,
            is_procedure=s["is_procedure"],
        )
        for s in json.loads(row["sollicitations"] or "[]")
    )
    invites = tuple(
        Invite(**{**i, "qualite": Qualite(i["qualite"])}) for i in json.loads(row["invites"] or "[]")
    )

    def invited(qualite: Qualite) -> dict[int, int | None]:
        return {i.agent: i.groupe for i in invites if i.qualite is qualite}

    same = (
        *("numero", "titre", "description", "urgence_precision", "usager_prenom", "usager_nom"),
        *(
            "usager_naissance",
            "auteur",
            "auteur_nom",
            "auteur_fonction",
            "auteur_telephone",
            "signature",
            "groupe",
            "groupe_nom",
        ),
        *("departement", "departement_code", "departement_nom", "sent_at", "last_aidant_at"),
        *("last_public_at", "closed_at", "erased_at", "mandat_on"),
        *("mandat_revoked_at", "derniere", "derniere_publique", "part_at"),
    )
    return Demande(
        **{name: row[name] for name in same},
        urgence=MotifUrgence(row["urgence"]) if row["urgence"] else None,
        mandat_etat=EtatMandat(row["mandat_etat"]) if row["mandat_etat"] else None,
        mandat_nature=NatureMandat(row["mandat_nature"]) if row["mandat_nature"] else None,
        calendrier=Calendrier(row["fuseau"], row["calendrier"]),
        documents=tuple(row["documents"] or ()),
        sollicitations=sollicitations,
        invites=invites,
        parties=Parties(
            auteur=row["auteur"],
            groupe=row["groupe"],
            groupes_sollicites=frozenset(s.groupe for s in sollicitations),
            collegues=invited(Qualite.COLLEGUE),
            instructeurs=invited(Qualite.INSTRUCTEUR),
            experts=frozenset(invited(Qualite.EXPERT)),
            is_vacante=row["vacante_at"] is not None,
            is_closed=row["closed_at"] is not None,
            # From the moment they begin to go, nothing brings them back.
            is_erased=row["erased_at"] is not None or row["effacement_at"] is not None,
            has_mandat=row["mandat_etat"] == EtatMandat.VALIDE,
        ),
    )


def require_living(signed: Signed, demande: Demande) -> None:
    """Who takes part is told why nothing can be written any more: Conflit, when it is closed or has no mandat."""
    parties = demande.parties
    if parties.is_closed and takes_part(signed.droits, parties):
        raise Conflit(CLOTUREE)
    if not parties.has_mandat and takes_part(signed.droits, parties):
        raise Conflit(SANS_MANDAT)


def require_content(demande: Demande) -> None:
    """Raises Conflit once the content is erased: there is no page to write in any more, for anybody."""
    if demande.erased_at is not None:
        raise Conflit(EFFACEE)
