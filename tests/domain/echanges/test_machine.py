"""The whole life of a demande, lived at random: three people, two windows each, pages nobody refreshes.

`MACHINE=80 python -m pytest tests/domain/echanges/test_machine.py` lives 80 lives of 30 steps; the suite lives a few.
"""

import asyncio
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app import database
from app.domain import mandats
from app.domain.acces.sessions import Signed, find_absent
from app.domain.demandes.demande import Demande, get_demande
from app.domain.demandes.vu import Vu, see
from app.domain.echanges import clotures, invitations, messages, usagers
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import InvitationSaisie, MessageSaisi
from app.domain.mandats.saisie import MandatSaisi
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.mandats import MotifRevocation, NatureMandat
from app.domain.regles.statuts import Statut
from tests.base import RolledBack
from tests.cast import CAST
from tests.conftest import NOW
from tests.factories import make_demande

LIVES = int(os.environ.get("MACHINE", "4"))
STEPS = 30
TEXTES = ("Bonjour.", "Toujours rien.", "C’est réglé.")


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
    is_closed: bool


class Vies(RuleBasedStateMachine):
    """One demande, until Hypothesis has seen enough."""

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
                (select closed_at is not null from demandes where numero = :demande) as is_closed
            """,
            demande=self.numero,
        )
        assert counts is not None
        parts = {row["groupe"]: dict(row) for row in rows}
        return Etat(counts["lignes"], parts, tuple(counts["courriels"]), counts["is_closed"])

    def act(self, window: tuple[int, int], verb: Any, *, reloads: bool, texte: str = "") -> None:
        """Post from this window as it stands; what is acknowledged is kept in mind, what is refused changes nothing."""
        self.run(self._act(window, verb, reloads=reloads, texte=texte))

    async def _act(self, window: tuple[int, int], verb: Any, *, reloads: bool, texte: str) -> None:
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
        if after == before:
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

    # --- What people do ---------------------------------------------------------------------------------------

    @rule(who=st.integers(0, 2), n=st.integers(0, 1))
    def open_page(self, who: int, n: int) -> None:
        window = self._window(who, n)
        self.pages[window] = self.run(self.look(window[0]))

    @rule(jours=st.integers(0, 4), minutes=st.integers(1, 30))
    def wait(self, jours: int, minutes: int) -> None:
        self.now += timedelta(days=jours, minutes=minutes)

    @rule(
        who=st.integers(0, 2),
        n=st.integers(0, 1),
        texte=st.sampled_from(TEXTES),
        nature=st.sampled_from(["public", "prive", "traitee"]),
        reloads=st.booleans(),
    )
    def write(self, who: int, n: int, texte: str, nature: str, reloads: bool) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            saisi = MessageSaisi(
                cle=page.cle,
                vu=page.vu,
                texte=texte,
                is_prive=who > 0 and nature == "prive",
                is_traitee=who > 0 and nature == "traitee",
            )
            return await messages.post_message(signed, demande, saisi, self.now)

        self.act(self._window(who, n), verb, reloads=reloads, texte=texte)

    @rule(
        who=st.integers(1, 2),
        n=st.integers(0, 1),
        reponse=st.sampled_from(ReponseRapide),
        reloads=st.booleans(),
    )
    def answer_quickly(self, who: int, n: int, reponse: ReponseRapide, reloads: bool) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            saisi = MessageSaisi(cle=page.cle, vu=page.vu)
            return await messages.answer_quickly(signed, demande, reponse, saisi, self.now)

        self.act(self._window(who, n), verb, reloads=reloads, texte=reponse.fiche.texte)

    @rule(n=st.integers(0, 1), texte=st.sampled_from(TEXTES), reloads=st.booleans())
    def ask_again(self, n: int, texte: str, reloads: bool) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            saisi = MessageSaisi(cle=page.cle, vu=page.vu, texte=texte, relances=(CAST.groupes.caf,))
            return await messages.post_message(signed, demande, saisi, self.now)

        self.act((CAST.aida, n), verb, reloads=reloads, texte=texte)

    @rule(
        who=st.integers(0, 2),
        n=st.integers(0, 1),
        groupe=st.sampled_from(["france_travail", "cpam"]),
        experts=st.booleans(),
        texte=st.sampled_from(TEXTES),
    )
    def invite(self, who: int, n: int, groupe: str, experts: bool, texte: str) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            saisie = InvitationSaisie(
                cle=page.cle,
                vu=page.vu,
                texte=texte,
                groupes=(getattr(CAST.groupes, groupe),),
                experts=experts,
            )
            return await invitations.invite(signed, demande, saisie, self.now)

        self.act(self._window(who, n), verb, reloads=False, texte=texte)

    @rule(n=st.integers(0, 1), note=st.integers(1, 3))
    def close(self, n: int, note: int) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> None:
            await clotures.close_demande(
                signed, demande, note=note, commentaire="", cle=page.cle, vu=page.vu, now=self.now
            )

        self.act((CAST.aida, n), verb, reloads=False)

    @rule(n=st.integers(0, 1), texte=st.sampled_from(["", *TEXTES]))
    def reopen(self, n: int, texte: str) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            return await clotures.reopen_demande(
                signed, demande, cle=page.cle, vu=page.vu, texte=texte, now=self.now
            )

        self.act((CAST.aida, n), verb, reloads=False, texte=texte)

    @rule(n=st.integers(0, 1), valeur=st.sampled_from(["3 rue Haute", "5 rue Basse"]))
    def add_information(self, n: int, valeur: str) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> None:
            await usagers.add_information(
                signed,
                demande,
                nature="adresse",
                libelle="",
                valeur=valeur,
                cle=page.cle,
                vu=page.vu,
                now=self.now,
            )

        self.act((CAST.aida, n), verb, reloads=False)

    @rule(n=st.integers(0, 1))
    def revoke_then_record(self, n: int) -> None:
        async def revoke(signed: Signed, demande: Demande, page: Page) -> None:
            await mandats.revoke(
                signed,
                demande,
                motif=MotifRevocation.RETRAIT,
                precision="",
                cle=page.cle,
                vu=page.vu,
                now=self.now,
            )

        async def record(signed: Signed, demande: Demande, page: Page) -> None:
            saisi = MandatSaisi(nature=NatureMandat.PAPIER, mandat_on=self.now.date(), is_attestee=True)
            await mandats.record_mandat(signed, demande, saisi, cle=page.cle, vu=page.vu, now=self.now)

        self.act((CAST.aida, n), revoke, reloads=True)
        self.act((CAST.aida, n), record, reloads=True)

    @rule()
    def lose_and_find_a_role(self) -> None:
        """Idir leaves the groupe, or comes back: his windows stay open."""
        self.run(
            database.fetch(
                "update adhesions set is_instructeur = not is_instructeur where agent = :agent",
                agent=CAST.idir,
            )
        )

    def _window(self, who: int, n: int) -> tuple[int, int]:
        return (CAST.aida, CAST.ines, CAST.idir)[who], n

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


@pytest.fixture
def _lives(_base: asyncio.Runner) -> None:
    Vies.runner = _base


def test_whatever_three_people_do_nothing_is_lost_nor_undone(_lives: None) -> None:
    run_state_machine_as_test(
        Vies,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=LIVES < 10,
            phases=(Phase.generate, Phase.shrink) if LIVES >= 10 else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
