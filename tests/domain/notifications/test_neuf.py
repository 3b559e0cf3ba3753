"""What is new to each agent, read in one question, is what the law, the readings and the messages say one by one."""

import random
from collections import Counter
from datetime import datetime, timedelta

from app import database
from app.domain.demandes import demande as demandes
from app.domain.regles.errors import Introuvable
from app.domain.regles.permissions import Droits, can_read_demande, can_read_prives
from tests.cast import CAST, PEOPLE
from tests.domain.scene import HOUR, signed_as
from tests.factories import make_demande, make_invitation, make_message

SILENT = ("souffrance", "responsables", "experts")
NATURES = ("reponse", "information", "traitee", "cloture", *SILENT)
#: The last line moved the dates of its demande, as the verbs do; one in ten is erased.
SETTLE = """
update demandes d set
    last_prive_at = greatest(sent_at, (select max(sent_at) from messages m where m.demande = d.numero)),
    last_public_at = greatest(sent_at,
        (select max(sent_at) from messages m where m.demande = d.numero and not m.is_prive)),
    erased_at = case when numero % 10 = 0 then :now::timestamptz end, closed_at = case when numero % 5 = 0 then :now end
"""
READ = """
insert into lectures (demande, agent, first_at, last_at, non_lue_at, marquee_at)
values (:demande, :agent, :last_at, :last_at, :non_lue_at, :marquee_at)
"""


async def sow(now: datetime, chance: random.Random) -> list[int]:
    """Demandes that everyone wrote, reads and was invited to, or not; a fourth of what happened is too old."""
    people = [getattr(CAST, key) for key in PEOPLE]
    groupes = list(vars(CAST.groupes).values())

    def some_time_ago() -> datetime:
        return now - chance.randint(1, 800) * HOUR

    numeros = []
    for _ in range(40):
        asked = chance.sample(groupes, chance.randint(0, 3))
        numero = await make_demande(
            now,
            auteur=chance.choice(people),
            groupe=chance.choice(groupes),
            groupes=asked,
            sent_at=some_time_ago(),
            has_mandat=False,
        )
        numeros.append(numero)
        for agent in chance.sample(people, chance.randint(0, 4)):
            await make_invitation(numero, agent, chance.choice(["collegue", "instructeur", "expert"]), now)
        for agent in chance.choices(people, k=chance.randint(0, 4)):
            await make_message(
                numero,
                agent,
                "Bonjour.",
                some_time_ago(),
                is_prive=chance.random() < 0.5,
                nature=chance.choice(NATURES),
            )
        for agent in chance.sample(people, 9):
            is_marked = chance.random() < 0.3
            await database.fetch(
                READ,
                demande=numero,
                agent=agent,
                last_at=some_time_ago(),
                non_lue_at=some_time_ago() if is_marked else None,
                marquee_at=some_time_ago() if is_marked else None,
            )
    await database.fetch(SETTLE, now=now)
    await database.fetch(
        "update sollicitations s set closed_at = d.closed_at, late_at = null from demandes d where numero = demande"
    )
    for agent in people:
        await database.fetch(
            "update agents set neuf_vu_at = :at where id = :agent",
            agent=agent,
            at=some_time_ago() if chance.random() < 0.6 else None,
        )
    return numeros


async def expected(droits: Droits, numeros: list[int], depuis: datetime) -> dict[int, tuple[bool, datetime]]:
    """The demandes with news: who reads private messages, and since when it is news. One at a time, by the law."""
    found = {}
    [seen] = await database.fetch("select neuf_vu_at as at from agents where id = :agent", agent=droits.agent)
    for numero in numeros:
        try:
            parties = (await demandes.get_demande(droits, numero)).parties
        except Introuvable:
            continue
        [d] = await database.fetch("select * from demandes where numero = :numero", numero=numero)
        if d["erased_at"] or not can_read_demande(droits, parties):
            continue
        read = await database.fetch_one(
            "select * from lectures where demande = :numero and agent = :agent",
            numero=numero,
            agent=droits.agent,
        )
        instants = [depuis]
        is_unread = read is None
        if read and read["marquee_at"] and read["marquee_at"] > (seen["at"] or depuis - 10_000 * HOUR):
            instants.append(read["non_lue_at"])
        else:
            instants += [at for at in (read and read["last_at"], seen["at"]) if at]
        if read and read["non_lue_at"]:
            is_unread = read["non_lue_at"] < d["sent_at"]
        vu_at = max(instants)
        lit_prives = can_read_prives(droits, parties)
        messages = await database.fetch("select * from messages where demande = :numero", numero=numero)
        others = [m for m in messages if m["sent_at"] > vu_at and m["auteur"] != droits.agent]
        words = [m for m in others if m["nature"] not in SILENT and (lit_prives or not m["is_prive"])]
        arrived = is_unread and d["auteur"] != droits.agent and d["sent_at"] > vu_at
        if words or arrived:
            found[numero] = (lit_prives, vu_at)
    return found


async def test_what_is_new_is_what_the_law_and_the_thread_say(now: datetime) -> None:
    numeros = await sow(now, random.Random(28))
    kinds: Counter[bool] = Counter()
    for key in PEOPLE:
        droits = (await signed_as(getattr(CAST, key), now)).droits
        for days in (3, 30, 60):
            depuis = now - timedelta(days=days)
            rows = await database.fetch(
                "select * from nouveautes(:agent, :depuis)", agent=droits.agent, depuis=depuis
            )
            found = {row["numero"]: (row["lit_prives"], row["vu_at"]) for row in rows}
            assert len(found) == len(rows), key
            assert found == await expected(droits, numeros, depuis), (key, days)
            kinds.update(lit_prives for lit_prives, _ in found.values())
    assert min(kinds[True], kinds[False]) > 20
