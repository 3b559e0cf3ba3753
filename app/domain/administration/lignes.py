"""The rows of an import, read: which column is what, what a line asks for, what is wrong with it. No base here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.domain.mots.adresses import read_adresse
from app.domain.mots.folding import fold
from app.domain.mots.telephones import tidy_numero
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.roles import Role, Roles


@dataclass(frozen=True)
class FicheColonne:
    """What people read of a column, and the folded titles that announce it."""

    libelle: str
    titres: frozenset[str]


def _titled(libelle: str, *titres: str) -> FicheColonne:
    return FicheColonne(libelle, frozenset({fold(libelle), *titres}))


class Colonne(MotFerme):
    """What a column of the file may become, in the order of the page."""

    fiche: FicheColonne

    GROUPE = (
        "groupe",
        _titled(
            "Nom du groupe",
            *("france services", "groupe", "structure", "nom de la structure", "nom structure", "equipe"),
        ),
    )
    DEPARTEMENT = (
        "departement",
        _titled("Département", "code departement", "departements", "dept", "dep", "code dept"),
    )
    ORGANISME = "organisme", _titled("Organisme", "operateur", "administration", "code organisme")
    BAL = (
        "bal",
        _titled(
            "Boîte partagée",
            "contact mail",
            "boite aux lettres",
            "bal",
            "mail structure",
            "courriel structure",
        ),
    )
    DESCRIPTION = "description", _titled("Description", "commune")
    PRENOM = "prenom", _titled("Prénom de l’agent", "prenom", "prenoms")
    NOM = "nom", _titled("Nom de l’agent", "nom", "nom de famille", fold("nom d’usage"))
    FONCTION = "fonction", _titled("Fonction", "poste")
    EMAIL = (
        "email",
        _titled(
            "Adresse e-mail de l’agent",
            "email",
            "e-mail",
            "mail",
            "courriel",
            "adresse e-mail",
            "adresse mail",
            "adresse email",
            "adresse electronique",
            "mel",
            *("mail professionnel", "email professionnel", "courriel professionnel"),
        ),
    )
    TELEPHONE = "telephone", _titled("Téléphone de l’agent", "telephone agent", "portable")
    ROLES = "roles", _titled("Rôles", "role", "profil", "droits")


#: What a line with an account must say besides its address.
MANQUE = {
    Colonne.PRENOM: "Le prénom de l’agent manque.",
    Colonne.NOM: "Le nom de l’agent manque.",
    Colonne.FONCTION: "La fonction de l’agent manque.",
}


def guess_colonnes(titres: Sequence[str]) -> dict[int, Colonne]:
    """Rank of a column → what it is, for those whose title says it; each is given once, the first that fits."""
    found: dict[int, Colonne] = {}
    for rang, titre in enumerate(titres):
        # « E-mail * » is compulsory in somebody’s model, « Département(s) » may hold several.
        plain = re.sub(r"\(s\)|\(e\)|[*:]", "", fold(titre)).strip()
        for colonne in Colonne:
            if plain in colonne.fiche.titres and colonne not in found.values():
                found[rang] = colonne
                break
    return found


#: How far the titles of columns may stand, below the title of the sheet and what it says of itself.
EN_TETE_MAX = 10


def find_titres(rangees: list[list[str]]) -> int:
    """Which row holds the titles of columns: « Liste des agents 2026 » often stands above them.

    The first row holds them unless another, near it, says what several columns are: no line is lost for a guess.
    """
    titled = (rang for rang, row in enumerate(rangees[:-1][:EN_TETE_MAX]) if len(guess_colonnes(row)) > 1)
    return next(titled, 0)


@dataclass(frozen=True)
class LigneLue:
    """A line of the file: `n` is the number that a spreadsheet shows beside it. `departements`: codes.

    `erreurs` keep it out; `remarques` do not. `email` is empty for a line that only tells of a groupe.
    """

    n: int
    groupe: str = ""
    departements: tuple[str, ...] = ()
    organisme: str = ""
    bal: str = ""
    description: str = ""
    prenom: str = ""
    nom: str = ""
    fonction: str = ""
    email: str = ""
    telephone: str = ""
    roles: Roles = frozenset({Role.AIDANT})
    erreurs: tuple[str, ...] = ()
    remarques: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Connus:
    """What the names of a file are compared with: code of organisme → its sigle; folded names and codes → code."""

    sigles: Mapping[str, str]
    organismes: Mapping[str, str]
    departements: Mapping[str, str]

    @cached_property
    def by_words(self) -> dict[str, str]:
        """The départements by the words of their names, whatever stands between."""
        return {_words(mot): code for mot, code in self.departements.items()}


def read_lignes(
    rangees: Sequence[Sequence[str]],
    numeros: Sequence[int],
    colonnes: Mapping[int, Colonne],
    organisme: str,
    connus: Connus,
) -> list[LigneLue]:
    """Every line under the titles, in order, under its number; `organisme` is the one of lines that name none."""
    lignes, seen = [], dict[tuple[str, ...], int]()
    for n, rangee in zip(numeros[1:], rangees[1:], strict=True):
        said = {colonne: rangee[rang] for rang, colonne in colonnes.items() if rang < len(rangee)}
        ligne = _read_ligne(n, said, organisme, connus)
        key = (fold(ligne.groupe), *ligne.departements, ligne.email)
        first = seen.setdefault(key, n) if not ligne.erreurs else n
        if first != n:
            again = f"Même groupe, même département et même adresse que la ligne {first}."
            ligne = LigneLue(n=n, groupe=ligne.groupe, email=ligne.email, erreurs=(again,))
        lignes.append(ligne)
    return lignes


def _read_ligne(n: int, said: Mapping[Colonne, str], organisme: str, connus: Connus) -> LigneLue:
    erreurs, remarques = list[str](), list[str]()
    codes = _read_departements(said.get(Colonne.DEPARTEMENT, ""), connus, erreurs)
    typed = said.get(Colonne.ORGANISME, "")
    code = connus.organismes.get(fold(typed), "") if typed else organisme
    if not code:
        erreurs.append(
            f"L’organisme «\u00a0{typed}\u00a0» n’est pas connu." if typed else "L’organisme manque."
        )
    nom = said.get(Colonne.GROUPE, "")
    if not nom:
        erreurs.append("Le nom du groupe manque.")
    bal = _read_bal(said.get(Colonne.BAL, ""), remarques)
    email = said.get(Colonne.EMAIL, "")
    adresse = read_adresse(email) if email else ""
    if adresse is None:
        erreurs.append(f"L’adresse e-mail «\u00a0{email}\u00a0» n’en est pas une.")
    for colonne, phrase in MANQUE.items():
        if email and not said.get(colonne):
            erreurs.append(phrase)
    return LigneLue(
        n=n,
        groupe=name_groupe(nom, connus.sigles.get(code, "")) if nom else "",
        departements=codes,
        organisme=code,
        bal=bal,
        description=_cut(said, Colonne.DESCRIPTION, 500, remarques),
        prenom=_cut(said, Colonne.PRENOM, 80, remarques),
        nom=_cut(said, Colonne.NOM, 80, remarques),
        fonction=_cut(said, Colonne.FONCTION, 120, remarques),
        email=adresse or "",
        telephone=_cut(said, Colonne.TELEPHONE, 20, remarques),
        roles=_read_roles(said.get(Colonne.ROLES, ""), erreurs) if email else frozenset({Role.AIDANT}),
        erreurs=tuple(erreurs),
        remarques=tuple(remarques),
    )


def _cut(said: Mapping[Colonne, str], colonne: Colonne, most: int, remarques: list[str]) -> str:
    """What fits of a cell, a number in its usual form; the line says that the rest does not."""
    texte = said.get(colonne, "")
    if colonne is Colonne.TELEPHONE:
        texte = tidy_numero(texte)
    if len(texte) > most:
        remarques.append(f"«\u00a0{colonne.fiche.libelle}\u00a0» est coupé à {most} caractères.")
    return texte[:most]


def name_groupe(nom: str, sigle: str) -> str:
    """« Callac » of the France Services is « France Services Callac »; « CAF 22 » already says whose it is."""
    whole = nom if not sigle or fold(sigle) in fold(nom) else f"{sigle} {nom}"
    return whole[:190]


def _read_departements(texte: str, connus: Connus, erreurs: list[str]) -> tuple[str, ...]:
    codes = []
    for part in (part.strip() for part in re.split(r"[,;/]", texte)):
        if not part:
            continue
        code = _find_departement(part, connus)
        if code is not None:
            codes.append(code)
        elif part == "20":
            erreurs.append("Le département 20 n’existe plus\u00a0: 2A ou 2B\u00a0?")
        else:
            erreurs.append(f"Le département «\u00a0{part}\u00a0» n’existe pas.")
    if not codes and not erreurs:
        erreurs.append("Le département manque.")
    return tuple(dict.fromkeys(codes))


NOM_ET_CODE_MAX = 80
#: « 22 - Côtes-d’Armor », « Côtes-d’Armor (22) ».
CODE_ET_NOM = re.compile(
    r"(?P<code>\d{1,3}|2[ab])(?:\s*[-–—:.]|\s)\s*(?P<nom>\D+)|(?P<avant>\D+?)\s*\((?P<apres>\d{1,3}|2[ab])\)",
    re.I,
)


def _find_departement(texte: str, connus: Connus) -> str | None:
    """The code of a département written by its code, its name, or both when they say the same."""

    def find(mot: str) -> str | None:
        plain = fold(mot)
        return (
            connus.departements.get(plain)
            or connus.departements.get(plain.zfill(2))
            or connus.by_words.get(_words(mot))
        )

    both = CODE_ET_NOM.fullmatch(texte[:NOM_ET_CODE_MAX])
    if both is None:
        return find(texte)
    code = find(both["code"] or both["apres"])
    return code if code == find(both["nom"] or both["avant"]) else None


def _words(texte: str) -> str:
    """« Côtes d’Armor » and « COTES D ARMOR » are « Côtes-d’Armor »."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(texte)))


