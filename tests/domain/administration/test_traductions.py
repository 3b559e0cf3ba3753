"""A translation of the mandat is marked until an administrateur confirms the very text that is there."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain.administration.traductions import (
    confirm_traduction,
    list_to_confirm,
    withdraw_confirmation,
)
from app.domain.mandats import traductions
from app.domain.mandats.traductions import get_etat, get_traduction, list_traductions
from app.domain.regles.errors import Conflit, Introuvable, Refus
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import list_journal


async def test_it_is_confirmed_once_journalled_and_withdrawn(now: datetime) -> None:
    ada, vu = await signed_as(CAST.ada, now), get_traduction("uk").empreinte
    assert not any(etat.is_relue for etat in await list_to_confirm(ada))
    for _ in range(2):
        await confirm_traduction(ada, "uk", vu, now)
    assert [e.traduction.langue for e in await list_to_confirm(ada) if e.is_relue] == ["uk"]
    assert [line["details"] for line in await list_journal("traduction_confirmee")] == [{"langue": "uk"}]
    for _ in range(2):
        await withdraw_confirmation(ada, "uk", now)
    assert not (await get_etat("uk")).is_relue
    assert [line["agent"] for line in await list_journal("traduction_a_relire")] == [CAST.ada]


async def test_another_text_is_to_be_read_anew(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, former = await signed_as(CAST.ada, now), get_traduction("ar")
    await confirm_traduction(ada, "ar", former.empreinte, now)
    others = tuple(one for one in list_traductions() if one.langue != "ar")
    monkeypatch.setattr(
        traductions, "list_traductions", lambda: (*others, replace(former, empreinte="0" * 64))
    )
    assert not (await get_etat("ar")).is_relue
    with pytest.raises(Conflit, match="a changé"):
        await confirm_traduction(ada, "ar", former.empreinte, now)
    await confirm_traduction(ada, "ar", "0" * 64, now)
    assert (await get_etat("ar")).is_relue


async def test_nobody_else_confirms_and_an_unknown_language_is_nothing(now: datetime) -> None:
    vu = get_traduction("en").empreinte
    for who in (CAST.rose, CAST.elie, CAST.aida):
        signed = await signed_as(who, now)
        for act in (
            list_to_confirm(signed),
            confirm_traduction(signed, "en", vu, now),
            withdraw_confirmation(signed, "en", now),
        ):
            with pytest.raises(Refus):
                await act
    ada = await signed_as(CAST.ada, now)
    for act in (confirm_traduction(ada, "fr", vu, now), withdraw_confirmation(ada, "fr", now)):
        with pytest.raises(Introuvable):
            await act
