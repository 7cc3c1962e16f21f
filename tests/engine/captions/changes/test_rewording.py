"""A change whose text a person writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse
from engine.captions.changes.diff import Candidate, Merge, diff
from engine.captions.changes.hunks import Hunk, apply
from engine.captions.changes.rewording import reword
from engine.captions.viewing.view import ViewedTag


def tag_hunk(raw: bytes, name: str, merge: Merge = "append") -> Hunk:
    """Return the change that a tagger's only tag makes."""
    return diff(parse(raw), Candidate(1, "tags", (ViewedTag(name, 0.5, "general", name),), merge=merge))[-1]


@pytest.mark.parametrize(
    ("raw", "merge", "typed", "after", "labels"),
    [
        (b"a", "append", "c d", b"a, c d", ["+c d (edited)"]),
        (b"a", "append", " c, d_e ,", b"a, c, d_e", ["+c (edited)", "+d_e (edited)"]),
        (b"a", "append", "", b"a", []),
        (b"a", "append", "gray hair", b"a, gray hair", ["+gray hair"]),
        (b"grey hair", "replace", "hair", b"hair", ["grey hair → hair (edited)"]),
        (b"grey hair", "replace", "hair, x", b"hair, x", ["grey hair → hair (edited)", "+x (edited)"]),
        (b"grey hair, b", "replace", "", b"b", ["-grey hair (edited)"]),
    ],
)
def test_tags(raw: bytes, merge: Merge, typed: str, after: bytes, labels: list[str]) -> None:
    """What is typed stands instead, several tags as several changes, and nobody gave it a score."""
    current = parse(raw)
    found = reword(current, tag_hunk(raw, "gray hair", merge), typed)
    assert [hunk.label for hunk in found] == labels
    assert apply(current, found) == after
    assert all(hunk.score is None for hunk in found if hunk.edited)


@pytest.mark.parametrize(
    ("new", "typed", "after", "labels"),
    [
        ("A red cat sits here.", "black", b"A black cat sits.\r\n", ["red → black (edited)"]),
        ("A big red cat sits.", "very big", b"A very big red cat sits.\r\n", ["+very big (edited)"]),
        ("A cat sits.", "grey", b"A grey cat sits.\r\n", ["red → grey (edited)"]),
        ("A blue cat sits.", "", b"A cat sits.\r\n", ["-red (edited)"]),
        (
            "A red cat sits. It is old.",
            "It\nis new.",
            b"A red cat sits. It\r\nis new.\r\n",
            ["+It\r\nis new. (edited)"],
        ),
    ],
)
def test_prose(new: str, typed: str, after: bytes, labels: list[str]) -> None:
    """What is typed takes the white space of what stood there, and the line ends of the file."""
    raw = b"A red cat sits.\r\n"
    current = parse(raw)
    hunks = diff(current, Candidate(1, "prose", text=new, merge="replace"))
    if typed == "black":
        hunks = (Hunk("replace", "prose", 2, 5, "red", "blue"),)
    found = reword(current, hunks[0], typed)
    assert [hunk.label for hunk in found] == labels
    assert apply(current, found) == after


@given(st.text(), st.text())
def test_typing_what_is_there_changes_nothing(old: str, new: str) -> None:
    """A text that is confirmed as it is stays the model's."""
    hunk = Hunk("replace", "prose", 0, len(old), old, new)
    assert reword(parse(old.encode(errors="replace")), hunk, new) == (hunk,)
