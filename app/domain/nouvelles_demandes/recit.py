"""What the writing guide is told, and how it joins the description of the demande (product §5.4). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.referentiel.redaction import GuideRedaction, complete, essais


@dataclass(frozen=True)
class GuideMontre:
    """The guide as the page shows it. `essais`: the boxes, those of the sujet first, then those ticked for another."""

    mots: GuideRedaction
    essais: tuple[tuple[str, str], ...]
    is_open: bool


def build_guide(
    propre: GuideRedaction | None, depuis: str, coches: Sequence[str], attendu: str
) -> GuideMontre:
    """The guide of the sujet chosen, if any. It stands open once a sujet is chosen, or anything is told."""
    mots, every = complete(propre), essais()
    codes = dict.fromkeys((*mots.essais, *coches))
    return GuideMontre(
        mots, tuple((code, every[code]) for code in codes), bool(propre or depuis or coches or attendu)
    )


def read_essais(codes: Iterable[str]) -> tuple[str, ...]:
    """The boxes ticked, each once, in the order of the referentiel; unknown ones are no choice."""
    ticked = set(codes)
    return tuple(code for code in essais() if code in ticked)


def write_recit(description: str, depuis: str, coches: Sequence[str], attendu: str) -> str:
    """The description, and under it what the guide was told, one line each. Told nothing, it adds nothing."""
    tried = ", ".join(essais()[code] for code in coches)
    told = (("Depuis quand", depuis), ("Déjà essayé", tried), ("Ce qui est attendu", attendu))
    lines = [f"{libelle}\u00a0: {valeur}" for libelle, valeur in told if valeur]
    return "\n\n".join(part for part in (description, "\n".join(lines)) if part)
