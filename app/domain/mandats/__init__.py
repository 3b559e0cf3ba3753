"""The usager’s consent: given on paper, by phone or by SMS; recorded, shown, revoked, erased (product §8).
The texts are frozen by version; what the usager read can be found again exactly.
Called by the pages of the mandats, by the new demande and by the sweeps; what is listed below is what they may use.
"""

from app.domain.mandats.accord_sms import expire_waiting, fail_unsent, receive_sms, request_sms
from app.domain.mandats.registre import (
    Mandat,
    end_old,
    erase,
    find_for_form,
    forget_orphans,
    get_mandat,
    list_mandats,
    record,
    record_mandat,
    revoke,
    watch_mandat,
)
from app.domain.mandats.saisie import MOTIFS, MandatSaisi, check_saisie, read_saisie
from app.domain.mandats.section import Section, build_section

__all__ = [
    "MOTIFS",
    "Mandat",
    "MandatSaisi",
    "Section",
    "build_section",
    "check_saisie",
    "end_old",
    "erase",
    "expire_waiting",
    "fail_unsent",
    "find_for_form",
    "forget_orphans",
    "get_mandat",
    "list_mandats",
    "read_saisie",
    "receive_sms",
    "record",
    "record_mandat",
    "request_sms",
    "revoke",
    "watch_mandat",
]
