"""What became of each sweep: its last success and its last failure, for who runs the platform."""

from dataclasses import dataclass
from datetime import datetime

from app import database

# A lane turns every second: its success is written at most twice a minute.
SUCCEEDED = """
insert into balayages (nom, succeeded_at) values (:nom, :now)
on conflict (nom) do update set succeeded_at = excluded.succeeded_at
where balayages.succeeded_at is null or balayages.succeeded_at < excluded.succeeded_at - interval '30 seconds'
    or balayages.failed_at >= balayages.succeeded_at
"""
FAILED = """
insert into balayages (nom, failed_at, erreur) values (:nom, :now, :erreur)
on conflict (nom) do update set failed_at = excluded.failed_at, erreur = excluded.erreur
"""
LIST = "select nom, succeeded_at, failed_at, erreur from balayages order by nom"


@dataclass(frozen=True)
class Balayage:
    """One sweep, as it was last seen. `erreur` is the class of the last failure."""

    nom: str
    succeeded_at: datetime | None
    failed_at: datetime | None
    erreur: str

    @property
    def is_failing(self) -> bool:
        """Its last run failed."""
        return self.failed_at is not None and (
            self.succeeded_at is None or self.failed_at > self.succeeded_at
        )


async def record_success(nom: str, now: datetime) -> None:
    """This sweep went to its end."""
    await database.fetch(SUCCEEDED, nom=nom, now=now)


async def record_failure(nom: str, erreur: str, now: datetime) -> None:
    """This sweep broke."""
    await database.fetch(FAILED, nom=nom, erreur=erreur[:100], now=now)


async def list_balayages() -> list[Balayage]:
    """Every sweep that ever ran, by name."""
    return [Balayage(**dict(row)) for row in await database.fetch(LIST)]
