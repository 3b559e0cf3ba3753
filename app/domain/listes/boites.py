"""The three lists of demandes: reçues, miennes, suivies. Tabs and rows come from one text each (product §6)."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from app import database
from app.domain.demandes.presences import PRESENTES, since
from app.domain.listes.criteres import PAR_PAGE, Criteres, Tri, clean_criteres, page_within
from app.domain.listes.ensemble import BILANS, CLES, ENSEMBLE, PARTS
from app.domain.listes.rangees import COLONNES, DANS_L_ORDRE, DEPUIS_LA_PAGE, Rangee, rangee_of
from app.domain.regles.permissions import Droits

# A list is texts end to end. The first say `perimetre`, its demandes, `cles`, their numbers in order, and `parts`, what
# they are judged on; BILANS and ENSEMBLE read what every list reads in the same way; the last says `lignes`, one line
# per demande of the reader:
#   numero, departement, is_du_groupe, cote, is_urgente, is_mienne, is_prise, is_nouvelle, lit_prives, lu_at, late_at,
#   tour, sent_at, arrivee_at, activite_at, onglets.
# `onglets` has one bit for each tab it stands in, the first tab of the list being 1, the second 2, the third 4: two
# thousand sets of names are slow to write, compare and count.
# Who stands where, who reads private messages and whose turn it is come from the views of access
# (migrations/lisibles_2026_11_29.sql). Who may not read private messages never learns of them, not even by a date:
# activite_at is then the public one. Each base starts from an index of the agent's own load, so that its cost does not
# grow with the base.

# The living demandes this agent instructs. Who has parts of their own is judged on these; who was only called by name
# is judged on all of them, and finds the demande under « nouvelles » even when every part has ended. What they took in
# charge, unopened, is not new to them any more. `places` says what is read by who stands on the aidant side too, and
# is only asked when they stand there somewhere; nothing is kept from the others.
RECUES_PARTS = """
with appels as materialized (
    select c.demande from cote_instructeur c
    where c.agent = :agent and c.closed_at is null and c.groupe is null and not exists (
        select from cote_instructeur m where m.agent = :agent and m.demande = c.demande and m.groupe is not null)
),
parts as (
    select demande, groupe, traitee_at, declinee_at, replied_at, late_at, solicited_at, taken_by
    from sollicitations where closed_at is null
        and groupe = any (array(select groupe from adhesions_vivantes where agent = :agent and is_instructeur))
    union all
    select demande, null, traitee_at, declinee_at, replied_at, late_at, solicited_at, taken_by
    from sollicitations where demande = any (array(select demande from appels))
),
"""
RECUES_PERIMETRE = """
perimetre as (select demande from bilans union all select demande from appels),
"""
RECUES_LISTE = """
aidees as materialized (select demande from cote_aidant where agent = :agent and closed_at is null),
deux_cotes as materialized (
    select demande, lit_prives from places where agent = :agent and closed_at is null
        and demande = any (array(select demande from aidees)) and exists (select from aidees)
),
lignes as (
    select e.numero, e.departement, e.is_du_groupe, e.is_urgente, 'instructeur' as cote, e.is_a_moi as is_mienne,
        e.is_prise, e.is_nouvelle, e.lu_at, e.late_at, e.sent_at, p.lit_prives is not false as lit_prives,
        case when e.is_ouverte then e.tour else 'personne' end as tour,
        greatest(e.solicited_at, e.invited_at) as arrivee_at,
        case when p.lit_prives is not false then e.last_prive_at else e.last_public_at end as activite_at,
        case when not e.is_ouverte then 8 when e.is_late then 2 + 4 else 2 end
            + case when e.lu_at is null and (e.is_ouverte or e.qualite = 'instructeur') and not e.is_a_moi
                then 1 else 0 end as onglets
    from ensemble e left join deux_cotes p on p.demande = e.numero
    where e.closed_at is null
),
"""

# What I sent and what a colleague invited me to, until its personal data are erased.
MIENNES_PERIMETRE = """
with perimetre as materialized (select demande from cote_aidant where agent = :agent and erased_at is null),
"""
MIENNES_LISTE = """
lignes as (
    select numero, departement, groupe = :groupe as is_du_groupe, is_urgente, 'aidant' as cote,
        auteur = :agent as is_mienne, false as is_prise, is_nouvelle, lu_at,
        case when closed_at is null then late_at end as late_at, sent_at, false as lit_prives,
        invited_at as arrivee_at, last_public_at as activite_at,
        case when closed_at is null then tour else 'personne' end as tour,
        case when closed_at is not null then 4 when is_traitee then 2 else 1 end as onglets
    from ensemble
),
"""

# What an expert was invited on, while it is open.
SUIVIES_PERIMETRE = """
with suivies as materialized (
    select demande, lit_prives from places where agent = :agent and closed_at is null and is_expert
),
perimetre as (select demande from suivies),
"""
SUIVIES_LISTE = """
lignes as (
    select e.numero, e.departement, false as is_du_groupe, e.is_urgente, 'expert' as cote,
        false as is_mienne, false as is_prise, e.is_nouvelle, e.lu_at, e.late_at, e.sent_at, s.lit_prives,
        case when s.lit_prives then e.last_prive_at else e.last_public_at end as activite_at,
        e.invited_at as arrivee_at, e.tour, 1 as onglets
    from ensemble e join suivies s on s.demande = e.numero
),
"""

# A code nobody knows hides nothing. Unread messages cost most to look for: this test comes last, in what is left, and
# only when it is asked. Filters are a column: as conditions PostgreSQL would join row by row, and a list is kept once.
FILTRES = """
liste as materialized (
    select numero, departement, cote, is_urgente, is_prise, is_nouvelle, lit_prives, lu_at, late_at, sent_at,
        arrivee_at, activite_at, onglets, (:groupe::integer is null or is_du_groupe)
        and departement = coalesce((select id from departements where code = :departement::varchar), departement)
        and (:organisme::varchar is null or not exists (select 1 from organismes where code = :organisme)
            or numero in (select demande from sollicitations where demande = any ((select numeros from cles)::bigint[])
                and groupe in (select id from groupes
                    where organisme = (select id from organismes where code = :organisme))))
        and (:a_qui::text is null or tour = :a_qui)
        and (not :is_mienne::boolean or is_mienne)
        and (not :is_urgente::boolean or is_urgente)
        and (:motifs::text[] is null or numero in (select numero from demandes
            where numero = any ((select numeros from cles)::bigint[]) and repere like all (:motifs)))
        and (not :is_non_lue::boolean or is_nouvelle or exists (
            select 1 from messages m
            where m.demande = lignes.numero and m.auteur is distinct from :agent and (not m.is_prive or lit_prives)
                and m.sent_at > coalesce(lu_at, '-infinity') and est_un_message(m.nature))) as is_retenue
    from lignes
),
retenues as not materialized (select * from liste where is_retenue)
"""

# « arrivees » and « messages » count what changed since `depuis`: demandes that came, demandes where someone wrote.
# Tabs are counted by sets of tabs: two thousand demandes have three or four of them. Without `depuis` nothing changed.
# « menu » is what the menu says of this list, whatever the filters.
COMPTES = """,
sommes as materialized (
    select onglets, count(*) filter (where is_retenue) as nombre, count(*) as toutes from liste group by onglets
),
comptes as (
    select onglet, sum(nombre)::bigint as nombre
    from sommes
    join unnest(:onglets::text[]) with ordinality o(onglet, rang) on onglets >> (rang::integer - 1) & 1 = 1
    group by onglet
    union all
    select 'menu', coalesce(sum(toutes), 0)::bigint from sommes where onglets & :ouverts::integer > 0
    union all
    select 'arrivees', count(*) from retenues
    where :depuis::timestamptz is not null and is_nouvelle and arrivee_at > :depuis
    union all
    select 'messages', count(*) from retenues
    where :depuis is not null and activite_at > :depuis and not (is_nouvelle and arrivee_at > :depuis) and exists (
        select 1 from messages m
        where m.demande = retenues.numero and m.auteur is distinct from :agent and (not m.is_prive or lit_prives)
            and m.sent_at > :depuis and est_un_message(m.nature))
),
"""

# The filters offer the départements and the organismes of the reader's own demandes, and the one chosen.
CHOIX = """
lieux as materialized (select distinct departement from liste),
presents as materialized (
    select organisme from groupes where id = any (array(
        select groupe from sollicitations where demande = any ((select numeros from cles)::bigint[])))
),
choix as (
    select 'departement' as nature, code, nom as libelle, id in (select departement from lieux) as is_present
    from departements where code = :departement or id in (select departement from lieux)
    union all
    select 'organisme', code, sigle, true
    from organismes where code = :organisme
        or id in (select organisme from presents)
),
"""

# Under « nouvelles », what a colleague took stands apart, last. Urgent demandes come first, then the first deadline:
# what is en souffrance comes before what is not yet.
ORDRE = """order by
            case when :onglet = 'nouvelles' then is_prise end nulls last,
            case when :tri::text = 'urgentes' then is_urgente end desc nulls last,
            case when :tri = 'urgentes' then late_at end nulls last,
            case when :tri = 'recentes' then sent_at end desc nulls last,
            activite_at desc, numero desc"""
# A page beyond the last one is the last one.
PAGE = """
page as (
    select montrees.*, row_number() over () as rang
    from (select numero, cote, lit_prives, lu_at, activite_at from retenues where onglets & :bit::integer > 0
        """
PAGE_DE = """
        limit :longueur
        offset least(:page::bigint - 1, ((select nombre from comptes where onglet = :onglet) - 1) / :longueur)
            * :longueur) montrees
),
"""

# What the page of a list is asked with besides.
DE_LA_PAGE = {"membre", "onglets", "liste", "depuis_minute", "depuis", "longueur", "page", "ouverts"}
# One that a filter lets go once it is read or answered keeps its place: what comes next is what stood after it.
RANGS = ", rangs as (select numero, is_retenue, onglets, row_number() over ("
SUIVANTE = """) as rang from liste)
select numero from rangs
where is_retenue and numero <> :numero and onglets & :bit::integer > 0
order by rang < coalesce((select rang from rangs where numero = :numero), 0), rang limit 1
"""

# Counts, choices, saved views and what one is still writing are said once, beside the first row; they stand alone when
# no row is shown.
AUTOUR = """
autour as (
    select coalesce((select min(rang) from page), 0) as rang,
        array(select row(onglet, nombre) from comptes) as comptes,
        array(select row(nature, code, libelle, is_present) from choix order by nature, code) as choix,
        array(select row(v.id, v.liste, v.nom, v.filtres, v.groupe, coalesce(g.nom, ''))
            from vues_enregistrees v left join groupes g on g.id = v.groupe
            where v.liste = :liste::varchar and (v.agent = :agent or v.groupe = any(:membre::integer[]))
            order by v.groupe nulls first, v.nom, v.id) as vues,
        (select count(*) from brouillons where agent = :agent and is_ecrit and part_at is null) as brouillons
)
"""
COLONNES_AUTOUR = ", autour.comptes, autour.choix, autour.vues, autour.brouillons, "
DEPUIS_AUTOUR = "full join autour on autour.rang = p.rang"


@dataclass(frozen=True)
class Boite:
    """A list: its name in the base and in the menu, its tabs in order, those that the menu counts, the one it opens on,
    its order, and its text.
    """

    code: str
    onglets: tuple[str, ...]
    ouverts: tuple[str, ...]
    defaut: str
    tri: Tri
    texte: str
    onglets_anciens: tuple[str, ...] = ()  # nothing is urgent there any more: the last activity comes first

    @cached_property
    def sql(self) -> str:
        """The base of the list, then what is asked of it: named texts end to end make one round trip."""
        asked = (FILTRES, COMPTES, CHOIX, PAGE, ORDRE, PAGE_DE, AUTOUR, COLONNES, COLONNES_AUTOUR, PRESENTES)
        return "".join((self.texte, *asked, DEPUIS_LA_PAGE, DEPUIS_AUTOUR, DANS_L_ORDRE))

    @cached_property
    def sql_suivante(self) -> str:
        """The demande that comes after `:numero` among those retained; after the last, or from elsewhere, the first."""
        return "".join((self.texte, FILTRES, RANGS, ORDRE, SUIVANTE))

    def tri_of(self, criteres: Criteres) -> str:
        """The order asked, or the natural one of this tab."""
        return criteres.tri or self.tri_naturel(criteres.onglet)

    def tri_naturel(self, onglet: str) -> Tri:
        """The order in which this tab opens."""
        return Tri.ACTIVITE if onglet in self.onglets_anciens else self.tri


RECUES = Boite(
    code="recues",
    onglets=("nouvelles", "en-cours", "en-souffrance", "traitees"),
    ouverts=("en-cours",),
    defaut="en-cours",
    tri=Tri.URGENTES,
    texte=RECUES_PARTS + BILANS + RECUES_PERIMETRE + CLES + ENSEMBLE + RECUES_LISTE,
    onglets_anciens=("traitees",),
)
MIENNES = Boite(
    code="miennes",
    onglets=("en-cours", "a-cloturer", "cloturees"),
    ouverts=("en-cours", "a-cloturer"),
    defaut="en-cours",
    tri=Tri.ACTIVITE,
    texte=MIENNES_PERIMETRE + CLES + PARTS + BILANS + ENSEMBLE + MIENNES_LISTE,
)
SUIVIES = Boite(
    code="suivies",
    onglets=("suivies",),
    ouverts=("suivies",),
    defaut="suivies",
    tri=Tri.ACTIVITE,
    texte=SUIVIES_PERIMETRE + CLES + PARTS + BILANS + ENSEMBLE + SUIVIES_LISTE,
)


@dataclass(frozen=True)
class VueEnregistree:
    """Filters kept under a name; without a groupe it is the reader’s own."""

    id: int
    liste: str
    nom: str
    filtres: str
    groupe: int | None
    groupe_nom: str


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
    vues: tuple[VueEnregistree, ...]
    brouillons: int  # what the reader is still writing, wherever it is
    ouvertes: int
    """What the menu says of this list."""
    arrivees: int
    messages: int
    has_any: bool  # whether the reader has demandes here, whatever the filters and the tab

    @property
    def total(self) -> int:
        """How many demandes stand in this tab, whatever the page."""
        return self.comptes.get(self.criteres.onglet, 0)


async def list_demandes(boite: Boite, droits: Droits, criteres: Criteres, now: datetime) -> Liste:
    """One page of a list, with the counts of its tabs under the same filters. Never raises on odd criteria."""
    criteres = _understand(boite, droits, criteres)
    rows = await database.fetch(boite.sql, **parameters_of(boite, droits, criteres, now))
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
        tri=boite.tri_of(criteres),
        rangees=tuple(rangee_of(row, droits) for row in rows if row["numero"] is not None),
        comptes={onglet: comptes.get(onglet, 0) for onglet in boite.onglets},
        page=page,
        pages=pages,
        choix=choix,
        vues=tuple(VueEnregistree(*vue) for vue in rows[0]["vues"]),
        brouillons=rows[0]["brouillons"],
        ouvertes=comptes["menu"],
        arrivees=comptes["arrivees"],
        messages=comptes["messages"],
        has_any=any(is_present for _, _, _, is_present in rows[0]["choix"]),
    )


def _understand(boite: Boite, droits: Droits, criteres: Criteres) -> Criteres:
    """The criteria that this list knows, for this reader."""
    groupes = groupes_of(boite, droits)
    criteres = clean_criteres(criteres, onglets=boite.onglets, defaut=boite.defaut, groupes=groupes)
    return replace(criteres, is_mienne=False) if boite is SUIVIES else criteres


async def find_suivante(
    boite: Boite, droits: Droits, criteres: Criteres, numero: int, now: datetime
) -> int | None:
    """What stands after this demande in the list so asked, after the last the first; None when there is no other."""
    asked = parameters_of(boite, droits, _understand(boite, droits, criteres), now)
    row = await database.fetch_one(
        boite.sql_suivante, numero=numero, **{nom: asked[nom] for nom in asked.keys() - DE_LA_PAGE}
    )
    return None if row is None else int(row["numero"])


def groupes_of(boite: Boite, droits: Droits) -> frozenset[int]:
    """The groupes a reader may choose among: an expert was called by name, for none."""
    if boite is SUIVIES:
        return frozenset()
    return droits.instructeur if boite is RECUES else droits.groupes


def parameters_of(boite: Boite, droits: Droits, criteres: Criteres, now: datetime) -> dict[str, Any]:
    """What the text of a list is asked with, for criteria already cleaned."""
    return {
        "agent": droits.agent,
        "membre": list(droits.groupes),
        "liste": boite.code,
        "now": now,
        "depuis_minute": since(now),
        "groupe": criteres.groupe,
        "departement": criteres.departement[:3] or None,
        "organisme": criteres.organisme[:40] or None,
        "a_qui": criteres.a_qui or None,
        "is_mienne": criteres.is_mienne,
        "is_non_lue": criteres.is_non_lue,
        "is_urgente": criteres.is_urgente,
        "motifs": criteres.motifs,
        "depuis": criteres.depuis,
        "onglet": criteres.onglet,
        "onglets": boite.onglets,
        "ouverts": sum(1 << boite.onglets.index(onglet) for onglet in boite.ouverts),
        "bit": 1 << boite.onglets.index(criteres.onglet),
        "tri": boite.tri_of(criteres),
        "longueur": PAR_PAGE,
        "page": criteres.page,
    }
