"""On the seed too, every figure equals the naive computation; and what no trigger saw is measured by the sweep."""

from datetime import datetime

from app import database
from app.domain.figures.sommes import measure_missing
from tests.domain.figures.histoires import ORGANISMES, Acte, Histoire
from tests.domain.figures.naif import count_faits
from tests.domain.figures.test_naif import count_stored
from tests.test_seed import sow

DEMANDES = """
select d.numero, d.sent_at, d.closed_at, d.groupe, p.code,
    array(select s.groupe from sollicitations s where s.demande = d.numero order by s.id) as groupes
from demandes d join departements p on p.id = d.departement
"""
MESSAGES = (
    "select demande, groupe, cote, nature, is_prive, sent_at from messages order by demande, sent_at, id"
)
NOMS = {"reponse": "repondre", "traitee": "traiter", "declinee": "decliner"}


async def read_seed() -> list[Histoire]:
    """The stories of the seed, from its threads."""
    for row in await database.fetch("select id, organisme from groupes"):
        ORGANISMES[str(row["id"])] = row["organisme"]
    lives = {
        row["numero"]: Histoire(
            row["code"],
            str(row["groupe"]),
            row["sent_at"],
            tuple(map(str, row["groupes"])),
            numero=row["numero"],
        )
        for row in await database.fetch(DEMANDES)
    }
    for row in await database.fetch(MESSAGES):
        if row["cote"] == "aidant":
            acte = Acte("aidant", row["sent_at"])
        else:
            acte = Acte(
                "prive" if row["is_prive"] else NOMS[row["nature"]], row["sent_at"], str(row["groupe"])
            )
        lives[row["demande"]].actes.append(acte)
    for row in await database.fetch("select numero, closed_at from demandes where closed_at is not null"):
        lives[row["numero"]].actes.append(Acte("clore", row["closed_at"]))
    return list(lives.values())


async def test_the_seed_counts_what_its_threads_say(now: datetime) -> None:
    await sow(now)
    lives = await read_seed()
    assert len(lives) == 300
    wanted = count_faits(lives)
    assert await count_stored() == wanted
    # As after the step of the schema on a base that lived before it: no fact yet, then all of them.
    await database.run_script("delete from suivis; delete from suivis_demandes; delete from reprises")
    assert not await count_stored()
    while await measure_missing(limite=170):
        pass
    assert await count_stored() == wanted


async def test_an_erased_demande_counts_for_ever(now: datetime) -> None:
    await sow(now)
    before = await count_stored()
    await database.run_script(
        "update demandes set titre = '', description = '', usager_prenom = '', usager_nom = '', usager_naissance = '',"
        " erased_at = now() where closed_at is not null;"
        "delete from messages where demande in (select numero from demandes where closed_at is not null)"
    )
    assert await count_stored() == before
