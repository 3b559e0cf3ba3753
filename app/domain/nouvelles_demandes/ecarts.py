"""What two versions of one form say differently, field by field, so that its aidant sees both and chooses. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.demandes.brouillons import AILLEURS, Brouillon, Champs, words_of
from app.domain.mots.identifiants import NatureIdentifiant

LIBELLES = {
    "titre": "Titre",
    "description": "Description",
    "depuis": "Depuis quand",
    "attendu": "Ce qui est attendu",
    "prenom": "Prénom",
    "nom": "Nom de famille",
    "naissance": "Date de naissance",
    **{f"identifiant_{nature}": nature.libelle for nature in NatureIdentifiant},
    "autre_valeur": "Autres informations",
    "precision": "Précision de l’urgence",
    "signature": "Signature",
}
#: Choices are ids or codes that say nothing to a reader: the page says that they differ, and where.
CHOIX = {
    "structure": "la structure",
    "departement": "le département",
    "groupes": "les organismes",
    "regime": "la caisse",
    "sujet": "le sujet",
    "essais": "ce qui a déjà été essayé",
    "urgence": "l’urgence",
    "motif": "le motif de l’urgence",
    "collegues": "les collègues",
}
AUTRES = "le mandat ou ses détails"


@dataclass(frozen=True, repr=False)
class Ecart:
    """One field said in two ways; its repr says nothing, because it may end in a log."""

    libelle: str
    ici: str
    ailleurs: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparaison:
    """This page against another one. `choix`: what else differs; `trace`: what the other page left, for a draft;
    `numero`: the demande it left as, once sent.
    """

    phrase: str
    ecarts: tuple[Ecart, ...]
    choix: tuple[str, ...] = ()
    trace: str = ""
    numero: int | None = None


def list_ecarts(ici: Champs, ailleurs: Champs) -> tuple[Ecart, ...]:
    """The fields of words that differ, in the order of the page."""
    here, there = words_of(ici), words_of(ailleurs)
    pairs = ((libelle, here.get(nom, []), there.get(nom, [])) for nom, libelle in LIBELLES.items())
    return tuple(Ecart(libelle, ", ".join(a), ", ".join(b)) for libelle, a, b in pairs if a != b)


def list_choix(ici: Champs, ailleurs: Champs) -> tuple[str, ...]:
    """What else differs, in words."""
    here, there = words_of(ici), words_of(ailleurs)
    changed = {nom for nom in {*here, *there} if here.get(nom) != there.get(nom)} - set(LIBELLES)
    named = [libelle for nom, libelle in CHOIX.items() if nom in changed]
    return (*named, *([AUTRES] if changed - set(CHOIX) else []))


def compare_draft(ici: Champs, autre: Brouillon) -> Comparaison:
    """What is typed here against the draft that another page has left."""
    return Comparaison(
        phrase=AILLEURS,
        ecarts=list_ecarts(ici, autre.champs),
        choix=list_choix(ici, autre.champs),
        trace=autre.trace,
    )


def compare_sent(phrase: str, numero: int, ici: Champs, partie: Mapping[str, str]) -> Comparaison:
    """What is typed here against the demande that has left; only what the demande shows is compared."""
    there = {nom: [valeur] for nom, valeur in partie.items()}
    ecarts = list_ecarts({nom: valeurs for nom, valeurs in ici.items() if nom in there}, there)
    return Comparaison(phrase=phrase, ecarts=ecarts, numero=numero)
