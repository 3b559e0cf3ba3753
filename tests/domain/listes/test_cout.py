"""What a list, a search or a count costs is its reader’s own load, however large the base is (quality P2)."""

from datetime import datetime, timedelta
from typing import Any

from app import database
from app.domain.demandes.destinataires import DESTINATAIRES
from app.domain.listes.boites import DE_LA_PAGE, MIENNES, RECUES, SUIVIES, parameters_of
from app.domain.listes.criteres import PAR_PAGE, Criteres
from app.domain.listes.menu import NEUF, WAITING
from app.domain.listes.recherche import CONNUE, CONNUES, TROUVER
from app.domain.notifications.neuf import NEUVES, PAGE, TOUTES
from app.domain.oubli.mes_donnees import COUNT
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.domain.volume import BIG, count_rows_read, count_rows_read_again, make_foule
from tests.factories import make_demande, make_invitation

OWN_LOAD = 40
"""Rows of the big tables that a load of three demandes may read, each several times."""


async def test_each_text_reads_its_readers_own_load_only(now: datetime) -> None:
    await make_foule(now)
    numeros = [await make_demande(now) for _ in range(3)]
    for numero in numeros:
        await make_invitation(numero, CAST.elie, "expert", now)
    read: dict[str, int] = {}
    for boite, agent in ((RECUES, CAST.ines), (MIENNES, CAST.aida), (SUIVIES, CAST.elie)):
        droits = (await signed_as(agent, now)).droits
        asked = parameters_of(boite, droits, Criteres(onglet=boite.defaut, is_non_lue=True, depuis=now), now)
        read[boite.onglets[-1]] = await count_rows_read(boite.sql, **asked)
    for agent in (CAST.ines, CAST.aida, CAST.elie):
        for name, sql in (
            ("visible", "select numero from visible_demandes(:agent)"),
            ("knowable", "select numero from knowable_demandes(:agent)"),
        ):
            read[f"{name} {agent}"] = await count_rows_read(sql, agent=agent)
        read[f"menu {agent}"] = await count_rows_read(
            WAITING, agent=agent, depuis=now - NEUF, sauf="", lue=None
        )
        read[f"search {agent}"] = await count_rows_read(
            TROUVER, agent=agent, motifs=["%rien%"], numero=None, empreintes=["x"], longueur=PAR_PAGE, page=1
        )
        assert await count_rows_read(COUNT, agent=agent) <= OWN_LOAD, "what is kept of them"
    read["mails"] = await count_rows_read(DESTINATAIRES, demande=numeros[0], by=CAST.aida, called=[])
    assert {name: rows for name, rows in read.items() if not 0 < rows <= OWN_LOAD} == {}


async def test_what_comes_next_never_joins_a_list_to_itself(now: datetime) -> None:
    """Row by row, it took a second for two thousand demandes."""
    numeros = [await make_demande(now) for _ in range(OWN_LOAD)]
    for boite, agent in ((RECUES, CAST.ines), (MIENNES, CAST.aida)):
        droits = (await signed_as(agent, now)).droits
        asked = parameters_of(boite, droits, Criteres(onglet=boite.defaut), now)
        asked = {nom: value for nom, value in asked.items() if nom not in DE_LA_PAGE}
        read = await count_rows_read_again(boite.sql_suivante, **asked, numero=numeros[0])
        assert OWN_LOAD <= read <= 12 * OWN_LOAD, boite.code


# Sent from the groupe of Aïda by people who come and go, to that of Inès; both read it; closed and erased long ago.
HISTOIRE = """
with passees as (
    insert into demandes (formulaire, auteur, groupe, departement, sent_at, last_aidant_at, last_public_at,
        last_prive_at, closed_at)
    select gen_random_uuid(), g.ids[1 + n % cardinality(g.ids)], :structure, :departement, t.at, t.at, t.at, t.at,
        t.at + interval '9 days'
    from generate_series(1, 2000) n
    cross join (select array_agg(id) as ids from agents where nom like 'Foule %') g
    cross join lateral (select :now::timestamptz - (200 + n) * interval '1 day' as at) t
    returning numero, sent_at, closed_at
),
parts as (
    insert into sollicitations (demande, groupe, solicited_at, taken_by, closed_at)
    select numero, :groupe, sent_at, :ines, closed_at from passees
)
insert into lectures (demande, agent, first_at, last_at)
select numero, unnest(array[:aida, :ines]::int[]), sent_at, closed_at from passees
"""
ERASE = "update demandes set erased_at = closed_at + interval '90 days' where closed_at < :long_ago"


async def test_what_a_groupe_was_asked_in_all_these_years_costs_nothing(now: datetime) -> None:
    """Each page counts what is new, and a search reads all one may read: neither looks at what was erased."""
    await make_foule(now)
    numero = await make_demande(now)
    before = await _read_each(numero, now)
    await database.fetch(
        HISTOIRE,
        aida=CAST.aida,
        ines=CAST.ines,
        structure=CAST.groupes.france_services,
        groupe=CAST.groupes.caf,
        departement=CAST.departements["22"],
        now=now,
    )
    await database.fetch(ERASE, long_ago=now - timedelta(days=100))
    for table in BIG:
        await database.fetch(f"analyze {table}")
    after = await _read_each(numero, now)
    assert {name: (rows, after[name]) for name, rows in before.items() if after[name] > rows + 5} == {}


async def _read_each(numero: int, now: datetime) -> dict[str, int]:
    """The rows that each text reads, for an aidante, an instructrice and their responsable."""
    read: dict[str, int] = {}
    searched: dict[str, Any] = {"motifs": ["%rien%"], "longueur": PAR_PAGE}
    for agent in (CAST.aida, CAST.ines, CAST.rose, CAST.ada):
        news = {"agent": agent, "depuis": now - NEUF, "most": 50}
        read |= {
            f"menu {agent}": await count_rows_read(
                WAITING, agent=agent, depuis=now - NEUF, sauf="", lue=None
            ),
            f"neuf {agent}": await count_rows_read(f"{NEUVES}{PAGE} table page", **news),
            f"semaine {agent}": await count_rows_read(f"{TOUTES}{PAGE} table page", **news),
            f"search {agent}": await count_rows_read(
                TROUVER, agent=agent, numero=numero, empreintes=["x"], page=1, **searched
            ),
            f"known {agent}": await count_rows_read(
                CONNUES, agent=agent, is_tout=agent == CAST.ada, **searched
            ),
            f"number {agent}": await count_rows_read(CONNUE, agent=agent, numero=numero),
        }
    for boite, agent in ((RECUES, CAST.ines), (MIENNES, CAST.aida)):
        droits = (await signed_as(agent, now)).droits
        asked = parameters_of(boite, droits, Criteres(onglet=boite.defaut), now)
        read[boite.code] = await count_rows_read(boite.sql, **asked)
    return read
