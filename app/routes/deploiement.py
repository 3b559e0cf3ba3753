"""`/deploiement`: who is reachable where, for pilotes and administrateurs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from app import pages, tableur
from app.domain.figures.deploiement import Deploiement, load_deploiement
from app.domain.figures.perimetres import load_noms
from app.domain.regles.errors import Introuvable
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Now, Query, Signed, Visit


@dataclass(frozen=True, kw_only=True)
class PageDeploiement(Contexte):
    """The table, the map, and what was chosen."""

    templates = ("deploiement/page.html",)
    deploiement: Deploiement
    organisme: int | None
    departement: int | None
    is_manques: bool
    adresse: str


@get("/deploiement")
async def get_deploiement(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[str]:
    """Départements × organismes; with a département, its groupes."""
    organisme, departement = criteres.identifiant("organisme"), criteres.identifiant("departement")
    chosen = {"organisme": organisme, "departement": departement, "manques": criteres.texte("manques")}
    context = PageDeploiement(
        deploiement=await _load(signed, criteres, now),
        organisme=organisme,
        departement=departement,
        is_manques=bool(criteres.texte("manques")),
        adresse=urlencode({name: value for name, value in chosen.items() if value}),
    )
    return await pages.show(request, "deploiement/page.html", context)


@get("/deploiement/{fichier:str}")
async def get_deploiement_fichier(
    signed: Signed, fichier: FromPath[str], criteres: Query, now: Now
) -> Stream:
    """The same table as a file: `tableau.csv`, `tableau.ods`. Raises Introuvable."""
    if fichier not in {"tableau.csv", "tableau.ods"}:
        raise Introuvable
    deploiement = await _load(signed, criteres, now)
    entetes = ["Département", *deploiement.organismes, "Instructeurs actifs", "Aidants actifs"]
    rows = tableur.as_stream(_rows(deploiement))
    headers = {"Content-Disposition": tableur.attachment(f"administration-plus-deploiement.{fichier[-3:]}")}
    if fichier.endswith("csv"):
        return Stream(tableur.write_csv(entetes, rows), media_type=tableur.CSV, headers=headers)
    return Stream(
        tableur.write_ods(entetes, rows, titre="Déploiement"), media_type=tableur.ODS, headers=headers
    )


def _rows(deploiement: Deploiement) -> Iterator[tableur.Rangee]:
    for rangee in deploiement.rangees:
        yield (rangee.nom, *rangee.nombres, rangee.total, rangee.aidants)


async def _load(signed: Any, criteres: Formulaire, now: Any) -> Deploiement:
    return await load_deploiement(
        signed.droits,
        await load_noms(),
        organisme=criteres.identifiant("organisme"),
        departement=criteres.identifiant("departement"),
        is_manques=bool(criteres.texte("manques")),
        now=now,
    )


ROUTES = [get_deploiement, get_deploiement_fichier]
