"""The messages of one author are found by an index."""

from app.migrate import run_sql

ID = "2026-11-29T12:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of who wrote messages"

forwards = run_sql(__file__, ID, DESCRIPTION)
