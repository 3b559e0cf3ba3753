"""The thread of a demande: its lines, who takes part, and the one way to write in it (product §7)."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from app import database, tables
from app.domain.demandes.demande import Demande, instant
from app.domain.demandes.voix import Voix
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.scellement import empreinte
from app.domain.mots.folding import fold
from app.domain.regles.permissions import Droits, can_read_demande, can_read_prives
from app.domain.regles.places import Cote, Qualite
from app.domain.regles.statuts import Nature


def name_ligne(ligne: int) -> str:
    """The name of a line in an address: its id would let anybody count the lines they may not read."""
    return empreinte("ligne", str(ligne))[:12]


@dataclass(frozen=True)
class Correction:
    """The words of a line before its author corrected them; `signature`: who did, for a compte collectif."""

    texte: str
    signature: str
    corrected_at: datetime


@dataclass(frozen=True)
class Ligne:
    """One line of the thread: words, or something that happened (`nature`)."""

    id: int
    nature: Nature
    cote: Cote
    auteur: int | None
    auteur_nom: str
    signature: str  # who signed, for a compte collectif
    groupe: int | None
    groupe_nom: str
    texte: str
    is_prive: bool
    is_procedure: bool
    is_document: bool  # asks the aidant for documents
    sent_at: datetime
    groupes_invites: tuple[str, ...]  # invitation: asked; relance: asked again
    agents_invites: tuple[str, ...]
    cites: tuple[tuple[int, str], ...]  # named with « @ »
    corrections: tuple[Correction, ...]  # oldest first


PAR_PAGE = 50
PAGES_NEUVES = 4  # at most this many pages are drawn at once for what is unread


@dataclass(frozen=True)
class Feuillet:
    """What is drawn of a thread at once: `avant` lines stand before, and `apres` after, which this page leaves out.

    Pages are counted from the oldest line, so that what is written later moves none of them. `lu_at`: up to when this
    reader has read, when something that they have not read stands before what is drawn; None otherwise.
    """

    par_page: ClassVar[int] = PAR_PAGE
    lignes: tuple[Ligne, ...]
    avant: int
    apres: int
    lu_at: datetime | None

    @property
    def page(self) -> int:
        """The first page drawn, counted from 1."""
        return self.avant // PAR_PAGE + 1


@dataclass(frozen=True)
class Participant:
    """Someone who takes part; `first_at` and `last_at` are empty before a first visit."""

    agent: int
    nom: str
    qualite: Qualite
    groupe_nom: str
    is_active: bool
    first_at: datetime | None
    last_at: datetime | None
    is_refusee: bool  # their address refuses every mail
    absent_until: date | None
    """Last day of the absence that runs; None for who is there."""


LIGNES = """
select m.id, m.nature, m.cote, m.auteur, coalesce(trim(a.prenom || ' ' || a.nom), '') as auteur_nom, m.signature,
    m.groupe, coalesce(g.nom, '') as groupe_nom, m.texte, m.is_prive, m.is_procedure, m.is_document, m.sent_at,
    array(select i.nom from groupes i where i.id = any(m.groupes_invites) order by i.nom) as groupes_invites,
    array(select trim(i.prenom || ' ' || i.nom) from agents i where i.id = any(m.agents_invites)
          order by i.nom, i.prenom) as agents_invites,
    m.agents_cites as cites, array(select trim(i.prenom || ' ' || i.nom)
        from unnest(m.agents_cites) with ordinality c(id, n) join agents i on i.id = c.id order by c.n) as cites_noms,
    (select json_agg(json_build_object('texte', c.texte, 'signature', c.signature, 'corrected_at', c.corrected_at)
        order by c.id) from corrections c where c.message = m.id)::text as corrections
