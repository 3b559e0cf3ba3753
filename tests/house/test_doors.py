"""One door each for the environment, the cookie, htmx, the clock and the transaction (house.md §3)."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.house.sources import dotted, files, imported, short, strings, tree

Rule = Callable[[ast.Module], Iterator[int]]
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv"}


def environment_reads(module: ast.Module) -> Iterator[int]:
    """Setting a variable, or handing the whole environment to a child process ({**os.environ}), reads nothing."""
    not_reads: set[int] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            not_reads.add(id(node.value))
        if isinstance(node, ast.Dict):
            not_reads |= {id(v) for k, v in zip(node.keys, node.values, strict=True) if k is None}
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and id(node) not in not_reads and dotted(node) in ENVIRONMENT:
            yield node.lineno
    yield from (line for line, name in imported(module) if name in ENVIRONMENT)


def cookie_reads(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in {"cookies", "set_cookie", "delete_cookie"}:
            yield node.lineno
    yield from (
        node.lineno for node in strings(module) if str(node.value).lower() in {"cookie", "set-cookie"}
    )


def htmx_headers(module: ast.Module) -> Iterator[int]:
    yield from (node.lineno for node in strings(module) if str(node.value).lower().startswith("hx-"))
    yield from (line for line, name in imported(module) if "htmx" in name.lower())
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == "htmx":
            yield node.lineno


CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
SQL_CLOCK = re.compile(
    r"\b(now\(\)|(clock|statement|transaction)_timestamp\(\)|current_(date|time|timestamp)\b)", re.I
)


def clock_reads(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and CLOCK.search(dotted(node)):
            yield node.lineno
    yield from (
        line for line, name in imported(module) if name in {"time.time", "time.localtime", "time.gmtime"}
    )
    yield from (node.lineno for node in strings(module) if SQL_CLOCK.search(str(node.value)))


def base_clock(module: ast.Module) -> Iterator[int]:
    yield from (line for line, name in imported(module) if name.startswith("app.horloge"))


def transactions(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "transaction":
            yield node.lineno


DOORS: dict[str, tuple[Rule, tuple[str, ...], str]] = {
    "environment": (
        environment_reads,
        ("app/settings.py",),
        "reads the environment. Add a typed, documented field to Settings in app/settings.py and use it",
    ),
    "cookie": (
        cookie_reads,
        ("app/cookies.py",),
        "touches a cookie. Only app/cookies.py does; ask for Signed or Droits instead",
    ),
    "htmx": (
        htmx_headers,
        ("app/pages.py",),
        "knows htmx. Call show() or answer() of app/pages.py, which speaks to both browsers",
    ),
    "clock": (
        clock_reads,
        # The health page compares the clock of this machine with the base’s.
        (
            "app/horloge.py",
            "app/seed.py",
            "app/seed/",
            "app/domain/administration/sante.py",
        ),
        "reads the clock. Time is an argument: take `now` last, a door (visite, tasks, commands) gives it",
    ),
    "base clock": (
        base_clock,
        ("app/visite.py", "app/tasks/", "app/__main__.py", "app/database.py"),
        "knows the clock. Time is an argument: take `now` last, a door (visite, tasks, commands) gives it",
    ),
    "transaction": (
        transactions,
        ("app/domain/", "app/tasks/", "app/database.py", "app/migrate.py", "app/seed.py", "app/seed/"),
        "opens a transaction. Call one verb of app/domain, which owns its transaction",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_only_the_door_is_used(door: str) -> None:
    rule, allowed, sentence = DOORS[door]
    faults = [
        f"{short(path)}:{line} {sentence}."
        for path in files("app")
        if not short(path).startswith(allowed)
        for line in rule(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (environment_reads, "x = os.environ['PORT']", "os.environ['PICCOLO_CONF'] = 'app.piccolo_conf'"),
        (environment_reads, "from os import getenv", "from app.settings import SETTINGS"),
        (environment_reads, "{**x, 'a': os.environ}", "{**os.environ, 'a': 'b'}"),
        (environment_reads, "os.getenv('PORT')", "'''Never os.getenv.'''"),
        (cookie_reads, "request.cookies.get('s')", "request.query_params.get('s')"),
        (cookie_reads, "headers['Cookie']", "'''The Cookie header.'''"),
        (htmx_headers, "request.headers.get('HX-Request')", "request.headers.get('Origin')"),
        (htmx_headers, "from litestar.contrib.htmx.request import HTMXRequest", "import httpx"),
        (htmx_headers, "if request.htmx: pass", "if request.url: pass"),
        (clock_reads, "datetime.now(UTC)", "now = clock.now"),
        (clock_reads, "datetime.datetime.utcnow()", "datetime.datetime.fromisoformat(x)"),
        (clock_reads, "default=date.today", "date.fromisoformat(x)"),
        (clock_reads, "time.time()", "time.monotonic()"),
        (clock_reads, "run('select * from x where late_at < now()')", "run('select now_on from x')"),
        (base_clock, "from app import horloge", "from app import database"),
        (transactions, "async with database.transaction(): pass", "transaction = 1"),
    ],
)
def test_each_rule_sees_the_fault_and_only_it(rule: Rule, bad: str, good: str) -> None:
    assert list(rule(ast.parse(bad)))
    assert not list(rule(ast.parse(good)))
