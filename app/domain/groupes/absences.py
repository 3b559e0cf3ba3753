"""Away from a groupe, from a day to another, with somebody who stands in: one hop, and it ends by itself.

While it lasts, the substitute is invited by name on the open demandes of whoever is away; these invitations hang on the
absence and go with it. A sweep begins and ends absences, and brings the substitute in on what came meanwhile.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import Absence, Membre, get_membre
from app.domain.groupes.verrou import hold_groupe, tell_agent
from app.domain.mots.dates import jour
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.permissions import Droits, can_manage_groupe, can_see_groupe

DUREE_MAX = timedelta(days=366)
COLLECTIF = "Un compte collectif n’est pas une personne\u00a0: il ne s’absente pas."
A_QUI = "Une absence est déclarée par la personne elle-même, par un responsable ou par un administrateur."


@dataclass(frozen=True)
class Remplacant:
    """A colleague of the groupe who could stand in."""

    agent: int
    nom: str


def can_declare(droits: Droits, groupe: int, agent: int) -> bool:
    """Oneself, or whoever manages the groupe."""
    return can_manage_groupe(droits, groupe) or (droits.agent == agent and can_see_groupe(droits, groupe))


# Of the same groupe, active, with a role the one who is away has: whoever only manages answers nobody.
REMPLACANTS = """
select a.id as agent, trim(a.prenom || ' ' || a.nom) as nom
from adhesions m
join membres_actifs r on r.groupe = m.groupe and r.agent <> m.agent
    and ((m.is_aidant and r.is_aidant) or (m.is_instructeur and r.is_instructeur))
join agents a on a.id = r.agent and not a.is_collectif
where m.agent = :agent and m.groupe = :groupe
order by a.nom, a.prenom, a.id
"""

OVERLAP = """
select trim(a.prenom || ' ' || a.nom) as nom from absences b
join adhesions m on m.id = b.adhesion join agents a on a.id = m.agent
where m.agent = :remplacant and m.groupe = :groupe and b.debut_on <= :fin and b.fin_on >= :debut
"""

DECLARE = """
insert into absences (adhesion, debut_on, fin_on, remplacant, declared_by, declared_at)
select id, :debut, :fin, :remplacant, :par, :now from adhesions where agent = :agent and groupe = :groupe
on conflict (adhesion) do update set debut_on = excluded.debut_on, fin_on = excluded.fin_on,
    remplacant = excluded.remplacant, declared_by = excluded.declared_by, declared_at = excluded.declared_at,
    begun_at = null
