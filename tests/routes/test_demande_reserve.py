"""What an instructeur keeps to the instructeurs stays between them, whatever the button that sends it (product §3)."""

from datetime import datetime
from typing import Any

from tests.cast import CAST
from tests.factories import make_demande
from tests.routes.test_demande_messages import answer, lines, open_page


async def test_words_kept_to_the_instructeurs_open_no_part_again_before_the_aidant(now: datetime) -> None:
    numero = await make_demande(now)
    ines, idir = await open_page(CAST.ines, numero), await open_page(CAST.idir, numero)
    await idir.post(f"/demandes/{numero}/messages", answer(idir, "C’est payé.", is_traitee="1"))
    words: dict[str, Any] = {"texte": "Je soupçonne une fraude.", "is_prive": "1"}
    await ines.post(f"/demandes/{numero}/messages", answer(ines, **words), status=409)
    fields = answer(ines, **words, rouvrir=str(CAST.groupes.caf))
    await ines.post(f"/demandes/{numero}/messages", fields, status=422)
    assert "décochez la case" in ines.page.texte and "Je soupçonne une fraude." in ines.html
    assert [line["nature"] for line in await lines(numero)] == ["traitee"]
    aida = await open_page(CAST.aida, numero)
    assert "fraude" not in aida.html
