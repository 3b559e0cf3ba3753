"""The whole life of a demande, lived at random: three people, two windows each, pages nobody refreshes.

`MACHINE=80 python -m pytest tests/domain/echanges/test_machine.py` lives 80 lives of 30 steps; the suite lives a few.
Faults planted on purpose show that it can fail.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from app import database
from app.domain import mandats
from app.domain.acces.sessions import Signed, find_absent
from app.domain.demandes.demande import Demande, Sollicitation, get_demande
from app.domain.demandes.vu import has_moved, last_ligne
from app.domain.echanges import actes, clotures, departs, invitations, messages, publication, usagers
from app.domain.echanges.publication import Publication
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import InvitationSaisie, MessageSaisi
from app.domain.mandats.saisie import MandatSaisi
from app.domain.pieces_jointes.ajout import add_pieces
from app.domain.pieces_jointes.liste import list_formulaire
from app.domain.regles.errors import Conflit, Introuvable, Refus
from app.domain.regles.mandats import MotifRevocation, NatureMandat
from tests.cast import CAST
from tests.domain.echanges.vies import Page, Vie
from tests.domain.fichiers_joints import NOTE
from tests.domain.scene import NUMEROS

LIVES = int(os.environ.get("MACHINE", "4"))
STEPS = 30
#: From so many lives on, each run is another one.
MANY = 10
TELL = publication._tell
TEXTES = ("Bonjour.", "Toujours rien.", "C’est réglé.")


class Vies(Vie):
    """Everything three people may do, from whichever window."""

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
        def holds(demande: Demande) -> bool:
            return not (who and nature == "traitee") or all(
                s.part.traitee_at for s in demande.sollicitations if s.groupe == CAST.groupes.caf
            )

        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            saisi = MessageSaisi(
                cle=page.cle,
                vu=page.vu,
                texte=texte,
                is_prive=who > 0 and nature == "prive",
                is_traitee=who > 0 and nature == "traitee",
            )
            return await messages.post_message(signed, demande, saisi, self.now)

        self.act(self._window(who, n), verb, reloads=reloads, texte=texte, holds=holds)

    @rule(who=st.integers(0, 2), n=st.integers(0, 1), textes=st.permutations(TEXTES))
    def go_back_and_write_something_else(self, who: int, n: int, textes: list[str]) -> None:
        """The same form again, with other words."""
        for texte in textes[:2]:
            self.write(who=who, n=n, texte=texte, nature="public", reloads=False)

    @rule(
        who=st.integers(0, 2),
        n=st.integers(0, 1),
        nature=st.sampled_from(["texte", "is_prive", "is_traitee"]),
        then=st.sampled_from(["", "other words", "closed meanwhile"]),
        is_stale=st.booleans(),
    )
    def send_what_waits(self, who: int, n: int, nature: str, then: str, is_stale: bool) -> None:
        """Each says something of its own; the same form may be sent again, or its demande closed before it leaves."""
        window = self._window(who, n)
        if not is_stale:
            self.pages[window] = self.run(self.look(window[0]))
        for _ in range(2 if then == "other words" else 1):
            champs = {nature: ["1"], "texte": [f"Bonjour ({next(NUMEROS)})."]}
            self.run(self.send_later(window, champs))
        if then == "closed meanwhile":
            self.pages[CAST.aida, n] = self.run(self.look(CAST.aida))
            self.close(n=n, note=3)
            self.run(self.leave())

    @rule(who=st.integers(0, 2))
    def change_ones_mind(self, who: int) -> None:
        self.run(self.take_back(self._window(who, 0)[0]))

    @rule()
    def half_a_minute_later(self) -> None:
        self.run(self.leave())

    @rule(who=st.integers(0, 2), n=st.integers(0, 1), texte=st.sampled_from(TEXTES))
    def write_with_a_file(self, who: int, n: int, texte: str) -> None:
        """What was joined is in the thread, or waits with the form under the name it has then."""

        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            saisi = MessageSaisi(cle=page.cle, vu=page.vu, texte=texte)
            ligne = await messages.post_message(signed, demande, saisi, self.now)
            waiting = await list_formulaire(signed.droits.agent, page.cle, self.now)
            assert not waiting, "acknowledged without its file"
            return ligne

        window = self._window(who, n)
        self.run(self._join(window))
        self.act(window, verb, texte=texte)

    async def _join(self, window: tuple[int, int]) -> None:
        agent, page = window[0], self.pages[window]
        signed = await find_absent(agent)
        if page is None or signed is None:
            return
        try:
            demande = await get_demande(signed.droits, self.numero)
            ajouts = await add_pieces(signed, page.cle, [NOTE], demande, self.now)
        except (Conflit, Refus, Introuvable):
            return
        self.pages[window] = Page(page.vu, ajouts.formulaire)

    @rule(
        who=st.integers(1, 2),
        n=st.integers(0, 1),
        reponse=st.sampled_from(ReponseRapide),
        reloads=st.booleans(),
    )
    def answer_quickly(self, who: int, n: int, reponse: ReponseRapide, reloads: bool) -> None:
        window = self._window(who, n)
        autre = CAST.ines if window[0] == CAST.idir else CAST.idir
        given: dict[ReponseRapide, Callable[[Sollicitation], bool]] = {
            ReponseRapide.PRISE_EN_CHARGE: lambda s: s.taken_by_id == window[0] and s.is_open,
            ReponseRapide.RENDUE: lambda s: s.taken_by_id != window[0],
            ReponseRapide.CONFIEE: lambda s: s.taken_by_id == autre and s.is_open,
            ReponseRapide.DECLINEE: lambda s: s.part.declinee_at is not None,
        }

        def holds(demande: Demande) -> bool:
            return all(given[reponse](s) for s in demande.sollicitations if s.groupe == CAST.groupes.caf)

        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            collegue = autre if reponse.fiche.has_collegue else 0
            saisi = MessageSaisi(cle=page.cle, vu=page.vu, collegue=collegue)
            return await messages.answer_quickly(signed, demande, reponse, saisi, self.now)

        self.act(window, verb, reloads=reloads, texte=reponse.fiche.texte, holds=holds)

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

        asked = getattr(CAST.groupes, groupe)
        self.act(
            self._window(who, n),
            verb,
            texte=texte,
            holds=lambda demande: asked in demande.parties.groupes_sollicites,
        )

    @rule(n=st.integers(0, 1), note=st.integers(1, 3))
    def close(self, n: int, note: int) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> None:
            await clotures.close_demande(
                signed, demande, note=note, commentaire="", cle=page.cle, vu=page.vu, now=self.now
            )

        self.act((CAST.aida, n), verb, holds=lambda demande: demande.parties.is_closed)

    @rule(n=st.integers(0, 1), texte=st.sampled_from(["", *TEXTES]))
    def reopen(self, n: int, texte: str) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> int:
            return await clotures.reopen_demande(
                signed, demande, cle=page.cle, vu=page.vu, texte=texte, now=self.now
            )

        self.act((CAST.aida, n), verb, texte=texte, holds=lambda demande: not demande.parties.is_closed)

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

        self.act((CAST.aida, n), verb)

    @rule(n=st.integers(0, 1), reloads=st.booleans())
    def revoke(self, n: int, reloads: bool) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> None:
            await mandats.revoke(
                signed,
                demande,
                motif=MotifRevocation.RETRAIT,
                precision="",
                cle=page.cle,
                vu=page.vu,
                now=self.now,
            )

        self.act((CAST.aida, n), verb, reloads=reloads, holds=lambda demande: not demande.parties.has_mandat)

    @rule(n=st.integers(0, 1), reloads=st.booleans())
    def record_mandat(self, n: int, reloads: bool) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> None:
            saisi = MandatSaisi(nature=NatureMandat.PAPIER, mandat_on=self.now.date(), is_attestee=True)
            await mandats.record_mandat(signed, demande, saisi, cle=page.cle, vu=page.vu, now=self.now)

        self.act((CAST.aida, n), verb, reloads=reloads, holds=lambda demande: demande.parties.has_mandat)

    @rule(n=st.integers(0, 1), numero=st.sampled_from(["06 12 34 56 78", "06 12 34 56 79"]))
    def ask_by_sms(self, n: int, numero: str) -> None:
        async def verb(signed: Signed, demande: Demande, page: Page) -> None:
            seen = not has_moved(page.vu, demande, ()) and last_ligne(signed.droits, demande) <= page.vu.ligne
            await mandats.request_sms(
                signed,
                numero=numero,
                structure="France Services",
                zone=signed.zone,
                now=self.now,
                demande=demande,
                vu=page.vu,
            )
            assert seen, "asked by a page that had not seen"

        self.act((CAST.aida, n), verb)

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


def live(lives: int, *, is_known: bool) -> None:
    """So many lives; `is_known`: always the same ones."""
    run_state_machine_as_test(
        Vies,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=is_known,
            phases=(Phase.generate,) if is_known else (Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )


@pytest.fixture
def _lives(_base: asyncio.Runner, store: Path) -> None:
    Vies.runner = _base


@pytest.mark.usefixtures("_lives")
def test_whatever_three_people_do_nothing_is_lost_nor_undone() -> None:
    live(LIVES, is_known=LIVES < MANY)


async def _look_at_nothing(*_: object) -> None:
    """An act that asks nothing of what its page had seen."""


def _trust_the_key(trace: Any, *_: object) -> bool:
    """A repeat known by its key alone: another text under it is dropped behind a success."""
    return bool(trace["is_same_form"])


def _nothing_asked(*_: object) -> None:
    """The same form with other words: what was taken first is forgotten behind a success."""


async def _forget(cle: UUID, *_: object) -> None:
    """What can no longer leave is lost."""
    await database.fetch("delete from brouillons where id = :cle", cle=cle)


async def _tell_twice(publication: Publication, now: datetime) -> None:
    """The mails of one fact, written twice."""
    for _ in range(2):
        await TELL(publication, now)


@pytest.mark.usefixtures("_lives")
@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        (departs, "_require_same", _nothing_asked),
        (departs, "_retain", _forget),
        (actes, "_require_seen", _look_at_nothing),
        (actes, "_is_twin", _trust_the_key),
        (publication, "_tell", _tell_twice),
    ],
    ids=[
        "other words are taken",
        "lost at its hour",
        "nothing is looked at",
        "a key is enough",
        "told twice",
    ],
)
def test_a_fault_planted_on_purpose_is_found(
    where: Any, name: str, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, fault)
    with pytest.raises(AssertionError):
        live(60, is_known=True)
