"""The legal texts of the mandat: one dated folder per version, frozen byte for byte (product.md §8).

A mandat is evidence. What the usager read must be found again exactly, so every file of a version is checked
against the version's `empreintes.sha256` when it is first read: a text changed by one byte is never served.
To change a word, publish a new folder. A folder holds every text of its version, those that did not change included:
what was signed is found whole under the version that the mandat names, and no other folder is needed to read it.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from app.domain.regles.mandats import NatureMandat

VERSION = "2026-11-28"
"""The version proposed to new mandats. Older ones stay readable for the mandats that carry them."""

DOSSIER = Path(__file__).resolve().parents[3] / "mandate_templates"
EMPREINTES = "empreintes.sha256"
STRUCTURE_MAX = 200


class ModeleMandat(StrEnum):
    """The three dresses of the paper mandat: same sections, same rights."""

    STANDARD = "standard"
    GRANDS_CARACTERES = "grands-caracteres"
    FALC = "falc"


class TexteIntrouvable(LookupError):
    """No such version, or no such text in that version."""


class TexteModifie(Exception):
    """A published text is no longer what was published: it must not be shown, signed or sent."""


@dataclass(frozen=True)
class EtapeTelephone:
    """One step of the phone check-list; `question`, when there is one, is read aloud word for word (S3)."""

    titre: str
    consigne: str
    question: str | None = None


def list_versions() -> tuple[str, ...]:
    """Every published version (ISO date of publication), oldest first."""
    return tuple(sorted(d.name for d in DOSSIER.iterdir() if re.fullmatch(r"\d{4}-\d{2}-\d{2}", d.name)))


def get_texte(version: str, nom: str) -> str:
    """The exact text of the file `nom` (« standard.html », « sms.txt »…) of a version.

    Raises TexteIntrouvable when the version or the name is unknown, TexteModifie when the file changed.
    """
    return _read(DOSSIER, version, nom)


def get_empreinte(version: str, nom: str) -> str:
    """The sha256 (hexadecimal) of that text, recorded with each mandat. Raises like `get_texte`."""
    return hashlib.sha256(get_texte(version, nom).encode()).hexdigest()


def get_attestation(version: str, nature: NatureMandat) -> str:
    """The sentence the agent attests, recorded word for word with the mandat (S3, product.md §5.6)."""
    return get_texte(version, f"attestation-{nature}.txt").strip()


@cache
def list_etapes_telephone(version: str) -> tuple[EtapeTelephone, ...]:
    """The steps of a mandat by phone, in order: call back, read two questions, attest (S3)."""
    return tuple(
        EtapeTelephone(**etape) for etape in tomllib.loads(get_texte(version, "telephone.toml"))["etapes"]
    )


def write_sms(version: str, *, structure: str) -> str:
    """The text sent to the usager, naming the structure that asks.

    The template keeps to the GSM alphabet (no ’ « » ê ô) so that it travels in three SMS, not seven.
    Raises ValueError when the structure has no printable name or more than 200 characters.
    """
    nom = " ".join("".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in structure).split())
    if not nom or len(nom) > STRUCTURE_MAX:
        raise ValueError("Le nom de la structure doit compter de 1 à 200 caractères.")
    return _fill(get_texte(version, "sms.txt"), {"structure": nom}).strip()


def _fill(modele: str, valeurs: Mapping[str, str]) -> str:
    # One pass: a value that itself holds « {structure} » is text, never a placeholder.
    return re.sub(r"\{(\w+)\}", lambda found: valeurs[found[1]], modele)


@cache
def _list_empreintes(dossier: Path, version: str) -> Mapping[str, str]:
    if version not in list_versions():
        raise TexteIntrouvable(f"Version de mandat inconnue : {version!r}")
    lignes = (dossier / version / EMPREINTES).read_text(encoding="utf-8").splitlines()
    return {nom: attendue for attendue, nom in (ligne.split("  ", 1) for ligne in lignes)}


@cache
def _read(dossier: Path, version: str, nom: str) -> str:
    # The list of empreintes is also the list of allowed names: a path cannot climb out of the folder.
    attendue = _list_empreintes(dossier, version).get(nom)
    if attendue is None:
        raise TexteIntrouvable(f"Texte de mandat inconnu : {nom!r} ({version})")
    octets = (dossier / version / nom).read_bytes()
    if hashlib.sha256(octets).hexdigest() != attendue:
        raise TexteModifie(f"Le texte publié {version}/{nom} a été modifié.")
    return octets.decode()
