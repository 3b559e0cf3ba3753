"""What this person may do on this page. The law is asked once, here, and templates only read its answers."""

from collections.abc import Collection
from dataclasses import dataclass

from app.domain.demandes.demande import Demande, Sollicitation
from app.domain.echanges.saisie import MessageSaisi
from app.domain.regles import permissions as law
from app.domain.regles.permissions import Droits


@dataclass(frozen=True)
class Gestes:
    """Answers of `permissions.py` for one agent and one demande, and the parts they are about."""

    is_on_aidant_side: bool
    is_instructeur: bool
    read: bool
    read_prives: bool
    see_mandat: bool
    reveal: bool
    answer: bool
    attach: bool
    instruct: bool
    write_prive: bool
    add_information: bool
    invite_groupe: bool
    invite_collegue: bool
    invite_experts: bool
    repeat: bool
    """Begin another demande for the same usager."""
    close: bool
    reopen: bool
    take_up: bool
    """The author left: this aidant of the groupe may become the author."""
    mine: tuple[Sollicitation, ...]
    """Parts this agent answers for: quick answers, traité, procédure."""
    relances: tuple[Sollicitation, ...]
    """Ended parts the aidant side may ask again: the blocage is not resolved."""

    def offers(self, saisie: MessageSaisi, reader: int, releves: Collection[int]) -> bool:
        """Whether the form of this quick answer, with the word typed in it, is on the page; `releves` are the groupes
        where somebody may be handed it over.
        """
        fiche = saisie.rapide.fiche if saisie.rapide else None
        return fiche is not None and any(
            fiche.engagement
            and fiche.bouton_for(s, reader)
            and (s.groupe in releves or not fiche.has_collegue)
            for s in self.mine
            if saisie.groupe in {None, s.groupe}
        )


def gestes_of(droits: Droits, demande: Demande) -> Gestes:
    """Every right the page shows or hides. Source: product §3."""
    parties = demande.parties
    is_on_aidant_side = law.is_on_aidant_side(droits, parties)
    answers = law.can_answer(droits, parties)
    instructs = law.can_instruct(droits, parties)
    ended = tuple(s for s in demande.sollicitations if not s.is_open)
    return Gestes(
        is_on_aidant_side=is_on_aidant_side,
        is_instructeur=law.is_instructeur(droits, parties),
        read=law.can_read_demande(droits, parties),
        read_prives=law.can_read_prives(droits, parties),
        see_mandat=law.can_see_mandat(droits, parties),
        reveal=law.can_reveal_identifiants(droits, parties),
        answer=answers,
        attach=law.can_attach_files(droits, parties),
        instruct=instructs,
        write_prive=law.can_write_prive(droits, parties),
        add_information=law.can_add_information(droits, parties),
        invite_groupe=law.can_invite_groupe(droits, parties),
        invite_collegue=law.can_invite_collegue(droits, parties),
        invite_experts=law.can_invite_experts(droits, parties),
        repeat=law.can_repeat_usager(droits, parties),
        close=law.can_close_demande(droits, parties),
        reopen=law.can_reopen_demande(droits, parties),
        take_up=law.can_take_up(droits, parties),
        mine=demande.parts_of(droits) if instructs else (),
        relances=ended if answers and is_on_aidant_side else (),
    )
