"""Rows of the registry: the second factor of accounts, what the A+ team does; `registre.py` gives them their place."""

from app.domain.faits.fiches import about_account, row

# --- The second factor -----------------------------------------------------------------------------------------------

SECOND_FACTEUR_ACTIVE = about_account(
    "second_facteur_active", "Double authentification mise en place", is_urgent=True
)
SECOND_FACTEUR_DONNE = row("second_facteur_donne", "Second facteur donné")
SECOND_FACTEUR_REFUSE = row("second_facteur_refuse", "Second facteur refusé")
SECOND_FACTEUR_RETIRE = about_account(
    "second_facteur_retire",
    "Double authentification retirée",
    "La double authentification est retirée de votre compte.",
    is_urgent=True,
)
SECOND_FACTEUR_LEVE = about_account(
    "second_facteur_leve",
    "Double authentification levée par l’équipe",
    "La double authentification est levée\u00a0: la personne est prévenue, ses sessions sont fermées.",
    is_urgent=True,
)
CODE_SECOURS_UTILISE = about_account("code_secours_utilise", "Code de secours utilisé", is_urgent=True)
CODES_SECOURS_REFAITS = row("codes_secours_refaits", "Codes de secours refaits")

# --- What the A+ team does -------------------------------------------------------------------------------------------

COMPTE_EQUIPE_CREE = about_account(
    "compte_equipe_cree",
    "Compte créé sans groupe",
    "Le compte est créé\u00a0: cette personne reçoit un courriel pour se connecter.",
    is_urgent=True,
)
ADRESSE_MODIFIEE = about_account(
    "adresse_modifiee",
    "Adresse de connexion modifiée",
    "L’adresse est changée\u00a0: la personne est prévenue aux deux adresses, ses sessions sont fermées.",
    is_urgent=True,
)
QUALITES_MODIFIEES = about_account(
    "qualites_modifiees",
    "Rôles dans l’équipe Administration+ modifiés",
    "Les rôles sont enregistrés\u00a0: la personne est prévenue, ses sessions sont fermées.",
)
PERIMETRE_AJOUTE = about_account(
    "perimetre_ajoute",
    "Périmètre de pilote ajouté",
    "Le périmètre est ajouté\u00a0: la personne est prévenue.",
    courriel="qualites_modifiees",
)
PERIMETRE_RETIRE = row("perimetre_retire", "Périmètre de pilote retiré", annonce="Le périmètre est retiré.")
SESSIONS_FERMEES = row(
    "sessions_fermees",
    "Sessions d’un compte fermées par l’équipe",
    annonce="Toutes les sessions de ce compte sont fermées.",
)
VUE_OUVERTE = row("vue_ouverte", "«\u00a0Voir comme\u00a0» un agent\u00a0: début")
VUE_PAGE = row("vue_page", "«\u00a0Voir comme\u00a0» un agent\u00a0: page ouverte")
VUE_FERMEE = row(
    "vue_fermee",
    "«\u00a0Voir comme\u00a0» un agent\u00a0: fin",
    annonce="Vous êtes de nouveau sur vos propres pages.",
)
COMPTE_EXCLU = about_account(
    "compte_exclu",
    "Compte exclu par l’équipe Administration+",
    "Le compte est exclu\u00a0: ses sessions sont fermées et la personne reçoit la raison par courriel.",
)
GROUPE_CREE = row("groupe_cree", "Groupe créé", annonce="Le groupe est créé. Créez son premier responsable.")
GROUPE_FERME = about_account(
    "groupe_ferme",
    "Groupe fermé",
    "Le groupe est fermé\u00a0: ses membres sont prévenus, ses demandes ouvertes sont confiées.",
)
GROUPE_FUSIONNE = about_account(
    "groupe_fusionne",
    "Groupe fusionné avec un autre",
    "Les deux groupes n’en font plus qu’un\u00a0: leurs membres sont prévenus.",
    courriel="groupe_ferme",
)
GROUPE_ROUVERT = row("groupe_rouvert", "Groupe rouvert", annonce="Le groupe est rouvert.")
IMPORT_LU = row("import_lu", "Fichier d’import lu")
IMPORT_ECRIT = row("import_ecrit", "Import écrit", annonce="L’import est terminé.")
JOURNAL_CONSULTE = row("journal_consulte", "Journal consulté")
JOURNAL_EXPORTE = row("journal_exporte", "Journal exporté")
JOURNAL_VERIFIE = row("journal_verifie", "Sceaux du journal vérifiés")
TRADUCTION_CONFIRMEE = row(
    "traduction_confirmee",
    "Traduction du mandat confirmée",
    annonce="La traduction est confirmée\u00a0: elle ne porte plus la mention «\u00a0à faire relire\u00a0».",
)
TRADUCTION_A_RELIRE = row(
    "traduction_a_relire",
    "Traduction du mandat à faire relire de nouveau",
    annonce="La traduction porte de nouveau la mention «\u00a0à faire relire\u00a0».",
)
CONDITIONS_PUBLIEES = row(
    "conditions_publiees",
    "Conditions d’utilisation publiées",
    annonce="Les conditions sont publiées\u00a0: à partir de leur jour, chacun les accepte à sa visite suivante.",
)
REFERENTIEL_PUBLIE = row(
    "referentiel_publie",
    "Référentiel publié",
    annonce="La nouvelle version est publiée\u00a0: chaque page la lit dès maintenant.",
)
PROCEDURE_PROPOSEE = row("procedure_proposee", "Procédure standard proposée à tous")
PROCEDURE_ACCEPTEE = about_account(
    "procedure_acceptee",
    "Procédure standard acceptée",
    "La procédure est enregistrée\u00a0: tous les agents la lisent, et les aidants avant d’envoyer.",
)
PROCEDURE_REFUSEE = about_account(
    "procedure_refusee", "Procédure standard refusée ou retirée", "La procédure est retirée."
)
BANDEAU_PUBLIE = row(
    "bandeau_publie",
    "Bandeau d’information publié",
    annonce="Le bandeau est enregistré\u00a0: il s’affiche sur toutes les pages aux jours choisis.",
)
BANDEAU_MODIFIE = row("bandeau_modifie", "Bandeau d’information modifié", annonce="Le bandeau est modifié.")
BANDEAU_RETIRE = row("bandeau_retire", "Bandeau d’information retiré", annonce="Le bandeau est retiré.")
MAINTENANCE_PREVUE = row(
    "maintenance_prevue",
    "Maintenance prévue",
    annonce="La maintenance est prévue\u00a0: toutes les pages l’annoncent.",
)
MAINTENANCE_MODIFIEE = row(
    "maintenance_modifiee", "Maintenance modifiée", annonce="La maintenance est modifiée."
)
MAINTENANCE_FINIE = row(
    "maintenance_finie", "Maintenance finie ou annulée", annonce="La maintenance est finie."
)
