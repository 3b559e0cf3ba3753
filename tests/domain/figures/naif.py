"""The naive computation of the figures: slow and plain, from the stories alone, following figures.md.

It walks every day of every delay and knows nothing of the facts, the views or the sums it is compared with.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from app.domain.regles.calendrier import Calendrier
from app.domain.regles.delais import echeance_premiere_reponse, echeance_suivi
from tests.cast import CAST
from tests.domain.figures.histoires import PAUSES, Acte, Histoire, groupe_id, organisme_id

PARIS = ZoneInfo("Europe/Paris")
#: mesure, value, day where the usager lives, day in Paris, organisme, département, groupe, structure
Fait = tuple[str, int | None, date, date, int, int, int, int]


@dataclass
class Part:
    """What became of one groupe asked."""

    groupe: str
    solicited_at: datetime
    reponse_at: datetime | None = None
    is_repris: bool = False
    is_repondu: bool = False
    is_procedure: bool = False
    traitee_at: datetime | None = None
    declinee_at: datetime | None = None
    is_closed: bool = False
    late_at: datetime | None = None

    @property
    def etat(self) -> str:
        """The word of figures.md."""
        if self.declinee_at:
            return "declinees"
        if self.traitee_at:
            return "traitees"
        if self.is_closed:
            return "sans_suite"
        return "en_cours" if self.is_repondu else "nouvelles"


def is_en_pause(groupe: str, jour: date) -> bool:
    """Whether the groupe takes nothing that day."""
    debut, reprise = PAUSES.get(groupe, (date.max, date.max))
    return debut <= jour < reprise


def working_time(debut: datetime, fin: datetime, calendrier: Calendrier, groupe: str = "") -> timedelta:
    """Walk the local days: those that are worked, and out of a pause, count what they hold of the delay."""
    start, end = (moment.astimezone(calendrier.zone).replace(tzinfo=None) for moment in (debut, fin))
    total, jour = timedelta(), start.date()
    while jour <= end.date():
        if calendrier.is_jour_ouvre(jour) and not is_en_pause(groupe, jour):
            midnight = datetime.combine(jour, time.min)
            total += max(min(end, midnight + timedelta(days=1)) - max(start, midnight), timedelta())
        jour += timedelta(days=1)
    return total


def tenths(delay: timedelta) -> int:
    """Days of 24 h with one decimal, as tenths."""
    days = Decimal(delay // timedelta(microseconds=1)) / 1_000_000 / 8640
    return int(days.quantize(Decimal(1), ROUND_HALF_UP))


def live(histoire: Histoire, until: datetime | None = None) -> dict[str, Part]:
    """Every part as the acts left it (those before `until`)."""
    calendrier = histoire.calendrier
    parts: dict[str, Part] = {}

    def ask(groupe: str, at: datetime) -> None:
        parts[groupe] = Part(groupe, at, late_at=echeance_premiere_reponse(at, calendrier))

    if until is None or histoire.sent_at <= until:
        for groupe in histoire.groupes:
            ask(groupe, histoire.sent_at)
    for acte in histoire.actes:
        if until is not None and acte.at > until:
            break
        if acte.nom == "inviter":
            ask(acte.groupe, acte.at)
        elif acte.groupe:
            _act(parts[acte.groupe], acte, calendrier)
        else:
            for part in parts.values():
                _act_whole(part, acte, calendrier)
    return parts


def _act(part: Part, acte: Acte, calendrier: Calendrier) -> None:
    if acte.nom in {"repondre", "procedure", "traiter", "prendre"}:
        part.is_repondu = True
        if part.reponse_at is None and not part.is_repris:
            part.reponse_at = acte.at
    if acte.nom == "procedure":
        part.is_procedure = True
    if acte.nom in {"repondre", "procedure"} and not part.traitee_at and not part.declinee_at:
        part.late_at = echeance_suivi(acte.at, calendrier)
    elif acte.nom == "prendre":
        part.traitee_at = part.declinee_at = None
        part.late_at = echeance_suivi(acte.at, calendrier)
    elif acte.nom == "traiter":
        part.traitee_at, part.declinee_at, part.late_at = part.traitee_at or acte.at, None, None
    elif acte.nom == "decliner":
        part.declinee_at, part.late_at = acte.at, None
    elif acte.nom == "relancer":
        part.traitee_at = part.declinee_at = None
        part.is_repris = True
        part.late_at = echeance_premiere_reponse(acte.at, calendrier)


def _act_whole(part: Part, acte: Acte, calendrier: Calendrier) -> None:
    if acte.nom in {"clore", "clore_seule"}:
        part.is_closed, part.late_at = True, None
    elif acte.nom == "rouvrir":
        part.is_closed = False
        part.traitee_at = None
        if part.declinee_at is None:
            part.is_repris = True
            part.late_at = echeance_premiere_reponse(acte.at, calendrier)


def lost_time(histoire: Histoire, part: Part) -> timedelta:
    """What the groupe does not answer for, before traitée: the aidant owed, or it was in pause; never counted twice."""
    assert part.traitee_at is not None
    owed = owed_by_aidant(histoire, part)
    zone, jour = histoire.calendrier.zone, part.solicited_at.date() - timedelta(days=1)
    lost = sum((fin - debut for debut, fin in owed), timedelta())
    while jour <= part.traitee_at.date() + timedelta(days=1):
        if is_en_pause(part.groupe, jour):
            opens = datetime.combine(jour, time.min, zone).astimezone(UTC)
            closes = datetime.combine(jour + timedelta(days=1), time.min, zone).astimezone(UTC)
            opens, closes = max(opens, part.solicited_at), min(closes, part.traitee_at)
            both = (max(min(fin, closes) - max(debut, opens), timedelta()) for debut, fin in owed)
            lost += max(closes - opens, timedelta()) - sum(both, timedelta())
        jour += timedelta(days=1)
    return lost


def owed_by_aidant(histoire: Histoire, part: Part) -> list[tuple[datetime, datetime]]:
    """From a visible answer that leaves the ball to the aidant until the aidant’s next message, before traitée."""
    assert part.traitee_at is not None
    owed: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for acte in histoire.actes:
        if acte.at >= part.traitee_at:
            break
        if acte.nom in {"aidant", "relancer", "rouvrir"}:
            owed += [(since, acte.at)] if since else []
            since = None
        elif acte.groupe == part.groupe and acte.nom in {"repondre", "procedure", "traiter"}:
            since = since or acte.at
    return owed + ([(since, part.traitee_at)] if since else [])


def list_faits(histoire: Histoire) -> Iterator[Fait]:
    """Every fact this demande adds to the figures."""
    calendrier = histoire.calendrier
    lieu = CAST.departements[histoire.departement]
    structure = groupe_id(histoire.structure)

    def fait(mesure: str, value: int | None, at: datetime, groupe: str = "") -> Fait:
        organisme = organisme_id(groupe) if groupe else 0
        jours = at.astimezone(calendrier.zone).date(), at.astimezone(PARIS).date()
        return (
            mesure,
            value,
            *jours,
            organisme,
            lieu,
            groupe_id(groupe) if groupe else 0,
            structure,
        )

    yield fait("envoyees", None, histoire.sent_at)
    for part in live(histoire).values():
        asked, groupe = part.solicited_at, part.groupe
        yield fait("recues", None, asked, groupe)
        yield fait(part.etat, None, asked, groupe)
        if part.reponse_at:
            yield fait(
                "repondues", tenths(working_time(asked, part.reponse_at, calendrier, groupe)), asked, groupe
            )
            if part.reponse_at <= echeance_premiere_reponse(asked, calendrier):
                yield fait("dans_delai", None, asked, groupe)
        if part.traitee_at:
            spent = part.traitee_at - asked - lost_time(histoire, part)
            yield fait("resolues", tenths(spent), part.traitee_at, groupe)
        if part.declinee_at:
            yield fait("declins", None, part.declinee_at, groupe)
        if part.is_procedure:
            yield fait("procedures", None, asked, groupe)
    closing: Acte | None = None
    for acte in histoire.actes:
        if acte.nom == "relancer":
            yield fait("relances", None, acte.at, acte.groupe)
        elif acte.nom == "rouvrir":
            yield fait("reouvertures", None, acte.at)
            closing = None
        elif acte.nom in {"clore", "clore_seule"}:
            closing = acte
    if closing:
        yield fait("clotures", tenths(closing.at - histoire.sent_at), closing.at)
        if closing.nom == "clore_seule":
            yield fait("plateforme", None, closing.at)


def count_faits(lives: Iterable[Histoire]) -> Counter[Fait]:
    """Every fact of every demande, with how many times it stands."""
    return Counter(fait for histoire in lives for fait in list_faits(histoire))


def count_en_souffrance(lives: Iterable[Histoire], at: datetime) -> Counter[tuple[int, int]]:
    """(groupe, département) → open parts past their deadline at that instant."""
    return Counter(
        (groupe_id(part.groupe), CAST.departements[histoire.departement])
        for histoire in lives
        for part in live(histoire, at).values()
        if part.late_at is not None and part.late_at < at
    )


def quantile(values: Sequence[int], tenth: int) -> int | None:
    """The value under which `tenth` tenths of them stand, of the values themselves: 5 is the lower middle one."""
    rank = -(-tenth * len(values) // 10)
    return sorted(values)[max(rank, 1) - 1] if values else None


def noon(jour: date) -> datetime:
    """An instant of that day, the same for everybody."""
    return datetime.combine(jour, time(12), UTC)
