"""Accounts nobody uses: a word at four and five months without a visit, closed at six (product §9).

A stage waits for the one before to be told, a month apart, so that nobody is closed without both words, even when
the worker was down. The last responsable of a groupe is kept, and the administrateurs are told.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import database
from app.domain.acces.bienvenue import end_liens
from app.domain.acces.sessions import find_absent
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.departs import HOLD_DEMANDES, plan_depart
from app.domain.groupes.passation import Cause, hand_on, share
from app.domain.groupes.retraits import DEACTIVATE, STAND_DOWN
from app.domain.groupes.verrou import LOCK
from app.domain.mots.dates import jour
from app.domain.notifications.recapitulatif import give
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.rythmes import is_quiet

BATCH = 100
MONTH = timedelta(days=30)
WORDS = {4: "inactif_4", 5: "inactif_5"}
CLOSED, KEPT = "inactif_6", "inactif_garde"
PHRASE = "Compte fermé après six mois sans connexion."

# `cle` is the last visit: another visit begins everything anew. `told_at` is when the former stage was told.
INACTIFS = """
select a.id, a.email, trim(a.prenom || ' ' || a.nom) as nom, p.fuseau, p.calendrier, v.seen_at,
    extract(epoch from v.seen_at)::bigint::text as cle
from agents a join departements p on p.id = a.departement
cross join lateral (select coalesce(a.last_seen_at, a.created_at) as seen_at) v
where a.id > :after and a.deactivated_at is null and v.seen_at + :months * interval '1 month' <= :now
    and not a.is_administrateur
    and not exists (select from avis_donnes n where n.agent = a.id and n.nature = any(:stages)
        and n.cle = extract(epoch from v.seen_at)::bigint::text)
    and (:former::text is null or exists (select from avis_donnes n where n.agent = a.id and n.nature = :former
        and n.cle = extract(epoch from v.seen_at)::bigint::text and n.told_at <= :before))
order by a.id limit :most
"""
LIVED = """
select a.id from agents a where a.id = :agent and a.deactivated_at is null
    and coalesce(a.last_seen_at, a.created_at) = :seen_at for no key update
"""
GROUPES = "select groupe from adhesions where agent = :agent order by groupe"
# The living groupes that would have no active responsable left.
ORPHANED = """
select g.id, g.nom from adhesions_vivantes m join groupes g on g.id = m.groupe
where m.agent = :agent and m.is_responsable and not exists (select from membres_actifs x
    where x.groupe = m.groupe and x.agent <> m.agent and x.is_responsable)
order by g.nom
"""
ADMINISTRATEURS = """
select id, email from agents where is_administrateur and deactivated_at is null order by id
"""


async def watch_inactivity(now: datetime) -> int:
    """Tell, then close, the accounts nobody uses; how many were told or closed. Safe to run twice."""
    done = 0
    for months, former in ((4, None), (5, WORDS[4]), (6, WORDS[5])):
        after = 0
        stages = [WORDS[months]] if months in WORDS else [CLOSED, KEPT]
        while rows := await database.fetch(
            INACTIFS,
            months=months,
            stages=stages,
            former=former,
            before=now - MONTH,
            after=after,
            most=BATCH,
            now=now,
        ):
            after = rows[-1]["id"]
            for row in rows:
                if not is_quiet(now, Calendrier(row["fuseau"], row["calendrier"])):
                    done += await (_warn(row, months, now) if months in WORDS else _end(row, now))
    return done


async def _warn(row: Any, months: int, now: datetime) -> bool:
    async with database.transaction():
        if not await give(WORDS[months], [row], now):
            return False
        ends_at = now + (6 - months) * MONTH
        contexte = {"mois": months, "jour": jour(ends_at, ZoneInfo(row["fuseau"]))}
        pli = Pli(
            Fait.COMPTE_INACTIF.courriel, row["email"], row["id"], genre=Fait.COMPTE_INACTIF.fiche.genre
        )
        await post_courriels([pli], contexte=contexte, now=now)
        await happened(Fait.COMPTE_INACTIF, details={"agent": row["id"], "mois": months}, now=now)
    return True


async def _end(row: Any, now: datetime) -> bool:
    """Close the account, what it held handed on; or tell the administrateurs when its groupe would be left alone."""
    agent = row["id"]
    async with database.transaction():
        groupes = [one["groupe"] for one in await database.fetch(GROUPES, agent=agent)]
        await database.fetch(LOCK, groupes=groupes)
        if not await database.fetch(LIVED, agent=agent, seen_at=row["seen_at"]):
            return False
        orphaned = await database.fetch(ORPHANED, agent=agent)
        if not await give(KEPT if orphaned else CLOSED, [row], now):
            return False
        if orphaned:
            await _tell_administrateurs(row, [one["nom"] for one in orphaned], now)
            return True
        own = await find_absent(agent)
        assert own is not None
        first = await plan_depart(agent, groupes, reader=own.droits)
        await database.fetch(HOLD_DEMANDES, numeros=[one.numero for one in first.concernees])
        plan = await plan_depart(agent, groupes, reader=own.droits)
        await hand_on(plan, share(plan, {}), Cause(agent, agent, tuple(groupes), PHRASE, now))
        await database.fetch(STAND_DOWN, agent=agent, groupes=groupes)
        await database.fetch(DEACTIVATE, agent=agent, now=now)
        await end_liens([agent], now)
        await happened(Fait.COMPTE_DESACTIVE, details={"agent": agent, "motif": "inactivite"}, now=now)
        groupe = own.appartenances[0].nom if own.appartenances else "Administration+"
        pli = Pli(
            Fait.COMPTE_DESACTIVE.courriel, row["email"], agent, genre=Fait.COMPTE_DESACTIVE.fiche.genre
        )
        await post_courriels([pli], contexte={"groupe": groupe}, now=now)
    return True


async def _tell_administrateurs(row: Any, groupes: list[str], now: datetime) -> None:
    fait = Fait.RESPONSABLE_INACTIF
    plis = [
        Pli(fait.courriel, one["email"], one["id"], genre=fait.fiche.genre)
        for one in await database.fetch(ADMINISTRATEURS)
    ]
    await post_courriels(plis, contexte={"qui": row["nom"], "groupe": ", ".join(groupes)}, now=now)
    await happened(fait, details={"agent": row["id"]}, now=now)
