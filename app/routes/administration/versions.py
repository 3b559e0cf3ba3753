"""`/administration/referentiel/versions`: its history, the way back, the file that leaves and comes back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from app import pages, tableur
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.fichier import FichierReferentiel, list_portees, read_fichier, write_fichier
from app.domain.administration.referentiel import (
    ReferentielPropose,
    VersionPubliee,
    list_changes,
    list_versions,
    propose_version,
    read_referentiel,
    read_version,
)
from app.domain.regles.errors import Introuvable, Invalide
from app.domain.territoire.differences import Difference
from app.pages import Contexte
from app.routes.administration.apercu_referentiel import URL, read_version_numero, show_apercu
from app.routes.params import Form, Now, Signed, Visit

LISTE, UNE = "administration/referentiel_versions.html", "administration/referentiel_version.html"
VERSIONS = f"{URL}/versions"
FICHIER_MAX = 1_000_000
LOURD = "Ce fichier est trop lourd pour être un référentiel."


@dataclass(frozen=True, kw_only=True)
class VersionsMontrees(Contexte):
    """Every version, the last one first, which is `courante`; the file that comes back."""

    templates = (LISTE,)
    versions: list[VersionPubliee]
    courante: int


@dataclass(frozen=True, kw_only=True)
class VersionMontree(Contexte):
    """One of them: why, and what it changed."""

    templates = (UNE,)
    version: VersionPubliee
    differences: list[Difference]
    is_courante: bool


@get(VERSIONS)
async def get_versions(request: Visit, signed: Signed) -> Response[Any]:
    """The history. Raises Refus."""
    return await _show_versions(request, signed)


@get(f"{VERSIONS}/{{edition:str}}")
async def get_version(request: Visit, signed: Signed) -> Response[Any]:
    """What a version changed. Raises Refus, Introuvable."""
    versions, numero = await list_versions(signed), _numero(request)
    one = next((version for version in versions if version.numero == numero), None)
    if one is None:
        raise Introuvable
    context = VersionMontree(
        version=one,
        differences=await list_changes(signed, numero),
        is_courante=numero == versions[0].numero,
    )
    return await pages.show(request, UNE, context)


@get(f"{VERSIONS}/{{edition:str}}/retour")
async def get_retour(request: Visit, signed: Signed, now: Now) -> Response[Any]:
    """What going back to it would change. Raises Refus, Introuvable."""
    numero = _numero(request)
    proposition = await propose_version(signed, numero)
    return await show_apercu(request, signed, proposition, now, raison=f"Retour à la version {numero}.")


@get(f"{VERSIONS}/{{edition:str}}/referentiel.json")
async def get_fichier(request: Visit, signed: Signed) -> Response[str]:
    """The whole content of this version as a file, with the conditions of today. Raises Refus, Introuvable."""
    numero = _numero(request)
    nom = f"referentiel-administration-plus-version-{numero}.json"
    return Response(
        content=write_fichier(
            FichierReferentiel(await read_version(signed, numero), await list_portees(signed))
        ),
        media_type="application/json; charset=utf-8",
        headers={"Content-Disposition": tableur.attachment(nom)},
    )


@post(f"{VERSIONS}/import", request_max_body_size=FICHIER_MAX * 2)
async def create_apercu_import(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """What a file would change; nothing is written. Raises Refus."""
    await read_referentiel(signed)
    sent: Sequence[Any] = form.fichiers.get("fichier", [])
    content = await asyncio.to_thread(sent[0].read) if sent else None
    try:
        fichier = read_fichier(_decode(content))
        proposition = ReferentielPropose(contenu=fichier.contenu, conditions=fichier.conditions)
    except Invalide as invalide:
        return await _show_versions(request, signed, invalide.erreurs)
    return await show_apercu(request, signed, proposition, now)


async def _show_versions(
    request: Visit, signed: Agent, erreurs: Mapping[str, str] | None = None
) -> Response[Any]:
    versions = await list_versions(signed)
    context = VersionsMontrees(erreurs=erreurs or {}, versions=versions, courante=versions[0].numero)
    return await pages.show(request, LISTE, context)


def _decode(content: bytes | None) -> str:
    if not content:
        raise Invalide({"fichier": "Choisissez un fichier exporté d’ici."})
    if len(content) > FICHIER_MAX:
        raise Invalide({"fichier": LOURD})
    return content.decode("utf-8-sig", errors="replace")


def _numero(request: Visit) -> int:
    numero = read_version_numero(str(request.path_params["edition"]))
    if numero is None:
        raise Introuvable
    return numero


ROUTES = [get_versions, get_version, get_retour, get_fichier, create_apercu_import]
