"""What the page of an import says: its figures, its columns, its last button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.administration.imports import Import
from app.domain.administration.plan_import import LignePlanifiee, Sort


@dataclass(frozen=True)
class ColonneVue:
    """A column of the file: its title, a first example, what it becomes."""

    rang: int
    titre: str
    exemple: str
    choisie: str


def say_resume(groupes: int, comptes: int, changes: int) -> str:
    """« Créer 468 groupes et 12 comptes, en mettre 31 à jour »: what the last button will write."""
    made = [f"{n} {mot}{'s' if n > 1 else ''}" for n, mot in ((groupes, "groupe"), (comptes, "compte")) if n]
    parts = [f"créer {' et '.join(made)}"] if made else []
    parts += [f"mettre {changes} ligne{'s' if changes > 1 else ''} à jour"] if changes else []
    return ", ".join(parts).capitalize()


def list_tuiles(
    lu: Import, groupes: int, comptes: int, by_sort: Mapping[Sort, Sequence[LignePlanifiee]]
) -> list[tuple[int, str, str]]:
    """Number, words and precision of each tile: what writing would do, or what was written."""
    if lu.is_commence:
        bilan = lu.bilan
        said = [
            (bilan.groupes, "groupe créé", "groupes créés", ""),
            (bilan.comptes, "compte créé", "comptes créés", "chacun reçoit un courriel"),
            (bilan.mis_a_jour, "ligne mise à jour", "lignes mises à jour", ""),
            (bilan.inchangees, "ligne inchangée", "lignes inchangées", ""),
            (bilan.erreurs, "ligne en erreur", "lignes en erreur", "rien n’en est écrit"),
        ]
    else:
        changes, same, wrong = (len(by_sort[sort]) for sort in (Sort.MODIFIER, Sort.INCHANGER, Sort.ERREUR))
        said = [
            (groupes, "groupe à créer", "groupes à créer", "nouveaux dans leur département"),
            (comptes, "compte à créer", "comptes à créer", "chacun recevra un courriel"),
            (
                changes,
                "ligne à mettre à jour",
                "lignes à mettre à jour",
                "une boîte, un département, un membre",
            ),
            (same, "ligne inchangée", "lignes inchangées", "déjà identiques"),
            (wrong, "ligne en erreur", "lignes en erreur", "rien n’en est écrit"),
        ]
    return [(n, un if n < 2 else plusieurs, detail) for n, un, plusieurs, detail in said]


def list_colonnes(lu: Import) -> list[ColonneVue]:
    """Every column of the file, in order, with the first value that says what it holds."""
    found = []
    for rang, titre in enumerate(lu.rangees[0]):
        exemple = next((row[rang] for row in lu.rangees[1:] if rang < len(row) and row[rang]), "")
        choisie = lu.options.colonnes.get(str(rang), "")
        found.append(ColonneVue(rang, titre or f"Colonne {rang + 1}", exemple[:60], choisie))
    return found
