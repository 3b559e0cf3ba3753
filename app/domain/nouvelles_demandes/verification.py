"""What is missing or wrong in the form, in page order: the errors of a sending and the « Il manque » of the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.acces.sessions import Signed
from app.domain.demandes.voix import find_signature
from app.domain.donnees_personnelles.reperage import quote_extraits
from app.domain.mandats import check_saisie
from app.domain.mots.identifiants import NatureIdentifiant, check_identifiant
from app.domain.mots.naissances import check_naissance, compare_nir
from app.domain.nouvelles_demandes.cadre import Cadre
from app.domain.nouvelles_demandes.organismes import GroupeOffert, asks_caisse
from app.domain.nouvelles_demandes.saisie import REGIMES, Saisie, find_in_titre
from app.domain.regles.mandats import EtatMandat
from app.domain.regles.urgences import MotifUrgence

TITRE_MAX = 150
DESCRIPTION_MAX = 10_000
VALEUR_MAX = 500
GUIDE_MAX = 300
GROUPES_MAX = 30

COURTS_MANDAT = {
    "mandat_le": "la date du mandat",
    "sms_numero": "le OUI de l’usager au SMS",
    "appel_numero": "le numéro rappelé",
    "question_1": "la réponse à la première question",
    "question_2": "la réponse à la seconde question",
    "appel_le": "la date de l’appel",
    "appel_heure": "l’heure de l’appel",
    "mandat": "l’accord de l’usager",
    **dict.fromkeys(("attestation", "attestation_sms", "attestation_telephone"), "l’attestation du mandat"),
}


@dataclass(frozen=True)
class Manque:
    """Something to correct before sending: the field, the sentence beside it, the words of « Il manque »."""

    champ: str
    phrase: str
    court: str


def chosen_groupes(saisie: Saisie, groupes: tuple[GroupeOffert, ...]) -> list[GroupeOffert]:
    """The groupes ticked, among those one may ask."""
    return [g for g in groupes if g.id in saisie.groupes]


def is_nir_autorise(chosen: Sequence[GroupeOffert]) -> bool:
    """Whether one of the organismes ticked may receive the NIR (décret n° 2019-341)."""
    return any(g.is_nir_autorise for g in chosen)


def wanted_natures(chosen: Sequence[GroupeOffert]) -> dict[NatureIdentifiant, list[str]]:
    """The identifiers the organismes ticked want, with who wants them; the NIR only where it may go."""
    wanted: dict[NatureIdentifiant, list[str]] = {}
    for nature in NatureIdentifiant:
        askers = [g.nom for g in chosen if nature in g.champs]
        if askers and (is_nir_autorise(chosen) or not nature.fiche.is_reserve):
            wanted[nature] = askers
    return wanted


def list_manques(
    signed: Signed,
    saisie: Saisie,
    cadre: Cadre,
    groupes: tuple[GroupeOffert, ...],
    *,
    etat_sms: EtatMandat | None,
    now: datetime,
) -> list[Manque]:
    """Everything to correct, in the order of the page. `etat_sms`: see `mandats.check_saisie`."""
    accord = check_saisie(saisie.accord, now, signed.zone, etat_sms=etat_sms)
    return [
        *_signature(signed, saisie),
        *_place(saisie, cadre, groupes),
        *_usager(saisie, chosen_groupes(saisie, groupes)),
        *_demande(saisie, now.astimezone(signed.zone).year),
        *(Manque(champ, phrase, COURTS_MANDAT[champ]) for champ, phrase in accord.items()),
    ]


def list_avis(saisie: Saisie, today: date) -> dict[str, str]:
    """Field → a word on a birth or an identifier that looks unusual: it warns, it never blocks (product §5.3)."""
    typed = {f"identifiant_{nature}": (nature, valeur) for nature, valeur in saisie.identifiants.items()}
    typed |= {f"autre_valeur-{n}": (a.nature, a.valeur) for n, a in enumerate(saisie.autres, 1)}
    avis = {"naissance": check_naissance(saisie.naissance, today)}
    for champ, (nature, valeur) in typed.items():
        avis[champ] = check_identifiant(nature, valeur)
        if nature is NatureIdentifiant.NIR and avis[champ] is None:
            avis[champ] = compare_nir(valeur, saisie.naissance)
    return {champ: phrase for champ, phrase in avis.items() if phrase}


def _signature(signed: Signed, saisie: Saisie) -> Iterator[Manque]:
    _, phrase = find_signature(signed, saisie.signature)
    if phrase:
        yield Manque("signature", phrase, "qui signe")


def _place(saisie: Saisie, cadre: Cadre, groupes: tuple[GroupeOffert, ...]) -> Iterator[Manque]:
    court = "le département de l’usager"
    if cadre.departement is None:
        yield Manque("departement", "Choisissez le département de l’usager.", court)
    chosen = chosen_groupes(saisie, groupes)
    if asks_caisse(cadre, groupes) and not saisie.regime and not any(g.organisme in REGIMES for g in chosen):
        phrase = "Dites si l’usager relève de la CAF ou de la MSA."
        yield Manque("regime", phrase, "CAF ou MSA")
    if saisie.departement_vu not in {None, saisie.departement}:
        phrase = "Le département a changé\u00a0: vérifiez les organismes, puis envoyez."
        yield Manque("groupes", phrase, "vérifier les organismes")
    elif saisie.is_guide and saisie.sujet != saisie.sujet_vu:
        phrase = "Le sujet a changé\u00a0: vérifiez les organismes, puis envoyez."
        yield Manque("groupes", phrase, "vérifier les organismes")
    elif saisie.is_guide and saisie.regime != saisie.regime_vu:
        phrase = "La caisse de l’usager a changé\u00a0: vérifiez les organismes, puis envoyez."
        yield Manque("groupes", phrase, "vérifier les organismes")
    elif not chosen:
        yield Manque("groupes", "Cochez au moins un organisme à prévenir.", "au moins un organisme")
    elif paused := [g.nom for g in chosen if g.is_en_pause]:
        phrase = f"En pause pour l’instant\u00a0: {', '.join(paused)}. Décochez, ou choisissez ailleurs."
        yield Manque("groupes", phrase, "un organisme qui n’est pas en pause")
    elif len(chosen) > GROUPES_MAX:
        phrase = f"Gardez {GROUPES_MAX} organismes au plus\u00a0: {len(chosen)} sont cochés."
        yield Manque("groupes", phrase, "moins d’organismes")


def _usager(saisie: Saisie, chosen: list[GroupeOffert]) -> Iterator[Manque]:
    typed = (
        ("prenom", "le prénom de l’usager", saisie.prenom, 100),
        ("nom", "le nom de l’usager", saisie.nom, 100),
        ("naissance", "la date de naissance", saisie.naissance, 60),
    )
    for champ, court, valeur, most in typed:
        if not valeur:
            precision = " Une année suffit." if champ == "naissance" else ""
            yield Manque(champ, f"Écrivez {court}.{precision}", court)
        yield from _too_long(champ, court, valeur, most)
    wanted = wanted_natures(chosen)
    for nature in NatureIdentifiant:
        valeur = saisie.identifiants.get(nature, "")
        if nature in wanted and not valeur and nature not in saisie.absents:
            phrase = (
                f"Écrivez {nature.fiche.en_phrase}, ou cochez «\u00a0l’usager ne peut pas le fournir\u00a0»."
            )
            yield Manque(f"identifiant_{nature}", phrase, nature.fiche.en_phrase)
        yield from _too_long(f"identifiant_{nature}", nature.fiche.en_phrase, valeur, VALEUR_MAX)
    for n, autre in enumerate(saisie.autres, 1):
        if autre.valeur and autre.nature.fiche.is_libre and not autre.libelle:
            phrase = "Dites de quelle information il s’agit."
            yield Manque(f"autre_libelle-{n}", phrase, "le nom de l’autre information")
        yield from _too_long(f"autre_libelle-{n}", "le nom de l’information", autre.libelle, 120)
        yield from _too_long(f"autre_valeur-{n}", autre.nature.fiche.en_phrase, autre.valeur, VALEUR_MAX)


def _demande(saisie: Saisie, annee: int) -> Iterator[Manque]:
    if not saisie.titre:
        yield Manque("titre", "Écrivez un titre, sans nom ni numéro.", "un titre sans nom")
    elif trouvailles := find_in_titre(saisie, annee):
        words = quote_extraits(trouvailles)
        phrase = f"Le titre ne doit pas permettre de reconnaître l’usager. Retirez {words}."
        yield Manque("titre", phrase, "un titre sans donnée personnelle")
    yield from _too_long("titre", "le titre", saisie.titre, TITRE_MAX)
    if not saisie.description:
        phrase = "Décrivez ce qui bloque et ce qui a déjà été essayé."
        yield Manque("description", phrase, "la description")
    yield from _too_long("description", "la description", saisie.recit, DESCRIPTION_MAX)
    yield from _too_long("depuis", "la réponse à «\u00a0Depuis quand\u00a0?\u00a0»", saisie.depuis, GUIDE_MAX)
    yield from _too_long("attendu", "ce que vous attendez", saisie.attendu, GUIDE_MAX)
    if not saisie.is_urgente:
        return
    if not saisie.motif:
        yield Manque("motif", "Dites pourquoi la demande est urgente.", "le motif de l’urgence")
    elif saisie.motif is MotifUrgence.AUTRE and not saisie.precision:
        yield Manque("precision", "Précisez le motif de l’urgence en quelques mots.", "le motif de l’urgence")
    yield from _too_long("precision", "le motif de l’urgence", saisie.precision, 200)


def _too_long(champ: str, court: str, valeur: str, most: int) -> Iterator[Manque]:
    if len(valeur) > most:
        phrase = f"Raccourcissez {court}\u00a0: {most} caractères au plus, {len(valeur)} sont écrits."
        yield Manque(champ, phrase, f"{court}, plus court")
