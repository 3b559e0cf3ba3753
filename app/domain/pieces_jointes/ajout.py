"""Take files for a form: checked one by one, kept sealed, refused with a sentence each (product §5.5; quality S6, R8).

A file is put in the store before its row is written: a crash between the two leaves a sealed content that no row
knows, which the sweep erases; never a row without its content. A refused file is never written at all.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from app import database
from app.antivirus import Verdict, scan
from app.coffre import CoffreIndisponible, ContenuAbsent
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import name_next
from app.domain.demandes.demande import Demande, require_living
from app.domain.fichiers import FICHIERS_MAX, OCTETS_MAX, TROP_LOURD, FichierAccepte, FichierRefuse, nom_sur
from app.domain.pieces_jointes import controle
from app.domain.pieces_jointes.apercus import erase_cles
from app.domain.pieces_jointes.depot import LIFE, coffre
from app.domain.regles.permissions import can_attach_files, can_create_demande, require
from app.settings import get_settings
from app.tables import PiecesJointes

DEMANDE_OCTETS = 200 * 1024 * 1024
JOUR_OCTETS = 500 * 1024 * 1024
ONE_DAY = timedelta(days=1)
# A clamd that is slower is waited for by the worker, not by the person.
SCAN_SECONDS = 5.0

TROP_NOMBREUX = "Il y a déjà 10 fichiers, c’est le maximum : retirez-en un pour joindre celui-ci."
DEMANDE_PLEINE = (
    "Les fichiers de cette demande atteignent 200 Mo, c’est le maximum : joignez celui-ci quand les plus "
    "anciens seront effacés."
)
JOUR_PLEIN = (
    "Vous avez joint beaucoup de fichiers depuis hier (500 Mo) : réessayez demain, ou écrivez au support si "
    "c’est pressé."
)
INFECTE = (
    "L’antivirus a reconnu un virus dans ce fichier : il n’est pas gardé. Prévenez la personne qui vous l’a "
    "remis."
)
PANNE = (
    "Ce fichier n’a pas pu être enregistré, le stockage ne répond pas : réessayez dans quelques minutes. "
    "Votre texte est conservé."
)


class Fichier(Protocol):
    """A file as it was sent; `taille` in bytes."""

    nom: str
    taille: int

    def read(self) -> bytes | None:
        """The content, once; None when it could not be held. Called in a thread: it may wait for the disk."""


@dataclass(frozen=True, repr=False)
class Rejet:
    """A file that was not taken, and why; its repr says nothing: names of files are often names of people."""

    nom: str
    phrase: str


class Ajouts(NamedTuple):
    """What became of the files of a post; `formulaire`: the form that holds them, under its next name when it was
    already sent; `remarques`: sentences about those received as something else.
    """

    formulaire: UUID
    taken: list[UUID]
    rejets: list[Rejet]
    remarques: list[str]


@dataclass
class _Places:
    """What a form already holds, and the room left."""

    is_sent: bool
    nombre: int
    demande_octets: int
    jour_octets: int

    def refuse(self, taille: int) -> str:
        """Why a file of this size is too much for the demande or the day; empty when it is not."""
        if self.demande_octets + taille > DEMANDE_OCTETS:
            return DEMANDE_PLEINE
        return JOUR_PLEIN if self.jour_octets + taille > JOUR_OCTETS else ""


PLACES = """
select exists (select from demandes where formulaire = :formulaire)
        or exists (select from messages where demande = :demande and cle = :formulaire)
        or exists (select from brouillons where id = :formulaire and part_at is not null) as is_sent,
    (select count(*) from pieces_jointes
     where brouillon = :formulaire and uploaded_by = :agent and erased_at is null and expires_at > :now) as nombre,
    (select coalesce(sum(taille), 0) from pieces_jointes
     where demande = :demande and erased_at is null) as demande_octets,
    (select coalesce(sum(taille), 0) from pieces_jointes
     where uploaded_by = :agent and uploaded_at > :day_before) as jour_octets
"""
# The room left is counted by form, by agent and by demande; whoever holds the agent holds their forms. Always in this
# order; a new demande has no number yet, and a lock on nothing holds nothing.
LOCK = """
select pg_advisory_xact_lock(hashtextextended('pieces:agent:' || :agent::text, 0)),
    pg_advisory_xact_lock(hashtextextended('pieces:demande:' || :demande::text, 0))
