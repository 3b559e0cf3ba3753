"""`/administration/imports`: read, looked at, corrected, written to its end, reported."""

import pytest

from app import database
from tests.browser import signed_in
from tests.cast import CAST

URL = "/administration"


STRUCTURES = "FRANCE SERVICES;DEPARTEMENT;CONTACT MAIL\nCallac;22;x\nFougères;35;a@f.fr\nNulle Part;99;\n"


async def test_a_file_is_read_corrected_written_and_reported() -> None:
    ada, url = await signed_in(CAST.ada), f"{URL}/imports"
    await ada.get(url)
    await ada.submit(url, status=422)
    assert "#champ-fichier" in ada.page.links
    files = {"fichier": ("structures.csv", STRUCTURES.encode("cp1252"), "text/csv")}
    response = await ada.post(url, files=files)
    page = response.headers["location"]
    await ada.get(URL)
    assert "1 import attend votre confirmation" in ada.page.texte and page in ada.page.links
    await ada.get(page)
    texte = ada.page.texte
    assert "Rien n’est encore écrit" in texte and "Le département «\u00a099\u00a0» n’existe pas" in texte
    assert "Colonnes reconnues\u00a0: 3 sur 3" in texte
    await ada.get(f"{page}?vue=creer")
    assert "France Services Fougères" in ada.page.texte
    await ada.submit(f"{page}/lecture", {"colonne-2": ""}, follow=True)
    assert "Colonnes reconnues\u00a0: 2 sur 3" in ada.page.texte
    await ada.submit(f"{page}/lecture", {"colonne-2": "bal"}, follow=True)
    response = await ada.get(f"{page}/a-corriger.csv")
    assert "Le département «\u00a099\u00a0» n’existe pas.;Nulle Part;99" in response.text
    [button] = [part for part in ada.html.split("<button") if "Créer 1 groupe" in part]
    assert button
    await ada.get(page)
    await ada.submit(f"{page}/ecriture", follow=True)
    assert "L’import est terminé" in ada.page.texte
    rows = await database.fetch("select bal from groupes where nom = 'France Services Fougères'")
    assert [row["bal"] for row in rows] == ["a@f.fr"]
    await ada.submit(f"{page}/abandon", follow=True)
    assert "Aucun import" in ada.page.texte


async def test_an_import_that_stops_says_so_and_read_again_has_nothing_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.domain.administration.imports.ECRITURE_SECONDS", -1)
    ada, url = await signed_in(CAST.ada), f"{URL}/imports"
    lignes = "FRANCE SERVICES;DEPARTEMENT\n" + "".join(f"Ville {n};22\n" for n in range(30))
    pages = []
    for _ in range(2):
        await ada.get(url)
        files = {"fichier": ("structures.csv", lignes.encode(), "text/csv")}
        pages.append((await ada.post(url, files=files)).headers["location"])
        await ada.get(pages[-1])
        if len(pages) == 1:
            await ada.submit(f"{pages[0]}/ecriture", follow=True)
            assert "L’import n’est pas fini 25 lignes sur 30 sont écrites." in ada.page.texte
            assert ada.page.texte.count("Continuer l’import") == 1
            await ada.submit(f"{pages[0]}/ecriture", follow=True)
            assert "L’import est terminé" in ada.page.texte
    assert "Rien à écrire" in ada.page.texte and "Rien n’est encore écrit" not in ada.page.texte
    assert not [form for form in ada.page.forms if form["action"] == f"{pages[1]}/ecriture"]
    await ada.get(URL)
    assert "attend votre confirmation" not in ada.page.texte
    await ada.get(url)
    assert "structures.csv rien à écrire" in ada.page.texte


async def test_a_file_read_twice_waits_no_more_once_the_first_reading_is_written() -> None:
    ada, url = await signed_in(CAST.ada), f"{URL}/imports"
    files = {"fichier": ("structures.csv", b"FRANCE SERVICES;DEPARTEMENT\nVille;22\n", "text/csv")}
    pages = []
    for _ in range(2):
        await ada.get(url)
        pages.append((await ada.post(url, files=files)).headers["location"])
    await ada.get(URL)
    assert "2 imports attendent votre confirmation" in ada.page.texte
    await ada.get(pages[0])
    await ada.submit(f"{pages[0]}/ecriture", follow=True)
    await ada.get(URL)
    assert "votre confirmation" not in ada.page.texte


async def test_what_a_colleague_had_read_another_way_is_shown_before_it_is_written() -> None:
    ada, other = await signed_in(CAST.ada), await signed_in(CAST.ada)
    await ada.get(f"{URL}/imports")
    file = {"fichier": ("structures.csv", "Groupe;Département\nGuingamp;22\n".encode(), "text/csv")}
    response = await ada.post(f"{URL}/imports", {}, files=file)
    page = response.headers["location"]
    for browser in (ada, other):
        await browser.get(page)
        await browser.submit(f"{page}/lecture", {"organisme": "caf"}, follow=True)
    await ada.submit(f"{page}/ecriture", status=409)
    assert "Un collègue a fait relire ce fichier autrement" in ada.page.texte
    assert await database.fetch("select 1 from groupes where nom like '%Guingamp%'") == []
    await ada.submit(f"{page}/ecriture", follow=True)
    assert "L’import est terminé" in ada.page.texte
