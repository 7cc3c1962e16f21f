"""What keys ask for, one after another, each for the image the person was looking at.

A key pressed while the next image is still being read waits, and then acts on the image that is shown by then. A key
pressed on a card acts on that card as it was seen, also when others' changes drew it anew in between; what an earlier
key made of the card counts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import CutlineError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.actions.action import Handler
    from tui.course.card import Card
    from tui.idle import Idle


class _Turn(NamedTuple):
    """One thing asked for, and the card that was seen then."""

    act: Handler
    seen: Card | None


class Asked:
    """The queue, and the one task that takes from it."""

    def __init__(self, idle: Idle, in_view: Callable[[], Card | None]) -> None:
        """Start with nothing asked.

        Args:
            idle: Counts what is asked and not yet done.
            in_view: Returns the card in view.
        """
        self._idle, self._in_view = idle, in_view
        self._turns: asyncio.Queue[_Turn] = asyncio.Queue()

    @property
    def waits(self) -> bool:
        """Whether something was asked for and not yet begun."""
        return not self._turns.empty()

    def put(self, act: Handler) -> None:
        """Put one thing at the end, for the card that is seen now."""
        self._idle.rise()
        self._turns.put_nowait(_Turn(act, self._in_view()))

    async def run(self, failed: Callable[[CutlineError], Awaitable[None]]) -> None:
        """Take turns for ever.

        Args:
            failed: Told why something was not done.
        """
        while True:
            turn = await self._turns.get()
            try:
                await turn.act(self._meant(turn))
            except CutlineError as problem:
                await failed(problem)
            finally:
                self._idle.fall()

    def _meant(self, turn: _Turn) -> Card | None:
        """Return the card as it was seen, while that image is in view; else the one that is."""
        seen, card = turn.seen.latest if turn.seen else None, self._in_view()
        return seen if seen and card and seen.visit == card.visit else card