from messages m left join agents a on a.id = m.auteur left join groupes g on g.id = m.groupe
where m.demande = :demande and (not m.is_prive or :lit_prives)
"""
DEPUIS = LIGNES + "and m.id > :after order by m.sent_at desc, m.id desc limit :longueur"
NOMMEE = LIGNES + "and m.id = :ligne"
SUITE = LIGNES + "and (m.sent_at, m.id) > (:sent_at, :after) order by m.sent_at, m.id limit :longueur"

# The last two pages, and those before that hold something unread; or one older page. All are counted from 0 here.
RANGS = """
with lisibles as (
    select m.id, row_number() over (order by m.sent_at, m.id) - 1 as rang, coalesce(l.non_lue_at, l.last_at) as lu_at,
        m.sent_at > coalesce(l.non_lue_at, l.last_at) and m.auteur is distinct from :agent as is_new
    from messages m left join lectures l on l.demande = m.demande and l.agent = :agent
    where m.demande = :demande and (not m.is_prive or :lit_prives)
),
tout as (
    select count(*) as total, greatest(count(*) - 1, 0) / :longueur as derniere,
        min(rang) filter (where is_new) / :longueur as neuve, max(lu_at) as lu_at
    from lisibles
),
ouvertes as (
    select tout.*, greatest(0, derniere - :neuves + 1, least(derniere - 1, neuve)) as premiere from tout
),
bornes as (
    select total, neuve, lu_at, case when :page <= premiere then :page - 1 else premiere end as debut,
        case when :page <= premiere then :page - 1 else derniere end as fin
    from ouvertes
)
select array(select r.id from lisibles r where r.rang / :longueur between debut and fin order by r.rang) as lignes,
    total, debut * :longueur as avant, case when neuve < debut then lu_at end as lu_at
