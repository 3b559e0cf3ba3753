"""PDF as people bring them: judged by what they do, not by the words they hold."""

import io
import time

import pikepdf
import pytest

from tests.cas import CAS
from tests.domain.fichiers.jugement import refusal, take
from tests.fichiers_fabriques import JS, locked_pdf, modern_pdf, pdf, stream


@pytest.mark.parametrize(
    "before", [b"\n", b"\r\n\r\n", b" \t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", bytes(16)]
)
def test_blanks_before_a_pdf_are_taken_off(before: bytes) -> None:
    assert take("a.pdf", before + pdf()).contenu == pdf()
    case = (CAS / "pdf_saut_de_ligne_avant.pdf").read_bytes()
    assert take("a.pdf", case).contenu == case.lstrip()


def test_a_banner_before_a_pdf_is_refused_in_true_words() -> None:
    for banner in (b"Imprime par la machine 12\n", b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 5_000_000):
        for nom in ("a.pdf", "a.txt"):
            assert "commence par autre chose que le PDF" in refusal(nom, banner + pdf())


REAL = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
SCRIPTS = {
    "le cas": b"",
    "nom échappé": b"<</S/#4Aava#53cript/JS(app.alert\\(1\\))>>",
    "parenthèses échappées": b"<</S/JavaScript/JS(\\)/S/GoTo\\(app.alert\\(1\\))>>",
    "en hexadécimal": b"<</S/JavaScript/JS<6170702e616c657274283129>>>",
    "après une page": b"<</S/GoTo/D[3 0 R/Fit]/Next " + REAL + b">>",
}


@pytest.mark.parametrize("what", SCRIPTS)
def test_a_real_script_stays_refused(what: str) -> None:
    case = (CAS / "pdf_javascript_reel.pdf").read_bytes()
    assert "contient un programme" in refusal("a.pdf", case.replace(REAL, SCRIPTS[what] or REAL))


def test_a_script_in_a_later_revision_or_a_packed_object_is_found() -> None:
    later = pdf() + b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction " + REAL + b">>\nendobj\n"
    table = later.rfind(b"xref\n", 0, later.index(b"startxref"))
    place = later.rfind(b"1 0 obj")
    later += b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 4/Root 1 0 R/Prev %d>>\n" % (place, table)
    later += b"startxref\n%d\n%%%%EOF\n" % later.rfind(b"xref\n1 1")
    assert "programme" in refusal("a.pdf", later)
    assert "programme" in refusal("a.pdf", modern_pdf(JS))


NAMES_THAT_ARE_WORDS = [
    stream(b"BT (/JavaScript /Launch /EmbeddedFile /Encrypt 5 0 R) Tj ET", b""),
    b"<< /Title (/S /JavaScript /JS \\(x\\)) /Author (/OpenAction) >>",
    b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://x.fr/Launch/RichMedia?/JS=1) >> >>",
    b"<< /Type /StructElem /S /Sound /P 2 0 R /A << /O /Layout /Placement /Block >> >>",
    b"<< /Font << /JS 4 0 R /Movie 4 0 R >> >>",
    b"<< /Names << /EmbeddedFiles << /Kids [] >> /JavaScript << /Names [] >> >> /AF [] >>",
]


@pytest.mark.parametrize("words", NAMES_THAT_ARE_WORDS)
def test_a_power_named_in_words_is_no_power(words: bytes) -> None:
    assert take("a.pdf", pdf(words)).contenu == pdf(words)


ON_CLICK_ALLOWED = [
    b"<< /S /GoTo /D [3 0 R /Fit] >>",
    b"<< /S /URI /URI (https://www.caf.fr/) >>",
    b"<< /S /URI /URI (mailto:zoe@mairie.fr) >>",
    b"<< /S /URI /URI (www.caf.fr) >>",
    b"<< /S /Named /N /Print >>",
    b"<< /S /GoToR /F (annexe.pdf) /D [0 /Fit] >>",
    b"<< /S /ResetForm >>",
]


@pytest.mark.parametrize("action", ON_CLICK_ALLOWED)
def test_what_a_click_may_do(action: bytes) -> None:
    take("a.pdf", pdf(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A " + action + b" >>"))


@pytest.mark.parametrize(
    "opening",
    [b"[3 0 R /Fit]", b"(sommaire)", b"<< /S /GoTo /D [3 0 R /Fit] >>", b"<< /S /Named /N /FirstPage >>"],
)
def test_a_pdf_may_open_on_a_page(opening: bytes) -> None:
    take("a.pdf", pdf(catalog=b"/OpenAction " + opening))
    take("a.pdf", pdf(catalog=b"/AA << /O << /S /GoTo /D [3 0 R /Fit] >> >>"))


def test_a_pdf_with_limited_rights_opens_for_everyone_and_is_taken() -> None:
    """Printing it again is what its owner forbade: that advice could not help."""
    limited = locked_pdf("")
    assert take("a.pdf", limited).contenu == limited
    with pikepdf.open(io.BytesIO(limited)) as document:
        assert document.is_encrypted and len(document.pages) == 1
    assert "mot de passe" in refusal("a.pdf", locked_pdf("secret"))


def test_a_pdf_to_repair_is_given_back_as_it_was_judged() -> None:
    broken = pdf().replace(b"startxref\n", b"startxref\n9")
    kept = take("a.pdf", broken).contenu
    with pikepdf.open(io.BytesIO(kept), attempt_recovery=False) as document:
        assert len(document.pages) == 1 and not document.get_warnings()


def test_an_action_that_is_none_is_not_called_forbidden() -> None:
    phrase = refusal("a.pdf", pdf(b"<< /Title (x) /Parent 2 0 R /A << /S /D >> >>"))
    assert "inhabituelle" in phrase


def test_an_address_as_long_as_one_likes_is_judged_at_once() -> None:
    """A hundred thousand blanks before a colon took a minute and a half."""
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (%b) >> >>"
    started = time.process_time()
    for bait in (b" " * 100_000 + b"x:", b"a" * 100_000 + b":", b"javascript:" + b"%20" * 30_000 + b"x"):
        assert "action interdite" in refusal("a.pdf", pdf(link % bait))
    assert time.process_time() - started < 2
