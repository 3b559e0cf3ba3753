"""Rows of the registry: what people tell the A+ team, and its answers; `registre.py` gives them their place."""

from app.domain.faits.fiches import about_account, row

ABUS_SIGNALE = about_account(
    "abus_signale", "Usage abusif signalé", "Votre signalement est transmis à l’équipe Administration+."
)
SIGNALEMENT_TRAITE = row("signalement_traite", "Signalement traité", annonce="Le signalement est traité.")
CONTACT_ECRIT = about_account(
    "contact_ecrit",
    "Message à l’équipe Administration+",
    "Votre message est envoyé\u00a0: la réponse s’affichera ici, et vous recevrez un courriel.",
)
CONTACT_RECU = about_account(
    "contact_recu",
    "Message à l’équipe, d’une personne non connectée",
    "Votre message est envoyé. Un courriel vous donne le lien pour suivre la conversation.",
)
CONTACT_REPONDU = about_account(
    "contact_repondu",
    "Réponse de l’équipe Administration+",
    "Votre réponse est envoyée, ici et par courriel.",
)
CONTACT_CLOS = row("contact_clos", "Conversation avec l’équipe close", annonce="La conversation est close.")
