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
            rhythm: Knows when the last decision was, by the same clock.
            clock: Seconds that only rise.
        """
        self._rhythm, self._begun = rhythm, clock()

    def told(self, decided: int, skipped: int) -> str:
        """Say how many images were decided in how long, until the last one, and how many that is a minute.

        Args:
            decided: Images of the session that are decided, each once, however often that was.
            skipped: Images of it that were passed over.
        """
        seconds = max(0.0, self._rhythm.last - self._begun)
        also = f", {skipped:,} skipped" if skipped else ""
        rate = f", {60 * decided / seconds:,.0f}/min" if decided and seconds >= 1 else ""
        return f"{decided:,} decided{also} in {duration(seconds)}{rate}"
