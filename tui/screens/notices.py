"""Notices: what a person should know and did not ask for; several stand side by side, none takes the place of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.stage import Tone


class Notices:
    """Joins a notice to those that are still read."""

    def __init__(self, says: Callable[[], str], say: Callable[[str, Tone], None]) -> None:
        """Start with none.

        Args:
            says: Returns what is said now, raw text.
            say: Says one raw line instead.
        """
        self._says, self._say = says, say
        self._standing: list[str] = []
        self._is_read = False

    @property
    def unread(self) -> bool:
        """Whether something stands there since the start and no key was pressed: nobody can have seen it yet."""
        return bool(self._standing) and not self._is_read

    def read(self) -> None:
        """Note that a person is there, so that other words may take the place of what stands."""
        self._is_read = True

    def tell(self, *told: str) -> None:
        """Say raw lines; with those before, unless something else was said since."""
        standing = self._standing if self._says() == _joined(self._standing) else []
        self._standing = list(dict.fromkeys([*standing, *told]))
        if told:
            self._say(_joined(self._standing), "warning")


def _joined(notices: list[str]) -> str:
    return " · ".join(notices)
