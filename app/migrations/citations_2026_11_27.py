"""Who a message cites by name."""

from app.migrate import run_sql

ID = "2026-11-27T23:34:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "who a message cites by name"

forwards = run_sql(__file__, ID, DESCRIPTION)
