"""What may be attached: bytes in, a harmless document or a sentence that says what to do (product.md §5.5).

Nothing here trusts the name or what the browser declares; every check is pure, bounded in memory and time.
The largest files take a while: `pieces_jointes`, which calls this room, runs it in a thread.
"""

from dataclasses import dataclass

from app.domain.fichiers.bureautique import check_bureautique
from app.domain.fichiers.images import remake_image
from app.domain.fichiers.noms import extension_of, nom_sur, with_extension
from app.domain.fichiers.pdf import check_pdf
from app.domain.fichiers.refus import DEUX_FORMATS, MOT_DE_PASSE, FichierRefuse
from app.domain.fichiers.signatures import ANCIEN, PROGRAMME, signature_of
from app.domain.fichiers.textes import check_texte

__all__ = [
    "ACCEPT",
    "MAX_FICHIERS",
    "MAX_OCTETS",
    "TROP_LOURD",
    "FichierAccepte",
    "FichierRefuse",
    "check_fichier",
    "nom_sur",
]

MAX_FICHIERS = 10
MAX_OCTETS = 10 * 1024 * 1024
# The extensions of each content, the first one is given to a file named otherwise; and its media type.
KINDS = {
    "pdf": (("pdf",), "application/pdf"),
    "jpeg": (("jpg", "jpeg"), "image/jpeg"),
    "png": (("png",), "image/png"),
    "webp": (("webp",), "image/webp"),
    "odt": (("odt",), "application/vnd.oasis.opendocument.text"),
    "ods": (("ods",), "application/vnd.oasis.opendocument.spreadsheet"),
    "docx": (("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "txt": (("txt",), "text/plain"),
    "csv": (("csv",), "text/csv"),
}
# For the `accept` attribute of the field: a help for choosing, never a check.
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.odt,.ods,.docx,.xlsx,.txt,.csv"

VIDE = "Ce fichier est vide ; vérifiez-le, puis joignez-le de nouveau."
TROP_LOURD = "Ce fichier pèse plus de 10 Mo ; réduisez-le ou coupez-le en plusieurs fichiers."


@dataclass(frozen=True)
class FichierAccepte:
    """A file that may be kept, as it will be given back; `was_converted` when its kind changed (heic)."""

    nom: str
    type_mime: str
    contenu: bytes
    was_converted: bool


def check_fichier(nom: str, contenu: bytes) -> FichierAccepte:
    """The file to keep: pictures made again without place or device, a safe name true to the content.

    Raises FichierRefuse for anything product.md §5.5 and quality.md S6 do not let in.
    """
    if not contenu:
        raise FichierRefuse(VIDE)
    if len(contenu) > MAX_OCTETS:
        raise FichierRefuse(TROP_LOURD)
    signature = signature_of(contenu)
    kind, kept = _check_kind(signature, nom, contenu)
    extensions, type_mime = KINDS[kind]
    return FichierAccepte(with_extension(nom, extensions), type_mime, kept, was_converted=signature == "heic")


def _check_kind(signature: str, nom: str, contenu: bytes) -> tuple[str, bytes]:
    match signature:
        case "pdf":
            check_pdf(contenu)
            return "pdf", contenu
        case "jpeg" | "png" | "webp" | "heic":
            return ("jpeg" if signature == "heic" else signature), remake_image(signature, contenu)
        case "zip":
            return check_bureautique(contenu), contenu
        case "ole":
            # A modern document with a password is wrapped in the old container.
            has_password = "EncryptedPackage".encode("utf-16-le") in contenu
            raise FichierRefuse(MOT_DE_PASSE if has_password else ANCIEN)
        case "executable":
            raise FichierRefuse(PROGRAMME)
    if b"%PDF-" in contenu[:1024] and b"%%EOF" in contenu:
        # Readers accept a PDF that starts late: the same bytes would be two documents.
        raise FichierRefuse(DEUX_FORMATS)
    check_texte(nom, contenu)
    return ("csv" if extension_of(nom) == "csv" else "txt"), contenu
