"""Have a spreadsheet read in a limited child process: the web process never opens what people bring (quality S11)."""

import atexit
import json
import struct

from app.domain.fichiers.tableaux import TableauIllisible, TableauLu
from app.enfant import Atelier, EnfantEnEchec

TROP_LOURD = "Ce tableau n’a pas pu être lu\u00a0: enregistrez-le en CSV, ou coupez-le en plusieurs fichiers."
_atelier = Atelier(
    "app.lecteur", places=1, limite_s=12, attente_s=8, attente_max=10, part_max=3, recyclage=50
)


async def read_fichier(contenu: bytes, encodage: str, separateur: str, *, par: int) -> TableauLu:
    """The rows of a file. Raises TableauIllisible, also when it cannot be read within the limits."""
    choix = json.dumps({"encodage": encodage, "separateur": separateur}).encode()

    def prepare() -> bytes:
        return struct.pack(">I", len(choix)) + choix + contenu

    try:
        reponse = json.loads(await _atelier.ask(prepare, par=par))
    except EnfantEnEchec as echec:
        raise TableauIllisible(TROP_LOURD) from echec
    if "refus" in reponse:
        raise TableauIllisible(reponse["refus"])
    return TableauLu(**reponse)


def close_lecture() -> None:
    """Let the child go; call it when the application stops. Reading again starts another."""
    _atelier.close()


atexit.register(close_lecture)
