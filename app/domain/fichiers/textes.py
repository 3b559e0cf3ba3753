"""A text that is only a text: readable, and neither a page nor a script under a quiet name."""

import re

from app.domain.fichiers.noms import extension_of
from app.domain.fichiers.refus import FichierRefuse
from app.domain.fichiers.signatures import PROGRAMME, refuse_unknown

PAGE = re.compile(
    r"<[\s/]{0,8}(?:!doctype|html|head|body|script|svg|iframe|frameset|object|embed|applet|meta|\?php|\?xml|%)",
    re.IGNORECASE,
)
SCRIPT = re.compile(r"\s*(?:#!|@echo\b|@\s*off\b|\{\\rtf)", re.IGNORECASE)
# A sheet that starts a program when a spreadsheet opens it (DDE).
COMMAND = re.compile(r"[=+@-][ \t]{0,8}[A-Za-z][\w.]{0,40}\|[^\n!]{0,60}!")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
SCRIPT_EXTENSIONS_TEXT = """
    html htm xhtml mht mhtml svg svgz hta js jse mjs vbs vbe wsf bat cmd ps1 sh py php pl rb lnk url
    reg inf scf
"""
SCRIPT_EXTENSIONS = frozenset(SCRIPT_EXTENSIONS_TEXT.split())

WEB = "Les pages web et les dessins SVG ne sont pas acceptés ; imprimez la page en PDF, puis joignez le PDF."
FORMULE = (
    "Ce fichier contient une formule qui lance un programme ; supprimez-la, ou enregistrez le tableau en PDF."
)


def check_texte(nom: str, contenu: bytes) -> None:
    """Raise FichierRefuse unless it is a text in UTF-8 or Windows-1252, without page, script or command."""
    texte = _decode(contenu)
    if texte is None or CONTROLS.search(texte):
        raise refuse_unknown(contenu)
    if PAGE.search(texte):
        raise FichierRefuse(WEB)
    if SCRIPT.match(texte):
        raise FichierRefuse(PROGRAMME)
    if COMMAND.search(texte):
        raise FichierRefuse(FORMULE)
    if extension_of(nom) in SCRIPT_EXTENSIONS:
        raise FichierRefuse(PROGRAMME)


def _decode(contenu: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return contenu.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
