"""The journal as the A+ team reads it: who did what, on what, when, from where; ids and codes in words, no content.

Reading it, taking it away and checking its seals are themselves written in it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.journal import Constat, check_journal
from app.domain.faits.provenance import NAVIGATEUR, RESEAU
from app.domain.faits.registre import Fait
from app.domain.listes.criteres import motifs_of
from app.domain.regles.permissions import can_administer, require

PAR_PAGE = 50
#: Beyond, the number of lines is said « plus de »: counting millions would take longer than reading them.
COMPTES_MAX = 5_000
#: More people or groupes than that by one word: another word is needed.
TROUVES_MAX = 200
#: A request does not last longer than people wait; a long journal is checked each night, and by `check`.
VERIFICATION_SECONDS = 15
#: What somebody read or took away that may hold personal data: the filter « Lectures de données personnelles ».
LECTURES = (
    *(Fait.DEMANDE_CONSULTEE, Fait.IDENTIFIANT_AFFICHE, Fait.PIECE_OUVERTE, Fait.MANDAT_VU),
    *(Fait.REQUETE_CHERCHEE, Fait.VUE_PAGE, Fait.JOURNAL_EXPORTE),
)
#: What a line may say besides: the key of its details, and the words for it. Other keys are ids and codes.
PRECISIONS: Mapping[str, str] = {
    "motif": "motif",
    "roles": "rôles",
    "qualites": "rôles",
    "sessions": "sessions fermées",
    "departements": "départements",
    "membres": "membres",
    "lignes": "lignes",
    "crees": "créés",
    "mis_a_jour": "mis à jour",
    "raison": "raison",
    "nature": "nature",
    "version": "version",
    "langue": "langue",
    "par": "par",
}


@dataclass(frozen=True)
class CriteresJournal:
    """What is looked for. `qui`: a name or an address; `sur`: a number of demande, or the name of a groupe.

    `faits`: any of these, all of them when it is empty.
    """

    qui: str = ""
    sur: str = ""
    faits: tuple[Fait, ...] = ()
    du: date | None = None
    au: date | None = None

    @property
    def is_vide(self) -> bool:
        """Nothing was asked: the whole journal."""
        return not (self.qui or self.sur or self.faits or self.du or self.au)


@dataclass(frozen=True)
class LigneJournal:
    """One line. An empty `qui` is the platform itself, or somebody without an account when it came from a `reseau`.

    `vise`: the account it is about.
    """

    at: datetime
    fait: str
    libelle: str
    agent: int | None
    qui: str
    demande: int | None
    groupe: int | None
    groupe_nom: str
    vise: int | None
    vise_nom: str
    precision: str
    reseau: str
    navigateur: str


@dataclass(frozen=True)
class PageJournal:
    """One page, latest first. `is_beaucoup`: there are more than COMPTES_MAX lines."""

    lignes: tuple[LigneJournal, ...]
    total: int
    is_beaucoup: bool
    page: int
    pages: int


# Each condition stands alone, so that the base may start from the index of the one that is asked.
CLAUSES = {
    "agents": "(j.agent = any(:agents::int[]) or j.details->>'agent' = any(:vises::text[]))",
    "demande": "j.demande = :demande",
    "groupes": "j.groupe = any(:groupes::int[])",
    "faits": "j.fait = any(:faits)",
    "debut": "j.at >= :debut",
    "fin": "j.at < :fin",
}
LINES = "select j.id, j.at, j.fait, j.agent, j.demande, j.groupe, j.details from journal j where "
COUNT, LIMIT = "select count(*) as nombre from (select from journal j where ", " limit :most) l"
NAMES = """
select l.*, coalesce(nullif(trim(a.prenom || ' ' || a.nom), ''), a.email, '') as qui, g.nom as groupe_nom,
    v.id as vise, coalesce(nullif(trim(v.prenom || ' ' || v.nom), ''), v.email, '') as vise_nom
