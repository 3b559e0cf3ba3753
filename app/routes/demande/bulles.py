"""The thread in words: each line is a card when someone wrote something, else a centred sentence. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.echanges.fil import Ligne
from app.domain.regles.statuts import Nature
from app.routes.demande.mots import Badge, en_liste

# What each act says of its author; {quoi} is what it was about.
PHRASES = {
    Nature.PRISE_EN_CHARGE: "s’en occupe",
    Nature.DECLINEE: "n’est pas le bon interlocuteur",
    Nature.TRAITEE: "a traité la demande",
    Nature.INVITATION: "a invité {quoi}",
    Nature.INFORMATION: "a ajouté une information : {texte}",
    Nature.RELANCE: "a relancé {quoi} : le blocage n’est pas résolu",
    Nature.MANDAT: "a enregistré un mandat",
    Nature.MANDAT_REVOQUE: "a enregistré la fin du mandat",
    Nature.CLOTURE: "a clôturé la demande",
    Nature.REOUVERTURE: "a réouvert la demande",
}
BADGES = {
    Nature.PRISE_EN_CHARGE: Badge("s’en occupe", "info"),
    Nature.DECLINEE: Badge("pas le bon interlocuteur", "neutre"),
    Nature.TRAITEE: Badge("a traité", "succes"),
    Nature.RELANCE: Badge("relance", "alerte"),
}


@dataclass(frozen=True)
class Bulle:
    """A line as it is shown. `phrase` says what was done, `texte` what was written; both when no badge says it."""

    id: int
    auteur: str
    groupe: str
    phrase: str
    says_phrase: bool
    texte: str
    badges: tuple[Badge, ...]
    is_prive: bool
    is_new: bool
    sent_at: datetime


def bulle_of(ligne: Ligne, reader: int, seen_at: datetime | None) -> Bulle:
    """One line; it is new when another wrote it since this reader’s last visit."""
    is_new = seen_at is not None and ligne.sent_at > seen_at and ligne.auteur != reader
    badges = [BADGES[ligne.nature]] if ligne.nature in BADGES else []
    if ligne.is_procedure:
        badges.append(Badge("procédure standard", "neutre"))
    if is_new:
        badges.append(Badge("nouveau", "info"))
    quoi = en_liste([*ligne.groupes_invites, *ligne.agents_invites])
    return Bulle(
        id=ligne.id,
        auteur=signed_name(ligne.auteur_nom, ligne.signature),
        groupe=ligne.groupe_nom,
        phrase=PHRASES.get(ligne.nature, "").format(quoi=quoi, texte=ligne.texte),
        says_phrase=ligne.nature in PHRASES and (ligne.nature not in BADGES or bool(quoi)),
        texte="" if ligne.nature is Nature.INFORMATION else ligne.texte,
        badges=tuple(badges),
        is_prive=ligne.is_prive,
        is_new=is_new,
        sent_at=ligne.sent_at,
    )


def signed_name(nom: str, signature: str) -> str:
    """Who wrote: for a compte collectif the person who signed, then the account."""
    return f"{signature} ({nom})" if signature else nom or "Administration+"
