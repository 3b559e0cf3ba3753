"""« Envoyer ma demande » : everything it makes is written at once, and once only (product §5, §9; quality R5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app import database
from app.domain import mandats
from app.domain.acces.sessions import Signed
from app.domain.demandes.brouillons import BrouillonAilleurs, Champs, name_next
from app.domain.demandes.informations import empreinte_information
from app.domain.demandes.reperes import fold_demande
from app.domain.demandes.voix import Voix, find_signature
from app.domain.echanges.publication import Publication, leave_form, publish
from app.domain.echanges.saisie import Ecrit
from app.domain.echanges.usagers import seal_informations
from app.domain.faits.registre import Fait
from app.domain.groupes.passation import Cause, call_experts
from app.domain.nouvelles_demandes import verification
from app.domain.nouvelles_demandes.composition import Composition, sent_informations
from app.domain.nouvelles_demandes.organismes import follow_all
from app.domain.nouvelles_demandes.saisie import REFUS
from app.domain.regles.delais import echeance_premiere_reponse
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.mandats import EtatMandat
from app.domain.regles.permissions import can_create_demande, require
from app.domain.regles.places import Cote

DESERTE = "Une demande vient de partir vers des organismes où personne n’est actif."
#: What is shown of the demande sent, beside what was typed since.
LUS = ("titre", "description", "prenom", "nom", "naissance")


class DejaEnvoyee(Conflit):
    """This form has left from another page, which said something else: `partie` is what it said, by field."""

    def __init__(self, numero: int, partie: Mapping[str, str]) -> None:
        super().__init__(
            f"Cette demande est déjà partie d’une autre fenêtre, sous le numéro {numero}. "
            "Ce qui est écrit ici est différent et n’a pas été envoyé."
        )
        self.numero = numero
        self.partie = partie


# One statement writes the whole demande: when the form was already sent it inserts nothing, and nothing follows.
# It locks the name of the form first, so that a save of its draft waits, then learns that it was sent. A form that is
# somebody else's draft inserts nothing either: sent under another name, it could never leave under its own.
DEMANDE = """
with tenu as materialized (
    select pg_advisory_xact_lock(hashtextextended('brouillon:' || :formulaire::uuid, 0))),
n as (select nextval('demandes_numero_seq') as numero from tenu),
d as (
    insert into demandes (numero, formulaire, auteur, signature, groupe, departement, sujet, titre, description,
        urgence, urgence_precision, usager_prenom, usager_nom, usager_naissance, usager_empreinte, repere,
        is_repere_entier, sent_at, last_aidant_at, last_public_at, last_prive_at)
    select n.numero, :formulaire, :auteur, :signature, :groupe, :departement, :sujet, :titre, :description,
        :urgence, :precision, :prenom, :nom, :naissance, :usager, n.numero || ' ' || :repere::text,
        true, :now, :now, :now, :now
    from n where not exists (select 1 from brouillons where id = :formulaire and agent <> :auteur)
    on conflict (formulaire) do nothing returning numero),
s as (
    insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
    select d.numero, asked.groupe, :auteur, :now, :late_at from d, unnest(:groupes::int[]) as asked(groupe)),
i as (
    insert into invitations (demande, agent, qualite, invited_by, invited_at, groupe)
    select d.numero, invited.agent, 'collegue', :auteur, :now, :groupe
    from d, unnest(:collegues::int[]) as invited(agent)),
p as (
    update pieces_jointes set demande = d.numero, brouillon = null from d
    where brouillon = :formulaire and uploaded_by = :auteur and demande is null and erased_at is null
        and expires_at > :now
    returning id)
