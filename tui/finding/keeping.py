"""Keeping a filter in the settings under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import settings_change
from engine.errors import CutlineError
from engine.finding.language import BadQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.errands import Errands
    from tui.hand import Hand


class Keeping:
    """Those that are kept, and how another one comes to them."""

    def __init__(self, filters: dict[str, str], hand: Hand, errands: Errands) -> None:
        """Take over what the settings hold.

        Args:
            filters: By name; those that are kept come to them.
            hand: Writes the settings.
            errands: Tells what goes wrong.
        """
        self._filters, self._hand, self._errands = filters, hand, errands
        self._told = ""
        self.failed: Callable[[], None] = lambda: None
        """Called before it is told that one was not kept."""

    def keep(self, name: str, text: str, done: Callable[[], None]) -> None:
        """Keep one under a name, then call; or tell why not."""
        self._errands.start(self._keep(name, text, done))

    def told(self) -> str:
        """Return what stands before the number that a filter brought which was kept just now, once; else empty."""
        told, self._told = self._told, ""
        return told

    async def _keep(self, name: str, text: str, done: Callable[[], None]) -> None:
        try:
            if name in _mentioned(text):
                raise BadQuery(f"@{name} would mention itself", "choose another name", 0, 0)
            changed = await self._hand.do(settings_change.change, f"filters.{name}", text)
        except CutlineError:
            self.failed()
            raise
        self._filters[name] = text
        file = f"; the file with its comments is {changed.kept.name} now" if changed.kept else ""
        self._told = f"kept as @{name}{file} · "
        done()


def _mentioned(text: str) -> set[str]:
    return {word.strip("()-@") for word in text.split() if "@" in word}
