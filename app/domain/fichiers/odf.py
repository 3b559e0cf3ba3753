"""What an OpenDocument (odt, ods) may hold: read part by part, refused when it gives an order."""

import re
from collections.abc import Iterable
from typing import ClassVar

from app.domain.fichiers.refus import LIENS, MACROS, MOT_DE_PASSE, FichierRefuse
from app.domain.fichiers.signatures import INCONNU, SHARE, WEB
from app.domain.fichiers.xml_par_morceaux import Attributes, LectureXml, local

MIMETYPES = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}
SCRIPTS = re.compile(
    r"\s*(?:(?:macro|application|service|slot|vnd\.sun\.star\.(?:script|macro|expand)|vnd\.libreoffice\.[\w-]+)[.:]"
    r"|\.?uno:)",
    re.IGNORECASE,
)
ORDERS = frozenset({"dde-connection", "dde-connection-decl", "dde-source", "floating-frame", "applet"})
# LibreOffice leaves these once macros were merely looked at.
LIBRARIES = re.compile(r"^(?:basic|dialogs)/(?:[^/]+/)?(?:script|dialog)-l[bc]\.xml$", re.IGNORECASE)
# Fetched without a click, or nearly; a picture on the web is what pasting a courriel leaves.
FETCHED = frozenset(
    {"template", "section-source", "table-source", "cell-range-source", "object", "object-ole", "plugin"}
)


class Odf:
    """One document. `kind` is asked once every part was read."""

    POWERS: ClassVar = frozenset({MACROS, LIENS, MOT_DE_PASSE})

    def __init__(self) -> None:
        self._mimetype = ""

    def read_mimetype(self, start: bytes) -> None:
        """The part that says the kind; first in the archive or not."""
        self._mimetype = start.decode("utf-8-sig", "replace").strip()

    def read_part(self, name: str, pieces: Iterable[bytes]) -> None:
        """Raises FichierRefuse."""
        on_start = self._on_manifest if name == "META-INF/manifest.xml" else self._on_element
        if LIBRARIES.match(name):
            on_start = self._on_library
        LectureXml(on_start, may_have_doctype=True).read(pieces)

    def kind(self) -> str:
        """odt or ods. Raises FichierRefuse for the others of the family."""
        if self._mimetype not in MIMETYPES:
            raise FichierRefuse(INCONNU)
        return MIMETYPES[self._mimetype]

    def _on_manifest(self, name: str, attributes: Attributes) -> None:
        if local(name) == "encryption-data":
            raise FichierRefuse(MOT_DE_PASSE)
        facts = {local(key): value for key, value in attributes.items()}
        if facts.get("full-path") == "/" and not self._mimetype:
            self._mimetype = facts.get("media-type", "")

    @staticmethod
    def _on_library(name: str, attributes: Attributes) -> None:
        """A list of modules; a module would be a part of its own. A library elsewhere is as good as a macro."""
        is_elsewhere = any(
            local(key) == "link" and value.lower() == "true" for key, value in attributes.items()
        )
        if local(name) not in {"libraries", "library", "element"} or is_elsewhere:
            raise FichierRefuse(MACROS)

    @staticmethod
    def _on_element(name: str, attributes: Attributes) -> None:
        element = local(name)
        if element in ORDERS:
            raise FichierRefuse(LIENS)
        # A shape of a presentation that goes to the next page has an action; a program has none.
        if element == "execute-macro" or (
            element == "event-listener" and not any(local(key) == "action" for key in attributes)
        ):
            raise FichierRefuse(MACROS)
        for key, value in attributes.items():
            if key.endswith("href"):
                _check_address(element, value)


def _check_address(element: str, value: str) -> None:
    if SCRIPTS.match(value):
        raise FichierRefuse(MACROS)
    if element == "a":
        return
    # A share would be sent the password of the session by who merely opens the document.
    if SHARE.match(value.replace("\\", "/")) or (element in FETCHED and WEB.match(value)):
        raise FichierRefuse(LIENS)
