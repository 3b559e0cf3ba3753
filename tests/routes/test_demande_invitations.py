"""Bringing someone in from the demande page."""

import re
from datetime import datetime
from typing import Any

import pytest

from app import database
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.factories import list_told, make_demande, make_invitation


async def open_page(agent: int, numero: int, query: str = "") -> Browser:
    browser = await signed_in(agent)
    await browser.get(f"/demandes/{numero}/invitations{query}")
    return browser


def invitation(browser: Browser, **fields: Any) -> dict[str, Any]:
    [form] = [f for f in browser.page.forms if "/invitations" in f["action"] and f["method"] == "post"]
    return {**form["values"], **fields}


async def test_the_organismes_of_the_departement_are_offered_and_another_can_be_chosen(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    assert "CPAM 22" in browser.page.texte
    assert "CAF 22" not in browser.page.texte.replace("Inès Le Goff · CAF 22", "").replace(
        "Idir Hamel CAF 22", ""
    ).replace("terminer la part de CAF 22", "")
    assert "CPAM 974" not in browser.page.texte
    await browser.get(f"/demandes/{numero}/invitations?departement=974")
    assert "CPAM 974" in browser.page.texte
    await browser.get(f"/demandes/{numero}/invitations?departement=67")
    assert "Aucun autre organisme n’est inscrit dans ce département" in browser.page.texte
    await browser.get(f"/demandes/{numero}/invitations?departement=../x")
    assert "CPAM 22" in browser.page.texte


@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
async def test_an_organisme_of_another_departement_is_invited_with_a_word(now: datetime, who: str) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await open_page(getattr(CAST, who), numero, "?departement=974")
    fields = invitation(browser, groupes=str(CAST.groupes.cpam_974), texte="Madame vient de La Réunion.")
    for _ in range(2):
        response = await browser.post(f"/demandes/{numero}/invitations?departement=974", fields)
        assert len(browser.queries) <= 12, [q.split()[:5] for q in browser.queries]
    assert response.headers["location"].startswith(f"/demandes/{numero}#message-")
    await browser.get(f"/demandes/{numero}")
    assert "a invité CPAM 974" in browser.page.texte
    assert "Madame vient de La Réunion." in browser.page.texte
    assert "L’invitation est envoyée." in browser.page.texte
    assert await list_told("invitation_envoyee") == {"eve@exemple.fr"}
    await (await signed_in(CAST.eve)).get(f"/demandes/{numero}")


async def test_colleagues_and_experts(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.aida, numero)
    assert "Aline Prigent" in browser.page.texte
    assert "Idir Hamel" not in browser.page.texte
    assert "Message réservé aux instructeurs" not in browser.page.texte
    fields = invitation(browser, collegues=str(CAST.aline), experts="1")
    await browser.post(f"/demandes/{numero}/invitations", fields)
    await browser.get(f"/demandes/{numero}")
    assert "Aïda Kerjean, France Services Callac, a invité Élie Martin et Aline Prigent" in browser.page.texte
    assert await list_told("invitation_envoyee") == {"aline@exemple.fr", "elie@exemple.fr"}


async def test_an_expert_may_only_invite_organismes(now: datetime) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    browser = await open_page(CAST.elie, numero)
    assert "collegues" not in browser.html
    assert "experts Administration+" not in browser.page.texte
    for fields in ({"collegues": str(CAST.aline)}, {"experts": "1"}):
        await browser.get(f"/demandes/{numero}/invitations")
        await browser.post(f"/demandes/{numero}/invitations", invitation(browser, **fields), status=403)


async def test_choosing_nobody_is_said_and_the_word_is_kept(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero, "?departement=974")
    response = await browser.post(
        f"/demandes/{numero}/invitations?departement=974", invitation(browser, texte="Mon mot."), status=422
    )
    assert "Choisissez au moins un groupe" in browser.page.texte
    assert "Mon mot.</textarea>" in response.text
    assert "CPAM 974" in browser.page.texte
    assert "Sollicité" not in browser.page.texte
    assert not await database.fetch("select 1 from messages where demande = :numero", numero=numero)


async def test_a_groupe_where_nobody_is_active_is_said(now: datetime) -> None:
    browser = await open_page(CAST.ines, await make_demande(now))
    assert "France Travail 22 Personne n’utilise Administration+ dans ce groupe" in browser.page.texte


async def test_a_closed_demande_invites_nobody(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    for who in (CAST.aida, CAST.ines):
        browser = await signed_in(who)
        await browser.get(f"/demandes/{numero}/invitations", status=403)
        assert "clôturée" in browser.page.texte


@pytest.mark.parametrize(("who", "status"), [("rose", 403), ("ada", 403), ("eve", 404), ("paul", 404)])
async def test_who_does_not_take_part_invites_nobody(now: datetime, who: str, status: int) -> None:
    numero = await make_demande(now)
    browser = await signed_in(getattr(CAST, who))
    fields = {"groupes": str(CAST.groupes.cpam), "experts": "1"}
    await browser.post(f"/demandes/{numero}/invitations", fields, status=status)
    assert not await database.fetch("select 1 from messages where demande = :numero", numero=numero)


@pytest.mark.parametrize("who", ["aida", "ines"])
async def test_htmx_opens_it_in_the_page(now: datetime, who: str) -> None:
    """Every identifier is its own: the form of the answer stands on the same page. It takes the place of the link that
    opens it, whose name passes to the one that folds it.
    """
    numero = await make_demande(now)
    browser = await signed_in(getattr(CAST, who))
    await browser.get(f"/demandes/{numero}")
    here = set(browser.page.ids) - {"demande-inviter", "inviter-ouvrir"}
    await browser.get(f"/demandes/{numero}/invitations?departement=974", htmx=True)
    assert len(browser.queries) <= 6, [q.split()[:5] for q in browser.queries]
    assert "<h1" not in browser.html
    assert "2 organismes à inviter, La Réunion (974)" in browser.page.texte
    assert not here & set(browser.page.ids)


async def test_the_page_of_the_demande_changes_as_a_whole_once_somebody_is_invited(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    url = f"/demandes/{numero}/invitations"
    await browser.get(f"{url}?departement=974", htmx=True)
    fields = invitation(browser, groupes=str(CAST.groupes.cpam_974), texte="Madame vient de La Réunion.")
    response = await browser.post(url, fields, status=200, htmx=True)
    # The act, as without htmx, then the page: the demande, its thread and who takes part.
    assert len(browser.queries) <= 11 + 3, [q.split()[:5] for q in browser.queries]
    assert response.headers["hx-retarget"] == "#demande-dossier"
    assert response.headers["hx-push-url"].startswith(f"/demandes/{numero}#message-")
    assert "L’invitation est envoyée." in browser.page.texte
    assert "a invité CPAM 974" in browser.page.texte
    assert "Inviter sur cette demande" not in browser.page.texte


async def test_what_is_missing_stays_in_the_page_with_the_word_and_the_departement(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    url = f"/demandes/{numero}/invitations"
    await browser.get(f"{url}?departement=974", htmx=True)
    response = await browser.post(url, invitation(browser, texte="Mon mot."), status=422, htmx=True)
    assert "hx-retarget" not in response.headers
    assert 'href="#champ-inviter-groupes"' in browser.html
    assert {"champ-inviter-groupes", "inviter-erreurs"} <= set(browser.page.ids)
    assert "Mon mot.</textarea>" in browser.html
    assert "CPAM 974" in browser.page.texte
    assert "data-hx-preserve" not in browser.html


async def test_a_colleague_who_invited_first_is_said_in_the_page(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await signed_in(CAST.ines), await signed_in(CAST.idir)
    url = f"/demandes/{numero}/invitations"
    await ines.get(url, htmx=True)
    fields = invitation(ines, groupes=str(CAST.groupes.cpam), texte="Mon mot.")
    await idir.get(url, htmx=True)
    await idir.post(url, invitation(idir, groupes=str(CAST.groupes.cpam)), status=200, htmx=True)
    response = await ines.post(url, fields, status=409, htmx=True)
    assert "hx-retarget" not in response.headers
    assert "a invité CPAM 22" in ines.page.texte
    assert "Vos choix sont gardés, sauf ce qui n’est plus proposé\u00a0: CPAM 22." in ines.page.texte
    assert "Mon mot.</textarea>" in ines.html
    assert {"inviter-erreurs", "inviter-arrivees"} <= set(ines.page.ids)


async def test_what_can_still_be_chosen_is_said_to_be_kept_and_nothing_else(now: datetime) -> None:
    numero = await make_demande(now)
    aida, aline = await open_page(CAST.aida, numero), await signed_in(CAST.aline)
    kept = invitation(aida, groupes=str(CAST.groupes.cpam))
    lost = {**kept, "collegues": str(CAST.aline)}
    await make_invitation(numero, CAST.aline, "collegue", now)
    await aline.get(f"/demandes/{numero}/invitations")
    await aline.post(f"/demandes/{numero}/invitations", invitation(aline, experts="1"), status=303)
    await aida.post(f"/demandes/{numero}/invitations", kept, status=409)
    assert "Vos choix sont gardés. Lire" in " ".join(aida.page.texte.split())
    await aida.post(f"/demandes/{numero}/invitations", lost, status=409)
    assert "Vos choix sont gardés, sauf ce qui n’est plus proposé\u00a0: un collègue." in aida.page.texte


async def show(browser: Browser, numero: int, departement: str, **typed: Any) -> None:
    """Press « Afficher », as the page is and with this typed besides."""
    fields = invitation(browser, departement=departement, etape="afficher", **typed)
    await browser.post(f"/demandes/{numero}/invitations", fields, status=200)
    assert len(browser.queries) <= 12, len(browser.queries)


async def count_lines(numero: int) -> int:
    return len(await database.fetch("select 1 from messages where demande = :numero", numero=numero))


async def test_another_departement_is_shown_with_all_that_was_typed(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    cpam, idir = str(CAST.groupes.cpam), str(CAST.idir)
    typed = {"groupes": cpam, "collegues": idir, "experts": "1", "is_prive": "1", "texte": "Mon mot."}
    before = invitation(browser)
    await show(browser, numero, "974", **typed)
    after = invitation(browser)
    assert after["vu"] == before["vu"]
    assert {nom: [v.strip() for v in after[nom]] for nom in typed} == {nom: [v] for nom, v in typed.items()}
    assert after["departement"] == ["974"]
    assert "2 organismes à inviter, La Réunion (974). Reste coché\u00a0: CPAM 22." in browser.page.texte
    assert "CPAM 22 Coché dans un autre département" in browser.page.texte
    assert browser.html.index(f'value="{cpam}" checked') < browser.html.index("CPAM 974")
    assert not await count_lines(numero)
    assert not await list_told("invitation_envoyee")

    # Both are invited, from either département; what is unticked is forgotten.
    await show(browser, numero, "22")
    assert "Reste coché" not in browser.page.texte
    await show(browser, numero, "974")
    fields = invitation(browser, groupes=[cpam, str(CAST.groupes.cpam_974)], is_prive=[])
    await browser.post(f"/demandes/{numero}/invitations", fields, status=303)
    await browser.get(f"/demandes/{numero}")
    assert "CPAM 22" in browser.page.texte
    assert "CPAM 974" in browser.page.texte


async def test_what_was_ticked_elsewhere_is_left_out_once_unticked_or_asked(now: datetime) -> None:
    numero = await make_demande(now)
    browser, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    cpam = str(CAST.groupes.cpam)
    await show(browser, numero, "974", groupes=cpam)
    await show(browser, numero, "67", groupes=[])
    assert "CPAM 22" not in browser.page.texte
    await show(browser, numero, "974", groupes=cpam)
    await idir.post(f"/demandes/{numero}/invitations", invitation(idir, groupes=cpam), status=303)
    await show(browser, numero, "974", texte="Mon mot.")
    assert "N’est plus proposé\u00a0: CPAM 22." in browser.page.texte
    assert "groupes" not in invitation(browser)
    # The page still says what it had seen: what the colleague did is shown before anything is sent.
    fields = invitation(browser, groupes=str(CAST.groupes.cpam_974))
    await browser.post(f"/demandes/{numero}/invitations", fields, status=409)
    assert "a invité CPAM 22" in browser.page.texte
    assert "Mon mot.</textarea>" in browser.html


async def test_what_was_ticked_elsewhere_is_still_there_when_something_must_be_corrected(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await show(browser, numero, "67", groupes=str(CAST.groupes.cpam))
    await browser.post(f"/demandes/{numero}/invitations", invitation(browser, texte="é" * 10_001), status=422)
    assert "dépasse 10 000 caractères" in browser.page.texte
    assert invitation(browser)["groupes"] == [str(CAST.groupes.cpam)]
    assert "CPAM 67" not in browser.page.texte


@pytest.mark.parametrize("htmx", [False, True])
async def test_enter_invites_and_never_shows_another_departement(now: datetime, htmx: bool) -> None:
    """The Enter key presses the first button of a form."""
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}/invitations", htmx=htmx)
    _, form = browser.html.split(f'action="/demandes/{numero}/invitations"')
    first, *others = re.findall(r'<button\b([^>]*type="submit"[^>]*)>([^<]*)', form)
    assert first[1] == "Inviter"
    assert "etape" not in first[0]
    assert [words for attributes, words in others if "etape" in attributes] == ["Afficher"]


async def test_htmx_takes_the_organismes_alone_with_what_was_ticked(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await signed_in(CAST.ines)
    url = f"/demandes/{numero}/invitations"
    await browser.get(url, htmx=True)
    fields = invitation(browser, departement="974", etape="afficher", groupes=str(CAST.groupes.cpam))
    response = await browser.post(url, fields, status=200, htmx=True)
    assert "<h1" not in browser.html
    assert "hx-push-url" not in response.headers
    assert "2 organismes à inviter, La Réunion (974). Reste coché\u00a0: CPAM 22." in browser.page.texte


async def test_a_demande_closed_meanwhile_gives_back_what_was_typed(now: datetime) -> None:
    numero = await make_demande(now)
    browser = await open_page(CAST.ines, numero)
    await database.fetch(
        "update demandes set closed_at = :now where numero = :numero", numero=numero, now=now
    )
    fields = invitation(browser, departement="974", etape="afficher", texte="Mon mot.")
    await browser.post(f"/demandes/{numero}/invitations", fields, status=403)
    assert "clôturée" in browser.page.texte
    assert "Mon mot." in browser.html
