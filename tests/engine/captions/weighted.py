"""Captions with brackets around one tag or several, and what each tag weighs in them, found in another way than cutline's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = [f"t{letter}" for letter in "abcdefghijkl"]
CLOSING = {"(": ")", "[": "]", "{": "}"}
NUMBER = re.compile(r":(\d\.\d)\s*\Z")


def weights(text: str) -> tuple[Mapping[str, list[str]], int]:
    """Return the brackets with their numbers around each name, and how many have no other half."""
    opened: list[int] = []
    pairs: list[tuple[int, int, str]] = []
    alone = 0
    for at, sign in enumerate(text):
        if sign in CLOSING:
            opened.append(at)
        elif sign in CLOSING.values():
            if opened and CLOSING[text[opened[-1]]] == sign:
                number = NUMBER.search(text[:at]) if sign == ")" else None
                start = opened.pop()
                pairs.append((start, at, text[start] + (number[1] if number else "")))
            else:
                alone += 1
    found = {
        name[0]: [kind for start, end, kind in sorted(pairs) if start < name.start() < end]
        for name in re.finditer(r"[a-zA-Z]\w", text)
    }
    return found, alone + len(opened)


HEADS = st.sampled_from(["", "", "", "(", "[", "((", "( ", "x (", "{["])
TAILS = st.sampled_from(["", "", "", ":1.3)", ")", "]", ":1.2) )", " :1.1)", ":1.2) x", "]}", ")]"])
CAPTIONS = st.lists(
    st.tuples(HEADS, st.sampled_from(NAMES), TAILS, st.sampled_from([", ", ", ", ",", "\n", " ||| "])),
    min_size=1,
    max_size=7,
    unique_by=lambda tag: tag[1],
).map(lambda tags: "".join("".join(tag) for tag in tags))