select numero, array(select id::text from p) as pieces from d
"""


async def send_demande(signed: Signed, composition: Composition, champs: Champs, now: datetime) -> int:
    """Send it and return its number; sent twice or twenty times at once, one demande and one set of mails.

    `champs` is the form as its page posted it, with what that page had seen of its draft.
    Raises Refus to whoever may not open a demande, Invalide with every error in page order, Conflit when
    this very form is another agent's, DejaEnvoyee when it has left with another content, BrouillonAilleurs when
    another page wrote in its draft meanwhile.
    """
    require(can_create_demande(signed.droits), REFUS)
    check_demande(signed, composition, composition.etat_sms, now)
    typed, structure, chosen = composition.saisie, composition.cadre.structure, composition.chosen
    collegues = [c.id for c in composition.cadre.collegues if c.id in typed.collegues]
    asked = [g.id for g in chosen]
    signature, _ = find_signature(signed, typed.signature)
    async with database.transaction():
        sent = await _write(signed, composition, signature, collegues, now)
        if sent is None:
            return await _find_sent(signed, composition)
        ecrit = Ecrit(cle=typed.formulaire, signature=signature)
        # The statement that wrote the demande holds the name of its form: no save of its draft comes in any more.
        draft = await leave_form(signed, ecrit)
        if draft is not None and draft.is_unseen_by(champs):
            raise BrouillonAilleurs(draft)
        numero, pieces = sent
        await mandats.record(
            signed,
            typed.accord,
            demande=numero,
            formulaire=typed.formulaire,
            structure=structure.nom,
            now=now,
        )
        await seal_informations(
            numero,
            [(i.nature, i.libelle, i.valeur) for i in sent_informations(typed, chosen)],
            signed.droits.agent,
            now,
        )
        await publish(
            Publication(
                Fait.DEMANDE_ENVOYEE,
                numero,
                Voix(signed.droits.agent, Cote.AIDANT, typed.structure, structure.nom),
                ecrit,
                details={
                    **{"groupes": asked, "collegues": collegues, "mandat": typed.accord.nature},
                    **({"pieces": pieces} if pieces else {}),
                },
                contexte={"organismes": ", ".join(g.nom for g in chosen)},
            ),
            lock=None,  # nobody else can know it before this transaction ends
            now=now,
        )
        if composition.is_deserte:
            agent = signed.droits.agent
            await call_experts([numero], Cause(agent, agent, (), DESERTE, now, is_news=True))
    return numero


def check_demande(
    signed: Signed, composition: Composition, etat_sms: EtatMandat | None, now: datetime
) -> None:
    """Raises Invalide with every error in page order. `etat_sms`: where the SMS stands, or will when it leaves."""
    typed, groupes = composition.saisie, composition.groupes
    suite, cadre = follow_all(typed, composition.cadre, groupes)
    # Everything that the followed form asks is said at once, and what the page had not shown yet is said to be new.
    followed = replace(
        suite.saisie,
        departement_vu=typed.departement_vu,
        sujet_vu=typed.sujet_vu,
        regime_vu=typed.regime_vu,
    )
    manques = verification.list_manques(signed, followed, cadre, groupes, etat_sms=etat_sms, now=now)
    if manques:
        raise Invalide(_erreurs(manques))
    if any(d.numero not in typed.doublons_vus for d in composition.doublons):
        raise Invalide({"doublons": "Votre groupe suit déjà une demande proche\u00a0: lisez, puis décidez."})


def _erreurs(manques: Sequence[verification.Manque]) -> dict[str, str]:
    """The first sentence of each field, in page order."""
    erreurs: dict[str, str] = {}
    for manque in manques:
        erreurs.setdefault(manque.champ, manque.phrase)
    return erreurs


async def _write(
    signed: Signed, composition: Composition, signature: str, collegues: Sequence[int], now: datetime
) -> tuple[int, list[str]] | None:
    """The row of the demande and all that stands on it, and the files it took; None when the form was already sent."""
    typed, cadre = composition.saisie, composition.cadre
    assert cadre.departement is not None
    row = await database.fetch_one(
        DEMANDE,
        formulaire=typed.formulaire,
        auteur=signed.droits.agent,
        signature=signature,
        groupe=typed.structure,
        departement=cadre.departement.id,
        sujet=cadre.sujet.id if cadre.sujet else None,
        titre=typed.titre,
        description=typed.recit,
        urgence=typed.motif if typed.is_urgente else None,
        precision=typed.precision if typed.is_urgente else "",
        prenom=typed.prenom,
        nom=typed.nom,
        naissance=typed.naissance,
        usager=composition.usager,
        repere=fold_demande(typed.titre, typed.prenom, typed.nom, typed.recit),
        late_at=echeance_premiere_reponse(now, cadre.departement.clock),
        groupes=[g.id for g in composition.chosen],
        collegues=list(collegues),
        now=now,
    )
    return (row["numero"], row["pieces"]) if row else None


SENT = """
select d.numero, d.sent_at, d.groupe, d.departement, d.titre, d.description, d.usager_prenom as prenom,
    d.usager_nom as nom, d.usager_naissance as naissance, coalesce(d.urgence, '') as urgence,
    d.urgence_precision as precision,
    array(select s.groupe from sollicitations s where s.demande = d.numero and s.solicited_at = d.sent_at) as groupes,
    array(select i.nature || ':' || i.libelle || ':' || coalesce(i.empreinte, '') from usager_informations i
        where i.demande = d.numero and i.added_at = d.sent_at) as informations,
    exists (select from pieces_jointes p where p.brouillon = :next and p.uploaded_by = :auteur
        and p.erased_at is null) as has_new_files
from demandes d where d.formulaire = :formulaire and d.auteur = :auteur
"""


async def _find_sent(signed: Signed, composition: Composition) -> int:
    """The demande this form was sent as, when it said the same. Raises DejaEnvoyee when it did not."""
    typed = composition.saisie
    row = await database.fetch_one(
        SENT, formulaire=typed.formulaire, next=name_next(typed.formulaire), auteur=signed.droits.agent
    )
    if row is None:
        raise Conflit("Ce formulaire est celui d’un autre compte, ou a déjà servi. Ouvrez-en un nouveau.")
    said = {
        "groupe": typed.structure,
        "departement": typed.departement,
        "urgence": typed.motif.value if typed.is_urgente and typed.motif else "",
        "precision": typed.precision if typed.is_urgente else "",
        "description": typed.recit,
        **{nom: getattr(typed, nom) for nom in ("titre", "prenom", "nom", "naissance")},
        "groupes": {g.id for g in composition.chosen},
        "informations": {
            f"{i.nature}:{i.libelle if i.nature.fiche.is_libre else ''}:"
            f"{empreinte_information(i.nature, i.valeur) or ''}"
            for i in sent_informations(typed, composition.chosen)
        },
    }
    sent = {nom: set(row[nom]) if isinstance(row[nom], list) else row[nom] for nom in said}
    if sent != said or row["has_new_files"]:
        raise DejaEnvoyee(row["numero"], {nom: str(row[nom]) for nom in LUS})
    return int(row["numero"])
