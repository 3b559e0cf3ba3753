"""What an old page asked and could not have: the true reason, and every word that was typed, JavaScript or not."""

from datetime import datetime
from pathlib import Path

import pytest

from app import database
from app.domain.oubli import effacement
from tests.cast import CAST
from tests.factories import make_demande
from tests.routes.test_demande_messages import answer, open_page, quick

WORD = "Elle dépend de la MSA depuis mars."


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("is_draft", [False, True])
async def test_the_word_of_a_quick_answer_that_is_offered_no_more_goes_to_the_answer(
    now: datetime, htmx: bool, is_draft: bool
) -> None:
    """A colleague declined first: the form of the decline has left the page, the word has not."""
    numero = await make_demande(now)
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    if is_draft:
        await idir.post(f"/demandes/{numero}/brouillon", answer(idir, "Un texte commencé."))
        await idir.get(f"/demandes/{numero}")
    await ines.post(f"/demandes/{numero}/messages", quick(ines, "declinee"))
    await idir.post(
        f"/demandes/{numero}/messages", quick(idir, "declinee", motif=WORD), htmx=htmx, status=409
    )
    assert "Rien n’est encore fait" in idir.page.texte
    assert "Ce que vous aviez écrit est gardé dans votre réponse." in idir.page.texte
    [form] = [f for f in idir.page.forms if f["values"].get("acte") == ["message"]]
    [texte] = form["values"]["texte"]
    assert texte.strip() == (f"Un texte commencé.\n\n{WORD}" if is_draft else WORD)


async def test_the_word_of_who_may_no_longer_hand_over_goes_to_the_answer(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    await ines.post(f"/demandes/{numero}/messages", quick(ines, "prise_en_charge"))
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    fields = quick(ines, "confiee", motif=WORD, collegue=str(CAST.idir))
    await idir.post(f"/demandes/{numero}/messages", quick(idir, "prise_en_charge"))
    await ines.post(f"/demandes/{numero}/messages", fields, status=409)
    assert ines.html.count(WORD) == 1


async def test_a_word_whose_form_is_still_there_stays_in_it(now: datetime) -> None:
    numero = await make_demande(now)
    ines, aida = await open_page(CAST.ines, numero), await open_page(CAST.aida, numero)
    await aida.post(f"/demandes/{numero}/messages", answer(aida, "Encore un mot."))
    await ines.post(f"/demandes/{numero}/messages", quick(ines, "declinee", motif=WORD), status=409)
    assert quick(ines, "declinee")["motif"][0].strip() == WORD
    assert ines.html.count(WORD) == 1


@pytest.mark.parametrize("acte", ["message", "declinee"])
async def test_a_closing_is_the_reason_that_is_said(now: datetime, acte: str) -> None:
    numero = await make_demande(now)
    ines, aida = await open_page(CAST.ines, numero), await open_page(CAST.aida, numero)
    await aida.get(f"/demandes/{numero}/cloture")
    await aida.submit(f"/demandes/{numero}/cloture", {"note": "1", "raison": "abandon"})
    fields = answer(ines, WORD) if acte == "message" else quick(ines, acte, motif=WORD)
    await ines.post(f"/demandes/{numero}/messages", fields, status=409)
    assert "La demande a été clôturée depuis que vous avez ouvert cette page." in ines.page.texte
    assert "De nouveaux messages sont arrivés" not in ines.page.texte
    assert ines.html.count(WORD) == 1


async def test_what_can_only_be_refused_again_is_given_back_to_read_and_not_to_send(now: datetime) -> None:
    """Closed meanwhile: « Renvoyer » would say the same for ever."""
    numero = await make_demande(now)
    aida, other = await open_page(CAST.aida, numero), await open_page(CAST.aida, numero)
    await aida.get(f"/demandes/{numero}/cloture")
    await other.get(f"/demandes/{numero}/invitations")
    invitation = {"groupes": str(CAST.groupes.cpam), "texte": WORD}
    await aida.submit(f"/demandes/{numero}/cloture", {"note": "1", "raison": "abandon"})
    await other.submit(f"/demandes/{numero}/invitations", invitation, status=409)
    assert "Renvoyer" not in other.page.texte
    assert "Rien n’est envoyé. Voici ce que vous aviez écrit" in other.page.texte
    assert WORD in other.page.texte
    assert f"/demandes/{numero}" in other.page.links


@pytest.mark.parametrize("acte", ["message", "declinee"])
async def test_once_the_content_is_erased_no_page_is_promised_and_the_text_comes_back(
    now: datetime, store: Path, acte: str
) -> None:
    numero = await make_demande(now)
    ines = await open_page(CAST.ines, numero)
    typed = answer(ines, WORD)
    fields = typed if acte == "message" else quick(ines, acte, motif=WORD)
    aida = await open_page(CAST.aida, numero)
    await aida.get(f"/demandes/{numero}/cloture")
    await aida.submit(f"/demandes/{numero}/cloture", {"note": "1", "raison": "abandon"})
    await effacement.begin_erasure(numero, effacement.Raison.USAGER, now)
    assert await effacement.finish_begun(now) == 1
    await ines.post(f"/demandes/{numero}/messages", fields, status=409)
    assert "ont été effacées entre-temps" in ines.page.texte and "rouvr" not in ines.page.texte
    assert WORD in ines.page.texte and f"/demandes/{numero}" in ines.page.links
    # Nor does a page that is still open bring back, as a draft, what was erased.
    await ines.post(f"/demandes/{numero}/brouillon", typed, htmx=True, status=200)
    assert "ont été effacées entre-temps" in ines.page.texte
    assert await database.fetch("select 1 from brouillons where demande = :numero", numero=numero) == []
