"""Any filter, as a tree."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from engine.finding.language.query import And, Mark, Node, Not, Number, Or, Score, Text
from engine.finding.language.words import MARKS, NUMBERS, TEXTS

SIGNS = st.characters(exclude_characters="\0", codec="utf-8")
PATTERNS = st.one_of(
    st.sampled_from(
        ["cat", "long hair", "or", "AND", "pending", "a*b", "?", r"\*", "a(b", ")", '"', "'", "-x", "tag:x"]
    ),
    st.text(SIGNS, min_size=1, max_size=8).map(lambda text: re.sub(r"\\", r"\\\\", text)),
)
NUMBER = st.integers(0, 10_000_000).map(lambda number: number / 1000)
OPS = st.sampled_from(["<", "<=", "=", "!=", ">=", ">"])
NAMES = PATTERNS.filter(lambda text: text.strip() == text and text != "")


def ratios() -> st.SearchStrategy[Number]:
    """Give comparisons of an aspect with two sides."""
    return st.builds(
        lambda op, width, height: Number("aspect", op, width / height, (width, height)),
        OPS,
        st.integers(1, 99).map(float),
        st.integers(1, 99).map(float),
    )


LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Mark, st.sampled_from(sorted(MARKS))),
    st.builds(Text, st.sampled_from(["", *TEXTS]), PATTERNS),
    st.builds(Number, st.sampled_from(sorted(NUMBERS)), OPS, NUMBER),
    ratios(),
    st.builds(Score, NAMES, st.one_of(st.just(""), NAMES), OPS, st.integers(0, 1000).map(lambda n: n / 1000)),
)


def _two_or_more(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(parts, min_size=2, max_size=4).map(tuple)


TREES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(Not, parts), st.builds(And, _two_or_more(parts)), st.builds(Or, _two_or_more(parts))
    ),
    max_leaves=8,
)
