"""A surge, from the sixth demande to the note the next aidant reads, and its end."""

from datetime import datetime, timedelta

from app import database
from app.domain.figures.blocages import look_for_surges
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.formulaire_rempli import filled
from tests.factories import list_journal, list_told, make_demande


async def surge(now: datetime, nombre: int = 6, *, structures: int = 3) -> int:
    """That many demandes on one sujet to the CAF 22 this week, after a quiet autumn; returns the sujet."""
    row = await database.fetch_one("select id from sujets where code = 'rsa_suspendu'")
    assert row is not None
    sujet = int(row["id"])
    asked_by = (CAST.groupes.france_services, CAST.groupes.ccas_974, CAST.groupes.cpam)[:structures]
    for n, age in enumerate([*(60 for _ in range(2)), *(n % 3 + 0.1 for n in range(nombre))]):
        sent = now - timedelta(days=age)
        numero = await make_demande(now, sent_at=sent, groupe=asked_by[n % structures], titre="Canari titre")
        await database.fetch(
            "update suivis set sujet = :sujet where demande = :numero", sujet=sujet, numero=numero
        )
    return sujet


async def read_as_aidant(sujet: int, groupe: int) -> str:
    """What an aidante reads once she has chosen the sujet and this groupe alone."""
    aida = await signed_in(CAST.aida)
    typed = {**filled(), "mode": "guide", "sujet": str(sujet), "sujet_vu": str(sujet), "groupes": str(groupe)}
    shown = await aida.post("/demandes/nouvelle", {**typed, "etape": "choisir"}, status=200, htmx=True)
    return shown.text


async def test_a_surge_is_told_answered_once_and_ends_by_itself(now: datetime) -> None:
    sujet = await surge(now)
    assert await look_for_surges(now)
    assert not await look_for_surges(now + timedelta(hours=1))  # told once
    ines = await signed_in(CAST.ines)
    await ines.get("/blocages")
    assert "6 demandes" in ines.page.texte and "d’habitude" in ines.page.texte
    assert "Blocages collectifs 2" in ines.page.texte  # here and everywhere, in the menu
    assert "Canari" not in ines.page.texte
    rows = await database.fetch("select id from blocages where departement <> 0")
    address = f"/blocages/{rows[0]['id']}"
    await ines.get("/blocages")
    await ines.post(address, {"note": ""}, status=422)
    await ines.post(address, {"note": "Voir le dossier 1 85 01 78 006 084 91."}, status=422)
    assert "Tous les aidants liront cette note\u00a0: retirez" in ines.page.texte
    await ines.post(address, {"note": "Le virement part jeudi, sinon appelez le 02 96 77 33 33."}, status=303)
    await ines.get("/blocages")
    assert "Votre note est publiée" in ines.page.texte
    await ines.post(address, {"note": "Encore"}, status=409)
    assert "Une note a déjà été écrite" in ines.page.texte and "Encore" in ines.page.texte
    assert "Le virement part jeudi" in await read_as_aidant(sujet, CAST.groupes.caf)
    assert "Le virement part jeudi" not in await read_as_aidant(sujet, CAST.groupes.cpam)
    await look_for_surges(now + timedelta(days=9))
    assert "Le virement part jeudi" not in await read_as_aidant(sujet, CAST.groupes.caf)
    await ines.get("/blocages")
    assert "Aucun blocage" in ines.page.texte


async def test_who_is_told(now: datetime) -> None:
    await surge(now)
    await look_for_surges(now)
    for who, told in (("rose", 2), ("paul", 1), ("ada", 2), ("aida", 0), ("ivan", 0), ("eve", 0)):
        browser = await signed_in(getattr(CAST, who))
        await browser.get("/blocages")
        assert browser.page.texte.count("cette semaine,") == told, who
    [row] = await database.fetch("select id from blocages where departement <> 0")
    paul = await signed_in(CAST.paul)
    await paul.get("/blocages")
    await paul.post(f"/blocages/{row['id']}", {"note": "x"}, status=403)
    eve = await signed_in(CAST.eve)
    await eve.get("/blocages")
    await eve.post(f"/blocages/{row['id']}", {"note": "x"}, status=404)


async def test_the_groupe_its_responsables_and_pilotes_are_told_by_mail_once(now: datetime) -> None:
    await database.fetch("update groupes set bal = 'bal@caf22.fr' where id = :caf", caf=CAST.groupes.caf)
    await surge(now)
    await look_for_surges(now)
    told = {"ines@exemple.fr", "idir@exemple.fr", "rose@exemple.fr", "paul@exemple.fr", "bal@caf22.fr"}
    assert await list_told("blocage_signale") == told
    [row] = await database.fetch("select count(*) as nombre from courriels where fait = 'blocage_signale'")
    assert row["nombre"] == len(told), "the country is not told again to who was told of the département"
    await look_for_surges(now + timedelta(hours=1))
    [again] = await database.fetch("select count(*) as nombre from courriels where fait = 'blocage_signale'")
    assert again == row
    lines = await list_journal("blocage_signale")
    assert len(lines) == 2 and all("blocage" in str(line["details"]) for line in lines)


async def test_two_structures_or_four_demandes_are_no_surge(now: datetime) -> None:
    await surge(now, structures=2)
    assert not await look_for_surges(now)
