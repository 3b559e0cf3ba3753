"""The paper, the proof, the page of the mandats of a demande: bare and htmx, for who may (product §3, §8)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import database
from app.domain import mandats
from app.impression import ImpressionImpossible
from app.routes.mandats import feuilles
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_journal, make_demande, make_invitation

APPEL = {
    "mandat": "telephone",
    "appel_numero": "02 96 01 02 03",
    "appel_le": "2026-11-24",
    "appel_heure": "09:30",
    "question_1": "oui",
    "question_2": "oui",
    "attestation_telephone": "1",
}
PAPIER = {"mandat": "papier", "mandat_le": "2026-11-23", "attestation": "1", "mandat_modele": "falc"}
SMS = {"mandat": "sms", "sms_numero": "06 12 34 56 78"}


async def mandat_of(numero: int) -> UUID:
    """The last mandat of this demande."""
    row = await database.fetch_one(
        "select id from mandats where demande = :numero order by (etat = 'valide') desc limit 1",
        numero=numero,
    )
    assert row is not None
    cle: UUID = row["id"]
    return cle


# --- Paper ------------------------------------------------------------------------------------------------------


async def test_the_blank_mandat_is_offered_in_three_dresses() -> None:
    browser = await signed_in(CAST.ines)
    await browser.get("/mandats/vierge")
    links = browser.page.links
    for modele in ("standard", "grands-caracteres", "falc"):
        assert f"/mandats/vierge.pdf?modele={modele}" in links
        await browser.get(f"/mandats/vierge/{modele}")
        assert browser.page.h1
    style = await browser.client.get("/mandats/textes/2026-11-22/mandat.css")
    assert style.status_code == 200 and style.headers["content-type"].startswith("text/css")
    for nowhere in (
        "/mandats/vierge/geant",
        "/mandats/vierge.pdf?modele=../x",
        "/mandats/textes/2020-01-01/mandat.css",
    ):
        await browser.get(nowhere, status=404)


async def test_who_is_signed_out_signs_in_first() -> None:
    for url in ("/mandats/vierge", "/mandats/vierge.pdf", f"/mandats/{uuid4()}"):
        response = await Browser().get(url, status=303)
        assert response.headers["location"].startswith("/connexion")


async def test_the_pdf_says_what_it_is() -> None:
    browser = await signed_in(CAST.aida)
    response = await browser.get("/mandats/vierge.pdf?modele=falc")
    assert response.headers["content-type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    name = "mandat-administration-plus-falc-vierge-2026-11-28.pdf"
    assert (
        response.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    )


async def test_the_form_fills_the_mandat_before_the_demande_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    filled: list[Any] = []

    async def print_nothing(modele: str, version: str, mandat: Any, **_: Any) -> bytes:
        filled.append((modele, mandat))
        return b"%PDF-"

    monkeypatch.setattr(feuilles, "print_mandat", print_nothing)
    browser = await signed_in(CAST.aida)
    typed = {
        "prenom": "Martine",
        "nom": "Dubois",
        "naissance": "1968",
        "structure": CAST.groupes.france_services,
    }
    response = await browser.post("/mandats/prerempli.pdf", typed, status=200)
    assert "vierge" not in response.headers["content-disposition"]
    assert "Dubois" not in response.headers["content-disposition"]
    ((modele, mandat),) = filled
    assert modele == "standard"
    assert (mandat.prenom, mandat.nom, mandat.naissance) == ("Martine", "Dubois", "1968")
    assert (mandat.structure, mandat.agent) == ("France Services Callac", "Aïda Kerjean")
    assert mandat.date.isoformat() == "2026-11-24"
    assert browser.queries and not any("insert" in sql for sql in browser.queries), "nothing is kept"
    await browser.post("/mandats/prerempli.pdf", {**typed, "structure": CAST.groupes.caf}, status=200)
    assert filled[1][1].structure is None, "not one of hers: a line to fill in"


async def test_a_name_too_long_is_refused_in_french() -> None:
    browser = await signed_in(CAST.aida)
    await browser.post("/mandats/prerempli.pdf", {"nom": "x" * 201}, status=422)
    assert "dépasse 200 caractères" in browser.page.texte


async def test_a_printer_that_gives_up_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async def give_up(*_: Any, **__: Any) -> bytes:
        raise ImpressionImpossible("Ce document n’a pas pu être imprimé.", "trop lent")

    monkeypatch.setattr(feuilles, "print_mandat", give_up)
    browser = await signed_in(CAST.aida)
    await browser.get("/mandats/vierge.pdf", status=503)
    assert "Ce document n’a pas pu être imprimé." in browser.page.texte
    assert "/mandats/vierge/standard" in browser.page.links


# --- The proof --------------------------------------------------------------------------------------------------


async def test_the_proof_says_everything_to_who_may_see_it(now: datetime) -> None:
    numero = await make_demande(now)
    cle = await mandat_of(numero)
    for agent in (CAST.aida, CAST.ines):
        browser = await signed_in(agent)
        await browser.get(f"/mandats/{cle}")
        for said in ("Mandat papier", "J’atteste.", "2026-11-22", "Aïda Kerjean"):
            assert said in browser.page.texte
        await browser.get(f"/mandats/{cle}/texte")
        assert "Martine" in browser.page.texte
    assert len(await list_journal("mandat_vu")) == 4


async def test_strangers_find_nothing_and_the_others_are_refused(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    cle = await mandat_of(numero)
    pages = [f"/mandats/{cle}", f"/mandats/{cle}.pdf", f"/mandats/{cle}/texte", f"/demandes/{numero}/mandat"]
    acts = {
        f"/demandes/{numero}/mandat": PAPIER,
        f"/demandes/{numero}/mandat/revocation": {"motif": "retrait"},
    }
    for status, agents in ((404, (CAST.eve, CAST.ivan, CAST.paul)), (403, (CAST.elie, CAST.rose, CAST.ada))):
        for agent in agents:
            browser = await signed_in(agent)
            for url in (*pages, f"/demandes/{numero}/mandat.pdf"):
                await browser.get(url, status=status)
            for url, fields in acts.items():
                await browser.post(url, fields, status=status)
    assert await list_journal("mandat_vu") == []


async def test_nonsense_finds_nothing(now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    cle = await mandat_of(await make_demande(now))
    for url in (f"/mandats/{uuid4()}", "/mandats/x", f"/mandats/{cle}.exe", f"/mandats/{cle}.pdf.pdf"):
        await browser.get(url, status=404)


async def test_before_the_demande_only_its_author_sees_the_mandat(now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    formulaire = uuid4()
    cle = await _ask_from_form(formulaire, now)
    await browser.get(f"/mandats/{cle}")
    assert "06\u00a012\u00a034\u00a056\u00a078" in browser.page.texte
    await browser.get(f"/mandats/{cle}/attente", htmx=True)
    assert "en attente de la réponse" in browser.page.texte and "every 10s" in browser.html
    await browser.get(f"/mandats/{cle}/attente?actualisation=non", htmx=True)
    assert "en attente de la réponse" in browser.page.texte and "every" not in browser.html
    assert "Regarder toutes les 10 secondes" in browser.page.texte
    marque = browser.html.partition("?marque=")[2].partition("&")[0]
    said = await browser.get(f"/mandats/{cle}/attente?marque={marque}", htmx=True, status=204)
    assert said.headers["heure"]
    other = await signed_in(CAST.aline)
    await other.get(f"/mandats/{cle}", status=404)
    await other.get(f"/mandats/{cle}/attente", status=404, htmx=True)


# --- The mandats of a demande -----------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True], ids=["bare", "htmx"])
@pytest.mark.parametrize("fields", [PAPIER, APPEL], ids=["papier", "telephone"])
async def test_a_new_mandat_after_a_revocation(fields: dict[str, str], htmx: bool, now: datetime) -> None:
    numero = await make_demande(now)
    url = f"/demandes/{numero}/mandat"
    browser = await signed_in(CAST.aida)
    await browser.get(url)
    assert url not in [f["action"] for f in browser.page.forms], "one in force: no other is needed"
    status = 200 if htmx else 303
    await browser.submit(f"{url}/revocation", {"motif": "retrait"}, status=status, htmx=htmx)
    assert len(browser.queries) <= 14, browser.queries
    await browser.get(url)
    assert "les échanges sont suspendus" in browser.page.texte
    assert "Révoqué aujourd’hui par Aïda Kerjean. L’usager retire son mandat" in browser.page.texte
    await browser.submit(url, fields, status=status, htmx=htmx)
    assert len(browser.queries) <= 14, browser.queries
    await browser.get(url)
    assert "suspendus" not in browser.page.texte
    await browser.get(f"/demandes/{numero}")
    assert "a enregistré un mandat" in browser.page.texte


@pytest.mark.parametrize("htmx", [False, True], ids=["bare", "htmx"])
async def test_a_new_mandat_by_sms(htmx: bool, now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    url = f"/demandes/{numero}/mandat"
    browser = await signed_in(CAST.aida)
    await browser.get(url)
    await browser.submit(url, SMS, status=200 if htmx else 303, htmx=htmx)
    await browser.get(url)
    assert "en attente de la réponse" in browser.page.texte
    await mandats.receive_sms("+33612345678", "Oui", "A", now)
    await browser.get(url)
    assert "« Oui »" not in browser.page.texte and "Prend fin à la clôture" in browser.page.texte
    await browser.get(f"/mandats/{await mandat_of(numero)}")
    assert "« Oui »".replace(" ", "\u00a0") in browser.page.texte


@pytest.mark.parametrize("htmx", [False, True], ids=["bare", "htmx"])
async def test_what_is_wrong_is_said_and_what_was_typed_stays(htmx: bool, now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    url = f"/demandes/{numero}/mandat"
    browser = await signed_in(CAST.aida)
    await browser.get(url)
    await browser.submit(url, {**APPEL, "question_2": "non", "appel_numero": "12"}, status=422, htmx=htmx)
    assert "c’est son droit" in browser.page.texte
    form = next(f for f in browser.page.forms if f["action"] == url)
    assert form["values"]["appel_numero"] == ["12"] and form["values"]["question_2"] == ["non"]
    await browser.submit(url, {**SMS, "sms_numero": "0296010203"}, status=422, htmx=htmx)
    assert "téléphone fixe" in browser.page.texte
    await browser.submit(url, {"mandat": ""}, status=422, htmx=htmx)
    assert "Dites comment" in browser.page.texte


@pytest.mark.parametrize("htmx", [False, True], ids=["bare", "htmx"])
@pytest.mark.parametrize("fields", [APPEL, SMS], ids=["telephone", "sms"])
async def test_a_mandat_from_an_old_page_is_asked_again(
    fields: dict[str, str], htmx: bool, now: datetime
) -> None:
    numero = await make_demande(now, has_mandat=False)
    url = f"/demandes/{numero}/mandat"
    older, younger = await signed_in(CAST.aida), await signed_in(CAST.aida)
    for window in (older, younger):
        await window.get(url)
    await younger.submit(url, PAPIER)
    await younger.get(url)
    await younger.submit(f"{url}/revocation", {"motif": "retrait"})
    await older.submit(url, fields, status=409, htmx=htmx)
    assert "Ce qui a changé" in older.page.texte and "Rien n’est encore fait" in older.page.texte
    assert fields["appel_numero" if fields is APPEL else "sms_numero"] in older.html
    await older.submit(url, fields, status=200 if htmx else 303, htmx=htmx)


async def test_a_revocation_needs_a_reason(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/mandat")
    await browser.submit(
        f"/demandes/{numero}/mandat/revocation", {"motif": "autre", "precision": ""}, status=422
    )
    assert "Précisez la raison" in browser.page.texte


async def test_the_end_is_said_as_one_counts_it(now: datetime) -> None:
    numero = await make_demande(now, has_mandat=False)
    url = f"/demandes/{numero}/mandat"
    browser = await signed_in(CAST.aida)
    await browser.post(url, PAPIER)
    await browser.get(url)
    assert "au plus tard le 23 novembre 2027" in browser.page.texte
    await browser.get(f"/demandes/{numero}/cloture")
    await browser.submit(f"/demandes/{numero}/cloture", {"note": "2", "raison": "autrement"})
    await browser.get(url)
    assert "A pris fin aujourd’hui" in browser.page.texte and "suspendus" not in browser.page.texte
    assert [f for f in browser.page.forms if "/mandat" in f["action"]] == []


async def test_instructeurs_read_and_change_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}/mandat")
    assert not [f for f in browser.page.forms if "/mandat" in f["action"]]
    assert len(browser.queries) <= 8
    await browser.post(f"/demandes/{numero}/mandat", PAPIER, status=403)
    await browser.post(f"/demandes/{numero}/mandat/revocation", {"motif": "retrait"}, status=403)


async def test_the_card_of_the_demande_leads_there(now: datetime) -> None:
    numero = await make_demande(now)
    for agent in (CAST.aida, CAST.ines):
        browser = await signed_in(agent)
        await browser.get(f"/demandes/{numero}")
        assert f"/demandes/{numero}/mandat" in browser.page.links


async def _ask_from_form(formulaire: UUID, now: datetime) -> UUID:
    from tests.domain.scene import signed_as

    signed = await signed_as(CAST.aida, now - timedelta(0))
    return await mandats.request_sms(
        signed,
        formulaire=formulaire,
        numero="06 12 34 56 78",
        structure="France Services Callac",
        zone=signed.zone,
        now=now,
    )
