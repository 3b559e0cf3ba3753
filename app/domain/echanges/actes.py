"""Every act of the demande page, judged once its demande is held: the same form twice, what the page had not seen,
then the law (product §2, « several writers »).

An act says what its page had seen. Under the lock, rights, parts and thread are read again: what has been done already
gives the same result, what changed since stops it (`Depuis`), and only then is it decided and written.
"""

import json
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import Brouillon, Champs, name_next
from app.domain.demandes.demande import Demande, get_demande, hold_demande, read_again
from app.domain.demandes.fenetres import ANSWERS_BESIDE, answers_of, set_apart
from app.domain.demandes.vu import Changement, Vu, has_moved, last_ligne, list_changements, see
from app.domain.echanges.fil import Ligne, list_fil
from app.domain.echanges.publication import Change, Publication, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide, Refus

REPEAT = timedelta(minutes=10)

CHANGEE = "La demande a changé depuis que vous avez ouvert cette page."
ARRIVES = "De nouveaux messages sont arrivés pendant que vous écriviez."
FERMEE = "La demande a été clôturée depuis que vous avez ouvert cette page."
DEJA_ENVOYE = "Ce formulaire a déjà servi à envoyer un autre texte : celui-ci n’est pas encore parti."


class Depuis(Conflit):
    """Something changed that the page had not seen: nothing is written, it is shown, the act is asked again.

    `lignes`: what was written since; `changements`: what is not any more as the page said; `is_spent`: this form has
    already sent something else, and needs a new key.
    """

    def __init__(
        self, phrase: str, lignes: tuple[Ligne, ...], changements: tuple[Changement, ...], *, is_spent: bool
    ) -> None:
        super().__init__(phrase)
        self.lignes = lignes
        self.changements = changements
        self.is_spent = is_spent


@dataclass(frozen=True)
class Decision:
    """What the law allows to write: its publication, and what changes with it. `suite`: a second line that the same act
    writes after the first, of what `change` changed too.
    """

    publication: Publication
    change: Change | None = None
    suite: Publication | None = None


@dataclass(frozen=True)
class Essai:
    """What an act would do: the line it has already made, the parts before and after, who signs it, which groupes it
    would call.
    """

    deja: int | None
    avant: Vu
    apres: Vu
    signature: str
    appeles: tuple[str, ...] = ()


Decide = Callable[[Signed, Demande], Awaitable[Decision]]


def _nothing_left(_: Demande) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class ActeSaisi:
    """What a form asks, before it is judged. `ecrit` holds the words as the thread would keep them.

    `parts`: the groupes whose part it moves, that its page must have seen as they are when it is written; `is_whole`:
    it touches every part, and nothing at all may have happened in between. `groupes`: those it asks again. `is_done`
    says of the demande as it is whether nothing of this act is left to do. `is_named_by_key`: the thread does not
    hold all that was typed, so that only the key, made of it, tells a repeat. `has_draft`: its form may be kept while
    it is typed, and goes with it. `said`: what its window says in it, when other windows may have written in it too.
    """

    fait: Fait
    ecrit: Ecrit
    vu: Vu
    decide: Decide
    groupe: int | None = None
    groupes: tuple[int, ...] = ()
    parts: Collection[int] = ()
    is_whole: bool = False
    is_named_by_key: bool = False
    has_draft: bool = False
    said: Champs | None = None
    is_done: Callable[[Demande], bool] = _nothing_left


async def hold(signed: Signed, demande: Demande, vu: Vu, now: datetime) -> tuple[Signed, Demande]:
    """Hold the demande for an act that writes no line of the thread; who acts and the demande, as they are now.

    Raises Depuis for what the page had not seen, Refus to whoever was deactivated meanwhile.
    """
    await hold_demande(demande.numero)
    agent, held, row = await read_again(
        signed, demande.numero, PARTIE, demande=demande.numero, en_partance=vu.en_partance, ligne=vu.ligne
    )
    vu = _follow(vu, row)
    if vu.has_mandat != held.parties.has_mandat or last_ligne(agent.droits, demande) > vu.ligne:
        lignes = await list_fil(agent.droits, held, vu.ligne)
        raise Depuis(CHANGEE, tuple(lignes), list_changements(vu, held), is_spent=False)
    return agent, held


