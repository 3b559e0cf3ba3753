"""Imports of structures and accounts: kept sealed, previewed, written by lots; twice the same file changes nothing."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from app import database, tables
from app.domain.acces.sessions import Signed
from app.domain.administration.lecture import read_fichier
from app.domain.administration.lignes import (
    Colonne,
    Connus,
    LigneLue,
    find_titres,
    guess_colonnes,
    read_lignes,
)
from app.domain.administration.plan_import import BilanImport, LignePlanifiee, Sort, plan_lignes, write_ligne
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import trousseau
from app.domain.fichiers.tableaux import TableauIllisible, TableauLu
from app.domain.mots.folding import fold
from app.domain.regles.errors import Conflit, Disparu, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require

LOT = 25
DISPARU = "Cet import n’existe pas, ou n’existe plus\u00a0: un collègue l’a peut-être oublié."
RELU = "Un collègue a fait relire ce fichier autrement\u00a0: rien n’est écrit. Voici ce qui le serait maintenant."
#: A request writes for this long, then says how far it is: the rest goes on with the next one.
ECRITURE_SECONDS = 8.0
IMPORTS_DITS = 50


@dataclass(frozen=True)
class OptionsImport:
    """How the file is read. `colonnes`: rank → code of Colonne; `organisme`: code of lines that name none."""

    colonnes: Mapping[str, str]
    organisme: str = ""
    encodage: str = ""
    separateur: str = ""


@dataclass(frozen=True)
class Import:
    """A file brought by the A+ team. `faites`: lines already written, of `total`; `a_ecrire`: how many would change
    something before any was, None when that was never counted.
    """

    id: int
    nom: str
    created_at: datetime
    total: int
    faites: int
    bilan: BilanImport
    ended_at: datetime | None
    options: OptionsImport
    a_ecrire: int | None = None
    rangees: list[list[str]] = field(default_factory=list)
    numeros: list[int] = field(default_factory=list)
    """The number of each row in its sheet."""
    vu: str = ""
    """What a page saw of how the file is read."""

    @property
    def is_commence(self) -> bool:
        """Something may have been written: the way of reading the file does not change any more."""
        return self.faites > 0 or self.ended_at is not None


INSERT = """
insert into imports (nom, created_by, created_at, options, total) values (:nom, :agent, :now, :options, 0) returning id
"""
KEEP = """
update imports set contenu_scelle = :contenu, lignes_scellees = :lignes, options = :options, total = :total,
    a_ecrire = :a_ecrire
