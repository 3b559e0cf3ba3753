"""A file that came while the antivirus did not answer is opened by nobody before it has said what it is."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app import database
from app.antivirus import Verdict
from app.domain.administration.sante import read_sante
from app.domain.entretien.battements import beat
from app.domain.pieces_jointes import ajout, analyse, ouverture
from app.domain.pieces_jointes.analyse import scan_waiting
from app.domain.pieces_jointes.ouverture import open_piece
from app.domain.regles.errors import Introuvable
from app.settings import get_settings
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.fichiers_joints import NOTE, Envoye, kept, make_piece
from tests.domain.scene import signed_as
from tests.factories import make_demande
from tests.fichiers_hostiles import EICAR
from tests.test_antivirus import FakeClamd, knows_eicar, listening

AWAY = "tcp://127.0.0.1:1"
VIRUS = Envoye("lettre.txt", EICAR)
Clamd = Callable[[str | None], None]


@pytest.fixture
def clamd(monkeypatch: pytest.MonkeyPatch) -> Clamd:
    def configure(url: str | None) -> None:
        settings = dataclasses.replace(get_settings(), clamd_url=url)
        for room in (ajout, analyse):
            monkeypatch.setattr(room, "get_settings", lambda: settings)

    return configure


async def verdict_of(piece: UUID) -> str:
    [row] = await database.fetch("select verdict from pieces_jointes where id = :piece", piece=piece)
    return str(row["verdict"])


async def test_a_file_is_opened_once_the_antivirus_is_back_and_has_read_it(
    store: Path, clamd: Clamd, now: datetime
) -> None:
    numero = await make_demande(now)
    clamd(AWAY)
    piece = await make_piece(numero, now)
    assert await verdict_of(piece) == Verdict.EN_ATTENTE
    ines, aida = await signed_in(CAST.ines), await signed_in(CAST.aida)
    for browser in (ines, aida):
        await browser.get(f"/demandes/{numero}")
        assert "en cours d’analyse par l’antivirus" in browser.page.texte
        assert f"/pieces-jointes/{piece}" not in browser.html
        await browser.get(f"/pieces-jointes/{piece}", status=409)
        assert ouverture.EN_ANALYSE in browser.page.texte
        assert "Rendez-vous" not in browser.html
    await scan_waiting(now)
    assert await verdict_of(piece) == Verdict.EN_ATTENTE

    server = FakeClamd(knows_eicar)
    async with listening(server) as url:
        clamd(url)
        await scan_waiting(now)
    assert server.received == [NOTE.read()]
    assert await verdict_of(piece) == Verdict.SAIN
    await ines.get(f"/demandes/{numero}")
    assert f"/pieces-jointes/{piece}" in ines.html
    assert (await open_piece(await signed_as(CAST.ines, now), piece, now)).contenu == NOTE.read()


async def test_a_virus_found_later_is_erased_and_said(store: Path, clamd: Clamd, now: datetime) -> None:
    numero = await make_demande(now)
    clamd(AWAY)
    piece = await make_piece(numero, now, fichier=VIRUS)
    async with listening(FakeClamd(knows_eicar)) as url:
        clamd(url)
        await scan_waiting(now)
        await scan_waiting(now)
    assert kept(store) == []
    with pytest.raises(Introuvable):
        await open_piece(await signed_as(CAST.ines, now), piece, now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    assert "l’antivirus y a reconnu un virus" in ines.page.texte
    assert "lettre.txt" not in ines.html
    lines = await database.fetch("select from journal where fait = 'piece_effacee'")
    assert len(lines) == 1


async def test_what_the_antivirus_cannot_judge_makes_only_itself_wait(
    store: Path, clamd: Clamd, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many as one question brings: the next file is not behind them for ever.
    monkeypatch.setattr(analyse, "BATCH", 1)
    numero = await make_demande(now)
    clamd(AWAY)
    odd = await make_piece(numero, now, fichier=Envoye("drôle.txt", b"impossible"))
    plain = await make_piece(numero, now + timedelta(seconds=1))

    def answer(contenu: bytes) -> bytes:
        return b"stream: Can't allocate memory ERROR\0" if contenu == b"impossible" else b"stream: OK\0"

    async with listening(FakeClamd(answer)) as url:
        clamd(url)
        await scan_waiting(now)
    assert [await verdict_of(piece) for piece in (odd, plain)] == [Verdict.EN_ATTENTE, Verdict.SAIN]


async def test_the_alarm_rings_when_a_file_waits_for_long(store: Path, clamd: Clamd, now: datetime) -> None:
    await beat("worker", now)
    clamd(AWAY)
    await make_piece(await make_demande(now), now - timedelta(minutes=9))
    assert "antivirus" not in (await read_sante(now)).troubles
    assert "antivirus" in (await read_sante(now + timedelta(minutes=2))).troubles


async def test_where_there_is_no_antivirus_any_more_nothing_waits_nor_is_said_clean(
    store: Path, clamd: Clamd, now: datetime
) -> None:
    clamd(AWAY)
    piece = await make_piece(await make_demande(now), now)
    clamd(None)
    await scan_waiting(now)
    assert await verdict_of(piece) == Verdict.NON_ANALYSE
    assert (await open_piece(await signed_as(CAST.ines, now), piece, now)).contenu == NOTE.read()
