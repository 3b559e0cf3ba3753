"""« Voir comme »: an administrateur looks at the pages of an agent, who stays alone to act (product §3).

It is kept in the session of the administrateur; the sessions and the second factor of the agent are not touched. The
base itself masks and refuses (`app/masque.py`); here is who may begin, until when, and what the journal keeps of it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from app import database
from app.domain.acces.sessions import Signed, find_absent
from app.domain.administration.comptes import check_motif, hold_agent, require_known
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import heure
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_administer

DUREE = timedelta(minutes=30)

BEGIN = "update sessions set vue_agent = :agent, vue_until = :until where id = :session returning id"
END = """
update sessions set vue_agent = null, vue_until = null
where id = :session and vue_agent = :agent returning id
"""


async def begin_vue(signed: Signed, agent: int, motif: str, now: datetime) -> None:
    """Look at the pages of this agent from here on, thirty minutes at most.

    Raises Introuvable, Invalide on `motif`, Conflit for a closed account or one that runs the platform.
    """
    require_known(signed)
    if erreurs := check_motif(motif):
        raise Invalide(erreurs)
    async with database.transaction():
        row = await hold_agent(signed, agent)
        if row["is_administrateur"]:
            raise Conflit(
                "Les pages d’un administrateur sont les vôtres\u00a0: il n’y a rien de plus à voir."
            )
        if row["deactivated_at"] is not None:
            raise Conflit("Ce compte est désactivé\u00a0: personne n’ouvre plus ses pages.")
        begun = await database.fetch_one(BEGIN, session=signed.session, agent=agent, until=now + DUREE)
        if begun is None:
            raise Conflit("Votre session vient de se terminer.")
        details = {"agent": agent, "motif": motif}
        await happened(Fait.VUE_OUVERTE, agent=signed.droits.agent, details=details, now=now)


async def see_as(signed: Signed, page: str, now: datetime) -> Signed | None:
    """Who this page is shown as; the journal keeps that it was opened. None when the time is over, or the account
    closed: the session is then one’s own again.
    """
    vue = signed.vue
    assert vue is not None
    seen = await find_absent(vue.agent)
    if seen is None or seen.droits.is_administrateur or now >= vue.until or not can_administer(signed.droits):
        await end_vue(signed, now)
        return None
    details = {"agent": vue.agent, "page": page}
    await happened(Fait.VUE_PAGE, agent=signed.droits.agent, details=details, now=now)
    nom = f"{seen.prenom} {seen.nom}".strip() or seen.email
    return replace(seen, vue=replace(vue, nom=nom, heure=heure(vue.until, seen.zone)))


async def end_vue(signed: Signed, now: datetime) -> None:
    """Look at one’s own pages again; said twice, it is written once."""
    if signed.vue is None:
        return
    agent = signed.vue.agent
    async with database.transaction():
        if await database.fetch_one(END, session=signed.session, agent=agent):
            await happened(Fait.VUE_FERMEE, agent=signed.droits.agent, details={"agent": agent}, now=now)
