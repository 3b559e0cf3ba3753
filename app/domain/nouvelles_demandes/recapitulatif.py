"""Everything the page of a new demande shows: the form once followed, what is missing, who will be told."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.reperage import Trouvaille
from app.domain.figures.blocages import Blocage
from app.domain.mandats import Section, build_section
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.nouvelles_demandes import organismes, saisie, verification
from app.domain.nouvelles_demandes.cadre import Cadre, CollegueOffert
from app.domain.nouvelles_demandes.composition import Composition, sent_informations
from app.domain.nouvelles_demandes.doublons import Doublon
from app.domain.nouvelles_demandes.etapes import ECARTER, SUIVRE
from app.domain.nouvelles_demandes.organismes import GroupeOffert, Voisin
from app.domain.nouvelles_demandes.recit import GuideMontre, build_guide
from app.domain.nouvelles_demandes.reponses_suggestions import suggest_for
from app.domain.nouvelles_demandes.saisie import Saisie
from app.domain.nouvelles_demandes.suggestion import Suggestion
from app.domain.regles.delais import echeance_premiere_reponse


@dataclass(frozen=True)
class Identifiant:
    """An identifier field of the page: why it is there, and whether it is required."""

    nature: NatureIdentifiant
    libelle: str
    valeur: str
    askers: tuple[str, ...]
    is_absent: bool


@dataclass(frozen=True)
class Recapitulatif:
    """The page, ready to be shown. `tenus` are identifiers typed that no organisme ticked may receive; `ajoute` is the
    rank of the row just added, `is_deplacee` says that the title was just put right, `is_rangee` the
    description, and `is_rangeable` that it could be.
    """

    saisie: Saisie
    cadre: Cadre
    montres: tuple[GroupeOffert, ...]
    chosen: tuple[GroupeOffert, ...]
    remplaces: tuple[tuple[str, str], ...]
    retires: tuple[str, ...]
    laisses: tuple[str, ...]
    asks_caisse: bool
    absents: dict[str, str]
    voisins: tuple[Voisin, ...]
    identifiants: tuple[Identifiant, ...]
    tenus: tuple[tuple[NatureIdentifiant, str], ...]
    is_nir_autorise: bool
    natures: tuple[tuple[NatureIdentifiant, str], ...]
    avis: dict[str, str]
    trouvailles: tuple[Trouvaille, ...]
    questions: tuple[str, ...]
    notees: tuple[str, ...]
    guide: GuideMontre
    suggestion: Suggestion | None
    is_rangeable: bool
    manques: tuple[verification.Manque, ...]
    doublons: tuple[Doublon, ...]
    invites: tuple[CollegueOffert, ...]
    informations: tuple[str, ...]
    late_at: datetime
    accord: Section
    notes: tuple[Blocage, ...] = ()
    ajoute: int = 0
    is_retiree: bool = False
    is_deplacee: bool = False
    is_rangee: bool = False
    is_suivie: bool = False
    is_ecartee: bool = False

    def libelle_of(self, champ: str) -> str:
        """The label of a field that an avis is about."""
        nom, _, rang = champ.partition("-")
        if nom == "naissance":
            return "Date de naissance"
        if rang:
            return self.saisie.autres[int(rang) - 1].nature.libelle
        return NatureIdentifiant(nom.removeprefix("identifiant_")).libelle


async def summarise(
    signed: Signed, composition: Composition, now: datetime, *, etape: str = ""
) -> Recapitulatif:
    """The page once it has followed what was chosen; `etape`: the step that brought it there."""
    cadre, groupes, doublons = composition.cadre, composition.groupes, composition.doublons
    suite, cadre = organismes.follow_all(composition.saisie, cadre, groupes)
    typed = suite.saisie
    absents = organismes.list_absents(cadre, groupes)
    chosen = verification.chosen_groupes(typed, groupes)
    manques = verification.list_manques(signed, typed, cadre, groupes, etat_sms=composition.etat_sms, now=now)
    annee = now.astimezone(signed.zone).year
    trouvailles, notees = saisie.find_in_titre(typed, annee), saisie.find_in_description(typed, annee)
    clock = cadre.departement.clock if cadre.departement else signed.calendrier
    is_nir_autorise = verification.is_nir_autorise(chosen)
    identifiants, tenus = _identifiants(typed, chosen)
    return Recapitulatif(
        saisie=replace(typed, doublons_vus=tuple(d.numero for d in doublons)),
        cadre=cadre,
        montres=tuple(organismes.list_shown(typed, cadre, groupes)),
        chosen=tuple(chosen),
        remplaces=suite.remplaces,
        retires=suite.retires,
        laisses=suite.laisses,
        asks_caisse=organismes.asks_caisse(cadre, groupes),
        absents=absents,
        voisins=tuple(await organismes.list_voisins(signed, typed, list(absents), cadre.departement, now)),
        identifiants=identifiants,
        tenus=tenus,
        is_nir_autorise=is_nir_autorise,
        natures=_natures(identifiants, is_nir_offered=is_nir_autorise),
        avis=verification.list_avis(typed, now.astimezone(signed.zone).date()),
        trouvailles=tuple(trouvailles),
        questions=tuple(saisie.ask_about_titre(typed, trouvailles)),
        is_rangeable=bool(saisie.list_movable(notees)),
        notees=tuple(dict.fromkeys(t.libelle for t in (*notees, *saisie.find_in_guide(typed, annee)))),
        suggestion=suggest_for(typed, cadre),
        guide=build_guide(
            cadre.sujet.guide if cadre.sujet else None, typed.depuis, typed.essais, typed.attendu
        ),
        manques=tuple(manques),
        doublons=doublons,
        invites=tuple(c for c in cadre.collegues if c.id in typed.collegues),
        informations=_informations(typed, chosen),
        late_at=echeance_premiere_reponse(now, clock),
        accord=build_section(saisie.propose_accord(typed, now, signed.zone), composition.sms, is_new=True),
        notes=tuple({g.note.id: g.note for g in chosen if g.note is not None}.values()),
        ajoute=_added_row(typed) if etape == "ajouter" else 0,
        is_retiree=etape.startswith("retirer-"),
        is_deplacee=etape == "deplacer",
        is_rangee=etape == "ranger",
        is_suivie=etape.startswith(SUIVRE) and cadre.sujet is not None,
        is_ecartee=etape.startswith(ECARTER),
    )


def _added_row(typed: Saisie) -> int:
    """The last row, when nothing is typed in it yet."""
    return len(typed.autres) if typed.autres and not typed.autres[-1].valeur else 0


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
