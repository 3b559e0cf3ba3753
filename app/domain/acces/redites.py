"""A form that arrives twice is done once (product §2, « several writers »): its twin is led where it led.

Two presses of a button, where no script holds the second one back, make two requests, of which the browser shows the
last: whatever the act does to what it acts on, that one is not refused for it. Only the last act of a session is
remembered, by a keyed hash that says nothing of what was typed, and for a few seconds.

Where it led is kept as it is, so that it may hold nothing of an usager: the words of a search stand behind the ? of an
address, which is left out, and a link that opens a page by itself is not kept at all.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.scellement import empreinte

#: A hand that presses again because nothing seems to happen. Later, what is refused is refused for its own reason.
LIFE = timedelta(seconds=10)
#: Names of pages, numbers and keys of rows; the secret of a link is longer, and has capitals.
LIEU = re.compile(r"/|(?:/[a-z0-9-]{1,36}){1,10}")

KEEP = "update sessions set envoi = :envoi, envoi_lieu = :lieu, envoi_at = :now where id = :session"
FIND = """
select envoi_lieu as lieu from sessions where id = :session and envoi = :envoi and envoi_at between :since and :now
"""


def sign_envoi(chemin: str, champs: Mapping[str, list[str]]) -> str:
    """What tells this form, sent to this address, from any other."""
    return empreinte("envoi", json.dumps([chemin, sorted(champs.items())]))


async def keep_envoi(signed: Signed, envoi: str, lieu: str, now: datetime) -> None:
    """This act was done, and led to this address."""
    chemin = urlsplit(lieu).path
    if LIEU.fullmatch(chemin):
        await database.fetch(KEEP, session=signed.session, envoi=envoi, lieu=chemin, now=now)


async def find_envoi(signed: Signed, envoi: str, now: datetime) -> str | None:
    """Where the very same form led, when it was the last act of this session, a moment ago."""
    row = await database.fetch_one(FIND, session=signed.session, envoi=envoi, since=now - LIFE, now=now)
    return row["lieu"] if row else None
