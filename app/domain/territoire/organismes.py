"""The organismes one may choose from."""

from app import tables


async def list_codes_organismes() -> list[tuple[str, str]]:
    """Code and short name of every organisme, by name."""
    table = tables.Organismes
    rows = await table.select(table.code, table.sigle).order_by(table.sigle)
    return [(row["code"], row["sigle"]) for row in rows]
