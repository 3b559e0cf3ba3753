"""What a command does where nobody may open the pages: the first account, and a lost phone when nobody else is left."""

from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.bienvenue import Accueilli, end_liens, welcome
from app.domain.acces.second_facteur import lift
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.adresses import read_adresse, say_fault
from app.domain.regles.errors import Conflit, Invalide
from app.verrous import Verrou

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
        # Two commands at once make one account.
        await database.fetch("select pg_advisory_xact_lock(:key)", key=Verrou.PREMIER_COMPTE)
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


FIND = "select id, email from agents where email = :adresse for no key update"
END_SESSIONS = "delete from sessions where agent = :agent"


async def lift_by_command(adresse: str, now: datetime) -> None:
    """End the second factor of an account, where no administrateur is left who could open the page for it.

    Raises Invalide for an unknown address, Conflit when there is none.
    """
    async with database.transaction():
        row = await database.fetch_one(FIND, adresse=read_adresse(adresse) or "")
        if row is None:
            raise Invalide({"email": "Aucun compte n’a cette adresse."})
        agent: int = row["id"]
        if not await lift(agent):
            raise Conflit("Ce compte n’a pas de double authentification.")
        await database.fetch(END_SESSIONS, agent=agent)
        await end_liens([agent], now)
        await happened(Fait.SECOND_FACTEUR_LEVE, details={"agent": agent, "par": "commande"}, now=now)
        pli = Pli(Fait.SECOND_FACTEUR_LEVE.courriel, row["email"], agent)
        await post_courriels([pli], contexte={"par": ""}, now=now, is_urgent=True)
