"""What each route is sent: the smallest form that would act, and what must be true before it can.

A key is a route, or a route and a variant after ` · `: the same address does several acts with different rights.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from app import database
from app.domain.faits.scellement import empreinte
from app.domain.groupes.departs import Plan
from app.domain.mandats.traductions import get_traduction
from app.domain.regles.errors import Introuvable
from app.settings import get_settings
from tests.domain.formulaire_rempli import filled
from tests.domain.scene import see_as
from tests.gardes.avant import (
    ABSENCE,
    ATTENDUES,
    BANDEAU,
    BAT,
    BLOCAGE,
    CLOTUREE,
    DESSINEE,
    DESSINEE_PRIVEE,
    EFFACEE,
    JAMAIS,
    MAINTENANCE,
    PARTI,
    PERIMETRE,
    PRIVE,
    REQUETE,
    RIEN_DIT,
    SANS_MANDAT,
    SIGNALEMENT,
    TELEPHONE,
    TRAITEE,
    VACANTE,
    VIGNETTE,
    VUE_GARDEE,
)
from tests.gardes.plan import Route
from tests.gardes.porte import Champs, Reponse, Visiteur, write_multipart
from tests.gardes.publications import (
    BANDEAU_SAISI,
    FICHIER,
    maintain,
    publish_conditions,
    publish_referentiel,
)
from tests.gardes.roles import Objets

#: Nobody holds anything: what the preview of a departure says then.
RIEN = Plan((), {}, {}).empreinte


def _nothing(_: Objets) -> Champs:
    return {}


@dataclass(frozen=True)
class Geste:
    """`champs` is the form. `avant` is SQL run first, where :numero is the demande; `htmx` says that only htmx asks it;
    `suite` stands after the address.
    """

    champs: Callable[[Objets], Champs] = _nothing
    avant: str = ""
    htmx: bool = False
    suite: str = ""
    fichier: bytes | None = None
    champ: str = "fichiers"
    entetes: tuple[tuple[bytes, bytes], ...] = ()
    corps: bytes | None = None


def _message(**more: Any) -> Callable[[Objets], Champs]:
    return lambda _: {"acte": "message", "cle": uuid4(), "texte": "Bonjour.", **more}


def _parole(_: Objets) -> Champs:
    return {"cle": uuid4(), "texte": "Bonjour."}


def _nouvelle(o: Objets) -> Champs:
    return filled(prenom="Jeanne", mandat="papier", structure=o.groupe)


def see_procedure(o: Objets) -> str:
    """What the page of the procedure proposed by the groupe asked says it shows."""
    return empreinte("procedure", "None None", f"Déposer le formulaire {o.auteur} en ligne.")


APPEL = {
    "mandat": "telephone",
    "appel_numero": "02 96 01 02 03",
    "appel_le": "2026-11-24",
    "appel_heure": "09:30",
    "question_1": "oui",
    "question_2": "oui",
    "attestation_telephone": "1",
}
PAPIER = {"mandat": "papier", "mandat_le": "2026-11-20", "attestation": "1"}
SECRET = get_settings().sms_webhook_secret
ENTRANT = b'{"msg_status": "replied", "to": "33612345678", "reply": "OUI", "messageId": 1}'
D = "/demandes/{numero}"
G = "/groupes/{groupe}"
M = f"{G}/membres/{{agent}}"
A = "/administration/agents/{agent}"
IMPORT = "/administration/imports/{numero_import}"
V = "/pieces-jointes/{piece}/apercu"
GA = "/administration/groupes/{groupe}"
#: Everybody has a phone: their codes on paper, of letters, are never taken here.
TELEPHONES = (
    "insert into seconds_facteurs (agent, secret_scelle) select id, 'x' from agents on conflict do nothing"
)

GESTES: dict[str, Geste] = {
    "POST /connexion": Geste(lambda _: {"email": "aida@exemple.fr"}),
    "POST /connexion/courriel": Geste(),
    "POST /connexion/code": Geste(lambda _: {"code": "123456"}),
    "POST /connexion/lien/{jeton}": Geste(),
    "POST /connexion/lien/{jeton}/courriel": Geste(),
    "POST /deconnexion": Geste(),
    "POST /cgu": Geste(lambda _: {"acceptation": 1, "vu": get_settings().cgu_version}),
    "POST /reprise/{cle}/abandon": Geste(),
    "POST /profil": Geste(lambda _: {"prenom": "Anne", "nom": "Le Bihan", "fonction": "Conseillère"}),
    "POST /quoi-de-neuf": Geste(),
    "POST /demandes/gestes": Geste(
        lambda o: {
            "cle": uuid4(),
            "acte": "rappel",
            "rappel_le": "2026-12-24",
            "numeros": f"{o.numero}/0om",
            "retour": "/demandes/recues?onglet=en-cours",
        }
    ),
    "POST /demandes/gestes/annulation": Geste(lambda _: {"lot": uuid4()}),
    "GET /demandes/vues · d’une liste": Geste(suite="?retour=/demandes/recues"),
    "POST /demandes/vues": Geste(lambda _: {"nom": "Urgentes", "retour": "/demandes/recues?urgentes=1"}),
    "POST /demandes/vues/effacement": Geste(lambda _: {"vue": 1000001}, VUE_GARDEE),
    "POST /affichage": Geste(lambda _: {"couleurs": "sombre"}),
    "POST /profil/session": Geste(),
    "POST /profil/notifications": Geste(lambda _: {"prereglage": "regroupe"}),
    "POST /profil/deconnexions": Geste(),
    "POST /connexion/second-facteur": Geste(lambda _: {"code": "000000"}),
    "POST /profil/second-facteur": Geste(lambda _: {"code": "000000"}),
    "POST /profil/second-facteur/codes": Geste(lambda _: {"code": "abcd-2345-efgh"}, TELEPHONES),
    "POST /profil/second-facteur/retrait": Geste(lambda _: {"code": "abcd-2345-efgh"}, TELEPHONES),
    "POST /profil/sessions/{session}/fermeture": Geste(),
    "POST /demandes/nouvelle": Geste(_nouvelle),
    "POST /demandes/nouvelle/brouillon": Geste(lambda _: {"formulaire": uuid4(), "titre": "Titre"}),
    "GET /demandes/nouvelle · brouillon d’Aïda ou d’Ève": Geste(suite="?formulaire={brouillon}"),
    "POST /demandes/nouvelle · brouillon d’Aïda ou d’Ève": Geste(
        lambda o: {**_nouvelle(o), "formulaire": o.brouillon}
    ),
    "POST /demandes/nouvelle/brouillon · d’Aïda ou d’Ève": Geste(
        lambda o: {"formulaire": o.brouillon, "titre": "Autre"}
    ),
    f"POST {D}/brouillon": Geste(_message()),
    f"POST {D}/brouillon · inviter": Geste(_message(etape="inviter")),
    "POST /administration/agents": Geste(
        lambda o: {"nom": "Petit", "email": "nour@exemple.fr", "departement": 1, "qualites": ["expert"]}
    ),
    f"POST {A}/adresse": Geste(lambda _: {"vu": "", "email": "anne.le-bihan@exemple.fr", "motif": "mariage"}),
    f"POST {A}/qualites": Geste(lambda _: {"vu": "", "qualites": ["expert"], "motif": "renfort"}),
    f"POST {A}/perimetres": Geste(lambda _: {"motif": "copil"}),
    f"POST {A}/perimetres/{{perimetre}}/retrait": Geste(avant=PERIMETRE),
    f"POST {A}/deconnexions": Geste(),
    f"POST {A}/desactivation": Geste(lambda _: {"motif": "départ"}),
    f"POST {A}/second-facteur": Geste(lambda _: {"motif": "perdu"}, avant=TELEPHONE),
    f"POST {A}/vue": Geste(lambda _: {"motif": "appel"}),
    "POST /administration/vue/fin": Geste(),
    f"POST {A}/reactivation": Geste(lambda _: {"motif": "retour"}, avant=PARTI),
    "POST /administration/groupes": Geste(
        lambda _: {"nom": "CAF de la Creuse", "organisme": 1, "departements": "23"}
    ),
    "POST /administration/imports": Geste(fichier="Groupe;Département\nCAF 23;23".encode(), champ="fichier"),
    f"POST {IMPORT}/abandon": Geste(),
    f"POST {IMPORT}/ecriture": Geste(lambda _: {"vu": ""}),
    f"POST {IMPORT}/lecture": Geste(lambda _: {"colonne-0": "groupe"}),
    "POST /administration/journal/verification": Geste(),
    f"POST {GA}": Geste(lambda _: {"vu": "", "nom": "Groupe renommé", "departements": "22"}),
    f"POST {GA}/fermeture": Geste(lambda o: {"heritier": o.autre_groupe, "vu": "ancien"}),
    f"POST {GA}/reouverture": Geste(),
    "POST /aide/contact": Geste(
        lambda o: {**_parole(o), "email": "quelquun@exemple.fr", "sujet": "connexion"}
    ),
    "POST /aide/contact/lien/{lien}": Geste(_parole, avant=RIEN_DIT),
    "POST /aide/contact/{conversation}": Geste(_parole, avant=RIEN_DIT),
    "POST /administration/conversations/{conversation}/reponse": Geste(_parole, avant=RIEN_DIT),
    "POST /administration/conversations/{conversation}/cloture": Geste(avant=RIEN_DIT),
    "POST /administration/traductions/{langue}/retrait": Geste(),
    "POST /administration/traductions/{langue}/relecture": Geste(
        lambda _: {"vu": get_traduction("ar").empreinte}
    ),
    "POST /administration/referentiel/{sorte}/{code}": Geste(lambda _: {"etat": "supprime"}),
    "POST /administration/conditions": Geste(publish_conditions),
    "POST /administration/referentiel/publication": Geste(publish_referentiel),
    "POST /administration/referentiel/versions/import": Geste(fichier=FICHIER, champ="fichier"),
    "POST /administration/procedures/{procedure}/acceptation": Geste(
        lambda o: {"vu": see_procedure(o), "sujet": 1, "texte": "Déposer le formulaire en ligne."}
    ),
    "POST /administration/procedures/{procedure}/refus": Geste(
        lambda o: {"vu": see_procedure(o), "motif": "Elle existe déjà."}
    ),
    "POST /administration/bandeau": Geste(lambda _: {"cle": uuid4(), **BANDEAU_SAISI}),
    "GET /administration/bandeau/{bandeau}": Geste(avant=BANDEAU),
    "POST /administration/bandeau/{bandeau}": Geste(lambda _: {"edition": 1, **BANDEAU_SAISI}, avant=BANDEAU),
    "POST /administration/bandeau/{bandeau}/retrait": Geste(avant=BANDEAU),
    "POST /bandeau/{nom}/fermeture": Geste(),
    "POST /administration/maintenance": Geste(lambda _: {"cle": uuid4(), **maintain("2036-02-04")}),
    "GET /administration/maintenance/{maintenance}": Geste(avant=MAINTENANCE),
    "POST /administration/maintenance/{maintenance}": Geste(
        lambda _: {"edition": 1, **maintain("2036-01-07")}, avant=MAINTENANCE
    ),
    "POST /administration/maintenance/{maintenance}/fin": Geste(avant=MAINTENANCE),
    "POST /administration/demandes-usagers": Geste(lambda o: {"nature": "acces", "demandes": [o.numero]}),
    "POST /administration/demandes-usagers/recherche": Geste(
        lambda _: {"prenom": "Martine", "nom": "Dubois", "naissance": "1968"}
    ),
    "POST /administration/signalements/{signalement}/classement": Geste(avant=SIGNALEMENT),
    "POST /administration/agents/{agent}/exclusion": Geste(lambda _: {"motif": "Usage abusif."}),
    f"POST {D}/signalement": Geste(lambda _: {"raison": "autre", "texte": "Un doute."}),
    "GET /administration/demandes-usagers/{requete}/effacement": Geste(avant=REQUETE),
    "POST /administration/demandes-usagers/{requete}/effacement": Geste(avant=REQUETE),
    "POST /administration/demandes-usagers/{requete}/reponse": Geste(
        lambda _: {"reponse-1": "refusee"}, avant=REQUETE
    ),
    "POST /blocages/{blocage}": Geste(lambda _: {"note": "Le virement part jeudi."}, avant=BLOCAGE),
    "POST /brouillons/suppression": Geste(lambda _: {"cles": [str(uuid4())]}),
    "POST /brouillons/{cle}/suppression": Geste(),
    f"GET {D} · clôturée": Geste(avant=CLOTUREE),
    f"GET {D} · effacée": Geste(avant=EFFACEE),
    f"GET {D}/effacement · effacée": Geste(avant=EFFACEE),
    f"POST {D}/annulation": Geste(_message(annuler=uuid4())),
    f"POST {D}/messages": Geste(_message()),
    f"POST {D}/messages · privé": Geste(_message(is_prive=1)),
    f"POST {D}/messages · traité": Geste(_message(is_traitee=1)),
    f"POST {D}/messages · procédure": Geste(_message(is_procedure=1)),
    f"POST {D}/messages · je m’en occupe": Geste(_message(acte="prise_en_charge")),
    f"POST {D}/messages · pas le bon": Geste(_message(acte="declinee", motif="Non.")),
    f"POST {D}/messages · relance": Geste(lambda o: _message(relances=[o.asked])(o), avant=TRAITEE),
    f"POST {D}/messages · clôturée": Geste(_message(), avant=CLOTUREE),
    f"POST {D}/messages · sans mandat": Geste(_message(), avant=SANS_MANDAT),
    f"POST {D}/messages/{{ligne}}/correction": Geste(lambda _: {"texte": "Voici le bon avis."}),
    f"POST {D}/messages/{{ligne}}/correction · clos": Geste(
        lambda _: {"texte": "Voici le bon avis."}, avant=CLOTUREE
    ),
    f"POST {D}/meme-usager": Geste(lambda _: {"cle": uuid4()}),
    f"POST {D}/informations": Geste(lambda _: {"nature": "adresse", "valeur": "3 rue Haute"}),
    f"POST {D}/informations/{{information}}": Geste(),
    f"POST {D}/invitations": Geste(lambda o: {"groupes": [o.autre_groupe], "cle": uuid4()}),
    f"POST {D}/invitations · afficher": Geste(
        lambda o: {"groupes": [o.autre_groupe], "texte": "Bonjour.", "etape": "afficher", "cle": uuid4()}
    ),
    f"POST {D}/invitations · aidante": Geste(lambda o: {"collegues": [o.collegue], "cle": uuid4()}),
    f"POST {D}/invitations · instructrice": Geste(lambda o: {"collegues": [o.consoeur], "cle": uuid4()}),
    f"POST {D}/invitations · experts": Geste(lambda _: {"experts": 1, "cle": uuid4()}),
    f"POST {D}/invitations · privée": Geste(
        lambda o: {"groupes": [o.autre_groupe], "texte": "Bonjour.", "is_prive": 1, "cle": uuid4()}
    ),
    f"POST {D}/invitations · transfert": Geste(lambda o: {"groupes": [o.autre_groupe], "transfert": o.asked}),
    f"POST {D}/cloture": Geste(lambda _: {"note": 3, "raison": "autrement"}),
    f"POST {D}/rappel": Geste(lambda _: {"rappel_le": "2026-11-30"}),
    f"POST {D}/suivi": Geste(lambda _: {"acte": "suivre"}),
    f"POST {D}/non-lue": Geste(lambda _: {"pour": "groupe"}),
    f"POST {D}/reouverture": Geste(avant=CLOTUREE),
    f"POST {D}/mandat": Geste(lambda _: APPEL, avant=SANS_MANDAT),
    f"POST {D}/mandat/revocation": Geste(lambda _: {"motif": "retrait"}),
    f"POST {D}/reprise": Geste(avant=VACANTE),
    f"POST {D}/reprise · tenue": Geste(),
    f"GET {D} · vacante": Geste(avant=VACANTE),
    f"POST {G}/membres": Geste(lambda _: {"email": "ivan@exemple.fr", "aidant": 1}),
    f"POST {G}/comptes": Geste(
        lambda _: {
            **{
                "lignes": 1,
                "acte": "creer",
                "prenom-1": "Maëlle",
                "nom-1": "Trémel",
                "fonction-1": "Conseillère",
            },
            **{"email-1": "maelle@exemple.fr", "aidant-1": 1},
        }
    ),
    f"POST {M}": Geste(lambda _: {"vus": "aidant", "aidant": 1, "instructeur": 1}),
    f"POST {M}/absence": Geste(lambda _: {"vu": "", "debut": "2026-11-30", "fin": "2026-12-04"}),
    f"POST {M}/retour": Geste(lambda _: {"vu": "2026-11-24/2026-12-04/"}, avant=ABSENCE),
    f"POST {M}/courriel": Geste(avant=JAMAIS),
    f"POST {M}/annulation": Geste(avant=JAMAIS),
    f"POST {M}/retrait": Geste(lambda _: {"acte": "retirer", "vu": RIEN}),
    f"POST {M}/reactivation": Geste(avant=PARTI),
    f"POST {G}/reglages": Geste(lambda _: {"vu": "", "description": "Accueil.", "accueil": "oui"}),
    f"POST {G}/reponses": Geste(lambda _: {"titre": "Pièce", "texte": "Il manque une pièce."}),
    f"POST {G}/reponses/{{reponse}}": Geste(
        lambda _: {"vu": "", "titre": "Pièce", "texte": "Il manque une pièce."}
    ),
    f"POST {G}/reponses/{{reponse}}/effacement": Geste(lambda _: {"vu": ""}),
    "GET /mandats/{cle}/attente": Geste(htmx=True),
    "POST /mandats/prerempli.pdf": Geste(lambda _: {"prenom": "Jeanne", "nom": "Dubois"}),
    "POST /pieces-jointes": Geste(
        lambda o: {"pieces_de": uuid4(), "pieces_demande": o.numero}, htmx=True, fichier=b"Attestation."
    ),
    "GET /pieces-jointes/{piece} · privée": Geste(avant=PRIVE),
    f"GET {V}": Geste(avant=DESSINEE),
    f"GET {V}/{{page}}": Geste(avant=DESSINEE),
    f"GET {V}/{{page}} · privée": Geste(avant=DESSINEE_PRIVEE),
    "GET /pieces-jointes/{piece}/vignette": Geste(avant=VIGNETTE),
    f"POST {V}/{{page}}/orientation": Geste(lambda _: {"tour": "90"}, avant=DESSINEE),
    "POST /photos": Geste(lambda _: {"code": "271828"}, avant=ATTENDUES, fichier=b"Attestation."),
    "GET /mandats/{cle} · pdf": Geste(suite=".pdf"),
    "GET /sante/pret": Geste(avant=BAT),
    "POST /sms/entrant": Geste(
        entetes=((b"authorization", f"Bearer {SECRET}".encode()), (b"content-type", b"application/json")),
        corps=ENTRANT,
    ),
    "POST /courriels/rejets": Geste(
        entetes=(
            (b"authorization", f"Bearer {get_settings().mail_webhook_secret}".encode()),
            (b"content-type", b"application/json"),
        ),
        corps=b'{"event": "hard_bounce", "message-id": "<00000000-0000-0000-0000-000000000000@x>"}',
    ),
    "POST /_telephone": Geste(lambda _: {"numero": "+33612345678", "texte": "OUI", "cle": uuid4()}),
}


def find_geste(cle: str) -> Geste:
    """How to call this route; a GET needs nothing special."""
    known = GESTES.get(cle)
    assert known is not None or cle.startswith("GET "), (
        f"« {cle} » takes a form: say in tests/gardes/gestes.py what the smallest one that acts holds."
    )
    return known or Geste()


def route_of(cle: str) -> Route:
    """The route of a key, without its variant."""
    methode, _, chemin = cle.partition(" · ")[0].partition(" ")
    return Route(chemin, methode)


def adresse_of(cle: str, objets: Objets) -> str:
    """The address of this route for these objects."""
    route = route_of(cle)
    filled_in = {p: objets.value_of(route.chemin, p) for p in route.parametres}
    return route.chemin.format(**filled_in) + find_geste(cle).suite.format(**vars(objets))


async def prepare(cle: str, objets: Objets) -> None:
    """Make true what the act needs."""
    if avant := find_geste(cle).avant:
        await database.fetch(avant, **({"numero": objets.numero} if ":numero" in avant else {}))


async def do(cle: str, visiteur: Visiteur, objets: Objets, *, htmx: bool = False) -> Reponse:
    """This visitor does it, as one of our pages would; with `htmx`, as one whose scripts run."""
    geste, route = find_geste(cle), route_of(cle)
    is_swapped = htmx or geste.htmx
    adresse = adresse_of(cle, objets)
    if route.methode == "GET":
        return await visiteur.get(adresse, htmx=is_swapped)
    if geste.corps is not None:
        return await visiteur.send("POST", adresse, corps=geste.corps, entetes=geste.entetes)
    if geste.fichier is not None:
        corps, forme = write_multipart(
            visiteur, await fill(geste, visiteur, objets), geste.fichier, champ=geste.champ
        )
        entetes = [forme, *([(b"hx-request", b"true")] if is_swapped else [])]
        return await visiteur.send("POST", adresse, corps=corps, entetes=entetes)
    return await visiteur.post(adresse, await fill(geste, visiteur, objets), htmx=is_swapped)


async def fill(geste: Geste, visiteur: Visiteur, objets: Objets) -> Champs:
    """Its form, from a page this visitor has just opened."""
    return {"vu": await see_now(visiteur.agent, objets.numero), **geste.champs(objets)}


async def post_here(visiteur: Visiteur, adresse: str, champs: Champs, *, htmx: bool = False) -> Reponse:
    """A form of the demande of this address, from its page just opened."""
    numero = int(adresse.split("/")[2])
    return await visiteur.post(adresse, {"vu": await see_now(visiteur.agent, numero), **champs}, htmx=htmx)


async def see_now(agent: int | None, numero: int) -> str:
    """What the page of this agent says it shows; nothing for who cannot open it."""
    if agent is None:
        return ""
    # Spied apart: the page was opened before the act whose queries somebody counts.
    with suppress(Introuvable), database.spy_queries():
        return await see_as(agent, numero)
    return ""
