"""Have a file judged in a limited child process: two at once, the others wait in order (quality S11, P6).

The web process never opens what people bring: it hands the bytes over and receives what may be kept.
"""

import atexit
import json
import struct
from collections.abc import Callable, Hashable

from app import enfant
from app.domain.fichiers import MAL_RECU, FichierAccepte, FichierRefuse
from app.enfant import Atelier, EnfantEnEchec

TROP_DE_MONDE = (
    "Beaucoup de fichiers sont vérifiés en ce moment ; joignez celui-ci de nouveau dans une minute. Votre texte est "
    "conservé."
)
TROP_A_LA_FOIS = (
    "Vos fichiers précédents sont encore en cours de vérification ; joignez celui-ci quand ils seront "
    "arrivés."
)
TROP_LONG = (
    "Ce fichier est trop compliqué pour être vérifié ; imprimez-le en PDF en plusieurs parties, puis "
    "joignez-les."
)
TROP_DE_MEMOIRE = (
    "Ce fichier demande trop de mémoire pour être vérifié ; réduisez-le (moins de pages, ou une image plus petite), "
    "puis joignez-le de nouveau."
)
NON_VERIFIE = "Ce fichier n’a pas pu être vérifié ; imprimez-le en PDF, puis joignez le PDF."
_atelier = Atelier(
    "app.verificateur", places=2, limite_s=12, attente_s=8, attente_max=60, part_max=20, recyclage=200
)


async def check(nom: str, read: Callable[[], bytes | None], *, par: Hashable) -> FichierAccepte:
    """What may be kept of a file. Raises FichierRefuse, also when it cannot be judged within the limits.

    `read` gives the content, in a thread, when the turn of the file comes: those that wait hold no memory.
    """
    contenus: list[bytes] = []

    def prepare() -> bytes:
        contenu = read()
        if contenu is None:
            raise FichierRefuse(MAL_RECU)
        contenus.append(contenu)
        octets = nom.encode("utf-8", "surrogatepass")
        return struct.pack(">I", len(octets)) + octets + contenu

    try:
        reponse = await _atelier.ask(prepare, par=par)
    except EnfantEnEchec as echec:
        raise FichierRefuse(_phrase(echec.raison)) from echec
    (longueur,) = struct.unpack(">I", reponse[:4])
    faits = json.loads(reponse[4 : 4 + longueur])
    if "refus" in faits:
        raise FichierRefuse(faits["refus"])
    return FichierAccepte(**faits["accepte"], contenu=reponse[4 + longueur :] or contenus[0])


def _phrase(raison: str) -> str:
    match raison:
        case enfant.FILE_PLEINE:
            return TROP_DE_MONDE
        case enfant.PART_PLEINE:
            return TROP_A_LA_FOIS
        case enfant.TROP_LENT:
            return TROP_LONG
        case "MemoryError":
            return TROP_DE_MEMOIRE
    # A child that died, or any exception of a library by its name.
    return NON_VERIFIE


def close_controle() -> None:
    """Let the children go; call it when the application stops. Checking again starts others."""
    _atelier.close()


atexit.register(close_controle)
