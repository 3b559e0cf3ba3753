"""An answer that may still be taken back is a draft that leaves by itself."""

from app.migrate import run_sql

ID = "2026-11-27T23:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "answers that wait before they leave"

forwards = run_sql(__file__, ID, DESCRIPTION)
