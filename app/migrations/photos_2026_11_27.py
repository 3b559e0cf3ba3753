"""The form that takes the photos of a phone."""

from app.migrate import run_sql

ID = "2026-11-27T23:59:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "photos awaited from a phone"

forwards = run_sql(__file__, ID, DESCRIPTION)
