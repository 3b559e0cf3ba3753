"""Bringing someone in: another groupe, a colleague, the experts (product §3, §7)."""

from dataclasses import dataclass, replace
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes import sollicitations
from app.domain.demandes.demande import Demande, require_living
from app.domain.demandes.voix import choose_voix, remembered_signature
from app.domain.echanges.messages import check_length
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.saisie import InvitationSaisie
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
    (select count(*) from membres_actifs m where m.groupe = g.id and m.is_instructeur) as instructeurs
from groupes g join organismes o on o.id = g.organisme
where g.deactivated_at is null and not o.is_aidant
    and g.id in (select c.groupe from couvertures c where c.departement = :departement)
    and not exists (select from sollicitations s where s.demande = :demande and s.groupe = g.id)
order by o.nom, g.nom
"""


async def list_groupes(demande: Demande, departement: int | None) -> list[GroupeInvitable]:
    """The opérateurs of a département (the demande’s by default) not asked yet, by organisme."""
    where = departement or demande.departement
    rows = await database.fetch(GROUPES, demande=demande.numero, departement=where)
    return [GroupeInvitable(**dict(row)) for row in rows]


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
    meanwhile), Invalide on `groupes`, `collegues`, `experts` or `texte`.
    """
    droits, parties = signed.droits, demande.parties
    require_living(signed, demande)
    require(can_invite_groupe(droits, parties))
    require(not saisie.collegues or can_invite_collegue(droits, parties))
    require(not saisie.experts or can_invite_experts(droits, parties))
    require(not saisie.is_prive or can_write_prive(droits, parties))
    choix = await _find_choix(signed, demande, saisie)
    if choix.deja is not None:
        return choix.deja
    _check(choix, saisie)
    asked = [g for g in choix.groupes if g not in parties.groupes_sollicites]
    already = {*parties.collegues, *parties.instructeurs, *parties.experts, parties.auteur, droits.agent}
    named = [agent for agent in choix.collegues if agent not in already]
    called = [agent for agent in choix.experts if agent not in already]
    if not (asked or named or called):
        raise Invalide({"groupes": "Tous ceux que vous avez choisis participent déjà à la demande."})
    qualite = Qualite.COLLEGUE if is_on_aidant_side(droits, parties) else Qualite.INSTRUCTEUR
    invited = dict.fromkeys(named, qualite) | {
        agent: Qualite.EXPERT for agent in called if agent not in named
    }

    async def change() -> None:
        if asked:
            await sollicitations.solicit(demande, asked, droits.agent, now)
        if invited:
            await database.fetch(
                INVITE,
                demande=demande.numero,
                agents=list(invited),
                qualites=list(invited.values()),
                by=droits.agent,
                now=now,
            )

    signature = remembered_signature(signed)
    return await publish(
        Publication(
            Fait.INVITATION_ENVOYEE,
            demande.numero,
            choose_voix(signed, demande),
            replace(saisie, texte=saisie.texte.strip(), signature=signature),
            groupes=tuple(asked),
            agents=tuple(invited),
        ),
        signed=signed,
        change=change,
        now=now,
    )


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
    """What may still be invited of what was chosen; `deja`: the line this form made the first time."""

    deja: int | None
    groupes: tuple[int, ...]
    collegues: tuple[int, ...]
    experts: tuple[int, ...]


CHOIX = """
select (select id from messages where demande = :demande and cle = :cle) as deja,
    array(select g.id from groupes g join organismes o on o.id = g.organisme
          where g.id = any(:groupes) and g.deactivated_at is null and not o.is_aidant order by g.nom) as groupes,
    array(select distinct m.agent from membres_actifs m
          where m.agent = any(:collegues) and m.groupe = any(:partages)
              and case when :is_aidant then m.is_aidant else m.is_instructeur end) as collegues,
    array(select id from agents where :experts and is_expert and deactivated_at is null order by id) as experts
"""


async def _find_choix(signed: Signed, demande: Demande, saisie: InvitationSaisie) -> _Choix:
    row = await database.fetch_one(
        CHOIX,
        demande=demande.numero,
        cle=saisie.cle,
        groupes=list(saisie.groupes),
        collegues=list(saisie.collegues),
        partages=list(_shared(signed, demande)),
        is_aidant=is_on_aidant_side(signed.droits, demande.parties),
        experts=saisie.experts,
    )
    assert row is not None
    return _Choix(row["deja"], tuple(row["groupes"]), tuple(row["collegues"]), tuple(row["experts"]))


def _shared(signed: Signed, demande: Demande) -> frozenset[int]:
    """The groupes whose members this agent may call by name."""
    is_aidant = is_on_aidant_side(signed.droits, demande.parties)
    return signed.droits.aidant if is_aidant else signed.droits.instructeur


def _check(choix: _Choix, saisie: InvitationSaisie) -> None:
    erreurs: dict[str, str] = {}
    if not (saisie.groupes or saisie.collegues or saisie.experts):
        erreurs["groupes"] = "Choisissez au moins un groupe, un collègue ou les experts."
    if set(choix.groupes) != set(saisie.groupes):
        erreurs["groupes"] = "L’un des groupes choisis ne peut pas être sollicité : choisissez à nouveau."
    if set(choix.collegues) != set(saisie.collegues):
        erreurs["collegues"] = (
            "L’une des personnes choisies n’est pas de votre groupe : choisissez à nouveau."
        )
    erreurs |= check_length(saisie.texte, "texte")
    if erreurs:
        raise Invalide(erreurs)
