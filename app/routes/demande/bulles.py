"""The thread in words: each line is a card when someone wrote something, else a centred sentence. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.echanges.fil import Correction, Ligne, name_ligne
from app.domain.faits.lignes import FIL
from app.domain.regles.statuts import Nature
from app.domain.regles.tons import Ton
from app.routes.demande.mots import Badge, en_liste


@dataclass(frozen=True)
class Bulle:
    """A line as it is shown. `nom` is its own in an address; `phrase` says what was done, `texte` what was written, and
    both when no badge says it.
    """

    id: int
    nom: str
    auteur: str
    groupe: str
    phrase: str
    says_phrase: bool
    texte: str
    badges: tuple[Badge, ...]
    is_prive: bool
    is_new: bool
    sent_at: datetime
    cites: tuple[tuple[int, str], ...]
    corrections: tuple[Correction, ...]
    is_corrigeable: bool


def bulle_of(ligne: Ligne, reader: int, seen_at: datetime | None, *, is_corrigeable: bool = False) -> Bulle:
    """One line; it is new when another wrote it since this reader’s last visit, and said corrected since as well."""
    is_new = seen_at is not None and ligne.sent_at > seen_at and ligne.auteur != reader
    fil = FIL[ligne.nature]
    badges = [Badge(fil.badge, fil.ton)] if fil.badge else []
    if ligne.is_procedure:
        badges.append(Badge("procédure standard", Ton.NEUTRE))
    if ligne.is_document:
        badges.append(Badge("demande un document", Ton.INFO))
    if is_new:
        badges.append(Badge("nouveau", Ton.INFO))
    elif _is_corrected_since(ligne, reader, seen_at):
        badges.append(Badge("corrigé depuis votre visite", Ton.INFO))
    quoi = en_liste([*ligne.groupes_invites, *ligne.agents_invites])
    return Bulle(
        id=ligne.id,
        nom=name_ligne(ligne.id),
        auteur=signed_name(ligne.auteur_nom, ligne.signature),
        groupe=ligne.groupe_nom,
        phrase=fil.phrase.format(quoi=quoi, texte=ligne.texte),
        says_phrase=bool(fil.phrase) and (not fil.badge or bool(quoi)),
        texte="" if ligne.nature is Nature.INFORMATION else ligne.texte,
        badges=tuple(badges),
        is_prive=ligne.is_prive,
        is_new=is_new,
        sent_at=ligne.sent_at,
        cites=ligne.cites,
        corrections=ligne.corrections,
        is_corrigeable=is_corrigeable,
    )


def _is_corrected_since(ligne: Ligne, reader: int, seen_at: datetime | None) -> bool:
    last = ligne.corrections[-1].corrected_at if ligne.corrections else None
    return seen_at is not None and last is not None and last > seen_at and ligne.auteur != reader


def signed_name(nom: str, signature: str) -> str:
    """Who wrote: for a compte collectif the person who signed, then the account."""
    return f"{signature} ({nom})" if signature else nom or "Administration+"
