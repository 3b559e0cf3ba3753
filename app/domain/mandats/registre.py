"""The mandats themselves: recorded word for word, read by who may, revoked, ended, erased (product §3, §8)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.voix import choose_voix
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.saisie import MOTIFS, QUESTIONS, MandatSaisi, check_saisie, read_heure
from app.domain.mots.telephones import read_numero, say_numero
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import can_record_mandat, can_revoke_mandat, can_see_mandat, require

REPONSE_JOURS = timedelta(days=7)
PRECISION_MAX = 500
EN_COURS = "Un mandat est déjà en cours pour cette demande : il n’en faut pas d’autre."


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
    contexte: Mapping[str, Any] = field(default_factory=dict)

    @property
    def numero(self) -> str:
        """The number written to or called, as one says it; empty on paper."""
        return say_numero(str(self.contexte.get("numero") or ""))

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
        return self.recorded_at + REPONSE_JOURS


MANDATS = """
select m.id, m.demande, m.brouillon as formulaire, m.nature, m.etat, m.version, m.empreinte, m.attestation,
    m.donne_on, m.structure, trim(a.prenom || ' ' || a.nom) as auteur, m.recorded_by, m.recorded_at, m.ends_at,
    m.revoked_at, coalesce(trim(r.prenom || ' ' || r.nom), '') as revoked_by, m.revocation_motif, m.contexte_scelle
from mandats m join agents a on a.id = m.recorded_by left join agents r on r.id = m.revoked_by
where {where} order by (m.etat = 'valide') desc, (m.etat = 'en_attente') desc, m.recorded_at desc, m.id
"""
OF_DEMANDE = MANDATS.format(where="m.demande = $1")
OF_FORM = MANDATS.format(where="m.brouillon = $1 and m.recorded_by = $2 and m.nature = 'sms'")
ONE = MANDATS.format(where="m.id = $1")


async def get_mandat(signed: Signed, cle: UUID, now: datetime) -> Mandat:
    """One mandat for who may see it; the journal keeps that it was seen.

    Raises Introuvable to who may not know the demande (or, before it is sent, to anyone but its author), Refus to
    who may only know that the demande exists.
    """
    row = await database.fetch_one(ONE, cle)
    if row is None:
        raise Introuvable
    if row["demande"] is None:
        if row["recorded_by"] != signed.droits.agent:
            raise Introuvable
    else:
        demande = await get_demande(signed.droits, row["demande"])
        require(can_see_mandat(signed.droits, demande.parties))
    await happened(Fait.MANDAT_VU, agent=signed.droits.agent, demande=row["demande"], now=now)
    return _mandat_of(row)


async def watch_mandat(signed: Signed, cle: UUID) -> Mandat:
    """The same for its author, who waits for an answer: looking again and again is not worth a line each time.

    Raises Introuvable to anyone else.
    """
    row = await database.fetch_one(ONE, cle)
    if row is None or row["recorded_by"] != signed.droits.agent:
        raise Introuvable
    return _mandat_of(row)


async def list_mandats(signed: Signed, demande: Demande, now: datetime) -> list[Mandat]:
    """Every mandat of a demande, the one in force first; the journal keeps that they were seen. Raises Refus."""
    require(can_see_mandat(signed.droits, demande.parties))
    rows = await database.fetch(OF_DEMANDE, demande.numero)
    await happened(Fait.MANDAT_VU, agent=signed.droits.agent, demande=demande.numero, now=now)
    return [_mandat_of(row) for row in rows]


async def find_for_form(agent: int, formulaire: UUID) -> Mandat | None:
    """The last SMS mandat this agent asked from this form, whatever became of it."""
    row = await database.fetch_one(OF_FORM + " limit 1", formulaire, agent)
    return None if row is None else _mandat_of(row)


INSERT = """
insert into mandats (id, demande, nature, etat, version, empreinte, attestation, donne_on, contexte_scelle,
    structure, recorded_by, recorded_at, ends_at)
values ($1, $2, $3, 'valide', $4, $5, $6, $7, $8, $9, $10, $11,
    fin_du_mandat($7, $12))
