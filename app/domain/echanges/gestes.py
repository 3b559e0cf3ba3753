"""Acts on several demandes at once, from a list, and their undoing (product §6, §7).

Each demande is judged and written by the verb of its own page, in a transaction of its own: what cannot be done there
is said with its reason and stops nothing else. What undoing gives back is kept for a day.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from app import database
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande, Sollicitation, hold_demande, read_again, require_living
from app.domain.demandes.lectures import mark_unread, undo_unread
from app.domain.demandes.sollicitations import undo_prise_en_charge
from app.domain.demandes.suivi import ask_rappel, check_jour, undo_rappel
from app.domain.demandes.voix import choose_voix, find_signature, remembered_signature
from app.domain.demandes.vu import PartVue, has_moved, list_changements, see
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.fil import list_fil
from app.domain.echanges.messages import SANS_PART, answer_quickly
from app.domain.echanges.publication import Publication
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import Ecrit, MessageSaisi
from app.domain.faits.registre import Fait
from app.domain.listes.criteres import PAR_PAGE
from app.domain.regles.errors import Conflit, Introuvable, Invalide, Refus
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.permissions import can_instruct, require

#: A page of a list, and no more.
GESTES_MAX = PAR_PAGE
INTROUVABLE = "Vous n’avez plus accès à cette demande."
PAR_ERREUR = "J’ai pris cette demande par erreur\u00a0: je ne m’en occupe pas."

Parts = Mapping[int, PartVue]


@dataclass(frozen=True, kw_only=True)
class GesteSaisi:
    """What the form of a list asks. `vues`: for each demande, its parts as the row showed them."""

    cle: UUID
    acte: "GesteListe | None"
    numeros: tuple[int, ...]
    vues: Mapping[int, Parts] = field(default_factory=dict)
    rappel_le: date | None = None
    signature: str = ""


@dataclass(frozen=True)
class Garde:
    """What undoing starts from: when the act was done, by which form, and what was before, as JSON: in it, `ligne` is
    the last line of the thread.
    """

    lot: UUID
    at: datetime
    avant: str


Choose = Callable[[Signed, Demande, Parts], int]


@dataclass(frozen=True, kw_only=True)
class FicheGeste:
    """The row of one act: its button, and what is said once it is done to one demande or to several, in the past: the
    address of the list says it again when it is reloaded, whatever happened since.

    `check` judges what is typed once for all; `choose` gives the part that it moves, 0 when it moves none, or raises
    Conflit; `avant` is the SQL of what undoing gives back, for the row `v` (agent, demande, part). `do` raises what the
    verb of the page raises; `undo` says whether all was still as the act left it, and `deja` what is said else.
    """

    bouton: str
    faite: str
    faites: str
    check: Callable[[Signed, GesteSaisi, datetime], dict[str, str]]
    choose: Choose
    avant: str
    do: Callable[[Signed, Demande, GesteSaisi, int, datetime], Awaitable[None]]
    undo: Callable[[Signed, Demande, Garde, datetime], Awaitable[bool]]
    deja: str


# --- Je m’en occupe -----------------------------------------------------------------------------------------------


def _check_signature(signed: Signed, saisi: GesteSaisi, _: datetime) -> dict[str, str]:
    missing = find_signature(signed, saisi.signature)[1]
    return {"signature": missing} if missing else {}


def _choose_free_part(signed: Signed, demande: Demande, vues: Parts) -> int:
    """The groupe whose part is the only open one of this agent’s, followed by nobody, as the row showed it."""
    require_living(signed, demande)
    require(can_instruct(signed.droits, demande.parties))
    own = demande.parts_of(signed.droits)
    ouvertes = [part for part in own if part.is_open]
    if not ouvertes:
        raise Conflit(f"{own[0].nom} a déjà terminé sa part." if own else SANS_PART)
    if len(ouvertes) > 1:
        raise Conflit(
            "Plusieurs de vos groupes sont sollicités\u00a0: ouvrez la demande pour choisir le vôtre."
        )
    [part] = ouvertes
    if part.taken_by_id:
        raise Conflit(_say_taken(part, signed.droits.agent))
    vu = replace(see(signed.droits, demande), parts=dict(vues))
    if has_moved(vu, demande, {part.groupe}):
        now = next(c.maintenant for c in list_changements(vu, demande) if c.quoi == part.nom)
        raise Conflit(
            f"La demande a changé depuis que vous avez ouvert cette liste\u00a0: {part.nom}, {now}."
        )
    return part.groupe


def _say_taken(part: Sollicitation, agent: int) -> str:
    if part.taken_by_id == agent:
        return "Vous vous en occupez déjà."
    return f"{part.taken_by} s’en occupe déjà\u00a0: ouvrez la demande pour prendre la suite."


async def _take(signed: Signed, demande: Demande, saisi: GesteSaisi, groupe: int, now: datetime) -> None:
    message = MessageSaisi(
        cle=uuid5(saisi.cle, str(demande.numero)),
        groupe=groupe,
        signature=saisi.signature,
        vu=see(signed.droits, demande),
    )
    await answer_quickly(signed, demande, ReponseRapide.PRISE_EN_CHARGE, message, now)


async def _give_back(signed: Signed, demande: Demande, garde: Garde, now: datetime) -> bool:
    """The part is as it was; the thread, which said that it was taken, says that it is not."""
    cle = uuid5(garde.lot, f"{demande.numero} annulation")
    ecrit = Ecrit(cle=cle, texte=PAR_ERREUR, signature=remembered_signature(signed))

    async def decide(signed: Signed, demande: Demande) -> Decision:
        require_living(signed, demande)
        require(can_instruct(signed.droits, demande.parties))
        groupe = json.loads(garde.avant)["groupe"]
        voix = choose_voix(signed, demande, groupe=groupe, is_instruction=True)
        assert voix.part is not None, "its groupe is named"
        part, by = voix.part, signed.droits.agent

        async def change() -> None:
            if not await undo_prise_en_charge(demande, part, by, garde.at, garde.avant):
                raise Conflit(_say_moved(part, by))
            await _require_quiet(signed, demande, garde, "ouvrez la demande pour ne plus la suivre")

        return Decision(Publication(Fait.PART_RENDUE, demande.numero, voix, ecrit), change)

    acte = ActeSaisi(fait=Fait.PART_RENDUE, ecrit=ecrit, vu=see(signed.droits, demande), decide=decide)
    await act(signed, demande, acte, now)
    return True


def _say_moved(part: Sollicitation, agent: int) -> str:
    """Why the part is not given back."""
    if not part.is_open:
        return f"{part.nom} a terminé sa part depuis."
    if part.taken_by_id and part.taken_by_id != agent:
        return f"{part.taken_by} s’en occupe depuis."
    return (
        f"{part.nom} a répondu depuis\u00a0: la réponse reste."
        if part.taken_by_id
        else "Vous l’avez déjà rendue."
    )


# --- Non lue, rappel ----------------------------------------------------------------------------------------------


def _nothing_to_check(_: Signed, __: GesteSaisi, ___: datetime) -> dict[str, str]:
    return {}


def _no_part(_: Signed, __: Demande, ___: Parts) -> int:
    return 0


async def _mark_unread(signed: Signed, demande: Demande, _: GesteSaisi, __: int, now: datetime) -> None:
    if not await mark_unread(signed, demande, is_groupe=False, now=now):
        raise Conflit(
            "Il n’y a rien à relire\u00a0: vous ne l’avez pas encore ouverte, ou personne d’autre n’y a écrit."
        )


async def _undo_unread(signed: Signed, demande: Demande, garde: Garde, _: datetime) -> bool:
    if not await undo_unread(signed, demande, garde.at, garde.avant):
        return False
    await _require_quiet(signed, demande, garde, "elle reste non lue")
    return True


def _check_rappel(signed: Signed, saisi: GesteSaisi, now: datetime) -> dict[str, str]:
    missing = check_jour(signed, saisi.rappel_le, now)
    return {"rappel_le": missing} if missing else {}


async def _remind(signed: Signed, demande: Demande, saisi: GesteSaisi, _: int, now: datetime) -> None:
    await ask_rappel(signed, demande, saisi.rappel_le, now)


async def _undo_rappel(signed: Signed, demande: Demande, garde: Garde, _: datetime) -> bool:
    return await undo_rappel(signed, demande, garde.at, garde.avant)


class GesteListe(MotFerme):
    """The acts of a list, in the order of their buttons."""

    fiche: FicheGeste

    PRISE = (
        "prise",
        FicheGeste(
            bouton="Je m’en occupe",
            faite="Vous avez pris une demande en charge\u00a0: l’aidant et vos collègues le voient.",
            faites="Vous avez pris {nombre} demandes en charge\u00a0: les aidants et vos collègues le voient.",
            check=_check_signature,
            choose=_choose_free_part,
            avant="""select jsonb_build_object('groupe', s.groupe, 'opened_at', s.opened_at,
                'first_answered_at', s.first_answered_at, 'answered_at', s.answered_at, 'taken_by', s.taken_by,
                'taken_at', s.taken_at, 'late_at', s.late_at)
                from sollicitations s where s.demande = v.demande and s.groupe = v.groupe""",
            do=_take,
            undo=_give_back,
            deja="",
        ),
    )
    NON_LUE = (
        "non_lue",
        FicheGeste(
            bouton="Marquer comme non lues",
            faite="Vous avez marqué une demande comme non lue.",
            faites="Vous avez marqué {nombre} demandes comme non lues.",
            check=_nothing_to_check,
            choose=_no_part,
            avant="""select jsonb_build_object('non_lue_at', l.non_lue_at, 'marquee_at', l.marquee_at)
                from lectures l where l.demande = v.demande and l.agent = v.agent""",
            do=_mark_unread,
            undo=_undo_unread,
            deja="Vous l’avez ouverte depuis, ou elle a été marquée à nouveau.",
        ),
    )
    RAPPEL = (
        "rappel",
        FicheGeste(
            bouton="Me le rappeler",
            faite="Vous avez noté un rappel. Il s’annule de lui-même si une réponse arrive.",
            faites="Vous avez noté le rappel de {nombre} demandes. Il s’annule de lui-même si une réponse arrive.",
            check=_check_rappel,
            choose=_no_part,
            avant="""select coalesce((select jsonb_build_object('due_at', m.due_at, 'created_at', m.created_at,
                'told_at', m.told_at) from memos m where m.demande = v.demande and m.agent = v.agent), '{}')""",
            do=_remind,
            undo=_undo_rappel,
            deja="Ce rappel a été donné, changé ou terminé depuis.",
        ),
    )


# --- Doing and undoing --------------------------------------------------------------------------------------------


async def do_gestes(signed: Signed, saisi: GesteSaisi, now: datetime) -> None:
    """Do it on each demande of the form, which says it once however often it is sent; see `bilans`.

    Raises Invalide on `rappel_le`, `signature`, or the whole form.
    """
    erreurs: dict[str, str] = {}
    if not saisi.numeros:
        erreurs[""] = "Cochez au moins une demande."
    elif len(saisi.numeros) > GESTES_MAX:
        erreurs[""] = f"Cochez {GESTES_MAX} demandes au plus."
    if saisi.acte is None:
        raise Invalide(erreurs or {"": "Choisissez ce que vous voulez faire."})
    erreurs |= saisi.acte.fiche.check(signed, saisi, now)
    if erreurs:
        raise Invalide(erreurs)
    for numero in saisi.numeros:
        try:
            await _do_one(signed, saisi, saisi.acte, numero, now)
        except (Introuvable, Conflit, Refus, Invalide) as error:
            await database.fetch(
                REFUSE,
                lot=saisi.cle,
                agent=signed.droits.agent,
                numero=numero,
                acte=saisi.acte.value,
                refus=_say(error),
                now=now,
            )


async def _do_one(signed: Signed, saisi: GesteSaisi, acte: GesteListe, numero: int, now: datetime) -> None:
    async with database.transaction():
        await hold_demande(numero)
        agent, demande, _ = await read_again(signed, numero)
        groupe = acte.fiche.choose(agent, demande, saisi.vues.get(numero, {}))
        kept = await database.fetch_one(
            "".join((KEEP, acte.fiche.avant, ONCE)),
            agent=agent.droits.agent,
            numero=numero,
            groupe=groupe,
            lot=saisi.cle,
            acte=acte.value,
            now=now,
        )
        if kept is not None:
            await acte.fiche.do(agent, demande, saisi, groupe, now)


# The same form sent twice finds its line, and does nothing more. The lines of one thread are made under its lock: their
# ids tell what came after, whenever each was sent.
KEEP = """
with v as (select :agent::integer as agent, :numero::bigint as demande, :groupe::integer as groupe)
insert into gestes_listes (lot, agent, numero, acte, done_at, avant)
select :lot, v.agent, v.demande, :acte, :now, jsonb_build_object('ligne',
    (select coalesce(max(m.id), 0) from messages m where m.demande = v.demande)) || (
"""
ONCE = """) from v
on conflict (lot, numero) do nothing returning id
"""
REFUSE = """
insert into gestes_listes (lot, agent, numero, acte, refus, done_at) values (:lot, :agent, :numero, :acte, :refus, :now)
on conflict (lot, numero) do nothing
"""


async def _require_quiet(signed: Signed, demande: Demande, garde: Garde, suite: str) -> None:
    """Raises Conflit when somebody else wrote or acted in the thread since: it cannot be as before any more."""
    ligne = json.loads(garde.avant).get("ligne")  # not kept by the former version
    lignes = [] if ligne is None else await list_fil(signed.droits, demande, ligne)
    if autres := [one for one in lignes if one.auteur != signed.droits.agent]:
        qui, fait = autres[-1].auteur_nom or "Administration+", "écrit" if autres[-1].texte else "agi"
        raise Conflit(f"{qui} a {fait} depuis\u00a0: {suite}.")


def _say(error: Introuvable | Conflit | Refus | Invalide) -> str:
    if isinstance(error, Introuvable):
        return INTROUVABLE
    return " ".join(error.erreurs.values()) if isinstance(error, Invalide) else error.phrase


TO_UNDO = """
select numero, acte, avant::text as avant, done_at from gestes_listes
where lot = :lot and agent = :agent and undone_at is null and refus = '' order by id
"""
UNDONE = """
update gestes_listes set undone_at = :now where lot = :lot and numero = :numero and undone_at is null returning id
"""
NOT_UNDONE = (
    "update gestes_listes set refus = :refus where lot = :lot and numero = :numero and undone_at is null"
)


async def undo_gestes(signed: Signed, lot: UUID, now: datetime) -> None:
    """Undo what this form of theirs did, each demande judged again; see `bilans` for what could not be."""
    for row in await database.fetch(TO_UNDO, lot=lot, agent=signed.droits.agent):
        garde = Garde(lot, row["done_at"], row["avant"])
        try:
            await _undo_one(signed, GesteListe(row["acte"]), row["numero"], garde, now)
        except (Introuvable, Conflit, Refus, Invalide) as error:
            await database.fetch(NOT_UNDONE, lot=lot, numero=row["numero"], refus=_say(error))


async def _undo_one(signed: Signed, acte: GesteListe, numero: int, garde: Garde, now: datetime) -> None:
    async with database.transaction():
        await hold_demande(numero)
        agent, demande, _ = await read_again(signed, numero)
        if await database.fetch_one(UNDONE, lot=garde.lot, numero=numero, now=now) is None:
            return
        if not await acte.fiche.undo(agent, demande, garde, now):
            raise Conflit(acte.fiche.deja)
