"""The demonstration's territory: complete, believable, sown once."""

from datetime import datetime

from app import database
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.echanges.procedures import judge_procedure, list_propositions
from app.seed import AGENTS, DEMANDES, PERSONNES, seed

COUNTS = """
select (select count(*) from agents where email like '%@exemple.fr') as agents,
    (select count(*) from demandes) as demandes,
    (select count(*) from demandes where closed_at is null) as ouvertes,
    (select count(*) from sollicitations where late_at < $1) as en_souffrance,
    (select count(*) from sollicitations where traitee_at is not null) as traitees,
    (select count(*) from sollicitations where declinee_at is not null) as declinees,
    (select md5(string_agg(titre || usager_nom, ',' order by numero)) from demandes) as histoires
"""


async def sow(now: datetime) -> dict[str, int]:
    # The seed stops at its own cast, and the tests' has the same addresses.
    await database.fetch(
        "update agents set email = 'essai-' || id || '@ailleurs.fr' where email like '%@exemple.fr'"
    )
    await database.fetch("update groupes set nom = 'essai ' || id")
    await seed(now)
    row = await database.fetch_one(COUNTS, now)
    assert row is not None
    return dict(row)


async def test_every_state_and_age_is_there_and_a_second_time_changes_nothing(now: datetime) -> None:
    first = await sow(now)
    await seed(now)
    row = await database.fetch_one(COUNTS, now)
    assert row is not None
    assert dict(row) == first
    assert first["agents"] == AGENTS
    assert first["demandes"] == DEMANDES
    assert 100 < first["ouvertes"] < DEMANDES
    assert min(first[state] for state in ("en_souffrance", "traitees", "declinees")) >= 5
    emails = {r["email"] for r in await database.fetch("select email from agents")}
    assert {email for email, _ in PERSONNES} <= emails


async def test_no_title_of_the_seed_holds_personal_data(now: datetime) -> None:
    await sow(now)
    for row in await database.fetch("select distinct titre, usager_prenom, usager_nom from demandes"):
        noms = (row["usager_prenom"], row["usager_nom"])
        assert not find_donnees_personnelles(row["titre"], noms, annee=now.year), row["titre"]


async def test_one_procedure_waits_and_one_is_accepted_and_their_writer_reads_both(now: datetime) -> None:
    await sow(now)
    row = await database.fetch_one("select id from agents where email = 'ines@exemple.fr'")
    assert row is not None
    found = await list_propositions(row["id"])
    assert sorted((p.is_acceptee, p.decidee_at is None) for p in found) == [(False, True), (True, False)]
    assert not any(judge_procedure(p.texte, now=now) for p in found)
