"""`/administration/reglages`: the settings in force, in words, as the operator gave them; never a secret."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from app import pages
from app.domain.mots.dates import duree_minutes, say_version
from app.domain.regles.permissions import can_administer, require
from app.pages import Contexte
from app.routes.params import Signed, Visit
from app.settings import Settings, get_settings
from app.templating import pluriel

PAGE = "administration/reglages.html"


@dataclass(frozen=True)
class ReglageDit:
    """One setting: its words, its value in words, the variable that an operator changes."""

    libelle: str
    valeur: str
    variable: str


@dataclass(frozen=True, kw_only=True)
class ReglagesEnVigueur(Contexte):
    """The settings by subject."""

    templates = (PAGE,)
    sujets: list[tuple[str, list[ReglageDit]]]


@get("/administration/reglages")
async def get_reglages_en_vigueur(request: Visit, signed: Signed) -> Response[Any]:
    """For the A+ team alone. Raises Refus."""
    require(can_administer(signed.droits))
    return await pages.show(request, PAGE, ReglagesEnVigueur(sujets=list_sujets(get_settings())))


def list_sujets(settings: Settings) -> list[tuple[str, list[ReglageDit]]]:
    """What an administrateur may need to know, never a password, a key nor an internal address."""
    silence = "non, sauf connexions et urgences" if settings.has_quiet_hours else "oui"
    return [
        (
            "Connexion",
            [
                ReglageDit(
                    "Vie d’un lien de connexion", duree_minutes(settings.link_minutes), "LINK_MINUTES"
                ),
                ReglageDit(
                    "Vie d’un lien de bienvenue", pluriel(settings.welcome_days, "jour"), "WELCOME_DAYS"
                ),
                ReglageDit(
                    "Version des conditions d’utilisation", say_version(settings.cgu_version), "CGU_VERSION"
                ),
            ],
        ),
        (
            "Délais et effacement",
            [
                ReglageDit(
                    "Données personnelles effacées après la clôture",
                    pluriel(settings.retention_days, "jour"),
                    "RETENTION_DAYS",
                ),
                ReglageDit(
                    "Experts saisis après les responsables",
                    pluriel(settings.experts_after_days, "jour ouvré", "jours ouvrés"),
                    "EXPERTS_AFTER_DAYS",
                ),
                ReglageDit(
                    "Attente avant qu’une réponse parte",
                    pluriel(settings.answer_wait_seconds, "seconde"),
                    "ANSWER_WAIT_SECONDS",
                ),
            ],
        ),
        (
            "Envois",
            [
                ReglageDit("Courriels la nuit et le week-end", silence, "QUIET_HOURS"),
                ReglageDit("Expéditeur des courriels", settings.mail_from, "MAIL_FROM"),
                ReglageDit("Adresse du support", settings.support_email, "SUPPORT_EMAIL"),
                ReglageDit("Mandat par SMS", _say_sms(settings), "SMS_URL"),
                ReglageDit(
                    "Retours de courriels refusés",
                    _say(bool(settings.mail_webhook_secret)),
                    "MAIL_WEBHOOK_SECRET",
                ),
            ],
        ),
        (
            "Plateforme",
            [
                ReglageDit("Adresse du site", settings.base_url, "BASE_URL"),
                ReglageDit("Antivirus des pièces jointes", _say(settings.clamd_url is not None), "CLAMD_URL"),
                ReglageDit(
                    "Feuille de style",
                    "système de design de l’État" if settings.theme == "dsfr" else "Administration+",
                    "THEME",
                ),
            ],
        ),
    ]


def _say(is_set: bool) -> str:
    return "configuré" if is_set else "non configuré"


def _say_sms(settings: Settings) -> str:
    if settings.sms_url is not None:
        return "proposé"
    return "non proposé" if settings.is_production else "téléphone simulé"


ROUTES = [get_reglages_en_vigueur]
