"""The post office: a row of the outbox becomes a mail, and the mail leaves by SMTP, or stays in the demo's box.

The Message-ID is the id of the row, so that mail programs recognise as one a mail that a killed worker sends twice.
"""

import asyncio
import hmac
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib

from app.domain.faits.courriels import EnvoiCourriel
from app.domain.faits.envois import EnvoiRefuse
from app.settings import Settings
from app.templating import has_block, has_template, render, render_block

# A server that accepts and says nothing is known soon; one that greeted us has the time to read a mail.
BANNER_SECONDS = 3.0
SIGNING_IN_SECONDS = 10.0
MAIL_SECONDS = 25.0
DEMANDE_HTML = "courriels/_demande.html"


class Transport(Protocol):
    """Something that takes mails."""

    async def deliver(self, courriel: EmailMessage) -> None:
        """Take this mail. Raises EnvoiRefuse."""

    async def close(self) -> None:
        """Nothing more to send for now."""


def write_courriel(envoi: EnvoiCourriel, settings: Settings) -> EmailMessage:
    """The mail of this row: subject, complete text part, html part (quality A7).

    The folder of a mail holds `body.txt`, which says its subject too; a mail about a demande says its news there once,
    for both parts, and another dress has its own `body.html`.

    Raises jinja2.TemplateError when it has no template, KeyError when its template lacks a block, ValueError (or what
    the standard library raises) when its address cannot stand in a mail as it is.
    """
    numero = envoi.contexte.get("numero")
    context: dict[str, Any] = {
        "base_url": settings.base_url,
        "lien": settings.base_url + envoi.contexte.get("page", f"/demandes/{numero}" if numero else ""),
        **envoi.contexte,
    }
    texte, html = f"courriels/{envoi.fait}/body.txt", f"courriels/{envoi.fait}/body.html"
    courriel = EmailMessage()
    # A header may hold no line end, whatever was typed. No-break spaces stay.
    context["nouvelles"] = [_tell_nouvelles(one, context) for one in envoi.contexte.get("nouvelles", ())]
    sujet = ("Urgent\u00a0: " if envoi.contexte.get("is_urgente") else "") + render_block(
        texte, "sujet", **context
    )
    courriel["Subject"] = re.sub(r"[^\S\u00a0\u202f]+", " ", sujet).strip()
    courriel["From"] = settings.mail_from
    courriel["To"] = envoi.adresse
    if [who.addr_spec for who in courriel["To"].addresses] != [envoi.adresse]:
        raise ValueError("this address would be read as another")
    courriel["Date"] = formatdate(usegmt=True)
    domaine = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    courriel["Message-ID"] = f"<{envoi.id}@{domaine}>"
    if numero:
        # No mail ever bears this id: mail programs gather under it all those of one demande.
        courriel["References"] = courriel["In-Reply-To"] = f"<demande-{numero}@{domaine}>"
    courriel["Reply-To"] = settings.support_email
    courriel["Auto-Submitted"] = "auto-generated"
    courriel.set_content(render(texte, **context))
    if has_template(html):
        courriel.add_alternative(render(html, **context), subtype="html")
    else:
        phrase = render_block(texte, "phrase", **context)
        courriel.add_alternative(render(DEMANDE_HTML, **context, phrase=phrase), subtype="html")
    return courriel


@dataclass(frozen=True)
class Nouvelles:
    """What a grouped mail says of one demande: its news in order, each once, with how many times it came."""

    numero: int
    lien: str
    is_urgente: bool
    annonces: Mapping[str, int]


def _tell_nouvelles(demande: Mapping[str, Any], context: Mapping[str, Any]) -> Nouvelles:
    """The news of each mail that was not sent alone, in the very words it would have had."""
    lien = f"{context['base_url']}/demandes/{demande['numero']}"
    annonces: Counter[str] = Counter()
    for ligne in demande["lignes"]:
        texte = f"courriels/{ligne['courriel']}/body.txt"
        # A mail in another dress has no such sentence: its subject says as much.
        block = "phrase" if has_block(texte, "phrase") else "sujet"
        annonces[render_block(texte, block, **{**context, "lien": lien, **ligne["contexte"]})] += 1
    return Nouvelles(demande["numero"], lien, demande["is_urgente"], annonces)


