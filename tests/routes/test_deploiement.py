"""`/deploiement`: who is reachable where."""

from datetime import datetime

from app import database
from tests.browser import signed_in
from tests.cast import CAST


async def test_a_pilote_sees_who_is_reachable_in_the_scope(now: datetime) -> None:
    await database.fetch("update agents set created_at = created_at - interval '1 day'")
    await database.fetch("update agents set last_seen_at = :now where id = :agent", now=now, agent=CAST.ines)
    paul = await signed_in(CAST.paul)
    await paul.get("/deploiement")
    assert "22 – Côtes-d’Armor" in paul.page.texte and "974" not in paul.page.texte
    await paul.get(f"/deploiement?departement={CAST.departements['22']}")
    assert "CAF 22" in paul.page.texte and "aujourd’hui" in paul.page.texte
    assert "CPAM 22" in paul.page.texte and "jamais" in paul.page.texte
    await paul.get(f"/deploiement?departement={CAST.departements['974']}", status=404)
    response = await paul.get("/deploiement/tableau.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.content.decode("utf-8-sig").startswith("Département;")
    assert (await paul.get("/deploiement/tableau.ods")).content[:2] == b"PK"
    await paul.get("/deploiement/autre.csv", status=404)
    # In pause, nobody can be asked: the département is as if the groupe were not there.
    await database.fetch(
        "update groupes set pause_on = :pause_on::date, reprise_on = :pause_on::date + 9 where id = :cle",
        pause_on=now.date(),
        cle=CAST.groupes.caf,
    )
    await paul.get(f"/deploiement?departement={CAST.departements['22']}")
    assert "en pause" in paul.page.texte


async def test_an_administratrice_sees_every_departement() -> None:
    ada = await signed_in(CAST.ada)
    await ada.get("/deploiement?manques=1")
    assert "974 – La Réunion" in ada.page.texte
    assert len(ada.queries) <= 8


async def test_others_do_not() -> None:
    for who in (CAST.aida, CAST.rose, CAST.ines):
        await (await signed_in(who)).get("/deploiement", status=403)
