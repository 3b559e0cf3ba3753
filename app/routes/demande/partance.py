"""What one sent that others do not read: the answer that is leaving, and those that could not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from math import ceil

from app.domain.demandes.demande import Demande
from app.domain.demandes.vu import Changement, Vu
from app.domain.echanges.departs import Partance, partance_of
from app.domain.echanges.messages import words_of
from app.domain.echanges.redaction import Redaction
from app.domain.mots.dates import heure_precise
from app.domain.pieces_jointes.liste import Pieces
from app.formulaire import Formulaire
from app.routes.demande.contexte import EnPartance
from app.routes.demande.mots import en_liste


def partances_of(redaction: Redaction) -> list[Partance]:
    """The one that is leaving first."""
    return [partance_of(brouillon, Formulaire) for brouillon in redaction.partances]


def seen_with(partances: list[Partance], vu: Vu) -> Vu:
    """What a page that shows them has seen."""
    return next((p.seen_from(vu) for p in partances if p.part_at is not None), vu)


def say_changements(
    changements: Sequence[Changement], demande: Demande, partances: Sequence[Partance]
) -> tuple[Changement, ...]:
    """What changed since an older page of one’s own; what one’s own answer will do is not done before it leaves."""
    moved = {groupe for p in partances if p.part_at is not None for groupe in p.parts}
    noms = {s.nom for s in demande.sollicitations if s.groupe in moved}
    return tuple(
        replace(c, maintenant=f"{c.maintenant}, dès que votre réponse sera partie") if c.quoi in noms else c
        for c in changements
    )


def en_partance_of(
    partance: Partance, pieces: Pieces, now: datetime, zone: tzinfo, *, is_just_sent: bool
) -> EnPartance:
    """As the thread shows it."""
    saisi, part_at = partance.saisi, partance.part_at
    return EnPartance(
        cle=saisi.cle,
        texte=words_of(saisi),
        is_texte=saisi.rapide is None or bool(saisi.motif.strip()),
        is_prive=saisi.is_prive,
        secondes=max(1, ceil((part_at - now).total_seconds())) if part_at else 0,
        heure=heure_precise(part_at, zone) if part_at else "",
        retenue=partance.retenue,
        fichiers=[piece.nom for piece in pieces.waiting(saisi.cle)],
        appeles=en_liste(partance.appeles),
        has_focus=is_just_sent and part_at is not None,
    )
