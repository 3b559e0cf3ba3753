"""Which base may serve: never one that holds what should have gone."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import database
from app.coffre import MARKER, CoffreIndisponible
from app.domain.oubli import bases, effacement
from app.settings import get_settings
from tests.cast import CAST
from tests.courrier import write_lettre
from tests.domain.oubli.test_effacement import unreachable
from tests.domain.scene import DAY, signed_as
from tests.factories import make_demande


async def test_a_new_base_serves_and_goes_on_serving_once_it_was_swept(now: datetime, store: Path) -> None:
    await bases.require_swept(now)
    await bases.settle(now)
    await bases.settle(now + DAY)
    await bases.require_swept(now + DAY)
    assert len(await database.fetch("select 1 from bases")) == 1


async def test_what_a_copy_would_send_or_open_again_is_void_and_only_then(now: datetime, store: Path) -> None:
    await signed_as(CAST.aida, now)
    await write_lettre("connexion", "aida@exemple.fr", now)
    await bases.settle(now)
    assert await _count_alive() == (1, 1)
    await database.fetch("update bases set identite = 'ailleurs'")
    with pytest.raises(bases.BaseRestauree):
        await bases.require_swept(now)
    await bases.settle(now)
    await bases.require_swept(now)
    assert await _count_alive() == (0, 0)


async def test_the_operator_may_say_that_a_physical_copy_is_one(now: datetime, store: Path) -> None:
    await bases.settle(now)
    await signed_as(CAST.aida, now)
    await bases.settle(now, is_restored=True)
    assert await _count_alive() == (0, 0)


async def test_erasures_two_days_late_are_not_served(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    days = timedelta(days=get_settings().retention_days)
    await database.fetch(
        "update demandes set closed_at = :closed_at where numero = :numero",
        numero=numero,
        closed_at=now - days - DAY,
    )
    await bases.require_swept(now)
    with pytest.raises(bases.BaseRestauree, match="late"):
        await bases.require_swept(now + 2 * DAY)
    await bases.settle(now + 2 * DAY)
    await bases.require_swept(now + 2 * DAY)


async def test_what_was_erased_since_the_copy_was_made_is_erased_again_open_or_closed(
    now: datetime, store: Path
) -> None:
    """The copy knows them as they were: open, or closed yesterday; only the store tells what became of them."""
    asked, other = await make_demande(now), await make_demande(now)
    await bases.settle(now)
    await effacement.end_and_begin(asked, effacement.Raison.USAGER, "Demandé.", now)
    assert await effacement.finish_begun(now) == 1
    kept = store_of(store)
    assert len(kept) == 1 and not any(word in str(kept) for word in ("Dubois", "Martine"))

    await restore_before(asked, now)
    await bases.settle(now + DAY)
    rows = await database.fetch("select numero, titre, erased_at from demandes order by numero")
    assert [(r["numero"], r["erased_at"]) for r in rows] == [(asked, now + DAY), (other, None)]
    assert rows[0]["titre"] == "" and rows[1]["titre"] != ""
    [raison] = await database.fetch("select raison from effacements")
    assert raison["raison"] == "usager"
    # Nobody is written to about what they were told once.
    assert not await database.fetch("select 1 from courriels where demande = :demande", demande=asked)
    await bases.require_swept(now + DAY)


async def test_a_number_given_again_by_the_restored_base_is_another_demande(
    now: datetime, store: Path
) -> None:
    await bases.settle(now)
    numero = await make_demande(now)
    await effacement.end_and_begin(numero, effacement.Raison.USAGER, "Demandé.", now)
    await effacement.finish_begun(now)
    await restore_before(numero, now)
    # This one was sent after the restoration, and bears the number of the one that was erased.
    await database.fetch(
        "update demandes set sent_at = :sent_at where numero = :numero", numero=numero, sent_at=now + DAY
    )
    await bases.settle(now + 2 * DAY)
    [row] = await database.fetch("select erased_at from demandes where numero = :numero", numero=numero)
    assert row["erased_at"] is None


async def test_what_another_hand_writes_in_the_store_erases_nothing(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    await bases.settle(now)
    await effacement.end_and_begin(numero, effacement.Raison.USAGER, "Demandé.", now)
    await effacement.finish_begun(now)
    [trace] = store_of(store)
    trace.write_bytes(b"usager")
    await restore_before(numero, now)
    await bases.settle(now + DAY)
    [row] = await database.fetch("select erased_at from demandes where numero = :numero", numero=numero)
    assert row["erased_at"] is None


async def test_no_erasure_is_done_without_its_trace(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    await bases.settle(now)
    await effacement.end_and_begin(numero, effacement.Raison.USAGER, "Demandé.", now)
    with unreachable(store), pytest.raises(CoffreIndisponible):
        await effacement.finish_begun(now)
    [row] = await database.fetch(
        "select erased_at, titre from demandes where numero = :numero", numero=numero
    )
    assert row["erased_at"] is None and row["titre"] != ""


def store_of(store: Path) -> list[Path]:
    """The traces, and any file of a demande."""
    return [path for path in store.rglob("*") if path.is_file() and path.name != MARKER]


async def restore_before(numero: int, now: datetime) -> None:
    """The base as a copy made before this erasure knows it, restored elsewhere."""
    await database.fetch("delete from effacements where demande = :numero", numero=numero)
    await database.fetch(
        """
        update demandes set titre = 'Prime jamais versée', usager_nom = 'Dubois', closed_at = null, closed_by = null,
            effacement_at = null, erased_at = null where numero = :numero
        """,
        numero=numero,
    )
    await database.fetch("update bases set identite = 'ailleurs'")


async def _count_alive() -> tuple[int, int]:
    row = await database.fetch_one(
        """
        select (select count(*) from sessions) as sessions,
            (select count(*) from courriels where sent_at is null and failed_at is null) as courriels
        """
    )
    assert row is not None
    return row["sessions"], row["courriels"]
