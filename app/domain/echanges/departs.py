"""An answer waits a little before it leaves, so that its author may take it back (product §9).

Until then nothing of it exists for anybody else: it is a draft, sealed, with the hour of its departure. Sending judges
it as if it left, so that a refusal is said at once; leaving judges it again, as any act, and dates it from then. It is
let go by the sweep, or by whoever opens the demande after the hour. What can no longer leave stays with its author, who
is told why, until they take it back in the form.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from app import database
from app.domain.acces.sessions import Signed, find_absent, sign_session
from app.domain.demandes.brouillons import (
    ANSWERS,
    REPRIS,
    Brouillon,
    erase_brouillon,
    list_answers,
    open_all,
    open_brouillon,
    seal_champs,
)
from app.domain.demandes.demande import Demande, get_demande, hold_demande
from app.domain.demandes.fenetres import set_apart
from app.domain.demandes.vu import PartVue, Vu, list_moved, read_vu, see
from app.domain.echanges import messages
from app.domain.echanges.actes import DEJA_ENVOYE, Depuis, Essai, try_act
from app.domain.echanges.saisie import MessageSaisi, read_message
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.provenance import keep_provenance, visiting
from app.domain.faits.registre import Fait
from app.domain.mots.champs import Champs
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.settings import get_settings

#: Makes a form of the fields that a draft keeps.
Read = Callable[[Mapping[str, list[str]]], Champs]

DEJA_PARTIE = "Votre réponse est déjà partie\u00a0: elle ne peut plus être reprise."
DEJA_REPRISE = "L’envoi de cette réponse est déjà annulé dans une autre fenêtre\u00a0: elle n’est pas partie."
SANS_ACCES = "Vous n’avez plus accès à cette demande."
BROUILLONS = "/demandes?onglet=brouillons"
ILLISIBLE = "Votre texte n’a pas pu être relu."
PANNE = "Une panne de notre côté l’a empêchée de partir."
#: The parts as the answer will leave them, kept with what was typed.
PARTS = "parts_apres"
#: Who the answer will call, by name, kept in the same way: the page that shows it asks for nobody’s name.
APPELES = "appeles"
#: From where it was sent: whoever lets it leave is elsewhere.
LIEU = "lieu_envoi"
LOT = 100
log = structlog.get_logger()
AGAIN, PATIENCE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, repr=False)
class Partance:
    """An answer of one's own that is sent: what it says, when it leaves, and the parts as it will leave them.

    `part_at` is None when it could not leave, and `retenue` says why.
    """

    saisi: MessageSaisi
    part_at: datetime | None
    retenue: str
    parts: Mapping[int, PartVue]
    appeles: tuple[str, ...]
    """The groupes that it will call."""

    def seen_from(self, vu: Vu) -> Vu:
        """What a page that shows it has seen."""
        return replace(vu, parts={**vu.parts, **self.parts}, en_partance=self.saisi.cle)


def partance_of(brouillon: Brouillon, read: Read) -> Partance:
    """The answer that this draft is."""
    form = read(brouillon.champs)
    saisi, parts = read_message(form, brouillon.cle), read_vu(form.texte(PARTS)).parts
    return Partance(saisi, brouillon.part_at, brouillon.retenue, parts, tuple(form.textes(APPELES)))


OWN = """
select * from brouillons where demande = :demande and agent = :agent and part_at is not null order by part_at, id
"""


async def see_leaving(signed: Signed, demande: Demande, read: Read) -> Vu:
    """What a page beside the thread has seen: an act from there lets one's own answer leave first."""
    vu = see(signed.droits, demande)
    rows = []
    if demande.part_at is not None:
        rows = await database.fetch(OWN, demande=demande.numero, agent=signed.droits.agent)
    brouillon = open_brouillon(rows[0]) if rows else None
    return partance_of(brouillon, read).seen_from(vu) if brouillon else vu


WAIT = """
insert into brouillons (id, agent, demande, contenu_scelle, created_at, updated_at, part_at)
values (:cle, :agent, :demande, :contenu, :now, :now, :part_at)
on conflict (id) do update set contenu_scelle = excluded.contenu_scelle, updated_at = excluded.updated_at,
    part_at = excluded.part_at, is_ecrit = true, retenue = ''
where brouillons.agent = excluded.agent and brouillons.demande = excluded.demande
returning id
"""


