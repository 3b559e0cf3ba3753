"""What people write in a demande, and the quick answers (product §2, §7; S1, S2)."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from app.domain.acces.sessions import Signed
from app.domain.demandes import sollicitations
from app.domain.demandes.brouillons import Champs
from app.domain.demandes.demande import Demande, require_living
from app.domain.demandes.voix import choose_voix, find_signature
from app.domain.echanges.actes import ActeSaisi, Decision, act
from app.domain.echanges.citations import list_cites
from app.domain.echanges.documents import ask_for, list_documents
from app.domain.echanges.invitations import decide_invitation, is_here
from app.domain.echanges.procedures import judge_procedure, propose_procedure
from app.domain.echanges.publication import Publication
from app.domain.echanges.reponses_rapides import Acteurs, ReponseRapide
from app.domain.echanges.saisie import Ecrit, InvitationSaisie, MessageSaisi, check_length
from app.domain.faits.registre import Fait
from app.domain.regles.errors import Conflit, Invalide, Refus
from app.domain.regles.permissions import (
    can_answer,
    can_attach_files,
    can_instruct,
    can_write_prive,
    is_on_aidant_side,
    require,
)
from app.domain.regles.places import Cote

TRAITEE = "Nous avons traité cette demande."
SANS_COLLEGUE = "Choisissez le collègue à qui confier la demande."
SANS_SUITE = "Choisissez l’organisme qui prend la suite."
RAPIDE_PRIVEE = "Qui rouvre sa part le dit à l’aidant\u00a0: décochez la case, ou envoyez sans rouvrir."
SUITE_PRIVEE = (
    "L’aidant doit lire que votre part est terminée\u00a0: décochez la case, ou invitez sans transférer."
)
SANS_PART = (
    "Votre groupe n’est pas sollicité sur cette demande : vous pouvez répondre, pas conclure à sa place."
)


async def post_message(
    signed: Signed, demande: Demande, saisi: MessageSaisi, now: datetime, *, said: Champs | None = None
) -> int:
    """Write in the thread what this form says, or the quick answer it gives; returns the line. The same form sent twice
    makes one line and one set of mails.

    Two people writing at the same time are both kept: only what had arrived before this post is shown first. `said`:
    its form, when another window may have written in it. Raises Refus, Invalide, Conflit (closed meanwhile), Depuis.
    """
    return await act(signed, demande, replace(acte_of(signed, demande, saisi, now), said=said), now)


async def answer_quickly(
    signed: Signed, demande: Demande, reponse: ReponseRapide, saisi: MessageSaisi, now: datetime
) -> int:
    """Give a quick answer; returns the line. `motif`, a word of explanation, replaces the words of the row.

    Who was invited by name moves no part. Raises Refus (also for an answer that needs a part, without one of one’s
    own), Invalide on `motif` or `signature`, Conflit (closed meanwhile, or the part ended by a colleague), Depuis.
    """
    return await act(signed, demande, _rapide_of(signed, demande, reponse, saisi, now), now)


def acte_of(signed: Signed, demande: Demande, saisi: MessageSaisi, now: datetime) -> ActeSaisi:
    """What this form asks: a quick answer, or a message."""
    if saisi.rapide is None:
        return _message_of(signed, demande, saisi, now)
    return _rapide_of(signed, demande, saisi.rapide, saisi, now)


def words_of(saisi: MessageSaisi) -> str:
    """What the thread says of this form."""
    if saisi.rapide is not None:
        return saisi.motif.strip() or saisi.rapide.fiche.texte
    return ask_for(saisi.documents, saisi.texte.strip()) or (TRAITEE if saisi.is_traitee else "")


def _message_of(signed: Signed, demande: Demande, saisi: MessageSaisi, now: datetime) -> ActeSaisi:
    is_instruction = saisi.is_traitee or saisi.is_procedure or bool(saisi.documents)
    written = replace(saisi, texte=words_of(saisi), is_document=bool(saisi.documents))

    async def decide(signed: Signed, demande: Demande) -> Decision:
        _require_saisie(signed, demande, saisi)
        voix = choose_voix(signed, demande, groupe=saisi.groupe, is_instruction=is_instruction)
        part = voix.part
        if (saisi.is_traitee or saisi.documents) and part is None:
            raise Refus(SANS_PART)
        signature = _check_saisie(signed, demande, saisi, now)
        cites = await list_cites(
            demande.numero, written.texte, by=signed.droits.agent, is_prive=saisi.is_prive
        )
        ended = {s.groupe for s in demande.sollicitations if not s.is_open}
        relances = tuple(groupe for groupe in dict.fromkeys(saisi.relances) if groupe in ended)

        async def change() -> None:
            if part is not None and not saisi.is_prive:
                await sollicitations.record_answer(
                    demande,
                    part,
                    is_procedure=saisi.is_procedure,
                    is_traitee=saisi.is_traitee,
                    is_document=bool(saisi.documents),
                    now=now,
                )
            if voix.cote is Cote.AIDANT:
                await sollicitations.resume_delais(demande, now)
            if saisi.procedure and voix.groupe is not None:
                await propose_procedure(demande, voix, saisi.procedure, now)
            if relances:
                await sollicitations.ask_again(demande, relances, now)

        publication = Publication(
            fait_of(replace(saisi, relances=relances)),
            demande.numero,
            voix,
            replace(written, signature=signature),
            groupes=relances,
            cites=cites,
            has_pieces=can_attach_files(signed.droits, demande.parties),
        )
        return Decision(publication, change)

    ends = set(_parts_of(signed, demande, saisi) if saisi.is_traitee else ())

    def is_done(held: Demande) -> bool:
        """The parts this form ended or asked again still are as it left them."""
        return all(
            (s.part.traitee_at is not None or s.groupe not in ends)
            and (s.is_open or s.groupe not in saisi.relances)
            for s in held.sollicitations
        )

    return ActeSaisi(
        fait=fait_of(saisi),
        ecrit=written,
        vu=saisi.vu,
        decide=decide,
        groupe=saisi.groupe,
        groupes=saisi.relances,
        has_draft=True,
        parts=(*saisi.relances, *ends),
        is_done=is_done,
    )


def _rapide_of(
    signed: Signed, demande: Demande, reponse: ReponseRapide, saisi: MessageSaisi, now: datetime
) -> ActeSaisi:
    fiche = reponse.fiche
    qui = Acteurs(signed.droits.agent, saisi.collegue)
    said = Ecrit(cle=saisi.cle, texte=words_of(replace(saisi, rapide=reponse)))
    # The line that declines bears the key of the form, and tells a repeat for both. Nobody can guess that of the line
    # that invites, and be there before it.
    invitation = saisi.invitation and replace(saisi.invitation, cle=uuid4())

    async def decide(signed: Signed, demande: Demande) -> Decision:
        require_living(signed, demande)
        require(can_instruct(signed.droits, demande.parties))
        voix = choose_voix(signed, demande, groupe=saisi.groupe, is_instruction=True)
        part = voix.part
        if part is None and fiche.needs_part:
            raise Refus(SANS_PART)
        erreurs = check_length(saisi.motif, "motif")
        signature, missing = find_signature(signed, saisi.signature)
        if missing:
            erreurs["signature"] = missing
        if fiche.has_collegue and saisi.collegue in {0, qui.par}:
            erreurs["collegue"] = SANS_COLLEGUE
        if saisi.is_prive:
            # The line of a quick answer is read by all.
            erreurs["is_prive"] = RAPIDE_PRIVEE
        if invitation is not None:
            erreurs |= _check_suite(invitation, is_prive=saisi.is_prive)
        if erreurs:
            raise Invalide(erreurs)
        suite = await _decide_suite(signed, demande, invitation, now) if invitation is not None else None

        async def change() -> None:
            if part is not None and not await fiche.record(demande, part, qui, now):
                raise Conflit(fiche.phrase_refus.format(groupe=part.nom))
            if suite is not None and suite.change is not None:
                await suite.change()

        said_by = replace(said, signature=signature)
        called = suite.publication if suite is not None else None
        if called is not None:
            called = replace(called, voix=voix, ecrit=replace(called.ecrit, signature=signature))
        agents = (qui.collegue,) if fiche.has_collegue else ()
        publication = Publication(fiche.fait, demande.numero, voix, said_by, agents=agents)
        return Decision(publication, change, called)

    parts = _parts_of(signed, demande, saisi)

    def is_done(held: Demande) -> bool:
        """The part is as this answer left it, and who takes over is there."""
        own = (s for s in held.sollicitations if s.groupe in parts)
        is_left = all(fiche.is_done(s, qui) for s in own)
        return is_left and (invitation is None or is_here(invitation, held))

    return ActeSaisi(
        fait=fiche.fait,
        ecrit=said,
        vu=saisi.vu,
        decide=decide,
        groupe=saisi.groupe,
        has_draft=True,
        parts=parts,
        is_done=is_done,
    )


def _check_suite(invitation: InvitationSaisie, *, is_prive: bool) -> dict[str, str]:
    """What to correct in who takes over from a groupe that declines."""
    erreurs = {} if invitation.groupes else {"groupes": SANS_SUITE}
    return erreurs | ({"is_prive": SUITE_PRIVEE} if is_prive else {})


async def _decide_suite(
    signed: Signed, demande: Demande, invitation: InvitationSaisie, now: datetime
) -> Decision | None:
    """The invitation of who takes over, judged as any; None when they have all been invited meanwhile."""
    if is_here(invitation, demande):
        return None
    return await decide_invitation(signed, demande, invitation, now)


def _parts_of(signed: Signed, demande: Demande, saisi: MessageSaisi) -> tuple[int, ...]:
    """The part this form acts for: every part of one’s own when it does not say which."""
    return (saisi.groupe,) if saisi.groupe else tuple(s.groupe for s in demande.parts_of(signed.droits))


def _require_saisie(signed: Signed, demande: Demande, saisi: MessageSaisi) -> None:
    droits, parties = signed.droits, demande.parties
    require_living(signed, demande)
    require(can_answer(droits, parties))
    if saisi.is_prive:
        require(can_write_prive(droits, parties))
    if saisi.is_procedure or saisi.is_traitee or saisi.documents:
        require(can_instruct(droits, parties))
    if saisi.relances:
        require(is_on_aidant_side(droits, parties))


def _check_saisie(signed: Signed, demande: Demande, saisi: MessageSaisi, now: datetime) -> str:
    """The signature to write; raises Invalide with everything that is wrong, in page order."""
    erreurs = check_length(saisi.texte, "texte")
    if saisi.is_procedure and not saisi.texte.strip():
        erreurs["texte"] = "Indiquez la procédure à suivre : elle est obligatoire quand la case est cochée."
    elif not (saisi.is_traitee or saisi.documents or saisi.texte.strip()):
        erreurs["texte"] = "Écrivez votre message."
    noms = (demande.usager_prenom, demande.usager_nom)
    if refused := judge_procedure(saisi.procedure, noms, now=now):
        erreurs["procedure"] = refused
    if not set(saisi.documents) <= set(list_documents(demande)):
        erreurs["documents"] = "L’un des documents n’est plus dans la liste\u00a0: choisissez à nouveau."
    elif saisi.documents and saisi.is_traitee:
        erreurs["documents"] = (
            "Une demande traitée n’attend plus de document\u00a0: décochez l’un ou l’autre."
        )
    if saisi.is_prive and saisi.documents:
        erreurs["is_prive"] = (
            "L’aidant ne verrait pas le document demandé\u00a0: décochez l’une des deux cases."
        )
    elif saisi.is_prive and saisi.is_traitee:
        erreurs["is_prive"] = (
            "L’aidant ne verrait pas que vous avez traité la demande : décochez l’une des deux cases."
        )
    elif saisi.is_prive and saisi.is_procedure:
        erreurs["is_prive"] = "L’aidant ne verrait pas la procédure à suivre : décochez l’une des deux cases."
    signature, missing = find_signature(signed, saisi.signature)
    if missing:
        erreurs["signature"] = missing
    if erreurs:
        raise Invalide(erreurs)
    return signature


def fait_of(saisi: MessageSaisi) -> Fait:
    """What this form makes happen."""
    if saisi.rapide is not None:
        return saisi.rapide.fiche.fait
    if saisi.is_prive:
        return Fait.MESSAGE_PRIVE_ENVOYE
    if saisi.is_traitee:
        return Fait.DEMANDE_TRAITEE
    return Fait.DEMANDE_RELANCEE if saisi.relances else Fait.MESSAGE_ENVOYE
