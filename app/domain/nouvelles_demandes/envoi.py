"""« Envoyer ma demande » : everything it makes is written at once, and once only (product §5, §9; quality R5)."""

from collections.abc import Sequence
from datetime import datetime

from app import database
from app.domain import mandats
from app.domain.acces.sessions import Signed
from app.domain.demandes.voix import Voix, find_signature
from app.domain.echanges.publication import Publication, publish
from app.domain.echanges.usagers import seal_informations
from app.domain.faits.registre import Fait
from app.domain.mots.folding import fold
from app.domain.nouvelles_demandes import organismes, verification
from app.domain.nouvelles_demandes.cadre import Cadre, load_cadre
from app.domain.nouvelles_demandes.doublons import empreinte_usager, list_doublons
from app.domain.nouvelles_demandes.organismes import GroupeOffert
from app.domain.nouvelles_demandes.recapitulatif import find_sms, sent_informations
from app.domain.nouvelles_demandes.saisie import REFUS, Saisie
from app.domain.regles.delais import echeance_premiere_reponse
from app.domain.regles.errors import Conflit, Invalide
from app.domain.regles.permissions import can_create_demande, require

# The whole demande in one statement: a form already sent inserts nothing, and so nothing follows from it.
# It holds the name of the form first: a save of its draft waits, then learns that it was sent. So does the form of
# somebody else's draft: sent under another name, it could never leave under its own.
DEMANDE = """
with tenu as materialized (select pg_advisory_xact_lock(hashtextextended('brouillon:' || $1::uuid, 0))),
n as (select nextval('demandes_numero_seq') as numero from tenu),
d as (
    insert into demandes (numero, formulaire, auteur, signature, groupe, departement, sujet, titre, description,
        urgence, urgence_precision, usager_prenom, usager_nom, usager_naissance, usager_empreinte, repere, sent_at,
        last_aidant_at, last_public_at, last_prive_at)
    select n.numero, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, n.numero || ' ' || $15::text,
        $16, $16, $16, $16 from n where not exists (select 1 from brouillons where id = $1 and agent <> $2)
    on conflict (formulaire) do nothing returning numero),
s as (
    insert into sollicitations (demande, groupe, solicited_by, solicited_at, late_at)
    select d.numero, asked.groupe, $2, $16, $17 from d, unnest($18::int[]) as asked(groupe)),
i as (
    insert into invitations (demande, agent, qualite, invited_by, invited_at)
    select d.numero, invited.agent, 'collegue', $2, $16 from d, unnest($19::int[]) as invited(agent)),
p as (
    update pieces_jointes set demande = d.numero, brouillon = null from d
    where brouillon = $1 and uploaded_by = $2 and demande is null and erased_at is null and expires_at > $16
    returning id)
select numero, array(select id::text from p) as pieces from d
"""
DEJA = "select numero from demandes where formulaire = $1 and auteur = $2"


async def send_demande(signed: Signed, typed: Saisie, now: datetime) -> int:
    """Send it and return its number; sent twice or twenty times at once, one demande and one set of mails.

    Raises Refus to whoever may not open a demande, Invalide with every error in page order, Conflit when
    this very form is another agent's.
    """
    require(can_create_demande(signed.droits), REFUS)
    sms = await find_sms(signed, typed)
    cadre, chosen = await check_demande(signed, typed, now, etat_sms=sms.etat if sms else None)
    usager = empreinte_usager(typed.prenom, typed.nom, typed.naissance)
    collegues = [c.id for c in cadre.collegues if c.id in typed.collegues]
    asked = [g.id for g in chosen]
    signature, _ = find_signature(signed, typed.signature)
    async with database.transaction():
        sent = await _write(
            signed,
            typed,
            cadre,
            signature=signature,
            usager=usager,
            asked=asked,
            collegues=collegues,
            now=now,
        )
        if sent is None:
            return await _find_sent(signed, typed)
        numero, pieces = sent
        await mandats.record(
            signed,
            typed.accord,
            demande=numero,
            formulaire=typed.formulaire,
            structure=cadre.structure.nom,
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
                Voix(signed.droits.agent, "aidant", typed.structure, cadre.structure.nom),
                typed.formulaire,
                signature=signature,
                details={
                    **{"groupes": asked, "collegues": collegues, "mandat": typed.accord.nature},
                    **({"pieces": pieces} if pieces else {}),
                },
                contexte={"organismes": ", ".join(g.nom for g in chosen)},
            ),
            signed=signed,
            lock=None,  # nobody else can know it before this transaction ends
            now=now,
        )
    return numero


async def check_demande(
    signed: Signed, typed: Saisie, now: datetime, *, etat_sms: str | None
) -> tuple[Cadre, list[GroupeOffert]]:
    """What it is sent with, and to whom. Raises Invalide with every error in page order."""
    cadre = await load_cadre(signed, typed)
    groupes = await organismes.list_groupes(signed, typed, cadre.departement, now)
    manques = verification.list_manques(signed, typed, cadre, groupes, etat_sms=etat_sms, now=now)
    if manques:
        raise Invalide(_erreurs(manques))
    usager = empreinte_usager(typed.prenom, typed.nom, typed.naissance)
    doublons = await list_doublons(signed, typed.structure, usager, typed.formulaire)
    if any(d.numero not in typed.doublons_vus for d in doublons):
        raise Invalide({"doublons": "Votre groupe suit déjà une demande proche\u00a0: lisez, puis décidez."})
    return cadre, verification.chosen_groupes(typed, groupes)


def _erreurs(manques: Sequence[verification.Manque]) -> dict[str, str]:
    """The first sentence of each field, in page order."""
    erreurs: dict[str, str] = {}
    for manque in manques:
        erreurs.setdefault(manque.champ, manque.phrase)
    return erreurs


async def _write(
    signed: Signed,
    typed: Saisie,
    cadre: Cadre,
    *,
    signature: str,
    usager: str | None,
    asked: Sequence[int],
    collegues: Sequence[int],
    now: datetime,
) -> tuple[int, list[str]] | None:
    """The row of the demande and all that stands on it, and the files it took; None when the form was already sent."""
    assert cadre.departement is not None
    row = await database.fetch_one(
        DEMANDE,
        *(typed.formulaire, signed.droits.agent, signature, typed.structure, cadre.departement.id),
        *(cadre.sujet.id if cadre.sujet else None, typed.titre, typed.description),
        *(typed.motif if typed.is_urgente else None, typed.precision if typed.is_urgente else ""),
        *(typed.prenom, typed.nom, typed.naissance, usager),
        *(fold(f"{typed.titre} {typed.prenom} {typed.nom}"), now),
        *(echeance_premiere_reponse(now, cadre.departement.clock), list(asked), list(collegues)),
    )
    return (row["numero"], row["pieces"]) if row else None


async def _find_sent(signed: Signed, typed: Saisie) -> int:
    row = await database.fetch_one(DEJA, typed.formulaire, signed.droits.agent)
    if row is None:
        raise Conflit("Ce formulaire est celui d’un autre compte, ou a déjà servi. Ouvrez-en un nouveau.")
    numero: int = row["numero"]
    return numero
