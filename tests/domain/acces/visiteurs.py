"""What the tests of signing in share: who asks, from which browser, and what they do with the mail."""

from datetime import datetime

from app.domain.acces.connexion import Ouverture, find_lien, sign_in_by_lien
from app.domain.acces.liens import ask_connexion
from app.domain.acces.navigateurs import Navigateur
from tests.courrier import Lettre, read_lettre

AIDA, INCONNUE = "aida@exemple.fr", "nina@exemple.fr"
ICI = Navigateur("le navigateur d’Aïda", "192.0.2.1", "Firefox sur Windows")
AILLEURS = Navigateur("un autre", "198.51.100.7", "Safari sur iPhone")


async def ask(now: datetime, email: str = AIDA, navigateur: Navigateur = ICI) -> Lettre:
    adresse = await ask_connexion(
        email, destination="/demandes/12", is_durable=True, navigateur=navigateur, now=now
    )
    return await read_lettre(adresse)


async def open_lien(lettre: Lettre, now: datetime, code: str = "", navigateur: Navigateur = ICI) -> Ouverture:
    return await sign_in_by_lien(
        lettre.contexte["jeton"], code=code, is_durable=False, navigateur=navigateur, now=now
    )


async def is_alive(lettre: Lettre, now: datetime) -> bool:
    lien = await find_lien(lettre.contexte["jeton"], ICI, now)
    return lien is not None and lien.is_alive
