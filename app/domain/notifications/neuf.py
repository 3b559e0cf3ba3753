"""Quoi de neuf: what happened since I last looked, by demande, exactly what I may read (product §9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import database
from app.domain.listes.menu import NEUF
from app.domain.listes.rangees import COLONNES, DANS_L_ORDRE, DEPUIS_LA_PAGE, Rangee, rangee_of
from app.domain.regles.permissions import Droits
from app.domain.regles.statuts import Nature

MOST = 50
LIGNES_MAX = 10
SEMAINE = timedelta(days=7)

# The week shows what was opened too: everything since `depuis` by others, whatever was seen.
NEUVES = """
with nouvelles as (select * from nouveautes(:agent, :depuis)),
"""
TOUTES = """
with nouvelles as (
    select d.numero, x.cote, x.lit_prives, lu_jusqu_a(l.last_at, l.non_lue_at, d.sent_at) as lu_at,
        :depuis::timestamptz as vu_at, v.activite_at
    from places x
    join demandes d on d.numero = x.demande and d.last_prive_at > :depuis
    left join lateral (
        select * from lectures where demande = x.demande and agent = :agent offset 0
    ) l on true
    cross join lateral (
        select case when x.lit_prives then d.last_prive_at else d.last_public_at end as activite_at) v
    where x.agent = :agent and x.erased_at is null and v.activite_at > :depuis and (
        (d.auteur <> x.agent and d.sent_at > :depuis)
        or exists (select from messages m where m.demande = d.numero and m.sent_at > :depuis
            and m.auteur is distinct from x.agent and (not m.is_prive or x.lit_prives)))
),
"""
PAGE = """
page as (
    select numero, cote, lit_prives, lu_at, vu_at, activite_at,
        row_number() over (order by activite_at desc, numero) as rang
    from nouvelles order by rang limit :most
)
"""
# The last lines of each, the newest first, the clock’s own included: they say why it is here.
LIGNES = """,
    (select array_agg(row(f.at, f.nature, f.auteur, f.signature, f.groupe, f.quoi, f.is_prive) order by f.at desc)
     from (select m.sent_at as at, m.nature, coalesce(trim(a.prenom || ' ' || a.nom), '') as auteur, m.signature,
            coalesce(mg.nom, '') as groupe, m.is_prive,
            concat_ws(', ', (select string_agg(i.nom, ', ' order by i.nom) from groupes i
                where i.id = any(m.groupes_invites)),
                (select string_agg(trim(i.prenom || ' ' || i.nom), ', ' order by i.nom, i.prenom) from agents i
                where i.id = any(m.agents_invites))) as quoi
        from messages m left join agents a on a.id = m.auteur left join groupes mg on mg.id = m.groupe
        where m.demande = d.numero and m.sent_at > p.vu_at and m.auteur is distinct from :agent
            and (not m.is_prive or p.lit_prives)
        order by m.sent_at desc, m.id desc limit :lignes) f) as lignes,
    d.sent_at > p.vu_at and d.auteur <> :agent as is_arrivee, (select count(*) from nouvelles) as total
"""


@dataclass(frozen=True)
class LigneNeuve:
    """Something another did. `quoi` is whom it was about."""

    at: datetime
    nature: Nature
    auteur: str
    signature: str
    groupe: str
    quoi: str
    is_prive: bool


@dataclass(frozen=True)
class Nouveaute:
    """A demande and what happened in it; `is_arrivee` when the demande itself is new to its reader."""

    rangee: Rangee
    lignes: tuple[LigneNeuve, ...]
    is_arrivee: bool


@dataclass(frozen=True)
class Neuf:
    """The newest first; `total` counts those beyond the page too. `vu_at`: when everything was last marked as seen."""

    nouveautes: tuple[Nouveaute, ...]
    total: int
    vu_at: datetime | None


async def list_neuf(droits: Droits, now: datetime, *, is_semaine: bool = False) -> Neuf:
    """What is new to this agent; with `is_semaine`, everything others did in seven days, seen or not."""
    rows = await database.fetch(
        (TOUTES if is_semaine else NEUVES) + PAGE + COLONNES + LIGNES + DEPUIS_LA_PAGE + DANS_L_ORDRE,
        agent=droits.agent,
        depuis=now - (SEMAINE if is_semaine else NEUF),
        most=MOST,
        lignes=LIGNES_MAX,
    )
    seen = await database.fetch_one("select neuf_vu_at from agents where id = :agent", agent=droits.agent)
    nouveautes = tuple(
        Nouveaute(
            rangee_of(row, droits),
            tuple(
                LigneNeuve(at, Nature(nature), auteur, signature, groupe, quoi, is_prive)
                for at, nature, auteur, signature, groupe, quoi, is_prive in row["lignes"] or ()
            ),
            row["is_arrivee"],
        )
        for row in rows
    )
    return Neuf(nouveautes, rows[0]["total"] if rows else 0, seen["neuf_vu_at"] if seen else None)


SEE_ALL = """
update agents set neuf_vu_at = greatest(neuf_vu_at, least(:vu::timestamptz, :now)) where id = :agent
"""


async def see_all(droits: Droits, vu: datetime, now: datetime) -> None:
    """« Tout marquer comme vu »: up to `vu`, the instant of the page. What came since stays new."""
    await database.fetch(SEE_ALL, agent=droits.agent, vu=vu, now=now)
