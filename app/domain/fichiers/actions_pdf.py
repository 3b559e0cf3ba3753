"""What the actions of a PDF may do: by a click, by themselves, never. Pure."""

import re

from app.domain.fichiers.signatures import SHARE

PROGRAMME = (
    "Ce PDF contient un programme ou un formulaire animé ; imprimez-le en PDF (Fichier, Imprimer, "
    "Enregistrer au format PDF), puis joignez le nouveau fichier."
)
PIECES = (
    "Ce PDF contient d’autres fichiers ; joignez-les un par un, puis imprimez ce PDF en PDF et joignez le nouveau "
    "fichier."
)
SORTIE = (
    "Ce PDF lance une action interdite (ouverture d’un site ou d’un autre fichier, envoi de données) ; imprimez-le en "
    "PDF, puis joignez le nouveau fichier."
)

# What a click may do. Anything else is refused, what nobody invented yet included.
ON_CLICK = frozenset(
    {
        "/GoTo",
        "/GoToR",
        "/URI",
        "/Named",
        "/Thread",
        "/Hide",
        "/ResetForm",
        "/SetOCGState",
        "/Trans",
        "/GoToDp",
    }
)
# What may happen without a click: going to a page.
BY_ITSELF = frozenset({"/GoTo", "/Named"})
PAGES = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
# What makes an action of an object, wherever it stands.
FORBIDDEN = {
    "/JavaScript": PROGRAMME,
    "/Rendition": PROGRAMME,
    "/Movie": PROGRAMME,
    "/Sound": PROGRAMME,
    "/RichMediaExecute": PROGRAMME,
    "/GoTo3DView": PROGRAMME,
    "/Launch": SORTIE,
    "/ImportData": SORTIE,
    "/SubmitForm": SORTIE,
    "/GoToE": PIECES,
}
# Annotations that play, or that carry a file.
ANNOTATIONS = {"/RichMedia": PROGRAMME, "/Movie": PROGRAMME, "/3D": PROGRAMME, "/Sound": PROGRAMME}
# What an element of the structure holds. It may be called anything, « JavaScript » too: this tells it from an action.
STRUCTURE = frozenset(
    {
        "/Type",
        "/S",
        "/P",
        "/ID",
        "/Ref",
        "/Pg",
        "/K",
        "/A",
        "/C",
        "/R",
        "/T",
        "/Lang",
        "/Alt",
        "/E",
        "/ActualText",
        "/AF",
        "/NS",
        "/PhoneticAlphabet",
        "/Phoneme",
    }
)

# A page printed from a browser keeps its links: those of an application that opens a conversation or a place are
# harmless, and so is what stands in buttons that do nothing once they are printed.
LINK = re.compile(
    r"(?:https?|mailto|tel|sms|ftp|fax|callto|geo|whatsapp)\s*:|[\w.-]+:\d"
    r"|[^:\\]*$|[^:\\/]*[/?#]|about:blank$"
    r"|javascript:(?:void(?:\(\s*(?:0|null)?\s*\)|\s0))?(?:%20|\s)*;?$",
    re.IGNORECASE,
)


def is_link(address: str) -> bool:
    """Whether a click on this only opens a page, a mail or a call; never a script, a program or a share."""
    # Without a scheme, « //server/a » is a share for a reader that opened the document from a disk.
    # Blanks around go first: a pattern that skips them would go back over them as often as there are some.
    address = address.strip()
    return LINK.match(address) is not None and SHARE.match(address.replace("\\", "/")) is None
