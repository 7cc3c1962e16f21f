"""What an edit changed, in a few words."""

from __future__ import annotations

import pytest

from tui.shell.edit_words import edit_words

PROSE = b"A woman with long blonde hair looks out of a window. "
TAGS = b"1girl, solo, long hair, blonde hair, looking at viewer, smile"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (TAGS, TAGS + b", blurry", ["+blurry"]),
        (TAGS, TAGS.replace(b"smile", b"(smile:1.2)"), ["-smile", "+(smile:1.2)"]),
        (b"cat, cat", b"cat", ["-cat"]),
        (b"", b"a, b, c, d, e, f, g, h", ["+a", "+b", "+c", "+d", "+e", "+f", "and 2 more"]),
        (b"cat", b"cat, " + b"x" * 50, [f"+{'x' * 40}…"]),
        (b"cat, dog", b"dog, cat", ['"cat, dog" → "dog, cat"']),
        (b"cat, dog", b"cat,  dog\n", ['"cat, dog" (white space)']),
        (None, b"cat", ['– → "cat"']),
        (b"cat", None, ['"cat" → –']),
        (
            PROSE + b"It is dark.",
            PROSE + b"It is bright.",
            ['"…ndow. It is dark." → "…ndow. It is bright."'],
        ),
    ],
)
def test_what_changed_is_shown(before: bytes | None, after: bytes | None, words: list[str]) -> None:
    """Tags that went and came; else the text around the first difference, however far back it stands."""
    assert edit_words(before, after, ",") == words
