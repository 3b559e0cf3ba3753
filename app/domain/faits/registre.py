"""Everything that can happen, one row each: the name in the journal, the words of the thread, who is told by mail.

A fait has one name in five places: the line of the journal, the folder of its mail (`partials/courriels/<name>`), the
line of the thread, the sentence shown after the act, the table of `docs/faits.md`. `tests/house/test_faits.py` says
by name which one is missing.
"""

from app.domain.faits.fiches import AuFil, Avis, FicheFait, Told
from app.domain.faits.genres import Genre
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.statuts import Nature
from app.domain.regles.tons import Ton

# The mail of those who follow, for what is also a message to them.
MESSAGE = "message_envoye"
# The mail that tells the news of several others, when they leave together.
GROUPED = "nouvelles"
MESSAGE_AUX_AUTRES = Avis(Told.SUIVENT, MESSAGE)
MOT_AUX_AUTRES = Avis(Told.SUIVENT, MESSAGE, is_for_words=True)
SON_AUTEUR = (Avis(Told.CONCERNE),)


def about_account(libelle: str, annonce: str = "", *, is_urgent: bool = False) -> FicheFait:
    """The row of a fait about an account, told to whom it belongs."""
    return FicheFait(libelle, annonce=annonce, avis=SON_AUTEUR, genre=Genre.COMPTE, is_urgent=is_urgent)


def tell_alone(libelle: str, genre: Genre) -> FicheFait:
    """The row of a fait that shows nowhere and is told to the agent it is about."""
    return FicheFait(libelle, avis=SON_AUTEUR, genre=genre)


