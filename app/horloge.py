"""The clock that every machine shares: that of the base, as this process last heard it.

Leases, lives of links and hours of mails are compared with instants that other machines wrote: a machine whose own
clock is wrong would take what another one holds, or end a link early. Between two hearings, time is counted by what no
setting of the clock moves.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: The base is asked again after this long, in seconds: two quartz clocks drift by microseconds meanwhile.
HEARD_FOR = 30.0
#: An answer that took longer, in seconds, says too little of when it was given.
SLOW = 1.0


def _count() -> float:
    # It goes on while a virtual machine is suspended, as `time.monotonic` does not.
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass
class Horloge:
    """What was heard, and when by `count`, in seconds. Before anything was heard, `own` is all there is."""

    own: Callable[[], datetime] = lambda: datetime.now(UTC)
    count: Callable[[], float] = _count
    heard: datetime | None = None
    heard_at: float = 0.0
    asked_at: float | None = None

    def now(self) -> datetime:
        """The instant, by the base."""
        if self.heard is None:
            return self.own()
        return self.heard + timedelta(seconds=self.count() - self.heard_at)

    def is_old(self) -> bool:
        """Whether the base is to be asked again."""
        return self.asked_at is None or self.count() - self.asked_at > HEARD_FOR

    async def ask(self, fetchval: Callable[..., Awaitable[Any]], seconds: float) -> None:
        """Ask the base, which has so long to answer. What it says was true half-way between question and answer."""
        self.asked_at = asked_at = self.count()
        instant: datetime = await fetchval("select clock_timestamp()", timeout=seconds)
        answered_at = self.count()
        if answered_at - asked_at <= SLOW:
            self.heard, self.heard_at = instant, (asked_at + answered_at) / 2


HORLOGE = Horloge()


def now() -> datetime:
    """The instant, by the base that this process uses."""
    return HORLOGE.now()
