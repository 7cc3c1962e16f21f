"""Tests of CLIP's pairs, with the real ones."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.tokens.byte_pairs import MERGES, BytePairs
from engine.captions.tokens.clip_words import normal, pieces
from engine.models.clip_vocabulary import PackagedPieces
from tests.engine.captions.clip_pairs import pairs_text


@pytest.fixture(scope="module")
def pairs() -> BytePairs:
    """Read the pairs once."""
    return BytePairs(pairs_text())


@pytest.fixture(scope="module")
def packaged() -> PackagedPieces:
    """Load the package once."""
    pytest.importorskip("instant_clip_tokenizer")
    from instant_clip_tokenizer import Tokenizer  # noqa: PLC0415  (not for this machine, perhaps)

    return PackagedPieces(Tokenizer())


@pytest.mark.parametrize(
    ("piece", "ends"),
    [
        ("cat", (3,)),
        ("antidisestablishmentarianism", (4, 8, 12, 16, 20, 28)),
        ("日本語", (1, 2, 2, 3)),
        ("ёжик", (0, 1, 1, 2, 3, 4)),
        (",", (1,)),
    ],
)
def test_known_pieces_end_where_they_should(
    pairs: BytePairs, packaged: PackagedPieces, piece: str, ends: object
) -> None:
    """A token that ends inside a character ends before it: the character belongs to the token that completes it."""
    assert pairs.ends(piece) == packaged.ends(piece) == ends


WORDS = st.characters(exclude_categories=["Z", "Cc", "Cn"], exclude_characters="\ufffd", max_codepoint=0x1FFFF)
"""The sign of replacement is left out, for the package shows half a character as one; and what Unicode gave no meaning
yet, for the package may know a newer one."""


@given(st.text(WORDS, min_size=1, max_size=20))
def test_file_and_package_agree(pairs: BytePairs, packaged: PackagedPieces, word: str) -> None:
    """Whatever the text, halves of characters among it: the same tokens end at the same places."""
    for piece in pieces(normal(word)):
        ours = pairs.ends(piece)
        assert ours == packaged.ends(piece)
        assert len(ours) == pairs.count(piece) == packaged.count(piece)
        assert list(ours) == sorted(ours)
        assert ours[-1] == len(piece)


def test_a_long_run_of_letters_takes_no_square_of_its_length(pairs: BytePairs) -> None:
    """Chinese has no blanks: ten times the characters take about ten times as long."""
    random.seed(1)
    text = "".join(chr(random.randint(0x4E00, 0x9FFF)) for _ in range(4000))

    def seconds(count: int) -> float:
        began = time.thread_time()  # what others do on the machine does not count
        pairs.ends(text[:count])
        return time.thread_time() - began

    assert min(seconds(4000) for _ in range(3)) < 40 * min(seconds(400) for _ in range(3))


@pytest.mark.parametrize("text", ["", "#version: 0.2\na b\n", "#version: 0.2\n" + "a b c\n" * MERGES])
def test_what_does_not_hold_the_pairs_is_refused(text: str) -> None:
    """A file that is cut off, or another one, gives no counts that would be wrong."""
    with pytest.raises(ValueError, match="CLIP's pairs"):
        BytePairs(text)
