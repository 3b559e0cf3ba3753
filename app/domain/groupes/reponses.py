"""The saved replies of a groupe: written by its instructeurs, for all of them, inserted in an answer.

They hold nothing of an usager: their variables are those of the demande’s number, of the groupe and of who writes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.natures import NatureDonnee
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.faits.scellement import empreinte
from app.domain.groupes.groupe import Groupe
from app.domain.groupes.verrou import hold_groupes
from app.domain.mots.folding import fold
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.regles.errors import Conflit, Disparu, Invalide
from app.domain.regles.permissions import Droits, can_write_reponses, require

TITRE_MAX = 120
TEXTE_MAX = 4_000
REPONSES_MAX = 200  # per groupe: a list that one reads
ECRIRE = "Les réponses enregistrées sont celles des instructeurs du groupe."
#: What a text may ask for, and what it becomes in an answer.
VARIABLES: Mapping[str, str] = {
    "[numéro]": "le numéro de la demande",
    "[organisme]": "le nom du groupe qui répond",
    "[prénom]": "votre prénom",
}
#: A saved reply may say how to reach the service, and who signs.
PERMISES = {NatureDonnee.EMAIL, NatureDonnee.NOM, NatureIdentifiant.TELEPHONE}


@dataclass(frozen=True)
class Reponse:
    """A saved reply of a groupe."""

    id: int
    groupe: int
    groupe_nom: str
    titre: str
    texte: str

    @property
    def vu(self) -> str:
        """What its page has seen, to be said with each act."""
        return empreinte("reponse", self.titre, self.texte)


EFFACEE = "Cette réponse enregistrée n’existe pas, ou n’existe plus\u00a0: elle a peut-être été effacée entre-temps."
CHANGEE = "Cette réponse a changé entre-temps\u00a0: relisez, puis recommencez."

READ = """
select r.id, r.groupe, g.nom as groupe_nom, r.titre, r.texte from reponses r join groupes g on g.id = r.groupe
where r.groupe = any(:groupes) order by r.titre, r.id
"""
COUNT = "select count(*) as nombre from reponses where groupe = :groupe"
SAME = "select from reponses where groupe = :groupe and titre = :titre and texte = :texte"
INSERT = """
insert into reponses (groupe, titre, texte, created_by, created_at) values (:groupe, :titre, :texte, :agent, :now)
"""
UPDATE = "update reponses set titre = :titre, texte = :texte where id = :reponse and groupe = :groupe"
DELETE = "delete from reponses where id = :reponse and groupe = :groupe"


async def list_reponses(droits: Droits, groupes: Collection[int], recherche: str = "") -> list[Reponse]:
    """The replies of these groupes that this agent may use, by title; every word of `recherche` is in each."""
    own = [groupe for groupe in groupes if can_write_reponses(droits, groupe)]
    rows = await database.fetch(READ, groupes=own) if own else []
    words = fold(recherche[:200]).split()
    return [Reponse(**row) for row in rows if _has(words, f"{row['titre']} {row['texte']}")]


async def get_reponse(droits: Droits, groupe: int, reponse: int) -> Reponse:
    """One of them. Raises Refus, Disparu."""
    require(can_write_reponses(droits, groupe), ECRIRE)
    found = [r for r in await list_reponses(droits, [groupe]) if r.id == reponse]
    if not found:
        raise Disparu(EFFACEE)
    return found[0]


async def save_reponse(
    signed: Signed,
    groupe: Groupe,
    titre: str,
    texte: str,
    now: datetime,
    *,
    reponse: int | None = None,
    vu: str = "",
) -> None:
    """Keep a new reply, or what becomes of `reponse`; the very same one again is a repeat. `vu`: what its page showed.

    Raises Refus, Disparu, Conflit when a colleague changed it meanwhile, Invalide on `titre` or `texte`.
    """
    require(can_write_reponses(signed.droits, groupe.id), ECRIRE)
    if erreurs := _faults(titre, texte, now):
        raise Invalide(erreurs)
    named = {"groupe": groupe.id, "titre": titre, "texte": texte}
    async with database.transaction():
        droits = await hold_groupes(signed, [groupe.id])
        require(can_write_reponses(droits, groupe.id), ECRIRE)
        if reponse is not None:
            await _require_seen(droits, groupe.id, reponse, vu)
            await database.fetch(UPDATE, **named, reponse=reponse)
            return
        if await database.fetch(SAME, **named):
            return
        row = await database.fetch_one(COUNT, groupe=groupe.id)
        if row is not None and row["nombre"] >= REPONSES_MAX:
            raise Invalide(
                {"titre": f"{REPONSES_MAX} réponses au plus\u00a0: effacez-en une qui ne sert plus."}
            )
        await database.fetch(INSERT, **named, agent=signed.droits.agent, now=now)


async def delete_reponse(signed: Signed, groupe: Groupe, reponse: int, *, vu: str = "") -> None:
    """Take it away; answers already sent keep their words. Raises Refus, Disparu, Conflit as `save_reponse` does."""
    require(can_write_reponses(signed.droits, groupe.id), ECRIRE)
    async with database.transaction():
        droits = await hold_groupes(signed, [groupe.id])
        await _require_seen(droits, groupe.id, reponse, vu)
        await database.fetch(DELETE, groupe=groupe.id, reponse=reponse)


async def _require_seen(droits: Droits, groupe: int, reponse: int, vu: str) -> None:
    """Raises Conflit when the reply is no longer what the page showed; a page of a former version says nothing."""
    kept = await get_reponse(droits, groupe, reponse)
    if vu and vu != kept.vu:
        raise Conflit(CHANGEE)


def write_in(texte: str, reponse: Reponse, *, numero: int, prenom: str) -> str:
    """What was typed, followed by the reply with its variables said."""
    values = dict(zip(VARIABLES, (str(numero), reponse.groupe_nom, prenom), strict=True))
    said = reponse.texte
    for variable, value in values.items():
        said = said.replace(variable, value)
    return f"{texte.rstrip()}\n\n{said}" if texte.strip() else said


def _has(words: list[str], texte: str) -> bool:
    folded = fold(texte)
    return all(word in folded for word in words)


def _faults(titre: str, texte: str, now: datetime) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    for champ, value, most, missing in (
        ("titre", titre, TITRE_MAX, "Donnez un titre, pour la retrouver."),
        ("texte", texte, TEXTE_MAX, "Écrivez le texte de la réponse."),
    ):
        if not value.strip():
            erreurs[champ] = missing
        elif len(value) > most:
            erreurs[champ] = f"{most} caractères au plus (il y en a {len(value)})."
        else:
            found = find_donnees_personnelles(value, annee=now.astimezone(UTC).year)
            if named := [t.extrait for t in found if t.nature not in PERMISES]:
                erreurs[champ] = (
                    f"«\u00a0{named[0]}\u00a0» ressemble à une donnée personnelle\u00a0: "
                    "une réponse enregistrée ne garde rien d’un usager."
                )
    return erreurs