class Fait(MotFerme):
    """What happened. The value is the name kept in the journal and in the outbox: it never changes once used."""

    fiche: FicheFait

    # --- Accounts -----------------------------------------------------------------------------------------------

    CONNEXION_DEMANDEE = (
        "connexion_demandee",
        FicheFait(
            "Connexion demandée",
            avis=(Avis(Told.CONCERNE, "connexion"),),
            genre=Genre.COMPTE,
            is_urgent=True,
        ),
    )
    CONNEXION_INCONNUE = (
        "connexion_inconnue",
        about_account("Connexion demandée avec une adresse inconnue", is_urgent=True),
    )
    CONNEXION_REFUSEE = "connexion_refusee", FicheFait("Connexion refusée")
    CONNEXION = "connexion", FicheFait("Connexion")
    DECONNEXION = "deconnexion", FicheFait("Déconnexion", annonce="Vous êtes déconnecté.")
    DECONNEXION_PARTOUT = (
        "deconnexion_partout",
        FicheFait("Déconnexion de toutes les sessions", annonce="Toutes vos sessions sont fermées."),
    )
    CGU_ACCEPTEES = "cgu_acceptees", FicheFait("Conditions d’utilisation acceptées")
    PROFIL_MODIFIE = "profil_modifie", FicheFait("Profil modifié", annonce="Votre profil est enregistré.")
    COURRIELS_CHOISIS = (
        "courriels_choisis",
        FicheFait("Courriels reçus choisis", annonce="Vos choix de courriels sont enregistrés."),
    )

    # --- Groupes and their accounts -----------------------------------------------------------------------------

    COMPTE_CREE = (
        "compte_cree",
        about_account(
            "Compte créé",
            "C’est fait\u00a0: chaque nouveau membre reçoit un courriel pour se connecter.",
            is_urgent=True,
        ),
    )
    COMPTE_RELANCE = (
        "compte_relance",
        FicheFait(
            "Courriel de bienvenue envoyé de nouveau",
            annonce="Un nouveau courriel de bienvenue est parti\u00a0; le lien du précédent ne sert plus.",
            avis=(Avis(Told.CONCERNE, "compte_cree"),),
            genre=Genre.COMPTE,
            is_urgent=True,
        ),
    )
    COMPTE_ANNULE = (
        "compte_annule",
        FicheFait(
            "Création de compte annulée", annonce="Le compte est annulé\u00a0: le lien envoyé ne sert plus."
        ),
    )
    AJOUTE_AU_GROUPE = (
        "ajoute_au_groupe",
        about_account(
            "Compte ajouté à un groupe",
            "C’est fait\u00a0: cette personne est membre du groupe et prévenue par courriel.",
        ),
    )
    ROLES_MODIFIES = "roles_modifies", FicheFait("Rôles modifiés", annonce="Les rôles sont enregistrés.")
    RETIRE_DU_GROUPE = (
        "retire_du_groupe",
        about_account(
            "Compte retiré d’un groupe", "C’est fait\u00a0: cette personne n’est plus membre du groupe."
        ),
    )
    COMPTE_DESACTIVE = (
        "compte_desactive",
        about_account("Compte désactivé", "Le compte est désactivé\u00a0: toutes ses sessions sont fermées."),
    )
    COMPTE_REACTIVE = (
        "compte_reactive",
        about_account(
            "Compte réactivé", "Le compte est réactivé\u00a0: cette personne peut se connecter de nouveau."
        ),
    )
    ABSENCE_DECLAREE = (
        "absence_declaree",
        FicheFait(
            "Absence déclarée",
            annonce="L’absence est enregistrée.",
            avis=SON_AUTEUR,
            genre=Genre.COLLEGUE,
        ),
    )
    ABSENCE_TERMINEE = "absence_terminee", FicheFait("Absence terminée", annonce="L’absence est terminée.")
    GROUPE_REGLE = (
        "groupe_regle",
        FicheFait("Réglages d’un groupe modifiés", annonce="Les réglages sont enregistrés."),
    )

    # --- The life of a demande ----------------------------------------------------------------------------------

    DEMANDE_ENVOYEE = (
        "demande_envoyee",
        FicheFait(
            "Demande envoyée",
            annonce="Votre demande est envoyée. Les organismes sont prévenus.",
            avis=(Avis(Told.SUIVENT),),
            genre=Genre.NOUVELLE_DEMANDE,
        ),
    )
    MESSAGE_ENVOYE = (
        MESSAGE,
        FicheFait(
            "Message écrit",
            AuFil(Nature.REPONSE),
            annonce="Votre message est envoyé.",
            avis=(Avis(Told.SUIVENT),),
            genre=Genre.MESSAGE,
        ),
    )
    MESSAGE_PRIVE_ENVOYE = (
        "message_prive_envoye",
        FicheFait(
            "Message réservé aux instructeurs",
            AuFil(Nature.REPONSE),
            annonce="Votre message est envoyé aux instructeurs.",
            avis=(Avis(Told.COTE_INSTRUCTEUR, MESSAGE),),
            genre=Genre.PRIVE,
        ),
    )
    PRISE_EN_CHARGE = (
        "prise_en_charge",
        FicheFait(
            "Demande prise en charge",
            AuFil(Nature.PRISE_EN_CHARGE, "s’en occupe", "s’en occupe", Ton.INFO),
            annonce="Vous vous occupez de cette demande\u00a0: l’aidant et vos collègues le voient.",
            avis=(Avis(Told.COTE_AIDANT, MESSAGE), Avis(Told.SUIVENT, MESSAGE, Genre.COLLEGUE)),
            genre=Genre.MESSAGE,
        ),
    )
    PART_RENDUE = (
        "part_rendue",
        FicheFait(
            "Prise en charge rendue",
            AuFil(Nature.RENDUE, "ne s’en occupe plus", "ne s’en occupe plus"),
            annonce="Vous ne vous occupez plus de cette demande\u00a0: un collègue peut la prendre.",
            avis=(Avis(Told.COTE_AIDANT, MESSAGE), Avis(Told.SUIVENT, MESSAGE, Genre.COLLEGUE)),
            genre=Genre.MESSAGE,
        ),
    )
    SOLLICITATION_DECLINEE = (
        "sollicitation_declinee",
        FicheFait(
            "Sollicitation déclinée",
            AuFil(Nature.DECLINEE, "n’est pas le bon interlocuteur", "pas le bon interlocuteur"),
            annonce="Votre service n’est pas concerné\u00a0: sa part est terminée, l’aidant est prévenu.",
            avis=(Avis(Told.COTE_AIDANT),),
            genre=Genre.ETAPE,
        ),
    )
    DEMANDE_TRAITEE = (
        "demande_traitee",
        FicheFait(
            "Part de la demande traitée",
            AuFil(Nature.TRAITEE, "a traité la demande", "a traité", Ton.SUCCES),
            annonce="Votre part est traitée\u00a0: l’aidant est prévenu.",
            avis=(Avis(Told.COTE_AIDANT), MESSAGE_AUX_AUTRES),
            genre=Genre.ETAPE,
        ),
    )
    DEMANDE_RELANCEE = (
        "demande_relancee",
        FicheFait(
            "Groupes relancés",
            AuFil(
                Nature.RELANCE, "a relancé {quoi}\u00a0: le blocage n’est pas résolu", "relance", Ton.ALERTE
            ),
            annonce="Votre relance est envoyée\u00a0: un nouveau délai commence.",
            avis=(Avis(Told.APPELES), MESSAGE_AUX_AUTRES),
            genre=Genre.ETAPE,
        ),
    )
    INVITATION_ENVOYEE = (
        "invitation_envoyee",
        FicheFait(
            "Invitation envoyée",
            AuFil(Nature.INVITATION, "a invité {quoi}"),
            annonce="L’invitation est envoyée.",
            # Whoever is not called still has a message to read, when there is one.
            avis=(Avis(Told.APPELES), MOT_AUX_AUTRES),
            genre=Genre.INVITATION,
        ),
    )
    INFORMATION_AJOUTEE = (
        "information_ajoutee",
        FicheFait(
            "Information ajoutée sur l’usager",
            AuFil(Nature.INFORMATION, "a ajouté une information\u00a0: {texte}"),
            annonce="L’information est ajoutée.",
        ),
    )
    DEMANDE_CLOTUREE = (
        "demande_cloturee",
        FicheFait(
            "Demande clôturée",
            AuFil(Nature.CLOTURE, "a clôturé la demande"),
            annonce="La demande est clôturée. Merci de votre réponse.",
            avis=(Avis(Told.ONT_PRIS_PART),),
            genre=Genre.ETAPE,
        ),
    )
    CLOTURE_PROPOSEE = (
        "cloture_proposee",
        FicheFait(
            "Clôture proposée par la plateforme",
            AuFil(Nature.CLOTURE_PROPOSEE, "propose de clôturer la demande", "clôture proposée", Ton.ALERTE),
            avis=(Avis(Told.COTE_AIDANT),),
            genre=Genre.ECHEANCE,
        ),
    )
    CLOTURE_PLATEFORME = (
        "cloture_plateforme",
        FicheFait(
            "Demande clôturée par la plateforme",
            AuFil(Nature.CLOTURE, "a clôturé la demande"),
            avis=(Avis(Told.COTE_AIDANT), Avis(Told.ONT_PRIS_PART, "demande_cloturee")),
            genre=Genre.ETAPE,
        ),
    )
    DEMANDE_REOUVERTE = (
        "demande_reouverte",
        FicheFait(
            "Demande réouverte",
            AuFil(Nature.REOUVERTURE, "a réouvert la demande"),
            annonce="La demande est réouverte.",
            # A groupe where nobody took part owes an answer again too: it is told as a whole.
            avis=(Avis(Told.COTE_INSTRUCTEUR), MOT_AUX_AUTRES),
            genre=Genre.ETAPE,
        ),
    )
    DEMANDE_CONFIEE = (
        "demande_confiee",
        FicheFait(
            "Demande confiée après un départ",
            AuFil(Nature.CONFIEE, "a confié la demande à {quoi}"),
            avis=SON_AUTEUR,
            genre=Genre.NOUVELLE_DEMANDE,
        ),
    )
    DEMANDE_SANS_REPONDANT = (
        "demande_sans_repondant",
        FicheFait(
            "Demande confiée aux experts, faute de répondant",
            AuFil(Nature.SANS_REPONDANT, "n’a trouvé personne pour répondre et appelle {quoi}"),
            annonce="Votre demande est envoyée. Personne n’est actif dans les organismes choisis\u00a0: les experts "
            "Administration+ sont prévenus et chercheront qui peut répondre.",
            avis=SON_AUTEUR,
            genre=Genre.NOUVELLE_DEMANDE,
        ),
    )
    DEMANDE_REPRISE = (
        "demande_reprise",
        FicheFait(
            "Demande reprise par un aidant du groupe",
            AuFil(Nature.REPRISE, "a repris la demande"),
            annonce="Vous avez repris la demande\u00a0: vous en êtes maintenant l’auteur.",
        ),
    )
    DEMANDE_CONSULTEE = "demande_consultee", FicheFait("Demande consultée pour la première fois")
    IDENTIFIANT_AFFICHE = "identifiant_affiche", FicheFait("Identifiant de l’usager affiché")

    # --- What time brings -----------------------------------------------------------------------------------------

    EN_SOUFFRANCE = (
        "en_souffrance",
        FicheFait(
            "Part en souffrance, groupe prévenu",
            AuFil(Nature.SOUFFRANCE, "a prévenu {quoi}\u00a0: la demande est en souffrance"),
            avis=SON_AUTEUR,
            genre=Genre.SOUFFRANCE,
        ),
    )
    RESPONSABLES_PREVENUS = (
        "responsables_prevenus",
        FicheFait(
            "Part en souffrance, responsables prévenus",
            AuFil(Nature.RESPONSABLES, "a prévenu les responsables de {quoi}"),
            avis=SON_AUTEUR,
            genre=Genre.SOUFFRANCE,
        ),
    )
    EXPERTS_SAISIS = (
        "experts_saisis",
        FicheFait(
            "Part en souffrance, experts saisis",
            AuFil(Nature.EXPERTS, "a prévenu les experts d’Administration+, faute de réponse de {quoi}"),
            avis=SON_AUTEUR,
            genre=Genre.SOUFFRANCE,
        ),
    )
    AIDANT_ATTENDU = "aidant_attendu", tell_alone("Part sans nouvelle de l’aidant", Genre.ECHEANCE)
    A_CLOTURER = "a_cloturer", tell_alone("Demande traitée, à clôturer", Genre.ECHEANCE)
    RECAPITULATIF = "recapitulatif", tell_alone("Récapitulatif du lundi", Genre.RECAPITULATIF)
    COMPTE_INACTIF = "compte_inactif", about_account("Compte bientôt désactivé, faute de connexion")
    RESPONSABLE_INACTIF = "responsable_inactif", about_account("Dernier responsable inactif, gardé")
    CGU_MODIFIEES = "cgu_modifiees", about_account("Conditions d’utilisation modifiées")

    # --- The mandat ---------------------------------------------------------------------------------------------

    MANDAT_ENREGISTRE = (
        "mandat_enregistre",
        FicheFait(
            "Mandat enregistré",
            AuFil(Nature.MANDAT, "a enregistré un mandat"),
            annonce="Le mandat est enregistré.",
            # It is news to those who could not answer any more.
            avis=(Avis(Told.COTE_INSTRUCTEUR),),
            genre=Genre.MANDAT,
        ),
    )
    MANDAT_REVOQUE = (
        "mandat_revoque",
        FicheFait(
            "Mandat révoqué",
            AuFil(Nature.MANDAT_REVOQUE, "a enregistré la fin du mandat"),
            annonce="La révocation du mandat est enregistrée.",
            avis=(Avis(Told.SUIVENT),),
            genre=Genre.MANDAT,
        ),
    )
    MANDAT_TERMINE = "mandat_termine", tell_alone("Mandat arrivé au bout d’un an", Genre.MANDAT)
    MANDAT_SMS_ENVOYE = (
        "mandat_sms_envoye",
        FicheFait(
            "SMS de mandat envoyé",
            annonce="Le SMS est envoyé. La réponse de l’usager s’affichera ici.",
        ),
    )
    MANDAT_SMS_REPONDU = "mandat_sms_repondu", tell_alone("Suite d’un SMS de mandat", Genre.MANDAT)
    MANDAT_VU = "mandat_vu", FicheFait("Mandat consulté")

    # --- Files, and what goes ----------------------------------------------------------------------------------

    PIECE_AJOUTEE = "piece_ajoutee", FicheFait("Pièces jointes ajoutées")
    PIECE_OUVERTE = "piece_ouverte", FicheFait("Pièce jointe ouverte")
    PIECE_EFFACEE = "piece_effacee", FicheFait("Pièce jointe effacée")
    PIECES_BIENTOT_EFFACEES = (
        "pieces_bientot_effacees",
        tell_alone("Pièces jointes bientôt effacées", Genre.ECHEANCE),
    )
    DONNEES_BIENTOT_EFFACEES = (
        "donnees_bientot_effacees",
        tell_alone("Données personnelles bientôt effacées", Genre.ECHEANCE),
    )
    DONNEES_EFFACEES = "donnees_effacees", FicheFait("Données personnelles effacées")

    REQUETE_CHERCHEE = "requete_cherchee", FicheFait("Usager cherché par un administrateur")
    REQUETE_OUVERTE = "requete_ouverte", tell_alone("Droit d’un usager exercé", Genre.ECHEANCE)
    REQUETE_REPONDUE = "requete_repondue", FicheFait("Droit d’un usager, réponse donnée")

    @property
    def courriel(self) -> str:
        """The folder of the mail that this fait sends first; only for a fait that sends one."""
        return self.fiche.avis[0].courriel or self.value


#: Two faits may make the same kind of line (a message, reserved or not); both then say it in the same words.
FIL: dict[Nature, AuFil] = {fait.fiche.fil.nature: fait.fiche.fil for fait in Fait if fait.fiche.fil}
