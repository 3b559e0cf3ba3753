"""Everything the page of a new demande shows: the form once followed, what is missing, who will be told (product §5).

One composition per visit: the route asks for it, the templates read it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.reperage import Trouvaille
from app.domain.mandats import Mandat, Section, build_section, find_for_form
from app.domain.mandats.textes import NatureMandat
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.nouvelles_demandes import organismes, saisie, verification
from app.domain.nouvelles_demandes.cadre import Cadre, Collegue, load_cadre
from app.domain.nouvelles_demandes.doublons import Doublon, empreinte_usager, list_doublons
from app.domain.nouvelles_demandes.organismes import GroupeOffert, Voisin
from app.domain.nouvelles_demandes.saisie import REFUS, Champs, Saisie
from app.domain.regles.delais import echeance_premiere_reponse
from app.domain.regles.permissions import can_create_demande, require


@dataclass(frozen=True)
class Identifiant:
    """An identifier field of the page: why it is there, and whether it is required."""

    nature: NatureIdentifiant
    libelle: str
    valeur: str
    askers: tuple[str, ...]
    is_absent: bool


@dataclass(frozen=True)
class Composition:
    """The page, ready to be shown. `tenus` are identifiers typed that no organisme ticked may receive."""

    saisie: Saisie
    cadre: Cadre
    montres: tuple[GroupeOffert, ...]
    chosen: tuple[GroupeOffert, ...]
    remplaces: tuple[tuple[str, str], ...]
    absents: dict[str, str]
    voisins: tuple[Voisin, ...]
    identifiants: tuple[Identifiant, ...]
    tenus: tuple[tuple[NatureIdentifiant, str], ...]
    is_nir_autorise: bool
    natures: tuple[tuple[NatureIdentifiant, str], ...]
    avis: dict[str, str]
    trouvailles: tuple[Trouvaille, ...]
    notees: tuple[str, ...]
    manques: tuple[verification.Manque, ...]
    doublons: tuple[Doublon, ...]
    invites: tuple[Collegue, ...]
    informations: tuple[str, ...]
    late_at: datetime
    accord: Section
    ajoute: int = 0
    is_deplacee: bool = False


async def open_page(signed: Signed, formulaire: UUID, now: datetime) -> Composition:
    """The empty form of this name. Raises Refus to whoever may not open a demande."""
    require(can_create_demande(signed.droits), REFUS)
    return await _compose(signed, saisie.open_saisie(signed, formulaire), now)


async def follow_page(signed: Signed, form: Champs, etape: str, now: datetime) -> Composition:
    """The form after one of its steps, everything typed kept. Raises Refus like `open_page`.

    Steps: guide, libre (the way to choose), ajouter, retirer-N (an information), deplacer (from the title), sms (the
    usager is asked by SMS); anything else only brings the page up to date.
    """
    require(can_create_demande(signed.droits), REFUS)
    typed = saisie.read_saisie(signed, form)
    annee = now.astimezone(signed.zone).year
    ajoute = 0
    if etape in {"guide", "libre"}:
        typed = replace(typed, is_guide=etape == "guide")
    elif etape == "ajouter":
        longer = saisie.add_autre(typed, form.texte("nouvelle_nature"))
        ajoute, typed = len(longer.autres) if longer is not typed else 0, longer
    elif etape.startswith("retirer-") and etape[8:].isdecimal() and len(etape) < 12:
        typed = saisie.remove_autre(typed, int(etape[8:]))
    elif etape == "deplacer":
        typed = saisie.move_from_titre(typed, annee)
    elif etape == "sms":
        typed = replace(typed, accord=replace(typed.accord, nature=NatureMandat.SMS))
    composed = await _compose(signed, typed, now)
    return replace(composed, ajoute=ajoute, is_deplacee=etape == "deplacer")


async def _compose(signed: Signed, typed: Saisie, now: datetime) -> Composition:
    cadre = await load_cadre(signed, typed)
    typed = organismes.choose_sujet(typed, cadre)
    if typed.sujet is None:
        cadre = replace(cadre, sujet=None)
    groupes = await organismes.list_groupes(signed, typed, cadre.departement, now)
    suite = organismes.follow(typed, cadre, groupes)
    typed = suite.saisie
    absents = organismes.list_absents(cadre, groupes)
    chosen = verification.chosen_groupes(typed, groupes)
    usager = empreinte_usager(typed.prenom, typed.nom, typed.naissance)
    annee = now.astimezone(signed.zone).year
    sms = await find_sms(signed, typed)
    etat_sms = sms.etat if sms else None
    clock = cadre.departement.clock if cadre.departement else signed.calendrier
    identifiants, tenus = _identifiants(typed, chosen)
    doublons = tuple(await list_doublons(signed, typed.structure, usager, typed.formulaire))
    return Composition(
        saisie=replace(typed, doublons_vus=tuple(d.numero for d in doublons)),
        cadre=cadre,
        montres=tuple(organismes.list_shown(typed, cadre, groupes)),
        chosen=tuple(chosen),
        remplaces=suite.remplaces,
        absents=absents,
        voisins=tuple(await organismes.list_voisins(list(absents), cadre.departement, typed.groupes)),
        identifiants=identifiants,
        tenus=tenus,
        is_nir_autorise=verification.is_nir_autorise(chosen),
        natures=_natures(identifiants, is_nir_offered=verification.is_nir_autorise(chosen)),
        avis=verification.list_avis(typed),
        trouvailles=tuple(saisie.find_in_titre(typed, annee)),
        notees=tuple(dict.fromkeys(t.libelle for t in saisie.find_in_description(typed, annee))),
        manques=tuple(verification.list_manques(signed, typed, cadre, groupes, etat_sms=etat_sms, now=now)),
        doublons=doublons,
        invites=tuple(c for c in cadre.collegues if c.id in typed.collegues),
        informations=_informations(typed, chosen),
        late_at=echeance_premiere_reponse(now, clock),
        accord=build_section(typed.accord, sms, is_new=True),
    )


async def find_sms(signed: Signed, typed: Saisie) -> Mandat | None:
    """The SMS asked from this form, when that is how the usager agrees."""
    if typed.accord.nature is not NatureMandat.SMS:
        return None
    return await find_for_form(signed.droits.agent, typed.formulaire)


def sent_informations(typed: Saisie, chosen: list[GroupeOffert]) -> list[saisie.Information]:
    """What will be kept about the usager: what is typed, and an empty value for what they cannot give.

    The NIR goes nowhere unless an organisme ticked is entitled to it.
    """
    is_nir_autorise = verification.is_nir_autorise(chosen)
    kept = [saisie.Information(nature, "", valeur) for nature, valeur in typed.identifiants.items()]
    kept += [autre for autre in typed.autres if autre.valeur]
    kept += [
        saisie.Information(nature, "", "")
        for nature in verification.wanted_natures(chosen)
        if nature in typed.absents and nature not in typed.identifiants
    ]
    return [i for i in kept if is_nir_autorise or not i.nature.fiche.is_reserve]


def _identifiants(
    typed: Saisie, chosen: list[GroupeOffert]
) -> tuple[tuple[Identifiant, ...], tuple[tuple[NatureIdentifiant, str], ...]]:
    wanted = verification.wanted_natures(chosen)
    is_nir_autorise = verification.is_nir_autorise(chosen)
    shown, held = [], []
    for nature in NatureIdentifiant:
        valeur = typed.identifiants.get(nature, "")
        if nature.fiche.is_reserve and valeur and not is_nir_autorise:
            held.append((nature, valeur))
        elif nature in wanted or valeur:
            askers = tuple(wanted.get(nature, ()))
            is_absent = nature in typed.absents
            shown.append(Identifiant(nature, nature.libelle, valeur, askers, is_absent))
    return tuple(shown), tuple(held)


def _natures(
    shown: tuple[Identifiant, ...], *, is_nir_offered: bool
) -> tuple[tuple[NatureIdentifiant, str], ...]:
    """What « Ajouter une autre information » offers: the NIR only to those entitled, and never a field shown."""
    taken = {i.nature for i in shown if not i.nature.fiche.is_multiple}
    return tuple(
        (nature, nature.libelle)
        for nature in NatureIdentifiant
        if nature not in taken and (is_nir_offered or not nature.fiche.is_reserve)
    )


def _informations(typed: Saisie, chosen: list[GroupeOffert]) -> tuple[str, ...]:
    return tuple(
        (i.libelle or i.nature.libelle) + ("" if i.valeur else " (ne peut pas être fourni)")
        for i in sent_informations(typed, chosen)
    )