async def act(signed: Signed, demande: Demande, acte: ActeSaisi, now: datetime) -> int:
    """Judge and write, all of it or nothing; returns the line of the thread, the first one for a repeat.

    `demande` is as the visit found it: what others write while this very post is under way stops it only when it
    moves the same part. Raises Depuis, and whatever `decide` raises, with nothing written.
    """
    async with database.transaction():
        await hold_demande(demande.numero)
        agent, _, answers, decision = await _judge(signed, demande, acte, now)
        if isinstance(decision, int):
            return decision
        if acte.said is not None:
            await set_apart(answers, acte.ecrit.cle, acte.said)
        form = agent if acte.has_draft else None
        ligne = await publish(decision.publication, signed=form, change=decision.change, lock=None, now=now)
        if decision.suite is not None:
            await publish(decision.suite, lock=None, now=now)
        return ligne


class _Tried(Exception):
    """What was only tried is not kept."""


async def try_act(signed: Signed, demande: Demande, acte: ActeSaisi, now: datetime) -> Essai:
    """Judge as `act` does, in a demande that the caller holds, keep nothing, and say what would have changed. Raises
    what `act` raises.
    """
    with suppress(_Tried):
        async with database.transaction():
            agent, held, _, decision = await _judge(signed, demande, acte, now)
            avant = see(agent.droits, held)
            if isinstance(decision, int):
                return Essai(decision, avant, avant, "")
            after = held
            if decision.change is not None:
                await decision.change()
                after = await get_demande(agent.droits, demande.numero)
            apres = see(agent.droits, after)
            appeles = tuple(s.nom for s in after.sollicitations if s.groupe not in avant.parts)
            essai = Essai(None, avant, apres, decision.publication.ecrit.signature, appeles)
            raise _Tried
    return essai


async def _judge(
    signed: Signed, demande: Demande, acte: ActeSaisi, now: datetime
) -> tuple[Signed, Demande, list[Brouillon], Decision | int]:
    """Who acts and the demande that the caller holds, as they are now, what they have not sent yet there (for an act
    that `said`), and what the law allows; the line of a repeat instead.
    """
    agent, held, row = await read_again(
        signed,
        demande.numero,
        ", ".join((TRACES, PARTIE, "null as answers" if acte.said is None else ANSWERS_BESIDE)),
        demande=demande.numero,
        cle=acte.ecrit.cle,
        next=name_next(acte.ecrit.cle),
        since=now - REPEAT,
        now=now,
        en_partance=acte.vu.en_partance,
        ligne=acte.vu.ligne,
    )
    acte = replace(acte, vu=_follow(acte.vu, row))
    traces, answers = json.loads(row["traces"] or "[]"), answers_of(row["answers"])
    twin = next((trace["id"] for trace in traces if _is_twin(trace, acte, agent)), None)
    if twin is not None and acte.is_done(held):
        return agent, held, answers, int(twin)
    try:
        decision = await acte.decide(agent, held)
    except (Invalide, Conflit, Refus) as refus:
        # What changed explains the refusal better than the refusal itself. Of a right, only a closing does.
        is_closing = held.parties.is_closed and not acte.vu.is_closed
        if not isinstance(refus, Refus) or (is_closing and acte.fait is not Fait.DEMANDE_REOUVERTE):
            await _require_seen(agent, demande, held, acte, traces)
        raise
    await _require_seen(agent, demande, held, acte, traces)
    return agent, held, answers, decision


