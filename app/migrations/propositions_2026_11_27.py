"""Who proposed a procédure standard, to be told what became of it."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "proposals of procédures standard"

forwards = run_sql(__file__, ID, DESCRIPTION)
