"""Files that wait for the antivirus are found without reading the others."""

from app.migrate import run_sql

ID = "2026-11-27T23:54:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "files that wait for the antivirus"

forwards = run_sql(__file__, ID, DESCRIPTION)
