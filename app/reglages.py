"""Every environment variable in words: what the operator reads in docs/reglages.md, what `settings.py` judges by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reglage:
    """One variable. `defaut` is what holds when it is absent, in words when it is no plain value; `bornes` are those of
    a whole number; `is_required`: a production does not start without it.
    """

    nom: str
    sens: str
    defaut: str = ""
    bornes: tuple[int, int] | None = None
    is_required: bool = False


REGLAGES = (
    Reglage(
        "APLUS_ENV",
        "`production`, `demo` ou `test`. Oublié avec une adresse https ou un serveur de courriel, rien ne démarre",
        "demo",
    ),
    Reglage(
        "BASE_URL",
        "l’adresse que les gens tapent : https, un nom, rien d’autre ; les liens des courriels commencent par elle",
        "http://127.0.0.1:PORT",
        is_required=True,
    ),
    Reglage("PORT", "le port où `web` écoute", "8000", (1, 65_535)),
    Reglage(
        "DATABASE_URL",
        "`postgresql://…`, un ou plusieurs hôtes (`target_session_attrs=read-write`)",
        "un PostgreSQL embarqué, pour la démonstration",
        is_required=True,
    ),
    Reglage("POOL_SIZE", "connexions à la base par processus `web`", "10", (2, 200)),
    Reglage(
        "SECRET_KEY",
        "au moins 32 caractères tirés au hasard : formulaires, empreintes, codes. La changer ferme les sessions et "
        "rend introuvables les identifiants déjà saisis : on ne la change qu’après une fuite",
        is_required=True,
    ),
    Reglage(
        "DATA_KEYS",
        "`k2:base64,k1:base64`, 32 octets chacune : la première chiffre et scelle le journal, toutes ouvrent",
        is_required=True,
    ),
    Reglage(
        "STORE_URL",
        "les pièces jointes, chiffrées : `file:///dossier` ou `s3://seau/prefixe?endpoint=https://…&region=…`",
        "le dossier `pieces` d’APLUS_VAR",
    ),
    Reglage(
        "APLUS_VAR",
        "un dossier à soi : base embarquée, fichiers, courriels de démonstration",
        "`var` du projet",
    ),
    Reglage(
        "CLAMD_URL",
        "`tcp://hôte:3310` ou `unix:///chemin` ; sans lui aucun fichier n’est analysé, et rien ne dit qu’il l’est",
        "aucun antivirus",
    ),
    Reglage(
        "SMTP_URL",
        "`smtps://nom:motdepasse@hôte` ou `smtp://…` : hors de la machine, STARTTLS est exigé",
        "les courriels restent dans APLUS_VAR, pour la démonstration",
        is_required=True,
    ),
    Reglage("MAIL_FROM", "l’expéditeur des courriels", "Administration+ <ne-pas-repondre@aplus.invalid>"),
    Reglage("SUPPORT_EMAIL", "à qui l’on répond, et qui l’on appelle à l’aide", "support@aplus.invalid"),
    Reglage(
        "SUPPORT_OPENS", "heure de Paris à partir de laquelle l’équipe répond, les jours ouvrés", "9", (0, 23)
    ),
    Reglage("SUPPORT_CLOSES", "heure de Paris à laquelle elle cesse", "18", (1, 24)),
    Reglage(
        "MAIL_WEBHOOK_SECRET",
        "au moins 32 caractères : Brevo les présente à `/courriels/rejets` quand un courriel revient",
        "pas de telle adresse",
    ),
    Reglage("SMS_URL", "l’API des SMS de Brevo, en https", "pas de SMS"),
    Reglage("SMS_TOKEN", "la clef de cette API"),
    Reglage("SMS_SENDER", "l’expéditeur ; un numéro loué, pour que l’usager puisse répondre", "AdminPlus"),
    Reglage("SMS_WEBHOOK_SECRET", "au moins 32 caractères, exigés avec SMS_URL : `/sms/entrant` les attend"),
    Reglage(
        "TRUSTED_PROXIES",
        "adresses ou réseaux des serveurs mandataires, dont `X-Forwarded-For` est cru ; jamais `*`",
        is_required=True,
    ),
    Reglage(
        "METRICS_TOKEN",
        "au moins 32 caractères : Prometheus les présente à `/sante/metriques`",
        "pas de telle adresse",
    ),
    Reglage(
        "PROCONNECT_URL",
        "l’adresse de ProConnect, ou d’un autre fournisseur OpenID Connect : une porte de plus pour qui a un compte",
        "pas de telle porte",
    ),
    Reglage("PROCONNECT_CLIENT", "l’identifiant que ProConnect a donné à ce site"),
    Reglage("PROCONNECT_SECRET", "le secret qui va avec ; jamais dans les journaux"),
    Reglage("THEME", "`aplus`, ou `dsfr` avec les fichiers officiels sous `static/dsfr`", "aplus"),
    Reglage("LINK_MINUTES", "durée d’un lien de connexion, en minutes", "30", (5, 120)),
    Reglage("WELCOME_DAYS", "durée du lien d’un courriel de bienvenue, en jours", "7", (1, 30)),
    Reglage("RETENTION_DAYS", "jours avant l’effacement d’une demande clôturée", "90", (1, 365)),
    Reglage(
        "ANSWER_WAIT_SECONDS", "secondes pendant lesquelles une réponse peut être reprise", "30", (0, 600)
    ),
    Reglage(
        "QUIET_HOURS", "1 : aucun courriel ordinaire la nuit ni le week-end", "1 (0 en démonstration)", (0, 1)
    ),
    Reglage(
        "EXPERTS_AFTER_DAYS",
        "jours ouvrés entre l’appel aux responsables et l’appel aux experts",
        "1",
        (0, 30),
    ),
    Reglage(
        "CGU_VERSION",
        "version des conditions livrées\u00a0: la changer les demande de nouveau, tant que l’équipe n’en publie pas",
        "2026-11-22",
    ),
)
BY_NAME = {reglage.nom: reglage for reglage in REGLAGES}

INTRO = """# Réglages

Chaque variable d’environnement, écrite par `python -m app reglages` à partir du code ; un test tient cette page à jour.
Ce qui est dangereux ou illisible est refusé au démarrage, avec la raison.

| variable | ce qu’elle décide | sans elle | bornes |
|---|---|---|---|
"""


def write_reglages() -> str:
    """The page docs/reglages.md."""
    rows = []
    for reglage in REGLAGES:
        sans = "**exigée en production**" if reglage.is_required else reglage.defaut or "vide"
        bornes = f"{reglage.bornes[0]} à {reglage.bornes[1]}" if reglage.bornes else ""
        sens = reglage.sens.replace(" :", "\u00a0:").replace(" ;", "\u00a0;")
        rows.append(f"| `{reglage.nom}` | {sens} | {sans} | {bornes} |")
    return INTRO + "\n".join(rows) + "\n"
