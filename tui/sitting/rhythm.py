"""How fast the person goes through images, and how long the rest will take at that."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED = 50
"""Images the speed is reckoned from."""
BREAK_SECONDS = 60.0
"""A longer time between two images was a break, and counts for so much."""
LEAST = 5
"""With fewer images there is no speed yet."""


class Rhythm:
    """Remembers the last decisions of this sitting."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none.

        Args:
            clock: Seconds that only rise.
        """
        self._clock = clock
        self._gaps: deque[float] = deque(maxlen=REMEMBERED)
        self.last = clock()
        """When an image was decided or skipped last, else the beginning; seconds of the clock."""

    def beat(self) -> None:
        """Note a decision, or an image skipped, which waits no longer either."""
        now = self._clock()
        self._gaps.append(min(now - self.last, BREAK_SECONDS))
        self.last = now

    @property
    def per_minute(self) -> float:
        """Images a minute, decided or skipped; 0 while too few were to tell."""
        seconds = sum(self._gaps)
        return 60 * len(self._gaps) / seconds if len(self._gaps) >= LEAST and seconds > 0 else 0.0

    def told(self, waiting: int) -> str:
        """Say the speed and the time left; empty while there is no speed.

        Args:
            waiting: Images that wait for a decision.
        """
        speed = self.per_minute
        if not speed:
            return ""
        rate = f"{speed:,.0f}/min" if speed >= 10 else f"{speed:.1f}/min"  # noqa: PLR2004  (two digits are enough)
        return f"{rate} · {duration(60 * waiting / speed)} left" if waiting else rate


def duration(seconds: float) -> str:
    """Say how long something takes, in the largest unit that fits."""
    if seconds < 60:  # noqa: PLR2004  (a minute)
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004  (an hour)
