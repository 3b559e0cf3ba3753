"""A thread of 2,000 messages: how long each of its pages holds the loop, in one run.

    APLUS_VAR=/tmp/var-fil python -m bench.fil 2000

A base of its own is seeded; the site answers in this process, beside a clock that asks for its turn without end: the
longest it waited is how long the page held everybody else. What is counted is the processor time of the loop’s thread:
another program that keeps the machine busy adds nothing to it.
"""

import asyncio
import logging
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import httpx

from app import cookies, database, migrate, visite
from app.domain.acces.sessions import open_session
from app.domain.territoire.referentiel import load_referentiel
from app.main import create_app
from app.seed import seed
from app.settings import get_settings

ROUNDS = 8
CHARGE = """
insert into messages (demande, cle, auteur, groupe, cote, nature, texte, sent_at)
select :demande::bigint, gen_random_uuid(), a.id, g.id, 'instructeur', 'reponse',
    'Bonjour, la CAF a bien reçu la pièce n° ' || n || '. ' || repeat('Le dossier est en cours d’examen. ', 10),
    now() - make_interval(secs => 5000 - n)
from generate_series(1, :messages::int) n, agents a, groupes g where a.email = 'ines@exemple.fr' and g.nom = 'CAF 22'
"""
OPEN = """
select s.demande, a.id as agent from sollicitations s join groupes g on g.id = s.groupe and g.nom = 'CAF 22', agents a
where a.email = 'ines@exemple.fr' and s.closed_at is null order by s.demande desc limit 2
"""


async def measure(messages: int) -> None:
    """One line for each page: the longest hold and the whole time, medians of the rounds after the first."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    url = database.find_database_url(get_settings())
    await database.open_pool(url, 4, is_for_pages=True)
    await migrate.migrate(url)
    await load_referentiel()
    await seed()
    longue, courte = await database.fetch(OPEN)
    agent, numero = longue["agent"], longue["demande"]
    await database.fetch("delete from messages where demande = :demande", demande=numero)
    await database.fetch(CHARGE, demande=numero, messages=messages)
    await database.run_script("analyze messages")
    jeton = await open_session(agent, is_durable=True, navigateur="bench", now=visite.clock())
    cookie = f"{agent}.{jeton}.{cookies._session_mac(str(agent), jeton).decode()}"
    page = f"/demandes/{numero}"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app()),
        base_url=get_settings().base_url,
        cookies={cookies.cookie_name("session"): cookie},
        headers={"accept-encoding": "gzip"},
    ) as client:
        print("| page | longest hold (ms) | whole (ms) | bytes |\n|---|---|---|---|")
        for name, path in (
            ("a short thread", f"/demandes/{courte['demande']}"),
            ("the end", page),
            ("an older page", f"{page}?echanges=3"),
            ("to print", f"{page}/impression"),
            ("to keep", f"{page}/impression.html"),
        ):
            holds, times, size = [], [], 0
            for _ in range(ROUNDS):

                async def visit(path: str = path) -> int:
                    response = await client.get(path)
                    response.raise_for_status()
                    return len(response.content)

                hold, spent, size = await watch(visit)
                holds.append(hold)
                times.append(spent)
            print(
                f"| {name} | {statistics.median(holds[1:]):.1f} | {statistics.median(times[1:]):.1f} | {size} |"
            )
    await database.close_pool()


async def watch(visit: Callable[[], Awaitable[int]]) -> tuple[float, float, int]:
    """The longest time that the loop was held during a visit, how long the visit took (ms), and its bytes."""
    longest, is_done = 0.0, False

    async def tick() -> None:
        nonlocal longest
        while not is_done:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    clock = asyncio.create_task(tick())
    await asyncio.sleep(0)
    started = time.perf_counter()
    size = await visit()
    spent = time.perf_counter() - started
    is_done = True
    await clock
    return longest * 1000, spent * 1000, size


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
