"""`/profil/donnees`: everything kept of me, until when; the same as a file, for a program or to be read."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from app import pages, tableur
from app.domain.acces.sessions import Signed as Agent
from app.domain.oubli.mes_donnees import count_donnees, write_json, write_texte
from app.pages import Contexte
from app.routes.params import Now, Signed, Visit


@dataclass(frozen=True)
class LigneGardee:
    """A kind of what is kept, in words."""

    libelle: str
    contenu: str
    nombre: int
    jusqua: str


@dataclass(frozen=True, kw_only=True)
class MesDonnees(Contexte):
    """What is kept of the reader."""

    templates = ("profil/donnees.html",)
    lignes: list[LigneGardee]


@get("/profil/donnees")
async def get_donnees(request: Visit, signed: Signed) -> Response[Any]:
    """Each kind, how many rows, until when."""
    counts = await count_donnees(signed.droits.agent)
    lignes = [LigneGardee(d.fiche.libelle, d.fiche.contenu, n, d.say_jusqua()) for d, n in counts.items()]
    return await pages.show(request, "profil/donnees.html", MesDonnees(lignes=lignes))


@get("/profil/donnees.json")
async def export_json(signed: Signed, now: Now) -> Stream:
    """For a program."""
    return _stream(write_json(signed.droits.agent, now), "application/json", "json", signed, now)


@get("/profil/donnees.txt")
async def export_texte(signed: Signed, now: Now) -> Stream:
    """To be read."""
    parts = write_texte(signed.droits.agent, now, signed.zone)
    return _stream(parts, "text/plain; charset=utf-8", "txt", signed, now)


def _stream(parts: AsyncIterator[bytes], kind: str, end: str, signed: Agent, now: datetime) -> Stream:
    nom = f"Mes données Administration+, {now.astimezone(signed.zone):%Y-%m-%d}.{end}"
    return Stream(parts, media_type=kind, headers={"Content-Disposition": tableur.attachment(nom)})


ROUTES = [get_donnees, export_json, export_texte]
