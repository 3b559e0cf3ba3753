"""The registry, the mails, the words of the thread and the docs say the same: what is missing is named here."""

import re
from datetime import datetime
from string import Formatter

import pytest

from app.domain.faits.fiches import Told
from app.domain.faits.lignes import FIL
from app.domain.faits.registre import GROUPED, Fait
from app.domain.faits.tableau import write_tableau
from app.domain.mandats.annonce import IssueSms
from app.domain.regles.statuts import Nature
from app.poste import write_courriel
from app.settings import get_settings
from app.templating import PARTIALS
from tests.courrier import make_envoi
from tests.house.sources import ROOT, files
from tests.typographie import fautes, fautes_page

#: What the mails of every kind may be given.
CONTEXTE = {
    **{"numero": 4812, "groupe": "Aide & Accueil d’Auray", "organismes": "CAF 22", "jour": "3 décembre 2026"},
    **{
        "jeton": "j",
        "code": "123456",
        "minutes": 30,
        "adresse": "x@exemple.fr",
        "mandat": "m",
        "issue": "repondu",
    },
    **{
        "par": "Rose Tanguy",
        "roles": "aidant, instructeur",
        "jours": 7,
        "droit": "accès",
        "qui": "Idir Hamel",
        "is_remplacant": True,
        "is_changee": False,
        "motif": "Des dossiers ont été lus sans raison de service.",
    },
    **{"debut": "lundi 30 novembre 2026", "fin": "vendredi 11 décembre 2026"},
    **{"cause": "Idir Hamel a quitté le groupe CAF 22.", "numeros": [4771, 4790], "nombre": 52},
    **{"constat": "12 demandes «\u00a0RSA suspendu\u00a0» cette semaine, 3 d’habitude"},
    **{"organisme": "CAF", "lieu": "Côtes-d’Armor (22)"},
    **{"heritier": "CAF 35", "is_fusion": True},
    **{"chemin": "/aide/contact/12", "sujet": "Mon compte", "texte": "Votre compte est ouvert."},
    **{"demandes": 3, "a_repondre": 4, "en_souffrance": 1, "a_cloturer": 2, "total": 6, "mois": 4},
    "restent": 9,
    "nouvelles": [
        {
            "numero": 4771,
            "is_urgente": True,
            "lignes": [
                {"courriel": "message_envoye", "contexte": {"numero": 4771, "groupe": "CAF 22"}},
                {"courriel": "message_envoye", "contexte": {"numero": 4771, "groupe": "CAF 22"}},
            ],
        },
        {"numero": 4790, "is_urgente": False, "lignes": []},
    ],
}
SENDING = [fait for fait in Fait if fait.fiche.avis]


def folders() -> set[str]:
    """The mails that have a folder."""
    return {path.name for path in (PARTIALS / "courriels").iterdir() if path.is_dir()}


def mails() -> set[str]:
    """The mails that the registry sends."""
    return {GROUPED} | {avis.courriel or fait.value for fait in Fait for avis in fait.fiche.avis}


@pytest.mark.parametrize("courriel", sorted(mails()))
def test_every_mail_of_the_registry_is_written_whole_in_good_french(courriel: str, now: datetime) -> None:
    """Subject, text and html, from the folder of this very name; and nothing in them but what a mail may say."""
    folder = PARTIALS / "courriels" / courriel
    assert (folder / "body.txt").is_file(), f"{folder.relative_to(ROOT)}/body.txt is missing: a fait sends it"
    written = write_courriel(make_envoi(courriel, "x@exemple.fr", CONTEXTE, now), get_settings())
    text, html = written.get_body(("plain",)), written.get_body(("html",))
    assert text is not None and html is not None
    lines = text.get_content().splitlines()
    assert (
        written["Subject"]
        and lines[0] == "Bonjour,"
        and get_settings().support_email in lines[-2:][0] + lines[-1]
    )
    assert not [faute for line in [written["Subject"], *lines] for faute in fautes(line)]
    assert not fautes_page(html.get_content())
    assert "\n\n\n\n" not in text.get_content()
    assert not (folder / "body.html").exists() or "phrase" not in (folder / "body.txt").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("issue", list(IssueSms))
@pytest.mark.parametrize("numero", [None, 4812])
def test_every_issue_of_an_sms_has_its_words(issue: IssueSms, numero: int | None, now: datetime) -> None:
    contexte = {"numero": numero, "mandat": "m", "issue": issue.value}
    written = write_courriel(make_envoi("mandat_sms_repondu", "x@exemple.fr", contexte, now), get_settings())
    assert written["Subject"].startswith(
        "Demande n°\u00a04812\u00a0: " if numero else "Demande en préparation\u00a0: "
    )
    assert not fautes(written["Subject"])


def test_every_folder_of_mail_is_sent_by_a_fait() -> None:
    assert folders() == mails(), f"no fait sends, or no folder holds: {sorted(folders() ^ mails())}"


@pytest.mark.parametrize("fait", SENDING)
def test_a_fait_that_sends_a_mail_has_a_kind_to_choose_from(fait: Fait) -> None:
    assert fait.fiche.genre is not None, f"{fait.name}: say of which Genre its mail is"
    rules = [avis.told for avis in fait.fiche.avis]
    assert len(set(rules)) == len(rules)
    assert Told.SUIVENT not in rules[:-1], f"{fait.name}: nobody is left after those who follow"
    assert rules == [Told.CONCERNE] or Told.CONCERNE not in rules, f"{fait.name}: one agent, or a demande"


def test_every_line_of_the_thread_has_its_words() -> None:
    assert set(FIL) == set(Nature), f"no fait writes these lines: {sorted(set(Nature) - set(FIL))}"
    for fait in Fait:
        if fait.fiche.fil:
            assert FIL[fait.fiche.fil.nature] == fait.fiche.fil, f"{fait.name}: two sentences for one line"


@pytest.mark.parametrize("fait", list(Fait))
def test_the_words_of_a_fait_are_said_in_good_french(fait: Fait) -> None:
    fiche = fait.fiche
    assert re.fullmatch(r"[a-z_]{1,40}", fait.value) and fait.name == fait.value.upper()
    for words in (fiche.libelle, fiche.annonce, *((fiche.fil.phrase, fiche.fil.badge) if fiche.fil else ())):
        assert not fautes(words)
    if fiche.fil:
        asked = {name for _, name, _, _ in Formatter().parse(fiche.fil.phrase) if name}
        assert asked <= {"quoi", "texte"}


def test_every_fait_happens_somewhere() -> None:
    """A row that no verb writes is a promise nobody keeps."""
    written = "".join(path.read_text(encoding="utf-8") for path in files("app/domain"))
    rows = (ROOT / "app/domain/faits/registre.py").read_text(encoding="utf-8")
    elsewhere = written.replace(rows, "")
    silent = [f.name for f in Fait if f"Fait.{f.name}" not in elsewhere and f"'{f.value}'" not in elsewhere]
    assert not silent, f"no verb of app/domain writes: {silent}"


def test_the_table_of_the_docs_is_the_registry() -> None:
    written = (ROOT / "docs/faits.md").read_text(encoding="utf-8")
    assert written == write_tableau(), "run: python -m app faits > docs/faits.md"
    for fait in Fait:
        assert f"| `{fait.value}` | {fait.fiche.libelle} |" in written
    assert not [faute for line in written.splitlines() for faute in fautes(line)]
