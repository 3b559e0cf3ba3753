"""QR codes, drawn here: nothing of what they hold is asked of anybody."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Dessin:
    """The black points of a QR code as the path of a drawing of `cote` points a side, margin included."""

    trace: str
    cote: int


def draw_qr(texte: str) -> Dessin:
    """The QR code of this text."""
    rows = [list(row) for row in segno.make_qr(texte, error="m").matrix_iter(border=4)]
    points = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_black in enumerate(row) if is_black]
    return Dessin("".join(points), len(rows))
