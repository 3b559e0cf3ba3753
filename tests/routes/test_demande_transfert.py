"""A demande passes to who can answer: to the right organisme by the act that declines, or by the aidant whom everybody
declined; to a colleague of the groupe.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from app import database, visite
from tests.browser import Browser
from tests.cast import CAST
from tests.domain.scene import WAIT, answers_wait
from tests.factories import decline_all, list_told, make_demande
from tests.routes.test_demande_invitations import invitation
from tests.routes.test_demande_invitations import open_page as open_invitations
from tests.routes.test_demande_messages import lines, open_page, quick


@pytest.fixture(autouse=True)
def _waits() -> Iterator[None]:
    with answers_wait():
        yield


async def orphan(now: datetime) -> int:
    """A demande whose sujet is also that of the CPAM."""
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set sujet = (select id from sujets where code = 'naissance_deces') where numero = :numero",
        numero=numero,
    )
    return numero


async def leave(browser: Browser, numero: int, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visite, "clock", lambda: now + WAIT)
    await browser.get(f"/demandes/{numero}")


@pytest.mark.parametrize("htmx", [False, True])
async def test_the_answer_that_leaves_declines_and_invites(
    now: datetime, htmx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await orphan(now)
    browser = await open_page(CAST.ines, numero)
    assert "traite ce sujet" in browser.page.texte
    assert len(browser.queries) <= 8
    fields = quick(browser, "declinee", groupes=str(CAST.groupes.cpam))
    await browser.post(f"/demandes/{numero}/messages", fields, htmx=htmx, status=200 if htmx else 303)
    if not htmx:
        assert len(browser.queries) <= 12, len(browser.queries)
    await browser.get(f"/demandes/{numero}")
    assert "Elle invite CPAM 22." in browser.page.texte
    assert not await lines(numero)
    assert not await list_told("invitation_envoyee")
    await leave(browser, numero, now, monkeypatch)
    assert [line["nature"] for line in await lines(numero)] == ["declinee", "invitation"]
    assert "a invité CPAM 22" in browser.page.texte
    assert await list_told("invitation_envoyee") == {"ivan@exemple.fr"}


async def test_what_is_taken_back_is_ticked_again(now: datetime) -> None:
    numero = await orphan(now)
    browser = await open_page(CAST.ines, numero)
    fields = quick(browser, "declinee", groupes=str(CAST.groupes.cpam), motif="Voyez la CPAM.")
    await browser.post(f"/demandes/{numero}/messages", fields)
    await browser.get(f"/demandes/{numero}")
    [back] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    values = back["values"] | {"annuler": fields["cle"]}
    await browser.post(f"/demandes/{numero}/annulation", values, status=200)
    again = quick(browser, "declinee")
    assert again["groupes"] == [str(CAST.groupes.cpam)]
    assert [motif.strip() for motif in again["motif"]] == ["Voyez la CPAM."]


async def test_a_groupe_that_pauses_before_it_leaves_keeps_the_answer(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await orphan(now)
    browser = await open_page(CAST.ines, numero)
    await browser.post(
        f"/demandes/{numero}/messages", quick(browser, "declinee", groupes=str(CAST.groupes.cpam))
    )
    await database.fetch(
        "update groupes set pause_on = :on::date, reprise_on = :on::date + 10 where id = :id",
        on=now.date(),
        id=CAST.groupes.cpam,
    )
    await leave(browser, numero, now, monkeypatch)
    assert "L’un des groupes choisis ne peut pas être sollicité" in browser.page.texte
    assert not await lines(numero)


def transfer(browser: Browser, **fields: Any) -> dict[str, Any]:
    """Press « Transférer »."""
    return invitation(browser, transfert=str(CAST.groupes.caf), **fields)


async def test_a_demande_is_transferred_to_another_departement(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser = await open_invitations(CAST.ines, numero, "?departement=974")
    assert "Transférer\u00a0: inviter et terminer la part de CAF 22" in browser.page.texte
    fields = transfer(browser, groupes=str(CAST.groupes.cpam_974), texte="Madame vit à La Réunion.")
    url = f"/demandes/{numero}/invitations?departement=974"
    response = await browser.post(url, fields)
    assert len(browser.queries) <= 12
    assert response.headers["location"].startswith(f"/demandes/{numero}#partance-")
    await leave(browser, numero, now, monkeypatch)
    said = [(line["nature"], line["texte"]) for line in await lines(numero)]
    assert said == [("declinee", "Madame vit à La Réunion."), ("invitation", "")]
    assert "a invité CPAM 974" in browser.page.texte


async def test_pressed_twice_a_transfer_still_waits(now: datetime) -> None:
    """Without JavaScript the same form may come twice: what precedes an act never lets its own answer leave."""
    numero = await make_demande(now)
    browser = await open_invitations(CAST.ines, numero)
    fields = transfer(browser, groupes=str(CAST.groupes.cpam), texte="C’est la CPAM.")
    for _ in range(2):
        response = await browser.post(f"/demandes/{numero}/invitations", fields, status=303)
        assert response.headers["location"] == f"/demandes/{numero}#partance-{fields['cle'][0]}"
    assert not await lines(numero)
    assert len(await database.fetch("select from brouillons where part_at is not null")) == 1


def press_afficher(browser: Browser, mots: str) -> None:
    """The button of these words, there without scripts only, is that of its own form."""
    [button] = re.findall(rf"<[^>]*data-sans-js[^>]*><button ([^>]*)>{mots}</button>", browser.html)
    assert 'name="etape" value="afficher"' in button


async def test_who_declines_goes_on_to_every_organisme_with_what_is_typed(now: datetime) -> None:
    """Without JavaScript, where a link would lose it (issue 10)."""
    numero = await orphan(now)
    browser = await open_page(CAST.ines, numero)
    press_afficher(browser, "Transférer à un autre organisme, ou d’un autre département")
    fields = quick(browser, "declinee", groupes=str(CAST.groupes.cpam), motif="Madame vit ailleurs.")
    url = f"/demandes/{numero}/invitations"
    await browser.post(url, {**fields, "etape": "afficher"}, status=200)
    assert len(browser.queries) <= 12
    shown = invitation(browser)
    assert shown["groupes"] == [str(CAST.groupes.cpam)]
    assert [texte.strip() for texte in shown["texte"]] == ["Madame vit ailleurs."]
    assert not await lines(numero)
    # The form one came from may be used again: the two are not the same act twice.
    assert shown["cle"] != fields["cle"]
    await browser.post(url, transfer(browser), status=303)
    assert not await lines(numero)


async def test_the_aidant_goes_on_to_every_organisme_with_what_is_ticked(now: datetime) -> None:
    numero = await orphan(now)
    await decline_all(numero, now)
    browser = await open_page(CAST.aida, numero)
    press_afficher(browser, "Voir tous les organismes")
    fields = invitation(browser, groupes=str(CAST.groupes.cpam), etape="afficher")
    await browser.post(f"/demandes/{numero}/invitations", fields, status=200)
    assert invitation(browser)["groupes"] == [str(CAST.groupes.cpam)]


async def test_with_nobody_to_propose_the_answer_being_written_is_kept_first(now: datetime) -> None:
    numero = await make_demande(now)
    await decline_all(numero, now)
    await database.fetch(
        "update groupes set deactivated_at = :now where id <> :caf", now=now, caf=CAST.groupes.caf
    )
    browser = await open_page(CAST.aida, numero)
    assert "Voir tous les organismes" not in browser.html
    assert '<p data-sans-js><a href="#demande-garder">Inviter un autre organisme</a>' in browser.html
    _, button = browser.html.split('id="demande-garder"')
    assert 'name="etape" value="inviter"' in button[: button.index("</button>")]


async def test_another_departement_lets_no_answer_of_one_s_own_leave(now: datetime) -> None:
    """A step of the form is no act: what waits still waits, and may still be undone."""
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    [answer] = [f for f in browser.page.forms if f["values"].get("acte") == ["message"]]
    await browser.post(f"/demandes/{numero}/messages", {**answer["values"], "texte": "Je regarde."})
    await browser.get(f"/demandes/{numero}/invitations")
    fields = invitation(browser, departement="974", etape="afficher")
    await browser.post(f"/demandes/{numero}/invitations", fields, status=200)
    assert not await lines(numero)
    fields = invitation(browser, groupes=str(CAST.groupes.cpam_974))
    await browser.post(f"/demandes/{numero}/invitations", fields, status=303)
    assert [line["nature"] for line in await lines(numero)] == ["reponse", "invitation"]


async def test_a_transfer_says_what_is_missing_and_keeps_what_was_typed(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_invitations(CAST.ines, numero)
    url = f"/demandes/{numero}/invitations"
    await browser.post(url, transfer(browser, texte="Pas nous."), status=422)
    assert "Choisissez l’organisme qui prend la suite." in browser.page.texte
    assert "Pas nous.</textarea>" in browser.html
    fields = transfer(browser, texte="Entre nous.", is_prive="1", groupes=str(CAST.groupes.cpam))
    await browser.post(url, fields, status=422)
    assert "L’aidant doit lire que votre part est terminée" in browser.page.texte
    assert "Entre nous.</textarea>" in browser.html
    assert not await lines(numero)


async def test_a_colleague_who_declined_first_is_said(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_invitations(CAST.ines, numero)
    fields = transfer(browser, groupes=str(CAST.groupes.cpam), texte="C’est la CPAM.")
    await decline_all(numero, now)
    await browser.post(f"/demandes/{numero}/invitations", fields, status=409)
    assert "CAF 22" in browser.page.texte
    assert "C’est la CPAM.</textarea>" in browser.html
    assert not await lines(numero)


async def test_the_aidant_whom_everybody_declined_invites_the_next_one(now: datetime) -> None:
    numero = await orphan(now)
    browser = await open_page(CAST.aida, numero)
    assert "À qui adresser cette demande maintenant" not in browser.page.texte
    await decline_all(numero, now)
    await browser.get(f"/demandes/{numero}")
    assert "À qui adresser cette demande maintenant" in browser.page.texte
    assert len(browser.queries) <= 8
    await browser.post(f"/demandes/{numero}/invitations", invitation(browser, groupes=str(CAST.groupes.cpam)))
    await browser.get(f"/demandes/{numero}")
    assert "a invité CPAM 22" in browser.page.texte
    assert "À qui adresser cette demande maintenant" not in browser.page.texte


@pytest.mark.parametrize("htmx", [False, True])
async def test_what_one_follows_is_handed_over_to_a_colleague(
    now: datetime, htmx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    assert "Confier à un collègue" not in browser.page.texte
    await database.fetch(
        "update sollicitations set taken_by = :ines, taken_at = :now where demande = :numero",
        ines=CAST.ines,
        now=now,
        numero=numero,
    )
    await browser.get(f"/demandes/{numero}")
    assert len(browser.queries) <= 8
    url = f"/demandes/{numero}/messages"
    await browser.post(url, quick(browser, "confiee", motif="Tu connais ce dossier."), htmx=htmx, status=422)
    assert "Choisissez le collègue à qui confier la demande." in browser.html
    if htmx:
        await browser.get(f"/demandes/{numero}")
    fields = quick(browser, "confiee", collegue=str(CAST.idir))
    await browser.post(url, fields, htmx=htmx, status=200 if htmx else 303)
    assert not await lines(numero)
    await leave(browser, numero, now, monkeypatch)
    assert "a confié la suite à Idir Hamel" in browser.page.texte
    assert "Suivie par Idir Hamel" in browser.page.texte
    assert "Confier à un collègue" not in browser.page.texte
