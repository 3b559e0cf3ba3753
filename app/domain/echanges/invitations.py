"""Bringing someone in: another groupe, a colleague, the experts (product §3, §7)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes import sollicitations
from app.domain.demandes.demande import Demande, require_living
from app.domain.demandes.voix import choose_voix, find_signature, remembered_signature
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.publication import Publication
from app.domain.echanges.saisie import Ecrit, InvitationSaisie, check_length
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Invalide
from app.domain.regles.permissions import (
    can_invite_collegue,
    can_invite_experts,
    can_invite_groupe,
    can_write_prive,
    is_on_aidant_side,
    require,
)
from app.domain.regles.places import Qualite

PERSONNE = "Personne n’utilise Administration+ dans ce groupe pour l’instant."


@dataclass(frozen=True)
class GroupeInvitable:
    """A groupe that can be asked. `instructeurs`: how many active ones would be told."""

    id: int
    nom: str
    organisme: str
    sigle: str
    instructeurs: int
    is_du_sujet: bool = False
    """The referentiel gives its organisme to the sujet of the demande."""
    reprise_on: date | None = None
    """The groupe is paused and cannot be asked before that day; `pause` is what it tells senders meanwhile."""
    pause: str = ""
    is_ailleurs: bool = False
    """It does not work for the département that is listed: it comes because it was chosen."""

    @property
    def avertissement(self) -> str:
        """Empty, or says that nobody active is there."""
        return "" if self.instructeurs else PERSONNE


@dataclass(frozen=True)
class Collegue:
    """A colleague who can be invited."""

    agent: int
    nom: str
    fonction: str
    groupe_nom: str


GROUPES = """
select g.id, g.nom, o.nom as organisme, o.sigle,
    coalesce(o.code = any((select t.organismes from demandes d join sujets t on t.id = d.sujet
        where d.numero = :demande)::text[]), false) as is_du_sujet,
    (select count(*) from membres_actifs m where m.groupe = g.id and m.is_instructeur) as instructeurs,
    case when is_en_pause(g.pause_on, g.reprise_on, :jour) then g.reprise_on end as reprise_on,
    g.pause_message as pause,
    g.id <> all (select c.groupe from couvertures c where c.departement = :departement) as is_ailleurs
from groupes g join organismes o on o.id = g.organisme
where g.deactivated_at is null and not o.is_aidant
    and g.id in (select c.groupe from couvertures c where c.departement = :departement
        union all select unnest(:choisis::integer[]))
    and not exists (select from sollicitations s where s.demande = :demande and s.groupe = g.id)
    and is_accepte(g.aidants_acceptes, (select o.code from groupes s join organismes o on o.id = s.organisme
        where s.id = :structure))
order by is_du_sujet desc, o.nom, g.nom
"""


async def list_groupes(
    demande: Demande, departement: int | None, now: datetime, *, choisis: Collection[int] = ()
) -> list[GroupeInvitable]:
    """The opérateurs of a département (the demande’s by default) not asked yet, those of its sujet first, then by
    organisme: those that take demandes from its structure. Those that are paused come too, to say until when, and
    those that were chosen (`choisis`) wherever they are.
    """
    rows = await database.fetch(
        GROUPES, demande=demande.numero, **asked_from(demande, departement, choisis, now)
    )
    return [GroupeInvitable(**dict(row)) for row in rows]


def asked_from(
    demande: Demande, departement: int | None, choisis: Collection[int], now: datetime
) -> dict[str, Any]:
    """The parameters of GROUPES beside `demande`; `choisis`: those listed wherever they are."""
    return {
        "departement": departement or demande.departement,
        "choisis": list(choisis),
        "structure": demande.groupe,
        "jour": now.astimezone(demande.calendrier.zone).date(),
    }


# `groupes`: those shared with the one who invites; `is_aidant`: whether their aidants, or their instructeurs.
COLLEGUES = """
select a.id as agent, trim(a.prenom || ' ' || a.nom) as nom, a.fonction, min(g.nom) as groupe_nom
from membres_actifs m
join agents a on a.id = m.agent
join groupes g on g.id = m.groupe
where m.groupe = any(:groupes) and a.id <> :agent
    and case when :is_aidant then m.is_aidant else m.is_instructeur end
    and a.id <> (select auteur from demandes where numero = :demande)
    and not exists (select from invitations i where i.demande = :demande and i.agent = a.id)
