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
from app.verrous import Verrou

DELAI = timedelta(days=30)
DEMANDES_MAX = 50
REQUETES_MAX = 100
REPETEE = timedelta(minutes=10)
A_EFFACER = (
    "Les données ne sont pas encore effacées\u00a0: effacez-les d’abord, ou choisissez une autre réponse."
)
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
    """One request and where it stands. `jours`: left before its limit, below zero when it is passed; `restent`: of its
    demandes, those that are not erased.
    """

    id: int
    droit: Droit
    demandes: tuple[int, ...]
    created_at: datetime
    due_on: date
    jours: int
    restent: int
    erased_at: datetime | None
    reponse: IssueRequete | None
    answered_at: datetime | None


# By three indexes, one after the other: said as one condition, every demande of the platform would be read.
FIND = """
select d.numero, d.sent_at, d.closed_at is not null as is_closed, g.nom as structure
from demandes d join groupes g on g.id = d.groupe
where d.erased_at is null and d.numero in (
    select unnest(:numeros::bigint[])
    union select numero from demandes where usager_empreinte = :usager
    union select demande from usager_informations where empreinte = any(:empreintes::text[]))
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
    found = await _find(usager=usager, empreintes=empreintes)
    details = {"trouvees": len(found)}
    await happened(Fait.REQUETE_CHERCHEE, agent=signed.droits.agent, details=details, now=now)
    return found


async def list_trouvees(signed: Signed, numeros: Sequence[int]) -> list[Trouvee]:
    """Those of these demandes that are not erased. Raises Refus."""
    require(can_handle_requetes(signed.droits))
    return await _find(numeros=numeros)


async def _find(
    *, numeros: Sequence[int] = (), usager: str | None = None, empreintes: Sequence[str] = ()
) -> list[Trouvee]:
    rows = await database.fetch(
        FIND, numeros=list(numeros), usager=usager, empreintes=list(empreintes), longueur=DEMANDES_MAX
    )
    return [Trouvee(**dict(row)) for row in rows]


# Whoever sends the same twice, or sends what a colleague sent, would have everybody told twice.
HOLD = "select pg_advisory_xact_lock(:key)"
SAME = """
select id, created_by, created_at from requetes
where nature = :nature and demandes = :demandes::bigint[] and answered_at is null order by id limit 1
"""
OPEN = """
insert into requetes (nature, demandes, created_by, created_at, due_on)
values (:nature, :demandes, :agent, :now, :due_on) returning id
"""


async def open_requete(signed: Signed, nature: str, numeros: Sequence[int], now: datetime) -> int:
    """Record the request and send it to who follows each demande; sent twice within ten minutes, it is one.

    Raises Refus, Invalide on `nature` or `demandes`, which also says that it is followed already.
    """
    living = [one.numero for one in await list_trouvees(signed, numeros)]
    erreurs = {}
    if nature not in set(Droit):
        erreurs["nature"] = "Dites quel droit l’usager exerce."
    if not living:
        erreurs["demandes"] = "Cochez au moins une demande."
    if erreurs:
        raise Invalide(erreurs)
    due_on = (now + DELAI).astimezone(signed.zone).date()
    async with database.transaction():
        await database.fetch(HOLD, key=Verrou.REQUETES)
        if (same := await database.fetch_one(SAME, nature=nature, demandes=living)) is not None:
            if same["created_by"] == signed.droits.agent and now - same["created_at"] < REPETEE:
                return int(same["id"])
            raise Invalide({"demandes": f"C’est déjà suivi\u00a0: requête {same['id']}."})
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


READ = "select nature, demandes, erased_at, reponse, answered_at from requetes where id = :id"
LOCK = f"{READ} for no key update"
ERASED = "update requetes set erased_at = :now where id = :id"


async def erase_requete(signed: Signed, requete: int, now: datetime) -> None:
    """Erase at once every demande of a request of erasure; an open one is closed first, said in its thread. Asked
    twice, it is done once.

    Raises Introuvable, Conflit for another right or once it was answered, CoffreIndisponible: what was begun is
    finished by the sweep.
    """
    async with database.transaction():
        row = await _hold(signed, requete)
        _require_effacement(row)
        if row["erased_at"] is None:
            await database.fetch(ERASED, id=requete, now=now)
            for numero in row["demandes"]:
                await end_and_begin(numero, Raison.USAGER, FERMEE, now)
    for numero in row["demandes"]:
        await finish_erasure(numero, now)


async def preview_effacement(signed: Signed, requete: int) -> list[Trouvee]:
    """The demandes that `erase_requete` would erase. Raises Introuvable, Conflit as it does."""
    row = await database.fetch_one(READ, id=requete) if can_handle_requetes(signed.droits) else None
    if row is None:
        raise Introuvable
    _require_effacement(row)
    return await list_trouvees(signed, row["demandes"])


def _require_effacement(row: Any) -> None:
    if row["nature"] != Droit.EFFACEMENT.value:
        raise Conflit("Seule une demande d’effacement efface les données.")
    if row["answered_at"] is not None and row["erased_at"] is None:
        reponse = IssueRequete(row["reponse"]).fiche
        raise Conflit(f"Une réponse a été donnée entre-temps\u00a0: {reponse}. Rien n’est effacé.")


ANSWER = "update requetes set reponse = :reponse, answered_by = :agent, answered_at = :now where id = :id"


async def answer_requete(signed: Signed, requete: int, reponse: str, now: datetime) -> None:
    """Record what was answered. Raises Introuvable, Conflit when it was answered, Invalide on `reponse`, which never
    says done what is not.
    """
    agent = signed.droits.agent
    async with database.transaction():
        row = await _hold(signed, requete)
        if reponse not in set(IssueRequete):
            raise Invalide({f"reponse-{requete}": "Dites ce qui a été répondu."})
        if row["answered_at"] is not None:
            raise Conflit("Cette demande a déjà sa réponse.")
        if (row["nature"], reponse) == (Droit.EFFACEMENT, IssueRequete.FAITE) and await list_trouvees(
            signed, row["demandes"]
        ):
            raise Invalide({f"reponse-{requete}": A_EFFACER})
        await database.fetch(ANSWER, id=requete, reponse=reponse, agent=agent, now=now)
        details = {"requete": requete, "reponse": reponse}
        await happened(Fait.REQUETE_REPONDUE, agent=agent, details=details, now=now)


LIST = """
select id, nature, demandes, created_at, due_on, erased_at, reponse, answered_at,
    (select count(*) from demandes d where d.numero = any(r.demandes) and d.erased_at is null) as restent
from requetes r
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
            restent=row["restent"],
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
