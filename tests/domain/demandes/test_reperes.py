"""What was sent before search covered descriptions is folded by lots, once."""

from datetime import datetime

import pytest

from app import database
from app.domain.demandes import reperes
from app.domain.listes.recherche import find_demandes
from tests.cast import CAST
from tests.domain.formulaire_rempli import saisie_of, send
from tests.domain.scene import signed_as
from tests.factories import make_demande

STALE = "update demandes set repere = numero || ' aah', is_repere_entier = false"


async def found(q: str, now: datetime) -> list[int]:
    droits = (await signed_as(CAST.aida, now)).droits
    return [t.rangee.numero for t in (await find_demandes(droits, q, 1)).trouvailles]


async def test_a_former_description_is_found_once_the_sweep_has_run(now: datetime) -> None:
    numero = await make_demande(now, description="Le bailleur réclame un Décompte.")
    await database.fetch(STALE)
    assert await found("decompte", now) == []
    assert await reperes.complete_reperes() == 1
    assert await found("DÉCOMPTE bailleur", now) == [numero]
    assert await found(str(numero), now) == [numero]
    assert await reperes.complete_reperes() == 0, "once is enough"


async def test_a_run_is_bounded_and_the_next_one_goes_on(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reperes, "LOT", 2)
    monkeypatch.setattr(reperes, "LOTS_MAX", 2)
    numeros = [await make_demande(now, description="Canari.") for _ in range(5)]
    await database.fetch(STALE)
    assert [await reperes.complete_reperes() for _ in range(3)] == [4, 1, 0]
    assert sorted(await found("canari", now)) == numeros


async def test_what_is_erased_stays_without_words(now: datetime) -> None:
    await make_demande(now, description="Canari.")
    await database.fetch(STALE)
    await database.fetch(
        "update demandes set closed_at = :now, erased_at = :now, repere = '', description = ''", now=now
    )
    assert await reperes.complete_reperes() == 0
    [row] = await database.fetch("select repere from demandes")
    assert row["repere"] == ""


async def test_what_the_site_sends_is_whole_from_the_start(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    numero = await send(aida, saisie_of(aida), now)
    before = await database.fetch("select repere from demandes where numero = :numero", numero=numero)
    assert await reperes.complete_reperes() == 0
    await database.fetch("update demandes set is_repere_entier = false")
    assert await reperes.complete_reperes() == 1
    assert await database.fetch("select repere from demandes where numero = :numero", numero=numero) == before
