"""What may be attached: bytes in, a harmless document or a sentence that says what to do (product.md §5.5).

Nothing here trusts the name or what the browser declares; every check is pure, bounded in memory, and opens what it
reads by pieces. Decoders can crash or stall all the same: `pieces_jointes`, which calls this room, runs it in a child.
"""

import re
from dataclasses import dataclass
from typing import assert_never

from app.domain.fichiers.bureautique import check_bureautique
from app.domain.fichiers.images import remake_image
from app.domain.fichiers.natures import NatureFichier, Signature
from app.domain.fichiers.noms import extension_of, nom_sur, with_extension
from app.domain.fichiers.pdf import check_pdf
from app.domain.fichiers.refus import MAL_RECU, VIDE, FichierRefuse
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


# Another name of the same content: nobody needs to be told.
SAME = {"jfif": NatureFichier.JPEG, **dict.fromkeys(("text", "log", "md"), NatureFichier.TXT)}
# For the `accept` attribute of the field: a help for choosing, never a check.
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.odt,.ods,.docx,.xlsx,.txt,.csv"

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
    kind = found.fiche
    extension = extension_of(nom_sur(nom))
    is_true = not extension or extension in kind.extensions or SAME.get(extension) == found
    return FichierAccepte(
        with_extension(nom, kind.extensions), kind.type_mime, "" if is_true else kind.mots, kept
    )


def _check_kind(nom: str, contenu: bytes) -> tuple[NatureFichier, bytes]:
    match signature := signature_of(contenu):
        case Signature.PDF:
            return NatureFichier.PDF, check_pdf(contenu)
        case Signature.JPEG | Signature.HEIC:
            return NatureFichier.JPEG, remake_image(signature, contenu)
        case Signature.PNG:
            return NatureFichier.PNG, remake_image(signature, contenu)
        case Signature.WEBP:
            return NatureFichier.WEBP, remake_image(signature, contenu)
        case Signature.ZIP:
            return NatureFichier(check_bureautique(contenu)), contenu
        case Signature.OLE:
            raise refuse_ole(contenu)
        case Signature.AVIF:
            raise FichierRefuse(PICTURE)
        case Signature.RACCOURCI:
            raise FichierRefuse(RACCOURCI)
        case Signature.EXECUTABLE:
            raise FichierRefuse(PROGRAMME)
        case Signature.AUCUNE:
            return _check_plain(nom, contenu)
        case _:
            assert_never(signature)


def _check_plain(nom: str, contenu: bytes) -> tuple[NatureFichier, bytes]:
    if PDF_HEADER.search(contenu) and b"endobj" in contenu:
        # Readers accept a PDF that starts late: the same bytes would be two documents.
        raise FichierRefuse(BANNIERE)
    kind = NatureFichier.CSV if extension_of(nom) == "csv" else NatureFichier.TXT
    return kind, check_texte(nom, contenu)
