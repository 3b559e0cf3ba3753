"""Everything the demande page shows to one reader, loaded after the law was asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import Brouillon, EtatBrouillon, name_next
from app.domain.demandes.demande import Demande, get_demande, require_content
from app.domain.demandes.fenetres import elsewhere
from app.domain.demandes.vu import see
from app.domain.echanges.actes import Depuis
from app.domain.echanges.corrections import may_correct
from app.domain.echanges.documents import list_documents
from app.domain.echanges.fil import Participant
from app.domain.echanges.redaction import Lecteurs, open_redaction
from app.domain.echanges.reponses_rapides import ReponseRapide
from app.domain.echanges.saisie import MessageSaisi, read_message, with_message, with_motif
from app.domain.mots.elision import de
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.oubli.effacement import retention
from app.domain.pieces_jointes.liste import Pieces
from app.domain.pieces_jointes.panier import Panier
from app.domain.regles.errors import Conflit
from app.domain.regles.permissions import can_answer, require
from app.domain.regles.statuts import Statut
from app.formulaire import Formulaire
from app.routes.demande import mots
from app.routes.demande.bulles import bulle_of, signed_name
from app.routes.demande.contexte import (
    AjoutSaisi,
    Dossier,
    Enregistrees,
    Present,
    SatisfactionSaisie,
    retour_of,
)
from app.routes.demande.envoi import envoi_of
from app.routes.demande.essentiel import essentiel_of
from app.routes.demande.fin import echeances_of
from app.routes.demande.gestes import Gestes, gestes_of
from app.routes.demande.partance import en_partance_of, partances_of, say_changements, seen_with
from app.routes.demande.presence import presence_of
from app.routes.demande.recu import recu_of

#: Where the focus goes, when it is no line: the last one, the answer that is leaving, the form it came back to.
LAST, EN_PARTANCE, REPRISE = -1, -2, -3


async def build_dossier(
    signed: Signed,
    demande: Demande,
    now: datetime,
    *,
    saisie: MessageSaisi | None = None,
    information: AjoutSaisi | None = None,
    erreurs: Mapping[str, str] | None = None,
    avertissement: str = "",
    focus: int = 0,
    depuis: Depuis | None = None,
    affichee: int = 0,
    valeur: str = "",
    panier: Panier | None = None,
    enregistrees: Enregistrees | None = None,
    rappel_le: str = "",
    citer: int | None = None,
    page: int | None = None,
) -> Dossier:
    """The dossier of this reader, with what was typed and must stay. Raises Refus to who may only know it exists.

    `focus`: the line just written, or LAST; `depuis`: what changed that the page had not seen;
    `affichee`, `valeur`: the identifier just revealed; `panier`: the file
    field when a post changed it; `enregistrees`: the saved replies that were asked for; `citer`: the participant
    whose name is put after the text; `page`: an older page of the thread.
    """
    gestes, reader = gestes_of(signed.droits, demande), signed.droits.agent
    require(gestes.read)
    invitation = saisie.invitation if saisie is not None else None
    choisis = invitation.groupes if invitation else ()
    redaction = await open_redaction(signed, demande, now, choisis=choisis, page=page)
    echanges, lignes = redaction.echanges, redaction.echanges.lignes
    participants = redaction.participants
    partances = partances_of(redaction)
    pieces = redaction.pieces.without({p.saisi.cle for p in partances})
    kept = None if saisie is not None and saisie.rapide is None else redaction.brouillon
    answer = _answer_of(signed, saisie, kept, pieces)
    if not gestes.offers(answer, reader, {r.groupe for r in redaction.releves}):
        answer = with_motif(answer)
    if citer is not None:
        noms = [p.nom for p in participants if p.agent == citer]
        answer = replace(
            answer, texte=" ".join([answer.texte.rstrip(), *(f"@{n}" for n in noms)]).strip() + " "
        )
    if depuis is not None and depuis.is_spent and saisie is not None and saisie.rapide is None:
        answer = replace(answer, cle=name_next(answer.cle))
    seen_at = next((p.last_at for p in participants if p.agent == reader), None)
    return Dossier(
        erreurs=erreurs or {},
        demande=demande,
        gestes=gestes,
        titre=mots.titre_of(demande),
        auteur=signed_name(demande.auteur_nom, demande.signature),
        retour=retour_of(signed, gestes),
        statut=mots.statut_of(demande, is_on_aidant_side=gestes.is_on_aidant_side),
        badges=mots.badges_of(demande, now, signed.zone),
        volets=[mots.volet_of(s, demande, now, signed.zone) for s in demande.sollicitations],
        essentiel=essentiel_of(demande, gestes, signed.droits.agent, now, signed.zone),
        recu=recu_of(demande, gestes, now),
        mandat=mots.mandat_of(demande, now, signed.zone) if gestes.see_mandat else "",
        conservation=mots.conservation_of(demande, retention(), signed.zone),
        bulles=[
            bulle_of(ligne, reader, seen_at, is_corrigeable=may_correct(signed.droits, demande, ligne))
            for ligne in lignes
        ],
        echanges=echanges,
        arrivees=[bulle_of(ligne, signed.droits.agent, None) for ligne in (depuis.lignes if depuis else ())],
        changements=say_changements(depuis.changements if depuis else (), demande, partances),
        focus=(lignes[-1].id if lignes else 0) if focus == LAST else focus,
        en_partance=[
            en_partance_of(p, redaction.pieces, now, signed.zone, is_just_sent=focus == EN_PARTANCE)
            for p in partances
        ],
        vu=seen_with(partances, see(signed.droits, demande)),
        numero=demande.numero,
        presence=presence_of(redaction.presentes) if signed.vue is None else None,
        participants=[_present_of(p, demande, signed.droits.agent) for p in participants],
        informations=[replace(i, valeur=valeur) if i.id == affichee else i for i in redaction.informations],
        affichee=affichee,
        natures=[(nature.value, nature.libelle) for nature in NatureIdentifiant],
        lecteurs=mots.lecteurs_of(redaction.lecteurs),
        lecteurs_prives=mots.lecteurs_prives_of(redaction.lecteurs) if gestes.write_prive else "",
        envoi=envoi_of(demande, gestes, redaction.lecteurs),
        brouillon=EtatBrouillon(
            saved_at=kept.updated_at if kept else None,
            demande=demande.numero,
            autres=elsewhere(redaction.brouillons, answer.en_brouillon),
        ),
        documents=[(un, un) for un in list_documents(demande)],
        au_nom_de=[(s.groupe, s.nom) for s in gestes.mine],
        bilan=mots.bilan_of(demande),
        echeances=echeances_of(demande, redaction.pieces, retention(), now, signed.zone)
        if gestes.close
        else [],
        is_traitee=demande.statut is Statut.TRAITEE,
        consequence=_consequence(answer, gestes, redaction.lecteurs),
        suspension=mots.suspension_of(demande, now, signed.zone),
        avertissement=avertissement,
        saisie=answer,
        information=information or AjoutSaisi(),
        satisfaction=SatisfactionSaisie(),
        is_reprise=focus == REPRISE,
        is_citee=citer is not None,
        suivi=redaction.suivi,
        rappel_le=rappel_le,
        pieces=pieces,
        panier=panier or Panier(answer.cle, demande.numero, pieces.waiting(answer.cle)),
        enregistrees=enregistrees,
        releves={
            s.groupe: [(r.agent, r.nom) for r in redaction.releves if r.groupe == s.groupe]
            for s in gestes.mine
        },
        proposes=[(g.id, g.nom, mots.propose_of(g)) for g in redaction.proposes],
        choisis=choisis,
        rapides={reponse: uuid4() for reponse in ReponseRapide},
        appel=uuid4(),
        cle=uuid4(),
    )


async def reload_dossier(signed: Signed, numero: int, now: datetime, *, focus: int = 0) -> Dossier:
    """The same once an act has changed the demande."""
    return await build_dossier(signed, await get_demande(signed.droits, numero), now, focus=focus)


async def build_conflit(
    signed: Signed,
    numero: int,
    conflit: Conflit,
    now: datetime,
    *,
    saisie: MessageSaisi | None = None,
    information: AjoutSaisi | None = None,
) -> Dossier:
    """The page as it is now after an act that did not happen: what changed since, and what was typed, kept."""
    require_content(fresh := await get_demande(signed.droits, numero))
    if saisie is not None and not can_answer(signed.droits, fresh.parties):
        saisie = replace(with_motif(saisie), rapide=None)
    return await build_dossier(
        signed,
        fresh,
        now,
        saisie=saisie,
        information=information,
        depuis=conflit if isinstance(conflit, Depuis) else None,
        avertissement=conflit.phrase,
        erreurs={"": conflit.phrase},
    )


def _answer_of(
    signed: Signed, typed: MessageSaisi | None, kept: Brouillon | None, pieces: Pieces
) -> MessageSaisi:
    """What the form of the answer holds: what was just typed in it, else its draft under the key it was typed with,
    so that the same answer sent from two tabs leaves once; without a draft, the files that wait for it tell its key.
    """
    if typed is not None and (typed.rapide is None or typed.texte):
        return typed
    if kept is not None:
        left = Formulaire(kept.champs)
        message = read_message(left, left.cle("cle") or kept.cle)
    else:
        message = MessageSaisi(cle=pieces.formulaire or uuid4())
    message = replace(message, page=str(uuid4()), apres=kept.trace if kept else "")
    if typed is not None:
        return with_message(typed, message)
    return replace(message, signature=message.signature or signed.signature)


def _consequence(answer: MessageSaisi, gestes: Gestes, lecteurs: Lecteurs) -> str:
    """What sending all the same would do, said beside its button."""
    if answer.is_prive:
        return f"{mots.lecteurs_prives_of(lecteurs)} Aucune part ne change."
    if answer.is_traitee:
        return "Votre part sera traitée, et l’aidant prévenu."
    if answer.documents:
        return "L’aidant lira ce qu’il doit envoyer\u00a0; votre délai reprendra à sa réponse."
    if answer.relances:
        return "Les organismes cochés seront relancés, avec un nouveau délai."
    ended = [s.nom for s in gestes.mine if not s.is_open]
    if ended:
        return f"{mots.lecteurs_of(lecteurs)} La part de {mots.en_liste(ended)} reste terminée."
    return mots.lecteurs_of(lecteurs)


def _present_of(p: Participant, demande: Demande, reader: int) -> Present:
    remplace = next((i.remplace for i in demande.invites if i.agent == p.agent and i.remplace), "")
    role = f"à la place {de(remplace)}" if remplace else p.qualite.fiche.libelle
    return Present(
        agent=p.agent,
        nom=p.nom,
        role=role if p.is_active else "compte désactivé",
        groupe_nom=p.groupe_nom,
        absent_until=p.absent_until,
        last_at=p.last_at,
        is_reader=p.agent == reader,
        is_citable=p.is_active and p.agent != reader,
        is_refusee=p.is_refusee,
    )
