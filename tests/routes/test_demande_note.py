"""The note that the usager takes home, and the receipt of who sent (issue: out of the screen)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app import database, impression
from tests.browser import signed_in
from tests.cast import CAST
from tests.domain.scene import make_caf_cpam, post
from tests.factories import make_demande, make_invitation
from tests.poppler import poppler

SECRET = "Le lot 2217 est parti en rejet."


async def test_the_note_says_what_was_asked_of_whom_by_when_and_what_next(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    await database.fetch("update agents set telephone = '+33296000012' where id = :aida", aida=CAST.aida)
    await database.fetch(
        "update sollicitations set traitee_at = :now, late_at = null where demande = :numero and groupe = :cpam",
        now=now,
        numero=numero,
        cpam=CAST.groupes.cpam,
    )
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/note")
    assert browser.page.h1 == ["Martine Dubois, voici où en est votre demande"]
    for words in (
        *("Aïda Kerjean, de France Services Callac, a écrit pour vous", "Versement de l’AAH interrompu"),
        *(
            "CAF 22 va répondre",
            "Vous aurez des nouvelles avant",
            "CPAM 22 a fini",
            "02\xa096\xa000\xa000\xa012",
        ),
        *("Vous pouvez tout arrêter", "Numéro de la demande", "Prochaines nouvelles avant"),
    ):
        assert words in browser.page.texte, words
    assert len(browser.queries) <= 6


async def test_it_holds_no_message_and_no_identifier(now: datetime) -> None:
    numero = await make_demande(now, description="Allocataire 1234412, plus de versement.")
    await post(CAST.ines, numero, now, SECRET)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/note")
    assert "À vous\xa0: CAF 22 a répondu" in browser.page.texte
    for hidden in (SECRET, "1234412", "Inès", "1968"):
        assert hidden not in browser.paroles


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("late_at = :now - interval '1 hour'", "Sa réponse est en retard."),
        ("declinee_at = :now, late_at = null", "CAF 22 ne peut pas répondre"),
        ("traitee_at = :now, late_at = null", "Regardez si le problème est réglé."),
    ],
)
async def test_each_state_has_its_sentence(now: datetime, change: str, words: str) -> None:
    numero = await make_demande(now)
    await database.fetch(
        f"update sollicitations set {change} where demande = :numero and :now::timestamptz is not null",
        numero=numero,
        now=now,
    )
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/note")
    assert words in browser.page.texte


async def test_the_paper_fits_one_page_in_large_print(now: datetime, tmp_path: Path) -> None:
    numero = await make_caf_cpam(
        now, titre="Prime d’activité jamais versée depuis le changement de caisse en avril"
    )
    browser = await signed_in(CAST.aida)
    response = await browser.client.get(f"/demandes/{numero}/note.pdf")
    assert response.status_code == 200
    assert f'filename="note-demande-{numero}.pdf"' in response.headers["content-disposition"]
    path = tmp_path / "note.pdf"
    path.write_bytes(response.content)
    about = poppler("pdfinfo", path)
    assert "Tagged:          yes" in about and "Pages:           1\n" in about and "A4" in about
    assert "Reçu, à garder" in poppler("pdftotext", path, "-")


async def test_a_note_that_cannot_be_printed_says_the_other_way(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numero = await make_demande(now)
    monkeypatch.setattr(impression, "HTML_MAX", 100)
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/note.pdf", status=503)
    assert f'href="/demandes/{numero}/note"' in browser.html


@pytest.mark.parametrize(
    ("who", "status"), [("aline", 200), ("ines", 403), ("elie", 403), ("rose", 403), ("eve", 404)]
)
async def test_who_speaks_for_the_usager_makes_it(now: datetime, who: str, status: int) -> None:
    numero = await make_demande(now)
    await make_invitation(numero, CAST.aline, "collegue", now)
    await make_invitation(numero, CAST.elie, "expert", now)
    await database.fetch(
        "update invitations set groupe = :groupe where qualite = 'collegue'",
        groupe=CAST.groupes.france_services,
    )
    browser = await signed_in(getattr(CAST, who))
    await browser.get(f"/demandes/{numero}/note", status=status)


async def test_it_goes_with_the_personal_data(now: datetime, store: Path) -> None:
    numero = await make_demande(now)
    await database.fetch(
        "update demandes set closed_at = :now, erased_at = :now where numero = :numero",
        now=now,
        numero=numero,
    )
    browser = await signed_in(CAST.aida)
    await browser.get(f"/demandes/{numero}/note", status=404)
    await browser.get(f"/demandes/{numero}/note.pdf", status=404)


async def test_who_sent_reads_the_receipt_until_somebody_answers(now: datetime) -> None:
    numero = await make_caf_cpam(now)
    aida, ines = await signed_in(CAST.aida), await signed_in(CAST.ines)
    await aida.get(f"/demandes/{numero}")
    assert "Reçu de votre envoi" in aida.page.texte
    assert f"Demande n°\xa0{numero}" in aida.page.texte and "à CAF 22 et CPAM 22" in aida.page.texte
    assert f'href="/demandes/{numero}/note"' in aida.html
    await ines.get(f"/demandes/{numero}")
    assert "Reçu de votre envoi" not in ines.page.texte and f"/demandes/{numero}/note" not in ines.html
    await post(CAST.ines, numero, now + timedelta(minutes=1))
    await aida.get(f"/demandes/{numero}")
    assert "Reçu de votre envoi" not in aida.page.texte
