"""What an usager asks of their own data: found without seeing any content, sent to who takes part, answered in thirty
days (RGPD, articles 15 to 21). Every step is journalled, and nothing kept names the usager.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.destinataires import list_destinataires
from app.domain.demandes.informations import empreinte_usager, list_empreintes
from app.domain.faits.courriels import Pli, post_courriels
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.dates import jour
from app.domain.oubli.effacement import Raison, end_and_begin, finish_erasure
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_handle_requetes, require

DELAI = timedelta(days=30)
DEMANDES_MAX = 50
REQUETES_MAX = 100
FERMEE = "L’usager a demandé l’effacement de ses données : la demande est clôturée."


class Droit(MotFerme):
    """What an usager may ask; its row is its name in French. The value is kept in `requetes`."""

    fiche: str

    ACCES = "acces", "accès"
    RECTIFICATION = "rectification", "rectification"
    EFFACEMENT = "effacement", "effacement"
    OPPOSITION = "opposition", "opposition"


class IssueRequete(MotFerme):
    """What became of it; its row is how it is said. The value is kept in `requetes`."""

    fiche: str

    FAITE = "faite", "il a été fait droit à la demande"
    PARTIELLE = "partielle", "il a été fait droit à une partie de la demande"
    REFUSEE = "refusee", "la demande a été refusée, avec ses raisons"
    SANS_OBJET = "sans_objet", "aucune donnée n’était concernée"


@dataclass(frozen=True, repr=False)
class UsagerCherche:
    """What tells the usager: an identity, or an identifier typed whole. Kept nowhere; its repr says nothing."""

    prenom: str = ""
    nom: str = ""
    naissance: str = ""
    identifiant: str = ""


@dataclass(frozen=True)
class Trouvee:
    """A demande found: metadata only."""

    numero: int
    sent_at: datetime
    is_closed: bool
    structure: str


@dataclass(frozen=True)
class Requete:
    """One request and where it stands. `jours`: left before its limit, below zero when it is passed."""

    id: int
    droit: Droit
    demandes: tuple[int, ...]
    created_at: datetime
    due_on: date
    jours: int
    erased_at: datetime | None
    reponse: IssueRequete | None
    answered_at: datetime | None


FIND = """
select d.numero, d.sent_at, d.closed_at is not null as is_closed, g.nom as structure
from demandes d join groupes g on g.id = d.groupe
where d.erased_at is null and (d.usager_empreinte = :usager
    or d.numero in (select i.demande from usager_informations i where i.empreinte = any(:empreintes::text[])))
