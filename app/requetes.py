"""SQL texts as they are written here: which ones only read, their named parameters, what opens a connection, and what
says that it was lost. Pure.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import asyncpg

_READS = re.compile(r"\s*(select|with|show)\b", re.I)
_WRITES = re.compile(r"\b(insert|update|delete|merge)\b", re.I)
_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")

# A machine that vanishes tells nobody: within four seconds the server sees that nobody is there any more, and ends its
# transactions with the rows they lock, which all others would wait for (`python -m bench.machines`). Linux would take
# two hours. Over a socket file, whose other end is the same machine, only the last one means something.
VANISHED = {
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "4s",
    # Who waits for a lock is looked at too.
    "client_connection_check_interval": "1s",
}

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    OSError,
)
# The server answers that it does not know this user, this password or this base.
REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


@cache
def is_read(sql: str) -> bool:
    """The text only reads, so that it may be sent twice: a `with` that inserts does not."""
    return bool(_READS.match(sql)) and not _WRITES.search(sql)


@cache
def compile_sql(sql: str) -> tuple[str, tuple[str, ...]]:
    """The text with `$1`, `$2`… in place of `:name`, and the names in that order. A cast `::date` is left alone."""
    names: dict[str, int] = {}
    text = _NAMED.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", sql)
    return text, tuple(names)


def bind(sql: str, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[str, Sequence[Any]]:
    """A missing or superfluous name is a fault of ours: KeyError or TypeError."""
    if not named:
        return sql, args
    text, names = compile_sql(sql)
    if args or len(names) != len(named):
        raise TypeError(f"parameters {sorted(named)} do not fit {names}")
    return text, [named[name] for name in names]


def make_session(page_seconds: float | None) -> dict[str, str]:
    """What a connection opens with; `page_seconds` bounds each statement of a page, None is for what is no page.

    Pages ask the same few texts of an agent's own small load: planning them anew took longer than running them. Their
    connections keep one plan per text, whatever the values; sweeps range over dates, whose values decide the plan.
    """
    return {
        "application_name": "aplus",
        "timezone": "UTC",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan" if page_seconds else "auto",
        # What a visitor no longer waits for ends on the server too, even when nobody could tell it.
        "statement_timeout": f"{page_seconds or 0:.0f}s",
        **VANISHED,
    }
