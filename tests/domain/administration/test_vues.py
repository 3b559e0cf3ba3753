"""« Voir comme »: who may begin, on whom, until when, and what the journal keeps."""

from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.acces.sessions import Signed, find_signed, open_session
from app.domain.administration.vues import DUREE, begin_vue, end_vue, see_as
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import list_journal

MINUTE = timedelta(minutes=1)


async def looking(agent: int, now: datetime) -> tuple[str, Signed]:
    """Ada looks at the pages of this agent; her session, and as it is read at the next visit."""
    jeton = await open_session(CAST.ada, is_durable=False, navigateur="", now=now)
    signed = await find_signed(jeton, now)
    assert signed is not None
    await begin_vue(signed, agent, "un appel au support", now)
    return jeton, await again(jeton, now)


async def again(jeton: str, now: datetime) -> Signed:
    signed = await find_signed(jeton, now)
    assert signed is not None
    return signed


async def test_it_shows_the_rights_of_the_agent_and_touches_nothing_of_theirs(now: datetime) -> None:
    droits = (await signed_as(CAST.aida, now)).droits
    theirs = await database.fetch("select * from sessions where agent = :a", a=CAST.aida)
    _, ada = await looking(CAST.aida, now)
    seen = await see_as(ada, "GET /demandes", now + MINUTE)
    assert seen is not None and seen.droits == droits
    assert seen.vue is not None and seen.vue.nom.startswith("Aïda") and seen.vue.until == now + DUREE
    assert seen.session == 0
    assert await database.fetch("select * from sessions where agent = :a", a=CAST.aida) == theirs


async def test_the_journal_keeps_the_beginning_each_page_and_the_end_once(now: datetime) -> None:
    _, ada = await looking(CAST.aida, now)
    await see_as(ada, "GET /demandes", now)
    await end_vue(ada, now)
    await end_vue(ada, now)
    [begun], [page], [over] = [await list_journal(fait) for fait in ("vue_ouverte", "vue_page", "vue_fermee")]
    assert begun["details"] == {"agent": CAST.aida, "motif": "un appel au support"}
    assert page["details"] == {"agent": CAST.aida, "page": "GET /demandes"}
    assert over["details"] == {"agent": CAST.aida}
    assert {line["agent"] for line in (begun, page, over)} == {CAST.ada}


async def test_it_ends_by_itself_after_thirty_minutes(now: datetime) -> None:
    jeton, ada = await looking(CAST.aida, now)
    assert await see_as(ada, "GET /", now + DUREE - MINUTE) is not None
    assert await see_as(ada, "GET /", now + DUREE) is None
    assert len(await list_journal("vue_fermee")) == 1
    assert (await again(jeton, now)).vue is None


@pytest.mark.parametrize(
    "change",
    [
        "update agents set deactivated_at = created_at where id = :aida and :ada > 0",
        "update agents set is_administrateur = true where id = :aida and :ada > 0",
        "update agents set is_administrateur = false where id = :ada and :aida > 0",
    ],
    ids=["closed", "promoted", "no longer ours"],
)
async def test_it_ends_when_who_looks_or_is_looked_at_changes(change: str, now: datetime) -> None:
    jeton, ada = await looking(CAST.aida, now)
    await database.fetch(change, aida=CAST.aida, ada=CAST.ada)
    ada = await again(jeton, now)
    assert await see_as(ada, "GET /", now) is None
    assert (await again(jeton, now)).vue is None


async def test_who_may_not_begin(now: datetime) -> None:
    ada, aida = await signed_as(CAST.ada, now), await signed_as(CAST.aida, now)
    with pytest.raises(Introuvable):
        await begin_vue(aida, CAST.ines, "curiosité", now)
    with pytest.raises(Introuvable):
        await begin_vue(ada, 999_999, "appel", now)
    with pytest.raises(Invalide):
        await begin_vue(ada, CAST.aida, "", now)
    with pytest.raises(Conflit):
        await begin_vue(ada, CAST.ada, "appel", now)
    await database.fetch("update agents set deactivated_at = created_at where id = :a", a=CAST.aida)
    with pytest.raises(Conflit):
        await begin_vue(ada, CAST.aida, "appel", now)
    assert await list_journal("vue_ouverte") == []
