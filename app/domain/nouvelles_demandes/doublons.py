"""« Votre collègue X suit déjà une demande proche » : within my groupe only, never across groupes (product §5.7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed

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