from bornes
"""
PARMI = """
and m.id = any (array(select unnest(lignes) from rangs)))
select r.total, r.avant, r.lu_at, l.* from rangs r left join lignes l on true order by l.sent_at, l.id
"""
FIL = "with rangs as (" + RANGS + "), lignes as (" + LIGNES + PARMI
ORDRE = """
select m.id from messages m where m.demande = :demande and (not m.is_prive or :lit_prives) order by m.sent_at, m.id
"""


def bounds_of(page: int | None) -> dict[str, int | None]:
    """What FIL asks besides the demande and its reader: the last lines of the thread and what this reader has not read
    yet, or the older `page`, counted from 1.
    """
    return {"longueur": PAR_PAGE, "neuves": PAGES_NEUVES, "page": page}


def feuillet_of(texte: str) -> Feuillet:
    """What the rows of FIL tell, as JSON."""
    rows = json.loads(texte)
    total, avant, lu_at = rows[0]["total"], rows[0]["avant"], instant(rows[0]["lu_at"])
    lignes = tuple(
        _ligne_of({**row, "sent_at": instant(row["sent_at"])}) for row in rows if row["id"] is not None
    )
    return Feuillet(lignes, avant, total - avant - len(lignes), lu_at)


async def find_page(droits: Droits, demande: Demande, nom: str) -> int:
    """The page of the thread that holds the line of this name; the last one when this reader has no such line."""
    if not can_read_demande(droits, demande.parties):
        return 1
    ids = await _list_ids(droits, demande)
    rang = await _find_rang(ids, nom)
    return (max(len(ids) - 1, 0) if rang is None else rang) // PAR_PAGE + 1


async def find_ligne(droits: Droits, demande: Demande, nom: str) -> Ligne | None:
    """The line of this name; None when this reader has no such line."""
    if not can_read_demande(droits, demande.parties):
        return None
    ids = await _list_ids(droits, demande)
    rang = await _find_rang(ids, nom)
    if rang is None:
        return None
    is_inside = can_read_prives(droits, demande.parties)
    row = await database.fetch_one(NOMMEE, demande=demande.numero, lit_prives=is_inside, ligne=ids[rang])
    return None if row is None else _ligne_of(row)


async def _list_ids(droits: Droits, demande: Demande) -> list[int]:
    is_inside = can_read_prives(droits, demande.parties)
    rows = await database.fetch(ORDRE, demande=demande.numero, lit_prives=is_inside)
    return [row["id"] for row in rows]


async def _find_rang(ids: Sequence[int], nom: str) -> int | None:
    for rang, ligne in enumerate(ids):
        if name_ligne(ligne) == nom:
            return rang
        if rang % 500 == 499:
            await asyncio.sleep(0)  # a name is a keyed hash: thousands of them would hold everybody up
    return None


async def read_whole(droits: Droits, demande: Demande) -> AsyncIterator[list[Ligne]]:
    """Every line this reader may see, oldest first, in pieces: a long thread holds nobody up."""
    if not can_read_demande(droits, demande.parties):
        return
    is_inside = can_read_prives(droits, demande.parties)
    after, sent_at = 0, datetime.min.replace(tzinfo=UTC)
    while True:
        rows = await database.fetch(
            SUITE,
            demande=demande.numero,
            lit_prives=is_inside,
            sent_at=sent_at,
            after=after,
            longueur=2 * PAR_PAGE,
        )
        lignes = [_ligne_of(row) for row in rows]
        yield lignes
        if len(lignes) < 2 * PAR_PAGE:
            return
        after, sent_at = lignes[-1].id, lignes[-1].sent_at


async def list_fil(droits: Droits, demande: Demande, after: int = 0) -> list[Ligne]:
    """The last page of what this reader may see, oldest first; with `after`, only what was written since that line.

    Empty for who sees metadata only. Private lines never reach the aidant side (product §3).
    """
    if not can_read_demande(droits, demande.parties):
        return []
    is_inside = can_read_prives(droits, demande.parties)
    rows = await database.fetch(
        DEPUIS, demande=demande.numero, after=after, lit_prives=is_inside, longueur=PAR_PAGE
    )
    return [_ligne_of(row) for row in reversed(rows)]


def _ligne_of(row: Any) -> Ligne:
    facts = {one.name: row[one.name] for one in fields(Ligne)}
    return Ligne(
        **{
            **facts,
            "nature": Nature(row["nature"]),
            "cote": Cote(row["cote"]),
            "groupes_invites": tuple(row["groupes_invites"]),
            "agents_invites": tuple(row["agents_invites"]),
            "cites": tuple(zip(row["cites"], row["cites_noms"], strict=True)),
            "corrections": tuple(
                Correction(**{**was, "corrected_at": datetime.fromisoformat(was["corrected_at"])})
                for was in json.loads(row["corrections"] or "[]")
            ),
        }
    )


# An instructeur whom no mail reaches is named too, so that everyone knows why nobody comes.
# Each person has one line: being the author comes before being invited, and being invited before being a member.
PARTICIPANTS = """
with connus as (
    select auteur as agent, 'auteur' as qualite, 0 as rang, groupe from demandes where numero = :demande
    union all
    select i.agent, i.qualite, case i.qualite when 'collegue' then 1 when 'instructeur' then 2 else 3 end,
        (select m.groupe from adhesions m where m.agent = i.agent
         order by (m.groupe = d.groupe) desc, (m.groupe in (select s.groupe from sollicitations s
            where s.demande = d.numero)) desc, m.id limit 1)
    from invitations i join demandes d on d.numero = i.demande where i.demande = :demande
    union all
    select m.agent, 'instructeur', 2, m.groupe
    from cote_instructeur m
    where m.demande = :demande and m.groupe is not null and (
        exists (select from lectures l where l.demande = :demande and l.agent = m.agent)
        or exists (select from messages w where w.demande = :demande
            and (w.auteur = m.agent or m.agent = any (w.agents_cites)) and (not w.is_prive or :lit_prives))
        or exists (select from adresses_refusees r where r.agent = m.agent))
),
uniques as (select distinct on (agent) * from connus order by agent, rang, groupe)
select u.agent, trim(a.prenom || ' ' || a.nom) as nom, u.qualite, coalesce(g.nom, '') as groupe_nom,
    a.deactivated_at is null as is_active, l.first_at, l.last_at,
    exists (select from adresses_refusees r where r.agent = u.agent) as is_refusee,
    (select b.fin_on from absences b join adhesions m on m.id = b.adhesion
     where m.agent = u.agent and m.groupe = u.groupe and b.begun_at is not null) as absent_until
