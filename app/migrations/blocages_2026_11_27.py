"""Who is told of a blocage collectif."""

from app.migrate import run_sql

ID = "2026-11-27T17:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "blocages told"

forwards = run_sql(__file__, ID, DESCRIPTION)