from l left join agents a on a.id = l.agent left join groupes g on g.id = l.groupe
left join agents v on v.id = case when jsonb_typeof(l.details->'agent') = 'number' then (l.details->>'agent')::int end
order by l.at desc, l.id desc
"""
AGENTS = (
    "select id from agents where plier(prenom || ' ' || nom || ' ' || email) like all (:motifs) limit :most"
)
GROUPES = "select id from groupes where plier(nom) like all (:motifs) limit :most"


async def read_journal(signed: Signed, criteres: CriteresJournal, page: int, now: datetime) -> PageJournal:
    """The lines asked for, latest first; reading them is written in the journal. Raises Refus."""
    require(can_administer(signed.droits))
    where, named = await _conditions(signed, criteres)
    [row] = await database.fetch("".join((COUNT, where, LIMIT)), most=COMPTES_MAX + 1, **named)
    total = min(row["nombre"], COMPTES_MAX)
    pages = max(1, -(-total // PAR_PAGE))
    shown = min(max(1, page), pages)
    text = (
        f"with l as ({LINES}{where} order by j.at desc, j.id desc limit :longueur offset :debut_page) {NAMES}"
    )
    rows = await database.fetch(text, longueur=PAR_PAGE, debut_page=(shown - 1) * PAR_PAGE, **named)
    await _note(signed, Fait.JOURNAL_CONSULTE, {**_said(criteres), "page": shown}, now)
    return PageJournal(
        tuple(_ligne_of(line) for line in rows), total, row["nombre"] > COMPTES_MAX, shown, pages
    )


async def export_journal(
    signed: Signed, criteres: CriteresJournal, now: datetime
) -> AsyncIterator[LigneJournal]:
    """Every line asked for, streamed; taking them away is written in the journal. Raises Refus."""
    require(can_administer(signed.droits))
    where, named = await _conditions(signed, criteres)
    await _note(signed, Fait.JOURNAL_EXPORTE, _said(criteres), now)
    text = f"with l as ({LINES}{where}) {NAMES}"

    async def lines() -> AsyncIterator[LigneJournal]:
        async for line in database.stream(text, **named):
            yield _ligne_of(line)

    return lines()


async def verify_journal(signed: Signed, now: datetime) -> Constat | None:
    """Read every seal again; None when the journal is too long for a page. Raises Refus."""
    require(can_administer(signed.droits))
    try:
        async with asyncio.timeout(VERIFICATION_SECONDS):
            constat = await check_journal()
    except TimeoutError:
        return None
    rupture = constat.rupture.value if constat.rupture else ""
    await _note(signed, Fait.JOURNAL_VERIFIE, {"lignes": constat.lignes, "rupture": rupture}, now)
    return constat


async def _conditions(signed: Signed, criteres: CriteresJournal) -> tuple[str, dict[str, Any]]:
    """The clauses that are asked, and their parameters: texts of this module only, never of a person."""
    named: dict[str, Any] = {}
    asked = []
    if criteres.qui:
        rows = await database.fetch(AGENTS, motifs=motifs_of(criteres.qui), most=TROUVES_MAX)
        agents = [row["id"] for row in rows]
        asked.append("agents")
        named |= {"agents": agents, "vises": [str(agent) for agent in agents]}
    numero = criteres.sur.lower().removeprefix("n°").strip()
    if numero.isascii() and numero.isdecimal():
        asked.append("demande")
        named["demande"] = int(numero[:15])
    elif criteres.sur:
        rows = await database.fetch(GROUPES, motifs=motifs_of(criteres.sur), most=TROUVES_MAX)
        asked.append("groupes")
        named["groupes"] = [row["id"] for row in rows]
    if criteres.faits:
        asked.append("faits")
        named["faits"] = [fait.value for fait in criteres.faits]
    if criteres.du:
        asked.append("debut")
        named["debut"] = datetime.combine(criteres.du, time(), signed.zone)
    if criteres.au:
        asked.append("fin")
        named["fin"] = datetime.combine(criteres.au, time(), signed.zone) + timedelta(days=1)
    return " and ".join(CLAUSES[name] for name in asked) or "true", named


def _said(criteres: CriteresJournal) -> dict[str, object]:
    """What was looked for, without a name: the journal keeps ids and codes."""
    found = {
        "par_agent": bool(criteres.qui),
        "sur": criteres.sur if criteres.sur.isdecimal() else bool(criteres.sur),
        "fait": ", ".join(fait.value for fait in criteres.faits),
        "du": criteres.du.isoformat() if criteres.du else "",
        "au": criteres.au.isoformat() if criteres.au else "",
    }
    return {name: value for name, value in found.items() if value}


async def _note(signed: Signed, fait: Fait, details: Mapping[str, object], now: datetime) -> None:
    await happened(fait, agent=signed.droits.agent, details=details, now=now)


def _ligne_of(row: Any) -> LigneJournal:
    known = {fait.value: fait.fiche.libelle for fait in Fait}
    details = json.loads(row["details"])
    return LigneJournal(
        at=row["at"],
        fait=row["fait"],
        libelle=known.get(row["fait"], row["fait"]),
        agent=row["agent"],
        qui=row["qui"],
        demande=row["demande"],
        groupe=row["groupe"],
        groupe_nom=row["groupe_nom"] or "",
        vise=row["vise"],
        vise_nom=row["vise_nom"],
        precision=_say_details(details),
        reseau=details.get(RESEAU, ""),
        navigateur=details.get(NAVIGATEUR, ""),
    )


def _say_details(details: Mapping[str, Any]) -> str:
    """« motif : mutation ; sessions fermées : 2 »."""
    said = []
    for key, words in PRECISIONS.items():
        value = details.get(key)
        if value not in (None, "", [], False):
            texte = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            said.append(f"{words}\u00a0: {texte}")
    return "\u00a0; ".join(said)
