"""« Même usager, nouvelle demande », and the organismes asked last."""

from datetime import datetime
from uuid import uuid4

import pytest

from app import database
from tests.browser import signed_in
from tests.cast import CAST
from tests.factories import make_demande, make_invitation


async def test_the_identity_comes_along_and_nothing_else(now: datetime) -> None:
    numero = await make_demande(now, description="Un texte de l’ancienne demande.")
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}")
    cle = uuid4()
    for _ in range(2):  # pressed twice: one form
        await browser.post(f"/demandes/{numero}/meme-usager", {"cle": cle}, status=303)
    await browser.get(f"/demandes/nouvelle?formulaire={cle}")
    for value in ("Martine", "Dubois", "1968"):
        assert f'value="{value}"' in browser.html
    assert "Versement de l’AAH" not in browser.html and "ancienne demande" not in browser.html
    assert 'name="attestation" value="1" checked' not in browser.html
    rows = await database.fetch("select is_ecrit from brouillons where agent = :aida", aida=CAST.aida)
    assert [row["is_ecrit"] for row in rows] == [True]


@pytest.mark.parametrize(
    ("who", "status"), [("aline", 303), ("ines", 403), ("elie", 403), ("rose", 403), ("eve", 404)]
)
async def test_who_speaks_for_the_usager_begins_it(now: datetime, who: str, status: int) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await database.fetch(
        "update invitations set groupe = :groupe where qualite = 'collegue'",
        groupe=CAST.groupes.france_services,
    )
    browser = await signed_in(getattr(CAST, who))
    await browser.post(f"/demandes/{numero}/meme-usager", {"cle": uuid4()}, status=status)
    assert bool(await database.fetch("select 1 from brouillons")) is (status == 303)


async def test_the_organismes_asked_last_come_first(now: datetime) -> None:
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/nouvelle?formulaire={uuid4()}")
    libre = {"mode": "libre", "etape": "actualiser", "formulaire": uuid4()}
    await browser.post("/demandes/nouvelle", libre, status=200)
    assert "déjà sollicité" not in browser.page.texte
    assert browser.html.index("CAF 22") < browser.html.index("CPAM 22")
    await make_demande(now, groupes=(CAST.groupes.cpam,))
    await browser.post("/demandes/nouvelle", libre, status=200)
    assert browser.html.index("CPAM 22") < browser.html.index("CAF 22")
    assert browser.page.texte.count("déjà sollicité par vous") == 1
