"""Finding a demande: number, title, usager, messages, without case or accents, among what one may read (§3, §6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database
from app.domain.listes.criteres import PAR_PAGE, motifs_of, mots_of, page_within
from app.domain.listes.extraits import Morceau, contains_any, make_extrait, mark_words
from app.domain.listes.rangees import COLONNES, DANS_L_ORDRE, DEPUIS_LA_PAGE, Rangee, rangee_of
from app.domain.regles.permissions import Droits

NUMERO_MAX = 2**53

# Who may not read private messages neither finds them nor learns their date. Erased demandes have no text left: only
# their number finds them. `offset 0` keeps the demandes read one by one by their number: however many the planner
# expects, an agent's own load is far fewer than the base.
RECHERCHE = """
with lues as (
    select d.numero, d.repere, x.cote, x.lit_prives, l.last_at as lu_at,
        case when x.lit_prives then d.last_prive_at else d.last_public_at end as activite_at
    from places x
    cross join lateral (
        select * from demandes where numero = x.demande and (erased_at is null or numero = :numero) offset 0
    ) d
    left join lectures l on l.demande = d.numero and l.agent = :agent
    where x.agent = :agent
),
trouvees as materialized (
    select lues.*, m.id as message, lues.repere like all (:motifs::text[]) as is_trouvee
    from lues
    left join lateral (
        select m.id from messages m
        where m.demande = lues.numero and m.repere like all (:motifs) and (not m.is_prive or lues.lit_prives)
            and not lues.repere like all (:motifs)
        order by m.sent_at desc, m.id desc limit 1
    ) m on true
    where lues.repere like all (:motifs) or lues.numero = :numero or m.id is not null
),
page as (
    select *, count(*) over () as total, row_number() over (
        order by numero = :numero desc nulls last, is_trouvee desc, activite_at desc, numero desc) as rang
    from trouvees
    order by rang limit :longueur
    offset least(:page::bigint - 1, greatest(0, ((select count(*) from trouvees) - 1) / :longueur)) * :longueur
)
"""
# The words of the message found, who wrote it and when are read for the page shown only.
MESSAGE = """,
    p.total, m.texte as message, m.is_prive as message_is_prive, m.sent_at as message_sent_at,
    (select trim(a.prenom || ' ' || a.nom) from agents a where a.id = m.auteur) as message_auteur
"""
DEPUIS_LE_FIL = "left join messages m on m.id = p.message"
TROUVER = "".join((RECHERCHE, COLONNES, MESSAGE, DEPUIS_LA_PAGE, DEPUIS_LE_FIL, DANS_L_ORDRE))


@dataclass(frozen=True)
class Extrait:
    """The message where it was found."""

    morceaux: tuple[Morceau, ...]
    auteur: str
    is_prive: bool
    sent_at: datetime


@dataclass(frozen=True)
class DemandeTrouvee:
    """A demande found, and where: marked pieces of what its reader may read."""

    rangee: Rangee
    titre: tuple[Morceau, ...]
    numero: tuple[Morceau, ...]  # empty unless found there
    usager: tuple[Morceau, ...]  # empty unless found there
    extrait: Extrait | None


@dataclass(frozen=True)
class Recherche:
    """One page of what was found."""

    q: str
    trouvailles: tuple[DemandeTrouvee, ...]
    total: int
    page: int
    pages: int


async def find_demandes(droits: Droits, q: str, page: int) -> Recherche:
    """The demandes this agent may read where every word stands: the number first, then titles and usagers, then
    messages. A page beyond the last one is the last one; no word finds nothing.
    """
    mots = mots_of(q)
    if not mots:
        return Recherche(q, (), 0, 1, 1)
    rows = await database.fetch(
        TROUVER, agent=droits.agent, motifs=motifs_of(q), numero=_numero(mots), longueur=PAR_PAGE, page=page
    )
    total = rows[0]["total"] if rows else 0
    shown, pages = page_within(page, total)
    # The letter of « Martine D. » helps to find, but marking it would mark every d of the page.
    marques = [mot for mot in mots if len(mot) > 1] or mots
    return Recherche(q, tuple(_trouvaille_of(row, droits, marques) for row in rows), total, shown, pages)


def _numero(mots: list[str]) -> int | None:
    """The number, when nothing else was typed."""
    if len(mots) == 1 and mots[0].isascii() and mots[0].isdecimal() and int(mots[0][:17]) <= NUMERO_MAX:
        return int(mots[0][:17])
    return None


def _trouvaille_of(row: Any, droits: Droits, mots: list[str]) -> DemandeTrouvee:
    rangee = rangee_of(row, droits)
    usager = f"{rangee.usager_prenom} {rangee.usager_nom}".strip()
    extrait = None
    if row["message"] is not None:
        extrait = Extrait(
            make_extrait(row["message"], mots),
            row["message_auteur"] or "",
            row["message_is_prive"],
            row["message_sent_at"],
        )
    return DemandeTrouvee(
        rangee=rangee,
        titre=mark_words(rangee.titre, mots),
        numero=mark_words(str(rangee.numero), mots) if contains_any(str(rangee.numero), mots) else (),
        usager=mark_words(usager, mots) if contains_any(usager, mots) else (),
        extrait=extrait,
    )
