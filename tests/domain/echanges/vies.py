"""A demande, two windows each for three people, and what must hold whatever they do (`test_machine.py` says what)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant

from app import database
from app.domain.acces.sessions import Signed, find_absent
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.vu import Vu, see
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.statuts import Statut
from tests.base import RolledBack
from tests.cast import CAST
from tests.conftest import NOW
from tests.factories import make_demande


@dataclass(frozen=True)
class Page:
    """What a window shows, with the key of its form."""

    vu: Vu
    cle: UUID


@dataclass(frozen=True)
class Etat:
    """Everything an act may change."""

    lignes: int
    parts: dict[int, dict[str, Any]]
    courriels: tuple[UUID, ...]
    mandats: tuple[str, ...]
    pieces: int
    is_closed: bool


class Vie(RuleBasedStateMachine):
    """One demande, its windows, and what must hold whatever is done to it."""

    runner: asyncio.Runner

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.kept: dict[int, tuple[int, str]] = {}  # acknowledged lines: author, words
        self.open_one = database.transaction()
        self.run(self.open_one.__aenter__())
        self.numero: int = self.run(make_demande(self.now, groupes=(CAST.groupes.caf, CAST.groupes.cpam)))
        self.pages = {
            (agent, n): self.run(self.look(agent))
            for agent in (CAST.aida, CAST.ines, CAST.idir)
            for n in (0, 1)
        }

    def run(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        undone = RolledBack()
        with pytest.raises(RolledBack):
            self.run(self.open_one.__aexit__(RolledBack, undone, None))
            raise undone

    async def look(self, agent: int) -> Page | None:
        signed = await find_absent(agent)
        assert signed is not None
        try:
            demande = await get_demande(signed.droits, self.numero)
        except Introuvable:
            return None
        return Page(see(signed.droits, demande), uuid4())

    async def state(self) -> Etat:
        rows = await database.fetch(
            """
            select s.groupe, s.taken_by, s.traitee_at, s.declinee_at, s.late_at,
                s.answered_at is not null as is_answered
            from sollicitations s where s.demande = :demande
            """,
            demande=self.numero,
        )
        counts = await database.fetch_one(
            """
            select (select count(*) from messages where demande = :demande) as lignes,
                array(select id from courriels order by id) as courriels,
                array(select id || etat from mandats where demande = :demande order by id) as mandats,
                (select count(*) from pieces_jointes where demande = :demande) as pieces,
                (select closed_at is not null from demandes where numero = :demande) as is_closed
            """,
            demande=self.numero,
        )
        assert counts is not None
        parts = {row["groupe"]: dict(row) for row in rows}
        return Etat(
            counts["lignes"],
            parts,
            tuple(counts["courriels"]),
            tuple(counts["mandats"]),
            counts["pieces"],
            counts["is_closed"],
        )

    def act(
        self,
        window: tuple[int, int],
        verb: Any,
        *,
        reloads: bool = False,
        texte: str = "",
        holds: Callable[[Demande], bool] = lambda _: True,
    ) -> None:
        """Post from this window as it stands; what is acknowledged is kept in mind and `holds` then, what is refused
        changes nothing.
        """
        self.run(self._act(window, verb, reloads=reloads, texte=texte, holds=holds))

    async def _act(
        self,
        window: tuple[int, int],
        verb: Any,
        *,
        reloads: bool,
        texte: str,
        holds: Callable[[Demande], bool],
    ) -> None:
        agent, page = window[0], self.pages[window]
        signed = await find_absent(agent)
        if page is None or signed is None:
            return
        before = await self.state()
        try:
            demande = await get_demande(signed.droits, self.numero)
            ligne = await verb(signed, demande, page)
        except (Conflit, Invalide, Refus, Introuvable):
            assert await self.state() == before, "a refusal wrote something"
            return
        after = await self.state()
        assert holds(await get_demande(signed.droits, self.numero)), "it was acknowledged, and is not so"
        if after.lignes == before.lignes:
            assert (after.parts, after.courriels) == (before.parts, before.courriels)
            assert ligne in self.kept or not texte, "a success that wrote nothing and repeats nothing"
        else:
            assert after.lignes == before.lignes + 1
            self._check_moves(page.vu, before, after)
            await self._check_mails(before)
        if texte and ligne is not None:
            said = (agent, texte)
            assert self.kept.setdefault(ligne, said) == said, "another text was taken for this one"
        if reloads:
            self.pages[window] = await self.look(agent)

    def _check_moves(self, vu: Vu, before: Etat, after: Etat) -> None:
        for groupe, part in after.parts.items():
            old = before.parts.get(groupe)
            if old is None:
                continue
            ends = ("traitee_at", "declinee_at", "taken_by")
            if any(part[name] != old[name] for name in ends):
                seen = vu.parts.get(groupe)
                assert seen is not None and seen.taken_by == (old["taken_by"] or 0), (
                    "moved by a page that had not seen"
                )
                assert (seen.etat == "traitée") == (
                    old["traitee_at"] is not None and old["declinee_at"] is None
                )
                assert (seen.etat == "pas concernée") == (old["declinee_at"] is not None)
            # The page had seen who follows the part and whether it had ended: a deadline is moved by nobody else.
            if part["late_at"] and old["late_at"]:
                assert part["late_at"] >= old["late_at"], "a deadline went back"

    async def _check_mails(self, before: Etat) -> None:
        rows = await database.fetch(
            "select adresse, count(*) as n from courriels where id <> all(:courriels) "
            "and demande = :demande group by adresse",
            courriels=list(before.courriels),
            demande=self.numero,
        )
        assert all(row["n"] == 1 for row in rows), "two mails to one person for one fact"

    # --- What always holds ------------------------------------------------------------------------------------

    @invariant()
    def nothing_acknowledged_is_missing(self) -> None:
        rows = self.run(
            database.fetch(
                "select id, auteur, texte from messages where demande = :demande", demande=self.numero
            )
        )
        written = {row["id"]: (row["auteur"], row["texte"]) for row in rows}
        assert self.kept.items() <= written.items()

    @invariant()
    def the_state_is_derived(self) -> None:
        etat: Etat = self.run(self.state())
        ended = [p for p in etat.parts.values() if p["traitee_at"] or p["declinee_at"]]
        assert all(p["late_at"] is None for p in ended)
        if etat.is_closed:
            assert all(p["late_at"] is None for p in etat.parts.values())
        signed: Signed = self.run(find_absent(CAST.aida))
        statut = self.run(get_demande(signed.droits, self.numero)).statut
        kept = [p for p in etat.parts.values() if not p["declinee_at"]]
        assert (statut is Statut.CLOTUREE) == etat.is_closed
        if not etat.is_closed:
            assert (statut is Statut.TRAITEE) == (bool(kept) and all(p["traitee_at"] for p in kept))
            is_answered = any(p["is_answered"] for p in etat.parts.values())
            assert (statut is Statut.REPONDUE) <= is_answered
