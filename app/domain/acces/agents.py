"""What agents say of themselves, and the conditions they accept (product §4, S3 « 4.1 Acceptation »)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from app import database, tables
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.telephones import is_known, tidy_numero
from app.domain.regles.errors import Invalide

LENGTHS = {"prenom": 80, "nom": 80, "fonction": 120, "telephone": 20}
LIBELLES = {"prenom": "Prénom", "nom": "Nom", "fonction": "Fonction", "telephone": "Téléphone"}
MANQUE = {
    "prenom": "Saisissez votre prénom.",
    "nom": "Saisissez votre nom.",
    "fonction": "Saisissez votre fonction.",
}


@dataclass(frozen=True)
class Profil:
    """What an agent may change alone: never the e-mail, nor the roles (product §2)."""

    prenom: str
    nom: str
    fonction: str
    telephone: str


async def edit_profil(agent: int, profil: Profil, *, is_collectif: bool, now: datetime) -> None:
    """Keep what the agent typed. Raises Invalide; a telephone that looks odd is kept as typed."""
    erreurs = _faults(profil, is_collectif=is_collectif)
    if erreurs:
        raise Invalide(erreurs)
    async with database.transaction():
        await _write(agent, profil)
        await happened(Fait.PROFIL_MODIFIE, agent=agent, now=now)


async def accept_cgu(
    agent: int,
    *,
    version: str,
    is_accepted: bool,
    now: datetime,
    profil: Profil | None = None,
) -> None:
    """Keep that this agent accepts this version of the conditions, with the profile of a first sign-in.

    Raises Invalide when something is missing; nothing is kept then.
    """
    erreurs = _faults(profil, is_collectif=False) if profil else {}
    if not is_accepted:
        erreurs["acceptation"] = "Cochez la case pour accepter les conditions d’utilisation."
    if erreurs:
        raise Invalide(erreurs)
    async with database.transaction():
        if profil:
            await _write(agent, profil)
        await tables.Agents.update(
            {tables.Agents.cgu_version: version, tables.Agents.cgu_accepted_at: now}
        ).where(tables.Agents.id == agent)
        await happened(Fait.CGU_ACCEPTEES, agent=agent, details={"version": version}, now=now)


def is_telephone_odd(texte: str) -> bool:
    """Typed, but no number we know: worth a gentle word beside the field, never a refusal."""
    return bool(texte) and not is_known(texte)


def say_long(champ: str) -> str:
    """The sentence names its field: several stand together in the summary of a form."""
    return f"{LIBELLES[champ]}\u00a0: {LENGTHS[champ]} caractères au plus."


def _faults(profil: Profil, *, is_collectif: bool) -> dict[str, str]:
    typed: Mapping[str, str] = asdict(profil)
    needed = {"nom"} if is_collectif else set(MANQUE)
    erreurs: dict[str, str] = {}
    for champ, longest in LENGTHS.items():
        if champ in needed and not typed[champ]:
            erreurs[champ] = MANQUE[champ]
        # A number is kept in its usual form, which is shorter.
        elif len(tidy_numero(typed[champ]) if champ == "telephone" else typed[champ]) > longest:
            erreurs[champ] = say_long(champ)
    return erreurs


async def _write(agent: int, profil: Profil) -> None:
    await tables.Agents.update(
        {
            tables.Agents.prenom: profil.prenom,
            tables.Agents.nom: profil.nom,
            tables.Agents.fonction: profil.fonction,
            tables.Agents.telephone: tidy_numero(profil.telephone),
        }
    ).where(tables.Agents.id == agent)