#: The events of Brevo that say an address will never take this mail.
REJETS = ("hard_bounce", "invalid_email", "blocked", "spam")


@dataclass(frozen=True)
class CourrielRevenu:
    """A mail that came back: its id, and the event that says why."""

    courriel: UUID
    motif: str


def is_authentic_rejet(authorization: str, settings: Settings) -> bool:
    """Whether a call to the webhook of mails carries its secret; compared in constant time. Never without one."""
    if not settings.mail_webhook_secret:
        return False
    expected = f"Bearer {settings.mail_webhook_secret}"
    return hmac.compare_digest(authorization.encode(), expected.encode())


def read_rejet(corps: bytes) -> CourrielRevenu | None:
    """The mail that a call of the webhook says refused for good; None for any other event, and for nonsense."""
    try:
        said = json.loads(corps)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("event") not in REJETS:
        return None
    name = str(said.get("message-id", "")).strip("<>").partition("@")[0]
    try:
        return CourrielRevenu(UUID(name), str(said["event"]))
    except ValueError:
        return None


def is_local(host: str) -> bool:
    """This very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass
class Smtp:
    """A real server, `smtp://user:password@host:587` (STARTTLS, required beyond this machine) or `smtps://`."""

    url: str
    _client: aiosmtplib.SMTP | None = None

    async def deliver(self, courriel: EmailMessage) -> None:
        """One mail over the open connection, opened when needed."""
        client = await self._connected()
        try:
            async with asyncio.timeout(MAIL_SECONDS):
                await client.send_message(courriel)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise EnvoiRefuse(f"destinataire {codes[0]}", is_permanent=min(codes) >= 500) from error
        except aiosmtplib.SMTPDataError as error:
            raise EnvoiRefuse(f"contenu {error.code}", is_permanent=error.code >= 500) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            raise EnvoiRefuse(type(error).__name__, is_permanent=False) from error

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        parts = urlsplit(self.url)
        client = aiosmtplib.SMTP(
            hostname=parts.hostname,
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            # Beyond this machine nothing is said in clear: without STARTTLS there, nothing leaves.
            start_tls=None if parts.scheme == "smtps" or is_local(parts.hostname or "") else True,
            timeout=MAIL_SECONDS,
        )
        try:
            async with asyncio.timeout(SIGNING_IN_SECONDS):
                await client.connect(timeout=BANNER_SECONDS)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise EnvoiRefuse(type(error).__name__, is_permanent=False, is_unreachable=True) from error
        self._client = client
        return client

    async def close(self) -> None:
        """Say good-bye; a server that is gone already is no matter."""
        if self._client is not None:
            self._client.close()
        self._client = None


@dataclass
class BoiteDeDemonstration:
    """Mails kept as files under APLUS_VAR, for `/_courriels`."""

    folder: Path

    async def deliver(self, courriel: EmailMessage) -> None:
        """Written whole under its id: a second copy of the same mail replaces the first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = courriel["Message-ID"].strip("<>").partition("@")[0]
        half = self.folder / f".{name}"
        half.write_bytes(courriel.as_bytes())
        half.rename(self.folder / f"{name}.eml")

    async def close(self) -> None:
        """A folder needs no good-bye."""


def demo_folder(settings: Settings) -> Path:
    """Where the demo's mails are."""
    return settings.var / "courriels"


def open_transport(settings: Settings) -> Transport:
    """SMTP when the operator gave one, the demo's box otherwise."""
    return Smtp(settings.smtp_url) if settings.smtp_url else BoiteDeDemonstration(demo_folder(settings))
