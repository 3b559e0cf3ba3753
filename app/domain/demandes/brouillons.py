"""A form not sent yet, kept while it is typed: sealed, its agent's alone, for seven days (product §5, §7).

A draft has the UUID of its form: sending the form erases it, and nothing that arrives later brings it back. An answer
that may still be taken back (`part_at`, see `echanges/departs.py`) is no draft for anybody; one that could not leave
(`retenue`) waits beside what is typed since, and no save takes its place. A draft also has the name of the page that
wrote it: another page, that had not seen it, does not overwrite it. Of a new demande, it is told and chooses; of an
answer, each window keeps its own text and is shown the other one (`fenetres.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from app import database, tables
from app.chiffrement import Illisible
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import EFFACEE, Demande
from app.domain.entretien.retention import DRAFT_DAYS
from app.domain.faits.scellement import trousseau
from app.domain.regles.errors import Conflit, Introuvable, Invalide
from app.domain.regles.permissions import can_create_demande, can_read_demande, require

OCTETS_MAX = 200_000
BROUILLONS_MAX = 100
#: Forms where nothing is written yet, the oldest going first.
DEBUTS_MAX = 20

TROP_LONG = "Ce brouillon est trop long pour être enregistré : raccourcissez votre texte."
TROP_NOMBREUX = "Vous avez déjà 100 brouillons : supprimez ceux qui ne servent plus."

DEJA_ENVOYE = "Ce formulaire est déjà envoyé\u00a0: ce brouillon ne sert plus."
REPONSE_ENVOYEE = (
    "Ce formulaire est déjà envoyé\u00a0: ce que vous y auriez changé depuis n’est pas enregistré, et reste sur cette "
    "page."
)
AILLEURS = "Ce brouillon a été changé dans une autre fenêtre\u00a0: rien n’y est écrasé."

Champs = Mapping[str, list[str]]

#: What an aidant writes or ticks about an usager; the rest of the form is chosen, or proposed by the page.
ECRITES = frozenset(
    (
        *("titre", "description", "depuis", "essais", "attendu", "prenom", "nom", "naissance"),
        *("precision", "autre_libelle", "autre_valeur"),
        *("collegues", "sms_numero", "depart_sms"),
    )
)
PREFIXES_ECRITS = ("identifiant_", "absent_", "attestation", "question_")

#: What the page writes in the form for itself: two forms that differ there only say the same.
OF_THE_PAGE = frozenset(
    (
        *("csrf", "page", "apres", "autre", "etape", "suite", "theme", "filtre", "nouvelle_nature", "mode"),
        *("proposes", "sujets_ecartes", "departement_vu", "categorie", "categorie_vue", "sujet_vu"),
        *("regime_vu", "doublons_vus", "jointes"),
    )
)

#: What an answer says in words, and what it asks for: two windows that differ there only overwrite nothing else.
OF_AN_ANSWER = ("texte", "procedure", "documents")

# In the draft of an answer: the forms, and the pages, whose text it has taken in.
REPRIS = "formulaires_repris"


@dataclass(frozen=True, repr=False)
class Brouillon:
    """What was typed, by field. Its repr says nothing, because it may end in a log."""

    cle: UUID
    demande: int | None
    champs: Champs
    updated_at: datetime
    is_waiting_for_sms: bool
    is_ecrit: bool = True
    """False when only a place or a sujet is chosen: it is kept for its page, and is no draft yet."""
    retenue: str = ""
    """Why this answer could not leave, when it was sent."""
    part_at: datetime | None = None
    """When it leaves: it is sent, and may still be taken back."""

    @property
    def is_typed(self) -> bool:
        """Whether it was never sent."""
        return self.part_at is None and not self.retenue

    def texte(self, nom: str) -> str:
        """The last value of a field; empty when absent."""
        valeurs = self.champs.get(nom)
        return valeurs[-1] if valeurs else ""

    @property
    def reponse(self) -> str:
        """The words of an answer, to be read."""
        return "\n\n".join(filter(None, (self.texte("texte"), self.texte("procedure"))))

    @property
    def erased_at(self) -> datetime:
        """When it is erased, if nobody touches it again."""
        return self.updated_at + DRAFT_DAYS

    @property
    def trace(self) -> str:
        """The page that wrote it, and when: a page that shows it says so when it saves (`apres`)."""
        return f"{self.texte('page')}@{self.updated_at.isoformat()}"

    def is_known_by(self, champs: Champs) -> bool:
        """Whether this page wrote it, or showed it when it was opened."""
        typed = replace(self, champs=champs)
        return self.texte("page") == typed.texte("page") or self.trace == typed.texte("apres")

    def has_taken_in(self, champs: Champs) -> bool:
        """Whether this page, whose text was taken in there, says nothing else: a save of it that comes late."""
        typed = replace(self, champs=champs)
        is_there = all(typed.texte(nom) in self.texte(nom) for nom in ("texte", "procedure"))
        return typed.texte("page") in self.champs.get(REPRIS, []) and is_there

    def is_unseen_by(self, champs: Champs) -> bool:
        """Whether another page wrote something else there, that this one had not seen."""
        if self.is_known_by(champs):
            return False
        here, there = words_of(champs), words_of(self.champs)
        if self.demande is None:
            return here != there
        return any(here.get(nom) != there.get(nom) for nom in OF_AN_ANSWER)


class BrouillonAilleurs(Conflit):
    """The draft was changed by another page: `autre` is what it wrote."""

    def __init__(self, autre: Brouillon) -> None:
        super().__init__(AILLEURS)
        self.autre = autre


@dataclass(frozen=True)
class EtatBrouillon:
    """Where the draft of a form stands, as the form says it: kept when, or why it could not be."""

    phrase: str = ""
    is_ailleurs: bool = False
    """Another page changed it: the form offers to compare."""
    saved_at: datetime | None = None
    is_fresh: bool = False
    """It was saved a moment ago, while the form is being written."""
    is_debut: bool = False
    """Choices are kept, and nothing is written yet."""
    demande: int = 0
    """The demande it answers."""
    autres: tuple[Brouillon, ...] = ()
    """What other windows wrote of the same answer: each is kept, and shown."""


# A save waits for the sending of the same form, so that its next statement sees what was sent. Sending an answer holds
# its demande; sending a new demande holds the name of its form (`nouvelles_demandes/envoi.py` takes the same lock).
# Two saves of one agent in one demande follow each other: each must see the draft of the other.
LOCK_DEMANDE = """
select pg_advisory_xact_lock(hashtextextended('reponse:' || :demande::bigint || ':' || :agent::bigint, 0))
from (select 1 from demandes where numero = :demande for share) d
"""
LOCK_FORM = "select pg_advisory_xact_lock(hashtextextended('brouillon:' || :cle::uuid, 0))"

FACTS = """
select exists (select 1 from demandes where formulaire = :cle) or coalesce(m.is_same, false)
        or b.part_at is not null as is_sent,
    exists (select 1 from messages where demande = :demande and cle = :form) as is_spent,
    (select count(*) from brouillons where agent = :agent and id <> :cle and is_ecrit) as others,
    b.*, b.agent as owner
