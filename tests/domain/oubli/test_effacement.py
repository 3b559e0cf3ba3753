"""The personal data of a closed demande go, all of them; what figures say stays (quality R6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import database
from app.coffre import CoffreIndisponible
from app.domain.figures.sommes import sum_again
from app.domain.oubli import effacement
from app.domain.oubli.menages import count_all, forget_all, forget_demandes, list_menages
from app.domain.pieces_jointes.depot import coffre
from app.domain.regles.errors import Conflit
from app.settings import get_settings
from tests.cast import CAST
from tests.domain.scene import DAY, close_demande, load, make_caf_cpam, post, reopen_demande, signed_as
from tests.factories import list_journal
from tests.gardes.canaris import CHIFFRES, list_canaris, make_volee, mot

VIEWS = (
    "select viewname from pg_views where schemaname = current_schema() and viewname like 'figure%' order by 1"
)
TABLES = "select tablename from pg_tables where schemaname = current_schema() order by 1"


async def read_figures() -> dict[str, list[str]]:
    """Every figure, row by row."""
    while await sum_again():
        pass
    names = [row["viewname"] for row in await database.fetch(VIEWS)]
    names += ["cumuls_delais", "retards", "reprises", "suivis", "suivis_demandes"]
    return {
        nom: sorted(row["r"] for row in await database.fetch(f"select v::text as r from {nom} v"))
        for nom in names
    }


async def read_base() -> dict[str, str]:
    """Every row of every table, as text; sealed columns are opened by nobody, and are looked for by their length."""
    found = {}
    for row in await database.fetch(TABLES):
        nom = row["tablename"]
        rows = await database.fetch(f'select t::text as r from "{nom}" t')
        found[nom] = "\n".join(r["r"] for r in rows).lower()
    return found


@contextmanager
def unreachable(store: Path) -> Iterator[None]:
    """A file stands where the folder was: nothing can be erased there, even by root."""
    held = store.rename(store.with_name("ailleurs"))
    store.write_text("not a folder")
    try:
        yield
    finally:
        store.unlink()
        held.rename(store)


async def close(numero: int, now: datetime) -> None:
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, numero), note=3, commentaire="Bien.", now=now)


async def set_closed(numero: int, at: datetime) -> None:
    await database.fetch("update demandes set closed_at = :at where numero = :numero", numero=numero, at=at)


async def one(sql: str, *args: Any) -> Any:
    row = await database.fetch_one(sql, *args)
    assert row is not None
    return row[0]


async def test_ninety_days_after_the_closing_nothing_personal_is_left_and_no_figure_moves(
    now: datetime, store: Path
) -> None:
    _, demandes = await make_volee(now)
    a = demandes["a"].numero
    await close(a, now)
    # Closings did not always refuse a comment that names the usager.
    await database.fetch(
        "update satisfactions set commentaire = :texte where commentaire = 'Bien.'",
        texte=f"{mot('prenom_a').capitalize()} {mot('nom_a').capitalize()} est soulagée.",
    )
    numeros = [objets.numero for letter, objets in demandes.items() if letter in "ac"]
    later = now + timedelta(days=get_settings().retention_days, minutes=1)
    before = await read_figures()
    # The test is alive: each word stands somewhere before, and in the store.
    held = "\n".join((await read_base()).values())
    assert mot("titre_a") in held and mot("nom_a") in held and mot("fichier_nom_a") in held

    await forget_all(later)

    assert await read_figures() == before
    rows = await database.fetch(
        "select numero, erased_at from demandes where numero = any(:numeros)", numeros=numeros
    )
    assert [row["erased_at"] for row in rows] == [later, later]
    base = await read_base()
    gone = [
        (table, nom)
        for nom, _ in list_canaris()
        if nom.endswith(("_a", "_c")) and nom != "commentaire_c"
        for table, texte in base.items()
        if mot(nom) in texte
    ]
    assert not gone
    assert not [t for t in base for nom in CHIFFRES if CHIFFRES[nom] in base[t]]
    assert not [
        depot async for depot in coffre().list_depots() if depot.stored_at < later - timedelta(hours=1)
    ]
    for sql in (
        "select count(*) from mandats where demande = any($1) and (contexte_scelle is not null or empreinte <> '')",
        "select count(*) from usager_informations where demande = any($1)",
        "select count(*) from brouillons where demande = any($1)",
        "select count(*) from courriels where demande = any($1)",
        "select count(*) from pieces_jointes where demande = any($1)",
        "select count(*) from demandes where numero = any($1) and usager_empreinte is not null",
    ):
        assert await one(sql, numeros) == 0, sql
    assert await one("select count(*) from mandats where demande = any($1)", numeros) == 2
    certificat = await database.fetch_one("select * from effacements where demande = :demande", demande=a)
    assert certificat is not None and certificat["done_at"] == later and certificat["raison"] == "delai"
    assert certificat["messages"] > 3 and certificat["fichiers"] == 4 and certificat["mandats"] == 1
    assert certificat["commentaires"] == 2  # one per organisme
    assert [line["demande"] for line in await list_journal("donnees_effacees")] == sorted(numeros)


async def test_a_minute_before_nothing_goes_and_twice_is_once(now: datetime, store: Path) -> None:
    numero = await make_caf_cpam(now)
    await post(CAST.ines, numero, now)
    await close(numero, now)
    due = now + timedelta(days=get_settings().retention_days)
    assert (await count_all(due - timedelta(minutes=1)))["demandes"] == 0
    await forget_demandes(due - timedelta(minutes=1))
    assert await one("select erased_at from demandes where numero = $1", numero) is None
    assert (await count_all(due))["demandes"] == 1
    await forget_demandes(due)
    await forget_demandes(due + DAY)
    assert await one("select erased_at from demandes where numero = $1", numero) == due
    said = [(m.libelle, m.nombre) for m in await list_menages(due + DAY) if m.nombre]
    assert said == [("Données personnelles de demandes clôturées", 1)]


async def test_an_open_demande_keeps_everything_however_old(now: datetime, store: Path) -> None:
    numero = await make_caf_cpam(now)
    await forget_demandes(now + 400 * DAY)
    assert await one("select titre from demandes where numero = $1", numero) != ""


async def test_what_began_to_go_is_not_reopened_and_is_finished(now: datetime, store: Path) -> None:
    numero = await make_caf_cpam(now)
    await close(numero, now)
    await effacement.begin_erasure(numero, effacement.Raison.USAGER, now)
    aida = await signed_as(CAST.aida, now)
    with pytest.raises(Conflit):
        await reopen_demande(aida, await load(aida, numero), now)
    assert await effacement.finish_begun(now) == 1
    assert await one("select raison from effacements where demande = $1", numero) == "usager"
    assert await effacement.finish_begun(now) == 0


async def test_a_store_that_does_not_answer_keeps_the_rows_for_the_next_run(
    now: datetime, store: Path
) -> None:
    _, demandes = await make_volee(now)
    a = demandes["a"].numero
    await close(a, now)
    later = now + timedelta(days=get_settings().retention_days + 1)
    await effacement.begin_erasure(a, effacement.Raison.DELAI, later)
    with unreachable(store), pytest.raises(CoffreIndisponible):
        await effacement.finish_begun(later)
    assert await one("select titre from demandes where numero = $1", a) != ""
    assert await effacement.finish_begun(later) == 1
