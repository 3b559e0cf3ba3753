"""What suggests a sujet, and its writing guide: words that administrateurs change."""

from app.migrate import run_sql

ID = "2026-11-28T10:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guides and words of the sujets"

forwards = run_sql(__file__, ID, DESCRIPTION)
