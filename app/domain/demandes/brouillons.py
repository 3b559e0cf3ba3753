"""A form not sent yet, kept while it is typed: sealed, its agent's alone, for seven days (product §5, §7).

A draft has the UUID of its form: sending the form erases it, and nothing that arrives later brings it back. An answer
that may still be taken back (`part_at`, see `echanges/departs.py`) is no draft for anybody; one that could not leave
(`retenue`) waits beside what is typed since, and no save takes its place. The draft of a new demande
also has the name of the page that wrote it: another page, that had not seen it, does not overwrite it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app import database, tables
from app.chiffrement import Illisible
from app.domain.acces.sessions import Signed
from app.domain.demandes.demande import Demande
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

REPRIS = "formulaires_repris"  # in the draft of an answer: the forms whose text it has taken in


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
    def erased_at(self) -> datetime:
        """When it is erased, if nobody touches it again."""
        return self.updated_at + DRAFT_DAYS

    @property
    def trace(self) -> str:
        """The page that wrote it, and when: a page that shows it says so when it saves (`apres`)."""
        return f"{self.texte('page')}@{self.updated_at.isoformat()}"

    def is_unseen_by(self, champs: Champs) -> bool:
        """Whether another page wrote something else there, that this one had not seen."""
        typed = Brouillon(self.cle, self.demande, champs, self.updated_at, is_waiting_for_sms=False)
        is_known = self.texte("page") == typed.texte("page") or self.trace == typed.texte("apres")
        return not is_known and words_of(self.champs) != words_of(champs)


@dataclass(frozen=True, repr=False)
class Resume:
    """A draft in a list. Any of its words may be empty; the draft of an answer says its demande only."""

    cle: UUID
    demande: int | None
    titre: str
    usager: str
    departement: str
    sujet: str
    organismes: str
    updated_at: datetime
    erased_at: datetime
    is_waiting_for_sms: bool
    retenue: str
    """Why this answer could not leave; `texte` is then given, for who reads the demande no more."""
    texte: str


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


# A save waits for the sending of the same form, so that its next statement sees what was sent. Sending an answer holds
# its demande; sending a new demande holds the name of its form (`nouvelles_demandes/envoi.py` takes the same lock).
LOCK_DEMANDE = "select 1 from demandes where numero = :demande for share"
LOCK_FORM = "select pg_advisory_xact_lock(hashtextextended('brouillon:' || :cle::uuid, 0))"

FACTS = """
select exists (select 1 from demandes where formulaire = :cle)
        or exists (select 1 from messages where demande = :demande and cle = :cle)
        or b.part_at is not null as is_sent,
    (select count(*) from brouillons where agent = :agent and id <> :cle and is_ecrit) as others,
    b.*, b.agent as owner
from (select :cle::uuid as cle) f left join brouillons b on b.id = f.cle
"""

OTHERS = "select * from brouillons where agent = :agent and demande = :demande and id <> :cle"

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
) -> bool:
    """Keep what is typed in the form `cle`: of a new demande, or of an answer to `demande` (one per agent and
    demande: an answer emptied is erased). It is a draft once something is written, or when that `is_asked`.

    Returns False when this form was sent meanwhile, or its text taken in by another draft: a late save brings nothing
    back. Raises Refus, Introuvable when the form is somebody else's, Invalide beyond 200 kB or 100 drafts,
    BrouillonAilleurs when another page wrote there what this one had not seen.
    """
    if demande is None:
        require(can_create_demande(signed.droits))
    else:
        require(can_read_demande(signed.droits, demande.parties))
    agent, numero = signed.droits.agent, demande.numero if demande else None
    contenu, is_ecrit = seal_champs(cle, champs), numero is not None or is_asked or is_written(champs)
    async with database.transaction():
        if numero is None:
            await database.fetch(LOCK_FORM, cle=cle)
        else:
            await database.fetch(LOCK_DEMANDE, demande=numero)
        facts = await database.fetch_one(FACTS, cle=cle, agent=agent, demande=numero)
        assert facts is not None
        if facts["owner"] not in {None, agent}:
            raise Introuvable
        if facts["is_sent"] or (numero and not facts["owner"] and await _is_taken_in(agent, numero, cle)):
            return False
        kept = open_brouillon(facts) if numero is None and facts["owner"] else None
        if kept is not None and kept.updated_at <= now and kept.is_unseen_by(champs):
            raise BrouillonAilleurs(kept)
        if numero is not None and not any([*champs.get("texte", []), *champs.get("documents", [])]):
            await tables.Brouillons.delete().where(tables.Brouillons.id == cle)
            return True
        if is_ecrit and facts["owner"] is None and facts["others"] >= BROUILLONS_MAX:
            raise Invalide({"": TROP_NOMBREUX})
        await database.fetch(
            SAVE,
            cle=cle,
            agent=agent,
            demande=numero,
            contenu=contenu,
            is_ecrit=is_ecrit,
            most=DEBUTS_MAX,
            now=now,
        )
        if numero is not None:
            await tables.Brouillons.delete().where(
                (tables.Brouillons.agent == agent)
                & (tables.Brouillons.demande == numero)
                & (tables.Brouillons.id != cle)
                & tables.Brouillons.part_at.is_null()
                & (tables.Brouillons.retenue == "")
            )
    return True


async def _is_taken_in(agent: int, numero: int, cle: UUID) -> bool:
    """Whether what was typed in this form stands in the draft of another form of the same answer."""
    rows = await database.fetch(OTHERS, agent=agent, demande=numero, cle=cle)
    return any(
        one is not None and str(cle) in one.champs.get(REPRIS, []) for one in map(open_brouillon, rows)
    )


@dataclass(frozen=True)
class SuiteFormulaire:
    """What became of a form: its draft, or the demande it was sent as; `is_foreign` when it is somebody else's."""

    brouillon: Brouillon | None
    numero: int | None
    is_foreign: bool


