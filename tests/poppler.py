"""PDFs, read as a reader would: with poppler, and object by object."""

import re
import subprocess
import zlib
from pathlib import Path


def poppler(*commande: str | Path) -> str:
    return subprocess.run(commande, check=True, capture_output=True, text=True).stdout


def uncompressed(pdf: bytes) -> bytes:
    """Every object of the file, uncompressed."""
    objets = [pdf]
    for flux in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            objets.append(zlib.decompress(flux))
        except zlib.error:
            continue
    return b"\n".join(objets)
