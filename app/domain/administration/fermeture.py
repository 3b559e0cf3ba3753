"""Closing a groupe, or merging it into another: what is open is handed over first, in the same transaction.

Merging moves everything: members with their roles, demandes, parts with all their facts, invitations, saved replies.
Closing hands over what is open: the heir is asked anew, with a delay of its own, and the part of the groupe ends.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.passation import Cause, say, tell_numeros
from app.domain.groupes.verrou import hold_groupes
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require


class FinDeGroupe(StrEnum):
    """How a groupe ends."""

    FERMER = "fermer"
    FUSIONNER = "fusionner"


@dataclass(frozen=True)
class DemandeLaissee:
    """A demande that the groupe leaves: metadata only. `is_sollicitee`: the groupe was asked, else it opened it."""

    numero: int
    is_sollicitee: bool
    sent_at: datetime


@dataclass(frozen=True)
class Heritier:
    """A groupe that may take over. `is_meme_organisme`: the two may merge."""

    id: int
    nom: str
    is_meme_organisme: bool


@dataclass(frozen=True)
class PlanFermeture:
    """What ends with the groupe, and who may take over."""

    ouvertes: tuple[DemandeLaissee, ...]
    heritiers: tuple[Heritier, ...]

    @property
    def empreinte(self) -> str:
        """What the page shows: another one means that something changed."""
        return empreinte("fermeture", repr([(o.numero, o.is_sollicitee) for o in self.ouvertes]))


OUVERTES = """
select s.demande as numero, true as is_sollicitee, d.sent_at
from sollicitations s join demandes d on d.numero = s.demande
where s.groupe = :groupe and s.closed_at is null and is_part_ouverte(s.traitee_at, s.declinee_at)
union all
select d.numero, false, d.sent_at from demandes d where d.groupe = :groupe and d.closed_at is null
order by 2 desc, 1
"""
# The same organisme and the same département first. What an opérateur owes goes to another one.
HERITIERS = """
select g.id, g.nom, g.organisme = f.organisme as is_meme_organisme
from groupes f join organismes fo on fo.id = f.organisme
join groupes g on g.id <> f.id and g.deactivated_at is null
join organismes o on o.id = g.organisme and (fo.is_aidant or not o.is_aidant)
where f.id = :groupe
order by g.organisme = f.organisme desc, exists (select from couvertures a join couvertures b
    on b.departement = a.departement and b.groupe = g.id where a.groupe = f.id) desc, g.nom
limit 2000
"""


async def plan_fermeture(signed: Signed, groupe: int) -> PlanFermeture:
    """What would end. Raises Introuvable to whoever does not run the platform."""
    if not can_administer(signed.droits):
        raise Introuvable
    ouvertes = await database.fetch(OUVERTES, groupe=groupe)
    heritiers = await database.fetch(HERITIERS, groupe=groupe)
    return PlanFermeture(
        tuple(DemandeLaissee(**dict(row)) for row in ouvertes),
        tuple(Heritier(**dict(row)) for row in heritiers),
    )


HOLD_DEMANDES = "select numero from demandes where numero = any(:numeros) order by numero for no key update"
CLOSE = "update groupes set deactivated_at = :now where id = :groupe and deactivated_at is null returning id"
MEMBRES = """
select a.id, a.email from membres_actifs m join agents a on a.id = m.agent
where m.groupe = :groupe
    and case :side when 'instructeur' then m.is_instructeur when 'aidant' then m.is_aidant else true end