group by a.id
order by a.nom, a.prenom, a.id
"""


async def list_collegues(signed: Signed, demande: Demande) -> list[Collegue]:
    """The colleagues this agent may invite: aidants of their own groupes on the aidant side, instructeurs of their
    own groupes on the other (calling one of them by name makes them follow). Empty when they may invite nobody.
    """
    droits = signed.droits
    if not can_invite_collegue(droits, demande.parties):
        return []
    is_aidant = is_on_aidant_side(droits, demande.parties)
    rows = await database.fetch(
        COLLEGUES,
        demande=demande.numero,
        groupes=list(_shared(signed, demande)),
        is_aidant=is_aidant,
        agent=droits.agent,
    )
    return [Collegue(**dict(row)) for row in rows]


async def invite(signed: Signed, demande: Demande, saisie: InvitationSaisie, now: datetime) -> int:
    """Bring groupes (of any département), colleagues or the experts in; returns the line of the thread.

    Who takes part already is left out; the same form sent twice invites once. Raises Refus, Conflit (closed
    meanwhile), Depuis, Invalide on `groupes`, `collegues`, `experts`, `texte` or `signature`.
    """

    async def decide(signed: Signed, demande: Demande) -> Decision:
        return await decide_invitation(signed, demande, saisie, now)

    acte = ActeSaisi(
        fait=Fait.INVITATION_ENVOYEE,
        ecrit=_ecrit_of(saisie),
        vu=saisie.vu,
        decide=decide,
        has_draft=signed.droits.is_collectif,  # whoever signs is remembered
        is_done=lambda held: is_here(saisie, held),
    )
    return await act(signed, demande, acte, now)


def is_here(saisie: InvitationSaisie, held: Demande) -> bool:
    """Everyone this form names takes part already."""
    here = _participants(held)
    experts = not saisie.experts or bool(held.parties.experts)
    return {*saisie.groupes} <= held.parties.groupes_sollicites and {*saisie.collegues} <= here and experts


async def decide_invitation(
    signed: Signed, demande: Demande, saisie: InvitationSaisie, now: datetime
) -> Decision:
    """What the law allows of it, the demande being held. Raises what `invite` does, Depuis aside."""
    ecrit = _ecrit_of(saisie)
    _require_rights(signed, demande, saisie)
    choix = await _find_choix(signed, demande, saisie, now)
    _check(choix, saisie)
    signs, missing = (
        find_signature(signed, saisie.signature) if ecrit.texte else (remembered_signature(signed), "")
    )
    if missing:
        raise Invalide({"signature": missing})
    asked = [g for g in choix.groupes if g not in demande.parties.groupes_sollicites]
    here = _participants(demande) | {signed.droits.agent}
    is_aidant = is_on_aidant_side(signed.droits, demande.parties)
    qualite = Qualite.COLLEGUE if is_aidant else Qualite.INSTRUCTEUR
    invited = dict.fromkeys((a for a in choix.experts if a not in here), Qualite.EXPERT)
    invited |= dict.fromkeys((a for a in choix.collegues if a not in here), qualite)
    if not (asked or invited):
        raise Invalide({"groupes": "Tous ceux que vous avez choisis participent déjà à la demande."})

    async def change() -> None:
        if asked:
            await sollicitations.solicit(demande, asked, signed.droits.agent, now)
        if invited:
            await database.fetch(
                INVITE,
                demande=demande.numero,
                agents=list(invited),
                qualites=list(invited.values()),
                by=signed.droits.agent,
                now=now,
            )

    publication = Publication(
        Fait.INVITATION_ENVOYEE,
        demande.numero,
        choose_voix(signed, demande),
        replace(ecrit, signature=signs),
        groupes=tuple(asked),
        agents=tuple(invited),
    )
    return Decision(publication, change)


def _ecrit_of(saisie: InvitationSaisie) -> Ecrit:
    return Ecrit(cle=saisie.cle, texte=saisie.texte.strip(), is_prive=saisie.is_prive)


def _require_rights(signed: Signed, demande: Demande, saisie: InvitationSaisie) -> None:
    droits, parties = signed.droits, demande.parties
    require_living(signed, demande)
    require(can_invite_groupe(droits, parties))
    require(not saisie.collegues or can_invite_collegue(droits, parties))
    require(not saisie.experts or can_invite_experts(droits, parties))
    require(not saisie.is_prive or can_write_prive(droits, parties))


def _participants(demande: Demande) -> set[int]:
    parties = demande.parties
    return {*parties.collegues, *parties.instructeurs, *parties.experts, parties.auteur}


# An invitation lives with the membership it is made through (migrations/groupes_2026_11_27.sql); an expert has none.
INVITE = """
insert into invitations (demande, agent, qualite, invited_by, invited_at, groupe)
select :demande, i.agent, i.qualite, :by, :now,
    case when i.qualite <> 'expert' then groupe_d_invitation(:demande, i.agent, :by, i.qualite) end
