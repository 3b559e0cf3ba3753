"""Signed-in browsers: who they are, how long they last, how they end (product §2, §4)."""

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import database, tables
from app.domain.faits.fait import happened
from app.domain.faits.provenance import sign_visit
from app.domain.faits.registre import Fait
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.errors import Introuvable, Refus
from app.domain.regles.permissions import Droits, needs_second_facteur
from app.settings import get_settings

DURABLE = timedelta(days=30)
PASSING = timedelta(hours=12)
#: Put off or not, a session ends this long after it was opened, and who is there signs in again (ASVS 7.3.2).
DURABLE_MOST, PASSING_MOST = timedelta(days=90), timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
#: How long before its end a session is said to end: time enough to finish, and to press one button (RGAA 13.1).
PASSING_SAID, DURABLE_SAID = timedelta(minutes=20), timedelta(days=3)
#: How long a pause may last before a compte collectif asks again who signs.
SIGNED_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Appartenance:
    """A groupe of the signed-in agent, with the roles held there."""

    groupe: int
    nom: str
    organisme: str
    departements: tuple[int, ...]
    is_aidant: bool
    is_instructeur: bool
    is_responsable: bool


@dataclass(frozen=True)
class VueAgent:
    """« Voir comme »: whose pages this session is looking at, and until when (`administration/vues.py`)."""

    agent: int
    until: datetime
    nom: str = ""
    heure: str = ""
    """The same instant, as the agent reads hours."""


@dataclass(frozen=True)
class FinDeSession:
    """When a session ends, and from when on its pages say so."""

    at: datetime
    said_at: datetime
    is_last: bool = False
    """It has been put off as long as it may be."""

    def is_soon(self, now: datetime) -> bool:
        """Pages say it, and one button puts it off."""
        return now >= self.said_at

    def seconds_left(self, now: datetime) -> int | None:
        """How long until pages say it; None when nobody keeps a page open so long."""
        left = self.said_at - now
        return int(left.total_seconds()) + 5 if left < timedelta(days=1) else None


@dataclass(frozen=True)
class Signed:
    """Everything a visit learns about who is signed in."""

    session: int
    droits: Droits
    prenom: str
    nom: str
    email: str
    fonction: str
    telephone: str
    departement: int
    calendrier: Calendrier
    appartenances: tuple[Appartenance, ...]
    signature: str
    cgu_version: str | None
    has_second_facteur: bool = False
    is_proven: bool = True
    """This session has given the second factor; an act done in somebody’s absence asks for none."""
    vue: VueAgent | None = None
    cgu_en_vigueur: str | None = None
    """The conditions that the A+ team has published and that are asked today; None: those the project ships."""
    fin: FinDeSession | None = None
    """None where no session stands behind: an act done in somebody’s absence, the pages of another agent."""

    @property
    def is_half_open(self) -> bool:
        """Signed in by mail alone, where the phone must confirm it first: nothing else may be seen or done."""
        return not self.is_proven and (self.has_second_facteur or needs_second_facteur(self.droits))

    @property
    def cgu_asked(self) -> str:
        """The version of the conditions that every agent must have accepted today."""
        return self.cgu_en_vigueur or get_settings().cgu_version

    @property
    def has_accepted_cgu(self) -> bool:
        """Nothing new is to be accepted before going on."""
        return self.cgu_version == self.cgu_asked

    @property
    def zone(self) -> ZoneInfo:
        """The time zone this agent reads hours in."""
        return self.calendrier.zone

    @property
    def contexte(self) -> str:
        """What stands beside the name: the groupe, or the role."""
        if len(self.appartenances) == 1:
            return self.appartenances[0].nom
        if self.appartenances:
            return f"{len(self.appartenances)} groupes"
        if self.droits.is_administrateur:
            return "Équipe Administration+"
        if self.droits.is_expert:
            return "Expert Administration+"
        return "Pilote" if self.droits.perimetres else ""