def _read_bal(texte: str, remarques: list[str]) -> str:
    """The first address of the cell; what is none is left out, and said."""
    if not texte:
        return ""
    found = [read for part in re.split(r"[\s,;/]+", texte) if (read := read_adresse(part))]
    if not found:
        remarques.append(
            f"La boîte «\u00a0{texte[:80]}\u00a0» n’est pas une adresse\u00a0: le groupe est importé sans elle."
        )
        return ""
    if len(found) > 1:
        remarques.append(f"Plusieurs boîtes\u00a0: {found[0]} est gardée.")
    return found[0]


def _read_roles(texte: str, erreurs: list[str]) -> Roles:
    if not texte:
        return frozenset({Role.AIDANT})
    words = {fold(word) for word in re.split(r"[\s,;/+]+", texte) if word}
    known = {str(role): role for role in Role} | dict.fromkeys(
        ("referent", "referente", "operateur", "operatrice", "instructrice"), Role.INSTRUCTEUR
    )
    known |= {"aidante": Role.AIDANT}
    known |= {f"{word}s": role for word, role in known.items()}
    unknown = [word for word in words if word not in known and word not in {"et"}]
    if unknown:
        erreurs.append(f"Le rôle «\u00a0{unknown[0]}\u00a0» n’est ni aidant, ni instructeur, ni responsable.")
    return frozenset(known[word] for word in words if word in known)
