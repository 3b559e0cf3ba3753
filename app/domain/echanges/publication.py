"""How anything happens in a demande: its line in the thread, what it changes, the journal and the mails, together."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import database
from app.domain.acces.sessions import Signed, sign_session
from app.domain.demandes.brouillons import Brouillon, erase_brouillon
from app.domain.demandes.demande import SANS_MANDAT, lock_demande
from app.domain.demandes.destinataires import Destinataire, find_pli, list_destinataires
from app.domain.demandes.voix import Voix
from app.domain.echanges.fil import add_ligne, find_ligne_of
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.courriels import post_courriels, tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.pieces_jointes.envoi import attach_pieces
from app.domain.regles.errors import Conflit

SANS_LIGNE = 0
Change = Callable[[], Awaitable[Mapping[str, Any] | None]]
Lock = Callable[[int], Awaitable[None]]


@dataclass(frozen=True)
class Publication:
    """What happens, in which demande, who says it and in which words.

    `details` is what the journal keeps beside who was called (ids and codes only), `contexte` what the mails say
    beside the number and the groupe.
    """

    fait: Fait
    demande: int
    voix: Voix
    ecrit: Ecrit
    groupes: tuple[int, ...] = ()  # asked, or asked again: told as a whole, whoever took charge there before
    agents: tuple[int, ...] = ()  # invited by name
    cites: tuple[int, ...] = ()  # named in the words: told that they are, instead of what the others are told
    has_pieces: bool = False  # the files of the form go with it
    details: Mapping[str, Any] = field(default_factory=dict)
    contexte: Mapping[str, str] = field(default_factory=dict)


async def publish(
    publication: Publication,
    *,
    now: datetime,
    signed: Signed | None = None,
    change: Change | None = None,
    lock: Lock | None = lock_demande,
) -> int:
    """Keep all of it or nothing; the same form sent twice makes it once. Returns the line of the thread.

    The registry says what the thread shows and who is told; SANS_LIGNE is returned for a fait that writes no line.
    `signed` is whose form it is: its draft goes, who signed is remembered; an act that comes from no form has none.
    `change` writes what the line announces, and gives what the journal keeps of it, if anything. `lock` is None when
    the caller holds the demande already. Raises Conflit when the lock does (closed meanwhile), and when the mandat was
    revoked meanwhile.
    """
    async with database.transaction():
        if lock is not None:
            await lock(publication.demande)
        ligne, is_new = await _write_ligne(publication, now)
        if not is_new:
            return ligne
        changed = await change() if change is not None else None
        if signed is not None:
            await _follow_form(publication, signed, ligne, now)
        await _journal(publication, ligne, changed or {}, now)
        await _tell(publication, now)
    return ligne


async def _write_ligne(publication: Publication, now: datetime) -> tuple[int, bool]:
    """The line of this publication, and whether it is written now; the same form may have made it before."""
    fil = publication.fait.fiche.fil
    if fil is None:
        return SANS_LIGNE, True
    ligne = await add_ligne(
        publication.demande,
        publication.voix,
        publication.ecrit,
        fil.nature,
        groupes_invites=publication.groupes,
        agents_invites=publication.agents,
        agents_cites=publication.cites,
        now=now,
    )
    if ligne is not None:
        return ligne, True
    deja = await find_ligne_of(publication.demande, publication.ecrit.cle)
    if deja is None:
        raise Conflit(SANS_MANDAT)
    return deja, False


async def _follow_form(publication: Publication, signed: Signed, ligne: int, now: datetime) -> None:
    """The files of the form go with its line, its draft goes, and who signed it is remembered for the session."""
    cle = publication.ecrit.cle
    await attach_pieces(
        signed.droits.agent,
        cle if publication.has_pieces else None,
        demande=publication.demande,
        message=ligne,
        brouillon=cle,
        now=now,
    )
    await _remember_signature(signed, publication.ecrit)


async def leave_form(signed: Signed, ecrit: Ecrit) -> Brouillon | None:
    """This form leaves: its draft is erased and given, and who signed is remembered for the session."""
    erased = await erase_brouillon(signed, ecrit.cle)
    await _remember_signature(signed, ecrit)
    return erased


async def _remember_signature(signed: Signed, ecrit: Ecrit) -> None:
    if ecrit.signature and ecrit.signature != signed.signature:
        await sign_session(signed, ecrit.signature)


async def _journal(publication: Publication, ligne: int, changed: Mapping[str, Any], now: datetime) -> None:
    called = {
        "groupes": list(publication.groupes),
        "agents": list(publication.agents),
        "cites": list(publication.cites),
    }
    await happened(
        publication.fait,
        agent=publication.voix.agent,
        demande=publication.demande,
        groupe=publication.voix.groupe,
        details={
            **({"message": ligne} if ligne != SANS_LIGNE else {}),
            **{name: ids for name, ids in called.items() if ids},
            **publication.details,
            **changed,
        },
        now=now,
    )


async def _tell(publication: Publication, now: datetime) -> None:
    fait, voix, groupes = publication.fait, publication.voix, publication.groupes
    if not fait.fiche.avis:
        return
    if publication.cites:
        contexte = {"groupe": voix.groupe_nom}
        await tell(
            Fait.PERSONNE_CITEE, publication.cites, demande=publication.demande, contexte=contexte, now=now
        )
    plis = []
    for who in await list_destinataires(publication.demande, by=voix.agent, called=groupes):
        pli = find_pli(
            fait,
            who,
            agents=publication.agents,
            groupes=groupes,
            has_words=bool(publication.ecrit.texte),
            is_prive=publication.ecrit.is_prive,
        )
        is_cited = who.agent is not None and who.agent in publication.cites
        if pli is not None and not is_cited and not _is_own_mailbox(who, voix):
            plis.append(pli)
    await post_courriels(
        plis,
        demande=publication.demande,
        contexte={"groupe": voix.groupe_nom, **publication.contexte},
        now=now,
        is_urgent=fait.fiche.is_urgent,
    )


def _is_own_mailbox(who: Destinataire, voix: Voix) -> bool:
    return who.agent is None and voix.groupe is not None and who.groupes == {voix.groupe}
