"""The registry as a table to read: `python -m app faits > docs/faits.md`, which a test holds equal."""

from app.domain.faits.fiches import FicheFait
from app.domain.faits.registre import Fait

TETE = """# Ce qui peut arriver, et qui l’apprend

Une ligne par *fait* : son nom dans le journal, ce que le fil en montre, qui en reçoit un courriel. Ce tableau est tiré
de `app/domain/faits/registre.py` par `python -m app faits > docs/faits.md`. Personne ne reçoit de courriel pour son
propre geste, et chacun n’en reçoit qu’un.

| fait | ce que c’est | dans le fil | qui reçoit un courriel | genre de courriel |
|---|---|---|---|---|
"""


def write_tableau() -> str:
    """The page in Markdown, in the order of the registry."""
    return TETE + "".join(f"| {' | '.join(_cells(fait, fait.fiche))} |\n" for fait in Fait)


def _cells(fait: Fait, fiche: FicheFait) -> tuple[str, ...]:
    fil = "" if fiche.fil is None else fiche.fil.phrase or "le message"
    told = "\u00a0; puis ".join(
        avis.told.value + (f" (`{avis.courriel}`)" if avis.courriel else "") for avis in fiche.avis
    )
    genre = fiche.genre.fiche.libelle if fiche.genre else ""
    return (
        f"`{fait.value}`",
        fiche.libelle,
        fil,
        told,
        f"{genre}, à toute heure" if fiche.is_urgent else genre,
    )
