r"""From the text of a filter to its tree.

    filter = any ;  any = all { OR all } ;  all = one { [AND] one } ;  one = (NOT | -) one | ( any ) | term
    term = WORD | "text" | name:pattern | name op number | score(tag[@source]) op number

NOT binds tighter than AND, AND tighter than OR. Words joined by commas, as `pending,flagged`, mean any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.finding.language.query import And, BadQuery, Mark, Not, Number, Or, Query, Score, Text
from engine.finding.language.scanning import Scanner
from engine.finding.language.words import CHOICES, COMPARISONS, MARKS, NAMES, NUMBERS, OPERATORS, TEXTS
from engine.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.finding.language.query import Node

DEEPEST = 60
"""So many brackets and NOTs may stand inside one another."""
LONGEST = 4_000
"""Characters."""
QUOTE_IT = "put text that is meant as it stands in quotes"


def parse(text: str) -> Query:
    """Read a filter.

    Raises:
        BadQuery: It cannot be understood; with the place.
    """
    if len(text) > LONGEST:
        raise BadQuery(f"the filter is longer than {LONGEST:,} characters", "say less", LONGEST, len(text))
    return Query(text, _Parser(text).whole())


class _Parser(Scanner):
    """One reading of one text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def whole(self) -> Node:
        self.skip_space()
        if self.ended():
            self.fail("there is nothing to look for", "for example: pending AND tag:cat", 0)
        node = self._any() if self.peek() != ")" else None
        if node is None or not self.ended():
            self.fail("a parenthesis was never opened", f"{QUOTE_IT}, or take it out", end=self.at + 1)
        return node

    def _any(self) -> Node:
        parts = [self._all()]
        while self._operator() == "or":
            parts.append(self._after_operator(self._all, "OR", 2))
        return Or(tuple(parts)) if parts[1:] else parts[0]

    def _all(self) -> Node:
        parts = [self._one()]
        while (operator := self._operator()) != "or":
            if operator == "and":
                parts.append(self._after_operator(self._one, "AND", 3))
            elif self.ended() or self.peek() == ")":
                break
            else:
                parts.append(self._one())
        return And(tuple(parts)) if parts[1:] else parts[0]

    def _after_operator(self, rest: Callable[[], Node], operator: str, letters: int) -> Node:
        began = self.at
        self.at += letters
        self.skip_space()
        if self.ended() or self.peek() == ")":
            self.fail(f"nothing follows {operator}", "write what it joins, or take it out", began, began + letters)
        return rest()

    def _one(self) -> Node:
        self.skip_space()
        began = self.at
        if self.ended():
            self.fail("something to look for is missing", QUOTE_IT)
        if self.peek() == "(":
            return self._deeper(self._bracket)
        if self.peek() == ")":
            self.fail("there is nothing between the parentheses", "take them out", end=began + 1)
        operator = self._operator()
        if operator == "not":
            return self._deeper(lambda: Not(self._after_operator(self._one, "NOT", 3)))
        if operator:
            self.fail(f"nothing stands before {operator.upper()}", QUOTE_IT, end=began + len(operator))
        if self.take("-"):
            if self.ended() or self.peek().isspace() or self.peek() == ")":
                self.fail("nothing follows -", QUOTE_IT, began, began + 1)
            return self._deeper(lambda: Not(self._one()))
        return self._term()

    def _deeper(self, inside: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            self.fail("the filter is nested too deeply", f"at most {DEEPEST} levels", end=self.at + 1)
        node = inside()
        self._depth -= 1
        return node

    def _bracket(self) -> Node:
        began = self.at
        self.at += 1
        self.skip_space()
        if self.ended():
            self.fail("a parenthesis is not closed", "close it with )", began, began + 1)
        node = self._any()
        if not self.take(")"):
            self.fail("a parenthesis is not closed", "close it with )", began, began + 1)
        return node

    def _operator(self) -> str:
        """Return the operator that comes next, small; empty where none does. It is not passed over, white space is."""
        self.skip_space()
        found = self.name()
        if found is None or found[0] not in OPERATORS:
            return ""
        after = self.text[found[1] : found[1] + 1]
        return found[0] if not after or after.isspace() or after in "()" else ""

    def _term(self) -> Node:
        """Read a term that begins with a name, else a word."""
        began, found = self.at, self.name()
        if found is not None:
            name, end = found
            self.at = end
            self.skip_space()
            if name == "score" and self.take("("):
                return self._score(began)
            if name in NUMBERS and (self.peek() == ":" or self.text.startswith(COMPARISONS, self.at)):
                self.take(":")
                return self._number(name)
            self.at = end
            if self.take(":"):
                return self._named(name, began)
            if self.comparison():
                self.skip_space()
                if self.peek().isdigit():
                    hint = nearest(name, (*NUMBERS, "score(TAG)"))
                    self.fail(f"`{name}` has no number to compare", f"{hint}; {QUOTE_IT}", began, end)
            self.at = began
        return self._bare()

    def _named(self, name: str, began: int) -> Node:
        end = self.at
        if name not in (*TEXTS, *CHOICES):
            self.fail(f"there is no term `{name}`", f"{nearest(name, NAMES)}; {QUOTE_IT}", began, end - 1)
        self.skip_space()
        if self.ended() or self.peek() == ")":
            self.fail(f"nothing follows {name}:", "write what to look for behind it", began, end)
        at = self.at
        pattern, was_quoted = self.pattern()
        if not pattern:
            self.fail(f"nothing follows {name}:", "write what to look for behind it", began)
        if name in CHOICES:
            return self._choice(name, pattern, at)
        self._ends(was_quoted=was_quoted)
        return Text(name, pattern)

    def _choice(self, name: str, words: str, at: int) -> Node:
        known = CHOICES[name]
        marks: list[Node] = []
        for given in words.lower().replace("_", "-").split(","):
            word = given.removeprefix("state:")
            if name == "state" and word in MARKS:  # `state:flagged` has long been understood
                marks.append(Mark(word))
            elif word not in known:
                self.fail(f"`{word}` is nothing that {name}: knows", nearest(word, known), at)
            elif name == "flag":
                marks.append(Mark("flagged") if word == "yes" else Not(Mark("flagged")))
            else:
                marks.append(Mark(word))
        return Or(tuple(marks)) if marks[1:] else marks[0]

    def _number(self, name: str) -> Number:
        self.skip_space()
        op = self.comparison() or "="
        self.skip_space()
        at, value, ratio = self.at, self.number(name), None
        if name == "aspect" and self.take(":"):
            other = self.number("aspect")
            if not value or not other:
                self.fail("an aspect has two sides that are not 0", "for example: aspect=16:9", at)
            value, ratio = value / other, (value, other)
        self.nothing_glued(at)
        return Number(name, op, value, ratio)

    def _score(self, began: int) -> Score:
        self.skip_space()
        tag, was_quoted = self.pattern() if self.peek() in ("'", '"') else (self._unquoted_tag(began), False)
        source = ""
        if not was_quoted:
            before, mark, behind = tag.rpartition("@")
            if mark and before.strip() and behind.strip():  # not that of the tag `@_@`
                tag, source = before.strip(), behind.strip()
        elif self.take("@"):
            source, _ = self.pattern() if self.peek() in ("'", '"') else (self._unquoted_tag(began), False)
        self.skip_space()
        if not self.take(")"):
            self.fail("score( is not closed", "for example: score(cat)>0.5", began)
        if not tag:
            self.fail("score() needs a tag", "for example: score(cat)>0.5", began)
        self.skip_space()
        op = self.comparison()
        if not op:
            self.fail("score(...) is compared with nothing", "for example: score(cat)>0.5", began)
        self.skip_space()
        at, value = self.at, self.number("score(...)")
        self.nothing_glued(at)
        if value > 1:
            self.fail("a score is at most 1", "for example: score(cat)>0.5", at)
        return Score(tag, source, op, value)

    def _unquoted_tag(self, began: int) -> str:
        """Read to the bracket that closes the score; brackets inside the tag belong to it."""
        signs, depth = list[str](), 0
        while not self.ended() and (depth or self.peek() != ")"):
            depth += (self.peek() == "(") - (self.peek() == ")")
            signs.append(self._sign())
        if self.ended():
            self.fail("score( is not closed", "for example: score(cat)>0.5", began, began + len("score("))
        return "".join(signs).strip()

    def _bare(self) -> Node:
        began = self.at
        pattern, was_quoted = self.pattern()
        if not pattern:
            self.fail("there is nothing to look for", "write something between the quotes", began)
        words = [word.removeprefix("state:") for word in pattern.lower().split(",")]
        if not was_quoted and all(word in MARKS for word in words):
            marks = tuple(Mark(word) for word in words)
            return Or(marks) if marks[1:] else marks[0]
        self._ends(was_quoted=was_quoted)
        return Text("", pattern)

    def _ends(self, *, was_quoted: bool) -> None:
        """Refuse text that goes on behind its closing quote."""
        after = self.peek()
        if was_quoted and after and not after.isspace() and after not in "()":
            self.fail("text goes on behind a quote", r"a space parts two terms; \" is a quote inside", end=self.at + 1)