from unnest(:agents::int[], :qualites::text[]) as i (agent, qualite)
on conflict (demande, agent) do nothing
"""


@dataclass(frozen=True)
class _Choix:
    """What may be invited of what was chosen."""

    groupes: tuple[int, ...]
    collegues: tuple[int, ...]
    experts: tuple[int, ...]


CHOIX = """
select array(select g.id from groupes g join organismes o on o.id = g.organisme
          where g.id = any(:groupes) and g.deactivated_at is null and not o.is_aidant
              and not is_en_pause(g.pause_on, g.reprise_on, :jour)
              and is_accepte(g.aidants_acceptes, (select o.code from groupes s join organismes o on o.id = s.organisme
                  where s.id = :structure)) order by g.nom) as groupes,
    array(select distinct m.agent from membres_actifs m
          where m.agent = any(:collegues) and m.groupe = any(:partages)
              and case when :is_aidant then m.is_aidant else m.is_instructeur end) as collegues,
    array(select id from agents where :experts and is_expert and deactivated_at is null order by id) as experts
"""


async def _find_choix(signed: Signed, demande: Demande, saisie: InvitationSaisie, now: datetime) -> _Choix:
    row = await database.fetch_one(
        CHOIX,
        groupes=list(saisie.groupes),
        collegues=list(saisie.collegues),
        partages=list(_shared(signed, demande)),
        is_aidant=is_on_aidant_side(signed.droits, demande.parties),
        experts=saisie.experts,
        structure=demande.groupe,
        jour=now.astimezone(demande.calendrier.zone).date(),
    )
    assert row is not None
    return _Choix(tuple(row["groupes"]), tuple(row["collegues"]), tuple(row["experts"]))


def _shared(signed: Signed, demande: Demande) -> frozenset[int]:
    """The groupes whose members this agent may call by name."""
    is_aidant = is_on_aidant_side(signed.droits, demande.parties)
    return signed.droits.aidant if is_aidant else signed.droits.instructeur


def _check(choix: _Choix, saisie: InvitationSaisie) -> None:
    erreurs: dict[str, str] = {}
    if not (saisie.groupes or saisie.collegues or saisie.experts):
        erreurs["groupes"] = "Choisissez au moins un groupe, un collègue ou les experts."
    if set(choix.groupes) != set(saisie.groupes):
        erreurs["groupes"] = (
            "L’un des groupes choisis ne peut pas être sollicité\u00a0: choisissez à nouveau."
        )
    if set(choix.collegues) != set(saisie.collegues):
        erreurs["collegues"] = (
            "L’une des personnes choisies n’est pas de votre groupe : choisissez à nouveau."
        )
    erreurs |= check_length(saisie.texte, "texte")
    if erreurs:
        raise Invalide(erreurs)
