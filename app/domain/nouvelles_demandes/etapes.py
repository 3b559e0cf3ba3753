"""The steps of the form of a new demande: what each of its buttons changes in what is typed. Pure."""

from dataclasses import replace
from datetime import datetime

from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.natures import NatureDonnee, NatureTrouvaille
from app.domain.donnees_personnelles.reperage import cut_out
from app.domain.mots.champs import Champs
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.nouvelles_demandes.saisie import (
    AUTRES_MAX,
    CHOIX_MAX,
    InformationSaisie,
    Saisie,
    find_in_description,
    find_in_titre,
    list_movable,
    read_saisie,
)
from app.domain.regles.mandats import NatureMandat

# The choices of the page are steps too, but what they change is heard by the quiet save.
CHANGES = (
    "guide",
    "libre",
    "ajouter",
    "retirer",
    "deplacer",
    "ranger",
    "sms",
    "comparer",
    "garder",
    "plus_tard",
    "suivre",
    "ecarter",
)


SUIVRE, ECARTER = "suivre-", "ecarter-"


def is_change(etape: str) -> bool:
    """Whether this button changes the form, or asks what its draft holds: it is saved at once."""
    return etape.startswith(CHANGES)


def read_step(signed: Signed, form: Champs, now: datetime) -> Saisie:
    """The form after the step it was posted with, everything typed kept. Raises Refus like `read_saisie`.

    Steps: guide, libre (the way to choose), ajouter (an information), retirer-N (the same), deplacer (from the title),
    ranger (from the description), suivre-N and ecarter-N (the sujet suggested, by its id), sms (the usager is asked by
    SMS); anything else, or nothing, changes nothing.
    """
    saisie, etape = read_saisie(signed, form), form.texte("etape")
    annee = now.astimezone(signed.zone).year
    if (rang := _number_of(etape, "retirer-")) is not None:
        return remove_autre(saisie, rang)
    if (sujet := _number_of(etape, SUIVRE)) is not None:
        return replace(saisie, is_guide=True, categorie=None, sujet=sujet)
    if (sujet := _number_of(etape, ECARTER)) is not None:
        ecartes = dict.fromkeys((*saisie.sujets_ecartes, sujet))
        return replace(saisie, sujets_ecartes=tuple(ecartes)[-CHOIX_MAX:])
    match etape:
        case "guide" | "libre":
            saisie = replace(saisie, is_guide=etape == "guide")
        case "ajouter":
            saisie = add_autre(saisie, form.texte("nouvelle_nature"))
        case "deplacer":
            saisie = move_from_titre(saisie, annee)
        case "ranger":
            saisie = move_from_description(saisie, annee)
        case "sms":
            saisie = replace(saisie, accord=replace(saisie.accord, nature=NatureMandat.SMS))
    return saisie


def read_answer(etape: str) -> tuple[int, bool] | None:
    """The suggestion this step answers (its sujet), and whether it is followed."""
    for start, is_followed in ((SUIVRE, True), (ECARTER, False)):
        if (sujet := _number_of(etape, start)) is not None:
            return sujet, is_followed
    return None


def _number_of(etape: str, start: str) -> int | None:
    number = etape.removeprefix(start)
    return int(number) if number != etape and number.isdecimal() and len(number) < 10 else None


def add_autre(saisie: Saisie, nature: str) -> Saisie:
    """The form with one more empty row of this nature; unchanged when it is unknown or there are too many."""
    if nature not in set(NatureIdentifiant) or len(saisie.autres) >= AUTRES_MAX:
        return saisie
    return replace(saisie, autres=(*saisie.autres, InformationSaisie(NatureIdentifiant(nature), "", "")))


def remove_autre(saisie: Saisie, rang: int) -> Saisie:
    """The form without its row `rang`, from 1."""
    return replace(saisie, autres=tuple(a for n, a in enumerate(saisie.autres, 1) if n != rang))


def move_from_titre(saisie: Saisie, annee: int) -> Saisie:
    """Every find of the title in the field it belongs to: one click (product §5.4). Nothing is lost on the way."""
    for _ in range(CHOIX_MAX):
        trouvailles = find_in_titre(saisie, annee)
        if not trouvailles or len(saisie.autres) >= AUTRES_MAX:
            break
        # The last find is cut out first, so that the positions of those before it stay right.
        titre, valeur = cut_out(saisie.titre, trouvailles[-1])
        saisie = _keep(replace(saisie, titre=titre), trouvailles[-1].nature, valeur)
    return saisie


def move_from_description(saisie: Saisie, annee: int) -> Saisie:
    """The same for the description, where the usager’s own names stay: they are words of its sentences."""
    for _ in range(CHOIX_MAX):
        trouvailles = list_movable(find_in_description(saisie, annee))
        if not trouvailles or len(saisie.autres) >= AUTRES_MAX:
            break
        description, valeur = cut_out(saisie.description, trouvailles[-1])
        saisie = _keep(replace(saisie, description=description), trouvailles[-1].nature, valeur)
    return saisie


def _keep(saisie: Saisie, nature: NatureTrouvaille, valeur: str) -> Saisie:
    if nature is NatureDonnee.NOM:
        return saisie  # the usager's own names are already in their fields
    if nature is NatureDonnee.NAISSANCE and not saisie.naissance:
        return replace(saisie, naissance=valeur)
    if isinstance(nature, NatureIdentifiant):
        if saisie.identifiants.get(nature, valeur) == valeur:
            return replace(saisie, identifiants={**saisie.identifiants, nature: valeur})
        autre = InformationSaisie(nature, "", valeur)
    else:
        autre = InformationSaisie(NatureIdentifiant.AUTRE, nature.fiche.libelle, valeur)
    return replace(saisie, autres=(*saisie.autres, autre))
