"""What a content is by its first bytes, and the kinds of content that are kept. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.regles.mots_fermes import MotFerme


class Signature(StrEnum):
    """What the first bytes say. Texts have none."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    AVIF = "avif"
    ZIP = "zip"
    OLE = "ole"
    RACCOURCI = "raccourci"
    EXECUTABLE = "executable"
    AUCUNE = ""


@dataclass(frozen=True)
class FicheFichier:
    """Its extensions (the first is given to a file named otherwise), its media type, its name in French."""

    extensions: tuple[str, ...]
    type_mime: str
    mots: str


OOXML = "application/vnd.openxmlformats-officedocument"


class NatureFichier(MotFerme):
    """The contents we take."""

    fiche: FicheFichier

    PDF = "pdf", FicheFichier(("pdf",), "application/pdf", "PDF")
    JPEG = "jpeg", FicheFichier(("jpg", "jpeg"), "image/jpeg", "image JPEG")
    PNG = "png", FicheFichier(("png",), "image/png", "image PNG")
    WEBP = "webp", FicheFichier(("webp",), "image/webp", "image WebP")
    ODT = "odt", FicheFichier(("odt",), "application/vnd.oasis.opendocument.text", "document OpenDocument")
    ODS = (
        "ods",
        FicheFichier(("ods",), "application/vnd.oasis.opendocument.spreadsheet", "tableau OpenDocument"),
    )
    DOCX = "docx", FicheFichier(("docx",), f"{OOXML}.wordprocessingml.document", "document Word")
    XLSX = "xlsx", FicheFichier(("xlsx",), f"{OOXML}.spreadsheetml.sheet", "tableau Excel")
    TXT = "txt", FicheFichier(("txt",), "text/plain; charset=utf-8", "texte")
    CSV = "csv", FicheFichier(("csv",), "text/csv; charset=utf-8", "tableau en texte (csv)")


#: The media types of what has a look of its own; a text or a spreadsheet is read in its program.
TYPES_VUS = tuple(
    nature.fiche.type_mime
    for nature in (NatureFichier.PDF, NatureFichier.JPEG, NatureFichier.PNG, NatureFichier.WEBP)
)
