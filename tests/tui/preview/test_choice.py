"""Which pictures a terminal gets."""

from __future__ import annotations

import pytest

from tui.preview.choice import choose

TRUE = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("preview", "environment", "shape", "palette256"),
    [
        ("auto", TRUE, "sextant", False),
        ("auto", {**TRUE, "XTERM_VERSION": "XTerm(379)"}, "half", False),
        ("auto", {**TRUE, "TERM_PROGRAM": "Apple_Terminal"}, "half", False),
        ("auto", {"TERM": "tmux-256color"}, "sextant", True),
        ("auto", {"TERM": "dumb"}, None, False),
        ("auto", {**TRUE, "NO_COLOR": "1"}, None, False),
        ("auto", {}, None, False),
        ("symbols", {"TERM": "linux"}, "half", True),
        ("none", TRUE, None, False),
    ],
)
def test_choice(preview: str, environment: dict[str, str], shape: str | None, palette256: bool) -> None:  # noqa: FBT001
    """A wish and an environment give cells of one shape and a palette, or none."""
    drawing = choose(preview, environment)
    assert drawing.shape == shape
    assert shape is None or drawing.palette256 == palette256
