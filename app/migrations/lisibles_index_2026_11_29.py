"""What was erased before, and the indexes that leave it out."""

from app.migrate import run_sql

ID = "2026-11-29T12:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of what may still be read"

forwards = run_sql(__file__, ID, DESCRIPTION)
