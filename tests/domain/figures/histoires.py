"""Random lives of demandes: drawn by Hypothesis, played on the base with the statements of the verbs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from app import database, referentiel
from app.domain.demandes import sollicitations
from app.domain.regles.calendrier import Calendrier
from tests.cast import CAST, TEAMS

GROUPES = ("caf", "cpam", "france_travail", "cpam_974")
STRUCTURES = ("france_services", "ccas_974")
DEPARTEMENTS = ("22", "67", "974", "971", "987")
DEBUT = datetime(2026, 7, 1, tzinfo=UTC)
MINUTES_MAX = 60 * 24 * 30
# One name per act of the thread; « prive » and « expert » are there to change nothing.
ACTES = (
    *("repondre", "repondre", "procedure", "prendre", "traiter", "traiter", "decliner", "prive"),
    *("aidant", "aidant", "relancer", "inviter", "clore", "clore_seule", "rouvrir"),
)


#: The organisme of groupes that are not of the cast, named by their id (those of the seed).
ORGANISMES: dict[str, int] = {}


#: When a groupe of the cast is in pause: first day, day of the return.
PAUSES: dict[str, tuple[date, date]] = {}


def groupe_id(groupe: str) -> int:
    """A groupe of the cast by its name there, any other by its id."""
    return int(groupe) if groupe.isdigit() else int(getattr(CAST.groupes, groupe))


def organisme_id(groupe: str) -> int:
    """Its organisme."""
    return ORGANISMES[groupe] if groupe.isdigit() else CAST.organismes[TEAMS[groupe][1]]


@dataclass(frozen=True)
class Acte:
    """What someone did, when, for which groupe (empty: the demande as a whole)."""

    nom: str
    at: datetime
    groupe: str = ""


@dataclass
class Histoire:
    """One demande and its life."""

    departement: str
    structure: str
    sent_at: datetime
    groupes: tuple[str, ...]
    actes: list[Acte] = field(default_factory=list)
    numero: int = 0

    @property
    def calendrier(self) -> Calendrier:
        """The clock of its département."""
        departement = referentiel.departement(self.departement)
        return Calendrier(departement.fuseau, departement.calendrier)


def is_possible(nom: str, groupe: str, life: "Life") -> bool:
    """Whether the application lets this act happen now."""
    part = life.parts.get(groupe)
    if nom == "rouvrir" or life.is_closed:
        return nom == "rouvrir" and life.is_closed
    if nom in {"aidant", "clore", "clore_seule"}:
        return True
    wanted = {"inviter": (None,), "decliner": (True,), "relancer": (False,)}
    return part in wanted.get(nom, (True, False))


@dataclass
class Life:
    """Just enough to know what may happen: groupe → its part is open."""

    parts: dict[str, bool]
    is_closed: bool = False

    def do(self, nom: str, groupe: str) -> None:
        """Follow one act."""
        if nom in {"traiter", "decliner"}:
            self.parts[groupe] = False
        elif nom in {"prendre", "relancer", "inviter"}:
            self.parts[groupe] = True
        elif nom in {"clore", "clore_seule"}:
            self.is_closed = True
        elif nom == "rouvrir":
            self.is_closed = False


@st.composite
def histoires(draw: st.DrawFn) -> Histoire:
    """A demande, one to three groupes, up to nine acts, minutes or weeks apart."""
    groupes = draw(st.lists(st.sampled_from(GROUPES), min_size=1, max_size=3, unique=True))
    histoire = Histoire(
        departement=draw(st.sampled_from(DEPARTEMENTS)),
        structure=draw(st.sampled_from(STRUCTURES)),
        sent_at=DEBUT
        + timedelta(minutes=draw(st.integers(0, 60 * 24 * 110)), seconds=draw(st.integers(0, 59))),
        groupes=tuple(groupes),
    )
    life = Life(dict.fromkeys(groupes, True))
    at, declined = histoire.sent_at, set[str]()
    for nom, groupe, minutes in draw(
        st.lists(
            st.tuples(
                st.sampled_from(ACTES),
                st.sampled_from(GROUPES),
                st.one_of(st.integers(1, 600), st.integers(1, MINUTES_MAX)),
            ),
            max_size=9,
        )
    ):
        if not is_possible(nom, groupe, life):
            continue
        at += timedelta(minutes=minutes)
        is_whole = nom in {"aidant", "clore", "clore_seule", "rouvrir"}
        histoire.actes.append(Acte(nom, at, "" if is_whole else groupe))
        life.do(nom, groupe)
        if nom == "decliner":
            declined.add(groupe)
        elif nom in {"prendre", "relancer", "traiter"}:
            declined.discard(groupe)
        if nom == "rouvrir":
            life.parts = {g: g not in declined for g in life.parts}
    return histoire


LIGNES = {
    "repondre": ("instructeur", "reponse"),
    "procedure": ("instructeur", "reponse"),
    "prendre": ("instructeur", "prise_en_charge"),
    "traiter": ("instructeur", "traitee"),
    "decliner": ("instructeur", "declinee"),
    "prive": ("instructeur", "reponse"),
    "aidant": ("aidant", "reponse"),
    "relancer": ("aidant", "relance"),
    "inviter": ("aidant", "invitation"),
    "clore": ("aidant", "cloture"),
    "clore_seule": ("plateforme", "cloture"),
    "rouvrir": ("aidant", "reouverture"),
}
SEND = """
with d as (
    insert into demandes (formulaire, auteur, groupe, departement, sent_at)
    select f, :auteur, g, p, t
    from unnest(:formulaires::uuid[], :groupes::int[], :departements::int[], :instants::timestamptz[]) as x(f, g, p, t)
    returning numero, formulaire)
