"""The twelve principals of quality S1, and what they may want: the objects of their own demande, those of another
département.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app import database
from app.domain.acces.navigateurs import Navigateur
from app.domain.acces.posts_scelles import seal_post
from app.domain.acces.sessions import hash_jeton
from app.domain.administration.imports import create_import
from app.domain.contact.conversations import open_visiteur
from app.domain.contact.ecriture import ParoleSaisie, open_as_agent, open_as_stranger
from app.domain.demandes.brouillons import save_brouillon
from app.domain.echanges.fil import name_ligne
from app.domain.mots.identifiants import NatureIdentifiant
from app.domain.pieces_jointes.ajout import add_pieces
from app.domain.pieces_jointes.envoi import attach_pieces
from tests.cast import CAST
from tests.domain.scene import add_information, load, post, signed_as
from tests.factories import make_demande, make_invitation
from tests.gardes.porte import Visiteur, enter

#: In the order of the columns of every table of rights here.
ROLES = {
    "dehors": "signed out",
    "auteur": "Aïda, aidante, wrote it",
    "invite": "Aline, aidante of the same groupe, invited",
    "collegue": "Anne, aidante of the same groupe, not invited",
    "instructeur": "Inès, of the groupe asked",
    "arrive": "Iris, who joined that groupe after the demande was sent",
    "parti": "Idir, who took charge and left that groupe",
    "autre": "Ivan, instructeur of a groupe not asked",
    "expert": "Élie, expert invited",
    "responsable": "Rose, responsable of both groupes",
    "pilote": "Paul, pilote of the département",
    "admin": "Ada, administratrice",
}
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Objets:
    """Everything an address may name, of one demande; drafts, sign-in link and kept post are its author's."""

    numero: int
    formulaire: UUID  # an answer being written, with a file
    information: int
    mandat: UUID
    piece: UUID
    brouillon: UUID
    post: UUID
    jeton: str
    auteur: int
    groupe: int
    asked: int  # the groupe asked
    autre_groupe: int  # not asked yet
    collegue: int = 0  # of the author's groupe, not invited
    consoeur: int = 0  # of the groupe asked
    numero_import: int = 0  # of the A+ team
    reponse: int = 0  # saved by the groupe asked
    session: int = 0  # of the author, in another browser
    conversation: int = 0  # of the author, with the A+ team
    procedure: int = 0  # proposed by the groupe asked
    ligne: str = ""  # a message of the author, by its name in addresses
    lien: str = ""  # of somebody without an account, who wrote to the A+ team

    @property
    def agent(self) -> int:
        """A member of the author's groupe, in the addresses of groupes."""
        return self.collegue

    def value_of(self, chemin: str, parametre: str) -> str:
        """What stands in the address for a parameter, by its name or by where it stands."""
        if parametre == "groupe" and "/reponses" in chemin:
            parametre = "asked"
        if parametre == "cle":
            parametre = {"mandats": "mandat", "brouillons": "brouillon", "reprise": "post"}.get(
                chemin.split("/")[1], "post"
            )
        fixed = {
            "modele": "standard",
            "page": "1",
            "guide": "repondre",
            "langue": "ar",
            "sorte": "sujets",
            "code": "rsa_suspendu",
            "edition": "0",
            "version": "2026-11-22",
            "tableau": "autres.csv",
            "fichier": "tableau.ods",
            "blocage": "1",
            "requete": "1",
            "perimetre": "1000001",
            "signalement": "1000001",
            "bandeau": "1000001",
            "maintenance": "1000001",
            "nom": "1000001-1",
        }
        value = fixed.get(parametre) or getattr(self, parametre, None)
        assert value is not None, (
            f"{chemin}: nothing stands for {{{parametre}}}: add it to tests/gardes/roles.py (Objets)"
        )
        return str(value)


@dataclass(frozen=True)
class Scene:
    """The principals at the door, and the objects: `ici` is theirs, `ailleurs` is of another département."""

    visiteurs: dict[str, Visiteur]
    ici: Objets
    ailleurs: Objets


class Papier:
    """A file as the reader of posts gives it."""

    def __init__(self, nom: str, contenu: bytes) -> None:
        self.nom = nom
        self.contenu = contenu
        self.taille = len(contenu)

    def read(self) -> bytes | None:
        """The content."""
        return self.contenu


async def make_agent(prenom: str, groupe: int, now: datetime, *, role: str) -> int:
    """Someone more in the département 22, member of a groupe as `aidant` or `instructeur`."""
    row = await database.fetch_one(
        """
        with a as (
            insert into agents (email, prenom, nom, departement, cgu_version, cgu_accepted_at, created_at)
            select :email, :prenom, 'Le Bihan', departement, cgu_version, cgu_accepted_at, created_at
            from agents where id = :agent returning id)
        insert into adhesions (agent, groupe, is_aidant, is_instructeur, created_at)
        select id, :groupe, :is_aidant, not :is_aidant, :now from a returning agent
        """,
        email=f"{prenom.lower()}@exemple.fr",
        prenom=prenom,
        agent=CAST.aida,
        groupe=groupe,
        is_aidant=role == "aidant",
        now=now,
    )
    assert row is not None
    agent: int = row["agent"]
    return agent


async def make_conversations(auteur: int, now: datetime) -> tuple[int, str]:
    """What this agent wrote to the A+ team; the link of what somebody without an account wrote."""
    signed = await signed_as(auteur, now)
    conversation = await open_as_agent(signed, "compte", ParoleSaisie(uuid4(), "Un rôle me manque."), now)
    adresse = f"quelquun-{auteur}@exemple.fr"
    saisie = ParoleSaisie(uuid4(), "Rien n’arrive.")
    await open_as_stranger(adresse, "connexion", saisie, Navigateur("essai", "192.0.2.1"), now)
    row = await database.fetch_one(
        "select jeton, visiteur_scelle from conversations order by id desc limit 1"
    )
    assert row is not None
    return conversation, open_visiteur(row["jeton"], row["visiteur_scelle"])["lien"].rpartition("/")[2]


