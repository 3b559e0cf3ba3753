"""`/demandes/vues`: kept from a list, shown above its filters, renamed and deleted."""

from datetime import datetime
from urllib.parse import quote

from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import make_demande
from tests.routes.test_demandes import RECUES, open_list

VUES = "/demandes/vues"


async def test_the_filters_of_a_list_are_kept_then_opened_by_their_name(now: datetime) -> None:
    await make_demande(now, urgence="sante", titre="Canari")
    browser = await open_list(CAST.ines, f"{RECUES}?urgentes=1&q=canari&page=4")
    [link] = [one for one in browser.page.links if one.startswith(VUES)]
    await browser.get(link)
    assert "Les membres" not in browser.html  # Inès is responsable of nothing
    data = {"retour": f"{RECUES}?onglet=en-cours&urgentes=1&q=canari", "nom": ""}
    await browser.post(VUES, data, status=422)
    assert "Donnez un nom à cette vue." in browser.page.texte
    response = await browser.post(VUES, {**data, "nom": "Urgentes"}, status=303)
    kept = response.headers["location"]
    assert kept == f"{RECUES}?onglet=en-cours&urgentes=1"
    await browser.get(kept)
    assert f'href="{kept.replace("&", "&amp;")}"' in browser.html
    assert browser.html.count('aria-current="true"') == 1
    assert len(browser.queries) <= 6
    await browser.get(RECUES)
    assert "Urgentes" in browser.page.texte
    assert 'aria-current="true"' not in browser.html


async def test_what_it_keeps_is_said_in_words_and_is_only_what_the_list_knows(now: datetime) -> None:
    """Letters that are no code of the référentiel, or a groupe of others, may name anybody: none of it is kept."""
    await make_demande(now)
    browser = await signed_in(CAST.ines)
    asked = f"{RECUES}?urgentes=1&organisme=caf&departement=22&groupe={CAST.groupes.caf}&tri=recentes"
    await browser.get(f"{VUES}?retour={quote(asked)}")
    kept = "En cours, Urgentes, CAF 22, CAF, Côtes-d’Armor, les plus récentes d’abord"
    assert f"Elle gardera : {kept}" in browser.page.texte.replace("\u00a0", " ")
    odd = f"{RECUES}?organisme=martine_dubois&departement=Martine&groupe={CAST.groupes.cpam}"
    await browser.get(f"{VUES}?retour={quote(odd)}")
    assert "En cours, sans filtre, les plus urgentes d’abord" in browser.page.texte
    response = await browser.post(VUES, {"retour": odd, "nom": "Tout"}, status=303)
    assert response.headers["location"] == f"{RECUES}?onglet=en-cours"


async def test_an_address_that_no_list_wrote_is_the_list_as_it_opens(now: datetime) -> None:
    browser = await signed_in(CAST.ines)
    asked = f"{RECUES}?urgentes=1&" + "&".join(f"a{n}=1" for n in range(60))
    await browser.get(f"{VUES}?retour={quote(asked)}")
    assert "En cours, sans filtre" in browser.page.texte
    await browser.post("/demandes/gestes", {"retour": asked, "acte": ""}, status=422)


async def test_a_view_is_renamed_and_deleted(now: datetime) -> None:
    browser = await signed_in(CAST.rose)
    await browser.get(f"{VUES}?retour=/demandes")
    assert "Les membres de CAF 22" in browser.html
    data = {"retour": f"{RECUES}?a_qui=instructeur", "nom": "À nous", "pour": str(CAST.groupes.caf)}
    await browser.post(VUES, data, status=303)
    ines = await open_list(CAST.ines, RECUES)
    assert "À nous" in ines.page.texte
    await browser.get(VUES)
    vue = browser.html.split('id="vue-')[1].split('"')[0]
    await browser.post(VUES, {"vue": vue, "nom": "06 12 34 56 78"}, status=422)
    assert "donnée personnelle" in browser.page.texte
    await browser.post(VUES, {"vue": vue, "nom": "À nous de jouer"}, status=303)
    await ines.post(VUES, {"vue": vue, "nom": "À moi"}, status=409)
    await ines.post(f"{VUES}/effacement", {"vue": vue}, status=409)
    await ines.post(f"{VUES}/effacement", {"vue": "x"}, status=303)
    await ines.post(VUES, {**data, "nom": "Autre"}, status=403)
    await browser.get(VUES)
    assert "À nous de jouer" in browser.page.texte
    assert len(browser.queries) <= 6
    await browser.post(f"{VUES}/effacement", {"vue": vue}, status=303)
    await browser.get(VUES)
    assert "Aucune vue enregistrée." in browser.page.texte


async def test_a_view_erased_in_another_window_is_said_on_the_list_with_the_name_typed(now: datetime) -> None:
    browser = await signed_in(CAST.ines)
    for nom in ("Restante", "Partie"):
        await browser.post(VUES, {"retour": f"{RECUES}?urgentes=1", "nom": nom}, status=303)
    await browser.get(VUES)
    vue = browser.html.split('">Partie</a>')[0].split('id="vue-')[-1].split('"')[0]
    await browser.post(f"{VUES}/effacement", {"vue": vue}, status=303)
    for typed in ("À garder quelque part", "06 12 34 56 78", ""):
        await browser.post(VUES, {"vue": vue, "nom": typed}, status=409)
        assert "elle a peut-être été effacée entre-temps" in browser.page.texte
        assert typed in browser.page.texte
        assert "Restante" in browser.page.texte
        assert "erreur est à corriger" not in browser.page.texte
    await browser.post(f"{VUES}/effacement", {"vue": vue, "fenetre": "autre"}, status=409)
    assert "elle a peut-être été effacée entre-temps" in browser.page.texte
    assert "Restante" in browser.page.texte
