"""« Votre collègue X suit déjà une demande proche » : within my groupe only, never across groupes (product §5.7)."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.faits.scellement import empreinte
from app.domain.mots.folding import fold

MOST = 5


@dataclass(frozen=True)
class Doublon:
    """An open demande of my groupe for the same usager. Metadata only; `is_lisible`: I may open it."""

    numero: int
    sent_at: datetime
    auteur: str
    courriel: str
    is_mienne: bool
    is_lisible: bool
    groupes: str


DOUBLONS = """
select d.numero, d.sent_at, trim(a.prenom || ' ' || a.nom) as auteur, a.email as courriel,
    d.auteur = :agent as is_mienne,
    exists (select from positions p where p.agent = :agent and p.demande = d.numero) as is_lisible,
    coalesce((select string_agg(g.nom, ', ' order by s.id) from sollicitations s join groupes g on g.id = s.groupe
        where s.demande = d.numero), '') as groupes
from demandes d join agents a on a.id = d.auteur
where d.usager_empreinte = :usager and d.groupe = :groupe and d.closed_at is null and d.formulaire <> :formulaire
order by d.sent_at desc limit :longueur
"""


def empreinte_usager(prenom: str, nom: str, naissance: str) -> str | None:
    """Keyed hash of the folded identity; None while it is not whole.

    Words in any order, hyphens or not; of the birth, the year when there is one: « 1968 » and « 12/03/1968 »
    are the same usager. Two homonyms of one year in one groupe bring a warning too many, never a refusal.
    """
    identite = " ".join(sorted(re.findall(r"\w+", fold(f"{prenom} {nom}"))))
    annees = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", fold(naissance))
    date = annees[-1] if annees else fold(naissance)
    if not (prenom and nom and identite and date):
        return None
    return empreinte("usager", identite, date)


async def list_doublons(signed: Signed, groupe: int, usager: str | None, formulaire: UUID) -> list[Doublon]:
    """The open demandes of `groupe`, one of my own, for the usager of this empreinte; the form itself left out."""
    if usager is None or groupe not in signed.droits.groupes:
        return []
    rows = await database.fetch(
        DOUBLONS,
        agent=signed.droits.agent,
        usager=usager,
        groupe=groupe,
        formulaire=formulaire,
        longueur=MOST,
    )
    return [Doublon(**dict(row)) for row in rows]
