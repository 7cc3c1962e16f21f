"""How far long work is: a bar on a terminal, a plain line now and then elsewhere; always on stderr."""

from __future__ import annotations

import shutil
import time
from collections import deque
from typing import TYPE_CHECKING, Literal, Self

from engine.models.amounts import size
from tui.shell.output import is_terminal

if TYPE_CHECKING:
    from tui.shell.output import Output

BAR_SECONDS = 0.1
LINE_SECONDS = 5.0
"""How often it is said where nobody watches; work shorter than this says nothing."""
RATE_SECONDS = 10.0
"""The speed is that of so much of the recent past."""
EXACT_SECONDS = 10
"""A shorter time is told with tenths."""
BAR_CELLS = 24


class Progress:
    """The progress of one piece of work; use it as a context."""

    def __init__(
        self, out: Output, doing: str, total: int, unit: Literal["images", "steps", "bytes"] = "images"
    ) -> None:
        """Start at nothing done.

        Args:
            out: Where to say it.
            doing: What is going on: `tagging`.
            total: How much there is to do; 0 where the work itself will tell, see `expect`.
            unit: Of what.
        """
        self._unit = unit
        self._out, self._doing, self._total = out, doing, total
        self._bar = is_terminal(out.errors)
        self.done = 0
        self._waiting = ""
        self._said = self._started = time.monotonic()
        self._past: deque[tuple[float, int]] = deque([(self._started, 0)])

    def __enter__(self) -> Self:
        """Show an empty bar."""
        if self._bar:
            self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away; what came of it is said elsewhere."""
        if self._bar:
            self._out.raw_note("\r\x1b[K")

    def waits(self, why: str) -> None:
        """Say why nothing moves, once; empty while it does."""
        if why != self._waiting:
            self._waiting = why
            if why or self._bar:
                self._draw()

    def expect(self, total: int) -> None:
        """Take how much there is to do from the work itself."""
        self._total = total

    def advance(self, by: int = 1) -> None:
        """Count work done, and say so if it is time."""
        now = time.monotonic()
        self.done += by
        self._past.append((now, self.done))
        while len(self._past) > 2 and now - self._past[1][0] > RATE_SECONDS:  # noqa: PLR2004  (a speed needs two points)
            self._past.popleft()
        if now - self._said >= (BAR_SECONDS if self._bar else LINE_SECONDS) or (self._bar and self.done == self._total):
            self._said = now
            self._draw()

    def _draw(self) -> None:
        text = (
            f"{self._doing}{f' {self._amount(self.done)} of {self._amount(self._total)}' if self._total else ''}"
            f"{' steps' if self._total and self._unit == 'steps' else ''}"
            f"{f' · {self._waiting}' if self._waiting else self._speed()}"
        )
        if not self._bar:
            self._out.note(text)
            return
        filled = BAR_CELLS * self.done // max(1, self._total)
        columns = shutil.get_terminal_size().columns
        line = f"{'█' * filled}{'░' * (BAR_CELLS - filled)} {text}"
        self._out.raw_note(f"\r{line[: columns - 1]}\x1b[K")

    def _speed(self) -> str:
        (then, before), (now, done) = self._past[0], self._past[-1]
        if now <= then or done <= before:
            return ""
        rate = (done - before) / (now - then)
        speed = size(rate) if self._unit == "bytes" else f"{rate:,.1f} {self._unit}"
        return f" · {speed}/s · {duration((self._total - done) / rate)} left"

    def _amount(self, number: int) -> str:
        return size(number) if self._unit == "bytes" else f"{number:,}"


def duration(seconds: float) -> str:
    """Return a time as a person says it: `0.4 s`, `42 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds < EXACT_SECONDS:
        return f"{seconds:.1f} s"
    minutes, whole = divmod(round(seconds), 60)
    if not minutes:
        return f"{whole} s"
    hours, left = divmod(minutes, 60)
    return f"{hours} h {left:02} min" if hours else f"{minutes} min {whole:02} s"
