"""What a responsable may list of a groupe: the numbers of its demandes, said once in SQL."""

from app.migrate import run_sql

ID = "2026-11-27T18:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the demandes that a responsable follows"

forwards = run_sql(__file__, ID, DESCRIPTION)
