"""Procédures standard: an instructeur writes one beside their answer; once accepted, every agent reads it.

Whoever judges it may know nothing of an usager: it is written apart from the answer, refused when it gives somebody
away, and kept without the demande it came from.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from app import database
from app.domain.demandes.demande import Demande
from app.domain.demandes.voix import Voix
from app.domain.donnees_personnelles.doutes import find_questions
from app.domain.donnees_personnelles.natures import NatureTrouvaille
from app.domain.donnees_personnelles.reperage import find_donnees_personnelles, quote_extraits
from app.domain.faits.fait import happened
from app.domain.faits.registre import Fait
from app.domain.mots.folding import fold

TEXTE_MAX = 2_000
#: Shown for one sujet of the form: more would not be read before sending.
PAR_SUJET = 5
#: Of one agent, on the page.
PROPOSITIONS_MAX = 20


def judge_procedure(
    texte: str, noms: Collection[str] = (), *, permises: Collection[NatureTrouvaille] = (), now: datetime
) -> str:
    """What must be corrected before others read it, if anything. `permises`: what may stand there all the same."""
    if len(texte) > TEXTE_MAX:
        return f"2\u00a0000 caractères au plus (il y en a {len(texte)})."
    found = find_donnees_personnelles(texte, list(noms), annee=now.astimezone(UTC).year)
    if refused := [one for one in found if one.nature not in permises]:
        return f"Tous les agents pourront lire ce texte\u00a0: retirez {quote_extraits(refused)}."
    doubts = find_questions(texte, found)
    return (
        f"Tous les agents pourront lire ce texte. {doubts[0].replace('du titre', 'd’ici')}" if doubts else ""
    )


# The same text proposed twice by a groupe waits once.
PROPOSE = """
insert into procedures (sujet, groupe, texte, proposee_at)
select d.sujet, :groupe, :texte, :now from demandes d
where d.numero = :demande and not exists (select from procedures p where p.groupe = :groupe and p.texte = :texte
    and p.sujet is not distinct from d.sujet)
returning id
"""
NOTE = """
insert into propositions (agent, procedure, sujet, proposee_at)
select :agent, p.id, p.sujet, p.proposee_at from procedures p where p.id = :procedure
"""


async def propose_procedure(demande: Demande, voix: Voix, texte: str, now: datetime) -> None:
    """Hand a text that `judge_procedure` found good to the administrateurs, under the sujet of this demande.

    The journal does not say which demande either.
    """
    row = await database.fetch_one(PROPOSE, demande=demande.numero, groupe=voix.groupe, texte=texte, now=now)
    if row is not None:
        fait, details = Fait.PROCEDURE_PROPOSEE, {"procedure": row["id"]}
        await database.fetch(NOTE, agent=voix.agent, procedure=row["id"])
        await happened(fait, agent=voix.agent, groupe=voix.groupe, details=details, now=now)


@dataclass(frozen=True)
class PropositionSuivie:
    """What an agent proposed, and what became of it; `texte` is empty once it was refused."""

    sujet: str
    texte: str
    proposee_at: datetime
    decidee_at: datetime | None
    is_acceptee: bool
    motif: str


MINE = """
select coalesce(s.nom, '') as sujet, coalesce(p.texte, '') as texte, w.proposee_at, w.decidee_at, w.is_acceptee, w.motif
from propositions w left join procedures p on p.id = w.procedure left join sujets s on s.id = coalesce(p.sujet, w.sujet)
where w.agent = :agent order by w.proposee_at desc, w.id desc limit :most
"""


async def list_propositions(agent: int) -> list[PropositionSuivie]:
    """What this agent proposed lately, the last first."""
    rows = await database.fetch(MINE, agent=agent, most=PROPOSITIONS_MAX)
    return [PropositionSuivie(**dict(row)) for row in rows]


@dataclass(frozen=True)
class ProcedureAcceptee:
    """What an organisme says of a sujet; `sigle` is the organisme."""

    id: int
    sigle: str
    texte: str
    acceptee_at: datetime


@dataclass(frozen=True)
class ProceduresDuSujet:
    """A sujet of the guided form: the usual step to try first, then what was accepted."""

    sujet: int
    nom: str
    theme: str
    essayez: str
    acceptees: tuple[ProcedureAcceptee, ...]


LIST = """
select s.id as sujet, s.nom, t.nom as theme, s.essayez, p.id, o.sigle, p.texte, p.acceptee_at
from sujets s join themes t on t.id = s.theme
left join procedures p on p.sujet = s.id and p.acceptee_at is not null
left join groupes g on g.id = p.groupe left join organismes o on o.id = g.organisme
where not s.is_retire
order by t.rang, t.id, s.rang, s.id, p.acceptee_at, p.id
"""


async def list_procedures(recherche: str = "") -> list[ProceduresDuSujet]:
    """By thème, then sujet; every word of `recherche` stands in each, accents and case aside. For every agent."""
    found: dict[int, ProceduresDuSujet] = {}
    for row in await database.fetch(LIST):
        before = found.get(row["sujet"])
        acceptees = before.acceptees if before else ()
        if row["id"] is not None:
            one = ProcedureAcceptee(row["id"], row["sigle"], row["texte"], row["acceptee_at"])
            acceptees = (*acceptees, one)
        found[row["sujet"]] = ProceduresDuSujet(
            row["sujet"], row["nom"], row["theme"], row["essayez"], acceptees
        )
    words = fold(recherche[:200]).split()
    return [s for s in found.values() if (s.essayez or s.acceptees) and _has(words, s)]


def _has(words: Collection[str], one: ProceduresDuSujet) -> bool:
    said = [f"{p.sigle} {p.texte}" for p in one.acceptees]
    texte = fold(" ".join((one.theme, one.nom, one.essayez, *said)))
    return all(word in texte for word in words)
