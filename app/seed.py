"""A small believable territory: the cast, three real départements, sixty agents, three hundred demandes.

Same seed, same people and same stories; ages count back from the moment it is sown. Safe to run twice: the second
time finds the cast and leaves everything as it is. Never run in production.
"""

import random
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from piccolo.table import Table

from app import database, referentiel, tables
from app.domain.regles.calendrier import Calendrier
from app.seed_demandes import TABLES, Histoire, tell_story
from app.settings import get_settings

TERRITOIRE = Path(__file__).parent / "territoire"
DEPARTEMENTS = ("22", "67", "974")
OPERATEURS = ("caf", "cpam", "france_travail", "ddfip", "msa", "carsat", "mdph", "prefecture")
DEMANDES = 300
AGENTS = 60

# One can sign in as these people (e-mail, what they are), in the order of the cast of the tests.
PERSONNES = (
    ("aida@exemple.fr", "Aïda Kerjean, aidante, France Services Callac (22)"),
    ("aline@exemple.fr", "Aline Prigent, aidante, sa collègue"),
    ("ines@exemple.fr", "Inès Le Goff, instructrice, CAF 22"),
    ("idir@exemple.fr", "Idir Hamel, instructeur, CAF 22"),
    ("ivan@exemple.fr", "Ivan Riou, instructeur, CPAM 22"),
    ("rose@exemple.fr", "Rose Tanguy, responsable, France Services Callac et CAF 22"),
    ("elie@exemple.fr", "Élie Martin, expert de l’équipe Administration+"),
    ("paul@exemple.fr", "Paul Garnier, pilote des Côtes-d’Armor"),
    ("ada@exemple.fr", "Ada Moreau, administratrice"),
    ("eve@exemple.fr", "Ève Payet, aidante et instructrice à La Réunion"),
    ("accueil.callac@exemple.fr", "Accueil Callac, compte collectif qui signe"),
)
# Each line holds e-mail, prénom, nom, fonction, département, then (groupe, roles) for each groupe.
CAST: tuple[tuple[str, str, str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("aida", "Aïda", "Kerjean", "Conseillère France Services", "22", (("France Services Callac", "a"),)),
    ("aline", "Aline", "Prigent", "Conseillère France Services", "22", (("France Services Callac", "a"),)),
    ("ines", "Inès", "Le Goff", "Gestionnaire de dossiers", "22", (("CAF 22", "i"),)),
    ("idir", "Idir", "Hamel", "Gestionnaire de dossiers", "22", (("CAF 22", "i"),)),
    ("ivan", "Ivan", "Riou", "Technicien de prestations", "22", (("CPAM 22", "i"),)),
    ("rose", "Rose", "Tanguy", "Coordinatrice", "22", (("France Services Callac", "r"), ("CAF 22", "r"))),
    ("elie", "Élie", "Martin", "Expert", "22", ()),
    ("paul", "Paul", "Garnier", "Chargé de mission", "22", ()),
    ("ada", "Ada", "Moreau", "Équipe Administration+", "22", ()),
    ("eve", "Ève", "Payet", "Assistante sociale", "974", (("CPAM 974", "i"), ("CCAS de Saint-Paul", "a"))),
    ("accueil.callac", "Accueil", "Callac", "Accueil", "22", (("France Services Callac", "a"),)),
)


@dataclass
class Equipe:
    """A groupe of the seed and who works there."""

    id: int
    nom: str
    organisme: str
    departement: str
    aidants: list[int] = field(default_factory=list)
    instructeurs: list[int] = field(default_factory=list)


@dataclass
class Territoire:
    """What is being sown."""

    alea: random.Random
    now: datetime
    departements: dict[str, int]
    organismes: dict[str, int]
    equipes: dict[str, Equipe] = field(default_factory=dict)


# Most people came these last weeks; one in nine has not come yet.
CAME = """
update agents set last_seen_at = :now::timestamptz - (id % 40) * interval '7 hours'
where email like '%@exemple.fr' and last_seen_at is null and id % 9 <> 0
"""


# The numbers are taken first, so that the rows of all demandes are written together: one by one took two seconds.
NUMEROS = """
select nextval(pg_get_serial_sequence('demandes', 'numero')) as numero from generate_series(1, :demandes)
"""
# A statement has room for 32 767 values.
AT_ONCE = 300


def read_territoire(name: str) -> dict[str, Any]:
    """A file of `territoire/`."""
    return tomllib.loads((TERRITOIRE / f"{name}.toml").read_text(encoding="utf-8"))


async def seed(now: datetime | None = None) -> None:
    """Sow, unless it was done before, in a base that has its referentiel."""
    async with database.transaction():
        if await tables.Agents.exists().where(tables.Agents.email == "aida@exemple.fr"):
            return
        territoire = Territoire(
            alea=random.Random(2026),  # noqa: S311 - believable, not secret
            now=now or datetime.now(UTC),
            departements=await _ids_by_code(tables.Departements),
            organismes=await _ids_by_code(tables.Organismes),
        )
        personnes = read_territoire("personnes")
        await _make_groupes(territoire, personnes["structures"])
        await _play_cast(territoire)
        await _hire(territoire, personnes)
        await _tell_demandes(territoire, personnes)
        await database.fetch(CAME, now=territoire.now)
        await _live(territoire)
    await database.run_script("analyze")


async def _ids_by_code(table: type[tables.Departements] | type[tables.Organismes]) -> dict[str, int]:
    return {row["code"]: row["id"] for row in await table.select(table.id, table.code)}


async def _make_groupes(territoire: Territoire, structures: list[dict[str, str]]) -> None:
    wanted = [
        ("France Services Callac", "france_services", "22", ""),
        ("CCAS de Saint-Paul", "ccas", "974", ""),
    ]
    wanted += [(s["nom"], s["organisme"], s["departement"], "") for s in structures]
    for code in DEPARTEMENTS:
        for organisme in map(referentiel.organisme, OPERATEURS):
            bal = f"{organisme.code.replace('_', '-')}{code}@exemple.fr" if organisme.code == "cpam" else ""
            wanted.append((f"{organisme.sigle} {code}", organisme.code, code, bal))
    for nom, code_organisme, code, bal in {w[0]: w for w in wanted}.values():
        du = referentiel.departement(code).du
        [row] = await tables.Groupes.insert(
            tables.Groupes(
                nom=nom,
                organisme=territoire.organismes[code_organisme],
                description=f"{referentiel.organisme(code_organisme).nom} {du}",
                bal=bal or None,
                created_at=territoire.now,
            )
        )
        await tables.Couvertures.insert(
            tables.Couvertures(groupe=row["id"], departement=territoire.departements[code])
        )
        territoire.equipes[nom] = Equipe(row["id"], nom, code_organisme, code)


async def _join(territoire: Territoire, code: str, **facts: Any) -> int:
    [row] = await tables.Agents.insert(
        tables.Agents(
            departement=territoire.departements[code],
            cgu_version=get_settings().cgu_version,
            cgu_accepted_at=territoire.now,
            created_at=territoire.now,
            **facts,
        )
    )
    return int(row["id"])


async def _belong(territoire: Territoire, agent: int, nom: str, roles: str) -> None:
    equipe = territoire.equipes[nom]
    await tables.Adhesions.insert(
        tables.Adhesions(
            agent=agent,
            groupe=equipe.id,
            is_aidant="a" in roles,
            is_instructeur="i" in roles,
            is_responsable="r" in roles,
            created_at=territoire.now,
        )
    )
    if "a" in roles:
        equipe.aidants.append(agent)
    if "i" in roles:
        equipe.instructeurs.append(agent)


async def _play_cast(territoire: Territoire) -> None:
    for key, prenom, nom, fonction, code, memberships in CAST:
        facts = {
            "is_expert": key == "elie",
            "is_administrateur": key == "ada",
            "is_collectif": key == "accueil.callac",
        }
        agent = await _join(
            territoire, code, email=f"{key}@exemple.fr", prenom=prenom, nom=nom, fonction=fonction, **facts
        )
        for groupe, roles in memberships:
            await _belong(territoire, agent, groupe, roles)
        if key == "paul":
            await tables.Perimetres.insert(
                tables.Perimetres(agent=agent, departement=territoire.departements[code])
            )


async def _hire(territoire: Territoire, personnes: dict[str, Any]) -> None:
    """Everyone else: first one in each groupe that has nobody, then where chance says."""
    alea = territoire.alea
    equipes = [e for e in territoire.equipes.values() if not e.aidants and not e.instructeurs]
    equipes += alea.choices(list(territoire.equipes.values()), k=AGENTS)
    for n, equipe in enumerate(equipes[: AGENTS - len(CAST) - len(ARRIVALS)], start=1):
        is_operateur = equipe.organisme in OPERATEURS
        is_woman = alea.random() < 0.6
        genre = "feminins" if is_woman else "masculins"
        noms = personnes["noms"][personnes["noms_par_departement"][equipe.departement]]
        prenom, nom = alea.choice(personnes["prenoms"][genre]), alea.choice(noms)
        fonction = alea.choice(
            personnes["fonctions"]["instructeur" if is_operateur else "aidant"][
                "feminines" if is_woman else "masculines"
            ]
        )
        agent = await _join(
            territoire,
            equipe.departement,
            email=f"agent{n}@exemple.fr",
            prenom=prenom,
            nom=nom,
            fonction=fonction,
        )
        await _belong(territoire, agent, equipe.nom, "i" if is_operateur else "a")


async def _tell_demandes(territoire: Territoire, personnes: dict[str, Any]) -> None:
    alea = territoire.alea
    situations = read_territoire("situations")["situations"]
    rows: list[Table] = []
    for n, numero in enumerate(await database.fetch(NUMEROS, demandes=DEMANDES)):
        situation = situations[n % len(situations)]
        code = alea.choices(DEPARTEMENTS, (5, 3, 2))[0]
        structures = [e for e in territoire.equipes.values() if e.aidants and e.departement == code]
        # Callac sends one demande in three of its département, so that the cast has work.
        callac = territoire.equipes["France Services Callac"]
        structure = callac if code == "22" and alea.random() < 0.34 else alea.choice(structures)
        genre = "feminins" if situation["usager"] == "f" else "masculins"
        departement = referentiel.departement(code)
        rows += tell_story(
            Histoire(
                numero=numero["numero"],
                situation=situation,
                equipes=tuple(
                    territoire.equipes[f"{referentiel.organisme(o).sigle} {code}"]
                    for o in situation["organismes"]
                ),
                structure=structure,
                auteur=alea.choice(structure.aidants[:2]),
                departement=territoire.departements[code],
                calendrier=Calendrier(departement.fuseau, departement.calendrier),
                prenom=alea.choice(personnes["prenoms"][genre]),
                nom=alea.choice(personnes["noms"][personnes["noms_par_departement"][code]]),
            ),
            alea,
            territoire.now,
        )
    for table in TABLES:
        mine = [row for row in rows if type(row) is table]
        for start in range(0, len(mine), AT_ONCE):
            await table.insert(*mine[start : start + AT_ONCE])


# Accounts that say something of the life of a groupe: e-mail, prénom, nom, fonction, groupe, role, what happened.
ARRIVALS = (
    ("maelle.tremel", "Maëlle", "Trémel", "Gestionnaire de dossiers", "CAF 22", "i", "attend"),
    ("bakary.camara", "Bakary", "Camara", "Agent d’accueil", "CAF 22", "i", "expire"),
    ("gwenaelle.kerbrat", "Gwenaëlle", "Kerbrat", "Référente insertion", "CAF 22", "i", "desactive"),
    ("lena.riou", "Léna", "Riou", "Conseillère", "France Services Callac", "a", "desactive"),
)
STATES = {
    "attend": "update agents set invited_until = :now::timestamptz + interval '5 days' where id = :agent",
    "expire": "update agents set invited_until = :now::timestamptz - interval '2 days' where id = :agent",
    "desactive": "update agents set deactivated_at = :now::timestamptz - interval '20 days' where id = :agent",
}
AWAY = """
insert into absences (adhesion, debut_on, fin_on, remplacant, declared_by, declared_at)
select m.id, :debut, :fin, (select id from agents where email = 'ines@exemple.fr'), m.agent, :now
from adhesions m join agents a on a.id = m.agent join groupes g on g.id = m.groupe
where a.email = 'idir@exemple.fr' and g.nom = 'CAF 22'
"""
PAUSE = """
update groupes set pause_on = :debut, reprise_on = :reprise,
    pause_message = 'Service fermé quelques jours. Pour une urgence, appelez le 3646.'
where nom = 'CPAM 22'
"""
# Whoever sent it is no longer there: nobody of the demonstration reads that their own demande was left.
LEFT = """
update demandes set vacante_at = :now, auteur = (select id from agents where email = 'lena.riou@exemple.fr')
where numero = (
    select d.numero from demandes d join groupes g on g.id = d.groupe
    where g.nom = 'France Services Callac' and d.closed_at is null order by d.sent_at limit 1)
"""
SAVED = """
insert into reponses (groupe, titre, texte, created_by, created_at)
select g.id, :titre, :texte, a.id, :now from groupes g, agents a
where g.nom = 'CAF 22' and a.email = 'ines@exemple.fr'
"""
REPLIES = (
    (
        "Ressources à déclarer",
        "Bonjour,\n\nLe dossier [numéro] attend la déclaration trimestrielle de ressources. L’usager peut la faire sur "
        "caf.fr ou à l’accueil.\n\n[prénom], [organisme]",
    ),
    (
        "Versement relancé",
        "Bonjour,\n\nLe versement est relancé ce jour\u00a0: il arrive sous cinq jours ouvrés.\n\n[prénom]",
    ),
)


# Inès proposed two procedures: one waits for the team, the other is read by everybody.
PROPOSED = """
with ecrite as (
    insert into procedures (sujet, groupe, texte, proposee_at, acceptee_at)
    select s.id, g.id, :texte, :proposee, :acceptee from sujets s, groupes g where s.code = :sujet and g.nom = 'CAF 22'
    returning id, sujet
)
insert into propositions (agent, procedure, sujet, proposee_at, decidee_at, is_acceptee)
select a.id, e.id, e.sujet, :proposee, :acceptee, :acceptee::timestamptz is not null
from ecrite e, agents a where a.email = 'ines@exemple.fr'
"""
PROPOSALS = (
    (
        "prime_activite",
        "Faire d’abord la déclaration trimestrielle de ressources sur caf.fr, puis attendre deux jours ouvrés\u00a0: "
        "le versement reprend souvent de lui-même.",
        2,
    ),
    (
        "mutation_dossier",
        "Déclarer le déménagement sur caf.fr, puis attendre dix jours\u00a0: les deux caisses se "
        "transmettent le dossier.",
        None,
    ),
)


async def _live(territoire: Territoire) -> None:
    """What happens in teams: visits, arrivals, a departure, an absence, a pause to come, saved replies, procedures."""
    now, today = territoire.now, territoire.now.date()
    for email, prenom, nom, fonction, groupe, role, state in ARRIVALS:
        agent = await _join(
            territoire, "22", email=f"{email}@exemple.fr", prenom=prenom, nom=nom, fonction=fonction
        )
        await _belong(territoire, agent, groupe, role)
        await database.fetch(STATES[state], agent=agent, now=now)
    await database.fetch(AWAY, debut=today + timedelta(days=3), fin=today + timedelta(days=14), now=now)
    await database.fetch(PAUSE, debut=today + timedelta(days=27), reprise=today + timedelta(days=31))
    await database.fetch(LEFT, now=now)
    for titre, texte in REPLIES:
        await database.fetch(SAVED, titre=titre, texte=texte, now=now)
    for sujet, texte, accepted_days_ago in PROPOSALS:
        await database.fetch(
            PROPOSED,
            sujet=sujet,
            texte=texte,
            proposee=now - timedelta(days=6),
            acceptee=None if accepted_days_ago is None else now - timedelta(days=accepted_days_ago),
        )
