"""The base without its content: the views stand for their tables exactly, and each column of words has its fate."""

from app import database, masque
from tests.gardes.canaris import AU_REPOS

COLUMNS = """
select n.nspname as schema, c.relname as nom, a.attname as colonne, format_type(a.atttypid, a.atttypmod) as type
from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('public', 'masque')
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'v') order by c.relname, a.attnum
"""
VIEWS = "select viewname as nom, definition from pg_views where schemaname = 'masque'"


async def _columns() -> dict[str, dict[str, list[tuple[str, str]]]]:
    read: dict[str, dict[str, list[tuple[str, str]]]] = {"public": {}, "masque": {}}
    for row in await database.fetch(COLUMNS):
        read[row["schema"]].setdefault(row["nom"], []).append((row["colonne"], row["type"]))
    return read


async def test_each_view_has_the_very_columns_of_its_table() -> None:
    """Columns that a migration added are there too, in their order and of their type."""
    read = await _columns()
    assert len(read["masque"]) >= 10
    for nom, colonnes in read["masque"].items():
        assert colonnes == read["public"][nom], nom


async def test_every_place_where_words_stand_is_masked() -> None:
    """The canaries know where words stand in the base: none of these columns comes out as it is."""
    said = {row["nom"]: row["definition"] for row in await database.fetch(VIEWS)}
    for place in AU_REPOS:
        table, colonne = place.split(".")
        if place not in ("agents.email", "courriels.adresse"):
            assert "WHERE false" in said[table] or f" AS {colonne}" in said[table], place


async def test_what_is_sealed_about_a_demande_is_withheld() -> None:
    """Whoever could read the sealed column would still need a key; here there is no row."""
    said = {row["nom"]: row["definition"] for row in await database.fetch(VIEWS)}
    for nom in ("usager_informations", "pieces_jointes", "brouillons", "sms", "posts_scelles"):
        assert "WHERE false" in said[nom]


def test_what_is_held_back_afterwards_stays_masked() -> None:
    with masque.looking():
        masque.mask()
        masque.hold()
        assert masque.is_masked()
    with masque.looking():
        masque.hold()
        assert masque.find_opening() == masque.HOLD
        masque.mask()
        assert masque.is_masked()
