"""A printed sheet, measured: the size of its letters, and whether its words stay apart and inside the page."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pypdfium2

from tests.poppler import poppler

MM = 72 / 25.4
#: No sheet of ours has narrower sides; the foot of the page stands lower than its text.
COTES, PIED = 13 * MM, 14 * MM
#: The spacings that WCAG 1.4.12 lets a reader set, set for the text and for the foot of the page.
ESPACES = """
* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; line-height: 1.5 !important; }
p, li { margin-bottom: 2em !important; }
@page { letter-spacing: 0.12em; word-spacing: 0.16em; line-height: 1.5; }
@page grands { letter-spacing: 0.12em; }
@page falc { letter-spacing: 0.12em; }
"""
_MOT = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')


def measure_smallest(pdf: Path) -> float:
    """The size in points of the smallest letter, the foot of the pages aside."""
    raw: Any = pypdfium2.raw
    sizes: list[float] = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        for index, letter in enumerate(text.get_text_range()):
            if letter.isspace() or raw.FPDFText_IsGenerated(text, index) == 1:
                continue
            if text.get_charbox(index)[3] >= PIED:
                matrix = raw.FS_MATRIX()
                assert raw.FPDFText_GetMatrix(text, index, matrix)
                sizes.append(raw.FPDFText_GetFontSize(text, index) * abs(matrix.d))
    return round(min(sizes), 2)


def list_overflows(pdf: Path) -> list[str]:
    """The words that leave the page or its sides, and those printed over one another."""
    found = []
    for page in poppler("pdftotext", "-bbox", pdf, "-").split("<page ")[1:]:
        width, height = (float(size) for size in re.findall(r'="([\d.]+)"', page)[:2])
        words = [(*(float(edge) for edge in edges), word) for *edges, word in _MOT.findall(page)]
        assert words
        for left, top, right, bottom, word in words:
            if left < COTES or right > width - COTES or top < 0 or bottom > height:
                found.append(f"outside: {word}")
        for one, other in combinations(words, 2):
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            if across > 1 and down > 2:
                found.append(f"over one another: {one[4]} {other[4]}")
    return found


def list_pages(pdf: Path) -> list[list[str]]:
    """The lines of each page, as they are read."""
    pages = poppler("pdftotext", pdf, "-").replace("\u00a0", " ").split("\f")[:-1]
    return [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]
