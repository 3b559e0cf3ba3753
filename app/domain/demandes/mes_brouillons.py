"""One's own drafts, as their tab lists them (product §7)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import BROUILLONS_MAX, Brouillon, open_brouillon


@dataclass(frozen=True, repr=False)
class Resume:
    """A draft in a list. Any of its words may be empty; the draft of an answer says its demande only."""

    cle: UUID
    demande: int | None
    titre: str
    usager: str
    departement: str
    sujet: str
    organismes: str
    updated_at: datetime
    erased_at: datetime
    is_waiting_for_sms: bool
    retenue: str
    """Why this answer could not leave."""
    texte: str
    """What an answer says so far, for who may read its demande no more."""


LIST = (
    "select * from brouillons where agent = :agent and is_ecrit and part_at is null"
    " order by updated_at desc, id limit :longueur"
)

# Nothing can be joined to a sealed content: the names of what was chosen come in one statement beside it.
NOMS = """
select
    (select json_object_agg(id, nom || ' (' || code || ')') from departements where id = any(:departements))
        as departements,
    (select json_object_agg(id, nom) from sujets where id = any(:sujets)) as sujets,
    (select json_object_agg(id, nom) from groupes where id = any(:groupes)) as groupes
"""


async def list_brouillons(signed: Signed) -> list[Resume]:
    """One's own drafts, last written first."""
    rows = await database.fetch(LIST, agent=signed.droits.agent, longueur=BROUILLONS_MAX)
    brouillons = [b for b in map(open_brouillon, rows) if b is not None]
    noms = await _name_choices(brouillons) if brouillons else {}

    def said(b: Brouillon, champ: str, nom: str) -> list[str]:
        return [noms[champ][un] for un in b.champs.get(nom, []) if un in noms[champ]]

    return [
        Resume(
            cle=b.cle,
            demande=b.demande,
            titre=b.texte("titre"),
            usager=f"{b.texte('prenom')} {b.texte('nom')}".strip(),
            departement="".join(said(b, "departements", "departement")[-1:]),
            sujet="".join(said(b, "sujets", "sujet")[-1:]),
            organismes=", ".join(said(b, "groupes", "groupes")),
            updated_at=b.updated_at,
            erased_at=b.erased_at,
            is_waiting_for_sms=b.is_waiting_for_sms,
            retenue=b.retenue,
            texte=(b.texte("texte") or b.texte("motif")) if b.demande else "",
        )
        for b in brouillons
    ]


async def _name_choices(brouillons: Sequence[Brouillon]) -> dict[str, dict[str, str]]:
    """The names of the départements, sujets and groupes chosen in these drafts, by id as the form writes it."""
    champs = {"departements": "departement", "sujets": "sujet", "groupes": "groupes"}
    chosen = {
        table: sorted(
            {i for b in brouillons for un in b.champs.get(nom, []) if (i := _id_of(un)) is not None}
        )
        for table, nom in champs.items()
    }
    row = await database.fetch_one(NOMS, **chosen)
    assert row is not None
    return {table: json.loads(row[table] or "{}") for table in champs}


def _id_of(texte: str) -> int | None:
    return int(texte) if texte.isascii() and texte.isdecimal() and len(texte) <= 9 else None
