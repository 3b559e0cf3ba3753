"""Finding a demande: number, title, usager, description, messages, without case or accents, and identifiers typed
whole, among what one may read; and by what may be known of the others: groupes and agents (product §3, §6).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import database
from app.domain.demandes.informations import list_empreintes
from app.domain.listes.criteres import PAR_PAGE, motifs_of, mots_of, page_within
from app.domain.listes.extraits import Morceau, contains_any, make_extrait, mark_words
from app.domain.listes.rangees import COLONNES, DANS_L_ORDRE, DEPUIS_LA_PAGE, Rangee, rangee_of
from app.domain.regles.permissions import Droits

NUMERO_MAX = 2**53

# Who may not read private messages neither finds them nor learns their date. Erased demandes have no text left: only
# their number finds them. `offset 0` keeps the demandes and their readings looked up one by one: however many the
# planner expects, what an agent may read is far less than the base, and than what they read in all these years.
RECHERCHE = """
with tenues as (
    select demande, cote, lit_prives from places where agent = :agent and erased_at is null
    union all
    select demande, cote, lit_prives from places
    where agent = :agent and demande = :numero and erased_at is not null
),
lues as (
    select d.numero, d.repere, x.cote, x.lit_prives, lu_jusqu_a(l.last_at, l.non_lue_at, d.sent_at) as lu_at,
        case when x.lit_prives then d.last_prive_at else d.last_public_at end as activite_at
    from tenues x
    cross join lateral (select * from demandes where numero = x.demande offset 0) d
    left join lateral (
        select * from lectures where demande = x.demande and agent = :agent offset 0
    ) l on true
),
identifiees as materialized (
    select distinct i.demande from usager_informations i where i.empreinte = any(:empreintes::text[])
),
trouvees as materialized (
    select lues.*, m.id as message, lues.repere like all (:motifs::text[]) as is_trouvee,
        lues.numero in (select demande from identifiees) as is_identifiee
    from lues
    left join lateral (
        select m.id from messages m
        where m.demande = lues.numero and m.repere like all (:motifs) and (not m.is_prive or lues.lit_prives)
            and not lues.repere like all (:motifs)
        order by m.sent_at desc, m.id desc limit 1
    ) m on true
    where lues.repere like all (:motifs) or lues.numero = :numero or m.id is not null
        or lues.numero in (select demande from identifiees)
),
page as (
    select *, count(*) over () as total, row_number() over (
        order by numero = :numero desc nulls last, is_identifiee desc, is_trouvee desc, activite_at desc,
            numero desc) as rang
    from trouvees
    order by rang limit :longueur
    offset least(:page::bigint - 1, greatest(0, ((select count(*) from trouvees) - 1) / :longueur)) * :longueur
)
"""
# The words of the message found, who wrote it and when are read for the page shown only.
MESSAGE = """,
    p.total, p.is_identifiee, case when p.is_trouvee then d.description end as description,
    m.texte as message, m.is_prive as message_is_prive, m.sent_at as message_sent_at,
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
    description: tuple[Morceau, ...]  # empty unless found there only
    is_identifiee: bool  # by an identifier of the usager
    extrait: Extrait | None


@dataclass(frozen=True)
class DemandeConnue:
    """A demande whose reader may know what it is about, and nothing it says: who asked whom, since when."""

    numero: int
    structure: str
    groupes: str
    sent_at: datetime
    is_closed: bool


@dataclass(frozen=True)
class Recherche:
    """One page of what was found."""

    q: str
    trouvailles: tuple[DemandeTrouvee, ...]
    total: int
    page: int
    pages: int


async def find_demandes(droits: Droits, q: str, page: int) -> Recherche:
    """The demandes this agent may read where every word stands: the number first, then an identifier typed whole, then
    titles, usagers and descriptions, then messages. A page beyond the last one is the last one; no word finds nothing.
    """
    mots = mots_of(q)
    if not mots:
        return Recherche(q, (), 0, 1, 1)
    rows = await database.fetch(
        TROUVER,
        agent=droits.agent,
        motifs=motifs_of(q),
        numero=_numero(mots),
        empreintes=list_empreintes(q),
        longueur=PAR_PAGE,
        page=page,
    )
    total = rows[0]["total"] if rows else 0
    shown, pages = page_within(page, total)
    # The letter of « Martine D. » helps to find, but marking it would mark every d of the page.
    marques = [mot for mot in mots if len(mot) > 1] or mots
    return Recherche(q, tuple(_trouvaille_of(row, droits, marques) for row in rows), total, shown, pages)


