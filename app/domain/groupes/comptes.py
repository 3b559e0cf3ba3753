"""Creating accounts, several at once: everything is checked before anything is written (product §3, S3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.agents import LENGTHS, say_long
from app.domain.acces.bienvenue import Accueilli, end_liens, welcome
from app.domain.acces.sessions import Signed
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.groupes.ajouts import DEJA_MEMBRE, join
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.membres import Etat, Membre, get_membre
from app.domain.groupes.verrou import hold_groupes
from app.domain.mots.adresses import read_adresse
from app.domain.mots.telephones import tidy_numero
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.permissions import can_manage_groupe, require
from app.domain.regles.roles import Role, Roles

LIGNES_MAX = 200
RESPONSABLES = "Seuls un responsable du groupe et un administrateur créent des comptes."


@dataclass(frozen=True)
class LigneCompte:
    """One account to create, as typed. `is_ajout`: add the account that already has this address instead."""

    prenom: str = ""
    nom: str = ""
    fonction: str = ""
    email: str = ""
    telephone: str = ""
    roles: Roles = frozenset({Role.AIDANT})
    is_collectif: bool = False
    is_ajout: bool = False

    @property
    def is_vide(self) -> bool:
        """Nobody typed anything there."""
        return not (self.prenom or self.nom or self.fonction or self.email or self.telephone)


@dataclass(frozen=True)
class Controle:
    """A line once read. `erreurs`: field → sentence; `existant`: the active account that has this address."""

    ligne: LigneCompte
    adresse: str
    erreurs: Mapping[str, str] = field(default_factory=dict)
    existant: int | None = None


@dataclass(frozen=True)
class Bilan:
    """How many accounts were created, and how many existing ones were added."""

    crees: int
    ajoutes: int


MANQUE = {
    "prenom": "Saisissez son prénom.",
    "nom": "Saisissez son nom.",
    "fonction": "Saisissez sa fonction.",
    "email": "Saisissez son adresse e-mail.",
}
EXISTE = (
    "Cette personne a déjà un compte\u00a0: ajoutez-la au groupe plutôt que d’en créer un autre, "
    "ou corrigez l’adresse."
)
# What an account of elsewhere became is said to nobody but the support (product §4).
SUPPORT = "Aucun compte ne peut être créé avec cette adresse. Si elle est exacte, écrivez au support."

KNOWN = """
select a.email, a.id, a.deactivated_at is null as is_active,
    exists (select from adhesions m where m.agent = a.id and m.groupe = :groupe) as is_membre
