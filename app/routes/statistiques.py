"""`/statistiques`: figures of one’s groupes, of a scope, of the country; their tables as files; the open data."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from app import pages, tableur, visite
from app.domain.figures import ouvertes
from app.domain.figures.perimetres import Demandee, Perimetre, choose_perimetre, load_noms
from app.domain.figures.periodes import list_presets, read_periode
from app.domain.figures.statistiques import Statistiques, build_statistiques
from app.domain.mots.dates import day_in_paris
from app.domain.regles.errors import Introuvable
from app.formulaire import Formulaire
from app.pages import Contexte
from app.routes.params import Now, Query, Visit


@dataclass(frozen=True, kw_only=True)
class Chiffres(Contexte):
    """The figures, the lists to choose from, and the address of what is shown without its page."""

    templates = ("statistiques/page.html",)
    chiffres: Statistiques
    presets: list[tuple[str, str]]
    du: str
    au: str
    adresse: str


@get("/statistiques", opt={"public": True})
async def get_statistiques(request: Visit, criteres: Query, now: Now) -> Response[str]:
    """The figures this reader may see; national ones for everybody."""
    chiffres, today = await _read(request, criteres, now)
    context = Chiffres(
        chiffres=chiffres,
        presets=list_presets(today),
        du=criteres.texte("du"),
        au=criteres.texte("au"),
        adresse=_adresse(criteres),
    )
    return await pages.show(request, "statistiques/page.html", context)


@get("/statistiques/tableaux/{tableau:str}", opt={"public": True})
async def get_tableau(request: Visit, tableau: FromPath[str], criteres: Query, now: Now) -> Stream:
    """One table of the page with the same choices: `semaines.csv`, `organismes.ods`. Raises Introuvable."""
    code, _, extension = tableau.partition(".")
    chiffres, _ = await _read(request, criteres, now)
    found = chiffres.get_tableau(code)
    if found is None or extension not in {"csv", "ods"}:
        raise Introuvable
    rows = tableur.as_stream(ligne.valeurs for ligne in found.lignes)
    periode = f"{chiffres.periode.debut:%Y-%m}-{chiffres.periode.fin:%Y-%m}"
    name = f"administration-plus-{code}-{periode}.{extension}"
    if extension == "csv":
        return _stream(tableur.write_csv(found.entetes, rows), tableur.CSV, name)
    return _stream(tableur.write_ods(found.entetes, rows, titre=found.titre), tableur.ODS, name)


@get("/statistiques.csv", opt={"public": True, "sans_session": True})
async def get_ouvertes_csv() -> Stream:
    """The open data, one row per published month × département × organisme; a hidden count says « masqué »."""
    names = [name for name, _ in ouvertes.COLONNES]

    async def rows() -> AsyncIterator[tableur.Rangee]:
        async for row in ouvertes.stream_rows():
            yield [ouvertes.say(name, row[name]) for name in names]

    return _stream(tableur.write_csv(names, rows()), tableur.CSV, "administration-plus.csv")


@get("/statistiques.json", opt={"public": True, "sans_session": True})
async def get_ouvertes_json() -> Stream:
    """The same rows with their version, date, licence and columns; a hidden count is null."""
    published_on = await ouvertes.find_published_on()
    head = {
        "version": ouvertes.VERSION,
        "date": published_on.isoformat() if published_on else None,
        "licence": ouvertes.LICENCE,
        "licence_url": ouvertes.LICENCE_URL,
        "colonnes": dict(ouvertes.COLONNES),
    }
    parts = ouvertes.write_json(head, ouvertes.stream_rows())
    return _stream(parts, "application/json; charset=utf-8", "administration-plus.json")


async def _read(request: Visit, criteres: Formulaire, now: Any) -> tuple[Statistiques, date]:
    """The figures asked by the address, and the last day they may be about."""
    noms = await load_noms()
    demandee = Demandee(
        vue=criteres.texte("vue"),
        organisme=criteres.identifiant("organisme"),
        departement=criteres.identifiant("departement"),
        groupe=criteres.identifiant("groupe"),
    )
    perimetre = await choose_perimetre(visite.read_signed(request), demandee, noms)
    today = _last_day(perimetre, day_in_paris(now))
    periode = read_periode(criteres.texte("periode"), criteres.texte("du"), criteres.texte("au"), today)
    return await build_statistiques(perimetre, periode, noms, now), today


def _last_day(perimetre: Perimetre, today: date) -> date:
    """Where small counts are hidden, only months that are over are told."""
    return today.replace(day=1) - timedelta(days=1) if perimetre.is_masque else today


def _adresse(criteres: Formulaire) -> str:
    """The choices of this page, to be put after the address of a table."""
    kept = [(name, criteres.texte(name)) for name in CRITERES]
    return urlencode([(name, value) for name, value in kept if value])


CRITERES = ("vue", "periode", "du", "au", "organisme", "departement", "groupe")


def _stream(parts: AsyncIterator[bytes], kind: str, name: str) -> Stream:
    return Stream(parts, media_type=kind, headers={"Content-Disposition": tableur.attachment(name)})


ROUTES = [get_statistiques, get_tableau, get_ouvertes_csv, get_ouvertes_json]
