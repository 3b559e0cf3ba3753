"""The files the project ships are whole, agree with one another and are written in correct French."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from app import referentiel
from app.domain.mots.identifiants import NatureIdentifiant

FOLDERS = [Path(referentiel.__file__).parent, Path(referentiel.__file__).parent.parent / "territoire"]
TEXTS = sorted(path for folder in FOLDERS for path in folder.glob("*.toml"))
OPERATEURS_OF_THE_SEED = {
    "caf", "cpam", "france_travail", "ddfip", "msa", "carsat", "mdph", "prefecture",
}  # fmt: skip
SPACES = "\u00a0\u202f"
CODE = re.compile(r"[a-z][a-z_]*")

# What is wrong, and what shows it. Addresses (https://…) stay out of the texts, so a colon is always French.
FAULTS = [
    ("straight apostrophe", re.compile("'")),
    ("straight quotes", re.compile('"')),
    ("ordinary space before ; : ! ? » % €", re.compile(r"[ \t][;:!?»%€]")),
    ("no space before ; : ! ?", re.compile(rf"[^\s{SPACES}][;:!?]")),
    ("no insécable space inside « »", re.compile(rf"«[^{SPACES}]|[^{SPACES}]»")),
    ("three dots", re.compile(r"\.\.\.")),
    ("double space", re.compile("  ")),
    ("space at an end", re.compile(r"^\s|\s$")),
]


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDERS[1] / f"{name}.toml").read_text(encoding="utf-8"))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def words(text: str) -> set[str]:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return {word for word in re.split(r"[^a-z]+", bare) if len(word) >= 3}


def faults(text: str) -> list[str]:
    return [name for name, pattern in FAULTS if pattern.search(text)]


@pytest.mark.parametrize(
    "text",
    ["l'avis", "Bonjour !", "Bonjour!", "« bon »", "«bon»", 'dit "oui"', "et...", "a  b", "fin ", "12 €"],
)
def test_the_typography_check_sees_each_fault(text: str) -> None:
    assert faults(text)


def test_the_typography_check_accepts_correct_french() -> None:
    assert not faults("L’avis\u00a0: «\u00a0reçu\u00a0», vraiment\u202f?")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_texts_are_typographically_correct(path: Path) -> None:
    texts = list(strings(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert texts
    assert [(text, faults(text)) for text in texts if faults(text)] == []


def test_there_are_30_organismes_8_themes_and_107_departements() -> None:
    # They are the 31 of the contract without the CRAM, which no longer exist.
    assert len(referentiel.organismes()) == 30
    assert len(referentiel.themes()) == 8
    assert len(referentiel.sujets()) >= 40
    assert len(referentiel.departements()) == 101 + 6


def test_codes_are_unique_stable_identifiers() -> None:
    for rows in (referentiel.organismes(), referentiel.themes(), referentiel.sujets()):
        codes = [row.code for row in rows]
        assert len(set(codes)) == len(codes)
        assert all(CODE.fullmatch(code) for code in codes)
    for names in ([o.sigle for o in referentiel.organismes()], [s.nom for s in referentiel.sujets()]):
        assert len(set(names)) == len(names)


def test_every_text_is_filled() -> None:
    may_be_empty = {"calendrier", "champs", "themes", "organismes", "mots"}
    rows = [asdict(row) for row in referentiel.organismes()]
    rows += [asdict(row) for row in referentiel.themes()]
    rows += [asdict(row) for row in referentiel.sujets()]
    rows += [asdict(row) for row in referentiel.departements()]
    for row in rows:
        empty = {key for key, value in row.items() if value in ("", ())}
        assert empty <= may_be_empty, row


def test_themes_come_in_the_order_of_the_contract() -> None:
    assert [theme.nom for theme in referentiel.themes()] == [
        "Social / Famille", "Santé / Handicap", "Emploi / Formation", "Logement",
        "Retraite", "Impôts / Argent", "Papiers / Titres", "Autre",
    ]  # fmt: skip


def test_aidant_organismes_are_those_of_the_contract() -> None:
    aidants = {organisme.code for organisme in referentiel.organismes() if organisme.is_aidant}
    assert aidants == {"association", "dila", "hopital", "france_services", "msap"}


def test_organismes_refer_to_what_exists() -> None:
    themes = {theme.code for theme in referentiel.themes()}
    for organisme in referentiel.organismes():
        assert set(organisme.themes) <= themes, organisme
        assert organisme.themes or organisme.is_aidant, organisme
        assert set(organisme.champs) <= set(NatureIdentifiant), organisme


@pytest.mark.parametrize(
    ("code", "champs"),
    [("caf", ("allocataire_caf",)), ("france_travail", ("identifiant_france_travail",))]
    + [(code, ("nir",)) for code in ("cpam", "msa", "carsat", "cnav")]
    + [(code, ("numero_fiscal",)) for code in ("ddfip", "drfip")],
)
def test_organismes_want_the_champs_of_the_contract(code: str, champs: tuple[str, ...]) -> None:
    assert referentiel.organisme(code).champs == champs


def test_nobody_wants_a_nir_without_the_right_to_it() -> None:
    assert all(
        organisme.is_nir_autorise for organisme in referentiel.organismes() if "nir" in organisme.champs
    )
    assert not referentiel.organisme("prefecture").is_nir_autorise


def test_each_sujet_says_whom_to_ask_what_to_bring_and_what_to_try() -> None:
    organismes = {organisme.code: organisme for organisme in referentiel.organismes()}
    for sujet in referentiel.sujets():
        assert sujet.organismes or sujet.theme == "autre", sujet
        assert len(set(sujet.organismes)) == len(sujet.organismes)
        assert not any(organismes[code].is_aidant for code in sujet.organismes), sujet
        assert len(sujet.documents) >= 2, sujet
        assert 2 <= len(re.findall(r"[.?!](?=\s|$)", sujet.essayez)) <= 4, sujet


def test_sujets_are_grouped_in_the_order_of_themes_and_leave_none_empty() -> None:
    order = [theme.code for theme in referentiel.themes()]
    met = list(dict.fromkeys(sujet.theme for sujet in referentiel.sujets()))
    ranks = [order.index(sujet.theme) for sujet in referentiel.sujets()]
    assert met == order
    assert ranks == sorted(ranks)


def test_departements_are_the_french_ones() -> None:
    metropole = [f"{n:02}" for n in range(1, 96) if n != 20] + ["2A", "2B"]
    outre_mer = ["971", "972", "973", "974", "976", "975", "977", "978", "986", "987", "988"]
    codes = [departement.code for departement in referentiel.departements()]
    assert sorted(codes) == sorted(metropole + outre_mer)
    assert len(codes) == len(set(codes))


def test_du_follows_a_noun() -> None:
    for departement in referentiel.departements():
        article = departement.du.removesuffix(departement.nom)
        assert article in {"de ", "d’", "du ", "de la ", "de l’", "des "}, departement
        is_elided = article.endswith("’")
        is_plural = article == "des "
        is_open = departement.nom[0] in "AEIO" or departement.nom in {"Hérault", "Yonne"}
        assert is_elided == (is_open and not is_plural), departement
    assert "CAF " + referentiel.departement("22").du == "CAF des Côtes-d’Armor"


def test_time_zones_exist_and_differ_overseas() -> None:
    zones = {departement.code: ZoneInfo(departement.fuseau).key for departement in referentiel.departements()}
    assert zones["67"] == "Europe/Paris"
    assert zones["974"] == "Indian/Reunion"
    assert [code for code, zone in zones.items() if zone != "Europe/Paris"] == [
        code for code in zones if code.startswith(("97", "98"))
    ]


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("57", date(2026, 4, 3)),
        ("67", date(2026, 12, 26)),
        ("68", date(2026, 12, 26)),
        ("971", date(2026, 5, 27)),
        ("972", date(2026, 5, 22)),
        ("973", date(2026, 6, 10)),
        ("974", date(2027, 12, 20)),
        ("976", date(2026, 4, 27)),
        ("977", date(2026, 10, 9)),
        ("978", date(2026, 5, 28)),
        ("986", date(2026, 7, 29)),
        ("987", date(2026, 3, 5)),
        ("988", date(2026, 9, 24)),
    ],
)
def test_a_local_holiday_is_known_where_it_is_kept_and_not_in_paris(code: str, day: date) -> None:
    assert day in holidays.France(subdiv=referentiel.departement(code).calendrier)
    assert day not in holidays.France(subdiv=referentiel.departement("75").calendrier)


def test_every_calendrier_is_accepted() -> None:
    calendriers = {departement.calendrier for departement in referentiel.departements()}
    assert calendriers - {""} <= set(holidays.France.subdivisions)
    for calendrier in calendriers:
        assert date(2026, 7, 14) in holidays.France(subdiv=calendrier)


def test_lookups_find_one_row_or_raise() -> None:
    assert referentiel.departement("2A").nom == "Corse-du-Sud"
    assert referentiel.theme("retraite").nom == "Retraite"
    assert referentiel.sujet("radiation").theme == "emploi_formation"
    for lookup in (referentiel.organisme, referentiel.theme, referentiel.sujet, referentiel.departement):
        with pytest.raises(KeyError):
            lookup("20")


def test_situations_of_the_seed_are_ready_to_play() -> None:
    situations = read("situations")["situations"]
    assert len(situations) >= 45
    assert {row["theme"] for row in situations} == {theme.code for theme in referentiel.themes()}
    assert len({row["titre"] for row in situations}) == len(situations)
    for row in situations:
        assert len(row["titre"]) <= 150
        assert not re.search(r"\d{4}|@", row["titre"]), row["titre"]
        assert row["usager"] in {"f", "m"}
        assert 3 <= len(row["description"].splitlines()) <= 6, row["titre"]
        assert row["organismes"]
        assert set(row["organismes"]) <= OPERATEURS_OF_THE_SEED, row["titre"]
        assert row["urgence"] in {"", "coupure", "expulsion", "sans_ressources", "sante", "autre"}


def test_threads_of_the_seed_end_a_part_once_and_only_by_its_organisme() -> None:
    for row in read("situations")["situations"]:
        fil = row["fil"]
        assert 3 <= len(fil) <= 6, row["titre"]
        ended: set[str] = set()
        for message in fil:
            assert set(message) <= {"de", "par", "texte"}
            assert message["de"] in {"aidant", "instructeur", "prive", "traitee", "declinee"}
            assert not (message["de"] == "aidant" and "par" in message), row["titre"]
            speaker = message.get("par", row["organismes"][0])
            assert speaker in row["organismes"], row["titre"]
            if message["de"] != "aidant":
                assert speaker not in ended, row["titre"]
            if message["de"] in {"traitee", "declinee"}:
                ended.add(speaker)


def test_people_of_the_seed_are_many_and_never_named_in_a_title() -> None:
    personnes = read("personnes")
    prenoms = {nom for noms in personnes["prenoms"].values() for nom in noms}
    noms = {nom for noms in personnes["noms"].values() for nom in noms}
    assert len(prenoms) >= 80
    assert len(noms) >= 120
    names = set().union(*(words(name) for name in prenoms | noms))
    for row in read("situations")["situations"]:
        assert not words(row["titre"]) & names, row["titre"]


def test_structures_of_the_seed_stand_in_its_departements() -> None:
    personnes = read("personnes")
    structures = personnes["structures"]
    assert len(structures) >= 12
    assert {row["departement"] for row in structures} == {"22", "67", "974"}
    assert set(personnes["noms_par_departement"]) == {"22", "67", "974"}
    assert set(personnes["noms_par_departement"].values()) <= set(personnes["noms"])
    for row in structures:
        assert referentiel.organisme(row["organisme"])
