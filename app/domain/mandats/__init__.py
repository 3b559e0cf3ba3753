"""The usager’s consent: given on paper, by phone or by SMS; recorded, shown, revoked (product §8).
The texts are frozen by version; what the usager read can be found again exactly.
Called by the pages of the mandats, by the new demande and by the sweeps; what is listed below is what they may use.
"""

from app.domain.mandats.annonce import IssueSms, tell_author
from app.domain.mandats.enregistrement import record, record_mandat
from app.domain.mandats.fins import end_old, expire_waiting, fail_unsent, forget_orphans, revoke
from app.domain.mandats.mandat import Mandat, find_for_form, get_mandat, list_mandats, watch_mandat
from app.domain.mandats.saisie import MandatSaisi, check_saisie, read_saisie
from app.domain.mandats.section import Section, build_section
from app.domain.mandats.sms_demandes import request_sms
from app.domain.mandats.sms_recus import receive_sms

__all__ = [
    "IssueSms",
    "Mandat",
    "MandatSaisi",
    "Section",
    "build_section",
    "check_saisie",
    "end_old",
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
    "tell_author",
    "watch_mandat",
]
