"""Files go on their day and leave nothing; their author is told before, once (product §2, §9; quality R6)."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import database
from app.coffre import CoffreIndisponible
from app.domain.faits.courriels import claim_courriels
from app.domain.pieces_jointes import depot, effacement
from app.domain.pieces_jointes.liste import list_formulaire
from app.domain.pieces_jointes.ouverture import open_piece
from app.domain.regles.errors import Introuvable
from app.poste import write_courriel
from app.settings import get_settings
from app.tasks import TIMETABLE
from app.tasks import pieces_jointes as sweep
from tests.cast import CAST
from tests.domain.fichiers_joints import Envoye, add, block, kept, list_pieces, make_piece
from tests.domain.scene import DAY, load, signed_as
from tests.factories import list_journal, list_told, make_demande, make_message

HOUR = timedelta(hours=1)
CANARY = "martine-dubois-notification.txt"


async def row_of(piece: UUID) -> Any:
    """The row of a file."""
    return await database.fetch_one("select * from pieces_jointes where id = :cle", cle=piece)


def age_all(store: Path, now: datetime) -> None:
    """Everything in the store is this old."""
    for path in kept(store):
        os.utime(path, (now.timestamp(), now.timestamp()))


# --- Erasing ----------------------------------------------------------------------------------------------------


async def test_on_its_day_a_file_goes_with_its_name_and_the_others_stay(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    old = await make_piece(numero, now - 15 * DAY, fichier=Envoye(CANARY, b"secret"))
    young = await make_piece(numero, now - 15 * DAY + HOUR)
    assert await effacement.erase_expired(now) == 1
    assert len(kept(store)) == 1
    assert ((await row_of(old))["nom"], (await row_of(old))["erased_at"]) == ("", now)
    assert (await row_of(young))["erased_at"] is None
    (line,) = await list_journal("piece_effacee")
    assert (line["agent"], line["demande"], line["details"]) == (None, numero, {"piece": str(old)})
    signed = await signed_as(CAST.ines, now)
    with pytest.raises(Introuvable):
        await open_piece(signed, old, now)
    shown = (await list_pieces(signed.droits, await load(signed, numero), now)).envoyees
    assert [(p.nom, p.is_erased) for p in shown] == [("", True), ("note.txt", False)]
    # Nothing of the name is left anywhere, and a second round finds nothing to do.
    everywhere = await database.fetch(
        "select row_to_json(p)::text as r from pieces_jointes p union all "
        "select row_to_json(j)::text from journal j"
    )
    assert not any("martine" in row["r"] for row in everywhere)
    assert await effacement.erase_expired(now + HOUR - timedelta(seconds=1)) == 0


@pytest.mark.parametrize("killed", ["before", "between"])
async def test_a_killed_erasure_is_done_again(killed: str, store: Path, now: datetime) -> None:
    """Killed once the content is gone and the row not marked yet; or before anything."""
    numero = await make_demande(now)
    piece = await make_piece(numero, now - 16 * DAY)
    if killed == "between":
        await depot.coffre().delete((await row_of(piece))["cle"])
    assert await effacement.erase_expired(now) == 1
    assert (kept(store), (await row_of(piece))["nom"]) == ([], "")
    assert len(await list_journal("piece_effacee")) == 1


async def test_a_store_away_leaves_no_file_said_erased(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    pieces = [await make_piece(numero, now - 16 * DAY, fichier=Envoye(f"{n}.txt", b"x")) for n in range(5)]
    contents = {path: path.read_bytes() for path in kept(store)}
    for path in contents:
        path.unlink()
    block(store)
    with pytest.raises(CoffreIndisponible):
        await effacement.erase_expired(now)
    await sweep.erase_pieces({})
    assert [(await row_of(piece))["erased_at"] for piece in pieces] == [None] * 5
    store.unlink()  # noqa: ASYNC240
    assert await effacement.erase_expired(now) == 5


async def test_more_than_one_batch_goes_in_one_round(
    store: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(effacement, "BATCH", 2)
    numero = await make_demande(now)
    for n in range(5):
        await make_piece(numero, now - 16 * DAY, fichier=Envoye(f"{n}.txt", b"x"))
    assert await effacement.erase_expired(now) == 5
    assert kept(store) == []


async def test_what_no_row_knows_goes_after_an_hour_and_the_rest_stays(
    store: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """A post cut short, a write cut short, a demande deleted."""
    monkeypatch.setattr(effacement, "BATCH", 2)
    living, deleted = await make_demande(now), await make_demande(now)
    await make_piece(living, now)
    for n in range(3):
        await make_piece(deleted, now, fichier=Envoye(f"{n}.txt", b"x"))
    await depot.coffre().put(depot.coffre().new_cle(), b"no row")
    (store / f"{depot.coffre().new_cle()}#1").write_bytes(b"half")
    await database.fetch("delete from demandes where numero = :numero", numero=deleted)
    age_all(store, now)
    assert await effacement.erase_orphans(now + HOUR) == 0
    assert len(kept(store)) == 6
    assert await effacement.erase_orphans(now + HOUR + timedelta(seconds=1)) == 4
    (path,) = kept(store)
    assert path.name == (await database.fetch("select cle from pieces_jointes"))[0]["cle"]


async def test_a_form_never_sent_keeps_its_files_seven_days_or_as_long_as_its_draft(
    store: Path, now: datetime
) -> None:
    abandoned, drafted = uuid4(), uuid4()
    for formulaire in (abandoned, drafted):
        await add(CAST.aida, formulaire, Envoye(f"{formulaire}.txt", b"x"), now=now)
    await database.fetch(
        "insert into brouillons (id, agent, updated_at) values (:cle, :agent, :updated_at)",
        cle=drafted,
        agent=CAST.aida,
        updated_at=now,
    )
    age_all(store, now)
    await effacement.forget_abandoned(now + 7 * DAY - HOUR)
    assert len(await list_formulaire(CAST.aida, abandoned, now)) == 1
    await effacement.forget_abandoned(now + 7 * DAY)
    assert await list_formulaire(CAST.aida, abandoned, now) == ()
    assert len(await list_formulaire(CAST.aida, drafted, now)) == 1
    assert await effacement.erase_orphans(now + 7 * DAY) == 1
    # A draft written again and again does not keep a file beyond its fifteen days.
    assert await effacement.erase_expired(now + 15 * DAY) == 1
    assert kept(store) == []


async def test_a_sent_file_is_never_taken_for_an_abandoned_one(store: Path, now: datetime) -> None:
    await make_piece(await make_demande(now), now)
    await effacement.forget_abandoned(now + 14 * DAY)
    assert len(await database.fetch("select from pieces_jointes")) == 1


# --- Warning ----------------------------------------------------------------------------------------------------


async def test_the_author_is_told_three_days_before_once_and_of_nothing_else(
    store: Path, now: datetime
) -> None:
    numero, quiet = await make_demande(now), await make_demande(now)
    for n in range(3):
        await make_piece(numero, now - 12 * DAY, who=CAST.aida, fichier=Envoye(f"{n}-{CANARY}", b"x"))
    await make_piece(quiet, now - 10 * DAY)
    assert await effacement.warn_authors(now) == 1
    assert await list_told("pieces_bientot_effacees") == {"aida@exemple.fr"}
    for later in (now, now + HOUR, now + 3 * DAY - HOUR):
        assert await effacement.warn_authors(later) == (1 if later == now + 3 * DAY - HOUR else 0)
    await database.fetch("update courriels set is_waiting = false")  # whatever hour they chose
    (first, second) = await claim_courriels(now + 3 * DAY)
    mail = str(write_courriel(first, get_settings()))
    body = write_courriel(first, get_settings()).get_body(("plain",))
    assert body is not None
    texte = body.get_content()
    assert f"/demandes/{numero}" in texte
    assert "vendredi 27 novembre 2026" in texte
    assert "martine" not in mail.lower()
    assert "AAH" not in mail
    assert second.contexte["numero"] == quiet


async def test_nobody_is_told_of_what_is_not_sent_or_already_gone(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    await add(CAST.aida, uuid4(), Envoye("a.txt", b"x"), now=now - 13 * DAY, demande=numero)
    await make_piece(numero, now - 15 * DAY)
    assert await effacement.warn_authors(now) == 0


async def test_the_author_never_learns_of_a_private_file_by_its_end(store: Path, now: datetime) -> None:
    numero = await make_demande(now)
    message = await make_message(numero, CAST.ines, "Entre nous.", now, is_prive=True)
    await make_piece(numero, now - 13 * DAY, who=CAST.ines, message=message)
    assert await effacement.warn_authors(now) == 0
    await make_piece(numero, now - 12 * DAY)
    assert await effacement.warn_authors(now) == 1
    await database.fetch("update courriels set is_waiting = false")  # whatever hour they chose
    [mail] = await claim_courriels(now)
    assert mail.contexte["jour"] == "vendredi 27 novembre 2026"


# --- The timetable ----------------------------------------------------------------------------------------------


async def test_the_sweeps_are_on_the_timetable_and_run(store: Path) -> None:
    now = datetime.now(UTC)
    numero = await make_demande(now)
    gone = await make_piece(numero, now - 15 * DAY)
    await make_piece(numero, now - 13 * DAY)
    names = {job.function.__name__ for job in TIMETABLE}
    assert {"erase_pieces", "warn_authors"} <= names
    [warn] = [job.function for job in TIMETABLE if job.function.__qualname__ == "warn_authors"]
    await warn({})
    await sweep.erase_pieces({})
    assert (await row_of(gone))["erased_at"] is not None
    assert await list_told("pieces_bientot_effacees") == {"aida@exemple.fr"}
