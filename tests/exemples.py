"""An example of any dataclass, made from its annotations: everything filled, or everything that may be empty, empty."""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

INSTANT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
# A word that is also a tone, as some fields must be one.
MOT = "info"
PLAIN: dict[type, Any] = {
    str: MOT,
    int: 1,
    float: 1.0,
    datetime: INSTANT,
    date: INSTANT.date(),
    UUID: UUID(int=1),
    ZoneInfo: PARIS,
    EmailMessage: EmailMessage(),
}

UNIONS = {Union, types.UnionType}
NO_KIND = {type(None), Ellipsis}

Known = Mapping[type | tuple[type, str], Any]
"""By class, or class and field: what a made-up value would make no sense for."""


def example(kind: Any, *, is_full: bool, known: Known) -> Any:
    """One value of this annotation."""
    if kind in known:
        return known[kind]
    if is_dataclass(kind) and isinstance(kind, type):
        return _example_of_class(kind, is_full=is_full, known=known)
    if get_origin(kind) is not None:
        return _example_of_generic(kind, is_full=is_full, known=known)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return is_full if kind is bool else PLAIN[kind]


def _example_of_class(kind: type, *, is_full: bool, known: Known) -> Any:
    hints = get_type_hints(kind)
    return kind(
        **{
            one.name: known[kind, one.name]
            if (kind, one.name) in known
            else example(hints[one.name], is_full=is_full, known=known)
            for one in fields(kind)
        }
    )


def _example_of_generic(kind: Any, *, is_full: bool, known: Known) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Callable:
        return lambda *_: "/"
    if type(None) in arguments and not is_full:
        return None
    is_fixed = origin is tuple and arguments[-1] is not Ellipsis
    if not (is_full or is_fixed or origin in UNIONS):
        return origin() if origin in {list, tuple, dict, frozenset} else {}
    made = [example(one, is_full=is_full, known=known) for one in arguments if one not in NO_KIND]
    if origin in UNIONS:
        return made[0]
    if issubclass(origin, Mapping):
        return dict([tuple(made)])
    return made if origin is list else origin(made)
