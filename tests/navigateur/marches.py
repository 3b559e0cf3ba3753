"""The pages whose htmx controls a walk presses (`test_foyer.py`), and which of their templates each one walks.

`PRESSED` names, for each template, the control of each of its places that ask by htmx; a house test counts them, so
that none is left unwalked (`house/test_marches.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.navigateur import arrangements as so
from tests.navigateur.personne import Personne

ERREURS = ".ap-erreurs"


@dataclass
class Walk:
    """The controls of one page, `met` and those of the templates `of` among them. `elsewhere`: where those that move
    the focus send it, by the beginning of their kind.
    """

    who: str | None
    path: str
    met: set[str] = field(default_factory=set)
    elsewhere: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """Not pressed here, and why."""
    of: tuple[str, ...] = ()
    arrange: Callable[[Personne, int], str | None] | None = None
    """What must be so before the page is opened; it may say where the page is."""
    each: Callable[[Personne], None] | None = None
    """What one does on the page each time it is opened, before the walk."""
    after: Callable[[Personne], None] | None = None
    """What gives the demonstration back to the other stories."""
    is_short: bool = False
    """What another walk presses is left to it."""
    is_patient: bool = False
    """Where answers wait before they leave."""

    @property
    def name(self) -> str:
        """In the report of a run."""
        return f"{self.path} {self.of[0] if self.of else ''}".strip()

    @property
    def awaited(self) -> set[str]:
        """Every control that the walk must press."""
        return self.met.union(*(PRESSED[template] for template in self.of))


AIDA, ALINE, INES, ROSE, ADA, ELIE = (
    f"{nom}@exemple.fr" for nom in ("aida", "aline", "ines", "rose", "ada", "elie")
)
# Two pages that show the same link, or a link in two states, stand twice.
PRESSED: dict[str, tuple[str, ...]] = {
    "_composants.html": ("#page-#", "#page-#", "#page-suivante", "#demandes-onglet-nouvelles"),
    "administration/agents.html": ("#filtrer", "a Effacer les filtres"),
    "administration/journal.html": ("#filtrer", "a Effacer les filtres"),
    "aide/page.html": ("#filtrer",),
    "apercu/feuille.html": ("a Page #", "tourner=#"),
    "bandeau/liste.html": ("button Fermer cette information",),
    "brouillons/_enregistrer.html": ("button Enregistrer le brouillon",),
    "connexion/_renvoi.html": ("a Vérifier maintenant",),
    "contact/conversation.html": ("#contact-actualiser", "#contact-rythme"),
    "demande/_close.html": ("button Réouvrir la demande",),
    "demande/_informer.html": ("button Ajouter",),
    "demande/_message.html": ("button Envoyer à l’aidant",),
    "demande/_partance.html": ("a Voir si elle est partie",),
    "demande/_rapides.html": (
        "button Je m’en occupe",
        "a Transférer à un autre organisme, ou d’un autre département",
        "#inviter-ouvrir",
    ),
    "demande/dossier.html": ("button Reprendre cette demande",),
    "demande/fil.html": ("a Voir les # précédents",),
    "demande/inviter.html": ("etape=afficher", "button Inviter", "#inviter-ouvrir"),
    "demande/presence.html": ("#demande-actualiser", "#demande-rythme", "#demande-rythme"),
    "demande/reorienter.html": (
        "button Inviter",
        "a Voir tous les organismes",
        "a Inviter un autre organisme",
    ),
    "demande/suivi.html": ("#suivi-suivre", "acte=finir", "button Noter le rappel"),
    "demande/usager.html": ("button afficher : Identifiant CAF (numéro d’allocataire)",),
    "demandes/bilan.html": ("button Annuler",),
    "demandes/gestes.html": ("acte=non_lue", "#demandes-cocher"),
    "demandes/liste.html": ("#demandes-actualiser", "#demandes-rythme"),
    "demandes/neuf.html": ("#neuf-periode", "#neuf-periode"),
    "demandes/page.html": (
        "#demandes-vue-#",
        "#demandes-filtrer",
        "#demandes-filtre-#",
        "#demandes-sans-filtre",
    ),
    "deploiement/page.html": ("#filtrer",),
    "groupe/demandes.html": ("#filtrer", "a Effacer les filtres"),
    "groupe/page.html": ("#filtre-q", "a Effacer les filtres"),
    "groupe/reponses.html": ("#filtrer", "a Toutes les réponses"),
    "groupes/page.html": ("#filtrer", "a Effacer les filtres"),
    "mandats/attente.html": ("#mandats-voir", "#mandats-rythme"),
    "mandats/registre.html": ("button Enregistrer le mandat", "button Révoquer le mandat"),
    "mandats/section.html": ("#champ-mandat-3",),
    "nouvelle_demande/_etapes.html": (
        "groupes",
        "etape=libre",
        "etape=filtrer",
        "etape=ajouter",
        "etape=retirer-#",
        "#champ-titre",
    ),
    "nouvelle_demande/formulaire.html": ("button Envoyer ma demande",),
    "nouvelle_demande/mandat.html": ("etape=sms", "#champ-mandat-3"),
    "pieces_jointes/liste.html": ("a Aperçu de avis.pdf",),
    "pieces_jointes/panier.html": ("#champ-fichiers", "photos=ouvrir", "retirer=#", "photos=voir"),
    "procedures/page.html": ("#filtrer", "a Tout revoir"),
    "profil/session.html": ("button Rester connecté",),
    "statistiques/page.html": ("#filtrer",),
    "telephone/conversations.html": ("a Actualiser", "texte=OUI", "button Envoyer"),
}

PAGES = {"#page-#", "#page-suivante", "#page-precedente"}
RIEN_DE_COCHE = {"acte=non_lue": ERREURS, "acte=rappel": ERREURS}
# The answer is a line of the thread, or waits there before it leaves.
LIGNE = "#demande-fil [data-focus]"
TITRE_INVITER, APERCU = "#inviter-titre", "#apercu-feuille summary"
DEMANDE = {
    "button Inviter": ERREURS,
    "button Noter le rappel": ERREURS,
    "acte=finir": "#suivi-titre",
    "button afficher": "#demande-usager dd",
    "button Ajouter": ERREURS,
    "button Envoyer": ERREURS,
    "photos=ouvrir": "#pieces_jointes-joints h3",
    "retirer=": "#champ-fichiers",
}
INSTRUIRE = {
    "button Je ": LIGNE,
    "button Confirmer": LIGNE,
    "button Confier": ERREURS,
    "transfert=": ERREURS,
    "a Transférer": TITRE_INVITER,
    **DEMANDE,
}
WALKS = [
    Walk(
        AIDA,
        "/demandes?onglet=en-cours&urgentes=1&non_lues=1",
        {
            "#demandes-onglet-brouillons",
            "#filtre-q",
            "#demandes-filtre-#",
            "#demandes-rythme",
            "#demandes-cocher",
        },
        {"#demandes-sans-filtre": "h1", **RIEN_DE_COCHE},
        of=("demandes/page.html", "demandes/gestes.html", "demandes/liste.html"),
        arrange=so.keep_a_view,
    ),
    Walk(
        AIDA,
        "/demandes?onglet=en-cours",
        elsewhere={"button Annuler": "#demandes-bilan", **RIEN_DE_COCHE},
        of=("demandes/bilan.html",),
        each=so.take_a_tick,
        is_short=True,
    ),
    Walk(
        INES,
        "/demandes/recues?onglet=en-cours",
        {"#demandes-filtrer", "#demandes-actualiser"},
        {"acte=prise": ERREURS, **RIEN_DE_COCHE},
        of=("_composants.html",),
    ),
    Walk(ELIE, "/demandes/suivies", {"#demandes-actualiser"}),
    Walk(AIDA, "/quoi-de-neuf?periode=semaine", of=("demandes/neuf.html",)),
    Walk(
        ADA,
        "/groupes?q=CAF",
        {"#filtre-q", "#filtrer"} | PAGES,
        {"a Effacer les filtres": "#groupes"},
        of=("groupes/page.html",),
    ),
    Walk(
        ROSE,
        "/groupes/{groupe}?q=zzz",
        {"#filtre-q"},
        {"a Effacer les filtres": "#groupe-membres"},
        of=("groupe/page.html",),
    ),
    Walk(
        ROSE,
        "/groupes/{groupe}/demandes?souffrance=1",
        PAGES,
        {"a Effacer les filtres": "#groupe-demandes"},
        of=("groupe/demandes.html",),
    ),
    Walk(
        INES,
        "/groupes/{groupe}/reponses?q=virement",
        elsewhere={"a Toutes les réponses": "h2"},
        of=("groupe/reponses.html",),
        arrange=so.name_a_reply,
    ),
    Walk(ADA, "/statistiques", {"#filtre-du"}, of=("statistiques/page.html",)),
    Walk(ADA, "/deploiement", of=("deploiement/page.html",)),
    Walk(
        ADA,
        "/administration/journal?qui=aida",
        {"#filtre-qui", "#filtrer"} | PAGES,
        {"a Effacer les filtres": "#administration-journal"},
        of=("administration/journal.html",),
    ),
    Walk(
        ADA,
        "/administration/agents?q=aida",
        {"#filtrer"} | PAGES,
        {"a Effacer les filtres": "#administration-agents"},
        of=("administration/agents.html",),
    ),
    Walk(
        AIDA,
        "/procedures?q=rsa",
        {"#procedures-q", "#filtrer"},
        {"a Tout revoir": "h2"},
        of=("procedures/page.html",),
    ),
    Walk(AIDA, "/aide?q=mandat", {"#aide-q"}, of=("aide/page.html",)),
    Walk(
        INES,
        "/demandes/{numero}",
        {"photos=voir"},
        INSTRUIRE,
        of=(
            "demande/_message.html",
            "demande/_rapides.html",
            "demande/inviter.html",
            "demande/presence.html",
            "demande/suivi.html",
        ),
        each=so.note_a_rappel,
    ),
    Walk(
        AIDA,
        "/demandes/{numero}",
        {"#demande-actualiser", "#demande-rythme", "#suivi-suivre"},
        {
            "#inviter-ouvrir": TITRE_INVITER,
            "a Aperçu": APERCU,
            "a Page": APERCU,
            **DEMANDE,
        },
        of=(
            "brouillons/_enregistrer.html",
            "demande/_informer.html",
            "demande/usager.html",
            "pieces_jointes/liste.html",
        ),
        arrange=so.send_a_file,
    ),
    Walk(
        AIDA,
        "/",
        elsewhere={"a Page": APERCU},
        of=("apercu/feuille.html",),
        arrange=so.open_a_file,
        is_short=True,
    ),
    Walk(
        INES,
        "/demandes/{numero}",
        {"a Voir les # précédents"},
        {"a Voir les": "#demande-anciens", **INSTRUIRE},
        of=("demande/fil.html",),
        arrange=so.make_lines,
        is_short=True,
    ),
    Walk(
        AIDA,
        "/demandes/{numero}",
        elsewhere={"#inviter-ouvrir": TITRE_INVITER, "button Réouvrir": LIGNE, **DEMANDE},
        of=("demande/_close.html",),
        arrange=so.close,
        is_short=True,
    ),
    Walk(
        ALINE,
        "/demandes/{numero}",
        elsewhere={"#inviter-ouvrir": TITRE_INVITER, "button Reprendre": LIGNE, **DEMANDE},
        of=("demande/dossier.html",),
        arrange=so.leave,
        is_short=True,
    ),
    Walk(
        AIDA,
        "/demandes/{numero}",
        elsewhere={"a ": TITRE_INVITER, **DEMANDE},
        of=("demande/reorienter.html",),
        arrange=so.decline,
        each=so.decline_the_others,
        is_short=True,
    ),
    Walk(
        INES,
        "/demandes/{numero}",
        elsewhere=INSTRUIRE,
        of=("demande/_partance.html",),
        each=so.write_an_answer,
        is_short=True,
        is_patient=True,
    ),
    Walk(
        AIDA,
        "/aide/contact",
        of=("contact/conversation.html",),
        arrange=so.begin_a_conversation,
        is_short=True,
    ),
    Walk(
        ROSE,
        "/affichage",
        elsewhere={"button Rester": "#profil-session"},
        of=("profil/session.html",),
        arrange=so.end_soon,
        is_short=True,
    ),
    Walk(
        ADA,
        "/affichage",
        elsewhere={"button Fermer": "#bandeau-liste p"},
        of=("bandeau/liste.html",),
        arrange=so.publish_a_band,
        after=so.withdraw_the_band,
        is_short=True,
    ),
    Walk(None, "/connexion", of=("connexion/_renvoi.html",), each=so.ask_for_a_link, is_short=True),
    Walk(
        AIDA,
        "/_telephone",
        elsewhere={"button Envoyer": "h2"},
        of=("telephone/conversations.html",),
        arrange=so.ask_phone,
        is_short=True,
    ),
    Walk(
        AIDA,
        "/demandes/{numero}/mandat",
        elsewhere={"button Enregistrer": ERREURS, "etape=sms": ERREURS},
        of=("mandats/attente.html",),
        arrange=so.revoke,
        each=so.ask_by_sms,
        is_short=True,
    ),
    Walk(
        AIDA,
        "/demandes/{numero}/mandat",
        elsewhere={"button Révoquer": "h2", "button Enregistrer": ERREURS},
        of=("mandats/registre.html",),
    ),
    Walk(
        AIDA,
        "/demandes/nouvelle",
        {
            "etape=guide",
            "#champ-filtre",
            "#champ-theme",
            "#champ-departement",
            "#champ-sujet",
            "#champ-prenom",
        }
        | {"#champ-mandat", "#champ-mandat-2", "etape=enregistrer"},
        {
            "button Envoyer ma demande": ERREURS,
            "photos=ouvrir": "#pieces_jointes-joints h3",
            "etape=sms": ERREURS,
            "etape=retirer": "#champ-nouvelle_nature",
            "retirer=": "#champ-fichiers",
        },
        {"etape=plus_tard": "it leaves for the list of drafts: parcours/test_brouillons.py"},
        (
            "mandats/section.html",
            "nouvelle_demande/_etapes.html",
            "nouvelle_demande/formulaire.html",
            "nouvelle_demande/mandat.html",
            "pieces_jointes/panier.html",
        ),
        each=so.add_what_can_be_taken_away,
    ),
]
