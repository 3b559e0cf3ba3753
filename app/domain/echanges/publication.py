"""How anything happens in a demande: its line in the thread, what it changes, the journal and the mails, together."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed, sign_session
from app.domain.demandes.brouillons import erase_brouillon
from app.domain.demandes.demande import SANS_MANDAT, Demande, lock_demande
from app.domain.demandes.destinataires import Destinataire, list_destinataires
from app.domain.demandes.voix import Voix
from app.domain.echanges.fil import add_ligne, find_ligne_of
from app.domain.faits.courriels import post_courriels
from app.domain.faits.fait import happened
from app.domain.pieces_jointes.envoi import attach_pieces
from app.domain.regles.errors import Refus
from app.domain.regles.statuts import Nature


@dataclass(frozen=True)
class Publication:
    """What happens: who says it, in which words, under which name (`fait`)."""

    fait: str
    voix: Voix
    cle: UUID
    nature: Nature
    texte: str = ""
    signature: str = ""
    is_prive: bool = False
    is_procedure: bool = False
    groupes: tuple[int, ...] = ()  # asked, or asked again
    agents: tuple[int, ...] = ()  # invited by name
    has_pieces: bool = False  # the files of the form go with it

    @property
    def details(self) -> dict[str, Any]:
        """What the journal keeps besides: ids only."""
        named = {"groupes": list(self.groupes), "agents": list(self.agents)}
        return {name: ids for name, ids in named.items() if ids}


async def publish(
    signed: Signed,
    demande: Demande,
    publication: Publication,
    *,
    change: Callable[[], Awaitable[None]],
    mail_of: Callable[[Destinataire], str | None],
    now: datetime,
    called: Collection[int] = (),
    lock: Callable[[int], Awaitable[None]] = lock_demande,
) -> int:
    """Keep all of it or nothing; the same form sent twice makes it once. Returns the line of the thread.

    `change` writes what the line announces. `mail_of` names the mail an address receives, if any; groupes in
    `called` are told as a whole. Raises Conflit when the lock does (closed meanwhile), Refus when the mandat was
    revoked meanwhile.
    """
    voix = publication.voix
    async with database.transaction():
        await lock(demande.numero)
        ligne = await add_ligne(
            demande.numero,
            voix,
            cle=publication.cle,
            nature=publication.nature,
            texte=publication.texte,
            signature=publication.signature,
            is_prive=publication.is_prive,
            is_procedure=publication.is_procedure,
            groupes_invites=publication.groupes,
            agents_invites=publication.agents,
            now=now,
        )
        if ligne is None:
            deja = await find_ligne_of(demande.numero, publication.cle)
            if deja is None:
                raise Refus(SANS_MANDAT)
            return deja
        await change()
        if publication.has_pieces:
            await attach_pieces(voix.agent, publication.cle, demande=demande.numero, message=ligne, now=now)
        await erase_brouillon(signed, publication.cle)
        if publication.signature and publication.signature != signed.signature:
            await sign_session(signed, publication.signature)
        await happened(
            publication.fait,
            agent=voix.agent,
            demande=demande.numero,
            groupe=voix.groupe,
            details={"message": ligne, **publication.details},
            now=now,
        )
        plis = []
        for who in await list_destinataires(demande.numero, by=voix.agent, called=called):
            fait = None if _is_own_mailbox(who, voix) else mail_of(who)
            if fait is not None:
                plis.append(who.receives(fait))
        await post_courriels(plis, demande=demande.numero, contexte={"groupe": voix.groupe_nom}, now=now)
    return ligne


def _is_own_mailbox(who: Destinataire, voix: Voix) -> bool:
    return who.agent is None and voix.groupe is not None and who.groupes == {voix.groupe}