where id = :id and faites = 0 and ended_at is null returning id
"""


async def create_import(signed: Signed, nom: str, contenu: bytes | None, now: datetime) -> int:
    """Keep a file and what its columns seem to be; returns the import. Raises Refus, Invalide on `fichier`."""
    require(can_administer(signed.droits))
    if not contenu:
        raise Invalide({"fichier": "Choisissez un fichier CSV, ODS ou XLSX de 10\u00a0Mo au plus."})
    try:
        tableau = await read_fichier(contenu, "", "", par=signed.droits.agent)
    except TableauIllisible as illisible:
        raise Invalide({"fichier": illisible.phrase}) from illisible
    tableau = tableau.list_from(find_titres(tableau.rangees))
    titres = tableau.rangees[0]
    organisme = "france_services" if any("france services" in fold(titre) for titre in titres) else ""
    colonnes = {str(rang): colonne.value for rang, colonne in guess_colonnes(titres).items()}
    options = OptionsImport(colonnes, organisme, "", tableau.separateur)
    a_ecrire = await _count_a_ecrire(tableau, options)
    async with database.transaction():
        [row] = await database.fetch(
            INSERT, nom=nom[:200], agent=signed.droits.agent, now=now, options=json.dumps(asdict(options))
        )
        await _keep(row["id"], contenu, tableau, options, a_ecrire)
        details = {"import": row["id"], "lignes": len(tableau.rangees) - 1}
        await happened(Fait.IMPORT_LU, agent=signed.droits.agent, details=details, now=now)
    return int(row["id"])


async def reread_import(signed: Signed, numero: int, options: OptionsImport) -> None:
    """Read the same file another way. Raises Introuvable, Invalide on `encodage`, Conflit once writing began."""
    require_known(signed)
    row = await database.fetch_one("select contenu_scelle from imports where id = :id", id=numero)
    if row is None or row["contenu_scelle"] is None:
        raise Introuvable
    contenu = trousseau().open(row["contenu_scelle"], f"import:{numero}")
    try:
        tableau = await read_fichier(contenu, options.encodage, options.separateur, par=signed.droits.agent)
    except TableauIllisible as illisible:
        raise Invalide({"encodage": illisible.phrase}) from illisible
    tableau = tableau.list_from(find_titres(tableau.rangees))
    a_ecrire = await _count_a_ecrire(tableau, options)
    if not await _keep(numero, contenu, tableau, options, a_ecrire):
        raise Conflit("Cet import est déjà commencé\u00a0: le fichier ne peut plus être relu autrement.")


async def _keep(
    numero: int, contenu: bytes, tableau: TableauLu, options: OptionsImport, a_ecrire: int
) -> bool:
    rows = {"rangees": tableau.rangees, "numeros": tableau.numeros}
    kept = await database.fetch(
        KEEP,
        id=numero,
        contenu=trousseau().seal(contenu, f"import:{numero}"),
        lignes=trousseau().seal_text(json.dumps(rows), f"import-lignes:{numero}"),
        options=json.dumps(asdict(options)),
        total=len(tableau.rangees) - 1,
        a_ecrire=a_ecrire,
    )
    return bool(kept)


def require_known(signed: Signed) -> None:
    """Raises Introuvable: an import is nothing for whoever does not run the platform."""
    if not can_administer(signed.droits):
        raise Introuvable


_I = tables.Imports
# Never the file, nor its rows where they are not read: fifty imports hold half a gigabyte of them.
SANS_FICHIER = (
    _I.id,
    _I.nom,
    _I.created_at,
    _I.total,
    _I.faites,
    _I.bilan,
    _I.ended_at,
    _I.options,
    _I.a_ecrire,
)


async def get_import(signed: Signed, numero: int) -> Import:
    """One import with its rows. Raises Introuvable."""
    require_known(signed)
    return _import_of(await _get_row(numero), with_rows=True)


async def _get_row(numero: int) -> Any:
    row = await _I.select(*SANS_FICHIER, _I.lignes_scellees).where(_I.id == numero).first()
    if row is None or row["lignes_scellees"] is None:
        raise Introuvable
    return row


async def list_imports(signed: Signed) -> list[Import]:
    """The last ones, without their rows. Raises Refus."""
    require(can_administer(signed.droits))
    rows = await _I.select(*SANS_FICHIER).order_by(_I.id, ascending=False).limit(IMPORTS_DITS)
    return [_import_of(row) for row in rows]


def _import_of(row: Any, *, with_rows: bool = False) -> Import:
    rows: Any = {}
    if with_rows:
        rows = json.loads(trousseau().open_text(row["lignes_scellees"], f"import-lignes:{row['id']}"))
        if isinstance(rows, list):  # kept before rows had numbers
            rows = {"rangees": rows, "numeros": [*range(1, len(rows) + 1)]}
        rows["vu"] = row["lignes_scellees"][:SCEAU].hex()
    return Import(
        id=row["id"],
        nom=row["nom"],
        created_at=row["created_at"],
        total=row["total"],
        faites=row["faites"],
        bilan=BilanImport(**json.loads(row["bilan"])),
        ended_at=row["ended_at"],
        options=OptionsImport(**json.loads(row["options"])),
        a_ecrire=row["a_ecrire"],
        **rows,
    )


NOMS = """
select 'organisme' as sorte, code, sigle as nom, nom as autre from organismes
union all select 'departement', code, code, nom from departements
"""


async def load_connus() -> Connus:
    """The organismes and the départements that a file may name."""
    rows = await database.fetch(NOMS)
    organismes = [row for row in rows if row["sorte"] == "organisme"]
    departements = [row for row in rows if row["sorte"] == "departement"]

    def by_name(named: Sequence[Any]) -> dict[str, str]:
        return {fold(mot): row["code"] for row in named for mot in (row["code"], row["nom"], row["autre"])}

    sigles = {row["code"]: row["nom"] for row in organismes}
    return Connus(sigles, by_name(organismes), by_name(departements))


async def plan_import(lu: Import, connus: Connus) -> list[LignePlanifiee]:
    """What writing would do to each line; nothing is written."""
    return await plan_lignes(await _read(lu, lu.options, connus))


async def _read(lu: Import | TableauLu, options: OptionsImport, connus: Connus) -> list[LigneLue]:
    """Every line. Ten thousand take half a second of the processor: a thread, so that nobody waits for them."""
    colonnes = {int(rang): Colonne(code) for rang, code in options.colonnes.items()}
    return await asyncio.to_thread(read_lignes, lu.rangees, lu.numeros, colonnes, options.organisme, connus)


async def _count_a_ecrire(lu: Import | TableauLu, options: OptionsImport) -> int:
    planned = await plan_lignes(await _read(lu, options, await load_connus()))
    return sum(one.sort in {Sort.CREER, Sort.MODIFIER} for one in planned)


# Each sealing begins with its own nonce: as long as it is the same, what was read before is what is kept.
SCEAU = 64
HOLD = """
select id, nom, created_at, total, faites, bilan, ended_at, options, a_ecrire,
    substr(lignes_scellees, 1, :sceau::integer) as sceau
