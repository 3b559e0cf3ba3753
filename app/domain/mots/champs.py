"""What the métier reads of a form, wherever it comes from: a post, a query string, a draft. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol
from uuid import UUID


class Champs(Protocol):
    """The fields of a form, by name; nothing typed raises from here."""

    @property
    def champs(self) -> Mapping[str, list[str]]:
        """Every value, by the name of its field."""

    def texte(self, nom: str) -> str:
        """The last value, cleaned; empty when absent."""

    def textes(self, nom: str) -> list[str]:
        """Everything typed or chosen under this name."""
        ...

    def is_checked(self, nom: str) -> bool:
        """Whether a box is ticked, or a button was pressed."""

    def identifiant(self, nom: str) -> int | None:
        """A row id, or None."""

    def identifiants(self, nom: str) -> list[int]:
        """Row ids without repeats."""

    def cle(self, nom: str) -> UUID | None:
        """A UUID, or None."""

    def jour(self, nom: str) -> date | None:
        """A day, or None."""