returning id
"""
# What a former version of the absence gave goes; the sweep, or the act itself, gives again what the new one says.
FORGET = "delete from invitations where absence = :absence"


async def list_remplacants(groupe: int, agent: int) -> list[Remplacant]:
    """The colleagues who could stand in for this member, by name."""
    rows = await database.fetch(REMPLACANTS, groupe=groupe, agent=agent)
    return [Remplacant(row["agent"], row["nom"]) for row in rows]


async def declare_absence(
    signed: Signed,
    groupe: Groupe,
    agent: int,
    *,
    debut: date | None,
    fin: date | None,
    remplacant: int | None,
    vu: str,
    now: datetime,
) -> None:
    """Declare or change an absence; it begins at once when its first day is today or past. `vu` is the `marque` of the
    one that the page showed, empty when there was none; the very same absence again changes nothing.

    Raises Introuvable, Refus, Invalide on `debut`, `fin` or `remplacant`, Conflit when somebody changed it meanwhile.
    """
    today = now.astimezone(signed.zone).date()
    async with database.transaction():
        membre = await _hold(signed, groupe, agent)
        choices = {r.agent for r in await list_remplacants(groupe.id, agent)}
        erreurs = _faults(debut, fin, today)
        if remplacant is not None and remplacant not in choices:
            erreurs["remplacant"] = "Choisissez un collègue actif du groupe, qui y a le même rôle."
        if erreurs:
            raise Invalide(erreurs)
        assert debut is not None and fin is not None
        wanted, was = Absence(debut, fin, remplacant, ""), membre.absence
        if was is not None and was.marque == wanted.marque:
            return
        _require_seen(was, vu)
        away = await database.fetch_one(
            OVERLAP, remplacant=remplacant, groupe=groupe.id, debut=debut, fin=fin
        )
        if away is not None:
            nom = away["nom"]
            raise Invalide(
                {"remplacant": f"{nom} a aussi une absence à ces dates\u00a0: choisissez quelqu’un d’autre."}
            )
        row = await database.fetch_one(
            DECLARE,
            groupe=groupe.id,
            agent=agent,
            debut=debut,
            fin=fin,
            remplacant=remplacant,
            par=signed.droits.agent,
            now=now,
        )
        assert row is not None
        await database.fetch(FORGET, absence=row["id"])
        details = {
            "agent": agent,
            "debut": debut.isoformat(),
            "fin": fin.isoformat(),
            "remplacant": remplacant,
        }
        await happened(
            Fait.ABSENCE_DECLAREE, agent=signed.droits.agent, groupe=groupe.id, details=details, now=now
        )
        await _begin(now, absence=row["id"])
        if remplacant not in {None, signed.droits.agent}:
            await _tell(membre, groupe, wanted, now)
        former = was.remplacant if was else None
        if former is not None and former not in {remplacant, signed.droits.agent}:
            # Somebody else stands in from now on, or nobody.
            contexte = {
                "qui": membre.nom_complet,
                "groupe": groupe.nom,
                "is_remplacant": True,
                "is_changee": True,
            }
            await tell(Fait.ABSENCE_TERMINEE, [former], demande=None, contexte=contexte, now=now)


async def _tell(membre: Membre, groupe: Groupe, absence: Absence, now: datetime) -> None:
    """The substitute learns for whom, and from when until when."""
    assert absence.remplacant is not None
    who = await database.fetch_one("select email from agents where id = :agent", agent=absence.remplacant)
    assert who is not None
    contexte: dict[str, object] = {
        "qui": membre.nom_complet,
        "groupe": groupe.nom,
        "debut": jour(absence.debut_on, UTC),
        "fin": jour(absence.fin_on, UTC),
    }
    await tell_agent(Fait.ABSENCE_DECLAREE, absence.remplacant, who["email"], contexte=contexte, now=now)


def _require_seen(absence: Absence | None, vu: str) -> None:
    """Raises Conflit when a page acts on another absence than the one it showed."""
    if vu == (absence.marque if absence else ""):
        return
    if absence is None:
        raise Conflit("Cette absence s’est terminée entre-temps. Relisez, puis recommencez.")
    dates = f"du {jour(absence.debut_on, UTC)} au {jour(absence.fin_on, UTC)}"
    par = f"remplacement par {absence.remplacant_nom}" if absence.remplacant else "sans remplacement"
    raise Conflit(
        f"Entre-temps, une autre absence a été enregistrée\u00a0: {dates}, {par}. Relisez, puis recommencez."
    )


def _faults(debut: date | None, fin: date | None, today: date) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    if debut is None:
        erreurs["debut"] = "Indiquez le premier jour d’absence, par exemple 30/11/2026."
    if fin is None:
        erreurs["fin"] = "Indiquez le dernier jour d’absence, par exemple 11/12/2026."
    elif fin < today:
        erreurs["fin"] = "Ce jour est passé\u00a0: l’absence serait déjà terminée."
    elif debut is not None and fin < debut:
        erreurs["fin"] = "Le dernier jour vient avant le premier."
    elif debut is not None and fin - debut > DUREE_MAX:
        erreurs["fin"] = "Une absence dure un an au plus\u00a0: au-delà, retirez la personne du groupe."
    return erreurs


END = """
delete from absences b using adhesions m, agents a, groupes g
where m.id = b.adhesion and m.agent = :agent and m.groupe = :groupe and a.id = m.agent and g.id = m.groupe
returning m.agent, b.remplacant, trim(a.prenom || ' ' || a.nom) as qui, g.nom as groupe
"""


async def end_absence(signed: Signed, groupe: Groupe, agent: int, now: datetime, *, vu: str) -> None:
    """Back before the day, or not leaving after all. Raises Introuvable, Refus, Conflit when it has ended already, or
    is not the one that the page showed (`vu`).
    """
    async with database.transaction():
        membre = await _hold(signed, groupe, agent)
        if membre.absence is not None:
            _require_seen(membre.absence, vu)
        row = await database.fetch_one(END, agent=agent, groupe=groupe.id)
        if row is None:
            raise Conflit("Cette absence est déjà terminée.")
        await _tell_end(row, now, by=signed.droits.agent)
        await happened(
            Fait.ABSENCE_TERMINEE,
            agent=signed.droits.agent,
            groupe=groupe.id,
            details={"agent": agent},
            now=now,
        )


async def _hold(signed: Signed, groupe: Groupe, agent: int) -> Membre:
    droits = await hold_groupe(signed, groupe.id)
    membre = await get_membre(groupe.id, agent)
    if not can_declare(droits, groupe.id, agent):
        raise Refus(A_QUI)
    if membre.is_collectif:
        raise Refus(COLLECTIF)
    return membre


# --- The sweep --------------------------------------------------------------------------------------------------

# A day begins and ends by the clock of whoever is away.
BEGUN = """
update absences b set begun_at = :now
from adhesions m, agents a, departements p, groupes g
where m.id = b.adhesion and a.id = m.agent and p.id = a.departement and g.id = m.groupe and b.begun_at is null
    and (:absence::integer is null or b.id = :absence)
    and b.debut_on <= (:now::timestamptz at time zone p.fuseau)::date
