"""A sitting of limited length: so many images, how many are done, and how fast that went."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.sitting.rhythm import duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.sitting.rhythm import Rhythm


class Session:
    """One stretch of work, from the moment its length was set."""

    def __init__(self, rhythm: Rhythm, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            rhythm: Counts decisions, and knows when the last one was, by the same clock.
            clock: Seconds that only rise.
        """
        self._rhythm, self._begun = rhythm, clock()
        self._decided_before, self._skipped_before = rhythm.decided, rhythm.skipped

    def told(self) -> str:
        """Say how many images were decided in how long, until the last one, and how many that is a minute."""
        decided = max(0, self._rhythm.decided - self._decided_before)
        skipped = max(0, self._rhythm.skipped - self._skipped_before)
        seconds = max(0.0, self._rhythm.last - self._begun)
        also = f", {skipped:,} skipped" if skipped else ""
        rate = f", {60 * decided / seconds:,.0f}/min" if decided and seconds >= 1 else ""
        return f"{decided:,} decided{also} in {duration(seconds)}{rate}"
