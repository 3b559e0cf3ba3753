"""The list from which one came to a demande: its address follows the pages and the acts of that demande. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

_LISTE = re.compile(r"/demandes(/recues|/suivies)?\?[!-~]{1,2000}")
_DEMANDE = re.compile(r"/demandes/\d+(/[a-z-]+)?")


@dataclass(frozen=True)
class Origine:
    """`liste`: the address of the list, with what it asks; nothing when it is as it opens, or is none of ours."""

    liste: str = ""

    @property
    def suite(self) -> str:
        """The end of the address of a page of the demande."""
        return f"?{urlencode({'liste': self.liste})}" if self.liste else ""

    def keep(self, url: str) -> str:
        """The address of a page, with this list where it is one of a demande."""
        page, croisillon, ancre = url.partition("#")
        chemin, asked, query = page.partition("?")
        if not self.liste or not _DEMANDE.fullmatch(chemin):
            return url
        return f"{chemin}{self.suite}{'&' if asked else ''}{query}{croisillon}{ancre}"


def come_from(adresse: str) -> Origine:
    """From the list that has this address."""
    return Origine(adresse if _LISTE.fullmatch(adresse) else "")
