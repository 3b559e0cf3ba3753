"""The rules of access, said once for every SQL text: who stands where, whose turn it is, how long a mandat lasts."""

from app.migrate import run_sql

ID = "2026-11-27T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "who stands where on a demande"

forwards = run_sql(__file__, ID, DESCRIPTION)
