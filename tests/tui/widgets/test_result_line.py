"""The result shows exactly what will be written, and marks what is new."""

from __future__ import annotations

import pytest
from rich.style import Style

from tests.tui.trial import HOSTILE
from tui.widgets.result_line import result_spans

PLAIN, NEW, FAINT = Style(dim=True), Style(color="green"), Style()


def shown(current: str, result: bytes | None) -> tuple[str, str]:
    """Return the text shown, and what of it is marked as new."""
    spans = result_spans(current, result, PLAIN, NEW, FAINT)
    return "".join(span.text for span in spans), "|".join(span.text for span in spans if span.style.underline)


def test_new_tags_are_marked_without_their_separators() -> None:
    """Each new tag is one marked piece."""
    assert shown("cat", b"cat, white background, sofa") == ("cat, white background, sofa", "white background|sofa")


@pytest.mark.parametrize("text", ["cat\n", "cat\r\ndog\n", "cat", "\n", "  cat ,  dog "])
def test_every_character_is_there(text: str) -> None:
    """Line ends are seen as ↵, everything else as it is."""
    seen, _ = shown("", text.encode())
    assert seen.replace("↵\n", "↵") == text.replace("\r\n", "\n").replace("\n", "↵")


def test_absent_and_empty_are_told_apart() -> None:
    """No file and an empty file are named."""
    assert shown("", None)[0] == "no caption file"
    assert shown("", b"")[0] == "an empty file"


def test_hostile_text_is_only_shown() -> None:
    """Nothing a terminal obeys comes through, and brackets stay."""
    seen, _ = shown("cat", HOSTILE.encode() + b"\xff")
    assert "\x1b" not in seen
    assert "\x9b" not in seen
    assert "a [/] b [red]x[/red]" in seen
    assert "\\xff" in seen