"""
TWINS = """
select p.cle from pieces_jointes p
where p.uploaded_by = :agent and p.nom = :nom and p.taille = :taille and p.erased_at is null
    and (p.brouillon = :formulaire
        or p.message in (select id from messages where demande = :demande and cle = :formulaire)
        or p.brouillon is null and p.message is null
            and p.demande in (select numero from demandes where formulaire = :formulaire))
"""
RECU_COMME = (
    "«\u00a0{sent}\u00a0» a été reçu comme {kind}\u00a0: il s’appelle maintenant «\u00a0{kept}\u00a0»."
)


async def add_pieces(
    signed: Signed, formulaire: UUID, fichiers: Sequence[Fichier], demande: Demande | None, now: datetime
) -> Ajouts:
    """Join files to the form of a new demande, or of an answer to `demande`: those taken, those refused, and remarks.

    The same file sent again with the same form is one file. Another one for a form already sent is not dropped: it
    waits under the next name of the form.
    Raises Refus to who may not attach, Conflit when the demande was closed meanwhile.
    """
    ajouts = Ajouts(formulaire, [], [], [])
    if not fichiers:
        return ajouts
    require_may_join(signed, demande)
    ajout = _Ajout(signed.droits.agent, formulaire, demande.numero if demande else None, now)
    for fichier in fichiers:
        try:
            piece = await ajout.take(fichier)
        except FichierRefuse as refus:
            ajouts.rejets.append(Rejet(nom_sur(fichier.nom), refus.phrase))
        else:
            ajouts.taken.extend([piece] if piece else [])
    ajouts.remarques.extend(ajout.remarques)
    return ajouts._replace(formulaire=ajout.formulaire)


def require_may_join(signed: Signed, demande: Demande | None) -> None:
    """Whether this agent may join files to a new demande, or to an answer to this one; raises Refus and Conflit."""
    if demande is None:
        require(can_create_demande(signed.droits))
    else:
        require_living(signed, demande)
        require(can_attach_files(signed.droits, demande.parties))


# The files of an answer that is leaving leave with it: it is taken back first.
REMOVE = """
with gone as (
    delete from pieces_jointes p
    where p.brouillon = :formulaire and p.uploaded_by = :agent and (:piece::uuid is null or p.id = :piece)
        and not exists (select from brouillons b where b.id = p.brouillon and b.part_at is not null)
    returning p.id, p.cle
)
select cle, array(select a.cle from apercus a where a.piece = gone.id) as apercus from gone
"""


async def remove_piece(signed: Signed, formulaire: UUID, piece: UUID) -> bool:
    """Take back a file of a form not sent yet, one's own; whether there was one."""
    return bool(await _remove(signed, formulaire, piece))


async def remove_pieces(signed: Signed, formulaire: UUID) -> int:
    """Take back every file of a form given up; how many there were."""
    return await _remove(signed, formulaire, None)


async def _remove(signed: Signed, formulaire: UUID, piece: UUID | None) -> int:
    rows = await database.fetch(REMOVE, formulaire=formulaire, agent=signed.droits.agent, piece=piece)
    for row in rows:
        await erase_cles([row["cle"], *row["apercus"]])
    return len(rows)


class _NonLu(Exception):
    """A content of the same name and size must be read before anything is decided."""

    def __init__(self, cle: str) -> None:
        super().__init__()
        self.cle = cle


async def _holds(cle: str, contenu: bytes) -> bool:
    """Whether this very content lies there. Raises CoffreIndisponible."""
    with suppress(ContenuAbsent):
        return await coffre().get(cle) == contenu
    return False


