"""SQL texts as they are written here: which ones only read, and their named parameters. Pure."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

_READS = re.compile(r"\s*(select|with|show)\b", re.I)
_WRITES = re.compile(r"\b(insert|update|delete|merge)\b", re.I)
_NAMED = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")


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
