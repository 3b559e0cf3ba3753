"""`/administration/journal`: who did what, on what, when, from where; its export; its seals checked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Stream

from app import pages, tableur
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.journal import (
    COMPTES_MAX,
    LECTURES,
    CriteresJournal,
    LigneJournal,
    PageJournal,
    export_journal,
    read_journal,
    verify_journal,
)
from app.domain.faits.journal import Constat, Rupture
from app.domain.faits.registre import Fait
from app.formulaire import Formulaire, as_id
from app.pages import Contexte
from app.routes.params import Form, Now, Query, Signed, Visit
from app.templating import pluriel

PAGE = "administration/journal.html"
URL = "/administration/journal"
ANNEES = (2000, 2100)
ENTETES = (
    *("Instant", "Agent", "Nom", "Fait", "Libellé", "Demande", "Groupe", "Compte visé", "Précision"),
    *("Réseau", "Navigateur"),
)
#: The first choices of the list of faits: several together, by a word that is none of theirs.
ENSEMBLES = {"lectures": ("Lectures de données personnelles", LECTURES)}
SANS_COMPTE = "Sans compte"
RUPTURES = {
    Rupture.MODIFIEE: "une ligne a été changée",
    Rupture.MANQUANTE: "une ligne manque",
    Rupture.CLE_ABSENTE: "la clé qui a scellé une ligne n’est plus fournie",
}


@dataclass(frozen=True, kw_only=True)
class JournalLu(Contexte):
    """One page of lines, what was looked for, and what the check of the seals said."""

    templates = (PAGE,)
    criteres: CriteresJournal
    du: str
    au: str
    trouve: PageJournal
    total: str
    fait: str
    faits: list[tuple[str, str]]
    suite: str
    constat: str
    ton: str


@get(URL)
async def get_journal(request: Visit, signed: Signed, criteres: Query, now: Now) -> Response[Any]:
    """Latest first. Raises Refus."""
    return await pages.show(request, PAGE, await _load(signed, criteres, now))


@get(f"{URL}.csv")
async def get_journal_csv(signed: Signed, criteres: Query, now: Now) -> Stream:
    """The same lines, all of them, as a file. Raises Refus."""
    lines = await export_journal(signed, read_criteres(criteres), now)

    async def rows() -> AsyncIterator[tableur.Rangee]:
        async for line in lines:
            yield _row_of(line, signed)

    nom = f"Journal Administration+ {now.astimezone(signed.zone):%Y-%m-%d}.csv"
    return Stream(
        tableur.write_csv(ENTETES, rows()),
        media_type=tableur.CSV,
        headers={"Content-Disposition": tableur.attachment(nom)},
    )


@post(f"{URL}/verification")
async def create_verification(request: Visit, signed: Signed, form: Form, now: Now) -> Response[Any]:
    """Read every seal again and say what was found. Raises Refus."""
    constat, ton = say_constat(await verify_journal(signed, now))
    return await pages.show(request, PAGE, await _load(signed, form, now, constat=constat, ton=ton))


def read_criteres(query: Formulaire) -> CriteresJournal:
    """What the address asks."""
    return CriteresJournal(
        qui=query.texte("qui")[:200],
        sur=query.texte("sur")[:200],
        faits=_read_faits(query.texte("fait")),
        du=_read_jour(query, "du"),
        au=_read_jour(query, "au"),
    )


def _read_faits(mot: str) -> tuple[Fait, ...]:
    return ENSEMBLES[mot][1] if mot in ENSEMBLES else tuple(fait for fait in Fait if fait == mot)


def _read_jour(query: Formulaire, nom: str) -> date | None:
    """A day that a journal may have: the ends of the calendar cannot be moved by an hour."""
    jour = query.jour(nom)
    return jour if jour is not None and ANNEES[0] <= jour.year <= ANNEES[1] else None


def say_constat(constat: Constat | None) -> tuple[str, str]:
    """What the check found, and the tone that confirms it."""
    if constat is None:
        return (
            "Le journal est trop long pour être relu depuis une page\u00a0: il l’est chaque nuit, et par la commande "
            "check.",
            "alerte",
        )
    if constat.rupture is not None:
        return (
            f"Le journal ne tient pas\u00a0: {RUPTURES[constat.rupture]} (ligne {constat.ligne}).",
            "erreur",
        )
    attente = f"\u00a0; {pluriel(constat.en_attente, 'ligne récente', 'lignes récentes')} à sceller"
    return (
        f"Le journal est intact\u00a0: {pluriel(constat.lignes, 'ligne scellée', 'lignes scellées')}"
        f"{attente if constat.en_attente else ''}.",
        "succes",
    )


def _row_of(line: LigneJournal, signed: Agent) -> tableur.Rangee:
    return (
        line.at.astimezone(signed.zone),
        line.agent,
        line.qui or (SANS_COMPTE if line.reseau and not line.agent else "Administration+"),
        line.fait,
        line.libelle,
        line.demande,
        line.groupe_nom,
        line.vise_nom,
        line.precision,
        line.reseau,
        line.navigateur,
    )


async def _load(
    signed: Agent, query: Formulaire, now: datetime, *, constat: str = "", ton: str = "info"
) -> JournalLu:
    criteres = read_criteres(query)
    trouve = await read_journal(signed, criteres, as_id(query.texte("page")) or 1, now)
    kept = [(nom, query.texte(nom)) for nom in ("qui", "sur", "fait", "du", "au") if query.texte(nom)]
    return JournalLu(
        criteres=criteres,
        du=criteres.du.isoformat() if criteres.du else "",
        au=criteres.au.isoformat() if criteres.au else "",
        trouve=trouve,
        total=f"Plus de {COMPTES_MAX} faits" if trouve.is_beaucoup else pluriel(trouve.total, "fait"),
        fait=query.texte("fait") if criteres.faits else "",
        faits=[
            *((mot, libelle) for mot, (libelle, _) in ENSEMBLES.items()),
            *sorted(((fait.value, fait.fiche.libelle) for fait in Fait), key=lambda one: one[1]),
        ],
        suite=urlencode(kept),
        constat=constat,
        ton=ton,
    )


ROUTES = [get_journal, get_journal_csv, create_verification]