from uniques u
join agents a on a.id = u.agent
left join groupes g on g.id = u.groupe
left join lectures l on l.demande = :demande and l.agent = u.agent
order by u.rang, a.nom, a.prenom, u.agent
"""


async def list_participants(droits: Droits, demande: Demande) -> list[Participant]:
    """Who takes part, with their visits: author, people invited, instructeurs who came or wrote.

    Empty for who sees metadata only. Having written only between instructeurs does not show on the aidant side.
    """
    if not can_read_demande(droits, demande.parties):
        return []
    is_inside = can_read_prives(droits, demande.parties)
    rows = await database.fetch(PARTICIPANTS, demande=demande.numero, lit_prives=is_inside)
    return [participant_of(*row) for row in rows]


def participant_of(agent: int, nom: str, qualite: str, *facts: Any) -> Participant:
    """A row of `PARTICIPANTS`."""
    return Participant(agent, nom, Qualite(qualite), *facts)


# After one of these lines of the aidant side, it is the instructeurs’ turn.
HANDS_OVER = (Nature.REPONSE, Nature.RELANCE, Nature.INFORMATION, Nature.REOUVERTURE)

# These lines pass nothing on about the usager. The others need a mandat in force when they are written, because it may
# have been revoked since the page was opened (a file can take minutes to come).
WITHOUT_MANDAT = (
    *(Nature.MANDAT, Nature.MANDAT_REVOQUE, Nature.CLOTURE, Nature.REOUVERTURE),
    *(Nature.CLOTURE_PROPOSEE, Nature.CONFIEE, Nature.SANS_REPONDANT, Nature.REPRISE),
)

# The dates of the demande move with the line or not at all; a private line moves only the private date.
ADD_LIGNE = """
with ligne as (
    insert into messages (demande, cle, auteur, groupe, signature, cote, nature, texte, is_prive, is_procedure,
        is_document, groupes_invites, agents_invites, agents_cites, repere, sent_at)
    select :demande, :cle, :agent, :groupe, :signature, :cote, :nature, :texte, :is_prive, :is_procedure,
        :is_document, :groupes, :agents, :cites, :repere, :now
    where :sans_mandat or exists (select from mandats where demande = :demande and etat = 'valide')
    on conflict (demande, cle) do nothing
    returning id
),
dates as (
    update demandes set
        last_prive_at = greatest(last_prive_at, :now),
        last_public_at = case when :is_prive then last_public_at else greatest(last_public_at, :now) end,
        last_aidant_at = case when :hands_over then greatest(last_aidant_at, :now) else last_aidant_at end
    where numero = :demande and exists (select from ligne)
)
select id from ligne
"""


async def add_ligne(
    demande: int,
    voix: Voix,
    ecrit: Ecrit,
    nature: Nature,
    *,
    groupes_invites: Collection[int] = (),
    agents_invites: Collection[int] = (),
    agents_cites: Collection[int] = (),
    now: datetime,
) -> int | None:
    """Write one line, under the lock of its demande; None when the same form already made one, or without mandat."""
    row = await database.fetch_one(
        ADD_LIGNE,
        demande=demande,
        cle=ecrit.cle,
        agent=voix.agent,
        groupe=voix.groupe,
        signature=ecrit.signature,
        cote=voix.cote.value,
        nature=nature.value,
        texte=ecrit.texte,
        is_prive=ecrit.is_prive,
        is_procedure=ecrit.is_procedure,
        is_document=ecrit.is_document,
        groupes=list(groupes_invites),
        agents=list(agents_invites),
        cites=list(agents_cites),
        repere=fold(ecrit.texte),
        hands_over=voix.cote is Cote.AIDANT and nature in HANDS_OVER,
        sans_mandat=nature in WITHOUT_MANDAT,
        now=now,
    )
    return None if row is None else int(row["id"])


async def find_ligne_of(demande: int, cle: UUID) -> int | None:
    """The line this form made the first time; None when it never made one."""
    made = (tables.Messages.demande == demande) & (tables.Messages.cle == cle)
    row = await tables.Messages.select(tables.Messages.id).where(made).first()
    return None if row is None else int(row["id"])