async def send(
    signed: Signed, demande: Demande, saisi: MessageSaisi, form: Champs, *, read: Read, now: datetime
) -> int | None:
    """Send what was typed, read in `form`; the line of the thread, or None when it waits before it leaves.

    One answer waits at a time: another one makes the former leave first. Raises what `act` raises, at once.
    """
    wait = timedelta(seconds=get_settings().answer_wait_seconds)
    if not wait:
        return await messages.post_message(signed, demande, saisi, now, said=saisi.en_brouillon)
    async with database.transaction():
        await hold_demande(demande.numero)
        rows = await database.fetch(ANSWERS, agent=signed.droits.agent, demande=demande.numero)
        for row in rows:
            if row["part_at"] is None:
                continue
            if row["id"] == saisi.cle:
                _require_same(row, saisi, read)
                return None
            await let_go(row["id"], demande.numero, read, now)
            demande = await get_demande(signed.droits, demande.numero)
        essai = await try_act(signed, demande, messages.acte_of(signed, demande, saisi, now), now)
        if essai.deja is not None:
            return essai.deja
        await set_apart(open_all(rows), saisi.cle, saisi.en_brouillon)
        await _wait(signed, demande.numero, saisi, form, essai, part_at=now + wait, now=now)
    return None


def _require_same(row: Any, saisi: MessageSaisi, read: Read) -> None:
    """The same form twice says the same; with other words, it has been used. Raises Depuis."""
    brouillon = open_brouillon(row)
    waiting = read_message(read(brouillon.champs), saisi.cle) if brouillon else None
    if waiting is None or _alone(saisi) != _alone(waiting):
        raise Depuis(DEJA_ENVOYE, (), (), is_spent=True)


def _alone(saisi: MessageSaisi) -> MessageSaisi:
    return replace(saisi, vu=Vu(), signature="", page="", apres="")


async def _wait(
    signed: Signed,
    demande: int,
    saisi: MessageSaisi,
    form: Champs,
    essai: Essai,
    *,
    part_at: datetime,
    now: datetime,
) -> None:
    """Keep it, with who signs it: the session that knew will not be there."""
    parts = str(Vu(parts=list_moved(essai.avant, essai.apres)))
    champs = {
        **form.champs,
        "signature": [essai.signature],
        PARTS: [parts],
        APPELES: list(essai.appeles),
        LIEU: keep_provenance(signed.droits.agent),
    }
    kept = await database.fetch_one(
        WAIT,
        cle=saisi.cle,
        agent=signed.droits.agent,
        demande=demande,
        contenu=seal_champs(saisi.cle, champs),
        part_at=part_at,
        now=now,
    )
    if kept is None:
        raise Introuvable
    if essai.signature and essai.signature != signed.signature:
        await sign_session(signed, essai.signature)


# Also what could not leave: it has been nowhere else since.
TAKE = """
update brouillons set part_at = null, retenue = ''
where id = :cle and demande = :demande and agent = :agent and (part_at is not null or retenue <> '')
returning *
"""
GONE = "select 1 from messages where demande = :demande and cle = :cle"


async def take_back(
    signed: Signed, demande: Demande, cle: UUID, typed: MessageSaisi, *, read: Read, now: datetime
) -> MessageSaisi:
    """« Annuler l’envoi »: the answer as it was typed, its draft again; `typed`, written since, comes after it.

    A quick answer was no draft: only the page shows it again. Raises Conflit once it has left, or was taken back
    elsewhere.
    """
    async with database.transaction():
        await hold_demande(demande.numero)
        agent = signed.droits.agent
        row = await database.fetch_one(TAKE, cle=cle, demande=demande.numero, agent=agent)
        brouillon = open_brouillon(row) if row is not None else None
        if brouillon is None:
            gone = await database.fetch(GONE, demande=demande.numero, cle=cle)
            raise Conflit(DEJA_PARTIE if gone else DEJA_REPRISE)
        form = read(brouillon.champs)
        saisi = read_message(form, cle)
        if form.identifiant("rouvrir"):
            saisi = replace(saisi, texte=saisi.motif, motif="", rapide=None)
        if saisi.rapide is not None:
            await erase_brouillon(signed, cle)
        else:
            saisi = await _join(signed, demande.numero, saisi, typed=typed, brouillon=brouillon, now=now)
    return saisi


# What was joined to the form that is on the page comes along.
JOIN = """
update pieces_jointes set brouillon = :cle
where brouillon = :other and uploaded_by = :agent and demande = :demande and erased_at is null
"""
KEEP = "update brouillons set contenu_scelle = :contenu, updated_at = :now where id = :cle"


async def _join(
    signed: Signed,
    demande: int,
    saisi: MessageSaisi,
    *,
    typed: MessageSaisi,
    brouillon: Brouillon,
    now: datetime,
) -> MessageSaisi:
    """One answer is written at a time: what was begun meanwhile follows what is given back."""
    texte = "\n\n".join(filter(None, (saisi.texte, typed.texte)))
    champs = {
        nom: valeurs
        for nom, valeurs in brouillon.champs.items()
        if nom not in {PARTS, APPELES, LIEU, "rouvrir", "page", "apres"}
    }
    champs |= {"texte": [texte], REPRIS: [str(typed.cle)]}
    await database.fetch(KEEP, cle=saisi.cle, contenu=seal_champs(saisi.cle, champs), now=now)
    answers = await list_answers(signed.droits.agent, demande)
    await set_apart(answers, typed.cle, typed.en_brouillon, taken=saisi.cle)
    if typed.cle != saisi.cle:
        await erase_brouillon(signed, typed.cle)
        await database.fetch(JOIN, cle=saisi.cle, other=typed.cle, agent=signed.droits.agent, demande=demande)
    return replace(saisi, texte=texte)