order by d.numero limit :longueur
"""


async def find_demandes(signed: Signed, recherche: UsagerCherche, now: datetime) -> list[Trouvee]:
    """The demandes of this usager, by keyed hash. Raises Refus, Invalide when nothing can be looked for."""
    require(can_handle_requetes(signed.droits))
    usager = empreinte_usager(recherche.prenom, recherche.nom, recherche.naissance)
    empreintes = list_empreintes(recherche.identifiant)
    if usager is None and not empreintes:
        raise Invalide(
            {
                "nom": "Écrivez le prénom, le nom et la naissance, ou un identifiant entier (NIR, CAF, téléphone…)."
            }
        )
    rows = await database.fetch(FIND, usager=usager, empreintes=empreintes, longueur=DEMANDES_MAX)
    await happened(Fait.REQUETE_CHERCHEE, agent=signed.droits.agent, details={"trouvees": len(rows)}, now=now)
    return [Trouvee(**dict(row)) for row in rows]


OPEN = """
insert into requetes (nature, demandes, created_by, created_at, due_on)
values (:nature, :demandes, :agent, :now, :due_on) returning id
"""
LIVING = (
    "select numero from demandes where numero = any(:numeros::bigint[]) and erased_at is null order by numero"
)


async def open_requete(signed: Signed, nature: str, numeros: Sequence[int], now: datetime) -> int:
    """Record the request and send it to who follows each demande. Raises Refus, Invalide on `nature` or `demandes`."""
    require(can_handle_requetes(signed.droits))
    rows = await database.fetch(LIVING, numeros=list(numeros[:DEMANDES_MAX]))
    living = [row["numero"] for row in rows]
    erreurs = {}
    if nature not in set(Droit):
        erreurs["nature"] = "Dites quel droit l’usager exerce."
    if not living:
        erreurs["demandes"] = "Cochez au moins une demande."
    if erreurs:
        raise Invalide(erreurs)
    due_on = (now + DELAI).astimezone(signed.zone).date()
    async with database.transaction():
        [row] = await database.fetch(
            OPEN, nature=nature, demandes=living, agent=signed.droits.agent, now=now, due_on=due_on
        )
        fait = Fait.REQUETE_OUVERTE
        for numero in living:
            details = {"requete": row["id"], "droit": nature}
            await happened(fait, agent=signed.droits.agent, demande=numero, details=details, now=now)
            plis = [
                Pli(fait.courriel, who.adresse, who.agent, genre=fait.fiche.genre)
                for who in await list_destinataires(numero, by=signed.droits.agent)
            ]
            contexte = {"droit": Droit(nature).fiche, "jour": jour(due_on, signed.zone)}
            await post_courriels(plis, demande=numero, contexte=contexte, now=now)
    return int(row["id"])


LOCK = "select * from requetes where id = :id for no key update"
ERASED = "update requetes set erased_at = :now where id = :id"


async def erase_requete(signed: Signed, requete: int, now: datetime) -> None:
    """Erase at once every demande of a request of erasure; an open one is closed first, said in its thread.

    Raises Introuvable, Conflit for another right, CoffreIndisponible: what was begun is finished by the sweep.
    """
    async with database.transaction():
        row = await _hold(signed, requete)
        if row["nature"] != Droit.EFFACEMENT.value:
            raise Conflit("Seule une demande d’effacement efface les données.")
        await database.fetch(ERASED, id=requete, now=now)
        for numero in row["demandes"]:
            await end_and_begin(numero, Raison.USAGER, FERMEE, now)
    for numero in row["demandes"]:
        await finish_erasure(numero, now)


ANSWER = "update requetes set reponse = :reponse, answered_by = :agent, answered_at = :now where id = :id"


async def answer_requete(signed: Signed, requete: int, reponse: str, now: datetime) -> None:
    """Record what was answered. Raises Introuvable, Conflit when it was answered, Invalide on `reponse`."""
    agent = signed.droits.agent
    async with database.transaction():
        row = await _hold(signed, requete)
        if reponse not in set(IssueRequete):
            raise Invalide({f"reponse-{requete}": "Dites ce qui a été répondu."})
        if row["answered_at"] is not None:
            raise Conflit("Cette demande a déjà sa réponse.")
        await database.fetch(ANSWER, id=requete, reponse=reponse, agent=agent, now=now)
        details = {"requete": requete, "reponse": reponse}
        await happened(Fait.REQUETE_REPONDUE, agent=agent, details=details, now=now)


LIST = """
select id, nature, demandes, created_at, due_on, erased_at, reponse, answered_at from requetes
order by answered_at is not null, due_on, id limit :longueur
"""


async def list_requetes(signed: Signed, now: datetime) -> list[Requete]:
    """The requests, those that wait for an answer first, the nearest limit first. Raises Refus."""
    require(can_handle_requetes(signed.droits))
    today = now.astimezone(signed.zone).date()
    return [
        Requete(
            id=row["id"],
            droit=Droit(row["nature"]),
            demandes=tuple(row["demandes"]),
            created_at=row["created_at"],
            due_on=row["due_on"],
            jours=(row["due_on"] - today).days,
            erased_at=row["erased_at"],
            reponse=IssueRequete(row["reponse"]) if row["reponse"] else None,
            answered_at=row["answered_at"],
        )
        for row in await database.fetch(LIST, longueur=REQUETES_MAX)
    ]


async def _hold(signed: Signed, requete: int) -> Any:
    """The request, held until the transaction ends; who may not handle it learns nothing of it."""
    row = await database.fetch_one(LOCK, id=requete) if can_handle_requetes(signed.droits) else None
    if row is None:
        raise Introuvable
    return row
