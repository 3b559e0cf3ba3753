"""Documents of office suites, made by other programs than ours, or by who wants to pass for them."""

from collections.abc import Mapping

import pytest

from tests.domain.fichiers.jugement import refusal, take
from tests.fichiers_fabriques import MACRO_TYPE, docx, odf, relations, xlsx

LOST = '<?xml version="1.0" encoding="utf-16"?><a>été</a>'
LIBRARY = '<library:library xmlns:library="l" library:name="Standard"{}/>'
OFFICE: Mapping[str, tuple[str, bytes]] = {
    "partie qui se dit utf-16": ("a.docx", docx({"customXml/item1.xml": LOST.encode()})),
    "partie utf-16 sans déclaration": ("a.docx", docx({"customXml/i.xml": "<a>é</a>".encode("utf-16-le")})),
    "imprimante sous un type de macro": (
        "a.xlsx",
        xlsx({"xl/printerSettings/printerSettings1.bin": bytes(40)}, types=MACRO_TYPE),
    ),
    "reste de macros": ("a.docx", docx({"word/vbaData.xml": "<a/>", "word/vbaProject.bin": b""})),
    "bibliothèques vides": (
        "a.odt",
        odf(
            {
                "Basic/script-lc.xml": '<library:libraries xmlns:library="l"/>',
                "Basic/Standard/script-lb.xml": LIBRARY.format(""),
            }
        ),
    ),
    "mimetype suivi d’une ligne": ("a.odt", odf({"mimetype": "application/vnd.oasis.opendocument.text\r\n"})),
    "mimetype avec marque": (
        "a.odt",
        odf({"mimetype": b"\xef\xbb\xbfapplication/vnd.oasis.opendocument.text"}),
    ),
    "modèle du poste": (
        "a.docx",
        docx(
            {
                "word/_rels/settings.xml.rels": relations(
                    "attachedTemplate", "file:///C:\\Modeles\\Normal.dotm"
                )
            }
        ),
    ),
}


