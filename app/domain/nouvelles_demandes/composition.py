"""A new demande composed once per visit: its form and what the base knows of it. Checked, shown and sent from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import BrouillonAilleurs, Champs
from app.domain.demandes.informations import empreinte_usager
from app.domain.mandats import Mandat, find_for_form
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.nouvelles_demandes.cadre import Cadre, load_cadre
from app.domain.nouvelles_demandes.doublons import Doublon, list_doublons
from app.domain.nouvelles_demandes.organismes import GroupeOffert, list_groupes
from app.domain.nouvelles_demandes.saisie import REFUS, InformationSaisie, Saisie
from app.domain.nouvelles_demandes.verification import chosen_groupes, is_nir_autorise, wanted_natures
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.permissions import can_create_demande, require


@dataclass(frozen=True, repr=False)
class Composition:
    """The form as it was typed, with everything it is judged by. Its repr says nothing: it may end in a log.

    `groupes`: those of the département, and those chosen elsewhere; `usager`: the empreinte of who is helped, None
    while it is not whole; `sms`: the one asked from this form, when that is how the usager agrees.
    """

    saisie: Saisie
    cadre: Cadre
    groupes: tuple[GroupeOffert, ...]
    usager: str | None
    doublons: tuple[Doublon, ...]
    sms: Mandat | None

    @property
    def chosen(self) -> list[GroupeOffert]:
        """The groupes it would be sent to."""
        return chosen_groupes(self.saisie, self.groupes)

    def require_seen(self, champs: Champs) -> None:
        """Raises BrouillonAilleurs when another page wrote in the draft of this form what this one had not seen."""
        kept = self.cadre.brouillon
        if kept is not None and kept.is_unseen_by(champs):
            raise BrouillonAilleurs(kept)

    @property
    def is_deserte(self) -> bool:
        """Nobody is active in any groupe it would be sent to (product §2, « nobody there »)."""
        return bool(self.chosen) and not any(groupe.is_actif for groupe in self.chosen)

    @property
    def etat_sms(self) -> EtatMandat | None:
        """Where the SMS stands; None when none was asked."""
        return self.sms.etat if self.sms else None


async def compose(signed: Signed, saisie: Saisie, now: datetime) -> Composition:
    """Ask the base once, for the whole visit. Raises Refus to whoever may not open a demande."""
    require(can_create_demande(signed.droits), REFUS)
    cadre = await load_cadre(signed, saisie)
    usager = empreinte_usager(saisie.prenom, saisie.nom, saisie.naissance)
    return Composition(
        saisie=saisie,
        cadre=cadre,
        groupes=await list_groupes(signed, saisie, cadre.departement, now),
        usager=usager,
        doublons=tuple(await list_doublons(signed, saisie.structure, usager, saisie.formulaire)),
        sms=await _find_sms(signed, saisie),
    )


def sent_informations(saisie: Saisie, chosen: Sequence[GroupeOffert]) -> list[InformationSaisie]:
    """What will be kept about the usager: what is typed, and an empty value for what they cannot give.

    The NIR goes nowhere unless an organisme ticked is entitled to it.
    """
    kept = [InformationSaisie(nature, "", valeur) for nature, valeur in saisie.identifiants.items()]
    kept += [autre for autre in saisie.autres if autre.valeur]
    kept += [
        InformationSaisie(nature, "", "")
        for nature in wanted_natures(chosen)
        if nature in saisie.absents and nature not in saisie.identifiants
    ]
    return [i for i in kept if i.nature is not NatureIdentifiant.NIR or is_nir_autorise(chosen)]


async def _find_sms(signed: Signed, saisie: Saisie) -> Mandat | None:
    if saisie.accord.nature is not NatureMandat.SMS:
        return None
    return await find_for_form(signed.droits.agent, saisie.formulaire)
