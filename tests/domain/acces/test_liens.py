"""What is sent to who asks to sign in (product §4)."""

import asyncio
from datetime import datetime, timedelta

import pytest

from app import database
from app.domain.acces.liens import ask_connexion, read_adresse
from app.domain.faits.courriels import SIGN_IN
from app.domain.regles.errors import Invalide, TropDeDemandes
from tests.cast import CAST
from tests.courrier import read_lettres
from tests.domain.acces.visiteurs import AIDA, ICI, INCONNUE, ask
from tests.factories import erase_demandes, list_journal


async def test_an_agent_gets_a_link_and_a_code_before_any_other_mail(now: datetime) -> None:
    lettre = await ask(now, "  Aida@Exemple.FR ")
    assert (lettre.fait, lettre.priorite) == ("connexion", SIGN_IN)
    assert len(lettre.contexte["jeton"]) >= 43 and len(lettre.code) == 6 and lettre.contexte["minutes"] == 30


async def test_nothing_secret_is_kept_in_clear(now: datetime) -> None:
    lettre = await ask(now)
    rows = await database.fetch("select l::text as said from liens l")
    rows += await database.fetch("select t::text as said from tentatives t")
    rows += await database.fetch("select j::text as said from journal j")
    kept = " ".join(row["said"] for row in rows)
    for secret in (lettre.contexte["jeton"], lettre.code, AIDA, ICI.nom, ICI.ip):
        assert secret not in kept


async def test_an_unknown_address_is_told_once_a_day(now: datetime) -> None:
    for hours in (0, 2, 23):
        await ask(now + timedelta(hours=hours), INCONNUE)
    assert [lettre.fait for lettre in await read_lettres(INCONNUE)] == ["connexion_inconnue"]
    await ask(now + timedelta(hours=25), INCONNUE)
    assert len(await read_lettres(INCONNUE)) == 2
    assert [line["agent"] for line in await list_journal("connexion_inconnue")] == [None] * 4


async def test_a_disabled_agent_gets_nothing_and_it_is_journalled(now: datetime) -> None:
    await database.fetch(
        "update agents set deactivated_at = :now where id = :agent", now=now, agent=CAST.aida
    )
    await ask_connexion(AIDA, destination="/", is_durable=False, navigateur=ICI, now=now)
    assert await read_lettres(AIDA) == []
    assert await database.fetch("select 1 from liens") == []
    [line] = await list_journal("connexion_refusee")
    assert (line["agent"], line["details"]) == (CAST.aida, {"raison": "desactive"})


@pytest.mark.parametrize(
    "texte", ["", "   ", "aida", "aida@", "@exemple.fr", "aida@exemple", "a b@exemple.fr"]
)
def test_what_is_not_an_address_is_said(texte: str) -> None:
    with pytest.raises(Invalide) as caught:
        read_adresse(texte)
    assert set(caught.value.erreurs) == {"email"}


@pytest.mark.parametrize(
    "texte", ["a@x.fr\nBcc: b@x.fr", "a@x.fr,b@x.fr", "é@x.fr", "a" * 65 + "@x.fr", "a@" + "x." * 200 + "fr"]
)
def test_an_address_holds_one_plain_address(texte: str) -> None:
    with pytest.raises(Invalide):
        read_adresse(texte)


@pytest.mark.parametrize("word", ["ascii*fr?b?''", "utf-8?q?ines=40exemple.fr=2ca", "utf-8?b?/w=="])
def test_an_address_that_a_mail_would_read_as_another_is_none(word: str) -> None:
    with pytest.raises(Invalide):
        read_adresse(f"=?{word}?=@exemple.fr")


@pytest.mark.committed
async def test_ten_asks_at_once_send_one_mail(now: datetime) -> None:
    try:
        results = await asyncio.gather(*(ask(now) for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(result, TropDeDemandes) for result in results) == 9
        assert len(await read_lettres(AIDA)) == 1
    finally:
        await erase_demandes()