CONNUE = "select from knowable_demandes(:agent) k where k.numero = :numero"
# Names are folded as far as SQL can; what stands in a demande is never looked at, not even its title. What was erased
# is found by its number only. A responsable knows of what their groupes have: names are looked for among the people of
# these. An administrateur (`:is_tout`) knows of everything: it is looked for by the names found.
CONNUES = """
with connues as materialized (
    select array(select distinct demande from cote_responsable where agent = :agent and erased_at is null) as numeros
),
faits as materialized (
    select numero, groupe, auteur from demandes where numero = any ((select numeros from connues)::bigint[])
),
parts as materialized (
    select demande, groupe, taken_by from sollicitations where demande = any ((select numeros from connues)::bigint[])
),
noms as materialized (
    select id as groupe, null::integer as agent from groupes
    where plier(nom) like all (:motifs::text[])
        and id = any (array(select groupe from faits union select groupe from parts))
    union
    select null, id from agents
    where plier(prenom || ' ' || nom) like all (:motifs)
        and id = any (array(select auteur from faits union select taken_by from parts))
    union
    select id, null from groupes where :is_tout::boolean and plier(nom) like all (:motifs)
    union
    select null, id from agents where :is_tout and plier(prenom || ' ' || nom) like all (:motifs)
),
trouvees as (
    select numero from faits where groupe in (select groupe from noms) or auteur in (select agent from noms)
    union
    select demande from parts where groupe in (select groupe from noms) or taken_by in (select agent from noms)
    union
    select numero from demandes where :is_tout and erased_at is null
        and (groupe = any (array(select groupe from noms)) or auteur = any (array(select agent from noms)))
    union
    select demande from sollicitations where :is_tout and erased_at is null
        and (groupe = any (array(select groupe from noms)) or taken_by = any (array(select agent from noms)))
)
select d.numero, g.nom as structure, d.sent_at, d.closed_at is not null as is_closed,
    coalesce((select string_agg(o.nom, ', ' order by o.nom) from sollicitations s join groupes o on o.id = s.groupe
        where s.demande = d.numero), '') as groupes
from demandes d join groupes g on g.id = d.groupe
where d.numero = any (array(
    select numero from trouvees
    where numero not in (select demande from positions where agent = :agent and erased_at is null)
    order by numero desc limit :longueur))
order by d.numero desc
"""


async def find_numero(droits: Droits, q: str) -> int | None:
    """The demande whose very number was typed, for who may know of it: it is opened rather than listed."""
    numero = _numero(mots_of(q))
    if numero is None or not await database.fetch(CONNUE, agent=droits.agent, numero=numero):
        return None
    return numero


async def find_connues(droits: Droits, q: str) -> list[DemandeConnue]:
    """For responsables and administrateurs: demandes they do not read, by their groupes and agents, latest first."""
    if not mots_of(q) or not (droits.responsable or droits.is_administrateur):
        return []
    rows = await database.fetch(
        CONNUES,
        agent=droits.agent,
        motifs=motifs_of(q),
        is_tout=droits.is_administrateur,
        longueur=PAR_PAGE,
    )
    return [DemandeConnue(**dict(row)) for row in rows]


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
    places = (rangee.titre, usager, str(rangee.numero))
    is_elsewhere = not all(any(contains_any(place, [mot]) for place in places) for mot in mots)
    return DemandeTrouvee(
        description=make_extrait(row["description"], mots) if row["description"] and is_elsewhere else (),
        is_identifiee=row["is_identifiee"],
        rangee=rangee,
        titre=mark_words(rangee.titre, mots),
        numero=mark_words(str(rangee.numero), mots) if contains_any(str(rangee.numero), mots) else (),
        usager=mark_words(usager, mots) if contains_any(usager, mots) else (),
        extrait=extrait,
    )
