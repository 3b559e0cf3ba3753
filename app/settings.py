"""Every environment variable is read here, once: typed, explained beside its default, and refused when it is unsafe."""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from app.reglages import BY_NAME

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "demonstration-seulement-ne-pas-deployer"  # noqa: S105 - refused in production


class Misconfigured(Exception):
    """The environment asks for something unsafe or unreadable; the program must not start."""


@dataclass(frozen=True)
class Settings:
    """What the operator decides. Durations are in the unit their name says."""

    environment: str
    base_url: str
    port: int
    var: Path
    database_url: str | None
    secret_key: str
    data_keys: Mapping[str, bytes]
    store_url: str
    clamd_url: str | None
    smtp_url: str | None
    mail_from: str
    mail_webhook_secret: str
    support_email: str
    support_opens: int
    support_closes: int
    sms_url: str | None
    sms_token: str
    sms_sender: str
    sms_webhook_secret: str
    proconnect_url: str | None
    proconnect_client: str
    proconnect_secret: str
    theme: str
    link_minutes: int
    welcome_days: int
    retention_days: int
    answer_wait_seconds: int
    has_quiet_hours: bool
    experts_after_days: int
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    metrics_token: str
    pool_size: int
    cgu_version: str

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def is_demo(self) -> bool:
        return self.environment == "demo"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    def is_proxy(self, address: str) -> bool:
        """Whether this address is one of our proxies."""
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self.trusted_proxies)

    @property
    def empreinte_key(self) -> bytes:
        """Key of the lookups by value (identities, addresses); derived, so one secret is enough."""
        return hashlib.sha256(b"empreinte:" + self.secret_key.encode()).digest()


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check the environment.

    Raises Misconfigured, with every reason, for what cannot work, for a production that is unsafe (quality S10) and for
    one that forgot to say that it is one. The variables stand in `reglages.py`, in words.
    """
    environment = environ.get("APLUS_ENV", "demo")
    if environment not in {"demo", "test", "production"}:
        raise Misconfigured(f"APLUS_ENV must be demo, test or production, not {environment!r}")
    port = _number(environ, "PORT")
    var = Path(environ.get("APLUS_VAR") or ROOT / "var").resolve()
    secret_key = environ.get("SECRET_KEY", DEMO_SECRET)
    settings = Settings(
        environment=environment,
        # The address people type; links in mails start with it.
        base_url=environ.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        # Where the embedded server, the files and the demo's mails live.
        var=var,
        # postgresql://… Without it, an embedded server is started under APLUS_VAR.
        database_url=environ.get("DATABASE_URL") or None,
        secret_key=secret_key,
        # DATA_KEYS="k2:base64,k1:base64": the first key encrypts and all of them decrypt, so that keys can be renewed.
        data_keys=_read_keys(environ.get("DATA_KEYS", ""), secret_key),
        # The encrypted files are kept in this folder (file:///…) or bucket (s3://…).
        store_url=environ.get("STORE_URL", f"file://{var / 'pieces'}"),
        # tcp://host:3310 or unix:///path. Without it files are not scanned, and nobody is told that they were.
        clamd_url=environ.get("CLAMD_URL") or None,
        # smtp://user:password@host:587 or smtps://… Without it, the demonstration keeps its mails under APLUS_VAR.
        smtp_url=environ.get("SMTP_URL") or None,
        mail_from=environ.get("MAIL_FROM", "Administration+ <ne-pas-repondre@aplus.invalid>"),
        # Brevo calls /courriels/rejets with « Authorization: Bearer MAIL_WEBHOOK_SECRET » when a mail comes back; there
        # is no such address when it is empty.
        mail_webhook_secret=environ.get(
            "MAIL_WEBHOOK_SECRET", "" if environment == "production" else DEMO_SECRET
        ),
        support_email=environ.get("SUPPORT_EMAIL", "support@aplus.invalid"),
        # The hours the team answers at, in Paris, on working days: whoever writes reads them.
        support_opens=_number(environ, "SUPPORT_OPENS"),
        support_closes=_number(environ, "SUPPORT_CLOSES"),
        # SMS leave through Brevo's API, https://api.brevo.com/v3/transactionalSMS/send, with its key. Without it the
        # demonstration simulates a handset, and production sends no SMS. SMS_SENDER must be a rented number, so that
        # usagers can answer. Brevo calls /sms/entrant with « Authorization: Bearer SMS_WEBHOOK_SECRET ».
        sms_url=environ.get("SMS_URL") or None,
        sms_token=environ.get("SMS_TOKEN", ""),
        sms_sender=environ.get("SMS_SENDER", "AdminPlus"),
        sms_webhook_secret=environ.get("SMS_WEBHOOK_SECRET", DEMO_SECRET),
        # Who has an account may also come in by ProConnect: its address (https://auth.agentconnect.gouv.fr/api/v2), and
        # what it gave this site, whose BASE_URL/connexion/proconnect/retour must be registered there.
        proconnect_url=environ.get("PROCONNECT_URL") or None,
        proconnect_client=environ.get("PROCONNECT_CLIENT", ""),
        proconnect_secret=environ.get("PROCONNECT_SECRET", ""),
        # Pages wear "aplus" (our stylesheet) or "dsfr" (official files that the operator provides under static/dsfr).
        theme=environ.get("THEME", "aplus"),
        # A sign-in link works for this many minutes (product §2).
        link_minutes=_number(environ, "LINK_MINUTES"),
        # The link of a welcome mail works for this many days, because whoever gets an account may be on leave.
        welcome_days=_number(environ, "WELCOME_DAYS"),
        # Personal data is erased this many days after closing (product §2).
        retention_days=_number(environ, "RETENTION_DAYS"),
        # An answer waits this many seconds before anybody is told, so that it may be taken back (product §9).
        answer_wait_seconds=_number(environ, "ANSWER_WAIT_SECONDS"),
        # With 0, mails leave at night and at week-ends too, as in the demonstration, whose visitors come at any hour.
        has_quiet_hours=_number(environ, "QUIET_HOURS", "0" if environment == "demo" else "1") > 0,
        # The experts are called this many working days after the responsables of a late groupe were told (product §9).
        experts_after_days=_number(environ, "EXPERTS_AFTER_DAYS"),
        # These addresses are the proxies whose X-Forwarded-For is believed.
        trusted_proxies=_read_networks(environ.get("TRUSTED_PROXIES", "")),
        # Prometheus reads /sante/metriques with « Authorization: Bearer METRICS_TOKEN »; no such address without it.
        metrics_token=environ.get("METRICS_TOKEN", ""),
        pool_size=_number(environ, "POOL_SIZE"),
        # Changing it asks every agent to accept the conditions again.
        cgu_version=environ.get("CGU_VERSION", "2026-11-22"),
    )
    wrong = [
        *_list_unreadable(settings),
        *(_list_unsafe(settings, environ) if settings.is_production else _list_forgotten(settings)),
    ]
    if wrong:
        raise Misconfigured("; ".join(wrong))
    return settings


def _list_unreadable(settings: Settings) -> list[str]:
    """What no environment can work with."""
    base = urlsplit(settings.base_url)
    refusals = {
        "BASE_URL must be https://name or http://name, without user, path or query": base.scheme
        not in {"http", "https"}
        or not base.hostname
        or bool(base.username or base.password or base.path or base.query or base.fragment),
        "CLAMD_URL must be tcp://host:port or unix:///path": not _has_scheme(
            settings.clamd_url, "tcp", "unix"
        ),
        "STORE_URL must be file:///folder or s3://bucket": not _has_scheme(settings.store_url, "file", "s3"),
        "SMTP_URL must be smtp://host or smtps://host": not _has_scheme(settings.smtp_url, "smtp", "smtps")
        or bool(settings.smtp_url and not urlsplit(settings.smtp_url).hostname),
        "SMS_URL must be an https address": not _has_scheme(settings.sms_url, "http", "https"),
        "PROCONNECT_URL must be an https address": not _has_scheme(settings.proconnect_url, "http", "https"),
        "PROCONNECT_URL needs PROCONNECT_CLIENT and PROCONNECT_SECRET": settings.proconnect_url is not None
        and not (settings.proconnect_client and settings.proconnect_secret),
        "DATABASE_URL must be postgresql://": not _has_scheme(
            settings.database_url, "postgresql", "postgres"
        ),
        "THEME must be aplus or dsfr": settings.theme not in {"aplus", "dsfr"},
        "MAIL_FROM must hold an address": "@" not in parseaddr(settings.mail_from)[1],
        "SUPPORT_EMAIL must be an address": "@" not in settings.support_email,
        "SUPPORT_OPENS must come before SUPPORT_CLOSES": settings.support_opens >= settings.support_closes,
        "two keys of DATA_KEYS are the same": len(set(settings.data_keys.values())) < len(settings.data_keys),
    }
    return [sentence for sentence, is_wrong in refusals.items() if is_wrong]


def _list_forgotten(settings: Settings) -> list[str]:
    """What tells a production whose APLUS_ENV was forgotten: a demonstration lets anybody in."""
    if not settings.is_demo:
        return []
    refusals = {
        "an https BASE_URL needs APLUS_ENV=production": settings.is_https,
        "SMTP_URL needs APLUS_ENV=production: a demonstration writes to nobody": settings.smtp_url
        is not None,
        "SMS_URL needs APLUS_ENV=production: a demonstration writes to nobody": settings.sms_url is not None,
    }
    return [sentence for sentence, is_wrong in refusals.items() if is_wrong]


def _list_unsafe(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What a production must not run with (quality S10)."""
    refusals = {
        "SECRET_KEY must be set: 32 random characters at least": _is_weak(settings.secret_key),
        "DATA_KEYS must be set": not environ.get("DATA_KEYS"),
        "a key of DATA_KEYS is not random": any(len(set(key)) < 12 for key in settings.data_keys.values()),
        "BASE_URL must start with https://": not settings.is_https,
        "DATABASE_URL must be set": settings.database_url is None,
        "SMTP_URL must be set": settings.smtp_url is None,
        "SMS_URL must be an https address": settings.sms_url is not None
        and not _has_scheme(settings.sms_url, "https"),
        "PROCONNECT_URL must start with https://": settings.proconnect_url is not None
        and not _has_scheme(settings.proconnect_url, "https"),
        "SMS_WEBHOOK_SECRET must be set with SMS_URL: 32 random characters at least": settings.sms_url
        is not None
        and _is_weak(settings.sms_webhook_secret),
        "MAIL_WEBHOOK_SECRET must have 32 random characters at least": bool(settings.mail_webhook_secret)
        and _is_weak(settings.mail_webhook_secret),
        "METRICS_TOKEN must have 32 random characters at least": bool(settings.metrics_token)
        and _is_weak(settings.metrics_token),
        "TRUSTED_PROXIES must name the proxy that holds the certificate: without it all visitors are one": not (
            settings.trusted_proxies
        ),
        "LITESTAR_DEBUG and LITESTAR_PDB must not be set": bool(
            environ.get("LITESTAR_DEBUG") or environ.get("LITESTAR_PDB")
        ),
    }
    return [sentence for sentence, is_wrong in refusals.items() if is_wrong]


