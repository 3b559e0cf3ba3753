"""The child that draws previews (`python -m app.photographe`): a kind and bytes come in, small pictures go out.

What was let in by the checks is still foreign: it is drawn here, where a bomb costs nobody anything;
`domain/pieces_jointes/apercus.py` feeds it, and `enfant.py` bounds it.
"""

import json
import struct
import time
from collections.abc import Callable

from app.domain.fichiers.vues import draw_vues
from app.enfant import run_child

# Pages that are not drawn by then are not shown; the parent kills what lasts beyond `apercus.LIMITE_S`.
SECONDS = 8.0


def load() -> Callable[[bytes], bytes]:
    """What turns a question into an answer, its libraries loaded."""
    import pypdfium2  # noqa: F401, PLC0415 - only the child carries it

    return draw


def draw(question: bytes) -> bytes:
    """The answer of `apercus.py`: a length, a JSON with the sides and sizes, then the pictures, the thumbnail first."""
    (longueur,) = struct.unpack(">I", question[:4])
    end = time.monotonic() + SECONDS
    type_mime, contenu = question[4 : 4 + longueur].decode(), question[4 + longueur :]
    vues = draw_vues(type_mime, contenu, lambda: time.monotonic() > end)
    toutes = [vues.vignette, *vues.feuilles]
    faits = {"pages": vues.pages, "vues": [(v.largeur, v.hauteur, len(v.octets)) for v in toutes]}
    entete = json.dumps(faits).encode()
    return struct.pack(">I", len(entete)) + entete + b"".join(v.octets for v in toutes)


if __name__ == "__main__":
    run_child(load)