def _follow(vu: Vu, row: Any) -> Vu:
    """The page said that this answer was leaving: once it has left, with nothing in between, its line is seen."""
    return replace(vu, ligne=row["partie"]) if row["partie"] else vu


# What this form has made already, and one's own last line when nobody wrote what one may read after it: a notice of
# the platform is of nobody. Files that wait for the form are content too: with them it is no repeat.
TRACES = """
(select json_agg(json_build_object('id', m.id, 'auteur', m.auteur, 'groupe', m.groupe, 'nature', m.nature,
        'texte', m.texte, 'is_prive', m.is_prive, 'is_procedure', m.is_procedure,
        'groupes_invites', m.groupes_invites, 'is_same_form', m.cle = :cle, 'is_recent', m.sent_at > :since,
        'has_files', exists (select from pieces_jointes p where p.brouillon in (:cle, :next) and p.uploaded_by = :agent
            and p.erased_at is null and p.expires_at > :now)) order by m.cle = :cle desc)
 from messages m
 where m.demande = :demande and (m.cle = :cle or m.id = (
    select max(l.id) from messages l where l.demande = :demande and l.auteur is not null
        and (not l.is_prive or exists (
            select from places q where q.demande = :demande and q.agent = :agent and q.lit_prives))))) as traces
"""


# The line of one's own answer that the page said was leaving, when nobody wrote what one may read before it meanwhile.
PARTIE = """
(select m.id from messages m
 where m.demande = :demande and m.cle = :en_partance and m.auteur = :agent and m.id > :ligne and not exists (
    select from messages l where l.demande = :demande and l.auteur is not null and l.id > :ligne and l.id < m.id
        and (not l.is_prive or exists (
            select from places q where q.demande = :demande and q.agent = :agent and q.lit_prives)))) as partie
"""


def _is_twin(trace: Any, acte: ActeSaisi, agent: Signed) -> bool:
    """Whether this line is what the act would write: the same words by the same agent, with nothing in between."""
    ecrit, fil = acte.ecrit, acte.fait.fiche.fil
    return (
        fil is not None
        and (trace["is_same_form"] or (trace["is_recent"] and not acte.is_named_by_key))
        and not trace["has_files"]
        and trace["auteur"] == agent.droits.agent
        and (trace["nature"], trace["texte"]) == (fil.nature.value, ecrit.texte)
        and (trace["is_prive"], trace["is_procedure"]) == (ecrit.is_prive, ecrit.is_procedure)
        and acte.groupe in {None, trace["groupe"]}
        and set(acte.groupes) <= set(trace["groupes_invites"])
    )


async def _require_seen(
    agent: Signed, demande: Demande, held: Demande, acte: ActeSaisi, traces: Collection[Any]
) -> None:
    """Raises Depuis for what the page had not seen: the parts the act moves as they are now, the thread as it was when
    the visit began (as it is now for an act that touches everything), and what the same form has sent.
    """
    spent = next((t["id"] for t in traces if t["is_same_form"]), None)
    parts = {s.groupe for s in held.sollicitations} if acte.is_whole else acte.parts
    until = last_ligne(agent.droits, held if acte.is_whole else demande)
    is_stale = until > acte.vu.ligne
    if spent is None and not is_stale and not has_moved(acte.vu, held, parts):
        return
    lignes = await list_fil(agent.droits, held, min(acte.vu.ligne, spent - 1) if spent else acte.vu.ligne)
    is_message = acte.fait in {Fait.MESSAGE_ENVOYE, Fait.MESSAGE_PRIVE_ENVOYE}
    is_written = is_message and any(ligne.texte for ligne in lignes)
    moved = FERMEE if held.parties.is_closed and not acte.vu.is_closed else ARRIVES if is_written else CHANGEE
    phrase = DEJA_ENVOYE if spent else moved
    raise Depuis(phrase, tuple(lignes), list_changements(acte.vu, held), is_spent=spent is not None)
