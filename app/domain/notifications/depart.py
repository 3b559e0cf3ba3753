"""The mails that wait: each leaves at the hour its agent chose, and what leaves at the same time is one mail.

A row waits (`is_waiting`) from the act that wrote it to the hour when it joins the queue of `faits.courriels`, alone or
told with others in one mail. Running twice, or in two workers, changes nothing: one looks at a time. After days without
a worker, everything that was due leaves as one mail per agent, at an hour when something may leave.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from app import database
from app.chiffrement import Illisible
from app.domain.faits.courriels import COURRIELS, ORDINARY
from app.domain.faits.envois import seal, unseal
from app.domain.faits.genres import Genre
from app.domain.faits.registre import GROUPED
from app.domain.notifications.preferences import read_preferences
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.rythmes import Rythme, next_opening, release_at
from app.settings import get_settings
from app.verrous import Verrou

ADDRESSES = 100
#: A mail tells of this many demandes at most; it says how many others there are.
DEMANDES_MAX = 50

LOCK = "select pg_try_advisory_xact_lock(:key) as is_mine"
# Of the addresses that have something to look at. `lit`: who may not even know the demande any more is told nothing of
# it. `told_at` is the last mail about it these 24 hours, unless
# it was opened since. A mailbox of a groupe lives on the groupe’s clock.
WAITING = """
with regardees as (
    select distinct adresse from courriels where is_waiting and due_at <= :now order by adresse limit :most
)
select c.id, c.fait, c.genre, c.agent, c.adresse, c.demande, c.contexte_scelle, c.created_at,
    d.urgence is not null as is_urgente, p.fuseau, p.calendrier,
    coalesce(a.prereglage, 'tout_de_suite') as prereglage, coalesce(a.rythmes, '{}') as rythmes,
    coalesce(a.notification, 'immediate') as notification,
    a.deactivated_at is null and (c.agent is null or c.demande is null or a.is_administrateur
        or exists (select from positions x where x.demande = c.demande and x.agent = c.agent)
        or exists (select from cote_responsable x where x.demande = c.demande and x.agent = c.agent)) as lit,
    (select max(e.due_at) from courriels e where e.demande = c.demande and e.adresse = c.adresse
        and not e.is_waiting and e.due_at > greatest(:now - interval '1 day', (select l.last_at from lectures l
            where l.demande = c.demande and l.agent = c.agent))) as told_at
from regardees r
join courriels c on c.adresse = r.adresse and c.is_waiting and c.due_at <= :now
left join agents a on a.id = c.agent
left join demandes d on d.numero = c.demande
left join lateral (select v.departement from groupes g join couvertures v on v.groupe = g.id
    where c.agent is null and g.bal = c.adresse order by v.id limit 1) b on true
