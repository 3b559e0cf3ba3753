"""The cast of house §4, committed once per run: everyone a rule can be about, and a stranger.

Aïda and Aline are aidantes of the same France Services (22); Inès and Idir instruct at the CAF 22, Ivan at the
CPAM 22; Rose is responsable of the France Services and of the CAF; Élie is an expert, Paul a pilote, Ada an
administratrice; Ève is an instructrice and aidante of the Réunion, with demandes of her own.
"""

from dataclasses import dataclass, field
from datetime import datetime

from app import database
from app.domain.territoire.referentiel import load_referentiel
from app.settings import get_settings


@dataclass
class Groupes:
    """Ids of the groupes of the cast."""

    france_services: int = 0
    caf: int = 0
    cpam: int = 0
    france_travail: int = 0
    cpam_974: int = 0
    ccas_974: int = 0


@dataclass
class Cast:
    """Ids of the agents of the cast, by first name."""

    aida: int = 0
    aline: int = 0
    ines: int = 0
    idir: int = 0
    ivan: int = 0
    rose: int = 0
    elie: int = 0
    paul: int = 0
    ada: int = 0
    eve: int = 0
    claude: int = 0
    groupes: Groupes = field(default_factory=Groupes)
    departements: dict[str, int] = field(default_factory=dict)
    organismes: dict[str, int] = field(default_factory=dict)


CAST = Cast()

PEOPLE = {
    "aida": ("Aïda", "Kerjean", "22"),
    "aline": ("Aline", "Prigent", "22"),
    "ines": ("Inès", "Le Goff", "22"),
    "idir": ("Idir", "Hamel", "22"),
    "ivan": ("Ivan", "Riou", "22"),
    "rose": ("Rose", "Tanguy", "22"),
    "elie": ("Élie", "Martin", "75"),
    "paul": ("Paul", "Garnier", "75"),
    "ada": ("Ada", "Moreau", "75"),
    "eve": ("Ève", "Payet", "974"),
    "claude": ("Accueil", "Collectif", "22"),
}
TEAMS = {
    "france_services": ("France Services Callac", "france_services", "22"),
    "caf": ("CAF 22", "caf", "22"),
    "cpam": ("CPAM 22", "cpam", "22"),
    "france_travail": ("France Travail 22", "france_travail", "22"),
    "cpam_974": ("CPAM 974", "cpam", "974"),
    "ccas_974": ("CCAS de Saint-Paul", "ccas", "974"),
}
# agent, groupe, roles
MEMBERS = (
    ("aida", "france_services", "a"),
    ("aline", "france_services", "a"),
    ("claude", "france_services", "a"),
    ("rose", "france_services", "r"),
    ("rose", "caf", "r"),
    ("ines", "caf", "i"),
    ("idir", "caf", "i"),
    ("ivan", "cpam", "i"),
    ("eve", "cpam_974", "i"),
    ("eve", "ccas_974", "a"),
)


async def play(now: datetime) -> None:
    """Write the referentiel and the cast."""
    await load_referentiel()
    for row in await database.fetch("select id, code from departements"):
        CAST.departements[row["code"]] = row["id"]
    for row in await database.fetch("select id, code from organismes"):
        CAST.organismes[row["code"]] = row["id"]
    for key, (nom, organisme, departement) in TEAMS.items():
        groupe = await database.fetch_one(
            "insert into groupes (nom, organisme, created_at) values (:nom, :organisme, :created_at) returning id",
            nom=nom,
            organisme=CAST.organismes[organisme],
            created_at=now,
        )
        assert groupe is not None
        setattr(CAST.groupes, key, groupe["id"])
        await database.fetch(
            "insert into couvertures (groupe, departement) values (:groupe, :departement)",
            groupe=groupe["id"],
            departement=CAST.departements[departement],
        )
    for key, (prenom, nom, departement) in PEOPLE.items():
        agent = await database.fetch_one(
            """
            insert into agents (email, prenom, nom, departement, is_expert, is_administrateur, is_collectif,
                cgu_version, cgu_accepted_at, created_at)
            values (:email, :prenom, :nom, :departement, :is_expert, :is_administrateur, :is_collectif, :cgu_version,
                :now, :now) returning id
            """,
            email=f"{key}@exemple.fr",
            prenom=prenom,
            nom=nom,
            departement=CAST.departements[departement],
            is_expert=key == "elie",
            is_administrateur=key == "ada",
            is_collectif=key == "claude",
            cgu_version=get_settings().cgu_version,
            now=now,
        )
        assert agent is not None
        setattr(CAST, key, agent["id"])
    for who, groupe_key, roles in MEMBERS:
        await database.fetch(
            """
            insert into adhesions (agent, groupe, is_aidant, is_instructeur, is_responsable, created_at)
            values (:agent, :groupe, :is_aidant, :is_instructeur, :is_responsable, :created_at)
            """,
            agent=getattr(CAST, who),
            groupe=getattr(CAST.groupes, groupe_key),
            is_aidant="a" in roles,
            is_instructeur="i" in roles,
            is_responsable="r" in roles,
            created_at=now,
        )
    await database.fetch(
        "insert into perimetres (agent, organisme, departement) values (:agent, null, :departement)",
        agent=CAST.paul,
        departement=CAST.departements["22"],
    )
