"""`/cgu`: at the first sign-in complete one’s profile and accept the conditions; a new version is asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post

from app import pages
from app.domain.acces.agents import Profil, accept_cgu
from app.domain.acces.conditions import list_changements, read_en_vigueur
from app.domain.acces.sessions import Signed as SignedAgent
from app.domain.mots.dates import say_version
from app.domain.regles.errors import Invalide
from app.pages import Contexte
from app.routes.params import Destination, Form, Now, Signed, Visit

SANS_CGU = {"sans_cgu": True}
ENTRE_TEMPS = "Les conditions viennent de changer\u00a0: relisez-les, puis acceptez-les."


@dataclass(frozen=True, kw_only=True)
class ConditionsAAccepter(Contexte):
    """The conditions to accept; `is_new`: with the profile to complete, `is_first`: none was ever accepted.

    `changements` is what changed since those accepted, version by version, in words; `vu` is the version as it is kept.
    """

    templates = ("cgu/page.html",)
    destination: str
    profil: Profil
    is_new: bool
    is_first: bool
    vu: str
    version: str
    blocs: list[tuple[bool, str]]
    changements: list[tuple[str, str]]


@get("/cgu", opt=SANS_CGU)
async def get_cgu(request: Visit, signed: Signed, destination: Destination, now: Now) -> Response[Any]:
    """The conditions to accept; who accepted them already goes on."""
    if signed.has_accepted_cgu:
        return pages.go(request, destination)
    profil = Profil(signed.prenom, signed.nom, signed.fonction, signed.telephone)
    return await _show(request, signed, destination, profil, now)


@post("/cgu", opt=SANS_CGU)
async def post_cgu(
    request: Visit, signed: Signed, form: Form, destination: Destination, now: Now
) -> Response[Any]:
    """Accept what this page showed, then go where one was going: nobody accepts what they have not had to read."""
    typed = Profil(form.texte("prenom"), form.texte("nom"), form.texte("fonction"), form.texte("telephone"))
    if form.texte("vu") != signed.cgu_asked:
        return await _show(
            request, signed, destination, typed, now, erreurs={"acceptation": ENTRE_TEMPS}, status=409
        )
    try:
        await accept_cgu(
            signed.droits.agent,
            version=signed.cgu_asked,
            is_accepted=form.is_checked("acceptation"),
            profil=typed if _is_new(signed) else None,
            now=now,
        )
    except Invalide as error:
        return await _show(request, signed, destination, typed, now, erreurs=error.erreurs)
    return pages.go(request, destination)


def _is_new(signed: SignedAgent) -> bool:
    """A shared account has no person to complete: who signs says it on each message."""
    return signed.cgu_version is None and not signed.droits.is_collectif


async def _show(
    request: Visit,
    signed: SignedAgent,
    destination: str,
    profil: Profil,
    now: datetime,
    *,
    erreurs: Mapping[str, str] | None = None,
    status: int | None = None,
) -> Response[str]:
    conditions = await read_en_vigueur(now)
    accepted = signed.cgu_version
    changed = await list_changements(accepted, now) if accepted else []
    context = ConditionsAAccepter(
        erreurs=erreurs or {},
        destination=destination,
        profil=profil,
        is_new=_is_new(signed),
        is_first=signed.cgu_version is None,
        vu=conditions.version,
        version=say_version(conditions.version),
        blocs=conditions.blocs,
        changements=[(say_version(version), texte) for version, texte in changed],
    )
    return await pages.show(request, "cgu/page.html", context, status=status)


ROUTES = [get_cgu, post_cgu]
