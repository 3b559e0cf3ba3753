"""The journal is append-only (a trigger holds it) and each line is sealed to the one before (quality S8)."""

import hashlib
import json
from typing import Any

from app import database
from app.tables import Journal

SEALING = 4_812_022_127
ORIGIN = "0" * 64

OPEN_LINES = """
select id, at, fait, agent, demande, groupe, details from journal where sceau is null order by id limit 500
"""
LAST_SCEAU = "select sceau from journal where sceau is not null order by id desc limit 1"
ALL_LINES = "select id, at, fait, agent, demande, groupe, details, sceau from journal order by id"


def make_sceau(previous: str, line: Any) -> str:
    """SHA-256 of a line and of the sceau before it."""
    said = [
        *(previous, line["id"], line["at"].isoformat(), line["fait"], line["agent"], line["demande"]),
        *(line["groupe"], json.loads(line["details"])),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


async def seal_lines() -> int:
    """Seal up to 500 open lines, one process at a time; returns how many."""
    async with database.transaction():
        await database.fetch("select pg_advisory_xact_lock(:key)", key=SEALING)
        lines = await database.fetch(OPEN_LINES)
        last = await database.fetch_one(LAST_SCEAU)
        sceau = last["sceau"] if last else ORIGIN
        for line in lines:
            sceau = make_sceau(sceau, line)
            await Journal.update({Journal.sceau: sceau}).where(Journal.id == line["id"])
    return len(lines)


async def find_broken_line() -> int | None:
    """The id of the first sealed line that no longer matches its sceau, or None when the chain holds.

    The chain starts at the oldest line kept: twelve months are.
    """
    previous: str | None = None
    async for line in database.stream(ALL_LINES):
        if line["sceau"] is None:
            continue
        if previous is not None and make_sceau(previous, line) != line["sceau"]:
            return int(line["id"])
        previous = line["sceau"]
    return None
