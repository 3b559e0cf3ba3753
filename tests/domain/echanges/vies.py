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
from app.domain.demandes.vu import Vu
from app.domain.echanges import departs
from app.domain.echanges.departs import see_leaving
from app.domain.echanges.saisie import MessageSaisi, read_message
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.statuts import Statut
from app.formulaire import Formulaire
from tests.base import RolledBack
from tests.cast import CAST
from tests.conftest import NOW
from tests.domain.scene import WAIT, answers_wait
from tests.factories import make_demande


@dataclass(frozen=True)
class Page:
    """What a window shows, with the key of its form."""

    vu: Vu
    cle: UUID


@dataclass(frozen=True)
class Envoyee:
    """An answer that was taken, and waits: whose, its words, what its page had seen."""

    agent: int
    texte: str
    vu: Vu


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
        self.sent: dict[UUID, Envoyee] = {}  # acknowledged answers that waited, by form
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
        return Page(await see_leaving(signed, demande, Formulaire), uuid4())

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

    # --- What waits before it leaves ------------------------------------------------------------------------------

    async def send_later(self, window: tuple[int, int], champs: dict[str, list[str]]) -> None:
        """Send from this window; taken, it waits, and a refusal changes nothing."""
        agent, page = window[0], self.pages[window]
        signed = await find_absent(agent)
        if page is None or signed is None:
            return
        form = Formulaire({**champs, "vu": [str(page.vu)]})
        saisi, before = read_message(form, page.cle), (await self.state(), await self.list_waiting())
        try:
            demande = await get_demande(signed.droits, self.numero)
            with answers_wait():
                ligne = await departs.send(signed, demande, saisi, form, read=Formulaire, now=self.now)
        except (Conflit, Invalide, Refus, Introuvable):
            assert (await self.state(), await self.list_waiting()) == before, "a refusal wrote something"
            return
        if ligne is None:
            taken = Envoyee(agent, saisi.texte, page.vu)
            known = self.sent.setdefault(page.cle, taken)
            assert known.texte == taken.texte, "another text was taken for this one"

    async def list_waiting(self, agent: int | None = None) -> list[tuple[UUID, int]]:
        """The answers that wait, with their authors; what could not leave too."""
        rows = await database.fetch(
            """
            select id, agent from brouillons where demande = :demande and agent = coalesce(:agent, agent)
                and (part_at is not null or retenue <> '') order by id
            """,
            demande=self.numero,
            agent=agent,
        )
        return [(row["id"], row["agent"]) for row in rows]

    async def take_back(self, agent: int) -> None:
        """« Annuler l’envoi » gives the words back."""
        signed, waiting = await find_absent(agent), await self.list_waiting(agent)
        if signed is None or not waiting:
            return
        try:
            demande = await get_demande(signed.droits, self.numero)
        except Introuvable:
            return
        cle, typed = waiting[0][0], MessageSaisi(cle=uuid4())
        back = await departs.take_back(signed, demande, cle, typed, read=Formulaire, now=self.now)
        assert back.texte == self.sent.pop(cle).texte

    async def leave(self) -> None:
        """Half a minute later everything that waited leaves, or stays with its author."""
        self.now += WAIT
        for cle, demande in await departs.list_due(self.now):
            before = await self.state()
            await departs.leave(cle, demande, Formulaire, self.now)
            after = await self.state()
            if after.lignes == before.lignes:
                assert after.parts == before.parts, "what did not leave moved a part"
            else:
                self._check_moves(self.sent[cle].vu, before, after)
                await self._check_mails(before)

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
    def what_was_sent_waits_with_its_author_or_has_left(self) -> None:
        waiting = self.run(self.list_waiting())
        rows = self.run(
            database.fetch("select auteur, texte from messages where demande = :demande", demande=self.numero)
        )
        written = {(row["auteur"], row["texte"]) for row in rows}
        for cle, one in self.sent.items():
            is_here = (cle, one.agent) in waiting
            assert is_here != ((one.agent, one.texte) in written), "lost, or both here and there"

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
