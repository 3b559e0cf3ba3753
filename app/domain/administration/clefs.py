"""A new key: everything sealed by a former one is sealed again with the first of DATA_KEYS.

It may be stopped and run again at any moment, and while the site runs: a row is written only if nobody wrote it
meanwhile. Once it finds nothing left, the former key may go, but for the journal, which keeps its seals twelve months.
"""

from dataclasses import dataclass

from app import database
from app.chiffrement import Illisible
from app.coffre import ContenuAbsent
from app.domain.faits.scellement import trousseau
from app.domain.pieces_jointes.depot import coffre

LOT = 200


@dataclass(frozen=True)
class Scelle:
    """One sealed column; `contexte` says in SQL what its content is bound to."""

    table: str
    colonne: str
    contexte: str

    @property
    def older(self) -> str:
        """Finds what a former key sealed in it."""
        return f"""
        select id::text as id, {self.contexte} as contexte, {self.colonne} as scelle from {self.table}
        where length({self.colonne}) > 0 and substring({self.colonne} from 1 for :taille) <> :debut
            and id::text <> all(:lues::text[])
        order by id limit :lot
        """

    @property
    def write(self) -> str:
        """Seals it again where nobody wrote meanwhile."""
        return f"""
        update {self.table} t set {self.colonne} = v.neuf
        from unnest(:ids::text[], :anciens::bytea[], :neufs::bytea[]) as v (id, ancien, neuf)
        where t.id::text = v.id and t.{self.colonne} = v.ancien
        """


SCELLES = (
    Scelle("usager_informations", "valeur_scellee", "concat('usager_information:', demande, ':', nature)"),
    Scelle("seconds_facteurs", "secret_scelle", "concat('second_facteur:', agent)"),
    Scelle("sessions", "identite_scellee", "concat('session:', cle)"),
    Scelle("brouillons", "contenu_scelle", "concat('brouillon:', id)"),
    Scelle("mandats", "contexte_scelle", "concat('mandat:', id)"),
    Scelle("jetons", "webhook_secret_scelle", "concat('jeton:', id)"),
    Scelle("imports", "contenu_scelle", "concat('import:', id)"),
    Scelle("imports", "lignes_scellees", "concat('import-lignes:', id)"),
    Scelle("courriels", "contexte_scelle", "concat('courriel:', id)"),
    Scelle("sms", "contenu_scelle", "concat('sms:', id)"),
    Scelle("rappels", "corps_scelle", "concat('rappel:', id)"),
    Scelle("conversations", "visiteur_scelle", "concat('conversation:', jeton)"),
    Scelle("paroles", "texte_scelle", "concat('parole:', cle)"),
    Scelle("posts_scelles", "corps_scelle", "concat('post_scelle:', id)"),
)


@dataclass
class Rotation:
    """What was sealed again, and what no key of DATA_KEYS opens."""

    scelles: int = 0
    illisibles: int = 0


async def reseal_columns() -> Rotation:
    """Every column that a former key sealed."""
    rotation = Rotation()
    for scelle in SCELLES:
        await _reseal(scelle, rotation)
    return rotation


async def _reseal(scelle: Scelle, rotation: Rotation) -> None:
    debut, lues = trousseau().header, list[str]()
    while rows := await database.fetch(scelle.older, taille=len(debut), debut=debut, lues=lues, lot=LOT):
        ids, anciens, neufs = [], [], []
        for row in rows:
            try:
                neuf = trousseau().reseal(row["scelle"], row["contexte"])
            except Illisible:
                lues.append(row["id"])
                rotation.illisibles += 1
                continue
            ids.append(row["id"])
            anciens.append(row["scelle"])
            neufs.append(neuf)
        if ids:
            await database.fetch(scelle.write, ids=ids, anciens=anciens, neufs=neufs)
            rotation.scelles += len(ids)


async def reseal_files() -> Rotation:
    """Every file of the store that a former key sealed. Raises CoffreIndisponible."""
    rotation, store = Rotation(), coffre()
    async for depot in store.list_depots():
        try:
            rotation.scelles += await store.reseal(depot.cle)
        except ContenuAbsent:
            # It was erased meanwhile, as it should be.
            continue
        except Illisible:
            rotation.illisibles += 1
    return rotation
