"""Procédures standard as the A+ team judges them: accepted with its corrections, or refused. Never a demande."""

from dataclasses import dataclass
from datetime import datetime

from app import database
from app.domain.acces.sessions import Signed
from app.domain.donnees_personnelles.natures import DE_SERVICE
from app.domain.echanges.procedures import judge_procedure
from app.domain.faits.courriels import tell
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.faits.scellement import empreinte
from app.domain.regles.errors import Conflit, Disparu, Introuvable, Invalide
from app.domain.regles.permissions import can_administer, require

#: On the page: those that wait first.
PROCEDURES_MAX = 200
MOTIF_MAX = 300
DISPARUE = "Cette procédure n’existe pas, ou n’existe plus\u00a0: un collègue l’a peut-être refusée."
CHANGEE = "Un collègue a changé cette procédure entre-temps\u00a0: relisez, puis recommencez."


@dataclass(frozen=True)
class Procedure:
    """A procedure proposed or accepted; `sujet` is None when its demande had none."""

    id: int
    sujet: int | None
    sujet_nom: str
    sigle: str
    groupe_nom: str
    texte: str
    proposee_at: datetime
    acceptee_at: datetime | None

    @property
    def vu(self) -> str:
        """What its page has seen, to be said with each act."""
        return empreinte("procedure", f"{self.sujet} {self.acceptee_at}", self.texte)


READ = """
select p.id, p.sujet, coalesce(s.nom, '') as sujet_nom, o.sigle, g.nom as groupe_nom, p.texte, p.proposee_at,
    p.acceptee_at
from procedures p join groupes g on g.id = p.groupe join organismes o on o.id = g.organisme
left join sujets s on s.id = p.sujet
where :procedure::integer is null or p.id = :procedure
order by p.acceptee_at desc nulls first, p.proposee_at desc, p.id desc limit :most
"""
HOLD = "select from procedures where id = :procedure for no key update"
SUJETS = """
select s.id, t.nom as theme, s.nom from sujets s join themes t on t.id = s.theme where not s.is_retire
order by t.rang, t.id, s.rang, s.id
"""
ACCEPT = """
update procedures set sujet = :sujet, texte = :texte, acceptee_at = coalesce(acceptee_at, :now) where id = :procedure
"""
DELETE = "delete from procedures where id = :procedure"
# Once: a procedure that was accepted may be changed or withdrawn later without a word.
DECIDE = """
update propositions w set decidee_at = :now, is_acceptee = :acceptee, motif = :motif, sujet = p.sujet
from procedures p where p.id = w.procedure and w.procedure = :procedure and w.decidee_at is null
returning w.agent, (select s.nom from sujets s where s.id = p.sujet) as sujet
"""


async def list_all_procedures(signed: Signed) -> list[Procedure]:
    """Those that wait, then those accepted, the last one first. Raises Refus."""
    require(can_administer(signed.droits))
    rows = await database.fetch(READ, procedure=None, most=PROCEDURES_MAX)
    return [Procedure(**dict(row)) for row in rows]


async def get_procedure(signed: Signed, procedure: int) -> Procedure:
    """One of them. Raises Introuvable to everybody else, Disparu."""
    if not can_administer(signed.droits):
        raise Introuvable
    row = await database.fetch_one(READ, procedure=procedure, most=1)
    if row is None:
        raise Disparu(DISPARUE)
    return Procedure(**dict(row))


async def list_sujets() -> list[tuple[str, list[tuple[int, str]]]]:
    """The sujets of the guided form, by thème."""
    themes: dict[str, list[tuple[int, str]]] = {}
    for row in await database.fetch(SUJETS):
        themes.setdefault(row["theme"], []).append((row["id"], row["nom"]))
    return list(themes.items())


async def accept_procedure(
    signed: Signed, procedure: int, *, sujet: int | None, texte: str, vu: str, now: datetime
) -> None:
    """Show it to every agent, under this sujet and in these words; an accepted one is edited the same way.

    Raises Introuvable, Invalide on `sujet` or `texte`, Conflit when a colleague changed it meanwhile.
    """
    async with database.transaction():
        await _hold(signed, procedure, vu)
        erreurs = {}
        known = {identifiant for _, sujets in await list_sujets() for identifiant, _ in sujets}
        if sujet not in known:
            erreurs["sujet"] = "Choisissez le sujet sous lequel elle s’affiche."
        if not texte:
            erreurs["texte"] = "Écrivez la procédure."
        elif refused := judge_procedure(texte, permises=DE_SERVICE, now=now):
            erreurs["texte"] = refused
        if erreurs:
            raise Invalide(erreurs)
        await database.fetch(ACCEPT, procedure=procedure, sujet=sujet, texte=texte, now=now)
        await _journal(Fait.PROCEDURE_ACCEPTEE, signed, procedure, now)
        await _tell(Fait.PROCEDURE_ACCEPTEE, procedure, "", now)


async def refuse_procedure(
    signed: Signed, procedure: int, *, vu: str, motif: str = "", now: datetime
) -> None:
    """It goes for good, accepted or not; who proposed one that still waited reads why.

    Raises Introuvable, Invalide on `motif`, Conflit when a colleague changed it meanwhile.
    """
    async with database.transaction():
        held = await _hold(signed, procedure, vu)
        if held.acceptee_at is None and (refused := _judge_motif(motif, now)):
            raise Invalide({"motif": refused})
        await _tell(Fait.PROCEDURE_REFUSEE, procedure, motif, now)
        await database.fetch(DELETE, procedure=procedure)
        await _journal(Fait.PROCEDURE_REFUSEE, signed, procedure, now)


def _judge_motif(motif: str, now: datetime) -> str:
    if not motif:
        return "Dites pourquoi\u00a0: la personne qui l’a proposée le lira."
    if len(motif) > MOTIF_MAX:
        return f"{MOTIF_MAX} caractères au plus (il y en a {len(motif)})."
    return judge_procedure(motif, permises=DE_SERVICE, now=now)


async def _hold(signed: Signed, procedure: int, vu: str) -> Procedure:
    if can_administer(signed.droits):
        await database.fetch(HOLD, procedure=procedure)
    held = await get_procedure(signed, procedure)
    if held.vu != vu:
        raise Conflit(CHANGEE)
    return held


async def _tell(fait: Fait, procedure: int, motif: str, now: datetime) -> None:
    row = await database.fetch_one(
        DECIDE, procedure=procedure, acceptee=fait is Fait.PROCEDURE_ACCEPTEE, motif=motif, now=now
    )
    if row is not None:
        contexte = {"sujet": row["sujet"] or "", "motif": motif}
        await tell(fait, [row["agent"]], demande=None, contexte=contexte, now=now)


async def _journal(fait: Fait, signed: Signed, procedure: int, now: datetime) -> None:
    await happened(fait, agent=signed.droits.agent, details={"procedure": procedure}, now=now)
