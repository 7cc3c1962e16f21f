"""News from threads and from others: the scan of the folder, stored results, what another process did."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import CutlineError
from tui import garbage, messages

if TYPE_CHECKING:
    from textual.screen import Screen

    from engine.review.records import ImageId
    from engine.workspace import Workspace
    from tui.course.card import Card
    from tui.course.turns import Turns
    from tui.idle import Idle

NEWS_SECONDS = 0.3
"""How long results are gathered before they are shown."""


class News:
    """Has turns take in what is new; one waiting request of each kind is enough."""

    def __init__(self, screen: Screen[None], workspace: Workspace, turns: Turns, idle: Idle) -> None:
        """Expect nothing yet.

        Args:
            screen: Is told of the scan, in messages.
            workspace: The dataset.
            turns: Take news in, in order with everything else that was asked.
            idle: Counts what is under way.
        """
        self._screen, self._workspace, self._turns, self._idle = screen, workspace, turns, idle
        self._asked: set[str] = set()
        self._gathering = False

    def scan(self) -> None:
        """Look through the folder, in a thread of its own."""
        threading.Thread(target=self._scan, name="scan", daemon=True).start()

    def _scan(self) -> None:
        try:
            self._workspace.scan(self._scanned)
            garbage.give_back()
        except CutlineError as problem:
            self._screen.post_message(messages.ScanEnded(str(problem)))
        else:
            self._screen.post_message(messages.ScanEnded())

    def _scanned(self, _: list[ImageId]) -> None:
        self._screen.post_message(messages.Scanned())

    def gather(self) -> None:
        """Take results in a moment later, some batches at a time: a fast job stores dozens a second."""
        if not self._gathering:
            self._gathering = True
            self._idle.rise()
            self._screen.set_timer(NEWS_SECONDS, self._gathered)

    def _gathered(self) -> None:
        self.ask("take_news")
        self._gathering = False
        self._idle.fall()

    def ask(self, name: str) -> None:
        """Ask turns for one of their methods, unless the same is waiting to be done."""
        if name not in self._asked:
            self._asked.add(name)
            self._turns.ask(partial(self._do, name))

    async def _do(self, name: str, _: Card | None) -> None:
        self._asked.discard(name)
        await getattr(self._turns, name)()
