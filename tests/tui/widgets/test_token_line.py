"""Tests of token counts as they are painted."""

from __future__ import annotations

import pytest
from rich.style import Style

from engine.captions.tokens.tokens import Blocks, Limits, TokenBudget
from tui.widgets.token_line import token_spans, with_block_ends


def ink(name: str) -> Style:
    """Name the ink in the style."""
    return Style(meta={"ink": name})


@pytest.mark.parametrize(
    ("budget", "limits", "said"),
    [
        (TokenBudget(31, clip_exact=True, t5=40, t5_exact=False), Limits(), "31/75 · T5 ~40/512"),
        (TokenBudget(31, clip_exact=False, t5=40, t5_exact=True), Limits(225, 256), "~31/225 · T5 40/256"),
        (TokenBudget(76, clip_exact=True, t5=300, t5_exact=False), Limits(75, 256), "76/75! · T5 ~300/256!"),
    ],
)
def test_counts_stand_beside_their_limits(budget: TokenBudget, limits: Limits, said: str) -> None:
    """`~` marks an estimate, and what is over its limit has a sign, not only a colour."""
    spans = token_spans(budget, limits, ink)
    assert "".join(span.text for span in spans) == said
    warned = [span.text for span in spans if span.style.meta["ink"] == "warning"]
    assert warned == [word for word in said.split(" ") if word.endswith("!")]


def test_a_mark_stands_where_a_block_ends() -> None:
    """The text is cut at each end, and the mark names how many tokens are before it."""
    blocks = Blocks(10, exact=True, ends=(3, 7))
    parts = list(with_block_ends("a b c d e", blocks, 4))
    assert parts == [("a b", False), ("│4│", True), (" c d", False), ("│8│", True), (" e", False)]


def test_a_part_of_the_text_has_the_marks_that_fall_into_it() -> None:
    """Cut anywhere, the parts together show each mark once, with its own number."""
    text, blocks = "a b c d e", Blocks(10, exact=False, ends=(3, 7))
    whole = "".join(part for part, _ in with_block_ends(text, blocks, 4))
    assert whole == "a b│~4│ c d│~8│ e"
    for cut in range(len(text) + 1):
        halves = [*with_block_ends(text[:cut], blocks, 4), *with_block_ends(text[cut:], blocks, 4, cut)]
        assert "".join(part for part, _ in halves) == whole