select x.rang, d.numero from d join unnest(:formulaires::uuid[]) with ordinality as x(f, rang) on x.f = d.formulaire
order by rang
"""
SAY = """
insert into messages (demande, groupe, cote, nature, is_prive, groupes_invites, sent_at)
select d, nullif(g, 0), c, n, p, case when i = 0 then '{}' else array[i] end, t
from unnest(:demandes::bigint[], :groupes::int[], :cotes::text[], :natures::text[], :prives::bool[],
    :invites::int[], :instants::timestamptz[]) as x(d, g, c, n, p, i, t)
"""


async def play(lives: Sequence[Histoire]) -> None:
    """Write them as the verbs do: the thread at once, then each change of a part by its own statement."""
    for groupe, (debut, reprise) in PAUSES.items():
        await database.fetch(
            "update groupes set pause_on = :debut, reprise_on = :reprise where id = :groupe",
            groupe=groupe_id(groupe),
            debut=debut,
            reprise=reprise,
        )
    rows = await database.fetch(
        SEND,
        auteur=CAST.aida,
        formulaires=[uuid4() for _ in lives],
        groupes=[groupe_id(h.structure) for h in lives],
        departements=[CAST.departements[h.departement] for h in lives],
        instants=[h.sent_at for h in lives],
    )
    for histoire, row in zip(lives, rows, strict=True):
        histoire.numero = row["numero"]
    await _say(lives)
    for histoire in lives:
        demande: Any = SimpleNamespace(numero=histoire.numero, calendrier=histoire.calendrier)
        asked = [groupe_id(groupe) for groupe in histoire.groupes]
        await sollicitations.solicit(demande, asked, CAST.aida, histoire.sent_at)
        for acte in histoire.actes:
            await _do(demande, acte)


async def _say(lives: Sequence[Histoire]) -> None:
    said = [(histoire, acte) for histoire in lives for acte in histoire.actes]
    by_instructeurs = [LIGNES[acte.nom][0] == "instructeur" for _, acte in said]
    await database.fetch(
        SAY,
        demandes=[histoire.numero for histoire, _ in said],
        groupes=[
            groupe_id(acte.groupe) if is_one else 0
            for (_, acte), is_one in zip(said, by_instructeurs, strict=True)
        ],
        cotes=[LIGNES[acte.nom][0] for _, acte in said],
        natures=[LIGNES[acte.nom][1] for _, acte in said],
        prives=[acte.nom == "prive" for _, acte in said],
        invites=[groupe_id(acte.groupe) if acte.nom in {"relancer", "inviter"} else 0 for _, acte in said],
        instants=[acte.at for _, acte in said],
    )


CLOSE = "update demandes set closed_at = :at, closed_by = :by where numero = :numero"


async def _do(demande: Any, acte: Acte) -> None:
    at = acte.at
    if acte.nom in {"repondre", "procedure", "traiter"}:
        await sollicitations.record_answer(
            demande,
            await _part(demande, acte),
            is_procedure=acte.nom == "procedure",
            is_traitee=acte.nom == "traiter",
            now=at,
        )
    elif acte.nom == "prendre":
        await sollicitations.record_prise_en_charge(demande, await _part(demande, acte), CAST.ines, at)
    elif acte.nom == "decliner":
        assert await sollicitations.record_declin(demande, await _part(demande, acte), at)
    elif acte.nom == "relancer":
        await sollicitations.ask_again(demande, [groupe_id(acte.groupe)], at)
    elif acte.nom == "inviter":
        await sollicitations.solicit(demande, [groupe_id(acte.groupe)], CAST.aida, at)
    elif acte.nom in {"clore", "clore_seule"}:
        by = CAST.aida if acte.nom == "clore" else None
        await database.fetch(CLOSE, at=at, by=by, numero=demande.numero)
        await sollicitations.close_parts(demande.numero, at)
    elif acte.nom == "rouvrir":
        await database.fetch(CLOSE, at=None, by=None, numero=demande.numero)
        await sollicitations.reopen_parts(demande, at)


async def _part(demande: Any, acte: Acte) -> Any:
    row = await database.fetch_one(
        "select id from sollicitations where demande = :demande and groupe = :groupe",
        demande=demande.numero,
        groupe=groupe_id(acte.groupe),
    )
    assert row is not None
    return SimpleNamespace(id=row["id"])
