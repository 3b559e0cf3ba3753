"""The three lists of demandes: reçues, miennes, suivies. Tabs and rows come from one text each (product §6)."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from app import database
from app.domain.listes.criteres import PAR_PAGE, Criteres, Tri, clean_criteres, page_within
from app.domain.listes.rangees import COLONNES, DANS_L_ORDRE, DEPUIS_LA_PAGE, Rangee, rangee_of
from app.domain.regles.permissions import Droits

# Every base is read with $1 the agent, $2 the groupes they instruct for, $3 now: said once, so that a base may
# leave one unused. It ends with the CTE `liste`, one line per demande of the reader:
#   numero, departement, groupes, is_urgente, is_mienne, is_nouvelle, lit_prives (twin of can_read_prives), lu_at,
#   late_at, tour (twin of statuts.tour), sent_at, arrivee_at, activite_at, repere, onglets.
# Who may not read private messages never learns of them, not even by a date: activite_at is then the public one.
# Each starts from an index of the agent's own load: its cost does not grow with the base.
LECTURE = """
with visite as (select $1::integer as agent, $2::integer[] as groupes, $3::timestamptz as instant),
"""

# My groupes' living parts, and the demandes I am invited on by name. Whoever has parts of their own is judged on
# these; whoever was only invited by name, on all of them.
RECUES_LISTE = """
perimetre as (
    select demande, bool_or(is_du_groupe) as is_du_groupe
    from (
        select demande, true as is_du_groupe from sollicitations where groupe = any($2) and closed_at is null
        union all
        select demande, false from invitations where agent = $1 and qualite = 'instructeur' and $2::integer[] <> '{}'
    ) acces
    group by demande
),
liste as (
    select d.numero, d.departement, p.groupes, d.urgence is not null as is_urgente, p.is_mienne, 'instructeur' as cote,
        l.id is null and d.auteur <> $1 as is_nouvelle, l.last_at as lu_at, p.late_at, d.sent_at, d.repere, lit_prives,
        case when p.is_a_repondre then 'instructeur' when p.is_ouverte then 'aidant' else 'personne' end as tour,
        greatest(p.solicited_at, i.invited_at) as arrivee_at,
        case when lit_prives then d.last_prive_at else d.last_public_at end as activite_at,
        array_remove(array[
            case when l.id is null and (p.is_ouverte or i.qualite = 'instructeur') then 'nouvelles' end,
            case when p.is_ouverte then 'en-cours' end,
            case when p.is_ouverte and p.late_at < $3 then 'en-souffrance' end,
            case when not p.is_ouverte then 'traitees' end], null) as onglets
    from perimetre x
    join demandes d on d.numero = x.demande and d.closed_at is null
    left join lectures l on l.demande = d.numero and l.agent = $1
    left join invitations i on i.demande = d.numero and i.agent = $1
    cross join lateral (select d.auteur <> $1 and i.qualite is distinct from 'collegue' as lit_prives) r
    cross join lateral (
        select bool_or(s.traitee_at is null and s.declinee_at is null) as is_ouverte,
            bool_or(s.traitee_at is null and s.declinee_at is null
                and (s.replied_at is null or s.replied_at <= d.last_aidant_at)) as is_a_repondre,
            min(s.late_at) as late_at, max(s.solicited_at) as solicited_at, array_agg(s.groupe) as groupes,
            coalesce(bool_or(s.taken_by = $1), false) as is_mienne
        from sollicitations s
        where s.demande = d.numero and (not x.is_du_groupe or s.groupe = any($2))
    ) p
),
"""

# What I sent and what a colleague invited me to, until its personal data are erased.
MIENNES_LISTE = """
perimetre as (
    select numero as demande from demandes where auteur = $1 and erased_at is null
    union
    select demande from invitations where agent = $1 and qualite = 'collegue'
),
liste as (
    select d.numero, d.departement, array[d.groupe] as groupes, d.urgence is not null as is_urgente, 'aidant' as cote,
        d.auteur = $1 as is_mienne, l.id is null and d.auteur <> $1 as is_nouvelle, l.last_at as lu_at, p.late_at,
        d.sent_at, d.repere, false as lit_prives, i.invited_at as arrivee_at, d.last_public_at as activite_at,
        case when d.closed_at is not null then 'personne' when p.is_a_repondre then 'instructeur' else 'aidant' end
            as tour,
        array[case when d.closed_at is not null then 'cloturees' when p.is_traitee then 'a-cloturer'
            else 'en-cours' end] as onglets
    from perimetre x
    join demandes d on d.numero = x.demande and d.erased_at is null
    left join lectures l on l.demande = d.numero and l.agent = $1
    left join invitations i on i.demande = d.numero and i.agent = $1
    cross join lateral (
        select bool_or(s.traitee_at is null and s.declinee_at is null
                and (s.replied_at is null or s.replied_at <= d.last_aidant_at)) as is_a_repondre,
            bool_and(s.traitee_at is not null) filter (where s.declinee_at is null) as is_traitee,
            min(s.late_at) as late_at
        from sollicitations s
        where s.demande = d.numero and d.closed_at is null
    ) p
),
"""

# What an expert was invited on, while it is open.
SUIVIES_LISTE = """
liste as (
    select d.numero, d.departement, '{}'::integer[] as groupes, d.urgence is not null as is_urgente, 'expert' as cote,
        false as is_mienne, l.id is null and d.auteur <> $1 as is_nouvelle, l.last_at as lu_at, p.late_at, d.sent_at,
        d.repere, lit_prives, i.invited_at as arrivee_at,
        case when lit_prives then d.last_prive_at else d.last_public_at end as activite_at,
        case when p.is_a_repondre then 'instructeur' else 'aidant' end as tour,
        array['suivies'] as onglets
    from invitations i
    join demandes d on d.numero = i.demande and d.closed_at is null
    left join lectures l on l.demande = d.numero and l.agent = $1
    cross join lateral (select d.auteur <> $1 as lit_prives) r
    cross join lateral (
        select bool_or(s.traitee_at is null and s.declinee_at is null
                and (s.replied_at is null or s.replied_at <= d.last_aidant_at)) as is_a_repondre,
            min(s.late_at) as late_at
        from sollicitations s
        where s.demande = d.numero
    ) p
    where i.agent = $1 and i.qualite = 'expert' and exists (select 1 from agents where id = $1 and is_expert)
),
"""

# A code nobody knows hides nothing. The dear test last: unread messages are looked for only when asked, in what is
# left.
FILTRES = """
retenues as (
    select * from liste
    where ($4::integer is null or $4 = any(groupes))
        and departement = coalesce((select id from departements where code = $5::varchar), departement)
        and ($6::varchar is null or not exists (select 1 from organismes where code = $6) or exists (
            select 1 from sollicitations s join groupes g on g.id = s.groupe join organismes o on o.id = g.organisme
            where s.demande = liste.numero and o.code = $6))
        and ($7::text is null or tour = $7)
        and (not $8::boolean or is_mienne)
        and (not $10::boolean or is_urgente)
        and ($11::text[] is null or repere like all ($11))
        and (not $9::boolean or is_nouvelle or exists (
            select 1 from messages m
            where m.demande = liste.numero and m.auteur is distinct from $1 and (not m.is_prive or lit_prives)
                and m.sent_at > coalesce(lu_at, '-infinity')))
)
"""

# Under « arrivees » and « messages », what changed since $12: demandes that came, demandes where someone wrote.
COMPTES = """,
comptes as (
    select onglet, count(*) as nombre from retenues cross join unnest(onglets) as onglet group by onglet
    union all
    select 'arrivees', count(*) from retenues where is_nouvelle and arrivee_at > $12::timestamptz
    union all
    select 'messages', count(*) from retenues
    where activite_at > $12 and not (is_nouvelle and arrivee_at > $12) and exists (
        select 1 from messages m
        where m.demande = retenues.numero and m.auteur is distinct from $1 and (not m.is_prive or lit_prives)
            and m.sent_at > $12)
),
"""

# What the filters offer: the départements and the organismes of the reader's own demandes, and the one chosen.
CHOIX = """
presents as materialized (
    select distinct liste.departement, g.organisme
    from liste join sollicitations s on s.demande = liste.numero join groupes g on g.id = s.groupe
),
choix as (
    select 'departement' as nature, code, nom as libelle, id in (select departement from presents) as is_present
    from departements where code = $5 or id in (select departement from presents)
    union all
    select 'organisme', code, sigle, true
    from organismes where code = $6 or id in (select organisme from presents)
),
"""

# Urgent first, then the first deadline: what is en souffrance comes before what is not yet. A page beyond the last
# one is the last one.
PAGE = """
page as (
    select numero, cote, lit_prives, lu_at, activite_at, row_number() over (
        order by
            case when $14::text = 'urgentes' then is_urgente end desc nulls last,
            case when $14 = 'urgentes' then late_at end nulls last,
            case when $14 = 'recentes' then sent_at end desc nulls last,
            activite_at desc, numero desc) as rang
    from retenues where $13::text = any(onglets)
    order by rang limit $15
    offset least($16::bigint - 1, ((select nombre from comptes where onglet = $13) - 1) / $15) * $15
),
"""

# Counts and choices are said once, beside the first row; alone when no row is shown.
AUTOUR = """
autour as (
    select coalesce((select min(rang) from page), 0) as rang,
        array(select row(onglet, nombre) from comptes) as comptes,
        array(select row(nature, code, libelle, is_present) from choix order by nature, code) as choix
)
"""
COLONNES_AUTOUR = ", autour.comptes, autour.choix"
DEPUIS_AUTOUR = "full join autour on autour.rang = p.rang"


@dataclass(frozen=True)
class Boite:
    """A list: its tabs in order, the one it opens on, its order, and its text."""

    onglets: tuple[str, ...]
    defaut: str
    tri: Tri
    texte: str
    onglets_anciens: tuple[str, ...] = ()  # nothing presses there any more: last activity first

    @cached_property
    def sql(self) -> str:
        """The base of the list, then what is asked of it: named texts end to end, one round trip."""
        asked = (FILTRES, COMPTES, CHOIX, PAGE, AUTOUR, COLONNES, COLONNES_AUTOUR)
        return "".join((LECTURE, self.texte, *asked, DEPUIS_LA_PAGE, DEPUIS_AUTOUR, DANS_L_ORDRE))

    def tri_of(self, criteres: Criteres) -> str:
        """The order asked, or the natural one of this tab."""
        return criteres.tri or (Tri.ACTIVITE if criteres.onglet in self.onglets_anciens else self.tri)


RECUES = Boite(
    onglets=("nouvelles", "en-cours", "en-souffrance", "traitees"),
    defaut="en-cours",
    tri=Tri.URGENTES,
    texte=RECUES_LISTE,
    onglets_anciens=("traitees",),
)
MIENNES = Boite(
    onglets=("en-cours", "a-cloturer", "cloturees"), defaut="en-cours", tri=Tri.ACTIVITE, texte=MIENNES_LISTE
)
SUIVIES = Boite(onglets=("suivies",), defaut="suivies", tri=Tri.ACTIVITE, texte=SUIVIES_LISTE)


@dataclass(frozen=True)
class Liste:
    """One page of a list. `criteres` is what was understood; `choix` what the filters offer: nature → (code, words)."""

    criteres: Criteres
    tri: str
    rangees: tuple[Rangee, ...]
    comptes: dict[str, int]
    page: int
    pages: int
    choix: dict[str, tuple[tuple[str, str], ...]]
    arrivees: int
    messages: int
    has_any: bool  # the reader has demandes here, filters and tab aside

    @property
    def total(self) -> int:
        """How many demandes stand in this tab, whatever the page."""
        return self.comptes.get(self.criteres.onglet, 0)


async def list_demandes(boite: Boite, droits: Droits, criteres: Criteres, now: datetime) -> Liste:
    """One page of a list, with the counts of its tabs under the same filters. Never raises on odd criteria."""
    visite = (droits.agent, list(droits.instructeur), now)
    groupes = droits.instructeur if boite is RECUES else droits.groupes
    criteres = clean_criteres(criteres, onglets=boite.onglets, defaut=boite.defaut, groupes=groupes)
    tri = boite.tri_of(criteres)
    rows = await database.fetch(
        boite.sql, *visite, *_parametres(criteres), criteres.onglet, tri, PAR_PAGE, criteres.page
    )
    comptes = dict(rows[0]["comptes"])
    choix = {
        nature: tuple((code, libelle) for of, code, libelle, _ in rows[0]["choix"] if of == nature)
        for nature in ("departement", "organisme")
    }
    page, pages = page_within(criteres.page, comptes.get(criteres.onglet, 0))
    return Liste(
        criteres=replace(
            criteres,
            departement=criteres.departement if criteres.departement in dict(choix["departement"]) else "",
            organisme=criteres.organisme if criteres.organisme in dict(choix["organisme"]) else "",
        ),
        tri=tri,
        rangees=tuple(rangee_of(row, droits) for row in rows if row["numero"] is not None),
        comptes={onglet: comptes.get(onglet, 0) for onglet in boite.onglets},
        page=page,
        pages=pages,
        choix=choix,
        arrivees=comptes["arrivees"],
        messages=comptes["messages"],
        has_any=any(is_present for _, _, _, is_present in rows[0]["choix"]),
    )


def _parametres(criteres: Criteres) -> tuple[Any, ...]:
    return (
        criteres.groupe,
        criteres.departement[:3] or None,
        criteres.organisme[:40] or None,
        criteres.a_qui or None,
        criteres.is_mienne,
        criteres.is_non_lue,
        criteres.is_urgente,
        criteres.motifs,
        criteres.depuis,
    )
