"""The end of the personal data of a closed demande (product §2; quality R6).

Killed at any step, it is taken up again where it was: the demande says that its data are going, the files leave the
store, then one transaction takes every row and says so last. What figures are made of stays, and a trace in the store
for a base restored from an older copy.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app import database
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles
from app.domain.echanges.clotures import close_alone
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.figures.sommes import measure_missing
from app.domain.oubli import traces
from app.domain.pieces_jointes.effacement import erase_pieces_of
from app.settings import get_settings

LOT = 100


class Raison(StrEnum):
    """Why the data went. The value is kept in `effacements`."""

    DELAI = "delai"
    USAGER = "usager"


# What no trigger measured is measured first: its messages tell the figures.
DUES = """
select d.numero from demandes d
where d.erased_at is null and d.closed_at <= :before and d.numero > :after
    and exists (select from suivis_demandes v where v.demande = d.numero)
    and not exists (select from sollicitations s left join suivis v on v.sollicitation = s.id
        where s.demande = d.numero and v.sollicitation is null)
order by d.numero limit :lot
"""
COUNT_DUES = "select count(*) as nombre from demandes where erased_at is null and closed_at <= :before"
# Also what an earlier run began, whatever began it.
BEGUN = """
select numero from demandes where effacement_at is not null and erased_at is null and numero > :after
order by numero limit :lot
"""
BEGIN = """
with commencee as (
    update demandes set effacement_at = :now
    where numero = :numero and closed_at is not null and erased_at is null and effacement_at is null
    returning numero
)
insert into effacements (demande, raison, begun_at) select numero, :raison, :now from commencee
on conflict (demande) do nothing
"""


def retention() -> timedelta:
    """How long personal data stay after the closing."""
    return timedelta(days=get_settings().retention_days)


async def erase_due(now: datetime) -> int:
    """Erase the demandes closed for `retention_days`, and finish what was begun; how many.

    Safe to kill at any step, to run twice and twice at once. Raises CoffreIndisponible when the store fails again and
    again: what was begun is finished at the next run.
    """
    while await measure_missing():
        pass
    after = 0
    while rows := await database.fetch(DUES, before=now - retention(), after=after, lot=LOT):
        for row in rows:
            after = row["numero"]
            await begin_erasure(after, Raison.DELAI, now)
    return await finish_begun(now)


async def begin_erasure(numero: int, raison: Raison, now: datetime) -> None:
    """From here on nothing reopens this closed demande, and the next run erases it."""
    await database.fetch(BEGIN, numero=numero, raison=raison.value, now=now)


IS_OPEN = "select 1 from demandes where numero = :numero and closed_at is null"


async def end_and_begin(numero: int, raison: Raison, phrase: str, now: datetime) -> None:
    """The same for an open demande, which is closed first; `phrase` says why."""

    async def is_open() -> bool:
        return await database.fetch_one(IS_OPEN, numero=numero) is not None

    await close_alone(numero, phrase, still=is_open, now=now)
    await begin_erasure(numero, raison, now)


async def finish_begun(now: datetime) -> int:
    """Erase every demande whose erasure was begun; how many."""
    erased, after = 0, 0
    while rows := await database.fetch(BEGUN, after=after, lot=LOT):
        for row in rows:
            after = row["numero"]
            erased += await finish_erasure(after, now)
    return erased


async def count_due(now: datetime) -> int:
    """How many demandes `erase_due` would erase at this instant."""
    [row] = await database.fetch(COUNT_DUES, before=now - retention())
    return int(row["nombre"])


# The store is slow, and holds no transaction: the bytes go first. A file that came meanwhile waits for the next run.
LOCK = """
select numero, departement, usager_prenom, usager_nom, sent_at, closed_at from demandes
where numero = :numero and effacement_at is not null and erased_at is null for no key update
"""
HAS_FILES = "select 1 from pieces_jointes where demande = :numero and erased_at is null limit 1"

#: What goes with a demande, by the column of the certificate that counts it, in the order of the keys between tables.
GOES: Mapping[str, str] = {
    "sms": "delete from sms where mandat in (select id from mandats where demande = :numero)",
    "fichiers": "delete from pieces_jointes where demande = :numero",
    "brouillons": "delete from brouillons where demande = :numero",
    "messages": "delete from messages where demande = :numero",
    "informations": "delete from usager_informations where demande = :numero",
    "courriels": "delete from courriels where demande = :numero",
    # That a mandat existed is kept, with its dates; what was said to give or to revoke it is not.
    "mandats": """update mandats set contexte_scelle = null, attestation = '', empreinte = '', structure = '',
        revocation_motif = '', brouillon = null where demande = :numero""",
}
TEXTS = {
    nom: f"with partis as ({acte} returning 1) select count(*) as nombre from partis"
    for nom, acte in GOES.items()
}
# That a misuse was reported is kept, and why; what was written of it goes.
SIGNALEMENTS = "update signalements set texte = '' where demande = :numero"
# A form kept for an hour names the demande in its address only.
POSTS = "delete from posts_scelles where chemin = :page or starts_with(chemin, :page || '/')"
# What agents kept for themselves of it is of no use any more.
CHOIX = """
with rappels_finis as (delete from memos where demande = :numero) delete from abonnements where demande = :numero
"""
DONE = """
with effacee as (
    update demandes set titre = '', description = '', urgence = null, urgence_precision = '', usager_prenom = '',
        usager_nom = '', usager_naissance = '', usager_empreinte = null, repere = '', signature = '', erased_at = :now
    where numero = :numero
)
update effacements set done_at = :now, messages = :messages, informations = :informations, fichiers = :fichiers,
    mandats = :mandats, sms = :sms, courriels = :courriels, brouillons = :brouillons, commentaires = :commentaires
