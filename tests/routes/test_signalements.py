"""Reporting a misuse, and what administrateurs do of it: pages, without JavaScript."""

from datetime import datetime

from app import database
from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import make_demande


async def test_from_the_demande_to_the_exclusion(now: datetime) -> None:
    numero = await make_demande(now)
    aida = await signed_in(CAST.aida)
    await aida.get(f"/demandes/{numero}")
    url = f"/demandes/{numero}/signalement"
    assert url in aida.page.links
    await aida.get(url)
    assert "jamais son contenu" in aida.page.texte and "Inès" not in aida.page.texte
    await database.fetch(
        "insert into lectures (demande, agent, first_at, last_at) values (:n, :ines, :now, :now)",
        **{"n": numero, "ines": CAST.ines, "now": now},
    )
    await aida.get(url)
    typed = {"raison": "curiosite", "texte": "Madame Dubois n’y est pour rien."}
    await aida.submit(url, typed, status=422)
    assert "Dubois" in aida.html and "ressemble à une donnée personnelle" in aida.page.texte
    await aida.submit(url, {**typed, "texte": "Lu sans raison."}, follow=True)
    assert "transmis à l’équipe Administration+" in aida.page.texte

    ada = await signed_in(CAST.ada)
    await ada.get("/administration")
    assert "1 usage abusif signalé par des lecteurs" in ada.page.texte
    await ada.get("/administration/signalements")
    assert "Demande lue sans raison de service" in ada.page.texte and "Lu sans raison." in ada.page.texte
    for word in ("Martine", "Dubois", "AAH"):
        assert word not in ada.html
    await database.fetch("update signalements set vise = :ines", ines=CAST.ines)
    await ada.get("/administration/signalements")
    [way] = [link for link in ada.page.links if "/exclusion?" in link]
    await ada.get(way)
    exclusion = way.partition("?")[0]
    await ada.submit(exclusion, {"motif": ""}, status=422)
    await ada.submit(exclusion, {"motif": "Des dossiers lus sans raison."}, follow=True)
    assert "Le compte est exclu" in ada.page.texte and "compte exclu" in ada.page.texte
    assert "Aucun signalement n’attend." in ada.page.texte

    rose = await signed_in(CAST.rose)
    await rose.get(f"/groupes/{CAST.groupes.caf}/membres/{CAST.ines}")
    assert "elle seule peut le réactiver" in rose.page.texte and "Réactiver le compte" not in rose.page.texte


async def test_one_is_classed(now: datetime) -> None:
    numero = await make_demande(now)
    aida, ada = await signed_in(CAST.aida), await signed_in(CAST.ada)
    await aida.get(f"/demandes/{numero}/signalement")
    await aida.submit(
        f"/demandes/{numero}/signalement", {"raison": "autre", "texte": "Un doute."}, follow=True
    )
    await ada.get("/administration/signalements")
    [action] = [form["action"] for form in ada.page.forms if form["action"].endswith("/classement")]
    await ada.submit(action, {}, follow=True)
    assert "classé sans suite" in ada.page.texte
