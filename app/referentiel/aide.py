"""The help, as the project ships it: guides by role, questions, words. Pure: read once from the files beside.

Everything stands in our own words; the substance is that of the seeds S0, S1, S3 and S4.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


#: Points of a picture for each one of the page: those of the sharp screens.
FINESSE = 2


@dataclass(frozen=True, slots=True)
class Image:
    """What a page looks like at this step, as `python -m bench.captures` took it; its size is that of the page."""

    nom: str
    largeur: int
    hauteur: int
    alt: str

    @property
    def fichier(self) -> str:
        """Its file, under `static/`."""
        return f"captures/{self.nom}.webp"


@dataclass(frozen=True, slots=True)
class Etape:
    """One step of a guide: what to do, in a few sentences, and what one then has on screen."""

    titre: str
    textes: tuple[str, ...]
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """One thing to do, step by step. `mots`: codes of the words explained on its page."""

    code: str
    role: str
    titre: str
    resume: str
    mots: tuple[str, ...]
    etapes: tuple[Etape, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A frequent question; `code` is its anchor. `{minutes}` in an answer is the life of a sign-in link."""

    code: str
    titre: str
    textes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terme:
    """A word or an acronym, what it stands for, what it means here."""

    code: str
    mot: str
    developpe: str
    sens: str


#: The roles, in the order of the page, with their names.
ROLES = {
    "aidant": "Aidant",
    "instructeur": "Instructeur",
    "responsable": "Responsable",
    "equipe": "Équipe Administration+ et pilotes",
}


@cache
def guides() -> tuple[Guide, ...]:
    """Every guide, in the order of the file."""
    return tuple(
        Guide(
            code=g["code"],
            role=g["role"],
            titre=g["titre"],
            resume=g["resume"],
            mots=tuple(g.get("mots", ())),
            etapes=tuple(
                Etape(e["titre"], tuple(e["textes"]), Image(**e["image"]) if "image" in e else None)
                for e in g["etapes"]
            ),
        )
        for g in _read("guides")["guides"]
    )


@cache
def questions() -> tuple[Question, ...]:
    """The frequent questions."""
    return tuple(Question(q["code"], q["titre"], tuple(q["textes"])) for q in _read("questions")["questions"])


@cache
def termes() -> tuple[Terme, ...]:
    """The glossary, by word."""
    found = (
        Terme(t["code"], t["mot"], t.get("developpe", ""), t["sens"]) for t in _read("glossaire")["termes"]
    )
    return tuple(sorted(found, key=lambda terme: terme.mot.lower()))


@cache
def sigles() -> dict[str, Terme]:
    """The acronyms of the glossary, by themselves: what pages explain in place."""
    return {terme.mot: terme for terme in termes() if terme.mot.isupper() and terme.developpe}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"aide_{name}.toml").read_text(encoding="utf-8"))
