"""The characters of a filter: white space, words, quoted text, names and numbers, one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.finding.language.query import BadQuery
from engine.finding.language.words import COMPARISONS, OPERATORS

if TYPE_CHECKING:
    from typing import NoReturn

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[Tt]5(?![A-Za-z0-9_-])|[A-Za-z][A-Za-z_-]*")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}")
_STRETCH = re.compile(r"[^\s()]*")
_SPECIAL = frozenset("*?\\")
"""What stays escaped in a pattern; before any other character a backslash only says that it means itself."""


class Scanner:
    """A text and a place in it."""

    def __init__(self, text: str) -> None:
        """Begin at the first character."""
        self.text, self.at = text, 0

    def fail(self, message: str, hint: str = "", at: int | None = None, end: int | None = None) -> NoReturn:
        """Refuse the text.

        Args:
            message: What is wrong.
            hint: What to do.
            at: Where it begins; None for here.
            end: Where it ends; None for `at`, but not before here.
        """
        start = self.at if at is None else at
        raise BadQuery(message, hint, start, max(start, self.at if end is None else end))

    def skip_space(self) -> None:
        """Go on to the next character that is none."""
        found = _SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def ended(self) -> bool:
        """Say whether nothing is left."""
        return self.at >= len(self.text)

    def peek(self) -> str:
        """Return the next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> bool:
        """Pass over these characters if they come next."""
        if self.text.startswith(wanted, self.at):
            self.at += len(wanted)
            return True
        return False

    def name(self) -> tuple[str, int] | None:
        """Return the name that comes next, small, with where it ends; None where none does. It is not passed over."""
        found = _NAME.match(self.text, self.at)
        return (found[0].lower().replace("_", "-"), found.end()) if found else None

    def comparison(self) -> str:
        """Pass over a comparison and return it, `==` as `=`; empty where none comes."""
        for op in COMPARISONS:
            if self.take(op):
                return "=" if op == "==" else op
        return ""

    def number(self, what: str) -> float:
        """Pass over a number and return it.

        Args:
            what: For whom, in the error.
        """
        found = _NUMBER.match(self.text, self.at)
        stretch = _STRETCH.match(self.text, self.at)
        assert stretch is not None
        if found is None:
            wrong = stretch[0]
            self.fail(
                f"`{wrong}` is no number that {what} could be compared with" if wrong else f"{what} needs a number",
                f"for example: {what}>0.5" if what.startswith(("score", "aspect")) else f"for example: {what}>75",
                end=stretch.end(),
            )
        self.at = found.end()
        return float(found[0])

    def nothing_glued(self, began: int) -> None:
        """Refuse what follows a number without space, such as `75px`."""
        stretch = _STRETCH.match(self.text, self.at)
        assert stretch is not None
        if stretch[0]:
            self.fail(
                f"`{self.text[began : stretch.end()]}` is no number", "a space ends a number", began, stretch.end()
            )

    def pattern(self) -> tuple[str, bool]:
        """Pass over a word, or text in quotes; return it as a pattern, and whether it was quoted."""
        if self.peek() in ("'", '"'):
            return self._quoted(), True
        return self._word(), False

    def _quoted(self) -> str:
        began, mark, signs = self.at, self.peek(), list[str]()
        self.at += 1
        while not self.ended():
            if self.take(mark):
                return "".join(signs)
            signs.append(self._sign())
        return self.fail("a quote is not closed", f"close it with {mark}", began, began + 1)

    def _word(self) -> str:
        """Read to white space or to a bracket that the word did not open; brackets inside a word belong to it."""
        signs, depth, began = list[str](), 0, self.at
        while not self.ended() and not self.peek().isspace():
            if self.peek() == "(":
                if self.text[began : self.at].lower() in OPERATORS or not self._closes():
                    break
                depth += 1
            elif self.peek() == ")":
                if depth == 0:
                    break
                depth -= 1
            signs.append(self._sign())
        return "".join(signs)

    def _closes(self) -> bool:
        """Say whether the bracket here is closed before the next white space, as in `saber_(fate)`."""
        depth = 0
        for sign in self.text[self.at :]:
            if sign.isspace():
                return False
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return True
        return False

    def _sign(self) -> str:
        """Pass over one character, or one that a backslash makes plain."""
        sign = self.text[self.at]
        self.at += 1
        if sign != "\\":
            return sign
        if self.ended():
            return "\\\\"
        sign = self.text[self.at]
        self.at += 1
        return f"\\{sign}" if sign in _SPECIAL else sign
