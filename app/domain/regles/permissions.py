"""Who may do what: product §3, one sentence per rule. Pure: facts in, answer out.

`Droits` are the facts about the signed-in agent, loaded once per request from *current* memberships.
`Parties` are the facts about one demande: who stands where.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.regles.errors import Refus


@dataclass(frozen=True)
class Droits:
    """Facts about the signed-in agent. Groupes are ids; a périmètre is (organisme or None, département or None)."""

    agent: int
    aidant: frozenset[int] = frozenset()
    instructeur: frozenset[int] = frozenset()
    responsable: frozenset[int] = frozenset()
    is_expert: bool = False
    is_administrateur: bool = False
    is_collectif: bool = False
    perimetres: tuple[tuple[int | None, int | None], ...] = ()

    @property
    def groupes(self) -> frozenset[int]:
        """Every groupe this agent is a member of, whatever the role."""
        return self.aidant | self.instructeur | self.responsable


@dataclass(frozen=True)
class Parties:
    """Facts about one demande. Agents and groupes are ids; whoever was invited by name comes with the groupe they were
    invited through. `is_vacante`: the author left, and the demande waits for an aidant of its groupe to take it up.
    """

    auteur: int
    groupe: int
    groupes_sollicites: frozenset[int] = frozenset()
    collegues: Mapping[int, int | None] = field(default_factory=dict)
    instructeurs: Mapping[int, int | None] = field(default_factory=dict)
    experts: frozenset[int] = frozenset()
    is_vacante: bool = False
    is_closed: bool = False
    is_erased: bool = False
    has_mandat: bool = True


def require(allowed: bool, phrase: str | None = None) -> None:
    """Raises Refus unless allowed."""
    if not allowed:
        raise Refus(phrase) if phrase else Refus()


# --- Where one stands -------------------------------------------------------------------------------------------


def is_on_aidant_side(droits: Droits, demande: Parties) -> bool:
    """The author; a colleague, as long as they work in the groupe they were invited through; any aidant of the groupe
    while nobody has taken up what its author left.
    """
    is_own = demande.groupe in droits.aidant if demande.is_vacante else droits.agent == demande.auteur
    return is_own or demande.collegues.get(droits.agent) in droits.aidant | droits.instructeur


def is_instructeur(droits: Droits, demande: Parties) -> bool:
    """A current member-instructeur of a solicited groupe, or of the groupe they were invited through by name."""
    is_named = demande.instructeurs.get(droits.agent) in droits.instructeur
    return is_named or bool(droits.instructeur & demande.groupes_sollicites)


def is_expert(droits: Droits, demande: Parties) -> bool:
    """An expert invited, while the demande is open."""
    return droits.is_expert and droits.agent in demande.experts and not demande.is_closed


def is_responsable(droits: Droits, demande: Parties) -> bool:
    """Responsable of the groupe of the author or of a solicited groupe."""
    return bool(droits.responsable & (demande.groupes_sollicites | {demande.groupe}))


def takes_part(droits: Droits, demande: Parties) -> bool:
    """Aidant side, instructeur or expert."""
    return is_on_aidant_side(droits, demande) or is_instructeur(droits, demande) or is_expert(droits, demande)


# --- Reading ----------------------------------------------------------------------------------------------------


def can_know_demande(droits: Droits, demande: Parties) -> bool:
    """Know it exists and see its metadata: number, dates, groupes, states, delays."""
    return takes_part(droits, demande) or is_responsable(droits, demande) or droits.is_administrateur


def can_read_demande(droits: Droits, demande: Parties) -> bool:
    """Read title, description, usager and public messages."""
    return takes_part(droits, demande)


def can_open_files(droits: Droits, demande: Parties) -> bool:
    """Open the files: never an expert (S3)."""
    return is_on_aidant_side(droits, demande) or is_instructeur(droits, demande)


def can_read_prives(droits: Droits, demande: Parties) -> bool:
    """Read messages réservés aux instructeurs: never who stands on the aidant side of this demande."""
    if is_on_aidant_side(droits, demande):
        return False
    return is_instructeur(droits, demande) or is_expert(droits, demande)


def can_see_mandat(droits: Droits, demande: Parties) -> bool:
    """See the kind, the date and the text of the mandat."""
    return is_on_aidant_side(droits, demande) or is_instructeur(droits, demande)


def can_give_note(droits: Droits, demande: Parties) -> bool:
    """Make the note that the usager takes home: who speaks for them."""
    return is_on_aidant_side(droits, demande) and not demande.is_erased


def can_reveal_identifiants(droits: Droits, demande: Parties) -> bool:
    """Show a masked identifier in full (journalled)."""
    return can_read_demande(droits, demande)


# --- Acting -----------------------------------------------------------------------------------------------------


def can_create_demande(droits: Droits) -> bool:
    """An aidant opens demandes; an instructeur may open one too (product §5)."""
    return bool(droits.aidant or droits.instructeur)


def can_answer(droits: Droits, demande: Parties) -> bool:
    """Write in the thread: who takes part, while it is open and the mandat stands."""
    return takes_part(droits, demande) and not demande.is_closed and demande.has_mandat


def can_attach_files(droits: Droits, demande: Parties) -> bool:
    """Attach files to an answer: never an expert."""
    return can_answer(droits, demande) and can_open_files(droits, demande)


def can_instruct(droits: Droits, demande: Parties) -> bool:
    """Quick answers, procédure standard, traité, saved replies."""
    return is_instructeur(droits, demande) and can_answer(droits, demande)


def can_write_prive(droits: Droits, demande: Parties) -> bool:
    """Write to the instructeurs only."""
    return can_read_prives(droits, demande) and can_answer(droits, demande)


def can_correct(droits: Droits, parties: Parties, auteur: int | None, *, is_prive: bool) -> bool:
    """Correct a message of the demande: who wrote it, as long as they could write it still."""
    can_write = can_write_prive if is_prive else can_answer
    return auteur == droits.agent and can_write(droits, parties)


def can_add_information(droits: Droits, demande: Parties) -> bool:
    """Add information about the usager: it goes to the organismes, so the mandat must stand."""
    return is_on_aidant_side(droits, demande) and not demande.is_closed and demande.has_mandat


def can_invite_collegue(droits: Droits, demande: Parties) -> bool:
    """Invite a colleague of one’s own groupe."""
    return can_open_files(droits, demande) and can_answer(droits, demande)


def can_invite_groupe(droits: Droits, demande: Parties) -> bool:
    """Invite another groupe, of any département. Without a mandat nobody new may learn about the usager."""
    return can_answer(droits, demande)


def can_invite_experts(droits: Droits, demande: Parties) -> bool:
    """Invite the experts of the A+ team."""
    return can_invite_collegue(droits, demande)


def can_repeat_usager(droits: Droits, demande: Parties) -> bool:
    """Begin another demande for the same usager: who speaks for them, as long as their name is kept."""
    return is_on_aidant_side(droits, demande) and can_create_demande(droits) and not demande.is_erased


def can_close_demande(droits: Droits, demande: Parties) -> bool:
    """Close: the author, or an invited colleague who is aidant in the author’s groupe."""
    return not demande.is_closed and _owns_ending(droits, demande)


def can_reopen_demande(droits: Droits, demande: Parties) -> bool:
    """Reopen what is closed and not erased yet: the same people."""
    return demande.is_closed and not demande.is_erased and _owns_ending(droits, demande)


def can_record_mandat(droits: Droits, demande: Parties) -> bool:
    """Record a new mandat, for instance after a revocation."""
    return is_on_aidant_side(droits, demande) and not demande.is_closed


def can_revoke_mandat(droits: Droits, demande: Parties) -> bool:
    """Record that the usager took the mandat back."""
    return is_on_aidant_side(droits, demande) and demande.has_mandat and not demande.is_closed


def can_take_up(droits: Droits, demande: Parties) -> bool:
    """Become the author of what one who left had opened: an aidant of its groupe (product §2, « who leaves »)."""
    return demande.is_vacante and not demande.is_closed and demande.groupe in droits.aidant


def can_see_figures_of_groupe(droits: Droits, groupe: int) -> bool:
    """The exact figures of a groupe: its responsables, and administrateurs."""
    return groupe in droits.responsable or droits.is_administrateur


def can_answer_blocage(droits: Droits, groupes: frozenset[int]) -> bool:
    """Write the note of a blocage collectif: who answers for one of the groupes it is about, or manages it."""
    return bool((droits.instructeur | droits.responsable) & groupes)


def can_handle_requetes(droits: Droits) -> bool:
    """Find the demandes of an usager who exercises a right, by number only, and follow the answer."""
    return droits.is_administrateur


def needs_second_facteur(droits: Droits) -> bool:
    """Whoever runs the platform, is invited everywhere or sees the figures of others confirms each session by phone."""
    return droits.is_administrateur or droits.is_expert or bool(droits.perimetres)


def can_administer(droits: Droits) -> bool:
    """Run the platform: accounts, groupes, imports, the journal; never the content of a demande."""
    return droits.is_administrateur


def can_see_deployment(droits: Droits) -> bool:
    """Who is reachable where: pilotes within their scope, administrateurs everywhere."""
    return bool(droits.perimetres) or droits.is_administrateur


def can_see_deployment_of(droits: Droits, organisme: int, departement: int) -> bool:
    """The same, of one organisme in one département."""
    return droits.is_administrateur or any(
        o in (None, organisme) and d in (None, departement) for o, d in droits.perimetres
    )


def _owns_ending(droits: Droits, demande: Parties) -> bool:
    if not is_on_aidant_side(droits, demande):
        return False
    return demande.groupe in droits.aidant or (droits.agent == demande.auteur and not demande.is_vacante)


# --- Groupes ----------------------------------------------------------------------------------------------------


def can_see_groupe(droits: Droits, groupe: int) -> bool:
    """See its members, add an existing account, remove a colleague (S3): members and administrateurs."""
    return groupe in droits.groupes or droits.is_administrateur


def can_manage_groupe(droits: Droits, groupe: int) -> bool:
    """Create accounts, give roles, reactivate, change the settings, export the members."""
    return groupe in droits.responsable or droits.is_administrateur


def can_list_demandes(droits: Droits, groupe: int) -> bool:
    """List and export the demandes of a groupe, without what is personal in them: its responsables, administrateurs."""
    return groupe in droits.responsable or droits.is_administrateur


def can_write_reponses(droits: Droits, groupe: int) -> bool:
    """Write and use the saved replies of a groupe: its instructeurs."""
    return groupe in droits.instructeur


def can_share_vues(droits: Droits, groupe: int) -> bool:
    """Keep filters under a name for all the members of a groupe."""
    return groupe in droits.responsable
