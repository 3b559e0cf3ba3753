"""The form of a new demande as it was typed: read without ever refusing, so that it can be shown again (product §5).

What is checked stands in `verification.py`; what follows from a choice (organismes of a sujet, of another
département) in `organismes.py`. The names of the fields are those of the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.domain.acces.sessions import Appartenance, Signed
from app.domain.donnees_personnelles.doutes import find_questions
from app.domain.donnees_personnelles.natures import NatureDonnee
from app.domain.donnees_personnelles.reperage import Trouvaille, find_donnees_personnelles
from app.domain.mandats import MandatSaisi
from app.domain.mandats import read_saisie as read_accord
from app.domain.mots.champs import Champs
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.nouvelles_demandes.recit import read_essais, write_recit
from app.domain.regles.mandats import NatureMandat
from app.domain.regles.permissions import require
from app.domain.regles.urgences import MotifUrgence

#: Rows typed beyond this number are not read: no usager has more to say, and the page would become unreadable.
AUTRES_MAX = 20
CHOIX_MAX = 60
#: The caisse of the usager, by the code of its organisme.
REGIMES = {"caf": "CAF", "msa": "MSA"}
ACCORD_VIDE = MandatSaisi(nature=NatureMandat.PAPIER)
REFUS = (
    "Votre compte ne permet pas d’ouvrir une demande. Demandez au responsable de votre groupe, ou à l’équipe "
    "d’Administration+ si vous n’avez pas de groupe."
)
TEXTE_LU_MAX = 20_000


@dataclass(frozen=True, repr=False)
class InformationSaisie:
    """An information the aidant chose to add about the usager; `libelle` only for NatureIdentifiant.AUTRE."""

    nature: NatureIdentifiant
    libelle: str
    valeur: str


@dataclass(frozen=True, repr=False)
class Saisie:
    """Everything typed or chosen. Its repr says nothing: it may end in a log."""

    formulaire: UUID
    structure: int
    departement: int | None
    is_guide: bool = True
    categorie: int | None = None
    sujet: int | None = None
    regime: str = ""
    groupes: tuple[int, ...] = ()
    theme: int | None = None
    filtre: str = ""
    # The choices the page has already followed: they tell what the agent has changed since.
    departement_vu: int | None = None
    categorie_vue: int | None = None
    sujet_vu: int | None = None
    regime_vu: str = ""
    proposes: tuple[int, ...] = ()
    sujets_ecartes: tuple[int, ...] = ()
    doublons_vus: tuple[int, ...] = ()
    prenom: str = ""
    nom: str = ""
    naissance: str = ""
    identifiants: Mapping[NatureIdentifiant, str] = field(default_factory=dict)
    absents: frozenset[NatureIdentifiant] = frozenset()
    autres: tuple[InformationSaisie, ...] = ()
    titre: str = ""
    description: str = ""
    depuis: str = ""
    essais: tuple[str, ...] = ()
    attendu: str = ""
    is_urgente: bool = False
    motif: MotifUrgence | None = None
    precision: str = ""
    collegues: tuple[int, ...] = ()
    accord: MandatSaisi = ACCORD_VIDE
    signature: str = ""

    @property
    def recit(self) -> str:
        """The description as it leaves, with what the writing guide was told."""
        return write_recit(self.description, self.depuis, self.essais, self.attendu)

    @property
    def noms(self) -> tuple[str, ...]:
        """The usager's own names, that no title may hold."""
        naissance = [a.valeur for a in self.autres if a.nature.fiche.is_nom]
        return tuple(nom for nom in (self.prenom, self.nom, *naissance) if nom)


def propose_accord(saisie: Saisie, now: datetime, zone: ZoneInfo) -> MandatSaisi:
    """The mandat as typed, with what is known proposed where nothing is: the usager’s number, and now for a call."""
    accord = saisie.accord
    numeros = [saisie.identifiants.get(NatureIdentifiant.TELEPHONE, "")]
    numeros += [a.valeur for a in saisie.autres if a.nature is NatureIdentifiant.TELEPHONE]
    numero = next(filter(None, numeros), "")
    accord = replace(
        accord, appel_numero=accord.appel_numero or numero, sms_numero=accord.sms_numero or numero
    )
    is_called_now = not (accord.appel_texte or accord.appel_heure)
    if accord.nature is not NatureMandat.TELEPHONE or not is_called_now:
        return accord
    local = now.astimezone(zone)
    return replace(accord, appel_on=local.date(), appel_heure=f"{local:%H:%M}")


def structures_of(signed: Signed) -> list[Appartenance]:
    """The groupes this agent may open a demande for, those where they are aidant first."""
    every = [a for a in signed.appartenances if a.is_aidant or a.is_instructeur]
    return sorted(every, key=lambda a: not a.is_aidant)


def open_saisie(signed: Signed, formulaire: UUID, now: datetime) -> Saisie:
    """An empty form: the first structure, the agent's own département when the structure works there, and a mandat on
    paper signed today, because most usagers sign in front of the aidant.

    Raises Refus to whoever has no groupe to open a demande for.
    """
    accord = MandatSaisi(nature=NatureMandat.PAPIER, mandat_on=now.astimezone(signed.zone).date())
    return Saisie(formulaire, *_default_place(signed, None), accord=accord)


