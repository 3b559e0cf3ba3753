"""An account excluded by an administrateur: closed everywhere, told why, reactivated by the A+ team alone."""

from datetime import datetime

import pytest

from app import database
from app.domain.acces.sessions import find_signed, open_session
from app.domain.echanges.signalements import SignalementSaisi, SuiteSignalement, list_signalements, report
from app.domain.groupes.exclusions import exclude, preview_exclusion
from app.domain.groupes.retraits import reactivate
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from tests.cast import CAST
from tests.domain.groupes.equipe import groupe_of
from tests.domain.scene import load, post, signed_as
from tests.factories import list_journal, list_told, make_demande

MOTIF = "Des dossiers ont été lus sans raison de service."


async def test_the_account_is_closed_everywhere_and_its_agent_told(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    aida, ada = await signed_as(CAST.aida, now), await signed_as(CAST.ada, now)
    await report(
        aida, await load(aida, numero), SignalementSaisi("curiosite", CAST.ines, "Lu sans raison."), now
    )
    [one] = await list_signalements(ada)
    jeton = await open_session(CAST.ines, is_durable=True, navigateur="", now=now)
    shown = await preview_exclusion(ada, CAST.ines)
    assert (shown.groupes, shown.obstacle) == (("CAF 22",), "")
    await exclude(ada, CAST.ines, MOTIF, signalement=one.id, now=now)
    assert await find_signed(jeton, now) is None
    assert await list_told("compte_exclu") == {"ines@exemple.fr"}
    [line] = await list_journal("compte_exclu")
    assert line["details"] == {"agent": CAST.ines, "signalement": one.id}
    [one] = await list_signalements(ada)
    assert (one.suite, one.is_vise_actif) == (SuiteSignalement.EXCLUSION, False)
    with pytest.raises(Conflit):
        await exclude(ada, CAST.ines, MOTIF, now=now)


async def test_a_responsable_does_not_bring_it_back_an_administrateur_does(now: datetime) -> None:
    ada, rose = await signed_as(CAST.ada, now), await signed_as(CAST.rose, now)
    await exclude(ada, CAST.idir, MOTIF, now=now)
    caf = await groupe_of(rose, CAST.groupes.caf)
    with pytest.raises(Refus, match="exclu par l’équipe"):
        await reactivate(rose, caf, CAST.idir, now)
    await reactivate(ada, caf, CAST.idir, now)
    # Deactivated again by a colleague, it is an ordinary closed account.
    await database.fetch(
        "update agents set deactivated_at = :now::timestamptz + interval '1 hour' where id = :idir",
        now=now,
        idir=CAST.idir,
    )
    await reactivate(rose, caf, CAST.idir, now)


async def test_what_they_held_is_handed_on(now: datetime) -> None:
    numero = await make_demande(now)
    await exclude(await signed_as(CAST.ada, now), CAST.aida, MOTIF, now=now)
    row = await database.fetch_one("select vacante_at from demandes where numero = :n", n=numero)
    assert row is not None and row["vacante_at"] == now


@pytest.mark.parametrize(
    ("who", "reason"),
    [("ada", "votre propre compte"), ("rose", "plus de responsable")],
)
async def test_the_guards_say_why(who: str, reason: str, now: datetime) -> None:
    ada = await signed_as(CAST.ada, now)
    assert reason in (await preview_exclusion(ada, getattr(CAST, who))).obstacle
    with pytest.raises(Refus, match=reason):
        await exclude(ada, getattr(CAST, who), MOTIF, now=now)


async def test_another_administrateur_first_loses_that_role(now: datetime) -> None:
    await database.fetch("update agents set is_administrateur = true where id = :id", id=CAST.elie)
    with pytest.raises(Refus, match="administrateur"):
        await exclude(await signed_as(CAST.ada, now), CAST.elie, MOTIF, now=now)


@pytest.mark.parametrize("motif", ["", "x" * 501, "Son numéro est le 06 12 34 56 78."])
async def test_the_reason_is_said_and_personal_to_nobody(motif: str, now: datetime) -> None:
    with pytest.raises(Invalide):
        await exclude(await signed_as(CAST.ada, now), CAST.ines, motif, now=now)


@pytest.mark.parametrize("who", ["rose", "ines", "paul", "elie"])
async def test_nobody_else_excludes(who: str, now: datetime) -> None:
    other = await signed_as(getattr(CAST, who), now)
    with pytest.raises(Introuvable):
        await preview_exclusion(other, CAST.idir)
    with pytest.raises(Introuvable):
        await exclude(other, CAST.idir, MOTIF, now=now)
    with pytest.raises(Introuvable):
        await preview_exclusion(await signed_as(CAST.ada, now), 999_999)
