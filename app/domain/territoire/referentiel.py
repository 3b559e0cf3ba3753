"""Bring the shipped referentiel into the base. Safe to run twice: rows are found by their code."""

from app import database, referentiel, tables
from app.domain.territoire.jours_feries import load_jours_feries


async def load_referentiel() -> None:
    """Write the organismes, thèmes, sujets and départements that are missing, found by their code, and the holidays.

    What is there already stays as it is, since administrateurs may have changed it.
    """
    async with database.transaction():
        await _load_organismes()
        await _load_themes_and_sujets()
        await _load_departements()
    await load_jours_feries()


async def _load_organismes() -> None:
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
        for o in referentiel.organismes()
    ]
    await tables.Organismes.insert(*rows).on_conflict(tables.Organismes.code, "DO NOTHING")


async def _load_themes_and_sujets() -> None:
    themes = [
        tables.Themes(code=t.code, rang=rang, nom=t.nom, description=t.description)
        for rang, t in enumerate(referentiel.themes(), start=1)
    ]
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
        )
        for rang, s in enumerate(referentiel.sujets(), start=1)
    ]
    await tables.Sujets.insert(*sujets).on_conflict(tables.Sujets.code, "DO NOTHING")


async def _load_departements() -> None:
    rows = [
        tables.Departements(code=d.code, nom=d.nom, du=d.du, fuseau=d.fuseau, calendrier=d.calendrier)
        for d in referentiel.departements()
    ]
    await tables.Departements.insert(*rows).on_conflict(tables.Departements.code, "DO NOTHING")
