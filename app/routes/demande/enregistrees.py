"""Saved replies in an answer: found and inserted by buttons of its form, so that nothing typed is lost."""

from dataclasses import replace

from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
from app.domain.echanges.saisie import MessageSaisi
from app.domain.groupes.reponses import list_reponses, write_in
from app.domain.regles.permissions import can_instruct, require
from app.formulaire import Formulaire
from app.routes.demande.contexte import Enregistrees

#: What one reads at a glance; the search finds the others.
MONTREES = 8


def asks_for_enregistrees(form: Formulaire) -> bool:
    """« Réponses enregistrées », « Chercher » or « Insérer » was pressed: the form is shown again."""
    return form.is_checked("enregistrees") or form.identifiant("inserer") is not None


async def follow_enregistrees(
    signed: Signed, demande: Demande, form: Formulaire, typed: MessageSaisi
) -> tuple[MessageSaisi, Enregistrees]:
    """What is typed, followed by the reply chosen; without one, the replies to choose from.

    Raises Refus to who does not instruct this demande.
    """
    require(can_instruct(signed.droits, demande.parties))
    typed = replace(typed, rapide=None)
    groupes = signed.droits.instructeur & demande.parties.groupes_sollicites
    chosen = form.identifiant("inserer")
    cherche = "" if chosen else form.texte("cherche")[:200]
    found = await list_reponses(signed.droits, groupes, cherche)
    reponse = next((r for r in found if r.id == chosen), None)
    if reponse is None:
        return typed, Enregistrees(cherche, found[:MONTREES], len(found), min(groupes, default=0))
    texte = write_in(typed.texte, reponse, numero=demande.numero, prenom=_prenom(signed, typed))
    return replace(typed, texte=texte), Enregistrees(cherche, [], len(found), reponse.groupe, is_inseree=True)


def _prenom(signed: Signed, typed: MessageSaisi) -> str:
    """Who writes: a compte collectif says it in its signature, « prénom, nom, service »."""
    if not signed.droits.is_collectif:
        return signed.prenom
    return typed.signature.replace(",", " ").partition(" ")[0]
