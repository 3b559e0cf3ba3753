"""How the consent was given, as it was typed: read without ever refusing, then checked (product §5.6, §8; S3).

The names of the fields are those of `partials/mandats/section.html`, and the keys of every erreur. Pure.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.mandats.textes import ModeleMandat
from app.domain.mots.champs import Champs
from app.domain.mots.dates import jour, read_heure
from app.domain.mots.telephones import read_numero, say_fault
from app.domain.regles.mandats import EtatMandat, NatureMandat

#: A mandat ends after one year (the text of the mandat, §5): an older signature is worth nothing.
DUREE = timedelta(days=365)
QUESTIONS = ("question_1", "question_2")

NON_DIT = (
    "L’usager a dit non : la demande ne peut pas être envoyée, et c’est son droit. Dites-lui simplement que rien "
    "ne part, et qu’il pourra changer d’avis."
)


@dataclass(frozen=True, repr=False)
class MandatSaisi:
    """The fields of the three ways. Its repr says nothing: it may end in a log."""

    nature: NatureMandat | None = None
    modele: ModeleMandat = ModeleMandat.STANDARD
    mandat_on: date | None = None
    mandat_texte: str = ""
    is_attestee: bool = False
    appel_numero: str = ""
    appel_on: date | None = None
    appel_texte: str = ""
    appel_heure: str = ""
    reponses: tuple[str, ...] = ("", "")
    is_attestee_telephone: bool = False
    sms_numero: str = ""
    is_attestee_sms: bool = False
    is_depart: bool = False
    """The demande leaves by itself when the usager says OUI."""

    @property
    def donne_on(self) -> date | None:
        """The day the consent was given on paper or by phone."""
        return self.mandat_on if self.nature is NatureMandat.PAPIER else self.appel_on


def read_saisie(form: Champs) -> MandatSaisi:
    """What was typed and ticked; an unknown way is no way."""
    nature, modele = form.texte("mandat"), form.texte("mandat_modele")
    return MandatSaisi(
        nature=NatureMandat(nature) if nature in set(NatureMandat) else None,
        modele=ModeleMandat(modele) if modele in set(ModeleMandat) else ModeleMandat.STANDARD,
        mandat_on=form.jour("mandat_le"),
        mandat_texte=_line(form, "mandat_le"),
        is_attestee=form.is_checked("attestation"),
        appel_numero=_line(form, "appel_numero"),
        appel_on=form.jour("appel_le"),
        appel_texte=_line(form, "appel_le"),
        appel_heure=_line(form, "appel_heure"),
        reponses=tuple(r if r in {"oui", "non"} else "" for r in map(form.texte, QUESTIONS)),
        is_attestee_telephone=form.is_checked("attestation_telephone"),
        sms_numero=_line(form, "sms_numero"),
        is_attestee_sms=form.is_checked("attestation_sms"),
        is_depart=form.is_checked("depart_sms"),
    )


def check_saisie(
    saisi: MandatSaisi, now: datetime, zone: ZoneInfo, *, etat_sms: EtatMandat | None
) -> dict[str, str]:
    """What is missing or wrong, by field and in page order; empty when the mandat can be recorded.

    `etat_sms`: where the SMS asked for this very form stands; None when none was asked.
    """
    if saisi.nature is None:
        return {"mandat": "Dites comment l’usager a donné son accord : par écrit, par SMS ou par téléphone."}
    if saisi.nature is NatureMandat.PAPIER:
        return _check_papier(saisi, now, zone)
    if saisi.nature is NatureMandat.TELEPHONE:
        return _check_telephone(saisi, now, zone)
    return _check_sms(saisi, etat_sms)


def _check_papier(saisi: MandatSaisi, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    erreurs = _check_day("mandat_le", saisi.mandat_on, "la date de signature du mandat", now, zone)
    if not saisi.is_attestee:
        erreurs["attestation"] = "Cochez l’attestation : sans elle, le mandat ne peut pas être enregistré."
    return erreurs


def _check_telephone(saisi: MandatSaisi, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    if not saisi.appel_numero:
        erreurs["appel_numero"] = "Indiquez le numéro que vous avez rappelé : il est obligatoire."
    elif read_numero(saisi.appel_numero, zone.key) is None:
        erreurs["appel_numero"] = say_fault(saisi.appel_numero, zone.key)
    for champ, reponse in zip(QUESTIONS, saisi.reponses, strict=True):
        if reponse == "non":
            erreurs[champ] = NON_DIT
        elif not reponse:
            erreurs[champ] = "Lisez la question à l’usager et notez sa réponse."
    erreurs |= _check_day("appel_le", saisi.appel_on, "la date de l’appel", now, zone)
    heure = read_heure(saisi.appel_heure)
    if heure is None:
        erreurs["appel_heure"] = "Indiquez l’heure de l’appel. Exemple : 14:30."
    elif saisi.appel_on and datetime.combine(saisi.appel_on, heure, zone) > now + timedelta(minutes=5):
        erreurs.setdefault("appel_heure", "Cette heure n’est pas encore passée.")
    if not saisi.is_attestee_telephone:
        erreurs["attestation_telephone"] = (
            "Cochez l’attestation : sans elle, le mandat ne peut pas être enregistré."
        )
    return erreurs


def _check_sms(saisi: MandatSaisi, etat_sms: EtatMandat | None) -> dict[str, str]:
    if etat_sms is None:
        return {
            "sms_numero": "Envoyez d’abord le SMS à l’usager : il doit répondre OUI avant l’envoi de la demande."
        }
    if etat_sms.fiche.a_faire:
        return {"sms_numero": etat_sms.fiche.a_faire}
    # Whoever let the demande leave by itself has attested with that box: they will not be there when the OUI comes.
    if not (saisi.is_attestee_sms or saisi.is_depart):
        return {"attestation_sms": "Cochez l’attestation : sans elle, le mandat ne peut pas être enregistré."}
    return {}


def _check_day(champ: str, day: date | None, quoi: str, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    today = now.astimezone(zone).date()
    if day is None:
        return {champ: f"Indiquez {quoi}. Exemple : {today:%d/%m/%Y}."}
    if day > today:
        return {champ: f"Le {jour(day, zone)} n’est pas encore passé : vérifiez {quoi}."}
    if day <= today - DUREE:
        return {champ: "Ce mandat a plus d’un an : il a pris fin. Demandez-en un nouveau à l’usager."}
    return {}


def _line(form: Champs, nom: str) -> str:
    return " ".join(form.texte(nom).split())
