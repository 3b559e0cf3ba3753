"""What moved since an instant, read in the order of the demandes."""

from app.migrate import run_sql

ID = "2026-11-29T18:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "places that moved, in order"

forwards = run_sql(__file__, ID, DESCRIPTION)
