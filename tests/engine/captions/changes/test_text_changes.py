"""What differs between two texts: complete, and by tags and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.changes.text_changes import LONGEST, Piece, pieces

TEXTS = st.text("ab,;| \nü猫", max_size=40)


@given(TEXTS, TEXTS)
def test_both_texts_are_in_the_pieces(before: str, after: str) -> None:
    """Without what was added the pieces are the text before, without what was removed the text after."""
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "added") == before
    assert "".join(piece.text for piece in found if piece.kind != "removed") == after
    assert all(piece.text for piece in found)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a, b", "a, b, c", " a, b +, c"),
        ("long hair, blonde hair, solo", "blonde hair, solo", "-long hair,   blonde hair, solo"),
        ("1girl, long_hair", "ohwx, 1girl, long hair", "+ohwx,   1girl,  -long_hair +long hair"),
        ("A dog runs.", "A cat runs.", " A  -dog +cat   runs."),
        ("", "new", "+new"),
        ("same", "same", " same"),
    ],
)
def test_changes_are_whole_tags_or_words(before: str, after: str, shown: str) -> None:
    """A tag goes and comes as one, and where only words of it differ, those."""
    signs = {"same": " ", "added": "+", "removed": "-"}
    assert " ".join(signs[piece.kind] + piece.text for piece in pieces(before, after)) == shown


def test_very_long_texts_are_replaced_whole() -> None:
    """Texts that would take long to compare are not compared."""
    before = "a, " * LONGEST
    assert pieces(before, "b") == [Piece(before, "removed"), Piece("b", "added")]
