"""The registry, the mails, the words of the thread and the docs say the same: what is missing is named here."""

import re
from pathlib import Path
from string import Formatter

import pytest

from app.domain.faits.registre import FIL, Fait, Told
from app.domain.regles.statuts import Nature
from app.templating import PARTIALS
from tests.house.sources import ROOT, files
from tests.typographie import fautes

PARTS = ("subject.txt", "body.txt", "body.html")
SENDING = [fait for fait in Fait if fait.recit.avis]


def folders() -> set[str]:
    """The mails that have a folder."""
    return {path.name for path in (PARTIALS / "courriels").iterdir() if path.is_dir()}


def mails() -> set[str]:
    """The mails that the registry sends."""
    return {avis.courriel or fait.value for fait in Fait for avis in fait.recit.avis}


@pytest.mark.parametrize("courriel", sorted(mails()))
@pytest.mark.parametrize("part", PARTS)
def test_every_mail_of_the_registry_has_its_three_parts(courriel: str, part: str) -> None:
    path = PARTIALS / "courriels" / courriel / part
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing: a fait sends this mail"


def test_every_folder_of_mail_is_sent_by_a_fait() -> None:
    assert folders() == mails(), f"no fait sends, or no folder holds: {sorted(folders() ^ mails())}"


@pytest.mark.parametrize("fait", SENDING)
def test_a_fait_that_sends_a_mail_has_a_kind_to_choose_from(fait: Fait) -> None:
    assert fait.recit.genre is not None, f"{fait.name}: say of which Genre its mail is"
    rules = [avis.told for avis in fait.recit.avis]
    assert len(set(rules)) == len(rules)
    assert Told.SUIVENT not in rules[:-1], f"{fait.name}: nobody is left after those who follow"
    assert rules == [Told.CONCERNE] or Told.CONCERNE not in rules, f"{fait.name}: one agent, or a demande"


def test_every_line_of_the_thread_has_its_words() -> None:
    assert set(FIL) == set(Nature), f"no fait writes these lines: {sorted(set(Nature) - set(FIL))}"
    for fait in Fait:
        if fait.recit.fil:
            assert FIL[fait.recit.fil.nature] == fait.recit.fil, f"{fait.name}: two sentences for one line"


@pytest.mark.parametrize("fait", list(Fait))
def test_the_words_of_a_fait_are_said_in_good_french(fait: Fait) -> None:
    recit = fait.recit
    assert re.fullmatch(r"[a-z_]{1,40}", fait.value) and fait.name == fait.value.upper()
    for words in (recit.libelle, recit.annonce, *((recit.fil.phrase, recit.fil.badge) if recit.fil else ())):
        assert not fautes(words)
    if recit.fil:
        asked = {name for _, name, _, _ in Formatter().parse(recit.fil.phrase) if name}
        assert asked <= {"quoi", "texte"}


def test_every_fait_happens_somewhere() -> None:
    """A row that no verb writes is a promise nobody keeps."""
    written = "".join(path.read_text(encoding="utf-8") for path in files("app/domain"))
    rows = (ROOT / "app/domain/faits/registre.py").read_text(encoding="utf-8")
    elsewhere = written.replace(rows, "")
    silent = [f.name for f in Fait if f"Fait.{f.name}" not in elsewhere and f"'{f.value}'" not in elsewhere]
    assert not silent, f"no verb of app/domain writes: {silent}"


def test_the_folders_are_read_where_they_are(tmp_path: Path) -> None:
    assert folders() and not (folders() & {"_demande.html", "_demande.txt"})