async def leave_due(demande: Demande, read: Read, now: datetime) -> bool:
    """What had to leave from this demande leaves now, whoever reads it; whether anything did."""
    if demande.part_at is None or demande.part_at > now:
        return False
    # While the base takes no write, what is there is still shown.
    with suppress(database.Indisponible):
        for row in await database.fetch(DUE_HERE, demande=demande.numero, now=now):
            await let_go(row["id"], demande.numero, read, now)
    return True


async def leave_own(
    signed: Signed, demande: Demande, read: Read, now: datetime, *, sent: UUID | None = None
) -> bool:
    """Before anything else one does, one's own answer leaves, unless it is the one that was just `sent`; whether there
    was one.
    """
    if demande.part_at is None:
        return False
    rows = await database.fetch(OWN, demande=demande.numero, agent=signed.droits.agent)
    leaving = [row["id"] for row in rows if row["id"] != sent]
    for cle in leaving:
        await let_go(cle, demande.numero, read, now)
    return bool(leaving)


DUE_HERE = "select id from brouillons where demande = :demande and part_at <= :now order by part_at, id"
DUE = "select id, demande from brouillons where part_at <= :now order by part_at, id limit :lot"
LATER = """
update brouillons set part_at = :later where id = :cle and part_at is not null returning agent, updated_at as sent_at
"""


async def list_due(now: datetime) -> list[tuple[UUID, int]]:
    """The answers that must leave, with their demandes, the oldest first."""
    return [(row["id"], row["demande"]) for row in await database.fetch(DUE, now=now, lot=LOT)]


async def let_go(cle: UUID, demande: int, read: Read, now: datetime) -> None:
    """Let it leave. By a fault of ours it may not: it is tried again for an hour, and makes nobody wait meanwhile; then
    its author is told, as when the law keeps it.
    """
    try:
        await leave(cle, demande, read, now)
    except database.Indisponible:
        raise
    except Exception as error:
        log.error("answer could not leave", formulaire=str(cle), error=type(error).__name__)
        async with database.transaction():
            row = await database.fetch_one(LATER, cle=cle, later=now + AGAIN)
            if row is not None and now - row["sent_at"] > PATIENCE:
                await database.fetch_one(CLAIM, cle=cle, demande=demande)
                await _retain(cle, row["agent"], demande, PANNE, now)


CLAIM = """
update brouillons set part_at = null where id = :cle and demande = :demande and part_at is not null returning *
"""


async def leave(cle: UUID, demande: int, read: Read, now: datetime) -> None:
    """Let this answer leave, in the name of its author; taken back or gone already, nothing happens.

    What the law no longer allows stays a draft that says why, and its author gets a mail.
    """
    async with database.transaction():
        await hold_demande(demande)
        row = await database.fetch_one(CLAIM, cle=cle, demande=demande)
        if row is None:
            return
        signed, brouillon = await find_absent(row["agent"]), open_brouillon(row)
        try:
            if signed is None or brouillon is None:
                raise Conflit(SANS_ACCES if signed is None else ILLISIBLE)
            with visiting(row["agent"], brouillon.champs.get(LIEU, ())):
                async with database.transaction():
                    await _act(signed, demande, read_message(read(brouillon.champs), cle), now)
        except (Invalide, Conflit, Refus, Introuvable) as refus:
            await _retain(cle, row["agent"], demande, _say(refus), now)


async def _act(signed: Signed, numero: int, saisi: MessageSaisi, now: datetime) -> None:
    """What came since it was sent stops it only when it moves the same part, as for two who answer at once."""
    demande = await get_demande(signed.droits, numero)
    seen = replace(demande, derniere=saisi.vu.ligne, derniere_publique=saisi.vu.ligne)
    await messages.post_message(signed, seen, saisi, now)
    # An answer that was there already has erased nothing.
    await erase_brouillon(signed, saisi.cle)


def _say(refus: Exception) -> str:
    if isinstance(refus, Invalide):
        return next(iter(refus.erreurs.values()))
    return refus.phrase if isinstance(refus, (Conflit, Refus)) else SANS_ACCES


RETAIN = "update brouillons set retenue = :phrase, updated_at = :now where id = :cle"


async def _retain(cle: UUID, agent: int, demande: int, phrase: str, now: datetime) -> None:
    await database.fetch(RETAIN, cle=cle, phrase=phrase, now=now)
    await happened(Fait.REPONSE_RETENUE, agent=agent, demande=demande, now=now)
    # Who reads the demande no more finds why, and the text, among the drafts.
    contexte = {"page": BROUILLONS} if phrase == SANS_ACCES else {}
    await tell(Fait.REPONSE_RETENUE, [agent], demande=demande, contexte=contexte, now=now)