from (select :cle::uuid as cle) f left join brouillons b on b.id = f.cle
left join (select texte = :texte or (sent_at > :late::timestamptz) is true as is_same from messages
    where demande = :demande and cle = :cle) m on true
"""
#: A save that comes so long after the sending of its form is not a late one of the page that sent it.
LATE = timedelta(minutes=1)

# Those that are leaving first, in the order of their departure.
ANSWERS = """
select * from brouillons where agent = :agent and demande = :demande order by part_at, updated_at desc, id
"""

# Two saves may end in any order: the one typed later stays. What is only begun keeps its last few forms.
SAVE = """
with debuts as (
    delete from brouillons where not :is_ecrit::boolean and agent = :agent and not is_ecrit and id <> :cle
        and id not in (select id from brouillons where agent = :agent and not is_ecrit and id <> :cle
            order by updated_at desc, id limit :most)
)
insert into brouillons (id, agent, demande, contenu_scelle, created_at, updated_at, is_ecrit)
values (:cle, :agent, :demande, :contenu, :now, :now, :is_ecrit::boolean
    or exists (select from pieces_jointes p where p.brouillon = :cle and p.erased_at is null))
on conflict (id) do update set contenu_scelle = excluded.contenu_scelle, updated_at = excluded.updated_at,
    is_ecrit = brouillons.is_ecrit or excluded.is_ecrit, retenue = ''
