"""Thirty seconds to change one's mind: what waits is nobody else's, comes back whole, and leaves by itself."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import database, visite
from app.domain.echanges import departs, messages
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.pieces_jointes.ajout import remove_piece
from app.formulaire import Formulaire
from tests.browser import Browser
from tests.cast import CAST
from tests.domain.fichiers_joints import make_scene
from tests.domain.scene import (
    WAIT,
    answer_quickly,
    answers_wait,
    close_demande,
    load,
    post,
    revoke_mandat,
    signed_as,
    typed,
)
from tests.factories import list_journal, make_demande
from tests.routes.test_demande_messages import answer, lines, open_page, quick
from tests.routes.test_pieces_jointes import NOTE, PDF, sent

TEXTE = "Je regarde ce dossier."


@pytest.fixture(autouse=True)
def _waits() -> Iterator[None]:
    with answers_wait():
        yield


async def send(browser: Browser, numero: int, texte: str = TEXTE, **fields: Any) -> dict[str, Any]:
    """Send what is on screen with these words; the fields that were sent. The page is then the next one."""
    fields = answer(browser, texte, **fields)
    await browser.post(f"/demandes/{numero}/messages", fields)
    await browser.get(f"/demandes/{numero}")
    return fields


async def waiting(numero: int) -> list[UUID]:
    """The answers that have not left."""
    rows = await database.fetch(
        "select id from brouillons where demande = :numero and part_at is not null order by part_at",
        numero=numero,
    )
    return [row["id"] for row in rows]


async def take_back(browser: Browser, numero: int, texte: str = "", **post: Any) -> None:
    """Press « Annuler l’envoi », with these words begun since."""
    [cle] = await waiting(numero)
    fields = answer(browser, texte) | {"annuler": str(cle)}
    await browser.post(f"/demandes/{numero}/annulation", fields, **post)


async def let_it_leave(numero: int, now: datetime) -> None:
    """What the sweep does, at the hour of the test."""
    for cle, demande in await departs.list_due(now):
        await departs.let_go(cle, demande, Formulaire, now)


async def held(numero: int) -> list[str]:
    """Why answers could not leave."""
    rows = await database.fetch(
        "select retenue from brouillons where demande = :numero and retenue <> ''", numero=numero
    )
    return [row["retenue"] for row in rows]


# --- Waiting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
async def test_an_answer_waits_unseen_then_leaves_when_its_demande_is_read(
    now: datetime, htmx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = answer(browser)
    for _ in range(2):
        response = await browser.post(
            f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303
        )
    assert not await lines(numero)
    if htmx:
        assert f'id="partance-{fields["cle"][0]}" data-focus' in response.text
        assert response.text.count("data-annonce") == response.text.count("data-focus") == 1
    await browser.get(f"/demandes/{numero}")
    assert "pas encore partie" in browser.page.texte
    assert "Elle part dans 30 secondes, à 10\u00a0h\u00a000\u00a0min\u00a030\u00a0s" in browser.page.texte
    assert len(browser.queries) <= 8
    other = await open_page(CAST.aida, numero)
    assert TEXTE not in other.page.texte
    assert not await database.fetch("select from courriels where fait = 'message_envoye'")
    monkeypatch.setattr(visite, "clock", lambda: now + WAIT)
    await other.get(f"/demandes/{numero}")
    assert TEXTE in other.page.texte
    [row] = await database.fetch("select sent_at from messages where demande = :numero", numero=numero)
    assert row["sent_at"] == now + WAIT
    await browser.get(f"/demandes/{numero}")
    assert "pas encore partie" not in browser.page.texte


async def test_an_older_window_of_ones_own_says_what_the_answer_will_do_and_not_that_it_is_done(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    older, newer = await open_page(CAST.ines, numero), await open_page(CAST.ines, numero)
    await newer.post(f"/demandes/{numero}/messages", quick(newer, "prise_en_charge"))
    await older.post(f"/demandes/{numero}/messages", answer(older), status=409)
    assert "en cours, suivie par Inès Le Goff, dès que votre réponse sera partie" in older.page.texte
    assert len(await waiting(numero)) == 1 and not await lines(numero)
    await older.post(f"/demandes/{numero}/messages", answer(older), status=303)
    assert [line["nature"] for line in await lines(numero)] == ["prise_en_charge"]


async def test_the_same_form_with_other_words_is_a_conflict_and_both_texts_are_kept(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = await send(browser, numero)
    await browser.post(f"/demandes/{numero}/messages", fields | {"texte": "Autre chose."}, status=409)
    assert "Autre chose.</textarea>" in browser.html
    assert answer(browser)["cle"] != fields["cle"]
    await let_it_leave(numero, now + WAIT)
    assert [line["texte"] for line in await lines(numero)] == [TEXTE]


async def test_a_save_of_its_form_that_comes_late_brings_nothing_back(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = await send(browser, numero)
    await browser.post(f"/demandes/{numero}/brouillon", fields | {"texte": "Je regarde"}, status=409)
    await let_it_leave(numero, now + WAIT)
    assert [line["texte"] for line in await lines(numero)] == [TEXTE]
    assert not await database.fetch("select from brouillons")


async def test_it_leaves_in_the_name_of_who_signed_though_their_session_ended(now: datetime) -> None:
    await database.fetch("update agents set is_collectif = true where id = :id", id=CAST.aline)
    numero = await make_demande(now, auteur=CAST.aline)
    browser = await open_page(CAST.aline, numero)
    await send(browser, numero, signature="Nadège Corre, accueil")
    await database.fetch("delete from sessions")
    await let_it_leave(numero, now + WAIT)
    [line] = await lines(numero)
    assert (line["auteur"], line["signature"]) == (CAST.aline, "Nadège Corre, accueil")


@pytest.mark.parametrize("acte", ["reponse", "prise_en_charge"])
async def test_what_follows_an_answer_lets_it_leave_and_knows_it(now: datetime, acte: str) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    first = answer(browser) if acte == "reponse" else quick(browser, acte)
    await browser.post(f"/demandes/{numero}/messages", first)
    await browser.get(f"/demandes/{numero}")
    await send(browser, numero, "C’est fait.", is_traitee="1")
    assert [line["nature"] for line in await lines(numero)] == [acte]
    await let_it_leave(numero, now + WAIT)
    assert [line["texte"] for line in await lines(numero)][1:] == ["C’est fait."]
    assert not await held(numero)


async def test_closing_lets_ones_own_thanks_leave_before(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    browser = await open_page(CAST.aida, numero)
    await send(browser, numero, "Merci\u00a0!")
    await browser.get(f"/demandes/{numero}/cloture")
    await browser.submit(f"/demandes/{numero}/cloture", {"note": "3"})
    assert [line["nature"] for line in await lines(numero)] == ["reponse", "reponse", "cloture"]


# --- Taken back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
async def test_taken_back_its_text_is_in_the_form_with_what_was_begun_since(
    now: datetime, htmx: bool
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = await send(browser, numero, is_traitee="1")
    await take_back(browser, numero, "Et puis.", htmx=htmx, status=200 if htmx else 303)
    if htmx:
        assert browser.html.count("data-annonce") == browser.html.count("data-focus") == 1
    page = await browser.get(f"/demandes/{numero}")
    assert f"{TEXTE}\n\nEt puis.</textarea>" in page.text
    assert "pas encore partie" not in browser.page.texte
    again = answer(browser)
    assert (again["is_traitee"], again["cle"]) == (["1"], fields["cle"])
    assert not await lines(numero)
    await send(browser, numero, "Finalement.")
    await let_it_leave(numero, now + WAIT)
    assert [line["texte"] for line in await lines(numero)] == ["Finalement."]


async def test_its_files_come_back_with_those_chosen_since(store: Path, now: datetime) -> None:
    numero = await make_scene(now)
    browser = await open_page(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/messages", answer(browser), files=sent(NOTE))
    await browser.get(f"/demandes/{numero}")
    assert "Avec\u00a0: note.txt" in browser.page.texte
    assert "note.txt" not in (await (await open_page(CAST.aida, numero)).get(f"/demandes/{numero}")).text
    await take_back(browser, numero, files=sent(PDF))
    await browser.get(f"/demandes/{numero}")
    await browser.post(f"/demandes/{numero}/messages", answer(browser))
    await let_it_leave(numero, now + WAIT)
    [line] = await lines(numero)
    rows = await database.fetch("select nom, message from pieces_jointes order by nom")
    assert [(row["nom"], row["message"]) for row in rows] == [
        ("avis d’échéance.pdf", line["id"]),
        ("note.txt", line["id"]),
    ]


async def test_a_stale_list_of_drafts_takes_no_file_from_an_answer_that_is_leaving(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    browser = await open_page(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/messages", answer(browser), files=sent(NOTE))
    [cle] = await waiting(numero)
    [piece] = await database.fetch("select id from pieces_jointes where nom = 'note.txt'")
    await browser.post(f"/brouillons/{cle}/suppression")
    await browser.post("/brouillons/suppression", {"cles": str(cle)})
    assert not await remove_piece(await signed_as(CAST.ines, now), cle, piece["id"])
    await let_it_leave(numero, now + WAIT)
    [line], [row] = await lines(numero), await database.fetch("select message from pieces_jointes")
    assert row["message"] == line["id"]


async def test_a_file_refused_while_taking_back_is_said_and_the_text_is_there(
    store: Path, now: datetime
) -> None:
    numero = await make_scene(now)
    browser = await open_page(CAST.ines, numero)
    await send(browser, numero)
    await take_back(browser, numero, files=sent(("a.exe", b"MZ\x90\x00", "x/y")), status=422)
    assert f"{TEXTE}</textarea>" in browser.html
    assert "a.exe" in browser.page.texte
    assert not await waiting(numero)


@pytest.mark.parametrize("motif", ["", "Dès demain."])
async def test_a_quick_answer_is_taken_back_beside_the_message_begun_since(now: datetime, motif: str) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await browser.post(f"/demandes/{numero}/messages", quick(browser, "declinee", motif=motif))
    await browser.get(f"/demandes/{numero}")
    await take_back(browser, numero, "Bonjour.", status=200)
    assert "Bonjour.</textarea>" in browser.html
    assert motif in browser.html
    assert not await lines(numero)
    assert not await waiting(numero)


async def test_gone_it_is_taken_back_no_more_and_what_was_typed_stays(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await send(browser, numero)
    [cle] = await waiting(numero)
    fields = answer(browser, "Et puis.") | {"annuler": str(cle)}
    monkeypatch.setattr(visite, "clock", lambda: now + WAIT)
    await browser.post(f"/demandes/{numero}/annulation", fields, status=409)
    assert "Et puis.</textarea>" in browser.html
    assert "déjà partie" in browser.page.texte
    assert len(await lines(numero)) == 1


async def test_nobody_takes_back_the_answer_of_somebody_else(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    await send(ines, numero)
    await take_back(idir, numero, status=409)
    assert len(await waiting(numero)) == 1


# --- What can leave no more ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["closed", "revoked"])
async def test_what_can_no_longer_leave_stays_with_its_author_who_is_told(
    now: datetime, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await send(browser, numero)
    signed = await signed_as(CAST.aida, now)
    if what == "closed":
        await close_demande(signed, await load(signed, numero), now=now)
    else:
        await revoke_mandat(signed, await load(signed, numero), now)
    await database.fetch("delete from courriels")
    monkeypatch.setattr(visite, "clock", lambda: now + WAIT)
    await browser.get(f"/demandes/{numero}")
    assert TEXTE not in [line["texte"] for line in await lines(numero)]
    assert "Votre réponse n’est pas partie" in browser.page.texte
    assert TEXTE in browser.page.texte
    assert ("clôturée" if what == "closed" else "mandat") in (await held(numero))[0]
    [mail] = await database.fetch("select fait, agent from courriels where demande = :numero", numero=numero)
    assert (mail["fait"], mail["agent"]) == ("reponse_retenue", CAST.ines)
    assert len(await list_journal("reponse_retenue")) == 1
    assert TEXTE not in (await open_page(CAST.aida, numero)).html


async def test_a_colleague_who_answers_meanwhile_stops_only_what_moves_the_same_part(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    await send(ines, numero)
    await post(CAST.idir, numero, now, "Moi aussi.")
    await let_it_leave(numero, now + WAIT)
    assert [line["texte"] for line in await lines(numero)] == ["Moi aussi.", TEXTE]
    ines = await open_page(CAST.ines, numero)
    await send(ines, numero, "C’est traité.", is_traitee="1")
    await post(CAST.idir, numero, now, "Déjà traité.", is_traitee=True)
    await let_it_leave(numero, now + WAIT)
    assert [line["texte"] for line in await lines(numero)][2:] == ["Déjà traité."]
    assert len(await held(numero)) == 1


async def test_a_colleague_who_took_charge_meanwhile_is_not_taken_over(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    await ines.post(f"/demandes/{numero}/messages", quick(ines, "prise_en_charge"))
    idir = await signed_as(CAST.idir, now)
    await answer_quickly(idir, await load(idir, numero), ReponseRapide.PRISE_EN_CHARGE, typed(""), now)
    await let_it_leave(numero, now + WAIT)
    assert [line["auteur"] for line in await lines(numero)] == [CAST.idir]
    await ines.get(f"/demandes/{numero}")
    assert "Suivie par Idir" in ines.page.texte
    assert "Votre réponse n’est pas partie" in ines.page.texte


async def test_what_is_typed_since_takes_the_place_of_nothing_and_both_are_joined(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await send(browser, numero, is_traitee="1")
    await post(CAST.idir, numero, now, "Déjà traité.", is_traitee=True)
    await let_it_leave(numero, now + WAIT)
    await browser.get(f"/demandes/{numero}")
    fields = answer(browser, "Bonjour.")
    await browser.post(f"/demandes/{numero}/brouillon", fields)
    await browser.get(f"/demandes/{numero}")
    assert "Bonjour.</textarea>" in browser.html
    assert TEXTE in browser.page.texte
    [row] = await database.fetch("select id from brouillons where retenue <> ''")
    await browser.post(
        f"/demandes/{numero}/annulation", answer(browser, "Bonjour.") | {"annuler": str(row["id"])}
    )
    await browser.get(f"/demandes/{numero}")
    assert f"{TEXTE}\n\nBonjour.</textarea>" in browser.html
    assert "Votre réponse n’est pas partie" not in browser.page.texte
    assert len(await database.fetch("select from brouillons")) == 1


async def test_who_reads_the_demande_no_more_finds_the_text_among_their_drafts(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await send(browser, numero)
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.ines)
    await let_it_leave(numero, now + WAIT)
    assert not await lines(numero)
    await browser.get(f"/demandes/{numero}", status=404)
    await browser.get("/demandes?onglet=brouillons")
    assert "Vous n’avez plus accès à cette demande" in browser.page.texte
    assert TEXTE in browser.page.texte


async def test_a_fault_of_ours_closes_no_page_and_the_answer_leaves_later(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await send(browser, numero)

    async def break_down(*_: object, **__: object) -> int:
        raise RuntimeError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(messages, "post_message", break_down)
        broken.setattr(visite, "clock", lambda: now + WAIT)
        await (await open_page(CAST.aida, numero)).get(f"/demandes/{numero}")
    assert not await lines(numero)
    await let_it_leave(numero, now + WAIT)
    assert not await lines(numero), "it makes nobody wait meanwhile"
    await let_it_leave(numero, now + WAIT + departs.AGAIN)
    assert len(await lines(numero)) == 1
