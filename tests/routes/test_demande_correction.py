"""A message is corrected by who wrote it; what it said before stays readable by whoever reads it, on paper too."""

from datetime import datetime

import pytest

from app import database, visite
from app.domain.echanges.fil import name_ligne
from tests.browser import Browser, signed_in
from tests.cast import CAST
from tests.domain.scene import HOUR, close_demande, load, post, revoke_mandat, signed_as
from tests.factories import list_journal, list_told, make_demande, make_invitation

AVANT, APRES = "Le virement part jeudi.", "Le virement part vendredi."


async def make_message(now: datetime, agent: int | None = None, **facts: bool) -> tuple[int, int, str]:
    """A demande where Inès wrote, the line, and the address of its correction."""
    numero = await make_demande(now)
    await make_invitation(numero, CAST.elie, "expert", now)
    ligne = await post(agent or CAST.ines, numero, now, AVANT, **facts)
    await database.fetch("delete from courriels")
    return numero, ligne, f"/demandes/{numero}/messages/{name_ligne(ligne)}/correction"


async def correct(browser: Browser, url: str, texte: str = APRES, **kwargs: int) -> None:
    """Open its page, and put these words in place of the others."""
    await browser.get(url)
    await browser.submit(url, {"texte": texte}, **kwargs)


async def texte_of(ligne: int) -> str:
    row = await database.fetch_one("select texte from messages where id = :ligne", ligne=ligne)
    assert row is not None
    return str(row["texte"])


@pytest.mark.parametrize("who", ["aida", "ines", "elie"])
async def test_the_new_words_stand_in_its_place_and_the_former_ones_below(now: datetime, who: str) -> None:
    numero, ligne, url = await make_message(now, getattr(CAST, who))
    author = await signed_in(getattr(CAST, who))
    await author.get(f"/demandes/{numero}")
    assert url in author.page.links
    await author.get(url)
    assert f"{AVANT}</textarea>" in author.html
    response = await author.submit(url, {"texte": APRES})
    assert response.headers["location"] == f"/demandes/{numero}#message-{name_ligne(ligne)}"
    await author.get(f"/demandes/{numero}")
    assert "Votre message est corrigé." in author.page.texte
    reader = await signed_in(CAST.idir)
    await reader.get(f"/demandes/{numero}")
    assert len(reader.queries) <= 8
    texte = reader.page.texte
    assert texte.index(APRES) < texte.index("corrigé le 24 novembre, 10\u00a0h") < texte.index(AVANT)
    assert url not in reader.page.links
    assert not await database.fetch("select from courriels")
    [fait] = await list_journal("message_corrige")
    assert fait["details"] == {"message": ligne}


