"""The mandat in the form of a new demande: on paper, by phone, by SMS; bare and with htmx."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app import database, horloge
from app.domain import mandats
from app.domain.mandats import Mandat
from app.domain.nouvelles_demandes.depart import list_departs, send_depart
from app.formulaire import Formulaire
from app.tasks import mandats as sweeps
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.courrier import read_lettres
from tests.domain.formulaire_rempli import filled
from tests.factories import list_told

URL = "/demandes/nouvelle"
SMS = {"mandat": "sms", "sms_numero": "06 12 34 56 78", "mandat_le": None, "attestation": None}
APPEL = {
    "mandat": "telephone",
    "mandat_le": None,
    "attestation": None,
    "appel_numero": "06 12 34 56 78",
    "appel_le": "2026-11-24",
    "appel_heure": "09:30",
    "question_1": "oui",
    "question_2": "oui",
    "attestation_telephone": "1",
}
BARE_AND_HTMX = pytest.mark.parametrize("htmx", [False, True], ids=["bare", "htmx"])


@pytest.fixture(autouse=True)
def _horloge(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(horloge, "now", lambda: now)


async def sent() -> list[Any]:
    """The demandes of Aïda."""
    return await database.fetch(
        "select numero, formulaire from demandes where auteur = :auteur", auteur=CAST.aida
    )


async def state(fields: dict[str, Any]) -> Mandat:
    """The SMS of this form."""
    found = await mandats.find_for_form(CAST.aida, UUID(fields["formulaire"]))
    assert found is not None
    return found


async def answer(texte: str, now: datetime) -> None:
    """The usager writes back."""
    await mandats.receive_sms("+33612345678", texte, f"cle {texte}", now)


async def send(browser: Browser, fields: dict[str, Any], *, htmx: bool, status: int | None = None) -> Any:
    """« Envoyer ma demande »."""
    return await browser.post(URL, fields, status=status or (200 if htmx else 303), htmx=htmx)


@BARE_AND_HTMX
async def test_by_phone(htmx: bool) -> None:
    browser = await signed_in(CAST.aida)
    await send(browser, {**filled(**APPEL), "question_2": "non"}, htmx=htmx, status=422)
    assert "c’est son droit" in browser.page.texte and await sent() == []
    await send(browser, filled(**APPEL), htmx=htmx)
    ((numero, _),) = await sent()
    (row,) = await database.fetch("select nature, etat from mandats where demande = :numero", numero=numero)
    assert (row["nature"], row["etat"]) == ("telephone", "valide")


@BARE_AND_HTMX
async def test_a_call_is_proposed_now_to_the_number_already_typed(htmx: bool) -> None:
    browser = await signed_in(CAST.aida)
    number = {"autre_nature": "telephone", "autre_libelle": "", "autre_valeur": "06 12 34 56 78"}
    fields = {**filled(**number), "mandat": "telephone", "etape": "appel"}
    response = await browser.post(URL, fields, status=200, htmx=htmx)
    for value in ('value="06 12 34 56 78"', 'value="2026-11-24"', 'value="10:00"'):
        assert value in response.text.partition('id="champ-appel_numero"')[2], value


@BARE_AND_HTMX
async def test_by_sms(htmx: bool, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = filled(**SMS)
    await send(browser, fields, htmx=htmx, status=422)
    assert "Envoyez d’abord le SMS" in browser.page.texte
    await browser.post(URL, {**fields, "etape": "sms"}, status=200, htmx=htmx)
    assert "en attente de la réponse" in browser.page.texte
    assert "Martine" in browser.html, "everything typed is still there"
    # Nobody attests what has not happened: the box comes with the OUI, the sentence that it was sent with its sending.
    assert "attestation_sms" not in browser.html
    assert (
        "Pas encore possible au même numéro\N{NO-BREAK SPACE}: à partir de 10\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}03"
        in browser.html
    )
    assert "SMS en cours d’envoi" in browser.page.texte
    await database.fetch("update sms set done_at = :now", now=now)
    await send(browser, fields, htmx=htmx, status=422)
    assert "SMS envoyé, en attente" in browser.page.texte
    assert "n’a pas encore répondu" in browser.page.texte and await sent() == []
    await answer("Oui", now)
    await send(browser, fields, htmx=htmx, status=422)
    assert "Cochez l’attestation" in browser.page.texte
    await send(browser, {**fields, "attestation_sms": "1"}, htmx=htmx)
    ((numero, _),) = await sent()
    mandat = await state(fields)
    assert (mandat.demande, mandat.etat, mandat.reponse) == (numero, "valide", "Oui")


@BARE_AND_HTMX
async def test_a_no_by_sms_sends_nothing_and_says_so_kindly(htmx: bool, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = {**filled(**SMS), "attestation_sms": "1"}
    await browser.post(URL, {**fields, "etape": "sms"}, status=200, htmx=htmx)
    await answer("NON", now)
    await send(browser, fields, htmx=htmx, status=422)
    assert "L’usager a répondu NON" in browser.page.texte and "c’est son droit" in browser.page.texte
    assert await sent() == [] and await list_told("demande_envoyee") == set()


async def test_a_number_that_cannot_be_written_to_is_said_beside_its_field() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post(URL, {**filled(**SMS), "sms_numero": "0296010203", "etape": "sms"}, status=422)
    assert "téléphone fixe" in browser.page.texte
    assert await database.fetch("select 1 from sms") == []


async def test_what_was_typed_waits_for_the_answer_as_a_draft(now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = filled(**SMS)
    await browser.post(URL, {**fields, "etape": "sms"}, status=200, htmx=True)
    assert len(browser.queries) <= 20
    await answer("OUI", now)
    await browser.get(f"{URL}?formulaire={fields['formulaire']}")
    assert "L’usager a répondu OUI" in browser.page.texte and "Martine" in browser.html


@BARE_AND_HTMX
async def test_it_leaves_by_itself_once_the_usager_says_oui(htmx: bool, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = filled(**SMS)
    await browser.post(URL, {**fields, "etape": "sms"}, status=200, htmx=htmx)
    assert "Envoyer la demande dès que l’usager aura répondu OUI" in browser.page.texte
    waiting = {**fields, "depart_sms": "1"}
    await send(browser, {**waiting, "titre": ""}, htmx=htmx, status=422)
    await send(browser, waiting, htmx=htmx)
    await browser.get("/demandes?onglet=brouillons")
    assert "Partira quand l’usager aura répondu OUI" in browser.page.texte
    await sweeps.send_ready({})
    assert await sent() == []
    await answer("oui.", now)
    for _ in range(2):
        await sweeps.send_ready({})
    ((numero, formulaire),) = await sent()
    assert str(formulaire) == fields["formulaire"]
    assert (await state(fields)).demande == numero
    assert await list_told("demande_envoyee") == {"ines@exemple.fr", "idir@exemple.fr"}
    assert await database.fetch("select 1 from brouillons") == []
    # One mail says that the usager has answered and that the demande has left.
    (lettre,) = await read_lettres("aida@exemple.fr")
    assert (lettre.fait, lettre.contexte["issue"]) == ("mandat_sms_repondu", "parti")
    assert lettre.contexte["numero"] == numero


async def test_who_let_it_leave_by_itself_learns_that_it_could_not(now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = {**filled(**SMS), "depart_sms": "1"}
    await browser.post(URL, {**fields, "etape": "sms"}, status=200)
    await send(browser, fields, htmx=False)
    await database.fetch(
        "update groupes set deactivated_at = :now where id = :cle", now=now, cle=CAST.groupes.caf
    )
    await answer("OUI", now)
    await sweeps.send_ready({})
    assert await sent() == []
    (lettre,) = await read_lettres("aida@exemple.fr")
    assert lettre.contexte["issue"] == "reste"


async def test_what_is_written_while_it_leaves_leaves_with_the_next_sweep(now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = {**filled(**SMS), "attestation_sms": "1", "depart_sms": "1"}
    await browser.post(URL, {**fields, "etape": "sms"}, status=200)
    await send(browser, fields, htmx=False)
    await answer("OUI", now)
    [depart] = await list_departs()
    elsewhere = {**fields, "titre": "Autre titre", "page": "une autre", "apres": depart.brouillon.trace}
    await browser.post(f"{URL}/brouillon", elsewhere, htmx=True, status=200)
    assert not await send_depart(depart, Formulaire(depart.brouillon.champs), now)
    assert await sent() == []
    await sweeps.send_ready({})
    [row] = await database.fetch("select titre from demandes")
    assert row["titre"] == "Autre titre"


@pytest.mark.parametrize("texte", ["NON", "ok"])
async def test_it_stays_without_oui(texte: str, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = {**filled(**SMS), "depart_sms": "1"}
    await browser.post(URL, {**fields, "etape": "sms"}, status=200)
    await send(browser, fields, htmx=False)
    await answer(texte, now)
    await sweeps.send_ready({})
    assert await sent() == []


@pytest.mark.parametrize(
    "change",
    [
        "update agents set deactivated_at = current_timestamp where id = $1",
        "update adhesions set is_aidant = false where agent = $1",
    ],
)
async def test_it_stays_when_its_agent_may_no_longer_send(change: str, now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    fields = {**filled(**SMS), "depart_sms": "1"}
    await browser.post(URL, {**fields, "etape": "sms"}, status=200)
    await send(browser, fields, htmx=False)
    await database.fetch(change, CAST.aida)
    await answer("OUI", now)
    for _ in range(2):
        await sweeps.send_ready({})
    assert await sent() == []
    (row,) = await database.fetch("select is_waiting_for_sms from brouillons")
    assert row["is_waiting_for_sms"] is False


async def test_the_paper_to_sign_is_offered_filled_in_and_blank() -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(URL, follow=True)
    assert 'formaction="/mandats/prerempli.pdf"' in browser.html
    assert "/mandats/vierge" in browser.page.links
