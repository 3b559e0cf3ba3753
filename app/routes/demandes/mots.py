"""The words of a row: badges, delay, who must play, its box. Pure: facts in, French out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.demandes.presences import say_presentes
from app.domain.demandes.vu import PartVue, Vu, read_vu
from app.domain.listes.rangees import PartListee, Rangee
from app.domain.mots import dates
from app.domain.mots.elision import de
from app.domain.regles import delais, statuts
from app.domain.regles.attendus import Qui
from app.domain.regles.places import Cote
from app.domain.regles.statuts import EtatPart, Statut, Tour
from app.domain.regles.tons import Ton
from app.domain.regles.urgences import say_urgence
from app.formulaire import NUMERO_MAX, Formulaire, as_id
from app.templating import pluriel


@dataclass(frozen=True)
class LigneEnMots:
    """A row, in the words of the macro `ligne`. `parts` are (groupe, état, ton); `coche` is the value of its box."""

    numero: int
    url: str
    id: str
    titre: str
    meta: str
    parts: tuple[tuple[str, str, str], ...]
    statut: tuple[str, str] | None
    urgence: str
    delai: str
    action: str
    nouveau: str
    is_unread: bool
    is_late: bool
    is_mine: bool
    is_prise: bool
    coche: str


def ligne_of(rangee: Rangee, now: datetime, zone: ZoneInfo, suite: str = "") -> LigneEnMots:
    """One row in words, for this reader. `suite`: what its address says of the list it stands in."""
    late = is_late(rangee, now)
    action, is_mine = _action(rangee)
    return LigneEnMots(
        numero=rangee.numero,
        url=f"/demandes/{rangee.numero}{suite}",
        id=f"demandes-ligne-{rangee.numero}",
        titre=rangee.titre or ("Données personnelles effacées" if rangee.erased_at else "Sans titre"),
        meta=f"{dates.NBSP}· ".join(_meta(rangee, now, zone)),
        parts=tuple((part.nom, *_badge(part, rangee, now)) for part in rangee.parts_rangees),
        statut=(rangee.statut.value, rangee.statut.fiche) if rangee.cote is Cote.AIDANT else None,
        urgence=say_urgence(rangee.urgence, rangee.urgence_precision),
        delai=dates.abrege(_delai(rangee, late, now, zone)),
        action=action,
        nouveau=_nouveau(rangee),
        is_unread=rangee.is_unread,
        is_late=late,
        is_mine=is_mine,
        is_prise=rangee.is_prise,
        coche=f"{rangee.numero}/{_vu(rangee)}",
    )


def _vu(rangee: Rangee) -> Vu:
    """What an act on this row says that the row showed: the parts of the reader."""
    return Vu(parts={p.groupe: PartVue(p.etat, p.taken_by or 0) for p in rangee.parts if p.is_mienne})


def read_coches(form: Formulaire) -> dict[int, Mapping[int, PartVue]]:
    """The rows that were ticked: their number, and their parts as the row showed them."""
    coches: dict[int, Mapping[int, PartVue]] = {}
    for valeur in form.textes("numeros"):
        numero, _, vu = valeur.partition("/")
        lu = as_id(numero, NUMERO_MAX)
        if lu is not None:
            coches[lu] = read_vu(vu).parts
    return coches


def is_late(rangee: Rangee, now: datetime) -> bool:
    """En souffrance, on the parts that count for this reader; never once closed."""
    return rangee.closed_at is None and delais.is_en_souffrance(rangee.late_at, now)


def _meta(rangee: Rangee, now: datetime, zone: ZoneInfo) -> list[str]:
    """Number, usager, structure: what tells two demandes apart, left to right, on one line."""
    words = [dates.numero(rangee.numero), rangee.usager]
    if not rangee.is_auteur:
        words.append(rangee.structure)
    if rangee.remplace:
        words.append(f"à la place {de(rangee.remplace)}")
    if rangee.is_auteur and rangee.closed_at is None:
        words.append(dates.abrege(_activite(rangee, now, zone)))
    return [word for word in [*words, _presence(rangee)] if word]


def _presence(rangee: Rangee) -> str:
    """« Idir H. écrit », or who reads it while nobody writes."""
    ecrivent = [one.nom_court for one in rangee.presentes if one.is_ecriture]
    if ecrivent:
        return say_presentes(ecrivent, "écrit", "écrivent")
    return say_presentes([one.nom_court for one in rangee.presentes], "lit", "lisent")


def _activite(rangee: Rangee, now: datetime, zone: ZoneInfo) -> str:
    """The last thing that happened: their own demandes differ by it more than by their structure."""
    if rangee.activite_at > rangee.sent_at:
        return f"dernier message {dates.le_jour(rangee.activite_at, now, zone)}"
    return f"envoyée {dates.le_jour(rangee.sent_at, now, zone)}"


def _nouveau(rangee: Rangee) -> str:
    return pluriel(rangee.non_lus, "non lu", "non lus") if rangee.non_lus else ""


def _charge(rangee: Rangee) -> str:
    """« (Idir H.) »: who took charge, of those that count for this reader; empty when nobody did."""
    noms = dict.fromkeys(
        "vous" if part.taken_by == rangee.lecteur else part.taken_by_court for part in rangee.chargees
    )
    return f" ({', '.join(noms)})" if noms else ""


def _badge(part: PartListee, rangee: Rangee, now: datetime) -> tuple[str, str]:
    etat = part.etat
    if rangee.closed_at is None and statuts.is_en_souffrance(part.part, now):
        return etat.value, Ton.ALERTE
    is_new_to_me = part.is_mienne and rangee.cote is Cote.INSTRUCTEUR and rangee.is_nouvelle
    if is_new_to_me and etat is EtatPart.SANS_REPONSE and rangee.closed_at is None:
        return "nouvelle", Ton.INFO
    return etat.value, etat.fiche


def _delai(rangee: Rangee, late: bool, now: datetime, zone: ZoneInfo) -> str:
    if rangee.closed_at is not None:
        return f"clôturée {dates.le_jour(rangee.closed_at, now, zone)}"
    if rangee.late_at is None:
        return ""
    if late and rangee.attendue and rangee.tour is Tour.AIDANT and rangee.attendue.part.replied_at:
        # It is nobody's fault in the organisme: the row says who owes what.
        return f"sans nouvelle depuis {(now - rangee.attendue.part.replied_at).days} jours"
    if late:
        return f"en souffrance depuis {dates.le_jour(rangee.late_at, now, zone)}"
    if rangee.cote is Cote.INSTRUCTEUR:
        quoi = "à suivre" if rangee.is_answered else "à répondre"
    else:
        quoi = "suite" if rangee.is_answered else "réponse"
    return f"{quoi} {dates.avant(rangee.late_at, now, zone)}"


#: What needs no name: the words, and whether the reader is the one awaited.
ACTIONS = {
    Qui.PERSONNE: ("", False),
    Qui.SOI: (f"à vous{dates.NBSP}: vous vous en occupez", True),
    Qui.EQUIPE: ("à vous de répondre", True),
}


def _action(rangee: Rangee) -> tuple[str, bool]:
    """À qui de jouer, by name when somebody took charge, and whether the reader is the one awaited."""
    qui = rangee.attendus.qui
    if qui is Qui.AIDANT:
        return _action_of_the_aidant(rangee), rangee.cote is Cote.AIDANT
    if qui is Qui.COLLEGUE:
        return f"à {', '.join(_noms(rangee))} de répondre", False
    if qui is Qui.ORGANISME:
        is_inside = rangee.cote is Cote.INSTRUCTEUR
        words = (
            "à un autre organisme de répondre" if is_inside else f"à l’organisme de répondre{_charge(rangee)}"
        )
        return words, False
    return ACTIONS[qui]


def _noms(rangee: Rangee) -> list[str]:
    """Who took charge of what is awaited, each once."""
    return list(dict.fromkeys(part.taken_by_nom for part in rangee.attendus.parts))


def _action_of_the_aidant(rangee: Rangee) -> str:
    """To answer, to close, or to decide what comes after every groupe declined."""
    is_mine = rangee.cote is Cote.AIDANT
    if rangee.statut is Statut.TRAITEE:
        return "à vous de clôturer" if is_mine else "à l’aidant de clôturer"
    if rangee.is_declinee_by_all and is_mine:
        return f"à vous{dates.NBSP}: aucun organisme ne s’estime concerné"
    if rangee.is_declinee_by_all and rangee.cote is Cote.INSTRUCTEUR:
        return "à l’aidant de décider de la suite"
    return "à vous de répondre" if is_mine else f"à l’aidant de répondre{_charge(rangee)}"