returning b.remplacant, b.fin_on, trim(a.prenom || ' ' || a.nom) as qui, g.nom as groupe
"""
# Safe to run twice: an absence that runs brings its substitute in on the open demandes that the one who is away holds
# through this groupe, those of yesterday and those that came since. Who takes part already is left as they are.
BRING_IN = """
with courantes as (
    select b.id, b.remplacant, m.agent, m.groupe
    from absences b
    join adhesions m on m.id = b.adhesion
    join agents a on a.id = m.agent
    join departements p on p.id = a.departement
    where (:absence::integer is null or b.id = :absence)
        and b.debut_on <= (:now::timestamptz at time zone p.fuseau)::date
),
tenues as (
    select c.id as absence, c.remplacant, c.groupe, d.numero, 'collegue' as qualite
    from courantes c join demandes d on d.auteur = c.agent and d.groupe = c.groupe
    where c.remplacant is not null and d.closed_at is null and d.vacante_at is null and d.auteur <> c.remplacant
    union
    select c.id, c.remplacant, c.groupe, i.demande, i.qualite
    from courantes c
    join invitations i on i.agent = c.agent and i.groupe = c.groupe and i.absence is null and i.qualite <> 'expert'
    join demandes d on d.numero = i.demande and d.closed_at is null and d.auteur <> c.remplacant
)
insert into invitations (demande, agent, qualite, invited_at, groupe, absence)
select numero, remplacant, qualite, :now, groupe, absence from tenues
on conflict (demande, agent) do nothing
"""
FINISHED = """
with finies as (
    delete from absences b using adhesions m, agents a, departements p, groupes g
    where m.id = b.adhesion and a.id = m.agent and p.id = a.departement and g.id = m.groupe
        and b.fin_on < (:now::timestamptz at time zone p.fuseau)::date
    returning m.agent, b.remplacant, trim(a.prenom || ' ' || a.nom) as qui, g.nom as groupe, g.id as groupe_id
),
dites as (
    insert into journal (at, fait, agent, groupe, details)
    select :now, :fait, null, groupe_id, jsonb_build_object('agent', agent) from finies
)
select * from finies
"""


async def turn_absences(now: datetime) -> None:
    """End the absences whose last day is past, then bring in the substitutes of those that run; tell each once."""
    async with database.transaction():
        for row in await database.fetch(FINISHED, now=now, fait=Fait.ABSENCE_TERMINEE.value):
            await _tell_end(row, now)
        for row in await _begin(now):
            if row["remplacant"] is None:
                continue
            contexte = {"qui": row["qui"], "groupe": row["groupe"], "fin": jour(row["fin_on"], UTC)}
            await tell(Fait.ABSENCE_COMMENCEE, [row["remplacant"]], demande=None, contexte=contexte, now=now)


async def _begin(now: datetime, *, absence: int | None = None) -> list[Any]:
    """Bring in the substitutes of the absences that run, or of this one; those that begin by it."""
    begun = await database.fetch(BEGUN, now=now, absence=absence)
    await database.fetch(BRING_IN, now=now, absence=absence)
    return begun


async def _tell_end(row: Any, now: datetime, *, by: int | None = None) -> None:
    """Whoever was away learns that mails come back, the substitute that it is over; nobody for their own act."""
    for agent in {row["agent"], row["remplacant"]} - {None, by}:
        contexte = {
            "qui": row["qui"],
            "groupe": row["groupe"],
            "is_remplacant": agent == row["remplacant"],
            "is_changee": False,
        }
        await tell(Fait.ABSENCE_TERMINEE, [agent], demande=None, contexte=contexte, now=now)