async def make_objets(
    auteur: int, groupe: int, *, asked: int, autre: int, departement: str, now: datetime
) -> Objets:
    """A demande of this author with one of everything, an hour old."""
    sent = now - HOUR
    numero = await make_demande(sent, auteur=auteur, groupe=groupe, groupes=(asked,), departement=departement)
    signed = await signed_as(auteur, now)
    demande = await load(signed, numero)
    information = await add_information(
        signed, demande, nature=NatureIdentifiant.ALLOCATAIRE_CAF, libelle="", valeur="7654321", now=sent
    )
    ligne = await post(auteur, numero, sent, "Voici l’avis.")
    envoye, ecrit = uuid4(), uuid4()
    _, [piece], rejets, _ = await add_pieces(signed, envoye, [Papier("avis.txt", b"Avis.")], demande, sent)
    assert not rejets
    assert await attach_pieces(auteur, envoye, demande=numero, message=ligne, now=sent) == 1
    await add_pieces(signed, ecrit, [Papier("suite.txt", b"Suite.")], demande, sent)
    brouillon, jeton = uuid4(), f"jeton-{numero}"
    await save_brouillon(signed, brouillon, {"titre": ["Titre"]}, None, now)
    kept = await seal_post(
        auteur, f"/demandes/{numero}/messages", {"texte": ["Bonjour."]}, has_files=False, now=now
    )
    assert kept is not None
    await database.fetch(
        """
        insert into liens (agent, jeton, code, navigateur, created_at, expires_at)
        values (:agent, :jeton, 'x', :navigateur, :now::timestamptz, :now::timestamptz + interval '30 minutes')
        """,
        agent=auteur,
        jeton=hash_jeton(jeton),
        navigateur=hash_jeton("essai"),
        now=now,
    )
    session = await database.fetch_one(
        """
        insert into sessions (cle, agent, created_at, last_seen_at, expires_at, navigateur)
        values (:cle, :agent, :now, :now, :now::timestamptz + interval '12 hours', 'Firefox') returning id
        """,
        cle=hash_jeton(f"session-{numero}"),
        agent=auteur,
        now=now,
    )
    assert session is not None
    mandat = await database.fetch_one("select id from mandats where demande = :numero", numero=numero)
    assert mandat is not None
    reponse = await database.fetch_one(
        """
        insert into reponses (groupe, titre, texte, created_by, created_at)
        values (:groupe, 'Dossier complet', 'Votre dossier est complet.', :agent, :now) returning id
        """,
        groupe=asked,
        agent=auteur,
        now=sent,
    )
    assert reponse is not None
    procedure = await database.fetch_one(
        "insert into procedures (groupe, texte, proposee_at) values (:groupe, :texte, :now) returning id",
        groupe=asked,
        texte=f"Déposer le formulaire {auteur} en ligne.",
        now=sent,
    )
    assert procedure is not None
    conversation, lien = await make_conversations(auteur, sent)
    return Objets(
        numero=numero,
        formulaire=ecrit,
        information=information,
        mandat=mandat["id"],
        piece=piece,
        brouillon=brouillon,
        post=kept,
        jeton=jeton,
        auteur=auteur,
        groupe=groupe,
        asked=asked,
        autre_groupe=autre,
        reponse=reponse["id"],
        session=session["id"],
        conversation=conversation,
        procedure=procedure["id"],
        ligne=name_ligne(ligne),
        lien=lien,
    )


async def make_scene(now: datetime) -> Scene:
    """Everyone of ROLES where they stand."""
    groupes = CAST.groupes
    ici = await make_objets(
        CAST.aida, groupes.france_services, asked=groupes.caf, autre=groupes.cpam, departement="22", now=now
    )
    ailleurs = await make_objets(
        CAST.eve,
        groupes.ccas_974,
        asked=groupes.cpam_974,
        autre=groupes.france_travail,
        departement="974",
        now=now,
    )
    await make_invitation(ici.numero, CAST.aline, "collegue", now - HOUR)
    await make_invitation(ici.numero, CAST.elie, "expert", now - HOUR)
    await post(CAST.idir, ici.numero, now - HOUR, "Je regarde.")
    await database.fetch("delete from adhesions where agent = :agent", agent=CAST.idir)
    elsa = await make_agent("Elsa", groupes.france_travail, now, role="instructeur")
    await database.fetch("update agents set is_expert = true where id = :agent", agent=elsa)
    collegue = await make_agent("Anne", groupes.france_services, now, role="aidant")
    consoeur = await make_agent("Iris", groupes.caf, now, role="instructeur")
    fichier = "Groupe;Département\nCAF 23;23".encode()
    numero_import = await create_import(await signed_as(CAST.ada, now), "structures.csv", fichier, now)
    ici = replace(ici, collegue=collegue, consoeur=consoeur, numero_import=numero_import)
    ailleurs = replace(ailleurs, collegue=CAST.eve, consoeur=CAST.eve, numero_import=numero_import)
    agents = {
        "dehors": None,
        "auteur": CAST.aida,
        "invite": CAST.aline,
        "collegue": collegue,
        "instructeur": CAST.ines,
        "arrive": consoeur,
        "parti": CAST.idir,
        "autre": CAST.ivan,
        "expert": CAST.elie,
        "responsable": CAST.rose,
        "pilote": CAST.paul,
        "admin": CAST.ada,
    }
    assert list(agents) == list(ROLES)
    return Scene({role: await enter(agent) for role, agent in agents.items()}, ici, ailleurs)