def _is_weak(secret: str) -> bool:
    """Too short, ours, or made of a few characters again and again."""
    return secret == DEMO_SECRET or len(secret) < 32 or len(set(secret)) < 10


def _has_scheme(url: str | None, *schemes: str) -> bool:
    """Absent, or of one of these kinds."""
    try:
        return url is None or urlsplit(url).scheme in schemes
    except ValueError:
        return False


def _number(environ: Mapping[str, str], name: str, default: str = "") -> int:
    reglage = BY_NAME[name]
    text = environ.get(name, "") or default or reglage.defaut
    least, most = reglage.bornes or (0, 2**31)
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise Misconfigured(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _read_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        networks = tuple(ip_network(part, strict=False) for part in text.replace(",", " ").split())
    except ValueError as error:
        raise Misconfigured(
            "TRUSTED_PROXIES must be addresses or networks, as 10.0.0.1 or 10.0.0.0/24"
        ) from error
    if any(network.prefixlen == 0 for network in networks):
        raise Misconfigured("TRUSTED_PROXIES must not be everybody")
    return networks


def _read_keys(text: str, secret_key: str) -> dict[str, bytes]:
    if not text:
        return {"demo": hashlib.sha256(b"donnees:" + secret_key.encode()).digest()}
    keys: dict[str, bytes] = {}
    if text.count(":") < text.count(",") + 1:
        raise Misconfigured("DATA_KEYS must be name:base64,name:base64")
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise Misconfigured("DATA_KEYS must be name:base64,name:base64") from error
        if not name or len(key) != 32:
            raise Misconfigured("each key of DATA_KEYS needs a name and 32 bytes in base64")
        if name in keys:
            raise Misconfigured("two keys of DATA_KEYS bear the same name")
        keys[name] = key
    return keys


def origin_of(url: str) -> tuple[str, str]:
    """Scheme and host of an address, as a browser says where a request comes from; empty when it is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.netloc.lower()
    except ValueError:
        return "", ""


@cache
def get_settings() -> Settings:
    """The settings of this process."""
    return read_settings(os.environ)
