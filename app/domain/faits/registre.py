"""Everything that can happen, one row each: the name in the journal, the words of the thread, who is told by mail.

A fait has one name in five places: the line of the journal, the folder of its mail (`partials/courriels/<name>`),
the line of the thread, the sentence shown after the act, the table of `docs/faits.md`. The tests of this module say
by name which one is missing. A fait is one call of `row` (`fiches.py`), or of a verb that fills it for a family.
"""

from app.domain.faits import contact, equipe
from app.domain.faits.fiches import (
    MESSAGE,
    MESSAGE_AUX_AUTRES,
    MOT_AUX_AUTRES,
    SON_AUTEUR,
    AuFil,
    Avis,
    FicheFait,
    Told,
    about_account,
    climb,
    row,
    tell_alone,
)
from app.domain.faits.genres import Genre
from app.domain.regles.mots_fermes import MotFerme
from app.domain.regles.statuts import Nature
from app.domain.regles.tons import Ton

# The mail that tells the news of several others, when they leave together.
GROUPED = "nouvelles"


class Fait(MotFerme):
    """What happened. The value is the name kept in the journal and in the outbox: it never changes once used."""

    fiche: FicheFait

    # --- Accounts -----------------------------------------------------------------------------------------------

    CONNEXION_DEMANDEE = about_account(
        "connexion_demandee", "Connexion demandée", courriel="connexion", is_urgent=True
    )
    CONNEXION_INCONNUE = about_account(
        "connexion_inconnue", "Connexion demandée avec une adresse inconnue", is_urgent=True
    )
    CONNEXION_REFUSEE = row("connexion_refusee", "Connexion refusée")
    CONNEXION = row("connexion", "Connexion")
    DECONNEXION = row("deconnexion", "Déconnexion", annonce="Vous êtes déconnecté.")
    DECONNEXION_PARTOUT = row(
        "deconnexion_partout",
        "Déconnexion de toutes les sessions",
        annonce="Toutes vos sessions sont fermées.",
    )
    SECOND_FACTEUR_ACTIVE = equipe.SECOND_FACTEUR_ACTIVE
    SECOND_FACTEUR_DONNE = equipe.SECOND_FACTEUR_DONNE
    SECOND_FACTEUR_REFUSE = equipe.SECOND_FACTEUR_REFUSE
    SECOND_FACTEUR_RETIRE = equipe.SECOND_FACTEUR_RETIRE
    SECOND_FACTEUR_LEVE = equipe.SECOND_FACTEUR_LEVE
    CODE_SECOURS_UTILISE = equipe.CODE_SECOURS_UTILISE
    CODES_SECOURS_REFAITS = equipe.CODES_SECOURS_REFAITS
    CGU_ACCEPTEES = row("cgu_acceptees", "Conditions d’utilisation acceptées")
    PROFIL_MODIFIE = row("profil_modifie", "Profil modifié", annonce="Votre profil est enregistré.")
    COURRIELS_CHOISIS = row(
        "courriels_choisis", "Courriels reçus choisis", annonce="Vos choix de courriels sont enregistrés."
    )

    # --- Groupes and their accounts -----------------------------------------------------------------------------

    COMPTE_CREE = about_account(
        "compte_cree",
        "Compte créé",
        "C’est fait\u00a0: chaque nouveau membre reçoit un courriel pour se connecter.",
        is_urgent=True,
    )
    COMPTE_EQUIPE_CREE = equipe.COMPTE_EQUIPE_CREE
    COMPTE_RELANCE = about_account(
        "compte_relance",
        "Courriel de bienvenue envoyé de nouveau",
        "Un nouveau courriel de bienvenue est parti\u00a0; le lien du précédent ne sert plus.",
        courriel="compte_cree",
        is_urgent=True,
    )
    COMPTE_ANNULE = row(
        "compte_annule",
        "Création de compte annulée",
        annonce="Le compte est annulé\u00a0: le lien envoyé ne sert plus.",
    )
    AJOUTE_AU_GROUPE = about_account(
        "ajoute_au_groupe",
        "Compte ajouté à un groupe",
        "C’est fait\u00a0: cette personne est membre du groupe et prévenue par courriel.",
    )
    ROLES_MODIFIES = row("roles_modifies", "Rôles modifiés", annonce="Les rôles sont enregistrés.")
    RETIRE_DU_GROUPE = about_account(
        "retire_du_groupe",
        "Compte retiré d’un groupe",
        "C’est fait\u00a0: cette personne n’est plus membre du groupe.",
    )
    COMPTE_DESACTIVE = about_account(
        "compte_desactive",
        "Compte désactivé",
        "Le compte est désactivé\u00a0: toutes ses sessions sont fermées.",
    )
    COMPTE_REACTIVE = about_account(
        "compte_reactive",
        "Compte réactivé",
        "Le compte est réactivé\u00a0: cette personne peut se connecter de nouveau.",
    )
    ADRESSE_MODIFIEE = equipe.ADRESSE_MODIFIEE
    QUALITES_MODIFIEES = equipe.QUALITES_MODIFIEES
    PERIMETRE_AJOUTE = equipe.PERIMETRE_AJOUTE
    PERIMETRE_RETIRE = equipe.PERIMETRE_RETIRE
    SESSIONS_FERMEES = equipe.SESSIONS_FERMEES
    VUE_OUVERTE = equipe.VUE_OUVERTE
    VUE_PAGE = equipe.VUE_PAGE
    VUE_FERMEE = equipe.VUE_FERMEE
    COMPTE_EXCLU = equipe.COMPTE_EXCLU
    ABSENCE_DECLAREE = row(
        "absence_declaree",
        "Absence déclarée",
        annonce="L’absence est enregistrée.",
        avis=SON_AUTEUR,
        genre=Genre.COLLEGUE,
    )
    ABSENCE_COMMENCEE = tell_alone("absence_commencee", "Absence commencée", Genre.COLLEGUE)
    ABSENCE_TERMINEE = row(
        "absence_terminee",
        "Absence terminée",
        annonce="L’absence est terminée.",
        avis=SON_AUTEUR,
        genre=Genre.COLLEGUE,
    )
    GROUPE_REGLE = row(
        "groupe_regle", "Réglages d’un groupe modifiés", annonce="Les réglages sont enregistrés."
    )
    GROUPE_CREE = equipe.GROUPE_CREE
    GROUPE_FERME = equipe.GROUPE_FERME
    GROUPE_FUSIONNE = equipe.GROUPE_FUSIONNE
    GROUPE_ROUVERT = equipe.GROUPE_ROUVERT
    IMPORT_LU = equipe.IMPORT_LU
    IMPORT_ECRIT = equipe.IMPORT_ECRIT
    JOURNAL_CONSULTE = equipe.JOURNAL_CONSULTE
    JOURNAL_EXPORTE = equipe.JOURNAL_EXPORTE
    JOURNAL_VERIFIE = equipe.JOURNAL_VERIFIE

    # --- The life of a demande ----------------------------------------------------------------------------------

    DEMANDE_ENVOYEE = row(
        "demande_envoyee",
        "Demande envoyée",
        annonce="Votre demande est envoyée. Les organismes sont prévenus.",
        avis=(Avis(Told.SUIVENT),),
        genre=Genre.NOUVELLE_DEMANDE,
    )
    MESSAGE_ENVOYE = row(
        MESSAGE,
        "Message écrit",
        AuFil(Nature.REPONSE),
        annonce="Votre message est envoyé.",
        avis=(Avis(Told.SUIVENT),),
        genre=Genre.MESSAGE,
    )
    PERSONNE_CITEE = tell_alone("personne_citee", "Participant cité dans un message", Genre.INVITATION)
    MESSAGE_PRIVE_ENVOYE = row(
        "message_prive_envoye",
        "Message réservé aux instructeurs",
        AuFil(Nature.REPONSE),
        annonce="Votre message est envoyé aux instructeurs.",
        avis=(Avis(Told.COTE_INSTRUCTEUR, MESSAGE),),
        genre=Genre.PRIVE,
    )
    MESSAGE_CORRIGE = row("message_corrige", "Message corrigé", annonce="Votre message est corrigé.")
    REPONSE_RETENUE = tell_alone("reponse_retenue", "Réponse qui n’a pas pu partir", Genre.COMPTE)
    PRISE_EN_CHARGE = row(
        "prise_en_charge",
        "Demande prise en charge",
        AuFil(Nature.PRISE_EN_CHARGE, "s’en occupe", "s’en occupe", Ton.INFO),
        annonce="Vous vous occupez de cette demande\u00a0: l’aidant et vos collègues le voient.",
        avis=(Avis(Told.COTE_AIDANT, MESSAGE), Avis(Told.SUIVENT, MESSAGE, Genre.COLLEGUE)),
        genre=Genre.MESSAGE,
    )
    PART_RENDUE = row(
        "part_rendue",
        "Prise en charge rendue",
        AuFil(Nature.RENDUE, "ne s’en occupe plus", "ne s’en occupe plus"),
        annonce="Vous ne vous occupez plus de cette demande\u00a0: un collègue peut la prendre.",
        avis=(Avis(Told.COTE_AIDANT, MESSAGE), Avis(Told.SUIVENT, MESSAGE, Genre.COLLEGUE)),
        genre=Genre.MESSAGE,
    )
    PART_CONFIEE = row(
        "part_confiee",
        "Part confiée à un collègue",
        AuFil(Nature.PART_CONFIEE, "a confié la suite à {quoi}"),
        annonce="Votre collègue suit maintenant cette demande\u00a0: il en est prévenu.",
        avis=(
            Avis(Told.APPELES, MESSAGE, Genre.INVITATION),
            Avis(Told.COTE_AIDANT, MESSAGE),
            Avis(Told.SUIVENT, MESSAGE, Genre.COLLEGUE),
        ),
        genre=Genre.MESSAGE,
    )
    SOLLICITATION_DECLINEE = row(
        "sollicitation_declinee",
        "Sollicitation déclinée",
        AuFil(Nature.DECLINEE, "n’est pas le bon interlocuteur", "pas le bon interlocuteur"),
        annonce="Votre service n’est pas concerné\u00a0: sa part est terminée, l’aidant est prévenu.",
        avis=(Avis(Told.COTE_AIDANT),),
        genre=Genre.ETAPE,
    )
    DEMANDE_TRAITEE = row(
        "demande_traitee",
        "Part de la demande traitée",
        AuFil(Nature.TRAITEE, "a traité la demande", "a traité", Ton.SUCCES),
        annonce="Votre part est traitée\u00a0: l’aidant est prévenu.",
        avis=(Avis(Told.COTE_AIDANT), MESSAGE_AUX_AUTRES),
        genre=Genre.ETAPE,
    )
    DEMANDE_RELANCEE = row(
        "demande_relancee",
        "Groupes relancés",
        AuFil(Nature.RELANCE, "a relancé {quoi}\u00a0: le blocage n’est pas résolu", "relance", Ton.ALERTE),
        annonce="Votre relance est envoyée\u00a0: un nouveau délai commence.",
        avis=(Avis(Told.APPELES), MESSAGE_AUX_AUTRES),
        genre=Genre.ETAPE,
    )
    INVITATION_ENVOYEE = row(
        "invitation_envoyee",
        "Invitation envoyée",
        AuFil(Nature.INVITATION, "a invité {quoi}"),
        annonce="L’invitation est envoyée.",
        # Whoever is not called still has a message to read, when there is one.
        avis=(Avis(Told.APPELES), MOT_AUX_AUTRES),
        genre=Genre.INVITATION,
    )
    INFORMATION_AJOUTEE = row(
        "information_ajoutee",
        "Information ajoutée sur l’usager",
        AuFil(Nature.INFORMATION, "a ajouté une information\u00a0: {texte}"),
        annonce="L’information est ajoutée.",
    )
    DEMANDE_CLOTUREE = row(
        "demande_cloturee",
        "Demande clôturée",
        AuFil(Nature.CLOTURE, "a clôturé la demande"),
        annonce="La demande est clôturée. Merci de votre réponse.",
        avis=(Avis(Told.ONT_PRIS_PART),),
        genre=Genre.ETAPE,
    )
    CLOTURE_PROPOSEE = row(
        "cloture_proposee",
        "Clôture proposée par la plateforme",
        AuFil(Nature.CLOTURE_PROPOSEE, "propose de clôturer la demande", "clôture proposée", Ton.ALERTE),
        avis=(Avis(Told.COTE_AIDANT),),
        genre=Genre.ECHEANCE,
    )
    CLOTURE_PLATEFORME = row(
        "cloture_plateforme",
        "Demande clôturée par la plateforme",
        AuFil(Nature.CLOTURE, "a clôturé la demande"),
        avis=(Avis(Told.COTE_AIDANT), Avis(Told.ONT_PRIS_PART, "demande_cloturee")),
        genre=Genre.ETAPE,
    )
    DEMANDE_REOUVERTE = row(
        "demande_reouverte",
        "Demande réouverte",
        AuFil(Nature.REOUVERTURE, "a réouvert la demande"),
        annonce="La demande est réouverte.",
        # A groupe where nobody took part owes an answer again too: it is told as a whole.
        avis=(Avis(Told.COTE_INSTRUCTEUR), MOT_AUX_AUTRES),
        genre=Genre.ETAPE,
    )
    DEMANDE_CONFIEE = row(
        "demande_confiee",
        "Demande confiée après un départ",
        AuFil(Nature.CONFIEE, "a confié la demande à {quoi}"),
        avis=SON_AUTEUR,
        genre=Genre.NOUVELLE_DEMANDE,
    )
    DEMANDE_SANS_REPONDANT = row(
        "demande_sans_repondant",
        "Demande confiée aux experts, faute de répondant",
        AuFil(Nature.SANS_REPONDANT, "n’a trouvé personne pour répondre et appelle {quoi}"),
        annonce="Votre demande est envoyée. Personne n’est actif dans les organismes choisis\u00a0: les experts "
        "Administration+ sont prévenus et chercheront qui peut répondre.",
        avis=SON_AUTEUR,
        genre=Genre.NOUVELLE_DEMANDE,
    )
    DEMANDE_REPRISE = row(
        "demande_reprise",
        "Demande reprise par un aidant du groupe",
        AuFil(Nature.REPRISE, "a repris la demande"),
        annonce="Vous avez repris la demande\u00a0: vous en êtes maintenant l’auteur.",
    )
    DEMANDE_CONSULTEE = row("demande_consultee", "Demande consultée")
    DEMANDE_NON_LUE = row(
        "demande_non_lue",
        "Demande marquée non lue pour un groupe",
        annonce="La demande est de nouveau non lue pour votre groupe.",
    )
    IDENTIFIANT_AFFICHE = row("identifiant_affiche", "Identifiant de l’usager affiché")

    # --- What time brings -----------------------------------------------------------------------------------------

    EN_SOUFFRANCE = climb(
        "en_souffrance",
        "Part en souffrance, groupe prévenu",
        Nature.SOUFFRANCE,
        "a prévenu {quoi}\u00a0: la demande est en souffrance",
    )
    RESPONSABLES_PREVENUS = climb(
        "responsables_prevenus",
        "Part en souffrance, responsables prévenus",
        Nature.RESPONSABLES,
        "a prévenu les responsables de {quoi}",
    )
    EXPERTS_SAISIS = climb(
        "experts_saisis",
        "Part en souffrance, experts saisis",
        Nature.EXPERTS,
        "a prévenu les experts d’Administration+, faute de réponse de {quoi}",
    )
    BLOCAGE_SIGNALE = tell_alone("blocage_signale", "Blocage collectif signalé", Genre.SOUFFRANCE)
    AIDANT_ATTENDU = tell_alone("aidant_attendu", "Part sans nouvelle de l’aidant", Genre.ECHEANCE)
    A_CLOTURER = tell_alone("a_cloturer", "Demande traitée, à clôturer", Genre.ECHEANCE)
    RAPPEL_DEMANDE = tell_alone("rappel_demande", "Rappel qu’un agent a demandé", Genre.ECHEANCE)
    RECAPITULATIF = tell_alone("recapitulatif", "Récapitulatif du lundi", Genre.RECAPITULATIF)
    COMPTE_INACTIF = about_account("compte_inactif", "Compte bientôt désactivé, faute de connexion")
    RESPONSABLE_INACTIF = about_account("responsable_inactif", "Dernier responsable inactif, gardé")
    CGU_MODIFIEES = about_account("cgu_modifiees", "Conditions d’utilisation modifiées")

    # --- The mandat ---------------------------------------------------------------------------------------------

    MANDAT_ENREGISTRE = row(
        "mandat_enregistre",
        "Mandat enregistré",
        AuFil(Nature.MANDAT, "a enregistré un mandat"),
        annonce="Le mandat est enregistré.",
        # It is news to those who could not answer any more.
        avis=(Avis(Told.COTE_INSTRUCTEUR),),
        genre=Genre.MANDAT,
    )
    MANDAT_REVOQUE = row(
        "mandat_revoque",
        "Mandat révoqué",
        AuFil(Nature.MANDAT_REVOQUE, "a enregistré la fin du mandat"),
        annonce="La révocation du mandat est enregistrée.",
        avis=(Avis(Told.SUIVENT),),
        genre=Genre.MANDAT,
    )
    MANDAT_TERMINE = tell_alone("mandat_termine", "Mandat arrivé au bout d’un an", Genre.MANDAT)
    MANDAT_SMS_ENVOYE = row(
        "mandat_sms_envoye",
        "SMS de mandat envoyé",
        annonce="Le SMS est envoyé. La réponse de l’usager s’affichera ici.",
    )
    MANDAT_SMS_REPONDU = tell_alone("mandat_sms_repondu", "Suite d’un SMS de mandat", Genre.MANDAT)
    MANDAT_VU = row("mandat_vu", "Mandat consulté")

    # --- Files, and what goes ----------------------------------------------------------------------------------

    PIECE_AJOUTEE = row("piece_ajoutee", "Pièces jointes ajoutées")
    PIECE_OUVERTE = row("piece_ouverte", "Pièce jointe ouverte")
    PIECE_EFFACEE = row("piece_effacee", "Pièce jointe effacée")
    PIECES_BIENTOT_EFFACEES = tell_alone("pieces_bientot_effacees", "Pièces bientôt effacées", Genre.ECHEANCE)
    DONNEES_BIENTOT_EFFACEES = tell_alone(
        "donnees_bientot_effacees", "Données personnelles bientôt effacées", Genre.ECHEANCE
    )
    DONNEES_EFFACEES = row("donnees_effacees", "Données personnelles effacées")

    REQUETE_CHERCHEE = row("requete_cherchee", "Usager cherché par un administrateur")
    REQUETE_OUVERTE = tell_alone("requete_ouverte", "Droit d’un usager exercé", Genre.ECHEANCE)
    REQUETE_REPONDUE = row(
        "requete_repondue",
        "Droit d’un usager, réponse donnée",
        annonce="La réponse donnée à l’usager est enregistrée.",
    )
    ABUS_SIGNALE = contact.ABUS_SIGNALE
    SIGNALEMENT_TRAITE = contact.SIGNALEMENT_TRAITE
    TRADUCTION_CONFIRMEE = equipe.TRADUCTION_CONFIRMEE
    TRADUCTION_A_RELIRE = equipe.TRADUCTION_A_RELIRE
    CONDITIONS_PUBLIEES = equipe.CONDITIONS_PUBLIEES
    REFERENTIEL_PUBLIE = equipe.REFERENTIEL_PUBLIE
    PROCEDURE_PROPOSEE = equipe.PROCEDURE_PROPOSEE
    PROCEDURE_ACCEPTEE = equipe.PROCEDURE_ACCEPTEE
    PROCEDURE_REFUSEE = equipe.PROCEDURE_REFUSEE
    BANDEAU_PUBLIE = equipe.BANDEAU_PUBLIE
    BANDEAU_MODIFIE = equipe.BANDEAU_MODIFIE
    BANDEAU_RETIRE = equipe.BANDEAU_RETIRE
    MAINTENANCE_PREVUE = equipe.MAINTENANCE_PREVUE
    MAINTENANCE_MODIFIEE = equipe.MAINTENANCE_MODIFIEE
    MAINTENANCE_FINIE = equipe.MAINTENANCE_FINIE
    CONTACT_ECRIT = contact.CONTACT_ECRIT
    CONTACT_RECU = contact.CONTACT_RECU
    CONTACT_REPONDU = contact.CONTACT_REPONDU
    CONTACT_CLOS = contact.CONTACT_CLOS

    @property
    def courriel(self) -> str:
        """The folder of the mail that this fait sends first; only for a fait that sends one."""
        return self.fiche.avis[0].courriel or self.value
