"""Writing in a conversation: its author begins it and goes on, the team answers and closes it.

A repeat is the same key: one message of two identical posts. What arrived since the page was shown is shown first.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database
from app.domain.acces.liens import read_adresse
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.sessions import Signed, hash_jeton
from app.domain.acces.tentatives import hold_adresse
from app.domain.contact import limites
from app.domain.contact.conversations import PAROLES_MAX, SujetContact, open_visiteur
from app.domain.faits.courriels import Pli, post_courriels, tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer

ARRIVEE = "Un message est arrivé pendant que vous écriviez\u00a0: lisez-le, puis envoyez de nouveau."


@dataclass(frozen=True)
class ParoleSaisie:
    """What was typed. `cle` names this very form; `vu` is the last message its page had shown."""

    cle: UUID
    texte: str = ""
    vu: int = 0


OPEN = """
insert into conversations (agent, jeton, visiteur_scelle, sujet, created_at, last_at)
values (:agent, :jeton, :scelle, :sujet, :now, :now) returning id
"""
KNOWN = "select conversation from paroles where cle = :cle"
HOLD = """
select c.id, c.agent, c.jeton, c.visiteur_scelle, c.sujet, c.attend_at, c.closed_at,
    (select count(*) from paroles p where p.conversation = c.id) as paroles,
    (select coalesce(max(p.id), 0) from paroles p where p.conversation = c.id) as vu