where demande = :numero
"""


async def finish_erasure(numero: int, now: datetime) -> bool:
    """Erase one demande whose erasure was begun; False when it waits for the next run. Raises CoffreIndisponible."""
    await traces.leave_trace(numero)
    await erase_pieces_of(numero, now)
    async with database.transaction():
        row = await database.fetch_one(LOCK, numero=numero)
        if row is None or await database.fetch_one(HAS_FILES, numero=numero) is not None:
            return False
        counts = {"commentaires": await _erase_commentaires(row)}
        for nom, sql in TEXTS.items():
            [gone] = await database.fetch(sql, numero=numero)
            counts[nom] = gone["nombre"]
        await database.fetch(CHOIX, numero=numero)
        await database.fetch(SIGNALEMENTS, numero=numero)
        await database.fetch(POSTS, page=f"/demandes/{numero}")
        await database.fetch(DONE, numero=numero, now=now, **counts)
        await happened(Fait.DONNEES_EFFACEES, demande=numero, details=counts, now=now)
    return True


# A comment does not say which demande it is about: those that may be are read, and one that names this usager, or holds
# anything personal, is emptied; the answer it came with stays counted.
COMMENTAIRES = """
select s.id, s.commentaire, s.mois_on from satisfactions s
where s.commentaire <> '' and s.departement = :departement
    and s.mois_on between date_trunc('month', :sent_at::timestamptz - interval '1 day')
        and :closed_at::timestamptz + interval '1 day'
    and s.organisme in (select g.organisme from sollicitations p join groupes g on g.id = p.groupe
        where p.demande = :numero)
"""
EMPTY_COMMENTAIRE = "update satisfactions set commentaire = '' where id = :id"


async def _erase_commentaires(demande: Any) -> int:
    noms = [demande["usager_prenom"], demande["usager_nom"]]
    emptied = 0
    for row in await database.fetch(
        COMMENTAIRES,
        numero=demande["numero"],
        departement=demande["departement"],
        sent_at=demande["sent_at"],
        closed_at=demande["closed_at"],
    ):
        if find_donnees_personnelles(row["commentaire"], noms, annee=row["mois_on"].year):
            await database.fetch(EMPTY_COMMENTAIRE, id=row["id"])
            emptied += 1
    return emptied
