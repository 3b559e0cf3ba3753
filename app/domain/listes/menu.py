"""The left menu: where this agent may go, with what waits there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.sessions import Signed, find_signed_with
from app.domain.regles.permissions import Droits, can_administer, can_create_demande, can_see_deployment


@dataclass(frozen=True)
class Entree:
    """One link of the menu."""

    libelle: str
    url: str
    compte: int | None = None
    is_current: bool = False


ADMINISTRATION = "/administration"
#: The pages under these stand under their link too.
WITH_PAGES = ("/groupes", f"{ADMINISTRATION}/agents", "/aide")
#: What is older is no news.
NEUF = timedelta(days=30)

# What waits, from the living rows only: the « En cours » of Demandes reçues, my open demandes, the ones I follow as
# an expert. It is lighter than the lists, and tests/domain/listes/test_boites.py holds it equal to their tabs. `sauf`
# names the one that the page itself brings, null here; `lue` is the demande that it reads, which is no news after.
COUNTS = """
    case when :sauf::text <> 'recues' then (
        select count(distinct demande) from cote_instructeur
        where agent = :agent and closed_at is null and is_ouverte) end as recues,
    case when :sauf <> 'miennes' then (
        select count(distinct demande) from cote_aidant where agent = :agent and closed_at is null) end as miennes,
    case when :sauf <> 'suivies' then (select count(*) from cote_expert where agent = :agent) end as suivies,
    (select count(*) from blocages_dits where agent = :agent) as blocages,
    (select count(*) from nouveautes(:agent, :depuis) where :lue::bigint is null or numero <> :lue) as neuves
"""
WAITING = f"select {COUNTS}"
LISTES = ("recues", "miennes", "suivies")


async def find_signed_with_counts(
    jeton: str, agent: int, now: datetime, *, sauf: str, lue: int | None
) -> tuple[Signed | None, Any]:
    """Who this session token of that agent belongs to, and what `build_menu` counts but for `sauf`, in one question;
    as if the demande `lue` were read.
    """
    return await find_signed_with(jeton, COUNTS, now, agent=agent, depuis=now - NEUF, sauf=sauf, lue=lue)


async def build_menu(droits: Droits, chemin: str, now: datetime, counts: Any = None) -> list[Entree]:
    """The links this agent may follow; a count says what is still open there. `counts`: as they were found already,
    asked again when that of a list is missing.
    """
    if counts is None or any(counts[liste] is None for liste in LISTES):
        counts = await database.fetch_one(WAITING, agent=droits.agent, depuis=now - NEUF, sauf="", lue=None)
    assert counts is not None
    return _list_entries(droits, chemin, counts)


def build_plain_menu(droits: Droits, chemin: str) -> list[Entree]:
    """The same links as rights alone tell them, without a count: for a page that must not ask the base anything."""
    return _list_entries(droits, chemin, Counter())


def _list_entries(droits: Droits, chemin: str, row: Mapping[str, int]) -> list[Entree]:
    entries: list[tuple[str, str, int | None]] = []
    if can_administer(droits):
        entries.append(("Administration", ADMINISTRATION, None))
    if droits.instructeur or row["recues"]:
        entries.append(("Demandes reçues", "/demandes/recues", row["recues"]))
    if can_create_demande(droits) or row["miennes"]:
        entries.append(("Mes demandes", "/demandes", row["miennes"]))
    if droits.is_expert:
        entries.append(("Demandes suivies", "/demandes/suivies", row["suivies"]))
    entries.append(("Quoi de neuf", "/quoi-de-neuf", row["neuves"]))
    if row["blocages"]:
        entries.append(("Blocages collectifs", "/blocages", row["blocages"]))
    if droits.groupes or droits.is_administrateur:
        libelle = "Groupes" if droits.is_administrateur else "Mes groupes"
        entries.append((libelle, "/groupes", None))
    entries.append(("Statistiques", "/statistiques", None))
    if can_see_deployment(droits):
        entries.append(("Déploiement", "/deploiement", None))
    if can_administer(droits):
        entries.append(("Agents", f"{ADMINISTRATION}/agents", None))
        entries.append(("Journal", f"{ADMINISTRATION}/journal", None))
        entries.append(("Demandes d’usagers", f"{ADMINISTRATION}/demandes-usagers", None))
    entries.append(("Aide", "/aide", None))
    entries.append(("Mon profil", "/profil", None))
    return [Entree(libelle, url, compte or None, is_at(chemin, url)) for libelle, url, compte in entries]


def is_at(chemin: str, url: str) -> bool:
    """This page stands under that link; the pages of one groupe stand under « Mes groupes »."""
    return chemin == url or (url in WITH_PAGES and chemin.startswith(f"{url}/"))
