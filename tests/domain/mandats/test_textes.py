import hashlib
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.textes import (
    DOSSIER,
    EMPREINTES,
    VERSION,
    ModeleMandat,
    TexteIntrouvable,
    TexteModifie,
    get_attestation,
    get_empreinte,
    get_texte,
    list_etapes_telephone,
    list_versions,
    write_sms,
)
from app.domain.regles.mandats import NatureMandat
from tests.typographie import fautes

# The seal of each published version. Never change a line: people signed these texts. Publish a new version.
PUBLIES = {
    "2026-11-22": "47944ca587d18259883c4c1a53cbc503b98d20f83237717d706723428e38b47e",
    "2026-11-27": "a3faaadd9f26f361709ab4f9b6f57489fd4ace2beab78fcbf083f3f2508a2583",
    "2026-11-28": "fde212c2a0654013b5100d36ff8907d1d7138046af5b888309323746e46fa3c6",
}

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


@pytest.fixture
def copie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The published folder, copied where a test may spoil it."""
    shutil.copytree(DOSSIER, tmp_path / "modeles")
    monkeypatch.setattr(textes_mandat, "DOSSIER", tmp_path / "modeles")
    yield tmp_path / "modeles" / VERSION


def _noms(version: str) -> list[str]:
    return sorted(f.name for f in (DOSSIER / version).iterdir() if f.name != EMPREINTES)


def _lisible(html: str) -> str:
    """What is read: no head, no Jinja, no tags."""
    corps = html[html.index("<body") :] if "<body" in html else html
    return unescape(re.sub(r"<[^>]+>|\{[%{].*?[%}]\}", " ", corps))


def test_every_version_is_sealed() -> None:
    scelles = {
        v: hashlib.sha256((DOSSIER / v / EMPREINTES).read_bytes()).hexdigest() for v in list_versions()
    }
    assert scelles == PUBLIES
    assert list_versions()[-1] == VERSION


@pytest.mark.parametrize("version", list_versions())
def test_the_seal_covers_every_file_and_nothing_else(version: str) -> None:
    lignes = (DOSSIER / version / EMPREINTES).read_text().splitlines()
    assert [ligne.split("  ")[1] for ligne in lignes] == _noms(version)
    for nom in _noms(version):
        octets = (DOSSIER / version / nom).read_bytes()
        assert f"{hashlib.sha256(octets).hexdigest()}  {nom}" in lignes
        assert get_empreinte(version, nom) == hashlib.sha256(octets).hexdigest()
        assert get_texte(version, nom).encode() == octets


@pytest.mark.parametrize("nom", _noms(VERSION))
def test_one_byte_changed_is_refused(copie: Path, nom: str) -> None:
    octets = bytearray((copie / nom).read_bytes())
    octets[len(octets) // 2] ^= 1
    (copie / nom).write_bytes(octets)
    with pytest.raises(TexteModifie):
        get_texte(VERSION, nom)


@pytest.mark.parametrize(
    ("version", "nom"),
    [
        (VERSION, "inconnu.html"),
        (VERSION, EMPREINTES),
        (VERSION, "../.gitattributes"),
        (VERSION, f"../{VERSION}/sms.txt"),
        (VERSION, "/etc/passwd"),
        ("2019-01-01", "sms.txt"),
        ("..", "README.md"),
        ("", "sms.txt"),
    ],
)
def test_no_other_file_can_be_asked(version: str, nom: str) -> None:
    with pytest.raises(TexteIntrouvable):
        get_texte(version, nom)


@pytest.mark.parametrize("modele", ModeleMandat)
def test_every_paper_mandat_says_everything(modele: ModeleMandat) -> None:
    lu = _lisible(get_texte(VERSION, f"{modele}.html")).replace("\u00a0", " ").casefold()
    attendus = [
        "prénom",
        "naissance",
        "structure",
        "pour quoi faire",
        "sécurité sociale",
        "gratuit",
        "15 jours",
    ]
    attendus += ["90 jours", "un an" if modele is not ModeleMandat.FALC else "1 an", "à tout moment", "rgpd"]
    attendus += ["accès", "rectification", "effacement", "limitation", "opposition", "cnil", "signature"]
    if modele is ModeleMandat.FALC:
        attendus.remove("à tout moment")
        attendus.append("quand vous voulez")
    assert [mot for mot in attendus if mot not in lu] == []


def test_large_print_is_the_same_mandat() -> None:
    ordinaire, grand = get_texte(VERSION, "standard.html"), get_texte(VERSION, "grands-caracteres.html")
    assert _lisible(ordinaire) == _lisible(grand)


def test_easy_to_read_keeps_one_short_idea_per_line() -> None:
    corps = get_texte(VERSION, "falc.html").partition("<body")[2]
    lignes = [unescape(x) for x in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", corps)]
    assert len(lignes) > 50
    assert [x for x in lignes if len(x) > 95] == []
    assert [x for x in lignes if re.search(r"[.!?] \w", x)] == []  # one sentence each


@pytest.mark.parametrize("nom", [n for n in _noms(VERSION) if not n.endswith(".css")])
def test_french_typography(nom: str) -> None:
    lu = _lisible(get_texte(VERSION, nom))
    if nom.endswith(".toml"):
        lu = " ".join(re.findall(r'"(.*)"', lu))
    assert fautes(lu) == []


def test_the_sms_names_the_structure_and_asks_oui_or_non() -> None:
    envoye = write_sms(VERSION, structure="France Services de Guingamp")
    assert envoye.startswith("Administration+. France Services de Guingamp vous demande un mandat.")
    assert envoye.endswith("Répondez OUI ou NON.")
    assert set(envoye) <= GSM
    assert len(envoye) <= 3 * 153


@pytest.mark.parametrize(
    ("structure", "ecrit"),
    [
        ("{structure}", "{structure}"),
        ("{0} {a.b} %s \\1", "{0} {a.b} %s \\1"),
        ("CCAS\nRépondez OUI", "CCAS Répondez OUI"),
        ("  L’Escale\u202e\x00 ", "L’Escale"),
        ("<b>", "<b>"),
    ],
)
def test_the_name_of_a_structure_is_only_text(structure: str, ecrit: str) -> None:
    assert f"+. {ecrit} vous demande" in write_sms(VERSION, structure=structure)


@pytest.mark.parametrize("structure", ["", "  \n", "\u200b", "x" * 201])
def test_an_sms_without_a_plausible_structure_is_not_written(structure: str) -> None:
    with pytest.raises(ValueError, match="structure"):
        write_sms(VERSION, structure=structure)


def test_the_phone_check_list_calls_back_then_reads_two_questions() -> None:
    etapes = list_etapes_telephone(VERSION)
    assert list_etapes_telephone(VERSION) is etapes, "read once: each form of a new demande shows them"
    titres = [e.titre for e in etapes]
    assert titres.index("Rappeler") < titres.index("Lire la première question") < titres.index("Attester")
    questions = [e.question for e in etapes if e.question]
    assert len(questions) == 2
    assert questions[0].startswith("Est-ce que vous m’autorisez à utiliser vos données personnelles")
    assert questions[1].startswith("Est-ce que vous m’assurez sur l’honneur")
    assert all(q.endswith("\u00a0?") for q in questions)


@pytest.mark.parametrize(
    ("nature", "mot"),
    [
        (NatureMandat.PAPIER, "signature"),
        (NatureMandat.SMS, "OUI qu’il donne lui-même au SMS"),
        (NatureMandat.TELEPHONE, "vive voix"),
    ],
)
def test_each_nature_has_its_sentence(nature: NatureMandat, mot: str) -> None:
    phrase = get_attestation(VERSION, nature)
    assert phrase.startswith("J’atteste avoir ")
    assert mot in phrase
    assert phrase == phrase.strip()
