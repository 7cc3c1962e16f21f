"""What is typed before the line or the editor that it is meant for has the keys: kept, and put in when it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import NoBinding

from tui.keys.keymap import WAYS_OUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.screen import Screen


class TypedAhead:
    """Takes every key of a screen from the app, in their order, before any widget sees it."""

    def __init__(self, screen: Screen[None], awaits_text: Callable[[], bool]) -> None:
        """Start with nothing kept.

        Args:
            screen: Whose keys they are.
            awaits_text: Says whether something to type in was asked for that does not have the keys yet.
        """
        self._screen, self._awaits_text = screen, awaits_text
        self._kept: list[events.Key] = []

    async def take(self, event: events.Key) -> bool:
        """Keep a key, or do at once what it is bound to; False for one that goes its usual way."""
        if event.key in WAYS_OUT:
            return False
        if self._awaits_text():
            if event.is_printable:
                self._kept.append(event)
            return True
        self.release()
        if self._screen.focused is not None:
            return False
        try:
            # Over the widgets it would come back after the next key was sent to them.
            (binding, *_) = self._screen._bindings.get_bindings_for_key(event.key)  # noqa: SLF001  (no other way)
        except NoBinding:
            return False
        return await self._screen.app.run_action(binding.action, default_namespace=self._screen)

    def release(self) -> None:
        """Hand what was kept to what has the keys now; where nothing was opened, it was meant for nothing."""
        if (widget := self._screen.focused) is not None:
            for event in self._kept:
                widget._forward_event(event)  # noqa: SLF001  (as the app does it; posted, it would come after later ones)
        self._kept.clear()