def read_saisie(signed: Signed, form: Champs) -> Saisie:
    """What was typed. Unknown choices become no choice; nothing typed is refused here.

    Raises Refus to whoever has no groupe to open a demande for.
    """
    structure, departement = _default_place(signed, form.identifiant("structure"))
    return Saisie(
        formulaire=form.cle("formulaire") or uuid4(),
        structure=structure,
        departement=form.identifiant("departement") if "departement" in form.champs else departement,
        is_guide=form.texte("mode") != "libre",
        categorie=form.identifiant("categorie"),
        sujet=form.identifiant("sujet"),
        regime=_regime(form, "regime"),
        groupes=tuple(form.identifiants("groupes")[:CHOIX_MAX]),
        theme=form.identifiant("theme"),
        filtre=_line(form, "filtre")[:100],
        departement_vu=form.identifiant("departement_vu"),
        categorie_vue=form.identifiant("categorie_vue"),
        sujet_vu=form.identifiant("sujet_vu"),
        regime_vu=_regime(form, "regime_vu"),
        proposes=tuple(form.identifiants("proposes")[:CHOIX_MAX]),
        doublons_vus=tuple(form.identifiants("doublons_vus")[:CHOIX_MAX]),
        sujets_ecartes=tuple(form.identifiants("sujets_ecartes")[:CHOIX_MAX]),
        prenom=_line(form, "prenom"),
        nom=_line(form, "nom"),
        naissance=_line(form, "naissance"),
        identifiants=_identifiants(form),
        absents=frozenset(nature for nature in NatureIdentifiant if form.is_checked(f"absent_{nature}")),
        autres=_autres(form),
        titre=_line(form, "titre"),
        description=form.texte("description"),
        depuis=_line(form, "depuis"),
        essais=read_essais(form.textes("essais")),
        attendu=_line(form, "attendu"),
        is_urgente=form.texte("urgence") == "urgente",
        motif=_motif(form.texte("motif")),
        precision=_line(form, "precision"),
        collegues=tuple(form.identifiants("collegues")[:CHOIX_MAX]),
        accord=_accord(form),
        signature=_line(form, "signature"),
    )


def find_in_titre(saisie: Saisie, annee: int) -> list[Trouvaille]:
    """The personal data a title must not hold (product §5.4)."""
    return find_donnees_personnelles(saisie.titre[:TEXTE_LU_MAX], saisie.noms, annee=annee)


def ask_about_titre(saisie: Saisie, trouvailles: Sequence[Trouvaille]) -> list[str]:
    """Gentle questions about what only the aidant can tell; `trouvailles` is what `find_in_titre` gave."""
    return find_questions(saisie.titre[:TEXTE_LU_MAX], trouvailles)


def find_in_description(saisie: Saisie, annee: int) -> list[Trouvaille]:
    """The same in the description, where they only bring a gentle note."""
    return find_donnees_personnelles(saisie.description[:TEXTE_LU_MAX], saisie.noms, annee=annee)


def find_in_guide(saisie: Saisie, annee: int) -> list[Trouvaille]:
    """The same in what the writing guide was told."""
    told = f"{saisie.depuis}\n{saisie.attendu}"
    return find_donnees_personnelles(told[:TEXTE_LU_MAX], saisie.noms, annee=annee)


def list_movable(trouvailles: Sequence[Trouvaille]) -> list[Trouvaille]:
    """What of a description has a better protected place among the usager’s informations; names are its words."""
    return [t for t in trouvailles if t.nature is not NatureDonnee.NOM]


def _default_place(signed: Signed, structure: int | None) -> tuple[int, int | None]:
    structures = structures_of(signed)
    require(bool(structures), REFUS)
    chosen = next((a for a in structures if a.groupe == structure), structures[0])
    if signed.departement in chosen.departements or not chosen.departements:
        return chosen.groupe, signed.departement
    return chosen.groupe, min(chosen.departements)


def _accord(form: Champs) -> MandatSaisi:
    accord = read_accord(form)
    return accord if accord.nature else replace(accord, nature=NatureMandat.PAPIER)


def _regime(form: Champs, nom: str) -> str:
    return code if (code := form.texte(nom)) in REGIMES else ""


def _motif(texte: str) -> MotifUrgence | None:
    return MotifUrgence(texte) if texte in set(MotifUrgence) else None


def _identifiants(form: Champs) -> dict[NatureIdentifiant, str]:
    typed = {nature: _line(form, f"identifiant_{nature}") for nature in NatureIdentifiant}
    return {nature: valeur for nature, valeur in typed.items() if valeur}


def _autres(form: Champs) -> tuple[InformationSaisie, ...]:
    rows = zip_longest(
        *(form.champs.get(f"autre_{part}", [])[:AUTRES_MAX] for part in ("nature", "libelle", "valeur")),
        fillvalue="",
    )
    return tuple(
        InformationSaisie(NatureIdentifiant(nature), " ".join(libelle.split()), " ".join(valeur.split()))
        for nature, libelle, valeur in rows
        if nature in set(NatureIdentifiant)
    )


def _line(form: Champs, nom: str) -> str:
    """The value of a field of one line, without the line breaks that a paste may bring."""
    return " ".join(form.texte(nom).split())
