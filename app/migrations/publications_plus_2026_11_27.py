"""Two counts more among those published: answered parts, and those en souffrance on the last evening of a month."""

from app.migrate import run_sql

ID = "2026-11-27T22:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "published counts of answers and of evenings"

forwards = run_sql(__file__, ID, DESCRIPTION)
