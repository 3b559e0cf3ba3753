"""Answering: each act bare and with htmx, by each role; what was typed is never lost."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app import database, visite
from app.domain.echanges.fil import name_ligne
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import close_demande, load, signed_as
from tests.factories import list_told, make_demande, make_invitation, make_message

HOUR = timedelta(hours=1)


async def open_page(agent: int, numero: int) -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}")
    return browser


def answer(browser: Browser, texte: str = "Je regarde ce dossier.", **fields: Any) -> dict[str, Any]:
    """The fields of the answer form on screen, filled."""
    [form] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    return {**form["values"], "texte": texte, **fields}


def quick(browser: Browser, acte: str, **fields: Any) -> dict[str, Any]:
    """The fields of a quick answer on screen."""
    [form] = [f for f in browser.page.forms if f["values"].get("acte") == [acte]]
    return {**form["values"], **fields}


async def lines(numero: int) -> list[dict[str, Any]]:
    rows = await database.fetch(
        "select id, nature, texte, is_prive, auteur, signature from messages where demande = :numero order by id",
        numero=numero,
    )
    return [dict(row) for row in rows]


@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
async def test_an_answer_stands_in_the_thread(now: datetime, who: str) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await open_page(getattr(CAST, who), numero)
    response = await browser.post(f"/demandes/{numero}/messages", answer(browser))
    [line] = await lines(numero)
    assert response.headers["location"] == f"/demandes/{numero}#message-{name_ligne(line['id'])}"
    await browser.get(f"/demandes/{numero}")
    assert "Je regarde ce dossier." in browser.page.texte
    assert "Votre message est envoyé." in browser.page.texte


async def test_with_htmx_the_region_comes_back_with_the_focus_on_what_was_written(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    response = await browser.post(f"/demandes/{numero}/messages", answer(browser), htmx=True, status=200)
    [line] = await lines(numero)
    assert response.headers["hx-push-url"] == f"/demandes/{numero}#message-{name_ligne(line['id'])}"
    assert '<div id="demande-dossier">' in response.text
    assert f'id="message-{name_ligne(line["id"])}" data-focus' in response.text
    assert response.text.count("data-annonce") == 1
    assert response.text.count("data-focus") == 1
    assert "Votre message est envoyé." in response.text
    assert "Je regarde ce dossier.</textarea>" not in response.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_posts_stay_within_their_budget(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    for _ in range(30):
        await make_message(numero, CAST.ines, "Bonjour.", now - HOUR, groupe=CAST.groupes.caf)
    browser = await open_page(CAST.ines, numero)
    fields = answer(browser, is_traitee="1")
    await browser.post(f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303)
    # With htmx the answer is also the next page, which has a budget of its own.
    assert len(browser.queries) <= (12 + 6 if htmx else 12), [q.split()[:5] for q in browser.queries]


async def test_the_same_form_sent_twice_makes_one_message(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = answer(browser)
    for _ in range(2):
        await browser.post(f"/demandes/{numero}/messages", fields)
    assert len(await lines(numero)) == 1


@pytest.mark.parametrize("htmx", [False, True])
async def test_je_m_en_occupe_is_one_click(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = quick(browser, "prise_en_charge")
    await browser.post(f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303)
    assert [line["nature"] for line in await lines(numero)] == ["prise_en_charge"]
    await browser.get(f"/demandes/{numero}")
    assert "Suivie par Inès Le Goff" in browser.page.texte
    assert not [f for f in browser.page.forms if f["values"].get("acte") == ["prise_en_charge"]]
    assert await list_told("message_envoye") == {"aida@exemple.fr"}


@pytest.mark.parametrize("htmx", [False, True])
async def test_declining_is_warned_and_binds_the_service(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    assert "engage tout le service CAF 22" in browser.page.texte
    assert "Transférer à un autre organisme" in browser.page.texte
    fields = quick(browser, "declinee", motif="C’est la MSA.")
    await browser.post(f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303)
    await browser.get(f"/demandes/{numero}")
    assert "pas concernée" in browser.page.texte
    assert "C’est la MSA." in browser.page.texte
    assert "Je m’en occupe finalement" in browser.page.texte
    assert await list_told("sollicitation_declinee") == {"aida@exemple.fr"}


async def test_a_colleague_who_declined_meanwhile_is_a_conflict_shown_on_the_page(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    await idir.post(f"/demandes/{numero}/messages", quick(idir, "declinee"))
    await ines.post(f"/demandes/{numero}/messages", quick(ines, "declinee", motif="Pas nous."), status=409)
    assert "La demande a changé depuis que vous avez ouvert cette page" in ines.page.texte
    assert "CAF 22 sans réponse pas concernée" in ines.page.texte


async def test_a_private_message_tells_nobody_of_the_aidant_side(now: datetime) -> None:
    numero = await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    browser = await open_page(CAST.ines, numero)
    await browser.post(
        f"/demandes/{numero}/messages", answer(browser, "Entre nous.", is_prive="1"), follow=True
    )
    assert "Votre message est envoyé aux instructeurs." in browser.page.texte
    assert "aida@exemple.fr" not in await list_told("message_envoye")
    assert "Entre nous." not in (await open_page(CAST.aida, numero)).html


@pytest.mark.parametrize("who", ["aida", "aline"])
async def test_the_aidant_side_cannot_write_in_private(now: datetime, who: str) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    browser = await open_page(getattr(CAST, who), numero)
    assert "is_prive" not in browser.html
    for field in ("is_prive", "is_traitee", "is_procedure"):
        await browser.post(f"/demandes/{numero}/messages", answer(browser, **{field: "1"}), status=403)
        await browser.get(f"/demandes/{numero}")
    assert await lines(numero) == []


async def test_traite_ends_the_part_and_offers_the_aidant_to_close(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    await ines.post(f"/demandes/{numero}/messages", answer(ines, "C’est payé.", is_traitee="1"), follow=True)
    aida = await open_page(CAST.aida, numero)
    assert "Traitée" in aida.page.texte
    assert "Le blocage n’est pas résolu\xa0: relancer CAF 22" in aida.page.texte
    assert "Administration+ a-t-il aidé" in aida.page.texte
    assert await list_told("demande_traitee") == {"aida@exemple.fr"}
    fields = answer(aida, "Toujours rien.", relances=str(CAST.groupes.caf))
    await aida.post(f"/demandes/{numero}/messages", fields, follow=True)
    assert "a relancé CAF 22" in aida.page.texte
    assert await list_told("demande_relancee") == {"ines@exemple.fr", "idir@exemple.fr"}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"texte": ""}, "texte", "Écrivez votre message."),
        ({"texte": "", "is_procedure": "1"}, "texte", "Indiquez la procédure"),
        ({"texte": "é" * 10_001}, "texte", "dépasse 10 000 caractères"),
        (
            {"texte": "Voilà.", "is_prive": "1", "is_traitee": "1"},
            "is_prive",
            "décochez l’une des deux cases",
        ),
    ],
)
async def test_a_fault_is_said_beside_the_field_and_keeps_what_was_typed(
    now: datetime, fields: dict[str, str], field: str, sentence: str, htmx: bool
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    sent = answer(browser, **fields)
    response = await browser.post(f"/demandes/{numero}/messages", sent, status=422, htmx=htmx)
    assert f'<a href="#champ-{field}">' in response.text
    assert sentence in browser.page.texte
    assert "Une erreur est à corriger" in browser.page.texte
    kept = answer(browser, fields["texte"])
    assert kept["cle"] == sent["cle"]
    for name, value in fields.items():
        assert value in kept.get(name, "")
    if not htmx:
        assert browser.page.title.startswith("Erreur\xa0: ")
    assert await lines(numero) == []


async def test_a_fault_in_a_refusal_opens_its_own_form(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = quick(browser, "declinee", motif="a" * 10_001)
    response = await browser.post(f"/demandes/{numero}/messages", fields, status=422)
    assert '<a href="#champ-motif">' in response.text
    assert "<details open>" in response.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_what_arrived_meanwhile_is_shown_above_the_kept_text(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now, groupes=(CAST.groupes.caf, CAST.groupes.cpam))
    browser = await open_page(CAST.ines, numero)
    sent = answer(browser, "Je m’en charge.")
    await make_message(numero, CAST.ivan, "C’est déjà réglé.", now, groupe=CAST.groupes.cpam)
    response = await browser.post(f"/demandes/{numero}/messages", sent, status=409, htmx=htmx)
    assert "De nouveaux messages sont arrivés" in browser.page.texte
    above, _, form = response.text.partition('id="arrivees"')
    assert "C’est déjà réglé." in above
    assert "C’est déjà réglé." in form
    assert "Envoyer quand même" in browser.page.texte
    kept = answer(browser, "Je m’en charge.")
    assert kept["cle"] == sent["cle"]
    assert kept["vu"] != sent["vu"]
    await browser.post(f"/demandes/{numero}/messages", kept)
    assert [line["texte"] for line in await lines(numero)] == ["C’est déjà réglé.", "Je m’en charge."]


async def test_a_private_arrival_does_not_stop_the_aidant(now: datetime) -> None:
    """Being asked to look again would tell that instructeurs wrote to one another."""
    numero = await make_demande(now)
    browser = await open_page(CAST.aida, numero)
    fields = answer(browser, "Bonjour.")
    await make_message(numero, CAST.ines, "Entre nous.", now, groupe=CAST.groupes.caf, is_prive=True)
    await browser.post(f"/demandes/{numero}/messages", fields)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("who", ["aida", "ines"])
async def test_closed_meanwhile_the_text_is_kept(now: datetime, who: str, htmx: bool) -> None:
    numero = await make_demande(now)
    browser = await open_page(getattr(CAST, who), numero)
    fields = answer(browser, "Mon long message.")
    aida = await signed_as(CAST.aida, now)
    await close_demande(aida, await load(aida, numero), note=3, commentaire="", now=now)
    response = await browser.post(f"/demandes/{numero}/messages", fields, status=409, htmx=htmx)
    assert "Mon long message.</textarea>" in response.text
    assert ("Réouvrir la demande" in browser.page.texte) is (who == "aida")


async def test_revoked_meanwhile_nothing_is_written(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = answer(browser)
    await database.fetch(
        "update mandats set etat = 'revoque', revoked_at = :now where demande = :numero",
        numero=numero,
        now=now,
    )
    await browser.post(f"/demandes/{numero}/messages", fields, status=409)
    assert "Le mandat de l’usager n’est plus valide" in browser.page.texte
    assert await lines(numero) == []


@pytest.mark.parametrize(("who", "status"), [("rose", 403), ("ada", 403), ("eve", 404), ("paul", 404)])
@pytest.mark.parametrize("acte", ["message", "prise_en_charge", "declinee"])
async def test_who_does_not_take_part_cannot_write(now: datetime, who: str, status: int, acte: str) -> None:
    numero = await make_demande(now)
    browser = await signed_in(getattr(CAST, who))
    fields = {"acte": acte, "texte": "Bonjour.", "cle": str(uuid4())}
    await browser.post(f"/demandes/{numero}/messages", fields, status=status)
    assert await lines(numero) == []


async def test_a_compte_collectif_signs_and_is_remembered(now: datetime) -> None:
    numero = await make_demande(now, auteur=CAST.claude)
    browser = await open_page(CAST.claude, numero)
    await browser.post(f"/demandes/{numero}/messages", answer(browser), status=422)
    assert "indiquez qui signe" in browser.page.texte
    fields = answer(browser, signature="Jeanne Petit, accueil")
    await browser.post(f"/demandes/{numero}/messages", fields, follow=True)
    assert "Jeanne Petit, accueil (Accueil Collectif)" in browser.page.texte
    assert answer(browser)["signature"] == ["Jeanne Petit, accueil"]


async def test_after_a_pause_a_compte_collectif_asks_again_who_signs(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    numero = await make_demande(now, auteur=CAST.claude)
    browser = await open_page(CAST.claude, numero)
    fields = answer(browser, signature="Jeanne Petit, accueil")
    await browser.post(f"/demandes/{numero}/messages", fields, follow=True)
    for minutes, remembered in ((20, "Jeanne Petit, accueil"), (60, ""), (62, "")):
        monkeypatch.setattr(visite, "clock", lambda minutes=minutes: now + timedelta(minutes=minutes))
        await browser.get(f"/demandes/{numero}")
        assert answer(browser)["signature"] == [remembered], minutes
    await browser.post(f"/demandes/{numero}/messages", answer(browser, signature="Jo"), status=422)
    assert "prénom, nom et service" in browser.page.texte


async def test_hostile_fields_are_refused_or_ignored_without_breaking(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    absurd = {
        "acte": "x" * 500,
        "cle": "pas-un-uuid",
        "vu": "9" * 40,
        "groupe": "-1",
        "relances": ["abc", "1e9"],
    }
    await browser.post(f"/demandes/{numero}/messages", {**absurd, "texte": "Bonjour."})
    numero = await make_demande(now)
    await browser.post(f"/demandes/{numero}/messages", {**absurd, "texte": "\x00\x01"}, status=422)
    browser = await open_page(CAST.ines, numero)
    await browser.post(
        f"/demandes/{numero}/messages", answer(browser, groupe=str(CAST.groupes.cpam)), status=403
    )


async def test_another_text_under_a_spent_key_is_kept_and_leaves_under_a_new_one(now: datetime) -> None:
    """A draft open in two windows: one sends it, the other had replaced its text."""
    numero = await make_demande(now)
    first = await open_page(CAST.aida, numero)
    await first.post(f"/demandes/{numero}/brouillon", answer(first, "Le brouillon."), htmx=True, status=200)
    one, two = await open_page(CAST.aida, numero), await open_page(CAST.aida, numero)
    await one.post(f"/demandes/{numero}/messages", answer(one, "Le brouillon."))
    sent = answer(two, "Un tout autre texte.")
    response = await two.post(f"/demandes/{numero}/messages", sent, status=409)
    assert "Ce formulaire a déjà servi à envoyer un autre texte" in two.page.texte
    above = response.text.partition("Que voulez-vous en faire")[0]
    assert "Le brouillon." in above and "Un tout autre texte.</textarea>" in above
    again = answer(two, "Un tout autre texte.")
    assert again["cle"] != sent["cle"]
    await two.post(f"/demandes/{numero}/messages", again)
    assert [line["texte"] for line in await lines(numero)] == ["Le brouillon.", "Un tout autre texte."]


async def test_back_and_the_same_words_again_make_one_message(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.aida, numero)
    fields = answer(browser, "Toujours rien.")
    await browser.post(f"/demandes/{numero}/messages", fields)
    await browser.post(f"/demandes/{numero}/messages", {**fields, "cle": str(uuid4())})
    assert len(await lines(numero)) == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("acte", "phrase"),
    [
        ("prise_en_charge", "Vous vous occupez de cette demande"),
        ("declinee", "Votre service n’est pas concerné"),
    ],
)
async def test_each_act_has_its_own_sentence_seen_and_announced_once(
    now: datetime, acte: str, phrase: str, htmx: bool
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await browser.post(
        f"/demandes/{numero}/messages", quick(browser, acte), htmx=htmx, status=200 if htmx else 303
    )
    if not htmx:
        await browser.get(f"/demandes/{numero}")
    assert browser.html.count("data-annonce") == 1
    assert "fr-alert--success" in browser.html
    assert phrase in browser.page.texte


async def test_an_ended_part_can_be_opened_again_with_the_words_typed(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    await idir.post(f"/demandes/{numero}/messages", answer(idir, "C’est payé.", is_traitee="1"))
    await ines.post(f"/demandes/{numero}/messages", answer(ines, "Il manque une pièce."), status=409)
    assert "La part de CAF 22 reste terminée" in ines.page.texte
    fields = answer(ines, "Il manque une pièce.", rouvrir=str(CAST.groupes.caf))
    await ines.post(f"/demandes/{numero}/messages", fields)
    assert [line["nature"] for line in await lines(numero)] == ["traitee", "prise_en_charge"]
    assert (await lines(numero))[-1]["texte"] == "Il manque une pièce."


@pytest.mark.parametrize("htmx", [False, True])
async def test_an_answer_that_meets_a_revoked_mandat_stays_on_its_page(now: datetime, htmx: bool) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    fields = answer(browser, "Tout mon texte.")
    await database.fetch("update mandats set etat = 'revoque' where demande = $1", numero)
    await browser.post(f"/demandes/{numero}/messages", fields, status=409, htmx=htmx)
    assert "Votre texte, qui n’est pas parti" in browser.page.texte
    assert "Tout mon texte." in browser.html
    assert "Réponses suspendues" in browser.page.texte


async def test_who_is_signed_in_keeps_their_menu_on_an_error_page(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.eve)
    await browser.get(f"/demandes/{numero}", status=404)
    assert "Menu principal" in browser.html
    assert "Se déconnecter" in browser.page.texte