join departements p on p.id = coalesce(a.departement, b.departement, d.departement)
order by c.adresse, c.created_at, c.id
for no key update of c
"""
FORGET = "delete from courriels where id = any(:ids)"
PUT_OFF = """
update courriels c set due_at = v.due_at from unnest(:ids::uuid[], :dues::timestamptz[]) as v(id, due_at)
where c.id = v.id
"""
LEAVE = """
update courriels c set is_waiting = false, due_at = :now, contexte_scelle = v.scelle
from unnest(:ids::uuid[], :scelles::bytea[]) as v(id, scelle) where c.id = v.id
"""
GROUP = """
with lettre as (
    insert into courriels (id, fait, agent, adresse, demande, contexte_scelle, priorite, created_at, due_at)
    values (:id, :fait, :agent, :adresse, :demande, :scelle, :priorite, :now, :now)
)
update courriels set is_waiting = false, sent_at = :now, contexte_scelle = null, groupe_dans = :id
where id = any(:ids)
"""


@dataclass(frozen=True, repr=False)
class Retenu:
    """A mail that waits, with what decides of its hour."""

    id: UUID
    fait: str
    agent: int | None
    adresse: str
    demande: int | None
    scelle: bytes
    contenu: dict[str, Any] | None  # what its act wrote; None when it cannot be read
    is_urgente: bool
    leaves_at: datetime | None


async def release_courriels(now: datetime) -> int:
    """Let what is due join the queue; how many mails. What cannot be read leaves alone: the queue sets it aside."""
    released = 0
    while count := await _release_some(now):
        released += count[1]
        if count[0] < ADDRESSES:
            break
    return released


async def _release_some(now: datetime) -> tuple[int, int] | None:
    """How many addresses were looked at and how many mails leave; None when another worker looks, or none waits."""
    async with database.transaction():
        row = await database.fetch_one(LOCK, key=Verrou.DEPART_DES_COURRIELS)
        if row is None or not row["is_mine"]:
            return None
        rows = [_retenu(row, now) for row in await database.fetch(WAITING, now=now, most=ADDRESSES)]
        if not rows:
            return None
        await database.fetch(FORGET, ids=[one.id for one in rows if one.leaves_at is None])
        later = [(one.id, one.leaves_at) for one in rows if one.leaves_at is not None and one.leaves_at > now]
        await database.fetch(PUT_OFF, ids=[key for key, _ in later], dues=[due for _, due in later])
        ready = [one for one in rows if one.leaves_at is not None and one.leaves_at <= now]
        plis = [pli for _, own in groupby(ready, lambda one: one.adresse) for pli in _share(list(own))]
        alone = [pli[0] for pli in plis if len(pli) == 1]
        await database.fetch(
            LEAVE, ids=[one.id for one in alone], scelles=[_reseal(one) for one in alone], now=now
        )
        for pli in plis:
            if len(pli) > 1:
                await _group(pli, now)
    return len({one.adresse for one in rows}), len(plis)


def _retenu(row: Any, now: datetime) -> Retenu:
    calendrier = Calendrier(row["fuseau"], row["calendrier"])
    return Retenu(
        id=row["id"],
        fait=row["fait"],
        agent=row["agent"],
        adresse=row["adresse"],
        demande=row["demande"],
        scelle=row["contexte_scelle"],
        contenu=_contenu(row),
        is_urgente=bool(row["is_urgente"]),
        leaves_at=_leaves_at(row, calendrier, now) if row["lit"] else None,
    )


def _contenu(row: Any) -> dict[str, Any] | None:
    try:
        return unseal(COURRIELS.nom, row["id"], row["contexte_scelle"])
    except (Illisible, ValueError, TypeError):
        return None


def _leaves_at(row: Any, calendrier: Calendrier, now: datetime) -> datetime | None:
    """When this row leaves; an hour that is past is now, or the next opening."""
    # A word of a version to come, met while it is being rolled out, is told as a message.
    genre = Genre(row["genre"]) if row["genre"] in set(Genre) else Genre.MESSAGE
    if genre is Genre.NOUVELLE_DEMANDE and row["is_urgente"]:
        genre = Genre.URGENTE
    preferences = read_preferences(row["prereglage"], row["rythmes"], row["notification"])
    rythme = preferences.rythme_of(genre)
    if rythme is Rythme.INSTANT and genre.fiche.is_storm and row["told_at"] is not None:
        rythme = Rythme.DEUX_FOIS
    is_any_hour = rythme is Rythme.INSTANT and (genre.fiche.is_any_hour or not get_settings().has_quiet_hours)
    due = release_at(rythme, row["created_at"], calendrier, is_any_hour=is_any_hour)
    if due is None or is_any_hour:
        return due
    return max(due, next_opening(now, calendrier))


def _share(own: Sequence[Retenu]) -> Iterable[list[Retenu]]:
    """The mails of one address: what is about demandes makes one, the rest leaves as it is."""
    together = [one for one in own if one.demande is not None and one.contenu is not None]
    if together:
        yield together
    yield from ([one] for one in own if one.demande is None or one.contenu is None)


def _reseal(one: Retenu) -> bytes:
    """The same content; its subject says that the demande is urgent."""
    if not one.is_urgente or one.contenu is None:
        return one.scelle
    return seal(COURRIELS.nom, one.id, {**one.contenu, "is_urgente": True})


async def _group(pli: Sequence[Retenu], now: datetime) -> None:
    """One mail in place of several, by demande in the order things happened."""
    demandes: dict[int, list[Retenu]] = {}
    for one in pli:
        assert one.demande is not None
        demandes.setdefault(one.demande, []).append(one)
    told = list(demandes.items())[:DEMANDES_MAX]
    contexte = {
        "numero": told[0][0] if len(demandes) == 1 else None,
        "nombre": len(pli),
        "demandes": len(demandes),
        "is_urgente": any(one.is_urgente for one in pli),
        "nouvelles": [
            {
                "numero": numero,
                "is_urgente": news[0].is_urgente,
                "lignes": [{"courriel": one.fait, "contexte": one.contenu} for one in news],
            }
            for numero, news in told
        ],
    }
    key = uuid4()
    await database.fetch(
        GROUP,
        id=key,
        fait=GROUPED,
        agent=pli[0].agent,
        adresse=pli[0].adresse,
        demande=contexte["numero"],
        scelle=seal(COURRIELS.nom, key, contexte),
        priorite=ORDINARY,
        ids=[one.id for one in pli],
        now=now,
    )
