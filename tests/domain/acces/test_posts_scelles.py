"""A form that met the end of a session: sealed, an hour, for the same agent alone (product §4)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from app import database
from app.domain.acces.posts_scelles import BYTES_MAX, LIFE, MOST, erase_post, find_post, seal_post
from app.domain.oubli.menages import forget_rows
from tests.cast import CAST

CANARI = "Zéphyrine-Canari-4417"
CHEMIN = "/demandes/12/messages"


async def test_agent_finds_back_what_was_being_sent_without_its_csrf(now: datetime) -> None:
    cle = await seal_post(
        CAST.aida, CHEMIN, {"texte": ["Bonjour\nà tous"], "csrf": ["x"]}, has_files=True, now=now
    )
    assert cle is not None
    kept = await find_post(CAST.aida, cle, now)
    assert kept is not None
    assert (kept.chemin, kept.champs, kept.has_files) == (CHEMIN, {"texte": ["Bonjour\nà tous"]}, True)
    assert CANARI not in repr(kept)


@pytest.mark.parametrize("who", ["aline", "ines", "rose", "ada", "eve"])
async def test_nobody_else_finds_or_erases_it(who: str, now: datetime) -> None:
    cle = await seal_post(CAST.aida, CHEMIN, {"texte": [CANARI]}, has_files=False, now=now)
    assert cle is not None
    assert await find_post(getattr(CAST, who), cle, now) is None
    await erase_post(getattr(CAST, who), cle)
    assert await find_post(CAST.aida, cle, now) is not None


async def test_nothing_of_it_is_readable_in_the_base(now: datetime) -> None:
    cle = await seal_post(CAST.aida, CHEMIN, {"texte": [CANARI]}, has_files=False, now=now)
    row = await database.fetch_one(
        "select corps_scelle, p::text as everything from posts_scelles p where id = :cle", cle=cle
    )
    assert row is not None
    assert CANARI.encode() not in row["corps_scelle"]
    assert CANARI.encode().hex() not in row["everything"]


async def test_row_given_to_another_agent_does_not_open_under_another_key(now: datetime) -> None:
    hers = await seal_post(CAST.aida, CHEMIN, {"texte": [CANARI]}, has_files=False, now=now)
    other = await seal_post(CAST.eve, CHEMIN, {"texte": ["à moi"]}, has_files=False, now=now)
    assert other is not None
    await database.fetch(
        "update posts_scelles set corps_scelle = (select corps_scelle from posts_scelles "
        "where id = :cle) where id = :other",
        cle=hers,
        other=other,
    )
    assert await find_post(CAST.eve, other, now) is None


async def test_it_lives_an_hour_then_goes(now: datetime) -> None:
    cle = await seal_post(CAST.aida, CHEMIN, {"texte": ["x"]}, has_files=False, now=now)
    assert cle is not None
    assert await find_post(CAST.aida, cle, now + LIFE - timedelta(seconds=1)) is not None
    assert await find_post(CAST.aida, cle, now + LIFE) is None
    await forget_rows(now + LIFE + timedelta(seconds=1))
    assert await database.fetch("select 1 from posts_scelles where id = :cle", cle=cle) == []


async def test_what_is_too_long_or_nobodys_is_not_kept(now: datetime) -> None:
    long = {"texte": ["é" * (BYTES_MAX // 2)]}
    assert await seal_post(CAST.aida, CHEMIN, long, has_files=False, now=now) is None
    assert await seal_post(CAST.aida, "/" + "x" * 500, {}, has_files=False, now=now) is None
    assert await seal_post(2**31 - 1, CHEMIN, {}, has_files=False, now=now) is None
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.aline
    )
    assert await seal_post(CAST.aline, CHEMIN, {}, has_files=False, now=now) is None


async def test_only_the_last_twenty_of_an_agent_are_kept(now: datetime) -> None:
    keys = [
        await seal_post(
            CAST.aida, CHEMIN, {"texte": [str(n)]}, has_files=False, now=now + timedelta(seconds=n)
        )
        for n in range(MOST + 2)
    ]
    found = [await find_post(CAST.aida, key or uuid4(), now) is not None for key in keys]
    assert found == [False, False, *[True] * MOST]
