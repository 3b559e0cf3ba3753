"""One answer written in two windows of one agent: no text takes the place of another, and each window is shown what the
other one wrote (product §5). What a window knows, and where it keeps its text, is in `brouillons.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from app import database, tables
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import (
    REPRIS,
    Brouillon,
    Champs,
    list_answers,
    name_apart,
    open_all,
    save_brouillon,
    seal_champs,
)
from app.domain.demandes.demande import Demande, hold_demande

# The drafts of an answer as one column, beside the demande that holding it reads again.
ANSWERS_BESIDE = """
(select array_agg(row(b.id, b.demande, b.contenu_scelle, b.updated_at, b.is_waiting_for_sms, b.is_ecrit, b.retenue,
        b.part_at) order by b.part_at, b.updated_at desc, b.id)
 from brouillons b where b.agent = :agent and b.demande = :demande) as answers
"""
BESIDE = (
    *("id", "demande", "contenu_scelle", "updated_at", "is_waiting_for_sms", "is_ecrit", "retenue"),
    "part_at",
)
MOVE = "update brouillons set id = :place, contenu_scelle = :contenu where id = :cle"
# What was joined to the form of the other window comes with its text.
JOIN = """
update pieces_jointes set brouillon = :cle
where brouillon::text = any(:others) and uploaded_by = :agent and demande = :demande and erased_at is null
"""


def answers_of(rows: Sequence[tuple[Any, ...]] | None) -> list[Brouillon]:
    """What `ANSWERS_BESIDE` gave: as `list_answers`."""
    return open_all([dict(zip(BESIDE, row, strict=True)) for row in rows or ()])


def elsewhere(drafts: Sequence[Brouillon], champs: Champs) -> tuple[Brouillon, ...]:
    """What other windows wrote, that the one of these fields does not say."""
    return tuple(
        one
        for one in drafts
        if one.is_typed and one.reponse and one.is_unseen_by(champs) and not one.has_taken_in(champs)
    )


async def list_elsewhere(signed: Signed, numero: int, champs: Champs) -> tuple[Brouillon, ...]:
    """The same, of the drafts that are kept now."""
    return elsewhere(await list_answers(signed.droits.agent, numero), champs)


async def set_apart(
    answers: Sequence[Brouillon], cle: UUID, champs: Champs, *, taken: UUID | None = None
) -> None:
    """The form `cle` leaves the window of these fields, in a demande that the caller holds (`answers` were read since):
    nothing of this window is a draft any more, but `taken`, which it took back; what another one wrote in the same form
    has a form of its own.
    """
    for one in answers:
        if one.part_at is not None or one.cle == taken:
            continue
        if one.is_unseen_by(champs):
            if str(cle) in {str(one.cle), one.texte("cle")}:
                place = name_apart(cle, one.champs)
                contenu = seal_champs(place, {**one.champs, "cle": [str(place)]})
                await database.fetch(MOVE, cle=one.cle, place=place, contenu=contenu)
        elif one.is_typed and one.cle != cle and one.texte("page"):
            # A page older than the names of windows knows nothing of another form.
            await tables.Brouillons.delete().where(tables.Brouillons.id == one.cle)


async def take_in(
    signed: Signed, demande: Demande, autre: UUID, cle: UUID, champs: Champs, *, now: datetime
) -> bool:
    """One draft is left: what this window says, followed by what the draft `autre` of another one said, with its files.

    False, with nothing changed, when there is no such draft any more or this form was sent. Raises what
    `save_brouillon` raises.
    """
    agent = signed.droits.agent
    async with database.transaction():
        await hold_demande(demande.numero)
        answers = await list_answers(agent, demande.numero)
        other = next((one for one in answers if one.cle == autre and one.is_typed), None)
        if other is None or not other.is_unseen_by(champs):
            return False
        texts = {
            nom: ["\n\n".join(filter(None, (*champs.get(nom, [])[-1:], other.texte(nom))))]
            for nom in ("texte", "procedure")
        }
        documents = list(dict.fromkeys([*champs.get("documents", []), *other.champs.get("documents", [])]))
        # A save of this page that is under way must not take the place of the whole: from now on it is another page.
        names = {"page": [str(uuid4())], REPRIS: champs.get("page", [])}
        joined = {**champs, **texts, **names, "documents": documents}
        is_kept = await save_brouillon(signed, cle, champs, demande, now, joined=joined)
        if is_kept:
            await tables.Brouillons.delete().where(tables.Brouillons.id == autre)
            others = [un for un in (str(autre), other.texte("cle")) if un != str(cle)]
            await database.fetch(JOIN, cle=cle, others=others, agent=agent, demande=demande.numero)
    return is_kept
