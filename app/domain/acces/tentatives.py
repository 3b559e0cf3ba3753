"""What is counted before anyone is known, so that nobody floods a mailbox or guesses a code (product §4).

An address and a network are counted under their keyed hash; a row lives one day (`oubli/genres.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from app import database
from app.domain.acces.navigateurs import Navigateur
from app.domain.faits.scellement import empreinte
from app.domain.regles.errors import TropDeDemandes

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BETWEEN = timedelta(seconds=60)
MAILS_PER_ADDRESS = 5
MAILS_PER_NETWORK = 300
# Six digits are few: beyond this, a network gets one try per link instead of five, over all its addresses.
WRONG_CODES_PER_NETWORK = 50
#: They end the link, and let another mail be asked at once.
WRONG_CODES_PER_LINK = 5

HOLD = "select pg_try_advisory_xact_lock(hashtextextended(:adresse, 0)) as is_held"

# Wrong codes count from the last mail asked: it is its link that they end.
COUNTS = """
with recentes as (
    select nature, at from tentatives
    where (nature in ('adresse', 'code_adresse') and empreinte = :adresse and at > :an_hour_ago)
        or (nature = 'reseau' and empreinte = :reseau and at > :an_hour_ago)
        or (nature = 'inconnue' and empreinte = :adresse and at > :a_day_ago)
), dernier as (select max(at) as at from recentes where nature = 'adresse')
select count(*) filter (where r.nature = 'adresse') as for_address, d.at as last_at,
    min(r.at) filter (where r.nature = 'adresse') as first_at,
    count(*) filter (where r.nature = 'reseau') as from_network,
    count(*) filter (where r.nature = 'inconnue') as told,
    count(*) filter (where r.nature = 'code_adresse' and r.at >= d.at) as wrong
from dernier d left join recentes r on true
group by d.at
"""

WRONG_CODES = """
select count(*) as wrong from tentatives where nature = 'code' and empreinte = :reseau and at > :an_hour_ago
"""

#: A wrong code of a phone ends the session at the fifth; at the first, once its account has had so many in a day.
WRONG_SECONDS_PER_SESSION = 5
WRONG_SECONDS_PER_AGENT = 20
WRONG_SECONDS = """
select count(*) filter (where nature = 'second') as of_session,
    count(*) filter (where nature = 'second_agent') as of_agent
