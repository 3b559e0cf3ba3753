"""What a public site owes its readers: legal notice, personal data, accessibility, conditions, security contact."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from litestar import Response, get

from app import pages
from app.domain.acces.conditions import read_en_vigueur
from app.domain.mots.dates import say_version
from app.pages import Contexte
from app.routes.params import Now, Visit
from app.settings import get_settings

PUBLIC = {"public": True, "sans_cgu": True}
SECURITY_LIFE = timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class DonneesPersonnelles(Contexte):
    """`retention_jours`: how long personal data is kept after the closing."""

    templates = ("mentions/donnees-personnelles.html",)
    retention_jours: int


@dataclass(frozen=True, kw_only=True)
class ConditionsGenerales(Contexte):
    """`version`: of the conditions every agent accepts."""

    templates = ("mentions/conditions-generales.html",)
    version: str
    blocs: list[tuple[bool, str]]


@get("/mentions-legales", opt=PUBLIC)
async def get_mentions(request: Visit) -> Response[str]:
    """Who runs this site, and under which licence."""
    return await pages.show(request, "mentions/page.html")


@get("/donnees-personnelles", opt=PUBLIC)
async def get_donnees_personnelles(request: Visit) -> Response[str]:
    """What is kept, why, how long, and whom to ask."""
    context = DonneesPersonnelles(retention_jours=get_settings().retention_days)
    return await pages.show(request, "mentions/donnees-personnelles.html", context)


@get("/accessibilite", opt=PUBLIC)
async def get_accessibilite(request: Visit) -> Response[str]:
    """The state of accessibility, as it is."""
    return await pages.show(request, "mentions/accessibilite.html")


@get("/plan-du-site", opt=PUBLIC)
async def get_plan(request: Visit) -> Response[str]:
    """Every page that has an address of its own, for this reader: a second way to each (RGAA 12.1)."""
    return await pages.show(request, "mentions/plan-du-site.html")


@get("/conditions-generales", opt=PUBLIC)
async def get_conditions(request: Visit, now: Now) -> Response[str]:
    """The conditions every agent accepts."""
    conditions = await read_en_vigueur(now)
    context = ConditionsGenerales(version=say_version(conditions.version), blocs=conditions.blocs)
    return await pages.show(request, "mentions/conditions-generales.html", context)


@get("/.well-known/security.txt", opt={"public": True, "sans_session": True})
async def get_security(now: Now) -> Response[str]:
    """Whom to tell of a weakness (RFC 9116)."""
    settings = get_settings()
    expires = datetime.combine((now + SECURITY_LIFE).date(), time(), UTC)
    lines = (
        f"Contact: mailto:{settings.support_email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return Response(content="\n".join(lines) + "\n", media_type="text/plain")


ROUTES = [
    get_mentions,
    get_donnees_personnelles,
    get_accessibilite,
    get_plan,
    get_conditions,
    get_security,
]
