"""From where a fait happens: what the visit that makes it happen says of itself, cut so that it leads to no home.

The door says it once (`app/visite.py`), and the lines of the journal that this visit writes keep it in their details.
"""

import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: A /24 or a /48 is an administration, a neighbourhood or an operator; the rest of an address would be a person.
CUTS = {4: 24, 6: 48}
RESEAU, NAVIGATEUR = "reseau", "navigateur"


@dataclass
class _Visite:
    """What this request has said; `agent` is who is signed in, None before anybody is."""

    agent: int | None
    say: Callable[[], tuple[str, str]]


_visite: ContextVar[_Visite | None] = ContextVar("visite", default=None)


@contextmanager
def visiting(agent: int | None = None, kept: Sequence[str] = ()) -> Iterator[None]:
    """Around a request: what it says of itself ends with it. Around an act of this agent that waited: from where it was
    asked, as `keep_provenance` kept it.
    """
    reseau, navigateur = [*kept, "", ""][:2]
    token = _visite.set(_Visite(agent, lambda: (reseau, navigateur)))
    try:
        yield
    finally:
        _visite.reset(token)


def come_from(say: Callable[[], tuple[str, str]]) -> None:
    """What `say` answers, the network and the family of a browser, is of this visit. It is asked once a line is written
    of it, which most pages never do.
    """
    if visite := _visite.get():
        visite.say = say


def sign_visit(agent: int | None) -> None:
    """From here on the visit is this agent’s."""
    if visite := _visite.get():
        visite.agent = agent


def read_provenance(agent: int | None) -> Mapping[str, str]:
    """From where this agent acts; nothing when the visit is not theirs.

    A visit also lets the answers of others leave and turns what time brings: neither was done from there.
    """
    visite = _visite.get()
    if visite is None or visite.agent not in (None, agent):
        return {}
    said = zip((RESEAU, NAVIGATEUR), visite.say(), strict=True)
    return {name: value for name, value in said if value}


def keep_provenance(agent: int) -> list[str]:
    """From where this agent asks for what will be done later, for `visiting`."""
    lieu = read_provenance(agent)
    return [lieu.get(name, "") for name in (RESEAU, NAVIGATEUR)]


def cut_network(ip: str) -> str:
    """« 192.0.2.0/24 », « 2001:db8::/48 »; nothing for what is no address."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    # The name of the interface, on one’s own network, is no part of a network.
    return str(
        ipaddress.ip_network(f"{str(address).partition('%')[0]}/{CUTS[address.version]}", strict=False)
    )
