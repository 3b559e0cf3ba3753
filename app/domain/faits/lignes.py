"""What the thread shows of a line, whichever fait made it."""

from app.domain.faits.fiches import AuFil
from app.domain.faits.registre import Fait
from app.domain.regles.statuts import Nature

#: Two faits may make the same kind of line (a message, reserved or not); both then say it in the same words.
FIL: dict[Nature, AuFil] = {fait.fiche.fil.nature: fait.fiche.fil for fait in Fait if fait.fiche.fil}