#: What a row tells besides, where nothing more is asked of it.
NOTHING_MORE = "true as is_held"
FACTS = """
    , a.id as agent, a.prenom, a.nom, a.email, a.fonction, a.telephone,
    a.is_expert, a.is_administrateur, a.is_collectif, a.cgu_version, a.departement, d.fuseau, d.calendrier,
    exists (select from seconds_facteurs f where f.agent = a.id) as has_second_facteur,
    (select json_agg(json_build_object('groupe', g.id, 'nom', g.nom, 'organisme', o.code,
            'departements', (select json_agg(c.departement) from couvertures c where c.groupe = g.id),
            'aidant', m.is_aidant, 'instructeur', m.is_instructeur, 'responsable', m.is_responsable)
        order by g.nom)
     from adhesions_vivantes m join groupes g on g.id = m.groupe join organismes o on o.id = g.organisme
     where m.agent = a.id)::text as adhesions,
    (select json_agg(json_build_array(p.organisme, p.departement)) from perimetres p where p.agent = a.id)::text
        as perimetres
from agents a join departements d on d.id = a.departement
"""
SESSION = """
select s.id, s.signature, s.last_seen_at, s.second_facteur_at is not null as is_proven,
    s.vue_agent, s.vue_until, s.created_at, s.expires_at, s.is_durable,
    (select max(c.version) from conditions c
     where c.applies_on <= (:now::timestamptz at time zone 'Europe/Paris')::date) as cgu_en_vigueur,
"""
OF_SESSION = """
join sessions s on s.agent = a.id
where s.cle = :cle and s.expires_at > :now and a.deactivated_at is null
"""
ABSENT = "select 0::bigint as id, '' as signature,"
OF_AGENT = "where a.id = :agent and a.deactivated_at is null"


def hash_jeton(jeton: str) -> str:
    """What is kept of a session or link token."""
    return hashlib.sha256(jeton.encode()).hexdigest()


async def find_signed(jeton: str, now: datetime) -> Signed | None:
    """Who this session token belongs to, with rights as of now; None when unknown, expired or deactivated.

    After a pause, who signed for a compte collectif is forgotten: it may be somebody else who comes back.
    """
    signed, _ = await find_signed_with(jeton, NOTHING_MORE, now)
    return signed


async def find_signed_with(jeton: str, also: str, now: datetime, **named: Any) -> tuple[Signed | None, Any]:
    """The same, and the row that tells it, which tells besides what `also` asks, as SQL columns with
    their parameters in `named`.
    """
    row = await database.fetch_one(
        "".join((SESSION, also, FACTS, OF_SESSION)), cle=hash_jeton(jeton), now=now, **named
    )
    if row is None:
        return None, None
    signature = row["signature"] if now - row["last_seen_at"] <= SIGNED_FOR else ""
    if now - row["last_seen_at"] > SEEN_EVERY:
        # A visit is not refused because nobody can note it.
        with suppress(database.LectureSeule):
            await tables.Sessions.update(
                {tables.Sessions.last_seen_at: now, tables.Sessions.signature: signature}
            ).where(tables.Sessions.id == row["id"])
            await tables.Agents.update({tables.Agents.last_seen_at: now}).where(
                tables.Agents.id == row["agent"]
            )
    vue = None if row["vue_agent"] is None else VueAgent(row["vue_agent"], row["vue_until"])
    signed = replace(
        _signed_of(row),
        signature=signature,
        is_proven=row["is_proven"],
        vue=vue,
        cgu_en_vigueur=row["cgu_en_vigueur"],
        fin=_fin_of(row),
    )
    return signed, row


def _fin_of(row: Any) -> FinDeSession:
    most, said = (DURABLE_MOST, DURABLE_SAID) if row["is_durable"] else (PASSING_MOST, PASSING_SAID)
    at = row["expires_at"]
    return FinDeSession(at, at - said, is_last=at >= row["created_at"] + most)


#: Who acts, as they are now: a column of the row that tells what they act on.
AGAIN = "".join(("(select to_json(q) from (", ABSENT, NOTHING_MORE, FACTS, OF_AGENT, ") q) as again"))


def again_of(signed: Signed, again: str | None) -> Signed:
    """The same session with the rights that AGAIN tells, for an act judged under a lock. Raises Refus when the account
    was deactivated meanwhile.
    """
    if again is None:
        raise Refus("Votre compte vient d’être désactivé.")
    now = _signed_of(json.loads(again))
    return replace(now, session=signed.session, signature=signed.signature, is_proven=signed.is_proven)


async def find_absent(agent: int) -> Signed | None:
    """The same agent, away: for what they asked to be done in their name later. None when deactivated.

    Rights are those of now; there is no session behind (`session` is 0).
    """
    row = await database.fetch_one("".join((ABSENT, NOTHING_MORE, FACTS, OF_AGENT)), agent=agent)
    return None if row is None else _signed_of(row)


