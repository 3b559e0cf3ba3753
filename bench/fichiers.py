"""Files: what happens to real ones, and what hostile ones cost the others. Writes nothing but its answer.

    pip download --no-deps --no-binary :all: -d SDISTS pillow pypdf python-docx openpyxl odfpy pdfminer.six …
    python -m bench.fichiers corpus SDISTS
    python -m bench.fichiers attente

`corpus` judges every sample of those archives in the limited child, by kind, and says each refusal with its reason.
`attente` sends ten hostile files at once, judged in threads of this process as they used to be, then in children: the
longest moment during which a page would have waited, and the memory of whoever judged.
"""

import asyncio
import resource
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from app.domain.fichiers import OCTETS_MAX, FichierRefuse, check_fichier
from app.domain.pieces_jointes import controle
from tests.fichiers_fabriques import docx, object_stream, pdf, xlsx

TAKEN = {"pdf", "jpg", "jpeg", "png", "webp", "heic", "heif", "odt", "ods", "docx", "xlsx", "csv"}
OTHERS = {
    "gif",
    "tif",
    "tiff",
    "bmp",
    "avif",
    "doc",
    "xls",
    "rtf",
    "docm",
    "xlsm",
    "odp",
    "pptx",
    "svg",
    "eml",
}


def samples(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Archive, name and content of each sample; those too heavy for the site are left out."""
    for path in sorted(folder.glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            for member in archive:
                extension = member.name.rpartition(".")[2].lower()
                if not member.isfile() or member.size > OCTETS_MAX or extension not in TAKEN | OTHERS:
                    continue
                opened = archive.extractfile(member)
                assert opened is not None
                yield path.name, member.name.partition("/")[2], opened.read()


async def walk(folder: Path) -> None:
    """The table of what was taken and refused, then each refusal of a kind that is taken."""
    counts: Counter[tuple[str, str]] = Counter()
    reasons: dict[str, list[str]] = {}
    slowest = (0.0, "")
    for archive, nom, contenu in samples(folder):
        extension = nom.rpartition(".")[2].lower()
        started = time.monotonic()
        try:
            await controle.check(nom, lambda contenu=contenu: contenu, par=1)  # type: ignore[misc]
            counts[extension, "acceptés"] += 1
        except FichierRefuse as refus:
            counts[extension, "refusés"] += 1
            if extension in TAKEN:
                reasons.setdefault(refus.phrase, []).append(f"{archive}: {nom} ({len(contenu)})")
        slowest = max(slowest, (time.monotonic() - started, nom))
    print(f"{sum(counts.values())} samples; the slowest took {slowest[0]:.1f} s ({slowest[1]})")
    for extension in sorted({extension for extension, _ in counts}):
        print(f"| {extension} | {counts[extension, 'acceptés']} | {counts[extension, 'refusés']} |")
    for phrase, names in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"\n{phrase}")
        print("".join(f"    {name}\n" for name in names), end="")


def hostile_files() -> list[tuple[str, bytes]]:
    """Ten, of the four kinds that held the site: words, object streams, elements, an endless text."""
    words = pdf(object_stream(b"<< /A 1 >> " * 2_500_000))
    elements = "<a>" + "<b/>" * 12_000_000 + "</a>"
    four = [
        ("mots.pdf", words),
        ("elements.docx", docx({"word/document2.xml": elements})),
        ("feuille.xlsx", xlsx({"xl/worksheets/sheet1.xml": elements})),
        ("formules.csv", b"=A|" * 3_000_000),
    ]
    return [four[number % 4] for number in range(10)]


async def measure(judge: Callable[[str, bytes], Awaitable[object]]) -> tuple[float, float]:
    """The longest stall of the loop and the whole time, in seconds, while the ten are judged."""
    longest = 0.0
    started = time.monotonic()

    async def one(nom: str, contenu: bytes) -> None:
        try:
            await judge(nom, contenu)
        except FichierRefuse:
            return

    asked = asyncio.gather(*(one(nom, contenu) for nom, contenu in hostile_files()))
    while not asked.done():
        before = time.monotonic()
        await asyncio.sleep(0.001)
        longest = max(longest, time.monotonic() - before)
    await asked
    return longest, time.monotonic() - started


async def compare() -> None:
    """In threads, then in children."""
    two = asyncio.Semaphore(2)

    async def in_a_thread(nom: str, contenu: bytes) -> object:
        async with two:
            return await asyncio.to_thread(check_fichier, nom, contenu)

    async def in_a_child(nom: str, contenu: bytes) -> object:
        return await controle.check(nom, lambda: contenu, par=nom)

    await in_a_child("a.txt", b"warm")
    hostile_files()
    for name, judge in (("children", in_a_child), ("threads of this process", in_a_thread)):
        mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        longest, whole = await measure(judge)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - mine) / 1024
        print(
            f"{name}: longest stall {longest * 1000:.0f} ms, {whole:.1f} s in all, this process + {grown:.0f} MB"
        )
    controle.close_controle()
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"the largest child held {child:.0f} MB")


def main() -> None:
    match sys.argv[1:]:
        case ["corpus", folder]:
            asyncio.run(walk(Path(folder)))
        case ["attente"]:
            asyncio.run(compare())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
