"""What bounds who writes: rates for each address, network and agent, and what a text may not hold.

Nothing is asked of a third party. A network whose rate is reached still lets in a browser that had a session here, and
every refusal gives the address of the team.
"""

import re
from datetime import UTC, datetime, timedelta

from app import database
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.tentatives import COUNT
from app.domain.donnees_personnelles.natures import DE_SERVICE
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.faits.scellement import empreinte
from app.domain.regles.errors import Invalide, TropDeDemandes
from app.settings import get_settings

HOUR = timedelta(hours=1)
TEXTE_MAX = 3_000
LIENS_MAX = 2
PER_ADDRESS = 3
PER_NETWORK = 20
PER_AGENT = 20
#: Conversations of strangers that wait: beyond, somebody is flooding the team.
WAITING_MAX = 300

_LIEN = re.compile(r"https?://|www\.", re.IGNORECASE)

COUNTS = """
select
    (select count(*) from tentatives where nature = 'contact_adresse' and empreinte = :adresse and at > :since)
        as for_address,
    (select count(*) from tentatives where nature = 'contact_reseau' and empreinte = :reseau and at > :since)
        as from_network,
    (select count(*) from conversations where agent is null and attend_at is not null) as waiting
"""
WRITTEN = """
select count(*) as nombre from paroles p join conversations c on c.id = p.conversation
where not p.is_equipe and p.created_at > :since and (c.agent = :agent or c.id = :conversation)
"""


def check_texte(texte: str, now: datetime, *, is_stranger: bool) -> None:
    """Raises Invalide for nothing, for too much, for what gives an usager away, and for a stranger’s many links."""
    if not texte:
        raise Invalide({"texte": "Écrivez votre message."})
    if len(texte) > TEXTE_MAX:
        raise Invalide({"texte": f"{TEXTE_MAX} caractères au plus (il y en a {len(texte)})."})
    if is_stranger and len(_LIEN.findall(texte)) > LIENS_MAX:
        raise Invalide({"texte": f"{LIENS_MAX} adresses de sites au plus\u00a0: décrivez la page plutôt."})
    # How to be called back is no secret of an usager.
    if found := find_donnees_personnelles(texte, annee=now.astimezone(UTC).year, sauf=DE_SERVICE):
        raise Invalide(
            {
                "texte": f"«\u00a0{found[0].extrait}\u00a0» ressemble à une donnée personnelle "
                f"({found[0].libelle})\u00a0: l’équipe n’a pas à savoir qui est l’usager. "
                "Le numéro de la demande suffit."
            }
        )


async def count_stranger(adresse: str, visiteur: Navigateur, now: datetime) -> None:
    """One more conversation of this address, from this network. Raises TropDeDemandes."""
    by_address, by_network = empreinte("adresse", adresse), empreinte("reseau", visiteur.reseau)
    [row] = await database.fetch(COUNTS, adresse=by_address, reseau=by_network, since=now - HOUR)
    is_known = bool(visiteur.former)
    if row["for_address"] >= PER_ADDRESS or (row["from_network"] >= PER_NETWORK and not is_known):
        raise TropDeDemandes(f"Plusieurs messages sont déjà partis d’ici en une heure. {_otherwise()}")
    if row["waiting"] >= WAITING_MAX and not is_known:
        raise TropDeDemandes(f"L’équipe reçoit trop de messages en ce moment. {_otherwise()}")
    natures = ["contact_adresse", "contact_reseau"]
    await database.fetch(COUNT, natures=natures, empreintes=[by_address, by_network], now=now)


async def check_pace(agent: int | None, conversation: int | None, now: datetime) -> None:
    """What one agent, or one conversation, may send in an hour. Raises TropDeDemandes."""
    [row] = await database.fetch(WRITTEN, agent=agent, conversation=conversation, since=now - HOUR)
    if row["nombre"] >= PER_AGENT:
        raise TropDeDemandes(f"{PER_AGENT} messages en une heure, c’est le plus possible. {_otherwise()}")


def _otherwise() -> str:
    return f"Réessayez plus tard, ou écrivez à {get_settings().support_email}."
