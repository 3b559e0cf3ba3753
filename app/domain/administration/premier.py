"""The first account of a new platform: the only one made outside the pages, since nobody may open them yet."""

from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.bienvenue import Accueilli, welcome
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.adresses import read_adresse, say_fault
from app.domain.regles.errors import Conflit, Invalide

#: Held while the first account is made, so that two commands at once make one.
LOCK = 4_812_022_128

# A stranger who asked to sign in leaves no account: any row here is somebody.
ACCOUNTS = """
select id, email, is_administrateur and last_seen_at is null and deactivated_at is null as is_waiting
from agents order by id limit 2
"""
CREATE = """
insert into agents (email, departement, is_administrateur, created_at)
select :adresse, d.id, true, :now from departements d where d.code = :departement returning id
"""
# The address was mistyped: nobody ever opened that account.
CORRECT = "update agents set email = :adresse where id = :agent"


async def create_premier(adresse: str, departement: str, now: datetime) -> int:
    """Make the first administrateur and send the welcome mail; returns the agent.

    While this account is alone and has never signed in, it may be asked for again, under another address when the
    first one was mistyped: its former link ends. Raises Invalide, and Conflit once somebody is there.
    """
    read = read_adresse(adresse)
    if read is None:
        raise Invalide({"email": say_fault(adresse)})
    async with database.transaction():
        await database.fetch("select pg_advisory_xact_lock(:key)", key=LOCK)
        accounts = await database.fetch(ACCOUNTS)
        if not accounts:
            rows = await database.fetch(CREATE, adresse=read, departement=departement, now=now)
            if not rows:
                raise Invalide(
                    {"departement": f"«\u00a0{departement}\u00a0» n’est le code d’aucun département."}
                )
            agent: int = rows[0]["id"]
        else:
            agent = _find_waiting(accounts)
            await database.fetch(CORRECT, adresse=read, agent=agent)
        await happened(Fait.COMPTE_EQUIPE_CREE, details={"agent": agent, "par": "commande"}, now=now)
        contexte = {"par": "", "roles": "administrateur"}
        await welcome(Fait.COMPTE_EQUIPE_CREE, [Accueilli(agent, read)], contexte=contexte, now=now)
    return agent


def _find_waiting(accounts: list[Any]) -> int:
    if len(accounts) == 1 and accounts[0]["is_waiting"]:
        return int(accounts[0]["id"])
    raise Conflit(
        "Cette plateforme a déjà des comptes\u00a0: un administrateur crée les suivants depuis la page Administration."
    )
