"""A mandat as it is read: by who may see it, by who waits for its answer, by the form that asked (product §3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, get_demande
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.domain.mots.telephones import say_numero
from app.domain.regles.errors import Introuvable
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import can_see_mandat, require

#: How long an usager may answer the SMS.
REPONSE = timedelta(days=7)
#: The same number asked again within this time is a double click, not a second SMS.
DOUBLE_CLIC = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, repr=False)
class Mandat:
    """One mandat, opened. Its repr says nothing.

    `contexte` holds, for the three ways: `modele` · `numero`, `le`, `heure`, `reponses` · `numero`, `texte`,
    `reponse`, `repondu_at`.
    """

    id: UUID
    demande: int | None
    formulaire: UUID | None
    nature: NatureMandat
    etat: EtatMandat
    version: str
    empreinte: str
    attestation: str
    donne_on: date | None
    structure: str
    auteur: str
    recorded_by: int
    recorded_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    revocation_motif: str
    parti_at: datetime | None
    """When its last SMS left; None while it waits to leave."""
    contexte: Mapping[str, Any] = field(default_factory=dict)

    @property
    def marque(self) -> str:
        """What a page that waits for its SMS has shown: while this is the same, so is the page."""
        return f"{self.etat.value}-{'parti' if self.parti_at else 'attend'}"

    @property
    def numero(self) -> str:
        """The number written to or called, as one says it; empty on paper."""
        return say_numero(str(self.contexte.get("numero") or ""))

    @property
    def renvoi_at(self) -> datetime:
        """From which minute on another SMS may leave for the same number."""
        return (self.parti_at or self.recorded_at).replace(second=0, microsecond=0) + DOUBLE_CLIC + MINUTE

    @property
    def heure(self) -> str:
        """The hour of the call."""
        return str(self.contexte.get("heure", "")).replace(":", "\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}")

    @property
    def texte(self) -> str:
        """The exact SMS sent."""
        return str(self.contexte.get("texte", ""))

    @property
    def reponse(self) -> str:
        """What the usager wrote back, word for word."""
        return str(self.contexte.get("reponse", ""))

    @property
    def repondu_at(self) -> datetime | None:
        """When they did."""
        texte = self.contexte.get("repondu_at")
        return datetime.fromisoformat(texte) if texte else None

    @property
    def reponses(self) -> list[tuple[str, str]]:
        """The questions read on the phone, with their answers."""
        return [(question, reponse) for question, reponse in self.contexte.get("reponses", ())]

    @property
    def modele(self) -> str:
        """The dress of the paper signed."""
        return str(self.contexte.get("modele", ""))

    @property
    def last_at(self) -> datetime | None:
        """An instant of its last day: it ends when that day does."""
        return self.ends_at and self.ends_at - timedelta(seconds=1)

    def etat_at(self, now: datetime) -> EtatMandat:
        """Where it stands for a reader: it ends at its instant, before the sweep that writes it."""
        is_over = self.etat is EtatMandat.VALIDE and self.ends_at is not None and self.ends_at <= now
        return EtatMandat.TERMINE if is_over else self.etat

    @property
    def expires_at(self) -> datetime:
        """Until when the usager may answer the SMS."""
        return self.recorded_at + REPONSE


# Of a demande, of a form (the SMS its agent asked), or one alone: the parameters that are not given find nothing.
MANDATS = """
select m.id, m.demande, m.brouillon as formulaire, m.nature, m.etat, m.version, m.empreinte, m.attestation,
    m.donne_on, m.structure, trim(a.prenom || ' ' || a.nom) as auteur, m.recorded_by, m.recorded_at, m.ends_at,
    m.revoked_at, coalesce(trim(r.prenom || ' ' || r.nom), '') as revoked_by, m.revocation_motif, m.contexte_scelle,
    (select max(s.done_at) from sms s where s.mandat = m.id and s.sens = 'envoye') as parti_at
from mandats m join agents a on a.id = m.recorded_by left join agents r on r.id = m.revoked_by
where m.id = :cle or m.demande = :demande
    or (m.brouillon = :formulaire and m.recorded_by = :agent and m.nature = 'sms')
order by (m.etat = 'valide') desc, (m.etat = 'en_attente') desc, m.recorded_at desc, m.id
"""


async def get_mandat(signed: Signed, cle: UUID, now: datetime) -> Mandat:
    """One mandat for who may see it; the journal keeps that it was seen.

    Raises Introuvable to who may not know the demande (or, before it is sent, to anyone but its author) and once its
    content is erased, Refus to who may only know that the demande exists.
    """
    mandat = await _get(cle)
    if mandat.demande is None:
        if mandat.recorded_by != signed.droits.agent:
            raise Introuvable
    else:
        demande = await get_demande(signed.droits, mandat.demande)
        require(can_see_mandat(signed.droits, demande.parties))
        if demande.erased_at is not None:
            raise Introuvable
    await happened(Fait.MANDAT_VU, agent=signed.droits.agent, demande=mandat.demande, now=now)
    return mandat


async def watch_mandat(signed: Signed, cle: UUID) -> Mandat:
    """The same for its author, who waits for an answer: looking again and again is not worth a line each time.

    Raises Introuvable to anyone else.
    """
    mandat = await _get(cle)
    if mandat.recorded_by != signed.droits.agent:
        raise Introuvable
    return mandat


async def list_mandats(signed: Signed, demande: Demande, now: datetime) -> list[Mandat]:
    """Every mandat of a demande, the one in force first; the journal keeps that they were seen.

    Raises Refus, Introuvable once their content is erased.
    """
    require(can_see_mandat(signed.droits, demande.parties))
    if demande.erased_at is not None:
        raise Introuvable
    mandats = await _fetch(demande=demande.numero)
    await happened(Fait.MANDAT_VU, agent=signed.droits.agent, demande=demande.numero, now=now)
    return mandats


async def find_for_form(agent: int, formulaire: UUID) -> Mandat | None:
    """The last SMS mandat this agent asked from this form, whatever became of it."""
    mandats = await _fetch(agent=agent, formulaire=formulaire)
    return mandats[0] if mandats else None


def seal_contexte(cle: UUID, contexte: Mapping[str, Any]) -> bytes:
    """The facts of a mandat, sealed for its row."""
    return trousseau().seal_text(json.dumps(contexte), f"mandat:{cle}")


def open_contexte(cle: UUID, scelle: bytes | None) -> dict[str, Any]:
    """The facts of a mandat; none once erased."""
    if scelle is None:
        return {}
    contexte: dict[str, Any] = json.loads(trousseau().open_text(scelle, f"mandat:{cle}"))
    return contexte


async def _get(cle: UUID) -> Mandat:
    mandats = await _fetch(cle=cle)
    if not mandats:
        raise Introuvable
    return mandats[0]


async def _fetch(
    *,
    cle: UUID | None = None,
    demande: int | None = None,
    formulaire: UUID | None = None,
    agent: int | None = None,
) -> list[Mandat]:
    rows = await database.fetch(MANDATS, cle=cle, demande=demande, formulaire=formulaire, agent=agent)
    return [_mandat_of(row) for row in rows]


def _mandat_of(row: Any) -> Mandat:
    facts = dict(row)
    contexte = open_contexte(facts["id"], facts.pop("contexte_scelle"))
    words = {"nature": NatureMandat(facts["nature"]), "etat": EtatMandat(facts["etat"])}
    return Mandat(**{**facts, **words}, contexte=contexte)
