"""What each figure means, in the words shown on the page; each is one view, named here. Pure."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Definition:
    """The row of a figure: its name, its meaning, the view that holds it."""

    nom: str
    sens: str
    vue: str


class Figure(StrEnum):
    """Every figure of the application."""

    definition: Definition

    def __new__(cls, code: str, definition: Definition) -> "Figure":
        member = str.__new__(cls, code)
        member._value_ = code
        member.definition = definition
        return member

    ENVOYEES = (
        "envoyees",
        Definition(
            "Demandes envoyées",
            "Demandes comptées le jour de leur envoi. Une demande effacée compte toujours.",
            "figure_demandes_envoyees",
        ),
    )
    RECUES = (
        "recues",
        Definition(
            "Sollicitations reçues",
            "Une demande adressée à deux groupes fait deux sollicitations. Une relance n’en fait pas une nouvelle.",
            "figure_sollicitations_recues",
        ),
    )
    ETATS = (
        "etats",
        Definition(
            "État aujourd’hui",
            "Nouvelle : sans réponse visible de l’aidant. En cours : une réponse, rien de conclu. Traitée, déclinée : "
            "dit par le groupe. Close sans suite : la demande a été clôturée avant.",
            "figure_etats",
        ),
    )
    PREMIERE_REPONSE = (
        "premiere_reponse",
        Definition(
            "Première réponse",
            "Temps ouvré, en jours de 24 heures, entre la sollicitation et la première réponse visible de l’aidant. "
            "« Je m’en occupe » en est une, « Je ne suis pas le bon interlocuteur » n’en est pas une. Les jours "
            "de pause du groupe ne comptent pas.",
            "figure_premieres_reponses",
        ),
    )
    DANS_LE_DELAI = (
        "dans_le_delai",
        Definition(
            "Dans le délai",
            "Part des sollicitations qui ont eu une première réponse en 3 jours ouvrés. Celles dont le délai court "
            "encore ne comptent pas.",
            "figure_dans_le_delai",
        ),
    )
    RESOLUTION = (
        "resolution",
        Definition(
            "Résolution",
            "Jours de calendrier entre la sollicitation et « traitée », moins le temps où l’aidant devait répondre et "
            "les jours de pause du groupe. "
            "Comptée le jour où la sollicitation est traitée.",
            "figure_resolutions",
        ),
    )
    EN_SOUFFRANCE = (
        "en_souffrance",
        Definition(
            "En souffrance",
            "Sollicitations ouvertes dont l’échéance est passée : sans réponse après 3 jours ouvrés, ou sans nouvelle "
            "depuis 15 jours. Relevées chaque jour à 18 h, heure locale.",
            "figure_en_souffrance",
        ),
    )
    DECLINEES = (
        "declinees",
        Definition(
            "Déclinées",
            "« Je ne suis pas le bon interlocuteur », compté le jour où c’est dit, rapporté aux sollicitations reçues.",
            "figure_declinees",
        ),
    )
    PROCEDURE = (
        "procedure",
        Definition(
            "Procédure standard",
            "Part des sollicitations où un message a indiqué qu’une procédure standard existait.",
            "figure_procedures",
        ),
    )
    RELANCES = (
        "relances",
        Definition(
            "Relances",
            "Fois où l’aidant a sollicité à nouveau un groupe qui avait terminé.",
            "figure_relances",
        ),
    )
    REOUVERTURES = (
        "reouvertures",
        Definition("Réouvertures", "Fois où une demande clôturée a été rouverte.", "figure_reouvertures"),
    )
    CLOTURES = (
        "clotures",
        Definition(
            "Clôtures",
            "Demandes clôturées, comptées le jour de la clôture, avec le temps passé depuis l’envoi.",
            "figure_clotures",
        ),
    )
    SATISFACTION = (
        "satisfaction",
        Definition(
            "Satisfaction à la clôture",
            "« Administration+ a-t-il aidé à débloquer la situation ? » Gardée par organisme, département et mois, "
            "sans demande, sans agent et sans date précise.",
            "figure_satisfaction",
        ),
    )
    AGENTS_ACTIFS = (
        "agents_actifs",
        Definition(
            "Agents actifs",
            "Agents venus au cours des 90 derniers jours. Qui appartient à plusieurs groupes compte une fois.",
            "figure_agents_actifs",
        ),
    )
    COUVERTURE = (
        "couverture",
        Definition(
            "Couverture",
            "Un organisme est joignable dans un département si un instructeur venu au cours des 90 derniers jours y "
            "appartient à un groupe qui n’est pas en pause.",
            "figure_couverture",
        ),
    )
    DELAI_HABITUEL = (
        "delai_habituel",
        Definition(
            "Délai habituel",
            "Médiane des premières réponses aux sollicitations des 90 derniers jours ; rien sous 10 réponses.",
            "figure_premieres_reponses",
        ),
    )
