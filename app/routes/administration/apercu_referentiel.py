"""What a proposition changes, before it is published: the same page for a form, a file and a former version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response

from app import pages
from app.domain.acces.sessions import Signed as Agent
from app.domain.administration.fichier import find_a_publier
from app.domain.administration.referentiel import ApercuReferentiel, ReferentielPropose, preview, say_compte
from app.domain.mots.dates import day_in_paris, say_version
from app.domain.territoire.differences import Difference
from app.domain.territoire.fautes import Faute
from app.formulaire import as_id
from app.pages import Contexte
from app.routes.params import Visit

URL = "/administration/referentiel"
APERCU = "administration/referentiel_apercu.html"


@dataclass(frozen=True)
class DifferenceDite:
    """A difference, and the open demandes it is about, in words."""

    difference: Difference
    ouvertes: str


@dataclass(frozen=True)
class ConditionsMontrees:
    """Conditions of the file that were never published here; `jour` is proposed when it is not past."""

    version: str
    changements: str
    texte: str
    jour: str
    vu: str


@dataclass(frozen=True, kw_only=True)
class ApercuMontre(Contexte):
    """Before and after, what stands against it, and the form that publishes. `corriger`: where it was typed."""

    templates = (APERCU,)
    dites: list[DifferenceDite]
    obstacles: list[str]
    is_publiable: bool
    proposition: str
    vu: int
    raison: str
    corriger: str
    conflit: str
    conditions: ConditionsMontrees | None


def read_version_numero(texte: str) -> int | None:
    """The number of a version, which begins at 0; None when it is no number."""
    return 0 if texte == "0" else as_id(texte)


async def show_apercu(
    request: Visit,
    signed: Agent,
    proposition: ReferentielPropose,
    now: datetime,
    *,
    raison: str = "",
    erreurs: Mapping[str, str] | None = None,
    conflit: str = "",
) -> Response[Any]:
    """The preview as things stand now. Raises Refus."""
    apercu = await preview(signed, proposition, now)
    sorte = proposition.sorte
    context = ApercuMontre(
        erreurs=erreurs or {},
        dites=[_say(one, apercu) for one in apercu.differences],
        obstacles=[*dict.fromkeys([*map(_say_faute, apercu.fautes), *apercu.refus])],
        is_publiable=apercu.is_publiable,
        proposition=proposition.write(),
        vu=apercu.vu,
        raison=raison,
        corriger=f"{URL}/{sorte}/{proposition.code}" if sorte else "",
        conflit=conflit,
        conditions=await _show_conditions(signed, proposition, now),
    )
    return await pages.show(request, APERCU, context, status=409 if conflit else None)


async def _show_conditions(
    signed: Agent, proposition: ReferentielPropose, now: datetime
) -> ConditionsMontrees | None:
    found = await find_a_publier(signed, proposition.conditions)
    if found is None:
        return None
    portees, last = found
    jour = portees.applies_on if portees.applies_on >= day_in_paris(now).isoformat() else ""
    return ConditionsMontrees(say_version(portees.applies_on), portees.changements, portees.texte, jour, last)


def _say(one: Difference, apercu: ApercuReferentiel) -> DifferenceDite:
    count = apercu.ouvertes.get((one.sorte, one.code), 0)
    said = say_compte(count, "demande ouverte", "demandes ouvertes") if count else "aucune demande ouverte"
    return DifferenceDite(one, said)


def _say_faute(faute: Faute) -> str:
    return f"{faute.sorte.fiche.nom} «\u00a0{faute.code}\u00a0»\u00a0: {faute.phrase}"
