"""A platform is born from an empty base by the documented steps alone, to a first demande answered (README)."""

import asyncio
import base64
import os
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app import database
from app.domain.administration.premier import create_premier
from app.settings import ROOT, get_settings
from tests.browser import Browser, confirm_by_phone
from tests.courrier import read_lettres
from tests.domain.administration.test_premier import empty
from tests.domain.formulaire_rempli import filled

ADA = "ada.morel@aplus.fr"
PROFIL = {"fonction": "Équipe", "acceptation": "1"}
BASE = "aplus_premier_jour"


async def run(environ: dict[str, str], *command: str) -> tuple[int, str]:
    """`python -m app …` as an operator types it: its status, and what it says."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *command),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, said.decode()


@pytest.mark.committed
async def test_the_documented_commands_open_an_empty_production_base(tmp_path: Path) -> None:
    here = database.find_database_url(get_settings())
    own = await asyncpg.connect(here)
    await own.execute(f"create database {BASE}")
    parts = urlsplit(here)
    new = urlunsplit(parts._replace(path=f"/{BASE}"))
    environ = {
        "APLUS_ENV": "production",
        "APLUS_VAR": str(tmp_path),
        "DATABASE_URL": new,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "DATA_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "TRUSTED_PROXIES": "127.0.0.1",
        "BASE_URL": "https://aplus.exemple.fr",
        "SMTP_URL": "smtp://127.0.0.1:25",
    }
    try:
        status, said = await run(environ, "create-administrateur", ADA)
        assert status == 1 and "python -m app migrate" in said
        for command in (("migrate",), ("create-administrateur", ADA), ("check",)):
            status, said = await run(environ, *command)
            assert status == 0, (command, said)
        there = await asyncpg.connect(new)
        rows = await there.fetch("select email, is_administrateur from agents")
        [mail] = await there.fetch("select fait, adresse from courriels")
        await there.close()
        assert [tuple(row) for row in rows] == [(ADA, True)]
        assert tuple(mail) == ("compte_equipe_cree", ADA)
    finally:
        await own.execute(f"drop database if exists {BASE} with (force)")
        await own.close()


async def enter(adresse: str, **profil: str) -> Browser:
    """Somebody opens the link of their first mail, completes their profile and accepts the conditions."""
    browser = Browser()
    [lettre] = [lettre for lettre in await read_lettres(adresse) if "jeton" in lettre.contexte]
    await browser.get(lettre.lien)
    await browser.submit(lettre.lien, {"code": lettre.code})
    await browser.get("/", follow=True)
    if adresse == ADA:
        # The rights of an administrateur are confirmed by phone before anything else.
        await confirm_by_phone(browser)
        await browser.get("/", follow=True)
    await browser.submit("/cgu", {**PROFIL, **profil})
    return browser


async def make_groupe(ada: Browser, groupe: str, organisme: str, **compte: Any) -> int:
    """A groupe made by its page, then its first account."""
    row = await database.fetch_one("select id from organismes where code = $1", organisme)
    assert row is not None
    await ada.get("/administration/groupes/nouveau")
    typed = {"nom": groupe, "organisme": row["id"], "departements": "22"}
    response = await ada.submit("/administration/groupes", typed)
    comptes = response.headers["location"]
    await ada.get(comptes)
    one = {f"{champ}-1": valeur for champ, valeur in compte.items()}
    await ada.submit(comptes, {"lignes": 1, "acte": "creer", **one})
    return int(comptes.split("/")[2])


async def test_from_the_first_account_to_a_first_demande_answered(now: datetime, store: Path) -> None:
    await empty()
    await create_premier(ADA, "75", now)
    ada = await enter(ADA, prenom="Ada", nom="Morel")
    await ada.get("/administration")
    assert "Premiers pas" in ada.page.texte and "des aidants fait" not in ada.page.texte
    assert "Rien n’attend." not in ada.page.texte
    assert {"/administration/groupes/nouveau", "/administration/imports"} <= set(ada.page.links)
    aide = {"prenom": "Aïda", "nom": "Kerjean", "fonction": "Conseillère", "aidant": 1, "responsable": 1}
    structure = await make_groupe(
        ada, "France Services Callac", "france_services", email="aida@callac.fr", **aide
    )
    await ada.get("/administration")
    assert "Les groupes des aidants fait" in ada.page.texte
    caf = {"prenom": "Inès", "nom": "Le Goff", "fonction": "Gestionnaire", "instructeur": 1, "responsable": 1}
    groupe = await make_groupe(ada, "CAF 22", "caf", email="ines@caf22.fr", **caf)
    await ada.get("/administration")
    assert "Rien n’attend." in ada.page.texte and "nommez un second administrateur" not in ada.page.texte

    aida = await enter("aida@callac.fr", prenom="Aïda", nom="Kerjean")
    await aida.get("/demandes/nouvelle", follow=True)
    typed = filled(structure=structure, groupes=[groupe], mandat="papier", titre="AAH interrompue")
    response = await aida.post("/demandes/nouvelle", typed)
    demande = response.headers["location"]
    await aida.get(demande)
    assert "AAH interrompue" in aida.page.texte

    ines = await enter("ines@caf22.fr", prenom="Inès", nom="Le Goff")
    await ines.get("/demandes/recues?onglet=nouvelles")
    assert "AAH interrompue" in ines.page.texte
    await ines.get(demande)
    await ines.submit(f"{demande}/messages", {"acte": "message", "texte": "Le versement reprend jeudi."})
    await aida.get(demande)
    assert "Le versement reprend jeudi." in aida.page.texte
    await ada.get(demande)
    assert "versement" not in ada.page.texte
