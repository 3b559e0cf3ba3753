"""A former key leaves: everything it sealed is sealed again, whatever stops the work (quality S6, S8)."""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from piccolo.columns import Bytea

from app import database, tables
from app.chiffrement import Trousseau
from app.domain.administration import clefs
from app.domain.administration.clefs import SCELLES, reseal_columns, reseal_files
from app.domain.faits import envois
from app.domain.pieces_jointes import depot
from app.settings import get_settings
from tests.cast import CAST
from tests.courrier import write_lettre
from tests.factories import make_demande

NEW = {"new": bytes(range(100, 132))}


def test_every_sealed_column_is_known() -> None:
    sealed = {
        (table._meta.tablename, column._meta.name)
        for table in (getattr(tables, name) for name in tables.__all__)
        for column in table._meta.columns
        if isinstance(column, Bytea) and "scelle" in column._meta.name
    }
    assert sealed == {(scelle.table, scelle.colonne) for scelle in SCELLES}


async def test_columns_open_with_the_new_key_alone(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    numero = await make_demande(now)
    old = Trousseau(get_settings().data_keys)
    information, brouillon = f"usager_information:{numero}:nir", uuid4()
    await database.fetch(
        "insert into usager_informations (demande, nature, valeur_scellee, added_by, added_at)"
        " values ($1, 'nir', $2, $3, $4)",
        *(numero, old.seal_text("1 68 03", information), CAST.aida, now),
    )
    await database.fetch(
        "insert into brouillons (id, agent, contenu_scelle, created_at, updated_at) values ($1, $2, $3, $4, $4)",
        *(brouillon, CAST.aida, old.seal_text("{}", f"brouillon:{brouillon}"), now),
    )
    for _ in range(3):
        await write_lettre("connexion_inconnue", "ines@exemple.fr", now)
    [row] = await database.fetch("select id from courriels order by id limit 1")
    await database.fetch("update courriels set contexte_scelle = 'lost' where id = $1", row["id"])
    both, only_new = Trousseau({**NEW, **get_settings().data_keys}), Trousseau(NEW)
    monkeypatch.setattr(clefs, "LOT", 2)
    monkeypatch.setattr(clefs, "trousseau", lambda: both)
    bilan = await reseal_columns()
    assert (bilan.scelles, bilan.illisibles) == (4, 1)
    assert (await reseal_columns()).scelles == 0, "again is nothing more"
    monkeypatch.setattr(envois, "trousseau", lambda: only_new)
    rows = await database.fetch("select id, contexte_scelle from courriels where contexte_scelle <> 'lost'")
    for row in rows:
        envois.unseal("courriel", row["id"], row["contexte_scelle"])
    [row] = await database.fetch("select valeur_scellee from usager_informations")
    assert only_new.open_text(row["valeur_scellee"], information) == "1 68 03"
    [row] = await database.fetch("select contenu_scelle from brouillons")
    assert only_new.open_text(row["contenu_scelle"], f"brouillon:{brouillon}") == "{}"


async def test_files_open_with_the_new_key_alone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cle = depot.coffre().new_cle()
    await depot.coffre().put(cle, b"contenu")
    monkeypatch.setattr(depot, "trousseau", lambda: Trousseau({**NEW, **get_settings().data_keys}))
    depot.coffre.cache_clear()
    assert (await reseal_files()).scelles == 1
    assert (await reseal_files()).scelles == 0
    monkeypatch.setattr(depot, "trousseau", lambda: Trousseau(NEW))
    depot.coffre.cache_clear()
    assert await depot.coffre().get(cle) == b"contenu"