def field(instruction: str) -> dict[str, str]:
    """A field of Word, as it writes them."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    text = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return {
        "word/footer1.xml": f'<w:ftr xmlns:w="w">{mark("begin")}{text}{mark("separate")}{mark("end")}</w:ftr>'
    }


def part_of(nom: str, content_type: str) -> str:
    """What the list of types says of a part."""
    return f'<Override PartName="/{nom}" ContentType="{content_type}"/>'


ORDERS: Mapping[str, tuple[bytes, str]] = {
    "image d’un partage mise à jour": (docx(field(r'INCLUDEPICTURE "\\\\srv\\a.png" \d')), "ailleurs"),
    "texte d’un site mis à jour": (docx(field('INCLUDETEXT "https://x.example/a.docx"')), "ailleurs"),
    "texte d’un partage mis à jour": (docx(field(r"INCLUDETEXT \\\\srv\\a.docx")), "ailleurs"),
    "liaison à un site": (docx(field('LINK Word.Document.8 "https://x.example/a.doc" "" \\a')), "ailleurs"),
    "page sous un autre nom": (
        docx({"word/a.dat": "<html/>"}, types=part_of("word/a.dat", "text/html")),
        "objet",
    ),
    "courriel sous un autre nom": (
        docx({"word/a.dat": "a"}, types=part_of("word/a.dat", "message/rfc822; charset=utf-8")),
        "objet",
    ),
    "rtf sous un autre nom": (docx({"word/media/image1.png": "{\\rt1 a}"}), "objet"),
    "ruban qui appelle un autre document": (
        xlsx({"customUI/customUI.xml": '<customUI onLoad="https://x.example/a.xlsm!Auto"/>'}),
        "macros",
    ),
    "bouton du ruban": (
        docx({"customUI/customUI14.xml": '<m:customUI xmlns:m="m"><m:button onAction="a"/></m:customUI>'}),
        "macros",
    ),
    "données mises à jour à l’ouverture": (
        xlsx({"xl/connections.xml": '<connections><connection id="1" refreshOnLoad="1"/></connections>'}),
        "ailleurs",
    ),
    "modèle au mode mal écrit": (
        docx(
            {
                "word/_rels/settings.xml.rels": relations("attachedTemplate", "https://x.example/a").replace(
                    'al"', 'al "'
                )
            }
        ),
        "ailleurs",
    ),
    "plage d’un site": (
        odf(content='<table:cell-range-source xlink:href="https://x.example/a.csv"/>'),
        "ailleurs",
    ),
    "ordre à LibreOffice": (odf(content='<text:a xlink:href="vnd.libreoffice.command:Run"/>'), "macros"),
    "ordre uno": (odf(content='<text:a xlink:href=".uno:Quit"/>'), "macros"),
}


@pytest.mark.parametrize("what", ORDERS)
def test_an_order_of_a_document_is_found_however_it_is_written(what: str) -> None:
    contenu, words = ORDERS[what]
    assert words in refusal("a.docx", contenu)


CALM: Mapping[str, tuple[str, bytes]] = {
    "image d’un courriel collé": (
        "a.docx",
        docx(field('INCLUDEPICTURE "https://x.example/a.png" \\* MERGEFORMATINET')),
    ),
    "liaison à un classeur": ("a.docx", docx(field(r'LINK Excel.Sheet.12 "C:\\a.xlsx" "F1!L1C1" \a'))),
    "image du poste": ("a.docx", docx(field(r'INCLUDEPICTURE "C:\\Images\\a.png"'))),
    "ruban sans ordre": ("a.xlsx", xlsx({"customUI/customUI.xml": "<customUI><ribbon/></customUI>"})),
    "données mises à jour à la demande": (
        "a.xlsx",
        xlsx({"xl/connections.xml": '<connections><connection id="1" refreshOnLoad="0"/></connections>'}),
    ),
    "croisé mis à jour à l’ouverture": (
        "a.xlsx",
        xlsx({"xl/pivotCache/pivotCacheDefinition1.xml": '<pivotCacheDefinition refreshOnLoad="1"/>'}),
    ),
    "type d’une partie absente": ("a.docx", docx(types=part_of("word/a.dat", "text/html"))),
    "lien d’un tableau": (
        "a.docx",
        docx({"word/_rels/document.xml.rels": relations("hyperlink", "https://x.example")}),
    ),
    "dessin d’ailleurs": ("a.odt", odf(content='<draw:image xlink:href="https://x.example/a.png"/>')),
}


@pytest.mark.parametrize("what", CALM)
def test_what_only_looks_like_an_order_is_taken(what: str) -> None:
    nom, contenu = CALM[what]
    assert take(nom, contenu).contenu == contenu


@pytest.mark.parametrize("what", OFFICE)
def test_a_document_of_another_program_is_taken(what: str) -> None:
    nom, contenu = OFFICE[what]
    assert take(nom, contenu).contenu == contenu


def test_macros_stay_refused_behind_what_is_left_of_others() -> None:
    module = {"Basic/Standard/Module1.xml": "<script:module>Sub x</script:module>"}
    assert "macros" in refusal("a.odt", odf({"Basic/Standard/script-lb.xml": LIBRARY.format(""), **module}))
    elsewhere = LIBRARY.format(' library:link="true"')
    assert "macros" in refusal("a.odt", odf({"Basic/script-lc.xml": elsewhere}))
    assert "macros" in refusal("a.xlsx", xlsx({"xl/p.bin": bytes(40)}, types=MACRO_TYPE))
    template = '<?xml version="1.0" encoding="utf-16"?>' + relations(
        "attachedTemplate", "https://x.example/a"
    )
    assert "ailleurs" in refusal("a.docx", docx({"word/_rels/settings.xml.rels": template.encode()}))
