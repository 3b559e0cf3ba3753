"""`/groupes/{groupe}/reponses`: the saved replies of a groupe."""

from datetime import datetime

import pytest

from app import database
from tests.browser import signed_in
from tests.cast import CAST


def caf(end: str = "") -> str:
    return f"/groupes/{CAST.groupes.caf}/reponses{end}"


async def one() -> int:
    row = await database.fetch_one("select max(id) as id from reponses")
    assert row is not None
    return int(row["id"])


async def test_an_instructeur_writes_finds_changes_and_takes_away(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.get(f"/groupes/{CAST.groupes.caf}")
    assert caf() in ines.page.links
    await ines.get(caf())
    assert "Aucune réponse enregistrée." in ines.page.texte
    typed = {"titre": "Dossier complet", "texte": "Le dossier n° [numéro] est complet."}
    await ines.submit(caf(), typed, follow=True)
    assert "La réponse est enregistrée." in ines.page.texte and "Dossier complet" in ines.page.texte
    assert len(ines.queries) <= 6
    idir = await signed_in(CAST.idir)
    await idir.get(caf("?q=COMPLET"))
    assert "Dossier complet" in idir.page.texte
    await idir.get(caf("?q=zzz"))
    assert "Aucune réponse ne correspond." in idir.page.texte
    url = caf(f"/{await one()}")
    await idir.get(url)
    await idir.submit(url, {"titre": "Complet", "texte": "C’est complet."}, follow=True)
    assert "C’est complet." in idir.page.texte
    await idir.get(url)
    await idir.submit(f"{url}/effacement", {}, follow=True)
    assert "La réponse enregistrée est effacée." in idir.page.texte
    await idir.get(url, status=404)


async def test_what_is_wrong_is_said_beside_its_field_and_kept(now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.get(caf())
    await ines.submit(caf(), {"titre": "", "texte": "NIR 2 55 08 14 168 025 38"}, status=422)
    assert "Donnez un titre" in ines.page.texte and "rien d’un usager" in ines.page.texte
    assert "NIR 2 55 08 14 168 025 38" in ines.html


async def test_what_a_colleague_did_meanwhile_is_shown_and_asked_again(now: datetime) -> None:
    ines, idir = await signed_in(CAST.ines), await signed_in(CAST.idir)
    await ines.get(caf())
    await ines.submit(caf(), {"titre": "Dossier", "texte": "Il est complet."}, follow=True)
    url = caf(f"/{await one()}")
    await ines.get(url)
    await idir.get(url)
    await idir.submit(url, {"texte": "Il est complet, merci."}, follow=True)
    await ines.submit(url, {"texte": "Il est clos."}, status=409)
    assert "Rien n’a été changé" in ines.page.texte and "Il est complet, merci." in ines.page.texte
    assert "Il est clos." in ines.html
    await ines.submit(url, follow=True)
    assert "Il est clos." in ines.page.texte and "merci" not in ines.page.texte

    old = await signed_in(CAST.idir)
    await old.get(url)
    await ines.get(url)
    await ines.submit(url, {"texte": "Il est rouvert."})
    await old.submit(f"{url}/effacement", status=409)
    assert "Il est rouvert." in old.page.texte
    await ines.get(url)
    await old.submit(f"{url}/effacement", follow=True)
    await ines.submit(url, {"texte": "Un long travail."}, status=404)
    assert "n’existe plus" in ines.page.texte and "Un long travail." in ines.page.texte


@pytest.mark.parametrize(("who", "status"), [("rose", 403), ("ada", 403), ("aida", 404), ("ivan", 404)])
async def test_nobody_else(who: str, status: int, now: datetime) -> None:
    ines = await signed_in(CAST.ines)
    await ines.get(caf())
    await ines.submit(caf(), {"titre": "Titre", "texte": "Texte."}, follow=True)
    other = await signed_in(getattr(CAST, who))
    for end in ("", f"/{await one()}"):
        await other.get(caf(end), status=status)
