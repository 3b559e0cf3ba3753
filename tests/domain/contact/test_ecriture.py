"""Conversations with the A+ team: who writes, who reads, what is bounded, what is told by mail."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from app import database
from app.domain.acces.navigateurs import Navigateur
from app.domain.contact import limites
from app.domain.contact.conversations import (
    get_by_jeton,
    get_conversation,
    get_mine,
    list_conversations,
    list_mine,
    open_visiteur,
)
from app.domain.contact.ecriture import (
    ParoleSaisie,
    answer,
    close_conversation,
    go_on_as_agent,
    go_on_by_jeton,
    open_as_agent,
    open_as_stranger,
)
from app.domain.faits.courriels import claim_courriels
from app.domain.oubli.menages import forget_rows
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus, TropDeDemandes
from tests.cast import CAST
from tests.domain.scene import signed_as
from tests.factories import list_journal, list_told

ICI = Navigateur("essai", "192.0.2.7")


def says(texte: str = "Bonjour, un rôle me manque.", vu: int = 0) -> ParoleSaisie:
    """A form just opened."""
    return ParoleSaisie(uuid4(), texte, vu)


async def lien_of_last() -> str:
    """The token of the mail of the last stranger."""
    row = await database.fetch_one(
        "select jeton, visiteur_scelle from conversations where agent is null order by id desc limit 1"
    )
    assert row is not None
    return open_visiteur(row["jeton"], row["visiteur_scelle"])["lien"].rpartition("/")[2]


async def test_an_agent_writes_and_the_team_answers_here_and_by_mail(now: datetime) -> None:
    aida, ada = await signed_as(CAST.aida, now), await signed_as(CAST.ada, now)
    numero = await open_as_agent(aida, "compte", says(), now)
    assert await list_told("contact_ecrit") == {"ada@exemple.fr"}
    [waiting] = await list_conversations(ada)
    assert (waiting.id, waiting.attend_at, waiting.qui) == (numero, now, f"{aida.prenom} {aida.nom}")
    seen = await get_conversation(ada, numero)
    await answer(ada, numero, says("C’est fait.", seen.vu), now)
    assert await list_told("contact_repondu") == {"aida@exemple.fr"}
    mine = await get_mine(aida, numero)
    assert [(p.texte, p.is_equipe) for p in mine.paroles][1] == ("C’est fait.", True)
    assert mine.entete.attend_at is None
    for fait in ("contact_ecrit", "contact_repondu"):
        [line] = await list_journal(fait)
        assert "rôle" not in str(line["details"]) and "fait." not in str(line["details"])
    [envoi] = [e for e in await claim_courriels(now, 50) if e.fait == "contact_repondu"]
    assert envoi.contexte["texte"] == "C’est fait."


async def test_a_stranger_follows_by_the_link_of_their_mail_alone(now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    await open_as_stranger("Jean@Exemple.fr", "connexion", says("Rien n’arrive."), ICI, now)
    [envoi] = [e for e in await claim_courriels(now, 50) if e.fait == "contact_recu"]
    assert envoi.adresse == "jean@exemple.fr" and "Rien" not in str(envoi.contexte)
    jeton = await lien_of_last()
    assert envoi.contexte["chemin"] == f"/aide/contact/lien/{jeton}" and len(jeton) >= 43
    found = await get_by_jeton(jeton)
    await answer(ada, found.entete.id, says("Regardez les indésirables.", found.vu), now)
    assert await list_told("contact_repondu") == {"jean@exemple.fr"}
    await go_on_by_jeton(jeton, says("Trouvé, merci.", (await get_by_jeton(jeton)).vu), now)
    assert len((await get_by_jeton(jeton)).paroles) == 3
    with pytest.raises(Introuvable):
        await get_by_jeton(jeton[:-1])
    lying = str([dict(row) for row in await database.fetch("select * from conversations, paroles")])
    assert "Rien n" not in lying and "jean@" not in lying and jeton not in lying


@pytest.mark.parametrize("who", ["aline", "ines", "rose", "elie", "paul"])
async def test_nobody_else_reads_or_writes(who: str, now: datetime) -> None:
    numero = await open_as_agent(await signed_as(CAST.aida, now), "compte", says(), now)
    other = await signed_as(getattr(CAST, who), now)
    assert await list_mine(other) == []
    with pytest.raises(Refus):
        await list_conversations(other)
    for act in (
        get_mine(other, numero),
        get_conversation(other, numero),
        go_on_as_agent(other, numero, says(), now),
        answer(other, numero, says(), now),
        close_conversation(other, numero, 0, now),
    ):
        with pytest.raises(Introuvable):
            await act


async def test_the_team_reads_no_agent_as_its_author(now: datetime) -> None:
    """An administrateur is a stranger at the address of its author."""
    numero = await open_as_agent(await signed_as(CAST.aida, now), "compte", says(), now)
    with pytest.raises(Introuvable):
        await get_mine(await signed_as(CAST.ada, now), numero)


@pytest.mark.parametrize(
    "texte",
    ["", "x" * 3_001, "Son numéro est le 1 68 07 22 113 456 70.", "IBAN FR76 3000 6000 0112 3456 7890 189"],
)
async def test_what_is_empty_long_or_of_an_usager_is_refused(texte: str, now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    with pytest.raises(Invalide) as refused:
        await open_as_agent(aida, "demande", says(texte), now)
    assert set(refused.value.erreurs) == {"texte"}
    assert await list_mine(aida) == []


async def test_how_to_be_called_back_may_be_written(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    assert await open_as_agent(aida, "autre", says("Rappelez-moi au 06 39 98 01 72."), now)


async def test_a_stranger_is_bounded_by_address_network_and_links(now: datetime) -> None:
    with pytest.raises(Invalide):
        await open_as_stranger("a@exemple.fr", "autre", says("http://a http://b www.c"), ICI, now)
    for n in range(limites.PER_ADDRESS):
        await open_as_stranger("a@exemple.fr", "autre", says(f"Message {n}"), ICI, now)
    with pytest.raises(TropDeDemandes, match="support@aplus"):
        await open_as_stranger("a@exemple.fr", "autre", says(), ICI, now)
    for n in range(limites.PER_NETWORK - limites.PER_ADDRESS):
        await open_as_stranger(f"b{n}@exemple.fr", "autre", says(), ICI, now)
    with pytest.raises(TropDeDemandes):
        await open_as_stranger("c@exemple.fr", "autre", says(), ICI, now)
    known = Navigateur("essai", ICI.ip, former="une session d’hier")
    await open_as_stranger("c@exemple.fr", "autre", says(), known, now)
    await open_as_stranger("a@exemple.fr", "autre", says(), ICI, now + timedelta(minutes=61))


async def test_an_agent_is_bounded_too(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    for _ in range(limites.PER_AGENT):
        await open_as_agent(aida, "autre", says(), now)
    with pytest.raises(TropDeDemandes):
        await open_as_agent(aida, "autre", says(), now)


async def test_a_repeat_is_one_message_and_news_are_shown_first(now: datetime) -> None:
    aida, ada = await signed_as(CAST.aida, now), await signed_as(CAST.ada, now)
    same = says()
    numero = await open_as_agent(aida, "autre", same, now)
    assert await open_as_agent(aida, "autre", same, now) == numero
    first = (await get_mine(aida, numero)).vu
    again = says("Encore ceci.", first)
    for _ in range(2):
        await go_on_as_agent(aida, numero, again, now)
    assert len((await get_mine(aida, numero)).paroles) == 2
    assert await list_told("contact_ecrit") == {"ada@exemple.fr"}
    assert len(await list_journal("contact_ecrit")) == 1, "one mail until the team answers"
    with pytest.raises(Invalide):
        await answer(ada, numero, says("Voilà.", first), now)
    with pytest.raises(Conflit):
        await close_conversation(ada, numero, first, now)


async def test_closed_then_open_again_by_its_author(now: datetime) -> None:
    aida, ada = await signed_as(CAST.aida, now), await signed_as(CAST.ada, now)
    numero = await open_as_agent(aida, "autre", says(), now)
    vu = (await get_mine(aida, numero)).vu
    await close_conversation(ada, numero, vu, now)
    assert (await get_mine(aida, numero)).entete.closed_at == now
    await go_on_as_agent(aida, numero, says("Pas tout à fait.", vu), now)
    entete = (await get_mine(aida, numero)).entete
    assert (entete.closed_at, entete.attend_at) == (None, now)


async def test_it_goes_ninety_days_after_its_last_word(now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    await open_as_agent(aida, "autre", says(), now)
    await forget_rows(now + timedelta(days=89))
    assert await list_mine(aida)
    await forget_rows(now + timedelta(days=91))
    assert not await list_mine(aida)
    assert not await database.fetch("select from paroles")
