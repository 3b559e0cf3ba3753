"""The quick answers of an instructeur: one row each (product §7; S1, S2).

`messages.answer_quickly` gives them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.demandes import sollicitations
from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.faits.registre import Fait
from app.domain.regles.mots_fermes import MotFerme


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """What is said before an answer that binds the whole service; {groupe} is its name.

    `aide` stands beside the word of explanation, `confirmer` is the button.
    """

    phrase: str
    suite: str
    aide: str
    confirmer: str
    invites_first: bool = False
    """Somebody else should rather be invited: the page leads there."""


@dataclass(frozen=True)
class Acteurs:
    """Who gives a quick answer, and the colleague it names (0 for none)."""

    par: int
    collegue: int = 0


@dataclass(frozen=True, kw_only=True)
class FicheRapide:
    """The row of one quick answer: its button, what the thread then says, and what it does to the part.

    `bouton_terminee` is its button on a part that has ended; empty when it is not offered there. `record` returns
    False when a colleague ended the part meanwhile; `is_done` says whether the part still is as this answer of this
    agent left it. Without `engagement` one click is enough.
    """

    fait: Fait
    bouton: str
    bouton_terminee: str = ""
    texte: str
    record: Callable[[Demande, Sollicitation, Acteurs, datetime], Awaitable[bool]]
    is_done: Callable[[Sollicitation, Acteurs], bool]
    engagement: Engagement | None = None
    needs_part: bool = False
    """Only the groupe itself may give it, not somebody invited by name."""
    is_given_once: bool = False
    """It is not offered again to who gave it, while the part is open."""
    phrase_refus: str = "{groupe} a déjà terminé sa part\u00a0: relisez les derniers messages."
    """Why `record` refused, when a colleague was first."""
    bouton_suivie: str = ""
    """Its button on a part that a colleague, {qui}, follows."""
    is_for_taker: bool = False
    """Only to who follows the part, while it is open."""
    has_collegue: bool = False
    """It names a colleague of the groupe, who follows the part from then on."""

    def bouton_for(self, part: Sollicitation, reader: int) -> str:
        """The words of the button on this part for this agent; empty when it is not offered."""
        if not part.is_open:
            return self.bouton_terminee
        if self.is_for_taker or (self.is_given_once and part.taken_by_id == reader):
            return self.bouton if self.is_for_taker and part.taken_by_id == reader else ""
        return (
            self.bouton_suivie.format(qui=part.taken_by)
            if part.taken_by and self.bouton_suivie
            else self.bouton
        )


async def _take(demande: Demande, part: Sollicitation, qui: Acteurs, now: datetime) -> bool:
    await sollicitations.record_prise_en_charge(demande, part, qui.par, now)
    return True


async def _release(demande: Demande, part: Sollicitation, qui: Acteurs, _: datetime) -> bool:
    return await sollicitations.record_release(demande, part, qui.par)


async def _hand_over(demande: Demande, part: Sollicitation, qui: Acteurs, now: datetime) -> bool:
    return await sollicitations.record_remise(demande, part, qui.par, qui.collegue, now)


async def _decline(demande: Demande, part: Sollicitation, _: Acteurs, now: datetime) -> bool:
    return await sollicitations.record_declin(demande, part, now)


class ReponseRapide(MotFerme):
    """The quick answers, in the order of their buttons."""

    fiche: FicheRapide

    # A visible answer that counts for the delay, but the groupe keeps the ball.
    PRISE_EN_CHARGE = (
        "prise_en_charge",
        FicheRapide(
            fait=Fait.PRISE_EN_CHARGE,
            bouton="Je m’en occupe",
            bouton_terminee="Je m’en occupe finalement",
            texte="Je m’en occupe.",
            record=_take,
            is_done=lambda part, qui: part.is_open and part.taken_by_id == qui.par,
            is_given_once=True,
            bouton_suivie="Suivie par {qui}\u00a0: reprendre\u00a0?",
        ),
    )
    # The groupe still owes its answer; only nobody in it follows the demande any more.
    RENDUE = (
        "rendue",
        FicheRapide(
            fait=Fait.PART_RENDUE,
            bouton="Je ne m’en occupe plus",
            texte="Je ne m’en occupe plus\u00a0: un collègue prendra la suite.",
            record=_release,
            is_done=lambda part, qui: part.taken_by_id != qui.par,
            needs_part=True,
            is_for_taker=True,
            phrase_refus="Vous ne suivez pas cette demande pour {groupe}\u00a0: un collègue a pu la reprendre.",
        ),
    )
    # The groupe keeps the turn and its delay: only who follows changes.
    CONFIEE = (
        "confiee",
        FicheRapide(
            fait=Fait.PART_CONFIEE,
            bouton="Confier à un collègue",
            texte="Je passe la main à un collègue.",
            record=_hand_over,
            is_done=lambda part, qui: part.is_open and part.taken_by_id == qui.collegue,
            needs_part=True,
            is_for_taker=True,
            has_collegue=True,
            engagement=Engagement(
                phrase="{groupe} garde la demande et son délai.",
                suite="Votre collègue la suit à votre place et en est prévenu.",
                aide="L’aidant lira ce mot et le nom de votre collègue.",
                confirmer="Confier la demande",
            ),
            phrase_refus="Vous ne suivez plus cette demande pour {groupe}, ou ce collègue n’en est plus\u00a0: "
            "relisez les derniers messages.",
        ),
    )
    # It ends the part of the whole groupe (S2).
    DECLINEE = (
        "declinee",
        FicheRapide(
            fait=Fait.SOLLICITATION_DECLINEE,
            bouton="Je ne suis pas le bon interlocuteur",
            texte="Je ne suis pas le bon interlocuteur\u00a0: notre organisme n’est pas concerné par cette demande.",
            record=_decline,
            is_done=lambda part, _: part.part.declinee_at is not None,
            needs_part=True,
            engagement=Engagement(
                phrase="Votre réponse engage tout le service {groupe}.",
                suite="Sa part sera terminée et vos collègues ne verront plus la demande parmi celles en cours.",
                aide="Laissé vide, l’aidant lira que votre organisme n’est pas concerné.",
                confirmer="Confirmer\u00a0: {groupe} n’est pas le bon interlocuteur",
                invites_first=True,
            ),
        ),
    )
