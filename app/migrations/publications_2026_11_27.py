"""What is published of figures, who reads them by program, who is told by program, and surges."""

from app.migrate import run_sql

ID = "2026-11-27T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "publications"

forwards = run_sql(__file__, ID, DESCRIPTION)
