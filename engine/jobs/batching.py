"""How many pictures a model is given at once: more while they fit, half as many when they do not. Pure."""

from __future__ import annotations

FIRST = 2
AGAIN_AFTER, AGAIN_AT_MOST = 16, 1024
"""After trouble a larger batch is tried when so many full ones fitted, twice as many each time it did not; but not
more than that."""


class BatchSize:
    """The size for one model, learnt from how its batches fare."""

    def __init__(self, most: int) -> None:
        """Start small.

        Args:
            most: It never grows beyond this.
        """
        self.now = min(FIRST, most)
        """So many pictures may be given at once."""
        self._most = most
        self._fitted = 0
        self._wait = 0

    def fitted(self, count: int) -> None:
        """Note that a batch of so many pictures was answered; one that was not full says nothing about larger ones."""
        if count < self.now or self.now >= self._most:
            return
        self._fitted += 1
        if self._fitted > self._wait:
            self.now = min(self.now * 2, self._most)
            self._fitted = 0

    def did_not_fit(self, count: int) -> None:
        """Note that a batch of so many pictures did not fit in memory."""
        while self.now >= count and self.now > 1:
            self.now //= 2
        self._wait = min(max(AGAIN_AFTER, self._wait * 2), AGAIN_AT_MOST)
        self._fitted = 0


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that something did not fit in memory, whichever library raised it."""
    named = any(kind is MemoryError or kind.__name__ == "OutOfMemoryError" for kind in type(error).__mro__)
    said = str(error).lower()
    return named or "out of memory" in said or "failed to allocate memory" in said