order by a.id
"""


async def end_groupe(
    signed: Signed, groupe: Groupe, fin: FinDeGroupe, *, heritier: int | None, vu: str, now: datetime
) -> None:
    """Close this groupe, or merge it into `heritier`.

    Raises Introuvable, Invalide on `heritier`, Conflit when what is open changed since the page.
    """
    if not can_administer(signed.droits):
        raise Introuvable
    async with database.transaction():
        plan = await plan_fermeture(signed, groupe.id)
        chosen = _find_heritier(plan, fin, heritier)
        held = [groupe.id] if chosen is None else [groupe.id, chosen.id]
        require(can_administer(await hold_groupes(signed, held)))
        await database.fetch(HOLD_DEMANDES, numeros=[o.numero for o in plan.ouvertes])
        plan = await plan_fermeture(signed, groupe.id)
        if plan.empreinte != vu:
            raise Conflit(
                "Entre-temps, les demandes ouvertes du groupe ont changé\u00a0: relisez, puis recommencez."
            )
        if chosen is not None and all(h.id != chosen.id for h in plan.heritiers):
            raise Conflit(f"Le groupe {chosen.nom} vient d’être fermé\u00a0: choisissez-en un autre.")
        membres = await database.fetch(MEMBRES, groupe=groupe.id, side="")
        if await database.fetch_one(CLOSE, groupe=groupe.id, now=now) is None:
            raise Conflit("Ce groupe est déjà fermé.")
        if chosen is not None:
            if fin is FinDeGroupe.FUSIONNER:
                await _merge(groupe.id, chosen.id, now)
            else:
                await _hand_over(groupe.id, chosen.id, signed.droits.agent, now)
            ends = f"a rejoint le groupe {chosen.nom}" if fin is FinDeGroupe.FUSIONNER else "a fermé"
            phrase = f"Le groupe {groupe.nom} {ends}."
            await _tell_heirs(chosen, plan, Cause(signed.droits.agent, 0, (groupe.id,), phrase, now))
        fait = Fait.GROUPE_FUSIONNE if fin is FinDeGroupe.FUSIONNER else Fait.GROUPE_FERME
        details = {"heritier": chosen.id if chosen else None, "membres": len(membres)}
        await happened(fait, agent=signed.droits.agent, groupe=groupe.id, details=details, now=now)
        contexte = {
            "groupe": groupe.nom,
            "heritier": chosen.nom if chosen else "",
            "is_fusion": fait is Fait.GROUPE_FUSIONNE,
        }
        plis = [Pli(fait.courriel, row["email"], row["id"]) for row in membres]
        await post_courriels(plis, contexte=contexte, now=now)


def _find_heritier(plan: PlanFermeture, fin: FinDeGroupe, heritier: int | None) -> Heritier | None:
    chosen = next((h for h in plan.heritiers if h.id == heritier), None)
    if chosen is None and (plan.ouvertes or fin is FinDeGroupe.FUSIONNER or heritier is not None):
        raise Invalide({"heritier": "Choisissez le groupe qui prend la suite."})
    if chosen is not None and fin is FinDeGroupe.FUSIONNER and not chosen.is_meme_organisme:
        raise Invalide({"heritier": "Deux groupes ne fusionnent que s’ils sont du même organisme."})
    return chosen


# --- Closing ----------------------------------------------------------------------------------------------------

# The heir may have been asked already: its part opens again if it had ended. Each delay is that of its département.
ASK = """
insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
select s.demande, :heritier, :par, :now, limite_premiere_reponse(p.calendrier, p.fuseau, :now)
from sollicitations s join demandes d on d.numero = s.demande join departements p on p.id = d.departement
where s.groupe = :groupe and s.closed_at is null and is_part_ouverte(s.traitee_at, s.declinee_at)
on conflict (demande, groupe) do update
set traitee_at = null, declinee_at = null, solicited_at = excluded.solicited_at, late_at = excluded.late_at
where not is_part_ouverte(sollicitations.traitee_at, sollicitations.declinee_at)
"""
LET_GO = """
update sollicitations set opened_at = coalesce(opened_at, :now), declinee_at = :now, late_at = null
where groupe = :groupe and closed_at is null and is_part_ouverte(traitee_at, declinee_at)
"""
# An author who works in the heir too keeps what they opened; the others’ waits for an aidant of the heir to take it up.
ENTRUST = """
update demandes d set groupe = :heritier, vacante_at = case when exists (
    select from membres_actifs m where m.groupe = :heritier and m.agent = d.auteur) then d.vacante_at else :now end
where d.groupe = :groupe and d.closed_at is null
"""


async def _hand_over(groupe: int, heritier: int, par: int, now: datetime) -> None:
    await database.fetch(ASK, groupe=groupe, heritier=heritier, par=par, now=now)
    await database.fetch(LET_GO, groupe=groupe, now=now)
    await database.fetch(ENTRUST, groupe=groupe, heritier=heritier, now=now)


# --- Merging ----------------------------------------------------------------------------------------------------

JOIN = """
insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
select agent, :heritier, is_aidant, is_instructeur, is_responsable, created_at from adhesions where groupe = :groupe
on conflict (agent, groupe) do update set is_aidant = adhesions.is_aidant or excluded.is_aidant,
    is_instructeur = adhesions.is_instructeur or excluded.is_instructeur,
    is_responsable = adhesions.is_responsable or excluded.is_responsable