where brouillons.agent = excluded.agent and brouillons.updated_at <= excluded.updated_at and brouillons.part_at is null
"""


async def save_brouillon(
    signed: Signed,
    cle: UUID,
    champs: Champs,
    demande: Demande | None,
    now: datetime,
    *,
    is_asked: bool = False,
    joined: Champs | None = None,
) -> bool:
    """Keep what is typed in the form `cle`: of a new demande, or of an answer to `demande` (one per window that writes:
    it takes the place of what this window knew; emptied, it is erased). It is a draft once something is written, or
    when that `is_asked`. `joined` is kept in its place, when it says more than this page did.

    Returns False when this form was sent meanwhile, or its text taken in by another draft: a late save brings nothing
    back; an empty answer loses nothing. Raises Refus, Introuvable when the form is somebody else's, Invalide
    beyond 200 kB or 100 drafts, BrouillonAilleurs when another page wrote, in a new demande, what this had not seen.
    """
    if demande is None:
        require(can_create_demande(signed.droits))
    else:
        require(can_read_demande(signed.droits, demande.parties))
        require(not demande.parties.is_erased, EFFACEE)
    agent, numero = signed.droits.agent, demande.numero if demande else None
    contenu = seal_champs(cle, joined or champs)
    is_ecrit = numero is not None or is_asked or is_written(champs)
    async with database.transaction():
        if numero is None:
            await database.fetch(LOCK_FORM, cle=cle)
        else:
            await database.fetch(LOCK_DEMANDE, demande=numero, agent=agent)
        answers = await list_answers(agent, numero) if numero else []
        if any(one.has_taken_in(champs) for one in answers):
            return True
        place = place_of(cle, champs, answers)
        facts = await database.fetch_one(
            FACTS,
            cle=place,
            form=cle,
            agent=agent,
            demande=numero,
            texte="".join(champs.get("texte", [])[-1:]),
            late=None if is_asked else now - LATE,
        )
        assert facts is not None
        if facts["owner"] not in {None, agent}:
            raise Introuvable
        is_taken_in = any(str(cle) in one.champs.get(REPRIS, []) for one in answers)
        if facts["is_sent"] or (is_taken_in and not facts["owner"]):
            return numero is not None and not is_said(champs)
        kept = open_brouillon(facts) if numero is None and facts["owner"] else None
        if kept is not None and kept.updated_at <= now and kept.is_unseen_by(champs):
            raise BrouillonAilleurs(kept)
        if facts["is_spent"]:
            place = name_apart(cle, champs)
            champs = {**champs, "cle": [str(place)]}
        known = [one.cle for one in answers if one.is_typed and not one.is_unseen_by(champs)]
        if numero is not None and not is_said(champs):
            await tables.Brouillons.delete().where(tables.Brouillons.id.is_in([place, *known]))
            return True
        if is_ecrit and facts["owner"] is None and facts["others"] >= BROUILLONS_MAX:
            raise Invalide({"": TROP_NOMBREUX})
        await database.fetch(
            SAVE,
            cle=place,
            agent=agent,
            demande=numero,
            contenu=contenu if place == cle else seal_champs(place, joined or champs),
            is_ecrit=is_ecrit,
            most=DEBUTS_MAX,
            now=now,
        )
        if others := [one for one in known if one != place]:
            await tables.Brouillons.delete().where(tables.Brouillons.id.is_in(others))
    return True


async def list_answers(agent: int, numero: int) -> list[Brouillon]:
    """What this agent has not sent yet in this demande, or may take back, the last written first."""
    return open_all(await database.fetch(ANSWERS, agent=agent, demande=numero))


def open_all(rows: Sequence[Any]) -> list[Brouillon]:
    """The drafts of these rows that can be read."""
    return [one for one in map(open_brouillon, rows) if one is not None]


def place_of(cle: UUID, champs: Champs, answers: Sequence[Brouillon]) -> UUID:
    """Where a window keeps what it says in the form `cle`: beside what another one wrote there."""
    apart = name_apart(cle, champs)
    is_apart = any(one.cle == apart or (one.cle == cle and one.is_unseen_by(champs)) for one in answers)
    place = apart if is_apart else cle
    # Its own place may hold what it was joined into, which is another page's.
    is_joined = any(one.cle == place and one.is_unseen_by(champs) for one in answers)
    return name_apart(place, champs) if is_joined else place


def name_apart(cle: UUID, champs: Champs) -> UUID:
    """The name of what the window of these fields wrote in a form where another one wrote too."""
    return uuid5(cle, "".join(champs.get("page", [])[-1:]))


@dataclass(frozen=True)
class SuiteFormulaire:
    """What became of a form: its draft, its files, or the demande it was sent as; `is_foreign`: somebody else's."""

    brouillon: Brouillon | None = None
    numero: int | None = None
    is_foreign: bool = False
    has_pieces: bool = False


