"""Writing to the A+ team without JavaScript: signed in, signed out, and the answer of the team."""

from datetime import datetime

from app import database
from app.domain.faits.courriels import claim_courriels
from tests.browser import Browser, signed_in
from tests.cast import CAST

URL = "/aide/contact"


async def test_from_the_help_to_the_answer_and_back(now: datetime) -> None:
    aida, ada = await signed_in(CAST.aida), await signed_in(CAST.ada)
    await aida.get("/aide")
    assert URL in aida.page.links
    await aida.get(URL)
    assert "Quelqu’un de l’équipe est là" in aida.page.texte and "de 9\u00a0h à 18\u00a0h" in aida.page.texte
    await aida.submit(URL, {"sujet": "", "texte": "Un rôle me manque."}, status=422)
    assert "Un rôle me manque." in aida.html and "Dites de quoi il s’agit." in aida.page.texte
    await aida.submit(URL, {"sujet": "compte", "texte": "Un rôle me manque."}, follow=True)
    assert "Votre message est envoyé" in aida.page.texte
    assert "L’équipe n’a pas encore répondu." in aida.page.texte

    await ada.get("/administration")
    assert "1 conversation à répondre" in ada.page.texte
    await ada.get("/administration/conversations")
    [here] = [link for link in ada.page.links if link.startswith("/administration/conversations/")]
    await ada.get(here)
    assert "Un rôle me manque." in ada.page.texte
    await ada.submit(f"{here}/reponse", {"texte": ""}, status=422)
    await ada.submit(f"{here}/reponse", {"texte": "C’est fait."}, follow=True)
    assert "ici et par courriel" in ada.page.texte
    await ada.get("/administration")
    assert "conversation à répondre" not in ada.page.texte

    mine = f"{URL}/{here.rpartition('/')[2]}"
    await aida.get(mine)
    assert "C’est fait." in aida.page.texte and "équipe Administration+" in aida.page.texte
    assert "every 20s" in aida.html
    await aida.get(f"{mine}?actualisation=non")
    assert "every 20s" not in aida.html and "&actualisation=non" in aida.html
    await aida.get(mine)
    [again] = [link for link in aida.page.links if link == mine]
    marque = aida.html.partition(f"{again}?marque=")[2].partition('"')[0]
    await aida.get(f"{mine}?marque={marque}", htmx=True, status=204)
    await aida.submit(mine, {"texte": "Merci."}, follow=True)
    await aida.get(f"{mine}?marque={marque}", htmx=True)
    assert "Merci." in aida.html
    await aida.get(mine)
    await ada.get(here)
    await ada.submit(f"{here}/cloture", {}, follow=True)
    await aida.get(mine)
    assert "a clos la conversation" in aida.page.texte


async def test_signed_out_by_the_link_of_the_mail(now: datetime) -> None:
    browser = Browser()
    await browser.get(f"{URL}?sujet=connexion")
    assert "Personne n’est en ligne" in browser.page.texte
    typed = {"email": "jean", "texte": "Rien n’arrive."}
    await browser.submit(URL, typed, status=422)
    assert "incomplète" in browser.page.texte and "Rien n’arrive." in browser.html
    await browser.submit(URL, {**typed, "email": "jean@exemple.fr"}, follow=True)
    assert "Un courriel vous donne le lien" in browser.page.texte and "Rien n’arrive." not in browser.html
    [envoi] = [one for one in await claim_courriels(now, 50) if one.fait == "contact_recu"]
    other = Browser()
    await other.get(envoi.contexte["chemin"])
    assert "Rien n’arrive." in other.page.texte
    await other.submit(envoi.contexte["chemin"], {"texte": "C’est bon."}, follow=True)
    assert "C’est bon." in other.page.texte
    await other.get(f"{URL}/lien/perdu", status=404)


async def test_a_program_that_fills_every_field_writes_nothing(now: datetime) -> None:
    browser = Browser()
    await browser.get(URL)
    typed = {"email": "jean@exemple.fr", "sujet": "autre", "texte": "Achetez.", "site": "https://x.example"}
    await browser.submit(URL, typed, follow=True)
    assert "Votre message est envoyé." in browser.page.texte
    assert not await database.fetch("select from conversations")
    assert not await claim_courriels(now, 50)


async def test_too_many_are_told_how_else_to_write(now: datetime) -> None:
    browser = Browser()
    for n in range(4):
        await browser.get(URL)
        typed = {"email": "jean@exemple.fr", "sujet": "autre", "texte": f"Message {n}."}
        await browser.submit(URL, typed, status=303 if n < 3 else 429)
    assert "Message 3." in browser.html and "support@aplus.invalid" in browser.page.texte
