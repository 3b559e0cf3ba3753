"""What a groupe says of itself and whom it takes demandes from: description, mailbox, pause, kinds of aidants."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte
from app.domain.groupes.groupe import Groupe, get_groupe
from app.domain.groupes.verrou import hold_groupe
from app.domain.mots.adresses import read_adresse
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.permissions import can_manage_groupe

DESCRIPTION_MAX = 300
MESSAGE_MAX = 300
PAUSE_MAX = timedelta(days=183)


@dataclass(frozen=True)
class Reglages:
    """The settings as typed. `is_en_pause`: no new demande between the two dates. `aidants`: codes of organismes; all
    of them, or none, means every kind of aidant.
    """

    description: str
    bal: str
    is_en_pause: bool
    pause_on: date | None
    reprise_on: date | None
    message: str
    aidants: tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    """A kind of aidants that a groupe may accept."""

    code: str
    nom: str


async def list_structures() -> list[Structure]:
    """Every kind of aidants, by name."""
    rows = await database.fetch("select code, nom from organismes where is_aidant order by nom")
    return [Structure(row["code"], row["nom"]) for row in rows]


WRITE = """
update groupes set description = :description, bal = nullif(:bal, ''), pause_on = :pause_on, reprise_on = :reprise_on,
    pause_message = :message, aidants_acceptes = :aidants
where id = :groupe
"""


def say_vu(groupe: Groupe) -> str:
    """What the page of the settings has seen, to be said when they are kept."""
    return empreinte(
        "reglages", groupe.description, groupe.bal, str(groupe.pause), *sorted(groupe.aidants_acceptes)
    )


async def change_reglages(
    signed: Signed, groupe: Groupe, reglages: Reglages, now: datetime, *, vu: str = ""
) -> None:
    """Keep the settings. `vu` is what the page had seen; a page of a former version says nothing of it.

    Raises Introuvable, Refus, Conflit when they changed meanwhile, Invalide with a sentence per field.
    """
    structures = [structure.code for structure in await list_structures()]
    erreurs = _faults(reglages, now.astimezone(signed.zone).date())
    if not set(reglages.aidants) <= set(structures):
        erreurs["aidants"] = "L’une des structures choisies n’existe plus\u00a0: choisissez de nouveau."
    if not groupe.is_aidant and not reglages.aidants:
        erreurs["aidants"] = "Cochez au moins une sorte de structure, sinon personne ne pourrait vous écrire."
    if erreurs:
        raise Invalide(erreurs)
    async with database.transaction():
        droits = await hold_groupe(signed, groupe.id)
        held = await get_groupe(droits, groupe.id)
        if not can_manage_groupe(droits, groupe.id):
            raise Refus("Seuls un responsable du groupe et un administrateur changent ces réglages.")
        if vu and vu != say_vu(held):
            raise Conflit("Ces réglages ont changé entre-temps\u00a0: relisez, puis recommencez.")
        await database.fetch(
            WRITE,
            groupe=groupe.id,
            description=reglages.description,
            bal=read_adresse(reglages.bal) or "",
            pause_on=reglages.pause_on if reglages.is_en_pause else None,
            reprise_on=reglages.reprise_on if reglages.is_en_pause else None,
            message=reglages.message if reglages.is_en_pause else "",
            aidants=[] if set(reglages.aidants) == set(structures) else sorted(reglages.aidants),
        )
        await happened(
            Fait.GROUPE_REGLE,
            agent=signed.droits.agent,
            groupe=groupe.id,
            details={"pause": reglages.is_en_pause},
            now=now,
        )


def _faults(reglages: Reglages, today: date) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    if len(reglages.description) > DESCRIPTION_MAX:
        erreurs["description"] = (
            f"{DESCRIPTION_MAX} caractères au plus (il y en a {len(reglages.description)})."
        )
    if reglages.bal and read_adresse(reglages.bal) is None:
        erreurs["bal"] = "Cette adresse est incomplète. Elle a la forme service@structure.fr."
    if reglages.is_en_pause:
        erreurs |= _faults_of_pause(reglages, today)
    return erreurs


def _faults_of_pause(reglages: Reglages, today: date) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    debut, reprise = reglages.pause_on, reglages.reprise_on
    if debut is None:
        erreurs["pause_on"] = "Indiquez le premier jour de la pause, par exemple 24/12/2026."
    if reprise is None:
        erreurs["reprise_on"] = "Indiquez le jour de la reprise, par exemple 28/12/2026."
    elif reprise <= today:
        erreurs["reprise_on"] = "Ce jour est passé\u00a0: la pause serait déjà terminée."
    elif debut is not None and reprise <= debut:
        erreurs["reprise_on"] = "La reprise vient avant la pause."
    elif debut is not None and reprise - debut > PAUSE_MAX:
        erreurs["reprise_on"] = "Une pause dure six mois au plus\u00a0: au-delà, écrivez au support."
    if not reglages.message:
        erreurs["message"] = "Dites aux aidants pourquoi, et vers qui se tourner en cas d’urgence."
    elif len(reglages.message) > MESSAGE_MAX:
        erreurs["message"] = f"{MESSAGE_MAX} caractères au plus (il y en a {len(reglages.message)})."
    return erreurs