from tentatives
where (nature = 'second' and empreinte = :session or nature = 'second_agent' and empreinte = :agent) and at > :a_day_ago
"""


# One text whatever is counted: what the base is asked never tells whether an address is known.
COUNT = """
insert into tentatives (nature, empreinte, at)
select nature, empreinte, :now from unnest(:natures::text[], :empreintes::text[]) as counted (nature, empreinte)
"""


@dataclass(frozen=True)
class Asks:
    """The mails asked for one address and from one network in the last hour. `is_told`: « unknown » said today;
    `is_dead`: so many wrong codes were typed since the last mail that it no longer signs in.
    """

    for_address: int
    from_network: int
    first_at: datetime | None
    last_at: datetime | None
    is_told: bool
    is_dead: bool


async def hold_adresse(adresse: str) -> None:
    """Until the transaction ends, nobody else asks for this address, so that rates and links count right.

    Raises TropDeDemandes when somebody is asking now: a crowd that waited would hold every connection of the site.
    """
    held = await database.fetch_one(HOLD, adresse=empreinte("adresse", adresse))
    if held is None or not held["is_held"]:
        raise _too_soon(BETWEEN)


async def read_asks(adresse: str, navigateur: Navigateur, now: datetime) -> Asks:
    """What was asked for this address and from this network."""
    [row] = await database.fetch(
        COUNTS,
        adresse=empreinte("adresse", adresse),
        reseau=empreinte("reseau", navigateur.reseau),
        an_hour_ago=now - HOUR,
        a_day_ago=now - DAY,
    )
    return Asks(
        row["for_address"],
        row["from_network"],
        row["first_at"],
        row["last_at"],
        is_told=row["told"] > 0,
        is_dead=row["wrong"] >= WRONG_CODES_PER_LINK,
    )


def check_asks(asks: Asks, navigateur: Navigateur, now: datetime) -> None:
    """Raises TropDeDemandes when one more mail would pass a rate of product §4.

    A browser that already had a session here is never refused for what its network asked: whole administrations share
    one, and a single visitor could lock them all out.
    """
    seconds = wait_before_next(asks, now)
    if seconds and asks.for_address < MAILS_PER_ADDRESS:
        raise _too_soon(timedelta(seconds=seconds))
    if seconds:
        minutes = ceil(seconds / 60)
        left = "une minute" if minutes <= 1 else f"{minutes} minutes"
        raise TropDeDemandes(
            "Cinq courriels ont déjà été demandés pour cette adresse en une heure. "
            f"Utilisez le dernier reçu, ou réessayez dans {left}."
        )
    if asks.from_network >= MAILS_PER_NETWORK and not navigateur.former:
        raise TropDeDemandes(
            "Trop de courriels ont été demandés depuis votre réseau en une heure. Réessayez un peu plus tard."
        )


def wait_before_next(asks: Asks, now: datetime) -> int:
    """Seconds before another mail may be asked for the same address; none once wrong codes have ended the last one."""
    if asks.for_address >= MAILS_PER_ADDRESS and asks.first_at:
        possible_at = asks.first_at + HOUR
    elif asks.last_at and not asks.is_dead:
        possible_at = asks.last_at + BETWEEN
    else:
        return 0
    return max(0, ceil((possible_at - now).total_seconds()))


async def count_ask(adresse: str, navigateur: Navigateur, *, is_told: bool, now: datetime) -> None:
    """One more mail asked; `is_told`: it says that the address is unknown."""
    by_address = empreinte("adresse", adresse)
    counted = {"adresse": by_address, "reseau": empreinte("reseau", navigateur.reseau)}
    if is_told:
        counted["inconnue"] = by_address
    await database.fetch(COUNT, natures=list(counted), empreintes=list(counted.values()), now=now)


async def has_tried_many(navigateur: Navigateur, now: datetime) -> bool:
    """Whether this network has typed too many wrong codes in the last hour."""
    [row] = await database.fetch(
        WRONG_CODES, reseau=empreinte("reseau", navigateur.reseau), an_hour_ago=now - HOUR
    )
    return int(row["wrong"]) >= WRONG_CODES_PER_NETWORK


async def count_wrong_code(adresse: str, navigateur: Navigateur, now: datetime) -> None:
    """One more wrong code typed from this network, for this address."""
    counted = {"code": empreinte("reseau", navigateur.reseau), "code_adresse": empreinte("adresse", adresse)}
    await database.fetch(COUNT, natures=list(counted), empreintes=list(counted.values()), now=now)


async def count_wrong_second(session: int, agent: int, now: datetime) -> bool:
    """One more wrong code of a phone; True when it ends its session. A right one is never refused for it."""
    counted = {"second": empreinte("session", str(session)), "second_agent": empreinte("agent", str(agent))}
    await database.fetch(COUNT, natures=list(counted), empreintes=list(counted.values()), now=now)
    [row] = await database.fetch(
        WRONG_SECONDS, session=counted["second"], agent=counted["second_agent"], a_day_ago=now - DAY
    )
    return (
        int(row["of_session"]) >= WRONG_SECONDS_PER_SESSION or int(row["of_agent"]) > WRONG_SECONDS_PER_AGENT
    )


def _too_soon(left: timedelta) -> TropDeDemandes:
    seconds = ceil(left.total_seconds())
    words = "une seconde" if seconds == 1 else f"{seconds} secondes"
    return TropDeDemandes(f"Un courriel vient d’être demandé pour cette adresse. Attendez encore {words}.")