def _signed_of(row: Any) -> Signed:
    appartenances = tuple(
        Appartenance(
            groupe=m["groupe"],
            nom=m["nom"],
            organisme=m["organisme"],
            departements=tuple(m["departements"] or ()),
            is_aidant=m["aidant"],
            is_instructeur=m["instructeur"],
            is_responsable=m["responsable"],
        )
        for m in json.loads(row["adhesions"] or "[]")
    )
    return Signed(
        session=row["id"],
        droits=Droits(
            agent=row["agent"],
            aidant=frozenset(m.groupe for m in appartenances if m.is_aidant),
            instructeur=frozenset(m.groupe for m in appartenances if m.is_instructeur),
            responsable=frozenset(m.groupe for m in appartenances if m.is_responsable),
            is_expert=row["is_expert"],
            is_administrateur=row["is_administrateur"],
            is_collectif=row["is_collectif"],
            perimetres=tuple((o, d) for o, d in json.loads(row["perimetres"] or "[]")),
        ),
        prenom=row["prenom"],
        nom=row["nom"],
        email=row["email"],
        fonction=row["fonction"],
        telephone=row["telephone"],
        departement=row["departement"],
        calendrier=Calendrier(row["fuseau"], row["calendrier"]),
        appartenances=appartenances,
        signature=row["signature"],
        cgu_version=row["cgu_version"],
        has_second_facteur=row["has_second_facteur"],
    )


async def open_session(agent: int, *, is_durable: bool, navigateur: str, now: datetime) -> str:
    """A new session for this agent; returns its token, known to the browser only."""
    jeton = secrets.token_urlsafe(32)
    async with database.transaction():
        await tables.Sessions.insert(
            tables.Sessions(
                cle=hash_jeton(jeton),
                agent=agent,
                created_at=now,
                last_seen_at=now,
                expires_at=now + (DURABLE if is_durable else PASSING),
                is_durable=is_durable,
                navigateur=navigateur[:80],
            )
        )
        sign_visit(agent)
        await happened(Fait.CONNEXION, agent=agent, now=now)
    return jeton


EXTEND = """
update sessions set expires_at = case
    when is_durable then least(:now + :durable::interval, created_at + :durable_most::interval)
    else least(:now + :passing::interval, created_at + :passing_most::interval) end
where id = :session and expires_at > :now::timestamptz
returning expires_at, created_at, is_durable
"""


async def extend_session(signed: Signed, now: datetime) -> tuple[FinDeSession, bool]:
    """« Rester connecté »: as long again from now, within the longest life of a session, and whether it outlives the
    browser. Raises Introuvable when it has ended meanwhile.
    """
    row = await database.fetch_one(
        EXTEND,
        session=signed.session,
        now=now,
        durable=DURABLE,
        durable_most=DURABLE_MOST,
        passing=PASSING,
        passing_most=PASSING_MOST,
    )
    if row is None:
        raise Introuvable
    return _fin_of(row), row["is_durable"]


async def close_session(jeton: str, now: datetime) -> None:
    """Log out: the row goes, ended or not, so nothing can revive it. An unknown token is already logged out."""
    async with database.transaction():
        ended = (
            await tables.Sessions.delete()
            .where(tables.Sessions.cle == hash_jeton(jeton))
            .returning(tables.Sessions.agent)
        )
        for session in ended:
            await happened(Fait.DECONNEXION, agent=session["agent"], now=now)


@dataclass(frozen=True)
class SessionOuverte:
    """A browser where an agent is signed in."""

    id: int
    navigateur: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_durable: bool


OPENED = """
select id, navigateur, created_at, last_seen_at, expires_at, is_durable from sessions
where agent = :agent and expires_at > :now order by last_seen_at desc, id desc
"""


async def list_sessions(agent: int, now: datetime) -> list[SessionOuverte]:
    """The browsers where this agent is signed in, last used first."""
    return [SessionOuverte(**row) for row in await database.fetch(OPENED, agent=agent, now=now)]


async def close_session_of(agent: int, session: int, now: datetime) -> None:
    """« Déconnecter » one browser of this agent. Raises Introuvable when it is not theirs, or has ended."""
    async with database.transaction():
        ended = (
            await tables.Sessions.delete()
            .where(tables.Sessions.id == session, tables.Sessions.agent == agent)
            .returning(tables.Sessions.id)
        )
        if not ended:
            raise Introuvable
        await happened(Fait.DECONNEXION, agent=agent, now=now)


async def close_all_sessions(agent: int, now: datetime) -> None:
    """« Déconnecter partout », and every change of e-mail or deactivation."""
    async with database.transaction():
        await tables.Sessions.delete().where(tables.Sessions.agent == agent)
        await happened(Fait.DECONNEXION_PARTOUT, agent=agent, now=now)


async def sign_session(signed: Signed, signature: str) -> None:
    """Remember who signs for a compte collectif until the session ends."""
    await tables.Sessions.update({tables.Sessions.signature: signature[:200]}).where(
        tables.Sessions.id == signed.session
    )
