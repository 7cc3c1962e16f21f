"""White space that is changed can be seen, whatever else changes beside it."""

from __future__ import annotations

import pytest

from engine.captions.caption import parse
from engine.captions.changes.diff import Candidate, diff

LINES = "A cat sits on a mat. It looks at the window."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (LINES, LINES.replace(". ", ".\n"), ["· → ↵"]),
        (LINES.replace(" on", "  on"), LINES, ["-·"]),
        (LINES, LINES.replace(" on", "\u00a0on"), ["· → ⍽"]),
        (LINES, LINES.replace(" on", "\ton"), ["· → ␉"]),
        (LINES, LINES.replace(" on", "\u3000on"), ["· → \\u3000"]),
        (LINES, LINES.replace(". ", ".\n\n"), ["· → ↵↵"]),
        (LINES.replace(". ", ".\n"), LINES.replace(". It looks", ". She stares"), ["↵It looks → ·She stares"]),
        (LINES, LINES + "\nIt is old.", ["+↵It is old."]),
        (LINES, LINES.replace("a mat", "a red mat"), ["+red"]),
        (LINES.replace("cat", "big cat"), LINES, ["-big"]),
    ],
)
def test_changed_white_space_has_signs(old: str, new: str, said: list[str]) -> None:
    """A change of white space alone is signs; where a line's end changes with words, it stands beside them."""
    hunks = diff(parse(old.encode()), Candidate(1, "prose", text=new, merge="replace"))
    assert [hunk.label for hunk in hunks] == said
