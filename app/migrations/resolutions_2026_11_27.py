"""The resolution of a part in working days, for the list of a responsable."""

from app.migrate import run_sql

ID = "2026-11-27T23:34:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "resolutions in working days"

forwards = run_sql(__file__, ID, DESCRIPTION)
