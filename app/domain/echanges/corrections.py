"""A message may be corrected after it left: what it said before stays readable by whoever reads it (product §9).

Nobody is told, unless the new words cite them. The line keeps its place and its date, its files and what it did.
"""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed, sign_session
from app.domain.demandes.demande import Demande, hold_demande, read_again, require_living
from app.domain.demandes.voix import find_signature
from app.domain.echanges.citations import list_cites
from app.domain.echanges.fil import Ligne, find_ligne
from app.domain.echanges.saisie import check_length
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.folding import fold
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import Droits, can_correct, can_read_demande, require
from app.domain.regles.statuts import CORRIGEABLES

AILLEURS = (
    "Ce message a été corrigé depuis une autre page\u00a0: relisez-le, puis enregistrez à nouveau si votre correction "
    "tient toujours."
)
CORRECTIONS_MAX = 20
TROP = f"Ce message a déjà été corrigé {CORRECTIONS_MAX} fois\u00a0: écrivez-en un autre."


@dataclass(frozen=True, kw_only=True, repr=False)
class CorrectionSaisie:
    """The new words; `vues`: how many corrections the page showed. The keys of `Invalide.erreurs` are these names."""

    texte: str
    vues: int = 0
    signature: str = ""


def may_correct(droits: Droits, demande: Demande, ligne: Ligne) -> bool:
    """Whether this reader may correct this line."""
    has_words = bool(ligne.texte) and ligne.nature in CORRIGEABLES
    return has_words and can_correct(droits, demande.parties, ligne.auteur, is_prive=ligne.is_prive)


async def get_corrigeable(signed: Signed, demande: Demande, nom: str) -> Ligne:
    """The line of this name. Raises Introuvable for one they do not read, Conflit or Refus when it cannot change."""
    require(can_read_demande(signed.droits, demande.parties))
    ligne = await find_ligne(signed.droits, demande, nom)
    if ligne is None:
        raise Introuvable
    if ligne.auteur == signed.droits.agent:
        require_living(signed, demande)
    require(may_correct(signed.droits, demande, ligne))
    return ligne


CORRECT = """
with avant as (
    insert into corrections (message, texte, signature, corrected_at)
    select id, texte, :signature, :now from messages where id = :ligne
)
update messages set texte = :texte, repere = :repere, agents_cites = :cites where id = :ligne
"""


async def correct(signed: Signed, demande: Demande, nom: str, saisie: CorrectionSaisie, now: datetime) -> int:
    """Put these words in place of those of the line, which are kept; returns the line. The same words twice change
    nothing. Raises Introuvable, Refus, Invalide, Conflit (closed, without mandat, corrected elsewhere meanwhile).
    """
    async with database.transaction():
        await hold_demande(demande.numero)
        agent, held, _ = await read_again(signed, demande.numero)
        ligne = await get_corrigeable(agent, held, nom)
        texte, (signature, missing) = saisie.texte.strip(), find_signature(agent, saisie.signature)
        erreurs = check_length(saisie.texte, "texte")
        if not texte:
            erreurs["texte"] = (
                "Écrivez votre message\u00a0: un message envoyé se corrige, il ne s’efface pas."
            )
        if missing:
            erreurs["signature"] = missing
        if erreurs:
            raise Invalide(erreurs)
        if texte == ligne.texte:
            return ligne.id
        if saisie.vues != len(ligne.corrections):
            raise Conflit(AILLEURS)
        if len(ligne.corrections) >= CORRECTIONS_MAX:
            raise Conflit(TROP)
        cites = await list_cites(held.numero, texte, by=agent.droits.agent, is_prive=ligne.is_prive)
        await database.fetch(
            CORRECT,
            ligne=ligne.id,
            texte=texte,
            repere=fold(texte),
            cites=list(cites),
            signature=signature,
            now=now,
        )
        if signature and signature != agent.signature:
            await sign_session(agent, signature)
        new = [cite for cite in cites if cite not in dict(ligne.cites)]
        await happened(
            Fait.MESSAGE_CORRIGE,
            agent=agent.droits.agent,
            demande=held.numero,
            groupe=ligne.groupe,
            details={"message": ligne.id, **({"cites": new} if new else {})},
            now=now,
        )
        if new:
            contexte = {"groupe": ligne.groupe_nom}
            await tell(Fait.PERSONNE_CITEE, new, demande=held.numero, contexte=contexte, now=now)
    return ligne.id
