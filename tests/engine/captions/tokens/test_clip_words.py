"""Tests of how CLIP takes text apart before its vocabulary is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.tokens.clip_words import normal, pieces, written_end


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cat", ["cat"]),
        ("red_hair,", ["red", "_", "hair", ","]),
        ("don't", ["don", "'t"]),
        ("they'll've", ["they", "'ll", "'ve"]),
        ("1girl", ["1", "girl"]),
        ("2024", ["2", "0", "2", "4"]),
        ("^_^", ["^_^"]),
        ("(long", ["(", "long"]),
        ("naïve", ["naïve"]),
        ("½²٣", ["½", "²", "٣"]),
        ("日本語。", ["日本語", "。"]),
        ("👩🏽", ["👩🏽"]),
        ("é's", ["é", "'s"]),
        ("日'日", ["日", "'", "日"]),
    ],
)
def test_a_word_falls_into_letters_digits_and_signs(word: str, expected: list[str]) -> None:
    """Letters stay together, digits stand alone, English endings and runs of signs are pieces of their own."""
    assert pieces(normal(word)) == expected


def test_upper_case_and_loose_accents_are_read_as_the_same() -> None:
    """CLIP knows neither capital letters nor accents that stand beside their letter."""
    assert normal("CAFE\u0301") == normal("café") == "café"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_pieces_hold_every_character_once(word: str) -> None:
    """Joined again they are the word."""
    assert "".join(pieces(normal(word))) == normal(word)


@given(st.text(st.characters(exclude_categories=["Cs", "Z"]), max_size=8))
def test_ends_in_the_written_word_rise_to_its_length(word: str) -> None:
    """However a word changes when it is read, its ends come in order and the last is its own end."""
    length = len(normal(word))
    ends = [written_end(word, end) for end in range(length + 1)]
    assert ends == sorted(ends)
    assert ends[-1] == len(word)
