"""A misuse seen in a demande: any of its readers reports it, administrateurs judge it from metadata alone.

What is written is for people who may not know who the usager is: it is refused when it gives them away.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.echanges.fil import list_participants
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_administer, can_read_demande, require

TEXTE_MAX = 1_000
SIGNALEMENTS_MAX = 200  # on the page: those that wait first
DEJA = "Vous avez déjà signalé cette demande\u00a0: l’équipe Administration+ l’a reçu et va répondre."


class RaisonSignalement(MotFerme):
    """Why; its row is how it is asked and said. The value is kept in `signalements`."""

    fiche: str

    CURIOSITE = "curiosite", "Demande lue sans raison de service"
    DONNEES = "donnees", "Données de l’usager utilisées ou transmises à tort"
    PROPOS = "propos", "Propos déplacés"
    COMPTE = "compte", "Compte utilisé par quelqu’un d’autre"
    OBJET = "objet", "Demande sans rapport avec Administration+"
    AUTRE = "autre", "Autre raison"


class SuiteSignalement(MotFerme):
    """What became of it. The value is kept in `signalements`."""

    fiche: str

    CLASSEE = "classee", "classé sans suite"
    EXCLUSION = "exclusion", "compte exclu"


@dataclass(frozen=True)
class SignalementSaisi:
    """What was typed. Its `vise` is somebody who takes part, or None."""

    raison: str = ""
    vise: int | None = None
    texte: str = ""


@dataclass(frozen=True)
class Signalement:
    """One report, for administrateurs: nothing of the content of the demande."""

    id: int
    demande: int
    raison: RaisonSignalement
    texte: str
    par: int
    par_nom: str
    vise: int | None
    vise_nom: str
    vise_groupes: str
    is_vise_actif: bool
    created_at: datetime
    treated_at: datetime | None
    treated_nom: str
    suite: SuiteSignalement | None


INSERT = """
insert into signalements (demande, agent, vise, raison, texte, created_at)
values (:demande, :agent, :vise, :raison, :texte, :now)
on conflict (agent, demande) where treated_at is null do nothing returning id
"""
ADMINISTRATEURS = (
    "select id, email from agents where is_administrateur and deactivated_at is null order by id"
)


async def report(signed: Signed, demande: Demande, saisie: SignalementSaisi, now: datetime) -> None:
    """Send it to the administrateurs. Raises Refus, Invalide on its fields, Conflit for a second one."""
    require(can_read_demande(signed.droits, demande.parties))
    if erreurs := await _find_faults(signed, demande, saisie, now):
        raise Invalide(erreurs)
    async with database.transaction():
        row = await database.fetch_one(
            INSERT,
            demande=demande.numero,
            agent=signed.droits.agent,
            vise=saisie.vise,
            raison=saisie.raison,
            texte=saisie.texte,
            now=now,
        )
        if row is None:
            raise Conflit(DEJA)
        fait, details = Fait.ABUS_SIGNALE, {"signalement": row["id"], "raison": saisie.raison}
        await happened(fait, agent=signed.droits.agent, demande=demande.numero, details=details, now=now)
        told = await database.fetch(ADMINISTRATEURS)
        plis = [Pli(fait.courriel, one["email"], one["id"], genre=fait.fiche.genre) for one in told]
        await post_courriels(plis, contexte={}, demande=demande.numero, now=now)


async def list_visables(signed: Signed, demande: Demande) -> list[tuple[int, str]]:
    """Whom a report may be about: who takes part, but oneself."""
    people = await list_participants(signed.droits, demande)
    return [(p.agent, p.nom) for p in people if p.agent != signed.droits.agent]


async def _find_faults(
    signed: Signed, demande: Demande, saisie: SignalementSaisi, now: datetime
) -> dict[str, str]:
    erreurs = {}
    if saisie.raison not in set(RaisonSignalement):
        erreurs["raison"] = "Choisissez une raison."
    if saisie.vise is not None and saisie.vise not in dict(await list_visables(signed, demande)):
        erreurs["vise"] = "Cette personne ne prend pas, ou plus, part à la demande."
    noms = [demande.usager_prenom, demande.usager_nom]
    if not saisie.texte:
        erreurs["texte"] = "Dites en quelques mots ce qui s’est passé."
    elif len(saisie.texte) > TEXTE_MAX:
        erreurs["texte"] = f"{TEXTE_MAX} caractères au plus (il y en a {len(saisie.texte)})."
    elif found := find_donnees_personnelles(saisie.texte, noms, annee=now.astimezone(UTC).year):
        erreurs["texte"] = (
            f"«\u00a0{found[0].extrait}\u00a0» ressemble à une donnée personnelle\u00a0: l’équipe Administration+ "
            "ne doit pas savoir qui est l’usager. Dites-le autrement."
        )
    return erreurs


LIST = """
select s.id, s.demande, s.raison, s.texte, s.agent as par, trim(p.prenom || ' ' || p.nom) as par_nom, s.vise,
    coalesce(trim(v.prenom || ' ' || v.nom), '') as vise_nom,
    coalesce((select string_agg(g.nom, ', ' order by g.nom) from adhesions m join groupes g on g.id = m.groupe
        where m.agent = s.vise), '') as vise_groupes,
    v.id is not null and v.deactivated_at is null as is_vise_actif, s.created_at, s.treated_at,
    coalesce(trim(t.prenom || ' ' || t.nom), '') as treated_nom, s.suite
from signalements s join agents p on p.id = s.agent left join agents v on v.id = s.vise
left join agents t on t.id = s.treated_by
where :signalement::integer is null or s.id = :signalement
order by s.treated_at is not null, s.created_at desc, s.id desc limit :most
"""


async def list_signalements(signed: Signed) -> list[Signalement]:
    """Every report, those that wait first, the last one first. Raises Refus."""
    require(can_administer(signed.droits))
    rows = await database.fetch(LIST, signalement=None, most=SIGNALEMENTS_MAX)
    return [_signalement_of(dict(row)) for row in rows]


TREAT = """
update signalements set treated_at = :now, treated_by = :agent, suite = :suite
where id = :signalement and treated_at is null returning demande
"""


async def treat_signalement(signed: Signed, signalement: int, suite: SuiteSignalement, now: datetime) -> None:
    """Say what became of it. Raises Introuvable, to everybody else too, Conflit when a colleague was first."""
    if not can_administer(signed.droits):
        raise Introuvable
    async with database.transaction():
        row = await database.fetch_one(
            TREAT, signalement=signalement, agent=signed.droits.agent, suite=suite.value, now=now
        )
        if row is None:
            if not await database.fetch(LIST, signalement=signalement, most=1):
                raise Introuvable
            raise Conflit("Un collègue a déjà traité ce signalement.")
        details = {"signalement": signalement, "suite": suite.value}
        await happened(
            Fait.SIGNALEMENT_TRAITE,
            agent=signed.droits.agent,
            demande=row["demande"],
            details=details,
            now=now,
        )


def _signalement_of(row: dict[str, object]) -> Signalement:
    suite = row.pop("suite")
    return Signalement(
        **{**row, "raison": RaisonSignalement(str(row["raison"]))},  # type: ignore[arg-type]
        suite=SuiteSignalement(str(suite)) if suite else None,
    )
