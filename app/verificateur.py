"""The child that judges files (`python -m app.verificateur`): a name and bytes come in, what may be kept goes out.

Decoders and parsers meet hostile bytes here, where a crash, a bomb or an endless loop costs nobody anything;
`domain/pieces_jointes/controle.py` feeds it, and `enfant.py` bounds it.
"""

import dataclasses
import json
import struct
from collections.abc import Callable

from app.domain.fichiers import FichierRefuse, check_fichier
from app.enfant import run_child

# A HEIC of two hundred million points takes 900 MB of it; nothing else comes near.
MEMOIRE = 5 << 28


def load() -> Callable[[bytes], bytes]:
    """The judge, its libraries loaded by the checks themselves: what turns a question into an answer."""
    return judge


def judge(question: bytes) -> bytes:
    """The answer of `controle.py`: a length, a JSON with the refusal or what is kept, and the content if it changed."""
    (longueur,) = struct.unpack(">I", question[:4])
    nom, contenu = question[4 : 4 + longueur].decode("utf-8", "surrogatepass"), question[4 + longueur :]
    try:
        accepte = check_fichier(nom, contenu)
    except FichierRefuse as refus:
        return _frame({"refus": refus.phrase}, b"")
    faits = {f.name: getattr(accepte, f.name) for f in dataclasses.fields(accepte) if f.name != "contenu"}
    # Content that is kept as it came does not travel back to the parent.
    return _frame({"accepte": faits}, b"" if accepte.contenu is contenu else accepte.contenu)


def _frame(faits: dict[str, object], contenu: bytes) -> bytes:
    entete = json.dumps(faits).encode()
    return struct.pack(">I", len(entete)) + entete + contenu


if __name__ == "__main__":
    run_child(load, memoire=MEMOIRE)
