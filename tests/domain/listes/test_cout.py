"""What a list, a search or a count costs is its reader’s own load, however large the base is (quality P2)."""

from datetime import datetime

from app.domain.demandes.destinataires import DESTINATAIRES
from app.domain.listes.boites import DE_LA_PAGE, MIENNES, RECUES, SUIVIES, parameters_of
from app.domain.listes.criteres import PAR_PAGE, Criteres
from app.domain.listes.menu import NEUF, WAITING
from app.domain.listes.recherche import TROUVER
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.domain.volume import count_rows_read, count_rows_read_again, make_foule
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
        read[f"menu {agent}"] = await count_rows_read(WAITING, agent=agent, depuis=now - NEUF)
        read[f"search {agent}"] = await count_rows_read(
            TROUVER, agent=agent, motifs=["%rien%"], numero=None, empreintes=["x"], longueur=PAR_PAGE, page=1
        )
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
