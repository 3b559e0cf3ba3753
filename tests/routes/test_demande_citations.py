"""@mention: a link to the name, and one mail; never to who could not read it."""

from datetime import datetime, timedelta
from uuid import uuid4

from app import database
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import list_mails, post
from tests.factories import list_journal, make_demande

HOUR = timedelta(hours=1)


async def test_who_is_cited_gets_one_mail_in_place_of_the_others_and_a_link_leads_to_them(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    await database.fetch("delete from courriels")
    # Idir follows nothing here: Inès took charge. She is told as usual.
    await post(CAST.aida, numero, now + HOUR, "@idir hamel regardera. @Idir Hamel, merci.")
    assert await list_mails(numero) == [
        ("message_envoye", "ines@exemple.fr"),
        ("personne_citee", "idir@exemple.fr"),
    ]
    assert f"'cites': [{CAST.idir}]" in str((await list_journal("message_envoye"))[-1]["details"])
    browser = await signed_in(CAST.ines)
    await browser.get(f"/demandes/{numero}")
    assert f'<a href="/demandes/{numero}#participant-{CAST.idir}">@idir hamel</a>' in browser.html
    assert f'id="participant-{CAST.idir}"' in browser.html


async def test_cited_by_name_whoever_stopped_following_is_told(now: datetime) -> None:
    numero = await make_demande(now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    await ines.submit(f"/demandes/{numero}/suivi", {"acte": "arreter"})
    await post(CAST.aida, numero, now, "@Inès Le Goff ?")
    assert ("personne_citee", "ines@exemple.fr") in await list_mails(numero)


async def test_nobody_is_told_of_what_they_could_not_read_nor_of_themselves(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "@Aïda Kerjean ne sait pas. @Inès Le Goff @Ivan Riou", is_prive=True)
    assert [fait for fait, _ in await list_mails(numero)].count("personne_citee") == 0
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    assert "participant-" in browser.html and "ne sait pas" not in browser.html


async def test_citing_between_instructeurs_does_not_make_a_participant_for_the_aidant_side(
    now: datetime,
) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now, "@Idir Hamel le connaît.", is_prive=True)
    assert ("personne_citee", "idir@exemple.fr") in await list_mails(numero)
    for who, sees in ((CAST.aida, False), (CAST.ines, True)):
        browser = await signed_in(who)
        await browser.get(f"/demandes/{numero}")
        assert (f'id="participant-{CAST.idir}"' in browser.html) is sees


async def test_a_button_puts_the_name_after_what_is_typed_and_sends_nothing(now: datetime) -> None:
    numero = await make_demande(now)
    await post(CAST.ines, numero, now)
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    await aida.submit(
        f"/demandes/{numero}/messages",
        {"texte": "Merci de voir avec", "citer": str(CAST.ines), "cle": str(uuid4())},
        status=200,
    )
    assert "Merci de voir avec @Inès Le Goff </textarea>" in aida.html
    rows = await database.fetch("select 1 from messages where texte like 'Merci de voir%'")
    assert rows == []


async def test_a_name_made_of_markup_stays_text(now: datetime) -> None:
    numero = await make_demande(now)
    await database.fetch("update agents set nom = '<b>x</b>' where id = $1", CAST.idir)
    await post(CAST.aida, numero, now, "@Idir <b>x</b> voilà")
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    assert ">@Idir &lt;b&gt;x&lt;/b&gt;</a> voilà" in aida.html


async def test_an_address_of_the_web_is_a_link_and_what_surrounds_it_stays_text(now: datetime) -> None:
    numero = await make_demande(
        now, description="Voir https://www.caf.fr/?a=1&b=<x>, puis javascript:alert(1)."
    )
    await post(CAST.ines, numero, now, "Le formulaire\u00a0: https://a.fr/CAF/x). Merci @Aïda Kerjean\u00a0!")
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    for link in ("https://www.caf.fr/?a=1&amp;b=", "https://a.fr/CAF/x"):
        assert f'<a href="{link}" rel="noopener noreferrer">{link}</a>' in browser.html
    assert "&lt;x&gt;, puis javascript:alert(1)." in browser.html
    assert f'href="/demandes/{numero}#participant-{CAST.aida}"' in browser.html
