"""What happens to the part of a groupe: asked, answered, taken, declined, traitée, asked again (product §2)."""

from app.domain.demandes import Demande, Sollicitation
from app.domain.permissions import Droits


def find_part(droits: Droits, demande: Demande, groupe: int | None = None) -> Sollicitation | None:
    """The part this instructeur acts for: `groupe`, else their first open one, else their first one.

    None when they were invited by name and no groupe of theirs is solicited. Raises Refus for a `groupe` that is
    not theirs here.
    """
    raise NotImplementedError