from conversations c where
"""
HOLD_BY_NUMERO = "".join((HOLD, " c.id = :conversation for no key update of c"))
HOLD_BY_JETON = "".join((HOLD, " c.jeton = :jeton for no key update of c"))
SAY = """
insert into paroles (conversation, cle, is_equipe, agent, texte_scelle, created_at)
values (:conversation, :cle, :is_equipe, :agent, :scelle, :now) on conflict (cle) do nothing returning id
"""
WAIT = """
update conversations set last_at = :now, attend_at = coalesce(attend_at, :now), closed_at = null
where id = :conversation
"""
ANSWERED = "update conversations set last_at = :now, attend_at = null where id = :conversation"
CLOSE = "update conversations set attend_at = null, closed_at = :now where id = :conversation"
TEAM = "select id, email from agents where is_administrateur and deactivated_at is null order by id"


async def open_as_agent(signed: Signed, sujet: str, saisie: ParoleSaisie, now: datetime) -> int:
    """Begin a conversation; its number. Raises Invalide, TropDeDemandes."""
    agent = signed.droits.agent
    _check(sujet, saisie.texte, now)
    async with database.transaction():
        await hold_adresse(f"contact:{agent}")
        if known := await database.fetch_one(KNOWN, cle=saisie.cle):
            return int(known["conversation"])
        await limites.check_pace(agent, None, now)
        [row] = await database.fetch(OPEN, agent=agent, jeton=None, scelle=None, sujet=sujet, now=now)
        await _say(row["id"], saisie, agent, now)
        await _tell_team(row["id"], sujet, agent, now)
    return int(row["id"])


async def open_as_stranger(
    email: str, sujet: str, saisie: ParoleSaisie, visiteur: Navigateur, now: datetime
) -> None:
    """Begin one without an account: a mail holds the link by which it goes on, and nothing of what was written.

    The link is never given to who writes: only who reads the mailbox follows the conversation. Raises Invalide,
    TropDeDemandes.
    """
    adresse = _check(sujet, saisie.texte, now, email)
    jeton = secrets.token_urlsafe(32)
    cle = hash_jeton(jeton)
    scelle = trousseau().seal_text(
        json.dumps({"adresse": adresse, "lien": f"/aide/contact/lien/{jeton}"}), f"conversation:{cle}"
    )
    async with database.transaction():
        await hold_adresse(adresse)
        if await database.fetch_one(KNOWN, cle=saisie.cle):
            return
        await limites.count_stranger(adresse, visiteur, now)
        [row] = await database.fetch(OPEN, agent=None, jeton=cle, scelle=scelle, sujet=sujet, now=now)
        await _say(row["id"], saisie, None, now)
        fait = Fait.CONTACT_RECU
        await happened(fait, details={"conversation": row["id"]}, now=now)
        pli = Pli(fait.courriel, adresse, genre=fait.fiche.genre)
        await post_courriels([pli], contexte={"chemin": f"/aide/contact/lien/{jeton}"}, now=now)
        await _tell_team(row["id"], sujet, None, now)


async def go_on_as_agent(signed: Signed, conversation: int, saisie: ParoleSaisie, now: datetime) -> None:
    """One more message of its author; a closed conversation is open again. Raises Introuvable, Invalide, Conflit,
    TropDeDemandes.
    """
    agent = signed.droits.agent
    async with database.transaction():
        row = await database.fetch_one(HOLD_BY_NUMERO, conversation=conversation)
        if row is None or row["agent"] != agent:
            raise Introuvable
        await _go_on(row, saisie, now)


async def go_on_by_jeton(jeton: str, saisie: ParoleSaisie, now: datetime) -> None:
    """The same, by the link of the mail. Raises Introuvable, Invalide, Conflit, TropDeDemandes."""
    async with database.transaction():
        row = await database.fetch_one(HOLD_BY_JETON, jeton=hash_jeton(jeton))
        if row is None:
            raise Introuvable
        await _go_on(row, saisie, now)


async def answer(signed: Signed, conversation: int, saisie: ParoleSaisie, now: datetime) -> None:
    """The team answers, here and by mail. Raises Introuvable, to everybody else too, Invalide, Conflit."""
    agent = signed.droits.agent
    async with database.transaction():
        row = await _hold_for_team(signed, conversation)
        if not await _is_new(row, saisie, now, is_stranger=False):
            return
        await _say(conversation, saisie, agent, now, is_equipe=True)
        await database.fetch(ANSWERED, conversation=conversation, now=now)
        fait = Fait.CONTACT_REPONDU
        await happened(fait, agent=agent, details={"conversation": conversation}, now=now)
        if row["agent"] is None:
            visiteur = open_visiteur(row["jeton"], row["visiteur_scelle"])
            pli = Pli(fait.courriel, visiteur["adresse"], genre=fait.fiche.genre)
            contexte = {"texte": saisie.texte, "chemin": visiteur["lien"]}
            await post_courriels([pli], contexte=contexte, now=now)
        elif row["agent"] != agent:
            contexte = {"texte": saisie.texte, "chemin": f"/aide/contact/{conversation}"}
            await tell(fait, [row["agent"]], demande=None, contexte=contexte, now=now)


async def close_conversation(signed: Signed, conversation: int, vu: int, now: datetime) -> None:
    """Nothing more is expected of the team. Raises Introuvable, Conflit when something was said meanwhile."""
    async with database.transaction():
        row = await _hold_for_team(signed, conversation)
        if row["closed_at"] is not None:
            return
        if row["vu"] != vu:
            raise Conflit("Un message est arrivé depuis que cette page est ouverte\u00a0: lisez-le d’abord.")
        await database.fetch(CLOSE, conversation=conversation, now=now)
        details = {"conversation": conversation}
        await happened(Fait.CONTACT_CLOS, agent=signed.droits.agent, details=details, now=now)


def _check(sujet: str, texte: str, now: datetime, email: str | None = None) -> str:
    """The address as understood, for who has no account. Raises Invalide, with everything that is wrong."""
    erreurs: dict[str, str] = {}
    adresse = ""
    try:
        adresse = read_adresse(email) if email is not None else ""
    except Invalide as error:
        erreurs |= error.erreurs
    if sujet not in set(SujetContact):
        erreurs["sujet"] = "Dites de quoi il s’agit."
    try:
        limites.check_texte(texte, now, is_stranger=email is not None)
    except Invalide as error:
        erreurs |= error.erreurs
    if erreurs:
        raise Invalide(erreurs)
    return adresse


async def _hold_for_team(signed: Signed, conversation: int) -> Any:
    which = HOLD_BY_NUMERO
    row = (
        await database.fetch_one(which, conversation=conversation) if can_administer(signed.droits) else None
    )
    if row is None:
        raise Introuvable
    return row


async def _go_on(row: Any, saisie: ParoleSaisie, now: datetime) -> None:
    if not await _is_new(row, saisie, now, is_stranger=row["agent"] is None):
        return
    await limites.check_pace(row["agent"], row["id"], now)
    await _say(row["id"], saisie, row["agent"], now)
    if row["attend_at"] is None:
        await _tell_team(row["id"], row["sujet"], row["agent"], now)
    else:
        await database.fetch(WAIT, conversation=row["id"], now=now)


async def _is_new(row: Any, saisie: ParoleSaisie, now: datetime, *, is_stranger: bool) -> bool:
    """False for a repeat. Raises Invalide, Conflit once the conversation is full."""
    if await database.fetch_one(KNOWN, cle=saisie.cle):
        return False
    limites.check_texte(saisie.texte, now, is_stranger=is_stranger)
    if row["vu"] != saisie.vu:
        raise Invalide({"texte": ARRIVEE})
    if row["paroles"] >= PAROLES_MAX:
        raise Conflit("Cette conversation est trop longue pour continuer\u00a0: ouvrez-en une autre.")
    return True


async def _say(
    conversation: int, saisie: ParoleSaisie, agent: int | None, now: datetime, *, is_equipe: bool = False
) -> None:
    await database.fetch(
        SAY,
        conversation=conversation,
        cle=saisie.cle,
        is_equipe=is_equipe,
        agent=agent,
        scelle=trousseau().seal_text(saisie.texte, f"parole:{saisie.cle}"),
        now=now,
    )


async def _tell_team(conversation: int, sujet: str, agent: int | None, now: datetime) -> None:
    """It waits from now on: one mail each, until it is answered."""
    await database.fetch(WAIT, conversation=conversation, now=now)
    fait, details = Fait.CONTACT_ECRIT, {"conversation": conversation, "sujet": sujet}
    await happened(fait, agent=agent, details=details, now=now)
    plis = [
        Pli(fait.courriel, one["email"], one["id"], genre=fait.fiche.genre)
        for one in await database.fetch(TEAM)
        if one["id"] != agent
    ]
    contexte = {"chemin": f"/administration/conversations/{conversation}", "sujet": SujetContact(sujet).fiche}
    await post_courriels(plis, contexte=contexte, now=now)
