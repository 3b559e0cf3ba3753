"""One demande of the seed, from its sending to wherever its story has come today: its rows, for who writes them."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.table import Table

from app import tables
from app.domain.demandes.informations import empreinte_usager
from app.domain.demandes.reperes import fold_demande
from app.domain.faits.scellement import trousseau
from app.domain.mandats import textes as textes_mandat
from app.domain.mots.folding import fold
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse, echeance_suivi
from app.domain.regles.mandats import EtatMandat, NatureMandat
from app.domain.regles.places import Cote
from app.domain.regles.statuts import Nature

WAYS_OF_AGE = ((0.02, 1), (1, 4), (4, 20), (20, 85))  # days, from the freshest to the oldest
AGE_WEIGHTS = (12, 22, 34, 32)

# In the order in which they are written: the parts after the thread, because their measures read there who owed an
# answer.
TABLES: tuple[type[Table], ...] = (
    tables.Demandes,
    tables.Messages,
    tables.Sollicitations,
    tables.Lectures,
    tables.Mandats,
    tables.UsagerInformations,
    tables.Journal,
)


@dataclass(frozen=True)
class Histoire:
    """Who, where and about what."""

    numero: int
    situation: Mapping[str, Any]
    equipes: tuple[Any, ...]
    structure: Any
    auteur: int
    departement: int
    calendrier: Calendrier
    prenom: str
    nom: str


@dataclass
class Fil:
    """The thread as it grows."""

    at: datetime
    messages: list[dict[str, Any]] = field(default_factory=list)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    lectures: dict[int, list[datetime]] = field(default_factory=dict)


def tell_story(histoire: Histoire, alea: random.Random, now: datetime) -> list[Table]:
    """The rows of the demande and of everything that happened to it until now."""
    youngest, oldest = alea.choices(WAYS_OF_AGE, AGE_WEIGHTS)[0]
    age = timedelta(days=alea.uniform(youngest, oldest))
    while (sent_at := _in_office_hours(now - age, histoire.calendrier)) >= now:
        age += timedelta(hours=12)
    fil = Fil(at=sent_at)
    for equipe in histoire.equipes:
        fil.parts[equipe.organisme] = {
            "groupe": equipe.id,
            "solicited_by": histoire.auteur,
            "solicited_at": sent_at,
            "late_at": echeance_premiere_reponse(sent_at, histoire.calendrier),
        }
    _live(histoire, fil, alea, now)
    closed_at = _closing(histoire, fil, alea, now)
    return list(_list_rows(histoire, fil, sent_at, closed_at, alea))


def _live(histoire: Histoire, fil: Fil, alea: random.Random, now: datetime) -> None:
    """Open, answer, ask again… until the story ends or today comes. Some groupes stay silent."""
    speakers = {equipe.organisme: alea.choice(equipe.instructeurs) for equipe in histoire.equipes}
    if alea.random() < 0.15:
        return
    for equipe in histoire.equipes:
        opened_at = _later(fil.at, alea.uniform(1, 30), histoire.calendrier, now)
        if opened_at is not None:
            fil.parts[equipe.organisme]["opened_at"] = opened_at
            fil.lectures[speakers[equipe.organisme]] = [opened_at, opened_at]
    if alea.random() < 0.12:
        return
    for line in histoire.situation["fil"]:
        at = _later(fil.at, alea.uniform(2, 40), histoire.calendrier, now)
        if at is None:
            return
        fil.at = at
        organisme = line.get("par") or histoire.situation["organismes"][0]
        _say(histoire, fil, line, organisme, speakers[organisme])


def _say(histoire: Histoire, fil: Fil, line: Mapping[str, Any], organisme: str, speaker: int) -> None:
    at, de, part = fil.at, line["de"], fil.parts[organisme]
    is_aidant = de == "aidant"
    natures = {"traitee": Nature.TRAITEE, "declinee": Nature.DECLINEE}
    if not is_aidant:
        seen = fil.lectures.setdefault(speaker, [at, at])
        seen[1] = at
        part.setdefault("opened_at", at)
    fil.messages.append(
        {
            "auteur": histoire.auteur if is_aidant else speaker,
            "groupe": histoire.structure.id if is_aidant else part["groupe"],
            "cote": Cote.AIDANT if is_aidant else Cote.INSTRUCTEUR,
            "nature": natures.get(de, Nature.REPONSE),
            "texte": line["texte"],
            "repere": fold(line["texte"]),
            "is_prive": de == "prive",
            "sent_at": at,
        }
    )
    if de in {"instructeur", "traitee"}:
        part.setdefault("first_answered_at", at)
        part |= {"answered_at": at, "replied_at": at, "late_at": echeance_suivi(at, histoire.calendrier)}
    if de in natures:
        part |= {f"{de}_at": at, "late_at": None}


def _closing(histoire: Histoire, fil: Fil, alea: random.Random, now: datetime) -> datetime | None:
    parts = fil.parts.values()
    is_solved = any("traitee_at" in p for p in parts) and all(
        "traitee_at" in p or "declinee_at" in p for p in parts
    )
    is_given_up = now - fil.at > timedelta(days=30)
    if not (is_solved and alea.random() < 0.6) and not (is_given_up and alea.random() < 0.5):
        return None
    return _later(fil.at, alea.uniform(3, 60), histoire.calendrier, now)


def _list_rows(
    histoire: Histoire, fil: Fil, sent_at: datetime, closed_at: datetime | None, alea: random.Random
) -> Iterator[Table]:
    situation, numero = histoire.situation, histoire.numero
    publics = [m["sent_at"] for m in fil.messages if not m["is_prive"]]
    aidants = [m["sent_at"] for m in fil.messages if m["cote"] is Cote.AIDANT]
    usager = (histoire.prenom, histoire.nom, situation["naissance"])
    yield tables.Demandes(
        numero=numero,
        formulaire=_uuid(alea),
        auteur=histoire.auteur,
        groupe=histoire.structure.id,
        departement=histoire.departement,
        titre=situation["titre"],
        description=situation["description"].strip(),
        urgence=situation["urgence"] or None,
        usager_prenom=histoire.prenom,
        usager_nom=histoire.nom,
        usager_naissance=situation["naissance"],
        usager_empreinte=empreinte_usager(*usager),
        repere=f"{numero} {fold_demande(situation['titre'], *usager[:2], situation['description'])}",
        is_repere_entier=True,
        sent_at=sent_at,
        last_aidant_at=max([sent_at, *aidants]),
        last_public_at=max([sent_at, *publics]),
        last_prive_at=max([sent_at, *(m["sent_at"] for m in fil.messages)]),
        closed_at=closed_at,
        closed_by=histoire.auteur if closed_at else None,
    )
    for message in fil.messages:
        yield tables.Messages(demande=numero, cle=_uuid(alea), **message)
    ended = {"closed_at": closed_at, "late_at": None} if closed_at else {}
    for part in fil.parts.values():
        yield tables.Sollicitations(demande=numero, **{**part, **ended})
    seen = {
        histoire.auteur: [sent_at, max([sent_at, *publics]) if alea.random() < 0.7 else sent_at],
        **fil.lectures,
    }
    for agent, (first_at, last_at) in seen.items():
        yield tables.Lectures(demande=numero, agent=agent, first_at=first_at, last_at=last_at)
    yield _make_mandat(histoire, sent_at, closed_at, alea)
    if "caf" in situation["organismes"]:
        yield _make_identifiant(histoire, sent_at, alea)
    yield tables.Journal(at=sent_at, fait="demande_envoyee", agent=histoire.auteur, demande=numero)


def _make_mandat(
    histoire: Histoire, sent_at: datetime, closed_at: datetime | None, alea: random.Random
) -> Table:
    version = textes_mandat.VERSION
    return tables.Mandats(
        id=_uuid(alea),
        demande=histoire.numero,
        nature=NatureMandat.PAPIER.value,
        etat=EtatMandat.VALIDE.value,
        version=version,
        empreinte=textes_mandat.get_empreinte(version, "standard.html"),
        attestation=textes_mandat.get_attestation(version, NatureMandat.PAPIER),
        donne_on=date.fromordinal(sent_at.toordinal() - alea.randint(0, 2)),
        structure=histoire.structure.nom,
        recorded_by=histoire.auteur,
        recorded_at=sent_at,
        ends_at=closed_at or sent_at + timedelta(days=365),
    )


def _make_identifiant(histoire: Histoire, sent_at: datetime, alea: random.Random) -> Table:
    """The allocataire number the CAF wants; invented, like everything here."""
    nature, valeur = NatureIdentifiant.ALLOCATAIRE_CAF, f"{alea.randint(1_000_000, 9_999_999)}"
    return tables.UsagerInformations(
        demande=histoire.numero,
        nature=nature.value,
        libelle="",
        valeur_scellee=trousseau().seal_text(valeur, f"usager_information:{histoire.numero}:{nature}"),
        added_by=histoire.auteur,
        added_at=sent_at,
    )


def _uuid(alea: random.Random) -> UUID:
    return UUID(int=alea.getrandbits(128), version=4)


def _later(at: datetime, hours: float, calendrier: Calendrier, now: datetime) -> datetime | None:
    """Some hours later, at a time when people work; None when that is not yet."""
    later = _in_office_hours(at + timedelta(hours=hours), calendrier)
    return later if at < later < now else None


def _in_office_hours(at: datetime, calendrier: Calendrier) -> datetime:
    """The same moment, or the next working morning when nobody works then."""
    local = at.astimezone(calendrier.zone)
    if local.hour >= 18:
        local += timedelta(days=1)
    if local.hour < 8 or local.hour >= 18:
        local = local.replace(hour=8 + local.minute % 3)
    while not calendrier.is_jour_ouvre(local.date()):
        local += timedelta(days=1)
    return local.astimezone(at.tzinfo)
