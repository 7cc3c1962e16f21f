"""Keeping a filter in the settings under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import settings, settings_change
from engine.errors import CutlineError
from engine.finding.language import BadQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.settings_change import Changed
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
        self.under_way = False
        """Whether one is being kept."""
        self.failed: Callable[[], None] = lambda: None
        """Called before it is told that one was not kept."""

    def keep(self, name: str, text: str, done: Callable[[str], None]) -> None:
        """Keep one under a name, then call with the other one that was kept under it, else empty; or tell why not."""
        self.under_way = True
        self._errands.start(self._keep(name, text, done))

    def told(self) -> str:
        """Return what stands before the number that a filter brought which was kept just now, once; else empty."""
        told, self._told = self._told, ""
        return told

    async def _keep(self, name: str, text: str, done: Callable[[str], None]) -> None:
        try:
            if name in _mentioned(text):
                raise BadQuery(f"@{name} would mention itself", "choose another name", 0, 0)
            before, changed = await self._hand.do(_replaced, name, text)
        except CutlineError:
            self.failed()
            raise
        finally:
            self.under_way = False
        self._filters[name] = text
        file = f"; the file with its comments is {changed.kept.name} now" if changed.kept else ""
        instead = f" instead of {before}" if before else ""
        self._told = f"kept as @{name}{instead}{file} · "
        done(before)


def _replaced(name: str, text: str) -> tuple[str, Changed]:
    """Write a filter into the settings; return what another one of that name was, which may be another cutline's."""
    before = settings.load().filters.get(name, "")
    return before if before != text else "", settings_change.change(f"filters.{name}", text)


def _mentioned(text: str) -> set[str]:
    return {word.strip("()-@") for word in text.split() if "@" in word}