FORM = """
select b.*, d.numero, exists (select 1 from brouillons where id = f.cle and agent <> :agent)
        or exists (select 1 from demandes where formulaire = f.cle and auteur <> :agent) as is_foreign,
    exists (select 1 from pieces_jointes where brouillon = f.cle and uploaded_by = :agent) as has_pieces
from (select :cle::uuid as cle) f
left join brouillons b on b.id = f.cle and b.agent = :agent
left join demandes d on d.formulaire = f.cle and d.auteur = :agent
"""


async def find_formulaire(signed: Signed, cle: UUID | None) -> SuiteFormulaire:
    """What one did with this form, nothing yet with one that has no name; nothing of anybody else's."""
    if cle is None:
        return SuiteFormulaire()
    row = await database.fetch_one(FORM, cle=cle, agent=signed.droits.agent)
    assert row is not None
    kept = open_brouillon(row) if row["id"] else None
    return SuiteFormulaire(kept, row["numero"], row["is_foreign"], row["has_pieces"])


def name_next(formulaire: UUID) -> UUID:
    """The name of a form whose own has been sent: what is written or joined there since waits under it."""
    return uuid5(formulaire, "suite")


ERASE = "delete from brouillons where id = :cle and agent = :agent and part_at is null returning *"


async def erase_brouillon(signed: Signed, cle: UUID) -> Brouillon | None:
    """Erase the draft of this form, if it is one's own; what it held, when it can still be read.

    Sending calls it in its transaction, once it holds what LOCK_FORM or LOCK_DEMANDE waits for.
    """
    erased = await database.fetch_one(ERASE, cle=cle, agent=signed.droits.agent)
    return open_brouillon(erased) if erased else None


def is_said(champs: Champs) -> bool:
    """Whether an answer says, or asks for, anything."""
    return any(any(champs.get(nom, [])) for nom in OF_AN_ANSWER)


def is_written(champs: Champs) -> bool:
    """Whether a new demande says something more than where it is and what about: only then is it a draft."""
    return any(
        any(valeurs) for nom, valeurs in champs.items() if nom in ECRITES or nom.startswith(PREFIXES_ECRITS)
    ) or champs.get("urgence", [""])[-1:] == ["urgente"]


def words_of(champs: Champs) -> dict[str, list[str]]:
    """What a form says, without what its page writes there for itself."""
    said = {nom: [v for v in valeurs if v] for nom, valeurs in champs.items() if nom not in OF_THE_PAGE}
    return {nom: valeurs for nom, valeurs in said.items() if valeurs}


def seal_champs(cle: UUID, champs: Champs) -> bytes:
    """What a draft keeps of its form. Raises Invalide beyond 200 kB."""
    return trousseau().seal_text(_write(champs), f"brouillon:{cle}")


def _write(champs: Champs) -> str:
    contenu = json.dumps(
        {nom: valeurs for nom, valeurs in champs.items() if nom != "csrf"}, ensure_ascii=False
    )
    if len(contenu.encode()) > OCTETS_MAX:
        raise Invalide({"": TROP_LONG})
    return contenu


def open_brouillon(row: Any) -> Brouillon | None:
    """The draft of a row; None when the key it was sealed with is no longer here: nobody can read it, and it is
    erased in its time.
    """
    try:
        contenu = trousseau().open_text(row["contenu_scelle"], f"brouillon:{row['id']}")
    except Illisible:
        return None
    return Brouillon(
        cle=row["id"],
        demande=row["demande"],
        champs=json.loads(contenu),
        updated_at=row["updated_at"],
        is_waiting_for_sms=row["is_waiting_for_sms"],
        is_ecrit=row["is_ecrit"],
        retenue=row["retenue"],
        part_at=row["part_at"],
    )