async def test_files_date_and_what_it_did_stay(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    numero, ligne, url = await make_message(now, is_traitee=True)
    [before] = await database.fetch("select * from demandes where numero = :numero", numero=numero)
    parts = await database.fetch("select * from sollicitations where demande = :numero", numero=numero)
    monkeypatch.setattr(visite, "clock", lambda: now + HOUR)
    await correct(await signed_in(CAST.ines), url)
    [line] = await database.fetch("select nature, sent_at from messages where id = :ligne", ligne=ligne)
    assert (line["nature"], line["sent_at"]) == ("traitee", now)
    assert [before] == await database.fetch("select * from demandes where numero = :numero", numero=numero)
    assert parts == await database.fetch(
        "select * from sollicitations where demande = :numero", numero=numero
    )


async def test_who_had_read_it_sees_that_it_changed_since(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero, _, url = await make_message(now)
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    monkeypatch.setattr(visite, "clock", lambda: now + HOUR)
    await correct(await signed_in(CAST.ines), url)
    await aida.get(f"/demandes/{numero}")
    assert "corrigé depuis votre visite" in aida.page.texte
    await aida.get(f"/demandes/{numero}")
    assert "corrigé depuis votre visite" not in aida.page.texte


async def test_search_finds_what_it_says_now_only(now: datetime) -> None:
    numero, _, url = await make_message(now)
    await correct(await signed_in(CAST.ines), url)
    aida = await signed_in(CAST.aida)
    await aida.get("/demandes/recherche?q=vendredi")
    assert f"/demandes/{numero}" in " ".join(aida.page.links)
    await aida.get("/demandes/recherche?q=jeudi")
    assert f"/demandes/{numero}" not in " ".join(aida.page.links)


@pytest.mark.parametrize("form", ["impression", "impression.html"])
async def test_a_print_shows_both(now: datetime, form: str) -> None:
    numero, _, url = await make_message(now)
    await correct(await signed_in(CAST.ines), url)
    aida = await signed_in(CAST.aida)
    page = (await aida.client.get(f"/demandes/{numero}/{form}")).text
    assert page.index(APRES) < page.index("Texte d’avant") < page.index(AVANT)


async def test_the_trace_of_a_private_message_is_as_private(now: datetime) -> None:
    numero, _, url = await make_message(now, is_prive=True)
    await correct(await signed_in(CAST.ines), url)
    aida, elie = await signed_in(CAST.aida), await signed_in(CAST.elie)
    await aida.get(f"/demandes/{numero}")
    assert AVANT not in aida.html and APRES not in aida.html
    await aida.get(url, status=404)
    await elie.get(f"/demandes/{numero}")
    assert AVANT in elie.page.texte and APRES in elie.page.texte
    await elie.get(url, status=403)


async def test_only_who_is_cited_anew_gets_a_mail(now: datetime) -> None:
    _, _, url = await make_message(now)
    await correct(await signed_in(CAST.ines), url, f"{APRES} @Aïda Kerjean, dites-le-lui.")
    assert await list_told("personne_citee") == {"aida@exemple.fr"}
    assert len(await database.fetch("select from courriels")) == 1
    await database.fetch("delete from courriels")
    await correct(await signed_in(CAST.ines), url, f"{APRES} @Aïda Kerjean, dites-le-lui vite.")
    assert not await database.fetch("select from courriels")


async def test_twice_the_same_is_once_and_another_page_is_shown_what_it_had_not_seen(now: datetime) -> None:
    _, ligne, url = await make_message(now)
    browser, other = await signed_in(CAST.ines), await signed_in(CAST.ines)
    for one in (browser, other):
        await one.get(url)
    form = next(f["values"] for f in browser.page.forms if f["action"] == url)
    for _ in range(2):
        await browser.post(url, form | {"texte": APRES})
    assert len(await database.fetch("select from corrections")) == 1
    await other.submit(url, {"texte": "Le virement est parti."}, status=409)
    assert "Le virement est parti.</textarea>" in other.html
    assert APRES in other.page.texte
    assert await texte_of(ligne) == APRES
    await other.submit(url, {})
    assert await texte_of(ligne) == "Le virement est parti."
    rows = await database.fetch("select texte from corrections order by id")
    assert [row["texte"] for row in rows] == [AVANT, APRES]


@pytest.mark.parametrize(("texte", "says"), [("  ", "Écrivez votre message"), ("é" * 10_001, "10 000")])
async def test_a_message_is_neither_emptied_nor_too_long(now: datetime, texte: str, says: str) -> None:
    _, ligne, url = await make_message(now)
    browser = await signed_in(CAST.ines)
    await correct(browser, url, texte, status=422)
    assert says in browser.page.texte
    assert await texte_of(ligne) == AVANT


@pytest.mark.parametrize("what", ["closed", "revoked"])
async def test_closed_or_without_mandat_it_is_read_only_and_the_text_is_kept(
    now: datetime, what: str
) -> None:
    numero, ligne, url = await make_message(now)
    browser = await signed_in(CAST.ines)
    await browser.get(url)
    aida = await signed_as(CAST.aida, now)
    act = close_demande if what == "closed" else revoke_mandat
    await act(aida, await load(aida, numero), now=now)
    await browser.submit(url, {"texte": APRES}, status=409)
    assert APRES in browser.html
    assert await texte_of(ligne) == AVANT
    await browser.get(f"/demandes/{numero}")
    assert url not in browser.page.links


async def test_what_the_platform_says_and_ready_words_are_not_corrected(now: datetime) -> None:
    numero, _, _ = await make_message(now)
    ines = await signed_in(CAST.ines)
    await ines.get(f"/demandes/{numero}")
    [form] = [f for f in ines.page.forms if f["values"].get("acte") == ["prise_en_charge"]]
    await ines.post(f"/demandes/{numero}/messages", form["values"])
    [line] = await database.fetch("select id from messages where nature = 'prise_en_charge'")
    await ines.get(f"/demandes/{numero}/messages/{name_ligne(line['id'])}/correction", status=403)
    await ines.get(f"/demandes/{numero}/messages/inconnu/correction", status=404)


async def test_a_compte_collectif_says_who_corrects(now: datetime) -> None:
    await database.fetch("update agents set is_collectif = true where id = :id", id=CAST.aline)
    numero = await make_demande(now, auteur=CAST.aline)
    ligne = await post(CAST.aline, numero, now, AVANT, signature="Lucie Morel, accueil")
    url = f"/demandes/{numero}/messages/{name_ligne(ligne)}/correction"
    browser = await signed_in(CAST.aline)
    await correct(browser, url, status=422)
    assert f"{APRES}</textarea>" in browser.html
    await browser.submit(url, {"signature": "Nadège Corre, accueil"})
    await browser.get(f"/demandes/{numero}")
    assert "par Nadège Corre, accueil" in browser.page.texte
