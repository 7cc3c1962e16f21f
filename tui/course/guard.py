"""The guard against deciding what was not seen: a card that changed by itself is decided only after a moment."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HELD_SECONDS = 0.15
"""A decision key pressed so soon after an unexpected change was meant for what was shown before."""


class Guard:
    """Knows when what is shown last changed without the person's doing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seconds: float | None = None) -> None:
        """Start with nothing changed.

        Args:
            clock: Seconds that only rise.
            seconds: How long a decision is held back; None for `HELD_SECONDS`.
        """
        self._clock, self._seconds = clock, seconds
        self._changed_at = -math.inf

    def changed(self) -> None:
        """Note that what is shown changed by itself: others decided, results came, the image vanished."""
        self._changed_at = self._clock()

    def moved(self) -> None:
        """Note that the person went elsewhere: what they see there they asked for."""
        self._changed_at = -math.inf

    @property
    def holds(self) -> bool:
        """Whether a decision pressed now is held back."""
        return self._clock() - self._changed_at < (HELD_SECONDS if self._seconds is None else self._seconds)
