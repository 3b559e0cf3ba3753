"""Bring the shipped referentiel into the base. Safe to run twice: rows are found by their code."""

import json
from dataclasses import asdict

from app import database, referentiel, tables
from app.domain.territoire.contenu import Sorte, shipped_contenu
from app.domain.territoire.jours_feries import load_jours_feries


async def load_referentiel() -> None:
    """Write the organismes, thèmes, sujets and départements that are missing, found by their code, and the holidays.

    What is there already stays as it is, since administrateurs may have changed it; what they removed stays away.
    """
    async with database.transaction():
        known = await _list_known()
        await _load_organismes(known)
        await _load_themes_and_sujets(known)
        await database.fetch(SAY_REDACTION, rows=json.dumps([asdict(s) for s in shipped_contenu().sujets]))
        await _load_departements()
    await load_jours_feries()


# A code that a version knew is there, or was removed on purpose.
KNOWN = """
select e.key as sorte, x ->> 'code' as code
from versions_referentiel v, jsonb_each(v.contenu) e, jsonb_array_elements(e.value) x
"""
# Of a base that was there before sujets held their words and their guide; all four are written together.
SAY_REDACTION = """
update sujets s set mots = x.mots, depuis = x.depuis, essais = x.essais, attendu = x.attendu
from jsonb_to_recordset(:rows::jsonb) as x(code text, mots text[], depuis text, essais varchar(40)[], attendu text)
where s.code = x.code and s.mots is null
"""


async def _list_known() -> set[tuple[str, str]]:
    return {(row["sorte"], row["code"]) for row in await database.fetch(KNOWN)}


async def _load_organismes(known: set[tuple[str, str]]) -> None:
    rows = [
        tables.Organismes(
            code=o.code,
            sigle=o.sigle,
            nom=o.nom,
            description=o.description,
            is_aidant=o.is_aidant,
            is_nir_autorise=o.is_nir_autorise,
            champs=list(o.champs),
            themes=list(o.themes),
        )
        for o in shipped_contenu().organismes
        if (Sorte.ORGANISMES, o.code) not in known
    ]
    if rows:
        await tables.Organismes.insert(*rows).on_conflict(tables.Organismes.code, "DO NOTHING")


async def _load_themes_and_sujets(known: set[tuple[str, str]]) -> None:
    themes = [
        tables.Themes(code=t.code, rang=rang, nom=t.nom, description=t.description)
        for rang, t in enumerate(shipped_contenu().themes, start=1)
        if (Sorte.THEMES, t.code) not in known
    ]
    if themes:
        await tables.Themes.insert(*themes).on_conflict(tables.Themes.code, "DO NOTHING")
    ids = {row["code"]: row["id"] for row in await tables.Themes.select(tables.Themes.id, tables.Themes.code)}
    sujets = [
        tables.Sujets(
            code=s.code,
            theme=ids[s.theme],
            rang=rang,
            nom=s.nom,
            organismes=list(s.organismes),
            documents=list(s.documents),
            essayez=s.essayez,
            mots=list(s.mots),
            depuis=s.depuis,
            essais=list(s.essais),
            attendu=s.attendu,
        )
        for rang, s in enumerate(shipped_contenu().sujets, start=1)
        if (Sorte.SUJETS, s.code) not in known and s.theme in ids
    ]
    if sujets:
        await tables.Sujets.insert(*sujets).on_conflict(tables.Sujets.code, "DO NOTHING")


async def _load_departements() -> None:
    rows = [
        tables.Departements(code=d.code, nom=d.nom, du=d.du, fuseau=d.fuseau, calendrier=d.calendrier)
        for d in referentiel.departements()
    ]
    await tables.Departements.insert(*rows).on_conflict(tables.Departements.code, "DO NOTHING")
