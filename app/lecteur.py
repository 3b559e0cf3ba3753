"""The child that reads spreadsheets (`python -m app.lecteur`): choices and bytes come in, rows of texts go out.

A workbook is an archive anybody may have made: it is opened here, where a bomb costs nobody anything;
`domain/administration/lecture.py` feeds it, and `enfant.py` bounds it.
"""

import json
import struct
from collections.abc import Callable

from app.domain.fichiers.tableaux import TableauIllisible, read_tableau
from app.enfant import run_child


def load() -> Callable[[bytes], bytes]:
    """The reader: what turns a question into an answer."""
    return read


def read(question: bytes) -> bytes:
    """The answer of `lecture.py`: a JSON with the refusal, or with what was read."""
    (longueur,) = struct.unpack(">I", question[:4])
    choix, contenu = json.loads(question[4 : 4 + longueur]), question[4 + longueur :]
    try:
        tableau = read_tableau(contenu, choix["encodage"], choix["separateur"])
    except TableauIllisible as illisible:
        return json.dumps({"refus": illisible.phrase}).encode()
    return json.dumps(vars(tableau)).encode()


if __name__ == "__main__":
    run_child(load)
