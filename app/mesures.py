"""What this process counts of itself, and how Prometheus reads it. Nothing here names a person, a page or an object."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

#: The longest request allowed is 20 s; upper bounds in seconds.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


@dataclass
class Compteur:
    """Requests answered by this process since it started, by class of status; how long they took."""

    answered: Counter[str] = field(default_factory=Counter)
    durations: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0
    under_way: int = 0

    def count(self, status: int, seconds: float) -> None:
        """One request was answered."""
        self.answered[f"{status // 100}xx"] += 1
        self.durations[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


REQUESTS = Compteur()


@dataclass(frozen=True)
class Mesure:
    """One figure: its name, what it means, its kind for Prometheus, and its values by label (`""`: none)."""

    nom: str
    sens: str
    values: dict[str, float]
    kind: str = "gauge"
    label: str = ""


def list_requests(counted: Compteur = REQUESTS) -> list[Mesure]:
    """What was counted of the requests of this process."""
    total = sum(counted.durations)
    so_far, buckets = 0, {}
    for bound, here in zip((*map(str, BOUNDS), "+Inf"), counted.durations, strict=True):
        so_far += here
        buckets[bound] = float(so_far)
    return [
        Mesure(
            "aplus_requests_total",
            "requests answered by this process, by class of status",
            dict(counted.answered),
            "counter",
            "status",
        ),
        Mesure("aplus_requests_under_way", "requests being answered", {"": counted.under_way}),
        Mesure(
            "aplus_request_seconds_bucket", "requests that took at most le seconds", buckets, "counter", "le"
        ),
        Mesure("aplus_request_seconds_sum", "seconds spent answering", {"": counted.seconds}, "counter"),
        Mesure("aplus_request_seconds_count", "requests timed", {"": total}, "counter"),
    ]


def write_mesures(mesures: Iterable[Mesure]) -> str:
    """The text of Prometheus, version 0.0.4."""
    lines = []
    for mesure in mesures:
        lines += [f"# HELP {mesure.nom} {mesure.sens}", f"# TYPE {mesure.nom} {mesure.kind}"]
        for label, value in mesure.values.items():
            where = f'{{{mesure.label}="{label}"}}' if mesure.label else ""
            lines.append(f"{mesure.nom}{where} {value:.15g}")
    return "\n".join(lines) + "\n"
