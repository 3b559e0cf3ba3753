"""The first account of a new platform: on an empty base only, journalled, with its link by mail."""

import dataclasses
from datetime import datetime

import pytest
from click.testing import CliRunner

from app import __main__ as commands
from app import database
from app.domain.acces.second_facteur import activate, code_of, propose
from app.domain.administration.premier import create_premier, lift_by_command
from app.domain.regles.errors import Conflit, Invalide
from app.settings import get_settings
from tests.browser import Browser, confirm_by_phone
from tests.cast import CAST
from tests.courrier import read_lettre
from tests.domain.scene import signed_as
from tests.factories import EMPTY_JOURNAL, list_journal, list_told

ADA = "ada.morel@aplus.fr"


async def empty() -> None:
    """What `migrate` leaves of a new base: reference rows, and nobody."""
    await database.fetch("truncate agents, groupes cascade")
    await database.run_script(EMPTY_JOURNAL)


async def test_it_is_made_told_journalled_and_opens_the_platform(now: datetime) -> None:
    await empty()
    agent = await create_premier(f" {ADA.upper()} ", "75", now)
    row = await database.fetch_one("select * from agents")
    assert row is not None and (row["id"], row["email"], row["is_administrateur"]) == (agent, ADA, True)
    [line] = await list_journal("compte_equipe_cree")
    assert line["agent"] is None and line["details"] == {"agent": agent, "par": "commande"}
    lettre = await read_lettre(ADA)
    ada = Browser()
    await ada.get(lettre.lien)
    await ada.submit(lettre.lien, {"code": lettre.code})
    response = await ada.get("/", status=303)
    await ada.get(response.headers["location"])
    await confirm_by_phone(ada)
    response = await ada.get("/", status=303)
    assert response.headers["location"].startswith("/cgu")


async def test_a_command_lifts_the_second_factor_where_nobody_else_could(now: datetime) -> None:
    signed = await signed_as(CAST.ada, now)
    proposition = propose(signed)
    await activate(signed, proposition, code_of(proposition.secret, now), now)
    with pytest.raises(Invalide):
        await lift_by_command("inconnue@exemple.fr", now)
    await lift_by_command("Ada@exemple.fr", now)
    assert await list_told("second_facteur_leve") == {"ada@exemple.fr"}
    assert not await database.fetch("select 1 from sessions where agent = :agent", agent=CAST.ada)
    with pytest.raises(Conflit):
        await lift_by_command("ada@exemple.fr", now)


async def test_nobody_is_made_where_somebody_is(now: datetime) -> None:
    with pytest.raises(Conflit, match="a déjà des comptes"):
        await create_premier(ADA, "75", now)
    assert await list_told("compte_equipe_cree") == set()


async def test_a_mistyped_address_is_corrected_until_the_account_was_opened(now: datetime) -> None:
    await empty()
    first = await create_premier("ada.morl@aplus.fr", "75", now)
    former = await read_lettre("ada.morl@aplus.fr")
    assert await create_premier(ADA, "75", now) == first
    await Browser().get(former.lien, status=410)
    await Browser().get((await read_lettre(ADA)).lien)
    await database.fetch("update agents set last_seen_at = :now", now=now)
    with pytest.raises(Conflit):
        await create_premier("autre@aplus.fr", "75", now)


@pytest.mark.parametrize(("adresse", "departement"), [("ada.morel", "75"), (ADA, "999")])
async def test_what_is_mistyped_writes_nothing(now: datetime, adresse: str, departement: str) -> None:
    await empty()
    with pytest.raises(Invalide):
        await create_premier(adresse, departement, now)
    row = await database.fetch_one("select count(*) as nombre from agents")
    assert row is not None and row["nombre"] == 0


@pytest.mark.parametrize("command", ["seed", "demo"])
def test_no_invented_person_enters_production(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    production = dataclasses.replace(get_settings(), environment="production")
    monkeypatch.setattr("app.__main__.get_settings", lambda: production)
    result = CliRunner().invoke(commands.main, [command])
    assert result.exit_code == 1 and "not for production" in result.output