from agents a where a.email = any(:adresses)
"""


async def check_lignes(groupe: Groupe, lignes: Sequence[LigneCompte]) -> list[Controle]:
    """Every line with its errors, in order; one query whatever their number."""
    adresses = [read_adresse(ligne.email) or "" for ligne in lignes]
    rows = await database.fetch(KNOWN, groupe=groupe.id, adresses=[a for a in adresses if a])
    known = {row["email"]: row for row in rows}
    controles = []
    first: dict[str, int] = {}
    for n, (ligne, adresse) in enumerate(zip(lignes, adresses, strict=True), start=1):
        erreurs = _faults(ligne, adresse)
        who = known.get(adresse)
        if adresse and first.setdefault(adresse, n) != n:
            erreurs.setdefault("email", f"Cette adresse est déjà celle du compte {first[adresse]}.")
        elif who is not None and (phrase := _fault_of_known(who, ligne)):
            erreurs["email"] = phrase
        existant = who["id"] if who is not None and who["is_active"] and not who["is_membre"] else None
        controles.append(Controle(ligne, adresse, erreurs, existant))
    return controles


def _faults(ligne: LigneCompte, adresse: str) -> dict[str, str]:
    needed = ("email",) if ligne.is_ajout else ("nom", "email") if ligne.is_collectif else tuple(MANQUE)
    erreurs: dict[str, str] = {}
    for champ in ("prenom", "nom", "fonction", "email", "telephone"):
        typed: str = getattr(ligne, champ)
        if champ in needed and not typed:
            erreurs[champ] = MANQUE[champ]
        elif champ == "email" and not adresse:
            erreurs[champ] = "Cette adresse est incomplète. Elle a la forme prenom.nom@structure.fr."
        elif champ != "email" and len(tidy_numero(typed) if champ == "telephone" else typed) > LENGTHS[champ]:
            erreurs[champ] = say_long(champ)
    if not ligne.roles:
        erreurs["roles"] = "Cochez au moins un rôle."
    return erreurs


def _fault_of_known(who: Any, ligne: LigneCompte) -> str:
    if who["is_membre"]:
        desactive = "Ce compte du groupe est désactivé\u00a0: réactivez-le depuis la liste des membres."
        return DEJA_MEMBRE if who["is_active"] else desactive
    if not who["is_active"]:
        return SUPPORT
    return "" if ligne.is_ajout else EXISTE


def erreurs_of(controles: Sequence[Controle]) -> dict[str, str]:
    """Every error under the name of its field in the form, `email-3` for the third line, which the sentence names."""
    return {
        f"{champ}-{n}": phrase
        if len(controles) == 1
        else f"Compte {n}\u00a0: {phrase[0].lower()}{phrase[1:]}"
        for n, controle in enumerate(controles, start=1)
        for champ, phrase in controle.erreurs.items()
    }


# One statement for a whole list; an address taken since it was checked makes no row.
CREATE = """
with l as (
    select * from unnest(:adresses::text[], :prenoms::text[], :noms::text[], :fonctions::text[], :telephones::text[],
        :collectifs::bool[], :aidants::bool[], :instructeurs::bool[], :responsables::bool[])
        as l (email, prenom, nom, fonction, telephone, is_collectif, is_aidant, is_instructeur, is_responsable)
),
a as (
    insert into agents (email, prenom, nom, fonction, telephone, departement, is_collectif, created_at)
    select email, prenom, nom, fonction, telephone, coalesce(
        (select c.departement from couvertures c join departements d on d.id = c.departement
         where c.groupe = :groupe order by d.code limit 1), :departement), is_collectif, :now
    from l
    on conflict (email) do nothing
    returning id, email
),
m as (
    insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
    select a.id, :groupe, l.is_aidant, l.is_instructeur, l.is_responsable, :now from a join l on l.email = a.email
)
select id, email from a order by id
"""


async def create_comptes(
    signed: Signed, groupe: Groupe, lignes: Sequence[LigneCompte], now: datetime
) -> Bilan:
    """Create these accounts, or add those that exist and were said to be added; each is told by mail.

    All or nothing. Raises Refus, Invalide with the fields of `erreurs_of`, Conflit when an address was taken meanwhile.
    """
    require(can_manage_groupe(signed.droits, groupe.id), RESPONSABLES)
    if not lignes:
        raise Invalide({"email-1": "Saisissez au moins un compte."})
    if len(lignes) > LIGNES_MAX:
        raise Invalide({"": f"{LIGNES_MAX} comptes au plus à la fois\u00a0: il y en a {len(lignes)}."})
    async with database.transaction():
        droits = await hold_groupes(signed, [groupe.id])
        require(can_manage_groupe(droits, groupe.id), RESPONSABLES)
        controles = await check_lignes(groupe, lignes)
        if erreurs := erreurs_of(controles):
            raise Invalide(erreurs)
        added = [c for c in controles if c.existant is not None]
        created = await _create(signed, groupe, [c for c in controles if c.existant is None], now)
        contexte = {"par": f"{signed.prenom} {signed.nom}".strip(), "groupe": groupe.nom}
        if created:
            await welcome(Fait.COMPTE_CREE, created, contexte=contexte, now=now)
        for c in added:
            assert c.existant is not None
            await join(signed, groupe, c.existant, adresse=c.adresse, roles=c.ligne.roles, now=now)
    return Bilan(len(created), len(added))


async def _create(
    signed: Signed, groupe: Groupe, controles: Sequence[Controle], now: datetime
) -> list[Accueilli]:
    lignes = [c.ligne for c in controles]
    rows = await database.fetch(
        CREATE,
        adresses=[c.adresse for c in controles],
        prenoms=[ligne.prenom for ligne in lignes],
        noms=[ligne.nom for ligne in lignes],
        fonctions=[ligne.fonction for ligne in lignes],
        telephones=[tidy_numero(ligne.telephone) for ligne in lignes],
        collectifs=[ligne.is_collectif for ligne in lignes],
        aidants=[Role.AIDANT in ligne.roles for ligne in lignes],
        instructeurs=[Role.INSTRUCTEUR in ligne.roles for ligne in lignes],
        responsables=[Role.RESPONSABLE in ligne.roles for ligne in lignes],
        groupe=groupe.id,
        departement=signed.departement,
        now=now,
    )
    if len(rows) != len(controles):
        raise Conflit(
            "Entre-temps, un compte a été créé avec l’une de ces adresses. Vérifiez la liste, puis recommencez."
        )
    if rows:
        details = {"agents": [row["id"] for row in rows]}
        await happened(
            Fait.COMPTE_CREE, agent=signed.droits.agent, groupe=groupe.id, details=details, now=now
        )
    return [Accueilli(row["id"], row["email"]) for row in rows]


# --- An account that has not been used yet --------------------------------------------------------------------------


async def resend_welcome(signed: Signed, groupe: Groupe, agent: int, now: datetime) -> None:
    """Another welcome mail; the link of the former one ends. Raises Introuvable, Refus, Conflit once signed in."""
    async with database.transaction():
        membre = await _hold_waiting(signed, groupe, agent)
        await happened(
            Fait.COMPTE_RELANCE,
            agent=signed.droits.agent,
            groupe=groupe.id,
            details={"agent": agent},
            now=now,
        )
        contexte = {"par": f"{signed.prenom} {signed.nom}".strip(), "groupe": groupe.nom}
        accueilli = Accueilli(agent, membre.email)
        await welcome(Fait.COMPTE_RELANCE, [accueilli], contexte=contexte, now=now)


# Nothing hangs on an account that never signed in but what others gave it; then it is only closed.
FORGET = """
delete from agents a where a.id = :agent and a.last_seen_at is null
    and not exists (select from adhesions where agent = a.id) and not exists (select from demandes where auteur = a.id)
    and not exists (select from sollicitations where taken_by = a.id)
    and not exists (select from lectures where agent = a.id)
