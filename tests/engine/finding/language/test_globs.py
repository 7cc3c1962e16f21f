"""Patterns with stars: the same matches as the plain rules give, and never slow."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.finding.language.globs import Glob, tag_glob, text_glob

TEXTS = st.text("ab*?é\n", max_size=12)
PATTERNS = st.text("ab*?é", max_size=6)


@given(PATTERNS, TEXTS)
def test_a_pattern_matches_as_file_names_do(pattern: str, text: str) -> None:
    """Whole texts and parts of them fit as `fnmatch` says, in characters and in bytes."""
    glob = Glob(pattern, str)
    assert glob.is_all_of(text) == fnmatch.fnmatchcase(text, pattern)
    assert glob.is_in(text) == fnmatch.fnmatchcase(text, f"*{pattern}*")
    raw = f"{text}|{text}|".encode()
    half = len(raw) // 2
    assert glob.among(raw, [(0, 0), (1, half)], [half - 1, len(raw) - 1]) == ([0, 1] if glob.is_in(text) else [])
    assert glob.literal in text or not glob.is_in(text)


@given(PATTERNS, TEXTS)
def test_what_is_found_fits_by_itself(pattern: str, text: str) -> None:
    """Each stretch that is found is one that the pattern fits, and they come one after another."""
    glob, behind = Glob(pattern, str), 0
    for begin, end in glob.find_all(text):
        assert behind <= begin < end
        assert glob.is_in(text[begin:end])
        behind = end


@pytest.mark.parametrize(
    ("pattern", "tag"),
    [
        ("Long_Hair", "long hair"),
        ("long hair", "long hair"),
        ("long *", "long hair"),
        ("*_hair", "long hair"),
        ("saber (fate)", "saber (fate)"),
        ("?girl", "1girl"),
        (r"a\*b", "a*b"),
        (r"\*", "*"),
    ],
)
def test_a_tag_is_found_however_it_is_spelled(pattern: str, tag: str) -> None:
    """Case, underscores and escapes make no difference."""
    assert tag_glob(pattern).is_all_of(tag)


def test_small_and_capital_letters_are_the_same() -> None:
    """Also beyond ASCII."""
    assert text_glob("STRASSE").is_in("große straße".casefold())


@pytest.mark.parametrize("pattern", ["a*" * 30 + "b", "*a?" * 20 + "b", "?" * 40 + "*b"])
def test_many_stars_take_no_time(pattern: str) -> None:
    """No pattern makes a long text take long, wherever it is looked for."""
    glob, text = Glob(pattern, str), "a" * 20_000
    began = time.thread_time()
    assert not glob.is_in(text)
    assert not glob.is_all_of(text)
    assert glob.among(text.encode(), [(0, 0)], [len(text)]) == []
    assert list(glob.find_all(text)) == []
    assert time.thread_time() - began < 2
