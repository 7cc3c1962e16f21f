"""Marking what was looked for."""

from __future__ import annotations

import pytest
from rich.style import Style

from tui.widgets.marks import MARKED, marked


@pytest.mark.parametrize(
    ("text", "stretches", "at", "parts"),
    [
        ("a cat here", [(2, 5)], 0, ["a ", "[cat]", " here"]),
        ("cat", [(0, 3)], 0, ["[cat]"]),
        ("cat", [], 0, ["cat"]),
        ("at here", [(2, 5), (6, 8)], 3, ["[at]", " ", "[he]", "re"]),
        ("none", [(0, 2), (20, 30)], 5, ["none"]),
        ("", [(0, 2)], 0, []),
    ],
)
def test_stretches_are_marked(text: str, stretches: list[tuple[int, int]], at: int, parts: list[str]) -> None:
    """Nothing of the text is lost or doubled, and what lies in a stretch is marked, also where it is cut."""
    style = Style(color="red")
    spans = [*marked(text, stretches, style, at)]
    assert [f"[{s.text}]" if s.style == style + MARKED else s.text for s in spans] == parts
    assert "".join(span.text for span in spans) == text
