"""A misuse reported by a reader: it reaches administrateurs with metadata only, and nothing of the usager."""

from datetime import datetime

import pytest

from app import database
from app.domain.echanges.signalements import (
    SignalementSaisi,
    SuiteSignalement,
    list_signalements,
    report,
    treat_signalement,
)
from app.domain.oubli.effacement import Raison, begin_erasure, finish_begun
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.scene import load, signed_as
from tests.factories import list_journal, list_told, make_demande, make_invitation

SAISI = SignalementSaisi("curiosite", None, "Le dossier a été lu sans raison de service.")


@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
async def test_any_reader_reports_and_administrateurs_are_told(who: str, now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    reader = await signed_as(getattr(CAST, who), now)
    saisi = SignalementSaisi("propos", None, "Un message est insultant.")
    await report(reader, await load(reader, numero), saisi, now)
    assert await list_told("abus_signale") == {"ada@exemple.fr"}
    [line] = await list_journal("abus_signale")
    assert line["agent"] == getattr(CAST, who) and "Un message" not in str(line["details"])
    ada = await signed_as(CAST.ada, now)
    [found] = await list_signalements(ada)
    assert (found.demande, found.texte, found.suite) == (numero, "Un message est insultant.", None)


async def test_who_only_knows_that_it_exists_reports_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    for who in (CAST.rose, CAST.ada):
        reader = await signed_as(who, now)
        with pytest.raises(Refus):
            await report(reader, await load(reader, numero), SAISI, now)


@pytest.mark.parametrize(
    ("saisi", "wrong"),
    [
        (SignalementSaisi("x", None, ""), {"raison", "texte"}),
        (SignalementSaisi("autre", CAST.eve, "Voilà."), {"vise"}),
        (SignalementSaisi("autre", CAST.aida, "Soi-même."), {"vise"}),
        (SignalementSaisi("autre", None, "x" * 1_001), {"texte"}),
        (SignalementSaisi("autre", None, "La carte 1 68 07 22 113 456 70 est partie."), {"texte"}),
        (SignalementSaisi("autre", None, "Il parle de Madame Dubois partout."), {"texte"}),
    ],
)
async def test_what_is_wrong_or_personal_is_refused(
    saisi: SignalementSaisi, wrong: set[str], now: datetime
) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    with pytest.raises(Invalide) as refused:
        await report(aida, await load(aida, numero), saisi, now)
    assert set(refused.value.erreurs) == wrong


async def test_one_waits_at_a_time_and_is_treated_once(now: datetime) -> None:
    numero = await make_demande(now)
    aida, ada = await signed_as(CAST.aida, now), await signed_as(CAST.ada, now)
    demande = await load(aida, numero)
    await report(aida, demande, SAISI, now)
    with pytest.raises(Conflit):
        await report(aida, demande, SAISI, now)
    [found] = await list_signalements(ada)
    await treat_signalement(ada, found.id, SuiteSignalement.CLASSEE, now)
    with pytest.raises(Conflit):
        await treat_signalement(ada, found.id, SuiteSignalement.CLASSEE, now)
    with pytest.raises(Introuvable):
        await treat_signalement(ada, 999_999, SuiteSignalement.CLASSEE, now)
    await report(aida, demande, SAISI, now)
    assert [s.suite for s in await list_signalements(ada)] == [None, SuiteSignalement.CLASSEE]


@pytest.mark.parametrize("who", ["aida", "rose", "elie", "paul"])
async def test_only_administrateurs_read_and_treat_them(who: str, now: datetime) -> None:
    other = await signed_as(getattr(CAST, who), now)
    with pytest.raises(Refus):
        await list_signalements(other)
    with pytest.raises(Introuvable):
        await treat_signalement(other, 1, SuiteSignalement.CLASSEE, now)


async def test_what_was_written_goes_with_the_demande(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_as(CAST.aida, now)
    await report(aida, await load(aida, numero), SAISI, now)
    await database.fetch(
        "update demandes set closed_at = :now, closed_by = auteur where numero = :n", now=now, n=numero
    )
    await begin_erasure(numero, Raison.USAGER, now)
    assert await finish_begun(now) == 1
    [found] = await list_signalements(await signed_as(CAST.ada, now))
    assert (found.texte, found.raison.value) == ("", "curiosite")