FORM = """
select b.*, d.numero, exists (select 1 from brouillons where id = f.cle and agent <> :agent)
        or exists (select 1 from demandes where formulaire = f.cle and auteur <> :agent) as is_foreign
from (select :cle::uuid as cle) f
left join brouillons b on b.id = f.cle and b.agent = :agent
left join demandes d on d.formulaire = f.cle and d.auteur = :agent
"""


async def find_formulaire(signed: Signed, cle: UUID) -> SuiteFormulaire:
    """What one did with this form; nothing of anybody else's."""
    row = await database.fetch_one(FORM, cle=cle, agent=signed.droits.agent)
    assert row is not None
    return SuiteFormulaire(open_brouillon(row) if row["id"] else None, row["numero"], row["is_foreign"])


LIST = (
    "select * from brouillons where agent = :agent and is_ecrit and part_at is null"
    " order by updated_at desc, id limit :longueur"
)

# Nothing can be joined to a sealed content: the names of what was chosen come in one statement beside it.
NOMS = """
select
    (select json_object_agg(id, nom || ' (' || code || ')') from departements where id = any(:departements))
        as departements,
    (select json_object_agg(id, nom) from sujets where id = any(:sujets)) as sujets,
    (select json_object_agg(id, nom) from groupes where id = any(:groupes)) as groupes
"""


async def list_brouillons(signed: Signed) -> list[Resume]:
    """One's own drafts, last written first."""
    rows = await database.fetch(LIST, agent=signed.droits.agent, longueur=BROUILLONS_MAX)
    brouillons = [b for b in map(open_brouillon, rows) if b is not None]
    noms = await _name_choices(brouillons) if brouillons else {}

    def said(b: Brouillon, champ: str, nom: str) -> list[str]:
        return [noms[champ][un] for un in b.champs.get(nom, []) if un in noms[champ]]

    return [
        Resume(
            cle=b.cle,
            demande=b.demande,
            titre=b.texte("titre"),
            usager=f"{b.texte('prenom')} {b.texte('nom')}".strip(),
            departement="".join(said(b, "departements", "departement")[-1:]),
            sujet="".join(said(b, "sujets", "sujet")[-1:]),
            organismes=", ".join(said(b, "groupes", "groupes")),
            updated_at=b.updated_at,
            erased_at=b.erased_at,
            is_waiting_for_sms=b.is_waiting_for_sms,
            retenue=b.retenue,
            texte=(b.texte("texte") or b.texte("motif")) if b.retenue else "",
        )
        for b in brouillons
    ]


async def _name_choices(brouillons: Sequence[Brouillon]) -> dict[str, dict[str, str]]:
    """The names of the départements, sujets and groupes chosen in these drafts, by id as the form writes it."""
    champs = {"departements": "departement", "sujets": "sujet", "groupes": "groupes"}
    chosen = {
        table: sorted(
            {i for b in brouillons for un in b.champs.get(nom, []) if (i := _id_of(un)) is not None}
        )
        for table, nom in champs.items()
    }
    row = await database.fetch_one(NOMS, **chosen)
    assert row is not None
    return {table: json.loads(row[table] or "{}") for table in champs}


def _id_of(texte: str) -> int | None:
    return int(texte) if texte.isascii() and texte.isdecimal() and len(texte) <= 9 else None


async def count_brouillons(signed: Signed) -> int:
    """How many drafts one has."""
    draft = tables.Brouillons
    mine = (draft.agent == signed.droits.agent) & (draft.is_ecrit == True) & draft.part_at.is_null()  # noqa: E712
    return int(await draft.count().where(mine))


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
