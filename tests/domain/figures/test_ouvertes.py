"""The open data as a document: written in pieces, whatever its length."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.domain.figures import ouvertes


@pytest.mark.parametrize("many", [0, 1, ouvertes.PIECE, 1_000])
async def test_a_document_is_written_in_pieces_and_read_whole(many: int) -> None:
    """A program was given three years of rows at once, made and held by the process that answers everybody."""
    drawn = 0

    async def rows() -> AsyncIterator[dict[str, Any]]:
        nonlocal drawn
        for n in range(many):
            drawn += 1
            yield {"rang": n, "nom": "Côtes-d’Armor"}

    written = ouvertes.write_json({"version": "1.0"}, rows())
    pieces = [await anext(written)]
    assert drawn <= ouvertes.PIECE
    pieces += [piece async for piece in written]
    said = json.loads(b"".join(pieces))
    assert said["version"] == "1.0" and [row["rang"] for row in said["lignes"]] == list(range(many))
