"""How a model's tag is spelled in a caption: underscores, escapes, and a character apart from its series."""

from __future__ import annotations

import re
from typing import Literal

KAOMOJI = frozenset("0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||".split())  # noqa: SIM905  (reads better than a column)
"""Tags whose underscore is a mouth; the list that the wd14 tagger extension for the SD web UI first published."""

Underscores = Literal["spaces", "keep", "kohya"]

KOHYA_SHORTEST = 4
"""Tags of fewer characters keep their underscores under kohya's rule."""

_TO_ESCAPE = re.compile(r"[\\()]")


def spelled(name: str, underscores: Underscores, *, escape: bool) -> str:
    """Return a tag as it is written.

    Args:
        name: As the model spells it.
        underscores: `spaces` for spaces but in kaomoji; `kohya` for spaces in all tags longer than 3; `keep`.
        escape: Put a backslash before `(`, `)` and backslashes.
    """
    kept = name in KAOMOJI if underscores == "spaces" else underscores == "keep" or len(name) < KOHYA_SHORTEST
    text = name if kept or not name.strip("_ ") else name.replace("_", " ")
    return _TO_ESCAPE.sub(r"\\\g<0>", text) if escape else text


def character_and_series(name: str) -> tuple[str, ...]:
    """Part a character from its series: `saber_(fate)` → `saber`, `fate`; the name alone where there is no series.

    The last bracket is the series, as kohya's tagger has it: `x_(y)_(z)` → `x_(y)`, `z`, and in `x_(y_(z))` that is
    `y_(z)`. Brackets that do not pair, are empty, or stand alone part nothing.
    """
    depth, start = 0, -1
    for at, sign in enumerate(name):
        if sign == "(":
            if depth == 0:
                start = at
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth < 0:
                return (name,)
    if depth or start < 0 or not name.endswith(")"):
        return (name,)
    character, series = name[:start].rstrip("_ "), name[start + 1 : -1].strip("_ ")
    return (character, series) if character and series else (name,)
