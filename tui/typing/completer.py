"""What an editor asks of whoever knows tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.captions.known.suggestion import Suggestion


class Completer(Protocol):
    """Whoever knows tags."""

    def complete(self, typed: str) -> list[Suggestion]:
        """Return what begins with what was typed."""

    def near(self, typed: str, show: Callable[[list[Suggestion]], None]) -> None:
        """Show what nearly fits, later, unless something else was asked for by then."""

    def forget(self) -> None:
        """Answer nothing that was asked before."""
