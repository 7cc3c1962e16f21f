"""A separator typed by habit, right behind the one that completing a tag has put there already."""

from __future__ import annotations


class Habit:
    """Knows what stands there already, so that it is not typed twice."""

    def __init__(self) -> None:
        """Expect nothing."""
        self._text, self._at, self._rest = "", 0, ""

    def expect(self, text: str, at: int, separator: str) -> None:
        """Expect that a separator may be typed once more, and a blank behind it, where a tag just put there ends in one.

        Args:
            text: As the editor holds it, the tag in it.
            at: Where the cursor is, behind the tag.
            separator: What stands between tags.
        """
        ends_in_one = text[:at].rstrip().endswith(separator)
        self._text, self._at, self._rest = text, at, f"{separator} " if ends_in_one else ""

    def swallows(self, text: str, at: int, typed: str) -> bool:
        """Say whether what is typed stands there already; it counts once, and only where nothing was typed since.

        Args:
            text: As the editor holds it now.
            at: Where the cursor is now.
            typed: One character.
        """
        if (text, at) != (self._text, self._at) or not typed or not self._rest.startswith(typed):
            return False
        self._rest = self._rest[1:]
        return True
