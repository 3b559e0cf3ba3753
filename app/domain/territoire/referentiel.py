"""Bring the shipped referentiel into the base. Safe to run twice: rows are found by their code."""

from app import database, referentiel
from app.domain.territoire.jours_feries import load_jours_feries


async def load_referentiel() -> None:
    """Write organismes, thèmes, sujets, départements and their holidays; what administrateurs changed there stays."""
    async with database.transaction():
        for o in referentiel.organismes():
            await database.fetch(
                """
                insert into organismes (code, sigle, nom, description, is_aidant, is_nir_autorise, champs, themes)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (code) do nothing
                """,
                *(o.code, o.sigle, o.nom, o.description, o.is_aidant, o.is_nir_autorise),
                *(list(o.champs), list(o.themes)),
            )
        for rang, t in enumerate(referentiel.themes(), start=1):
            await database.fetch(
                """
                insert into themes (code, rang, nom, description) values ($1, $2, $3, $4)
                on conflict (code) do nothing
                """,
                *(t.code, rang, t.nom, t.description),
            )
        for rang, s in enumerate(referentiel.sujets(), start=1):
            await database.fetch(
                """
                insert into sujets (code, theme, rang, nom, organismes, documents, essayez)
                values ($1, (select id from themes where code = $2), $3, $4, $5, $6, $7)
                on conflict (code) do nothing
                """,
                *(s.code, s.theme, rang, s.nom, list(s.organismes), list(s.documents), s.essayez),
            )
        for d in referentiel.departements():
            await database.fetch(
                """
                insert into departements (code, nom, du, fuseau, calendrier) values ($1, $2, $3, $4, $5)
                on conflict (code) do nothing
                """,
                *(d.code, d.nom, d.du, d.fuseau, d.calendrier),
            )
    await load_jours_feries()
