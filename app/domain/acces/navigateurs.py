"""A browser at the door: what tells it apart, and the words its owner recognises it by. Pure."""

import ipaddress
import re
from dataclasses import dataclass

# First found wins: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
LOGICIELS = (
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Internet Explorer", r"MSIE |Trident/"),
    ("Chrome", r"Chrom(e|ium)/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMES = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True)
class Navigateur:
    """Who knocks. `nom` is random and known to this browser only; `mots` are for its owner's list of sessions."""

    nom: str
    ip: str
    mots: str = ""
    former: str = ""  # the token of the session it had, ended or not

    @property
    def reseau(self) -> str:
        """What the rates count by: the address, or the /64 of an IPv6 one, which a single subscriber holds whole."""
        try:
            address = ipaddress.ip_address(self.ip)
        except ValueError:
            return self.ip
        if address.version == 6 and address.ipv4_mapped:
            address = address.ipv4_mapped  # ::ffff:192.0.2.1: as a /64, everyone of IPv4 would be one network
        if address.version == 4:
            return str(address)
        return str(ipaddress.ip_network(f"{address}/64", strict=False))


def describe_navigateur(user_agent: str) -> str:
    """« Firefox sur Windows », as far as the browser says it; « Navigateur » when it says nothing known."""
    said = user_agent[:500]
    logiciel = _first(LOGICIELS, said) or "Navigateur"
    systeme = _first(SYSTEMES, said)
    return f"{logiciel} sur {systeme}" if systeme else logiciel


def _first(names: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, said)), "")