@dataclass
class _Ajout:
    """The files of one post, taken one after the other."""

    agent: int
    formulaire: UUID
    demande: int | None
    now: datetime
    is_broken: bool = False  # the store failed once: the next files do not wait for it again
    remarques: list[str] = field(default_factory=list)
    is_same: dict[str, bool] = field(default_factory=dict)
    """By name in the store, whether a content already there is that of the file being taken."""

    async def take(self, fichier: Fichier) -> UUID | None:
        """Keep it; None when there is nothing to do. Raises FichierRefuse."""
        if fichier.taille > OCTETS_MAX:
            raise FichierRefuse(TROP_LOURD)
        places = await self._count()
        if phrase := places.refuse(fichier.taille):
            raise FichierRefuse(phrase)
        if self.is_broken:
            raise FichierRefuse(PANNE)
        accepte = await controle.check(fichier.nom, fichier.read, par=self.agent)
        clamd = get_settings().clamd_url
        verdict = await scan(clamd, accepte.contenu, SCAN_SECONDS)
        if verdict is Verdict.INFECTE:
            raise FichierRefuse(INFECTE)
        if verdict is Verdict.NON_ANALYSE and clamd is not None:
            verdict = Verdict.EN_ATTENTE
        try:
            piece = await self._keep(accepte, verdict)
        except CoffreIndisponible:
            self.is_broken = True
            raise FichierRefuse(PANNE) from None
        if piece and accepte.recu_comme:
            self.remarques.append(
                RECU_COMME.format(sent=nom_sur(fichier.nom), kind=accepte.recu_comme, kept=accepte.nom)
            )
        return piece

    async def _keep(self, accepte: FichierAccepte, verdict: Verdict) -> UUID | None:
        """Content first, row next; a content without its row is taken back."""
        self.is_same = {}
        cle = coffre().new_cle()
        await coffre().put(cle, accepte.contenu)
        try:
            piece = await self._write(accepte, verdict, cle)
        except database.Indisponible:
            # Perhaps lost while committing: the row may be there. If it is not, the orphans will tell.
            raise
        except BaseException:
            await erase_cles([cle])
            raise
        if piece is None:
            await erase_cles([cle])
        return piece

    async def _write(self, accepte: FichierAccepte, verdict: Verdict, cle: str) -> UUID | None:
        """The row; what must be read of the store for it is read between two transactions, never inside one: a slow
        bucket would hold a connection, and everybody who waits for the same lock.
        """
        while True:
            try:
                return await self._write_locked(accepte, verdict, cle)
            except _NonLu as unread:
                self.is_same[unread.cle] = await _holds(unread.cle, accepte.contenu)

    async def _write_locked(self, accepte: FichierAccepte, verdict: Verdict, cle: str) -> UUID | None:
        piece, taille = uuid4(), len(accepte.contenu)
        async with database.transaction():
            await database.fetch(
                LOCK, agent=str(self.agent), demande=str(self.demande) if self.demande else None
            )
            while (places := await self._count()).is_sent and not await self._has_twin(accepte):
                self.formulaire = name_next(self.formulaire)
            if await self._has_twin(accepte):
                return None
            if places.nombre >= FICHIERS_MAX:
                raise FichierRefuse(TROP_NOMBREUX)
            if phrase := places.refuse(taille):
                raise FichierRefuse(phrase)
            await PiecesJointes.insert(
                PiecesJointes(
                    id=piece,
                    brouillon=self.formulaire,
                    demande=self.demande,
                    uploaded_by=self.agent,
                    nom=accepte.nom,
                    type_mime=accepte.type_mime,
                    taille=taille,
                    cle=cle,
                    verdict=verdict.value,
                    uploaded_at=self.now,
                    expires_at=self.now + LIFE,
                )
            )
        return piece

    async def _has_twin(self, accepte: FichierAccepte) -> bool:
        """This very file is already there, or left with this form: a form sent twice, a button pressed twice.

        Raises _NonLu for a content that must be read first.
        """
        twins = await database.fetch(
            TWINS,
            formulaire=self.formulaire,
            demande=self.demande,
            agent=self.agent,
            nom=accepte.nom,
            taille=len(accepte.contenu),
        )
        for row in twins:
            if row["cle"] not in self.is_same:
                raise _NonLu(row["cle"])
        return any(self.is_same[row["cle"]] for row in twins)

    async def _count(self) -> _Places:
        row = await database.fetch_one(
            PLACES,
            formulaire=self.formulaire,
            demande=self.demande,
            agent=self.agent,
            day_before=self.now - ONE_DAY,
            now=self.now,
        )
        assert row is not None
        return _Places(**dict(row))