returning a.id
"""
CLOSE = "update agents set deactivated_at = :now, invited_until = null where id = :agent"


async def cancel_compte(signed: Signed, groupe: Groupe, agent: int, now: datetime) -> None:
    """Take back an account that nobody has used: its link ends, its membership goes, and with the last one the account
    itself, so that the right address may be typed again.

    Raises Introuvable, Refus, Conflit once signed in.
    """
    async with database.transaction():
        await _hold_waiting(signed, groupe, agent)
        await database.fetch(
            "delete from invitations where agent = :agent and groupe = :groupe", agent=agent, groupe=groupe.id
        )
        await database.fetch(
            "delete from adhesions where agent = :agent and groupe = :groupe", agent=agent, groupe=groupe.id
        )
        left = await database.fetch_one("select 1 from adhesions where agent = :agent", agent=agent)
        if left is None:
            await end_liens([agent], now)
            if await database.fetch_one(FORGET, agent=agent) is None:
                await database.fetch(CLOSE, agent=agent, now=now)
        await happened(
            Fait.COMPTE_ANNULE, agent=signed.droits.agent, groupe=groupe.id, details={"agent": agent}, now=now
        )


async def _hold_waiting(signed: Signed, groupe: Groupe, agent: int) -> Membre:
    droits = await hold_groupes(signed, [groupe.id])
    if not can_manage_groupe(droits, groupe.id):
        raise Refus(RESPONSABLES)
    membre = await get_membre(groupe.id, agent)
    if membre.etat is not Etat.ATTENTE:
        raise Conflit(f"{membre.nom_complet} s’est connecté entre-temps\u00a0: son compte est en service.")
    return membre