from imports where id = :id for update
"""
ADVANCE = """
update imports set faites = :faites, bilan = :bilan, ended_at = :ended_at,
    contenu_scelle = case when :ended_at::timestamptz is null then contenu_scelle end
where id = :id
"""


async def write_import(signed: Signed, numero: int, now: datetime, *, vu: str = "") -> Import:
    """Write the next lines, lot after lot, for as long as a request may last; asked again, it goes on from there.

    A lot is kept whole or not at all: killed in the middle, nothing is written twice. `vu` is how its page saw the file
    read; a page of a former version says nothing of it. Raises Introuvable, Conflit when it is read otherwise since.
    """
    require_known(signed)
    until = time.monotonic() + ECRITURE_SECONDS
    lignes, sceau = await _read_kept(numero)
    while True:
        if vu and vu != sceau.hex():
            raise Conflit(RELU)
        lu, now_kept = await _write_lot(signed, numero, lignes, sceau, now)
        if lu.ended_at is not None:
            await _recount()
            return lu
        if time.monotonic() > until:
            return lu
        if now_kept != sceau:
            lignes, sceau = await _read_kept(numero)


async def _read_kept(numero: int) -> tuple[list[LigneLue], bytes]:
    """The lines as they are kept, and the mark of their sealing. Raises Introuvable."""
    row = await _get_row(numero)
    lu = _import_of(row, with_rows=True)
    return await _read(lu, lu.options, await load_connus()), row["lignes_scellees"][:SCEAU]


COUNTED = "update imports set a_ecrire = :a_ecrire where id = :id and faites = 0 and ended_at is null"


async def _recount() -> None:
    """The same file read twice: once the first is written, the second has nothing to write any more.

    The last ones brought, for as long as a request may last: what is left keeps its former count.
    """
    until = time.monotonic() + ECRITURE_SECONDS
    waits = _I.ended_at.is_null() & (_I.faites == 0) & ((_I.a_ecrire != 0) | _I.a_ecrire.is_null())
    waiting = _I.select(_I.id).where(waits & _I.lignes_scellees.is_not_null())
    for found in await waiting.order_by(_I.id, ascending=False).limit(IMPORTS_DITS):
        with suppress(Introuvable):  # another one forgot it meanwhile
            lu = _import_of(await _get_row(found["id"]), with_rows=True)
            await database.fetch(COUNTED, id=lu.id, a_ecrire=await _count_a_ecrire(lu, lu.options))
        if time.monotonic() > until:
            return


async def _write_lot(
    signed: Signed, numero: int, lignes: Sequence[LigneLue], sceau: bytes, now: datetime
) -> tuple[Import, bytes]:
    """Write the next ones of these lines, unless the file was read another way since: says which sealing is kept."""
    async with database.transaction():
        row = await database.fetch_one(HOLD, id=numero, sceau=SCEAU)
        if row is None or row["sceau"] is None:
            raise Introuvable
        lu = _import_of(row)
        if lu.ended_at is not None or row["sceau"] != sceau:
            return lu, row["sceau"]
        faites, bilan = min(lu.faites + LOT, lu.total), lu.bilan
        for planned in await plan_lignes(lignes[lu.faites : faites]):
            bilan = await write_ligne(signed, planned, bilan, now)
        ended_at = now if faites == lu.total else None
        await database.fetch(
            ADVANCE, id=numero, faites=faites, bilan=json.dumps(asdict(bilan)), ended_at=ended_at
        )
        if ended_at is not None:
            details = {
                "import": numero,
                "lignes": lu.total,
                "crees": bilan.groupes,
                "mis_a_jour": bilan.mis_a_jour,
            }
            await happened(Fait.IMPORT_ECRIT, agent=signed.droits.agent, details=details, now=now)
    return replace(lu, faites=faites, bilan=bilan, ended_at=ended_at), sceau


async def drop_import(signed: Signed, numero: int) -> None:
    """Forget the file; what was written stays. Raises Introuvable."""
    require_known(signed)
    if not await database.fetch("delete from imports where id = :id returning id", id=numero):
        raise Disparu(DISPARU)


def list_of(planned: Sequence[LignePlanifiee], sort: Sort) -> list[LignePlanifiee]:
    """The lines of one tab; those « à vérifier » are written, with a remark, and stand in another tab too."""
    if sort is Sort.VERIFIER:
        return [ligne for ligne in planned if ligne.ligne.remarques and ligne.sort is not Sort.ERREUR]
    return [ligne for ligne in planned if ligne.sort is sort]
