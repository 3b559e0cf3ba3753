"""The journal as it is read: by agent, demande, groupe, fait and day; reading it is written in it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app import database
from app.domain.administration import journal
from app.domain.administration.journal import CriteresJournal, export_journal, read_journal, verify_journal
from app.domain.faits.fait import happened
from app.domain.faits.journal import seal_lines
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Refus
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import EMPTY_JOURNAL, list_journal


async def write(now: datetime) -> None:
    await database.run_script(EMPTY_JOURNAL)
    facts: list[dict[str, Any]] = [
        {"fait": Fait.CONNEXION, "agent": CAST.aida},
        {
            "fait": Fait.IDENTIFIANT_AFFICHE,
            "agent": CAST.ines,
            "demande": 4812,
            "details": {"information": 3},
        },
        {
            "fait": Fait.RETIRE_DU_GROUPE,
            "agent": CAST.rose,
            "groupe": CAST.groupes.caf,
            "details": {"agent": CAST.idir, "motif": "mutation"},
        },
        {"fait": Fait.EN_SOUFFRANCE, "demande": 4836, "groupe": CAST.groupes.caf},
    ]
    for n, fact in enumerate(facts):
        await happened(now=now - timedelta(days=3 - n), **fact)


@pytest.mark.parametrize(
    ("criteres", "expected"),
    [
        (CriteresJournal(), {"connexion", "identifiant_affiche", "retire_du_groupe", "en_souffrance"}),
        (CriteresJournal(qui="ines"), {"identifiant_affiche"}),
        (CriteresJournal(qui="idir hamel"), {"retire_du_groupe"}),
        (CriteresJournal(qui="personne de ce nom"), set()),
        (CriteresJournal(sur="4812"), {"identifiant_affiche"}),
        (CriteresJournal(sur="n° 4836"), {"en_souffrance"}),
        (CriteresJournal(sur="9" * 200), set()),
        (CriteresJournal(sur="caf 22"), {"retire_du_groupe", "en_souffrance"}),
        (CriteresJournal(faits=(Fait.CONNEXION,)), {"connexion"}),
        (CriteresJournal(faits=journal.LECTURES), {"identifiant_affiche"}),
        (CriteresJournal(du=date(2026, 11, 23)), {"retire_du_groupe", "en_souffrance"}),
        (CriteresJournal(au=date(2026, 11, 21)), {"connexion"}),
        (CriteresJournal(qui="rose", faits=(Fait.CONNEXION,)), set()),
    ],
)
async def test_lines_are_found_by_what_is_asked(
    now: datetime, criteres: CriteresJournal, expected: set[str]
) -> None:
    ada = await signed_as(CAST.ada, now)
    await write(now)
    found = await read_journal(ada, criteres, 1, now)
    assert {line.fait for line in found.lignes} == expected
    assert found.total == len(expected)


async def test_a_line_says_who_on_whom_and_why(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await write(now)
    found = await read_journal(ada, CriteresJournal(), 1, now)
    [retrait] = [line for line in found.lignes if line.fait == "retire_du_groupe"]
    assert (retrait.qui, retrait.vise_nom, retrait.groupe_nom) == ("Rose Tanguy", "Idir Hamel", "CAF 22")
    assert retrait.precision == "motif\u00a0: mutation" and retrait.libelle == "Compte retiré d’un groupe"
    assert (found.lignes[0].fait, found.lignes[0].qui) == ("en_souffrance", "")


async def test_reading_exporting_and_checking_are_written_without_a_name(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await write(now)
    await read_journal(ada, CriteresJournal(qui="Inès Le Goff"), 1, now)
    lines = [line async for line in await export_journal(ada, CriteresJournal(sur="4812"), now)]
    assert [line.fait for line in lines] == ["identifiant_affiche"]
    await seal_lines()
    constat = await verify_journal(ada, now)
    assert constat is not None and constat.rupture is None and constat.lignes == 6
    assert [line["details"] for line in await list_journal("journal_consulte")] == [
        {"par_agent": True, "page": 1}
    ]
    assert [line["details"] for line in await list_journal("journal_exporte")] == [{"sur": "4812"}]
    assert [line["details"] for line in await list_journal("journal_verifie")] == [
        {"lignes": 6, "rupture": ""}
    ]


async def test_a_journal_too_long_for_a_page_is_left_to_the_night(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "VERIFICATION_SECONDS", 0)
    assert await verify_journal(await signed_as(CAST.ada, now), now) is None


@pytest.mark.parametrize("who", ["rose", "elie", "paul", "aida"])
async def test_nobody_else_reads_it(now: datetime, who: str) -> None:
    signed = await signed_as(getattr(CAST, who), now)
    for act in (
        read_journal(signed, CriteresJournal(), 1, now),
        export_journal(signed, CriteresJournal(), now),
        verify_journal(signed, now),
    ):
        with pytest.raises(Refus):
            await act


async def test_pages_follow_one_another_and_a_far_one_is_the_last(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await database.run_script(EMPTY_JOURNAL)
    for _ in range(journal.PAR_PAGE + 1):
        await happened(Fait.CONNEXION, agent=CAST.aida, now=now)
    found = await read_journal(ada, CriteresJournal(faits=(Fait.CONNEXION,)), 9, now)
    assert (found.page, found.pages, len(found.lignes), found.total) == (2, 2, 1, journal.PAR_PAGE + 1)
