"""What may be attached: bytes in, a harmless document or a sentence that says what to do (product.md §5.5).

Nothing here trusts the name or what the browser declares; every check is pure, bounded in memory, and opens what it
reads by pieces. Decoders can crash or stall all the same: `pieces_jointes`, which calls this room, runs it in a child.
"""

import re
from dataclasses import dataclass

from app.domain.fichiers.bureautique import check_bureautique
from app.domain.fichiers.images import remake_image
from app.domain.fichiers.noms import extension_of, nom_sur, with_extension
from app.domain.fichiers.pdf import check_pdf
from app.domain.fichiers.refus import MAL_RECU, FichierRefuse
from app.domain.fichiers.signatures import PICTURE, PROGRAMME, RACCOURCI, refuse_ole, signature_of
from app.domain.fichiers.textes import check_texte

__all__ = [
    "ACCEPT",
    "FICHIERS_MAX",
    "MAL_RECU",
    "OCTETS_MAX",
    "TROP_LOURD",
    "FichierAccepte",
    "FichierRefuse",
    "check_fichier",
    "nom_sur",
]

FICHIERS_MAX = 10
OCTETS_MAX = 10 * 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A content we take: its extensions (the first is given to a file named otherwise), its media type, its name."""

    extensions: tuple[str, ...]
    type_mime: str
    mots: str


OOXML = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "pdf": Kind(("pdf",), "application/pdf", "PDF"),
    "jpeg": Kind(("jpg", "jpeg"), "image/jpeg", "image JPEG"),
    "png": Kind(("png",), "image/png", "image PNG"),
    "webp": Kind(("webp",), "image/webp", "image WebP"),
    "odt": Kind(("odt",), "application/vnd.oasis.opendocument.text", "document OpenDocument"),
    "ods": Kind(("ods",), "application/vnd.oasis.opendocument.spreadsheet", "tableau OpenDocument"),
    "docx": Kind(("docx",), f"{OOXML}.wordprocessingml.document", "document Word"),
    "xlsx": Kind(("xlsx",), f"{OOXML}.spreadsheetml.sheet", "tableau Excel"),
    "txt": Kind(("txt",), "text/plain; charset=utf-8", "texte"),
    "csv": Kind(("csv",), "text/csv; charset=utf-8", "tableau en texte (csv)"),
}
# Another name of the same content: nobody needs to be told.
SAME = {"jfif": "jpeg", "text": "txt", "log": "txt", "md": "txt"}
# For the `accept` attribute of the field: a help for choosing, never a check.
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.odt,.ods,.docx,.xlsx,.txt,.csv"

VIDE = "Ce fichier est vide ; vérifiez-le, puis joignez-le de nouveau."
TROP_LOURD = "Ce fichier pèse plus de 10 Mo ; réduisez-le ou coupez-le en plusieurs fichiers."
BANNIERE = (
    "Ce fichier commence par autre chose que le PDF qu’il contient ; ouvrez-le, imprimez-le en PDF, puis joignez le "
    "nouveau fichier."
)
PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")


@dataclass(frozen=True)
class FichierAccepte:
    """A file that may be kept, as it will be given back; `recu_comme`: what it is, when its name said another thing."""

    nom: str
    type_mime: str
    recu_comme: str
    contenu: bytes


def check_fichier(nom: str, contenu: bytes) -> FichierAccepte:
    """The file to keep: pictures made again without place or device, a safe name true to the content.

    Raises FichierRefuse for anything product.md §5.5 and quality.md S6 do not let in.
    """
    if not contenu:
        raise FichierRefuse(VIDE)
    if len(contenu) > OCTETS_MAX:
        raise FichierRefuse(TROP_LOURD)
    found, kept = _check_kind(nom, contenu)
    kind = KINDS[found]
    extension = extension_of(nom_sur(nom))
    is_true = not extension or extension in kind.extensions or SAME.get(extension) == found
    return FichierAccepte(
        with_extension(nom, kind.extensions), kind.type_mime, "" if is_true else kind.mots, kept
    )


def _check_kind(nom: str, contenu: bytes) -> tuple[str, bytes]:
    match signature := signature_of(contenu):
        case "pdf":
            return "pdf", check_pdf(contenu)
        case "jpeg" | "png" | "webp" | "heic":
            return ("jpeg" if signature == "heic" else signature), remake_image(signature, contenu)
        case "zip":
            return check_bureautique(contenu), contenu
        case "ole":
            raise refuse_ole(contenu)
        case "avif":
            raise FichierRefuse(PICTURE)
        case "raccourci":
            raise FichierRefuse(RACCOURCI)
        case "executable":
            raise FichierRefuse(PROGRAMME)
    if PDF_HEADER.search(contenu) and b"endobj" in contenu:
        # Readers accept a PDF that starts late: the same bytes would be two documents.
        raise FichierRefuse(BANNIERE)
    return ("csv" if extension_of(nom) == "csv" else "txt"), check_texte(nom, contenu)
