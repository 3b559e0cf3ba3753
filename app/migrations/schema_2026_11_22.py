"""The whole schema."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database import run_script

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the whole schema"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="aplus", description=DESCRIPTION)

    async def run() -> None:
        await run_script(Path(__file__).with_suffix(".sql").read_text())

    manager.add_raw(run)
    return manager
