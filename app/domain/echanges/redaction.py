"""What an answer starts from: the thread, who would read it, what is typed already, who may take over."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import Brouillon, open_brouillon
from app.domain.demandes.demande import Demande
from app.domain.demandes.destinataires import SUIVENT
from app.domain.demandes.presences import ICI, PersonnePresente, presentes_of, since
from app.domain.demandes.suivi import SUIVI, SuiviPersonnel
from app.domain.echanges.fil import (
    FIL,
    PARTICIPANTS,
    Feuillet,
    Participant,
    bounds_of,
    feuillet_of,
    participant_of,
)
from app.domain.echanges.invitations import GROUPES, GroupeInvitable, asked_from
from app.domain.echanges.usagers import INFORMATIONS, Information, information_of
from app.domain.pieces_jointes.liste import PIECES, Pieces, read_pieces, rights_of
from app.domain.regles.permissions import can_invite_groupe, can_read_demande, is_on_aidant_side, require

READERS = """
select count(*) as tous, count(*) filter (where p.lit_prives) as prives,
    count(*) filter (where p.cote = 'expert') as experts
from places p join agents a on a.id = p.agent and a.deactivated_at is null
where p.demande = :demande
"""


@dataclass(frozen=True)
class Lecteurs:
    """How many people would read a message now, its writer included: `tous` for one read by all, `prives` for one
    kept to the active instructeurs of the solicited groupes, the people invited by name and the `experts`.
    """

    tous: int
    prives: int
    experts: int


async def count_readers(demande: Demande) -> Lecteurs:
    """Every page that says who will read counts with this."""
    row = await database.fetch_one(READERS, demande=demande.numero)
    assert row is not None
    return Lecteurs(**dict(row))


# The last answer typed in a demande is shown again, beside those of other windows, those that are leaving or could not.
WRITING = """
select b.*, l.tous, l.prives, l.experts, j.pieces, s.is_suivie, s.is_prevenu, s.rappel_at, s.is_rappele,
    (select array_agg(p) from participants p) as participants,
    (select array_agg(i) from informations i) as informations,
    (select presentes from ici) as presentes, o.proposes,
    case when coalesce(b.rang, 1) = 1 then (select json_agg(f order by f.sent_at, f.id) from feuillet f) end
        as feuillet, array(select row_to_json(r)::text from (
        select m.groupe, a.id as agent, trim(a.prenom || ' ' || a.nom) as nom
        from membres_actifs m join agents a on a.id = m.agent
        where m.groupe = any(:suivies) and m.is_instructeur and a.id <> :agent order by a.nom, a.prenom, a.id
    ) r) as releves
from lecteurs l cross join jointes j cross join suivi s cross join proposes o
left join lateral (
    select *, row_number() over (order by part_at, updated_at desc, id) as rang
    from brouillons where demande = :demande and agent = :agent
    order by rang limit 20
) b on true
"""
PROPOSES_MAX = 8
REDACTION = "".join(
    (
        "with lecteurs as (",
        READERS,
        "), jointes as (",
        PIECES,
        "),",
        SUIVENT,
        ", suivi as (",
        SUIVI,
        "), feuillet as (",
        FIL,
        "), participants as (",
        PARTICIPANTS,
        "), informations as (",
        INFORMATIONS,
        "), ici as (",
        ICI,
        "), invitables as (",
        GROUPES,
        """), proposes as (
            select json_agg(i) as proposes from (
                select id, nom, organisme, sigle, instructeurs, is_du_sujet from invitables
                where reprise_on is null or id = any(:choisis)
                order by id = any(:choisis) desc, is_du_sujet desc, organisme, nom limit :plus
            ) i where :is_propose)
        """,
        WRITING,
    )
)


@dataclass(frozen=True)
class Releve:
    """An instructeur of the same groupe."""

    groupe: int
    agent: int
    nom: str


@dataclass(frozen=True)
class Redaction:
    """What an answer starts from: who would read it, what was already typed, the last one first, what is leaving or
    could not (`partances`), the files; what this reader keeps for themselves; who takes part, and what is known of the
    usager.
    """

    echanges: Feuillet
    lecteurs: Lecteurs
    brouillons: tuple[Brouillon, ...]
    partances: tuple[Brouillon, ...]
    pieces: Pieces
    suivi: SuiviPersonnel
    participants: list[Participant]
    informations: list[Information]
    presentes: tuple[PersonnePresente, ...]
    """Who else is on the demande now."""
    releves: tuple[Releve, ...]
    """To whom this reader may hand over what they follow."""
    proposes: tuple[GroupeInvitable, ...]
    """Who may take over, those of the sujet first; empty while nobody has to."""

    @property
    def brouillon(self) -> Brouillon | None:
        """The one that the form shows again."""
        return next(iter(self.brouillons), None)


async def open_redaction(
    signed: Signed, demande: Demande, now: datetime, *, choisis: Collection[int] = (), page: int | None = None
) -> Redaction:
    """All at once: every view of the page pays for it. `lecteurs` as `count_readers` says, `participants` as
    `list_participants`; `choisis`: the groupes that were ticked on the page; `page`: an older one of the thread.
    Raises Refus to whoever may not read the demande.
    """
    require(can_read_demande(signed.droits, demande.parties))
    rows = await database.fetch(
        REDACTION,
        demande=demande.numero,
        agent=signed.droits.agent,
        called=[],
        is_propose=_needs_suite(signed, demande),
        plus=PROPOSES_MAX,
        depuis_minute=since(now),
        suivies=[s.groupe for s in demande.parts_of(signed.droits) if s.taken_by_id == signed.droits.agent],
        **asked_from(demande, None, choisis, now),
        **bounds_of(page),
        **rights_of(signed.droits, demande),
    )
    row = rows[0]
    written = [b for b in (open_brouillon(row) for row in rows if row["id"]) if b is not None]
    return Redaction(
        feuillet_of(row["feuillet"]),
        Lecteurs(row["tous"], row["prives"], row["experts"]),
        brouillons=tuple(b for b in written if b.is_typed),
        partances=tuple(b for b in written if not b.is_typed),
        pieces=read_pieces(row["pieces"], now),
        suivi=SuiviPersonnel(row["is_suivie"], row["is_prevenu"], row["rappel_at"], row["is_rappele"]),
        participants=[participant_of(*facts) for facts in row["participants"] or ()],
        presentes=presentes_of(row["presentes"]),
        informations=[information_of(demande.numero, facts) for facts in row["informations"] or ()],
        releves=tuple(Releve(**json.loads(one)) for one in row["releves"]),
        proposes=tuple(GroupeInvitable(**one) for one in json.loads(row["proposes"] or "[]")),
    )


def _needs_suite(signed: Signed, demande: Demande) -> bool:
    """This reader may say that the part of their groupe is not theirs, or everybody has said it."""
    droits, parties = signed.droits, demande.parties
    if not can_invite_groupe(droits, parties):
        return False
    is_orpheline = demande.is_declinee_by_all and is_on_aidant_side(droits, parties)
    return is_orpheline or any(s.is_open for s in demande.parts_of(droits))