"""
ABSENCES = """
update absences b set adhesion = n.id from adhesions o, adhesions n
where b.adhesion = o.id and o.groupe = :groupe and n.groupe = :heritier and n.agent = o.agent
    and not exists (select from absences x where x.adhesion = n.id)
"""
# The same people answer: what they did, and until when they owe the next answer, comes with them.
MOVE_PARTS = """
update sollicitations s set groupe = :heritier
where s.groupe = :groupe
    and not exists (select from sollicitations h where h.demande = s.demande and h.groupe = :heritier)
"""
# Where both were asked, the part of the groupe that stays goes on, and opens again if only the other one was open.
JOIN_PARTS = """
update sollicitations h set traitee_at = null, declinee_at = null, late_at = s.late_at, taken_by = s.taken_by,
    taken_at = s.taken_at
from sollicitations s
where s.groupe = :groupe and s.closed_at is null and is_part_ouverte(s.traitee_at, s.declinee_at)
    and h.groupe = :heritier and h.demande = s.demande and not is_part_ouverte(h.traitee_at, h.declinee_at)
"""
END_PARTS = """
update sollicitations set declinee_at = :now, late_at = null
where groupe = :groupe and closed_at is null and is_part_ouverte(traitee_at, declinee_at)
"""
MOVES = (
    "update demandes set groupe = :heritier where groupe = :groupe and erased_at is null",
    "update invitations set groupe = :heritier where groupe = :groupe",
    "update reponses set groupe = :heritier where groupe = :groupe",
    """
    insert into couvertures (groupe, departement)
    select :heritier, departement from couvertures where groupe = :groupe
    on conflict (groupe, departement) do nothing
    """,
)


async def _merge(groupe: int, heritier: int, now: datetime) -> None:
    await database.fetch(JOIN, groupe=groupe, heritier=heritier)
    await database.fetch(ABSENCES, groupe=groupe, heritier=heritier)
    await database.fetch(MOVE_PARTS, groupe=groupe, heritier=heritier)
    await database.fetch(JOIN_PARTS, groupe=groupe, heritier=heritier)
    await database.fetch(END_PARTS, groupe=groupe, now=now)
    for move in MOVES:
        await database.fetch(move, groupe=groupe, heritier=heritier)
    await database.fetch("delete from adhesions where groupe = :groupe", groupe=groupe)


async def _tell_heirs(heritier: Heritier, plan: PlanFermeture, cause: Cause) -> None:
    """One line in each thread; one mail with the numbers to those who answer, and to those who may take up."""
    await say(
        Fait.DEMANDE_CONFIEE,
        {o.numero: [] for o in plan.ouvertes},
        {o.numero: heritier.id for o in plan.ouvertes},
        cause,
    )
    for side, is_sollicitee in (("instructeur", True), ("aidant", False)):
        numeros = [o.numero for o in plan.ouvertes if o.is_sollicitee is is_sollicitee]
        rows = await database.fetch(MEMBRES, groupe=heritier.id, side=side) if numeros else []
        told = [(row["id"], row["email"], numeros) for row in rows]
        await tell_numeros(Fait.DEMANDE_CONFIEE, told, cause)


REOPEN = (
    "update groupes set deactivated_at = null where id = :groupe and deactivated_at is not null returning id"
)


async def reopen_groupe(signed: Signed, groupe: Groupe, now: datetime) -> None:
    """Open a closed groupe again, with the members it still has. Raises Introuvable, Conflit."""
    if not can_administer(signed.droits):
        raise Introuvable
    async with database.transaction():
        require(can_administer(await hold_groupes(signed, [groupe.id])))
        if await database.fetch_one(REOPEN, groupe=groupe.id) is None:
            raise Conflit("Ce groupe est déjà ouvert.")
        await happened(Fait.GROUPE_ROUVERT, agent=signed.droits.agent, groupe=groupe.id, now=now)