"""
# What was asked from the form follows the demande, answered or not; the answer itself is what counts.
FOLLOW = """
update mandats set demande = $1, structure = $4 where brouillon = $2 and recorded_by = $3 and demande is null
returning etat
"""


async def record(
    signed: Signed, saisi: MandatSaisi, *, demande: int, formulaire: UUID, structure: str, now: datetime
) -> None:
    """Record the mandat of a demande being sent, in the transaction that sends it and says so in the journal.

    `saisi` was checked with `check_saisie`.

    Raises Invalide when the usager has not said OUI, or no longer.
    """
    if saisi.nature is NatureMandat.SMS:
        asked = await database.fetch(FOLLOW, demande, formulaire, signed.droits.agent, structure)
        if not any(row["etat"] == "valide" for row in asked):
            raise Invalide({"sms_numero": "L’usager n’a pas répondu OUI : la demande ne peut pas partir."})
    else:
        await _insert(signed, saisi, demande, structure, now)


async def record_mandat(
    signed: Signed, demande: Demande, saisi: MandatSaisi, *, cle: UUID, now: datetime
) -> None:
    """Record a new mandat, on paper or by phone, for a demande that has none any more: answers start again.

    The same form sent twice records it once. Raises Refus, Invalide, Conflit.
    """
    require_recordable(signed, demande)
    if saisi.nature is NatureMandat.SMS:
        raise Invalide(
            {"sms_numero": "Envoyez le SMS : le mandat sera enregistré quand l’usager répondra OUI."}
        )
    erreurs = check_saisie(saisi, now, signed.zone, etat_sms=None)
    if erreurs:
        raise Invalide(erreurs)
    voix = choose_voix(signed, demande)

    async def change() -> None:
        if await database.fetch(
            "select 1 from mandats where demande = $1 and etat = 'valide'", demande.numero
        ):
            raise Conflit(EN_COURS)
        await _insert(signed, saisi, demande.numero, voix.groupe_nom, now)

    publication = Publication(
        Fait.MANDAT_ENREGISTRE, demande.numero, voix, Ecrit(cle=cle, signature=_signature(signed))
    )
    await publish(publication, signed=signed, change=change, now=now)


def require_recordable(signed: Signed, demande: Demande) -> None:
    """Raises Refus to who may not record a mandat, Conflit when one is in force."""
    require(can_record_mandat(signed.droits, demande.parties))
    if demande.parties.has_mandat:
        raise Conflit(EN_COURS)


REVOKE = """
update mandats set etat = 'revoque', revoked_at = $2, revoked_by = $3, revocation_motif = $4
where demande = $1 and etat = 'valide' returning id
"""
CANCEL_WAITING = "update mandats set etat = 'remplace' where demande = $1 and etat = 'en_attente'"


async def revoke(
    signed: Signed, demande: Demande, *, motif: str, precision: str, cle: UUID, now: datetime
) -> None:
    """The usager takes the mandat back: nobody writes any more until a new one (product §8).

    `motif` is a key of MOTIFS. Raises Refus, Invalide on `motif` or `precision`, Conflit when none is in force.
    """
    if not demande.parties.has_mandat and can_record_mandat(signed.droits, demande.parties):
        raise Conflit("Aucun mandat n’est en cours : il a peut-être déjà été révoqué.")
    require(can_revoke_mandat(signed.droits, demande.parties))
    erreurs = {}
    if motif not in MOTIFS:
        erreurs["motif"] = "Dites pourquoi le mandat prend fin."
    if motif == "autre" and not precision:
        erreurs["precision"] = "Précisez la raison, en quelques mots."
    if len(precision) > PRECISION_MAX:
        erreurs["precision"] = f"La précision dépasse {PRECISION_MAX} caractères."
    if erreurs:
        raise Invalide(erreurs)
    texte = " : ".join(filter(None, [MOTIFS[motif], precision]))

    async def change() -> None:
        if not await database.fetch(REVOKE, demande.numero, now, signed.droits.agent, texte):
            raise Conflit("Aucun mandat n’est en cours : il a peut-être déjà été révoqué.")
        await database.fetch(CANCEL_WAITING, demande.numero)

    # The reason stays with the mandat: the thread is read by people who may not see it.
    publication = Publication(
        Fait.MANDAT_REVOQUE,
        demande.numero,
        choose_voix(signed, demande),
        Ecrit(cle=cle, signature=_signature(signed)),
    )
    await publish(publication, signed=signed, change=change, now=now)


async def end_old(now: datetime) -> None:
    """Mandats a year old end; whoever recorded one of an open demande is told. Safe to run twice."""
    async with database.transaction():
        ended = await database.fetch(
            """
            update mandats m set etat = 'termine' from demandes d
            where d.numero = m.demande and d.closed_at is null and m.etat = 'valide' and m.ends_at <= $1
            returning m.id, m.demande, m.recorded_by
            """,
            now,
        )
        for row in ended:
            await happened(Fait.MANDAT_TERMINE, demande=row["demande"], now=now)
            await tell_author(row["recorded_by"], row["id"], row["demande"], "termine", now)


async def erase(demande: int) -> None:
    """Erase what is kept of the mandats of a demande, SMS included; the journal keeps that there was one."""
    await database.fetch("delete from mandats where demande = $1", demande)


async def forget_orphans(now: datetime) -> None:
    """Mandats asked from a form that was never sent go with its draft."""
    await database.fetch(
        """
        delete from mandats m where m.demande is null and m.recorded_at < $1
            and not exists (select 1 from brouillons b where b.id = m.brouillon)
        """,
        now - REPONSE_JOURS - timedelta(days=1),
    )


async def tell_author(agent: int, mandat: UUID, demande: int | None, issue: str, now: datetime) -> None:
    """A mail to who asked: the number, the link, and that something came; never the answer (product §9)."""
    await tell(
        Fait.MANDAT_TERMINE if issue == "termine" else Fait.MANDAT_SMS_REPONDU,
        [agent],
        demande=demande,
        contexte={"mandat": str(mandat), "issue": issue},
        now=now,
    )


def seal_contexte(cle: UUID, contexte: Mapping[str, Any]) -> bytes:
    """The facts of a mandat, sealed for its row."""
    return trousseau().seal_text(json.dumps(contexte), f"mandat:{cle}")


def open_contexte(cle: UUID, scelle: bytes | None) -> dict[str, Any]:
    """The facts of a mandat; none once erased."""
    if scelle is None:
        return {}
    contexte: dict[str, Any] = json.loads(trousseau().open_text(scelle, f"mandat:{cle}"))
    return contexte


def _signature(signed: Signed) -> str:
    return signed.signature if signed.droits.is_collectif else ""


async def _insert(signed: Signed, saisi: MandatSaisi, demande: int, structure: str, now: datetime) -> None:
    assert saisi.nature is not None and saisi.donne_on is not None, "checked before"
    cle, version = uuid4(), textes_mandat.VERSION
    nom = saisi.nature.fiche.texte or f"{saisi.modele}.html"
    await database.fetch(
        INSERT,
        *(cle, demande, saisi.nature.value, version, textes_mandat.empreinte(version, nom)),
        *(textes_mandat.attestation(version, saisi.nature), saisi.donne_on),
        seal_contexte(cle, _contexte_of(saisi, version, signed.zone)),
        *(structure[:200], signed.droits.agent, now, signed.zone.key),
    )


def _contexte_of(saisi: MandatSaisi, version: str, zone: ZoneInfo) -> dict[str, Any]:
    if saisi.nature is NatureMandat.PAPIER:
        return {"modele": saisi.modele.value}
    heure = read_heure(saisi.appel_heure)
    questions = [etape.question for etape in textes_mandat.etapes_telephone(version) if etape.question]
    return {
        "numero": read_numero(saisi.appel_numero),
        "heure": f"{heure:%H:%M}" if heure else "",
        "fuseau": zone.key,
        "reponses": list(zip(questions, saisi.reponses[: len(QUESTIONS)], strict=True)),
    }


def _mandat_of(row: Any) -> Mandat:
    facts = dict(row)
    contexte = open_contexte(facts["id"], facts.pop("contexte_scelle"))
    words = {"nature": NatureMandat(facts["nature"]), "etat": EtatMandat(facts["etat"])}
    return Mandat(**{**facts, **words}, contexte=contexte)
