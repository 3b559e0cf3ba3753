"""What the form of a mandat shows: the check-list, the sentences to attest, what was typed, the SMS asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.faits.sms import is_available
from app.domain.mandats import textes as textes_mandat
from app.domain.mandats.mandat import Mandat
from app.domain.mandats.saisie import MandatSaisi
from app.domain.mandats.textes import EtapeTelephone
from app.domain.mandats.traductions import list_langues
from app.domain.regles.mandats import NatureMandat


@dataclass(frozen=True)
class Section:
    """`partials/mandats/section.html`, ready to be shown. `sms`: the last SMS asked from this form, answered or not."""

    saisi: MandatSaisi
    sms: Mandat | None
    etapes: tuple[EtapeTelephone, ...]
    attestations: Mapping[str, str]
    langues: list[tuple[str, str]]
    """Those the mandat may be printed in, beside its French."""
    has_sms: bool
    is_new: bool
    """The demande does not exist yet: it may leave by itself when the usager says OUI."""


def build_section(saisi: MandatSaisi, sms: Mandat | None, *, is_new: bool = False) -> Section:
    """The section in the texts of the day."""
    version = textes_mandat.VERSION
    return Section(
        saisi=saisi,
        sms=sms,
        etapes=textes_mandat.list_etapes_telephone(version),
        attestations={
            nature.value: textes_mandat.get_attestation(version, nature) for nature in NatureMandat
        },
        langues=list_langues(),
        has_sms=is_available(),
        is_new=is_new,
    )
