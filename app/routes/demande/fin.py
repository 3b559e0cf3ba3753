"""What closing ends, said before it is done: what goes, when, and what stays (product §2). Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.demandes.demande import Demande
from app.domain.mots import dates
from app.domain.pieces_jointes.liste import Pieces
from app.templating import pluriel


def echeances_of(
    demande: Demande, pieces: Pieces, retention: timedelta, now: datetime, zone: ZoneInfo
) -> list[tuple[str, str]]:
    """What, and until when it would be kept if the demande were closed now."""
    kept = [piece.expires_at for piece in pieces.envoyees if not piece.is_erased]
    quand = f"{dates.jour(max(kept), zone)} au plus tard" if kept else ""
    files = [(pluriel(len(kept), "pièce jointe", "pièces jointes"), quand)] if kept else []
    is_counted = not demande.is_declinee_by_all
    return [
        *files,
        (
            "Usager, titre, textes et mandat",
            f"{dates.jour(now + retention, zone)}, {retention.days} jours après la clôture",
        ),
        ("Qui a participé, dates, organismes et délais", "gardés, sans rien de l’usager"),
        (
            "Votre avis",
            "gardé à part avec l’organisme, le département et le mois, sans votre nom ni le numéro de la demande"
            if is_counted
            else "n’est compté pour personne\u00a0: aucun organisme n’était concerné",
        ),
    ]
