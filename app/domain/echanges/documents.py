"""« J’ai besoin d’un document »: what an instructeur asks the aidant for, chosen among the usual ones (product §7)."""

from collections.abc import Sequence

from app.domain.demandes.demande import Demande

#: What is asked for whatever the sujet, after the documents of the sujet itself.
USUELS = (
    "Pièce d’identité",
    "Relevé d’identité bancaire",
    "Justificatif de domicile",
    "Dernier courrier ou dernière décision reçus",
)


def list_documents(demande: Demande) -> tuple[str, ...]:
    """The documents one may ask for in this demande: those of its sujet in the referentiel, then the usual ones."""
    return tuple(dict.fromkeys((*demande.documents, *USUELS)))


def ask_for(documents: Sequence[str], texte: str) -> str:
    """The words of the thread: what is asked for, then what was written."""
    if not documents:
        return texte
    asked = "\n".join(f"– {document}" for document in documents)
    quoi = "de ce document" if len(documents) == 1 else "de ces documents"
    return f"J’ai besoin {quoi}\u00a0:\n{asked}" + (f"\n\n{texte}" if texte else "")
