"""On whose behalf someone writes in a demande: which side, which groupe, which signature (product §3, §4)."""

import re
from dataclasses import dataclass

from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.demandes.sollicitations import find_part
from app.domain.regles.permissions import is_instructeur, is_on_aidant_side
from app.domain.regles.places import Cote

SIGNATURE_MAX = 200
#: A first name, a name and a service are three words at least (S3).
SIGNATURE_MOTS = 3
EQUIPE = "Équipe Administration+"


@dataclass(frozen=True)
class Voix:
    """Who speaks; `part` is the part an instructeur answers for. No agent: the platform itself."""

    agent: int | None
    cote: Cote
    groupe: int | None
    groupe_nom: str
    part: Sollicitation | None = None


PLATEFORME = Voix(None, Cote.PLATEFORME, None, "Administration+")


def choose_voix(
    signed: Signed, demande: Demande, *, groupe: int | None = None, is_instruction: bool = False
) -> Voix:
    """The voice of this agent. Who stands on both sides speaks as aidant, unless they name the groupe they
    instruct for or do what only instructeurs do. Raises Refus for a groupe that is not theirs here.
    """
    droits = signed.droits
    if is_on_aidant_side(droits, demande.parties) and groupe is None and not is_instruction:
        own = _own_groupe(signed, demande)
        return Voix(droits.agent, Cote.AIDANT, own, _nom(signed, own))
    if is_instructeur(droits, demande.parties):
        part = find_part(droits, demande, groupe)
        if part is not None:
            return Voix(droits.agent, Cote.INSTRUCTEUR, part.groupe, part.nom, part)
        own = next((m.groupe for m in signed.appartenances if m.is_instructeur), None)
        return Voix(droits.agent, Cote.INSTRUCTEUR, own, _nom(signed, own))
    return Voix(droits.agent, Cote.EXPERT, None, EQUIPE)


def remembered_signature(signed: Signed) -> str:
    """Who signs for a compte collectif, as this session last said it; empty for a person’s own account."""
    return signed.signature if signed.droits.is_collectif else ""


def find_signature(signed: Signed, typed: str) -> tuple[str, str]:
    """Who signs for a compte collectif, and the sentence that says what is missing (empty: nothing is)."""
    if not signed.droits.is_collectif:
        return "", ""
    signature = " ".join(typed.split()) or signed.signature
    if not signature:
        return "", "Ce compte est partagé : indiquez qui signe (prénom, nom et service)."
    if len(re.findall(r"[^\W\d_]{2,}", signature)) < SIGNATURE_MOTS:
        return (
            signature,
            "Indiquez prénom, nom et service de qui signe. Exemple\u00a0: Marie Le Bihan, accueil.",
        )
    if len(signature) > SIGNATURE_MAX:
        return signature, f"La signature dépasse {SIGNATURE_MAX} caractères."
    return signature, ""


def _own_groupe(signed: Signed, demande: Demande) -> int | None:
    mine = [m.groupe for m in signed.appartenances if m.is_aidant] or [m.groupe for m in signed.appartenances]
    if demande.groupe in signed.droits.groupes:
        return demande.groupe
    return mine[0] if mine else None


def _nom(signed: Signed, groupe: int | None) -> str:
    return next((m.nom for m in signed.appartenances if m.groupe == groupe), "")
