"""What of a caption is marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.finding.highlights import Highlights
from engine.finding.language import parse


def marked(query: str, caption: str) -> list[str]:
    """Return the stretches that are marked."""
    return [caption[begin:end] for begin, end in Highlights(parse(query)).spans(caption)]


@pytest.mark.parametrize(
    ("query", "caption", "found"),
    [
        ("cat", "cat, a Cat, concat", ["cat", "Cat", "cat"]),
        ("tag:cat", "cat, Cat, concat", ["cat", "Cat"]),
        ("tag:long_hair", "Long Hair, very long hair", ["Long Hair"]),
        ("tag:*hair", "Long Hair, dress, very long hair", ["Long Hair", "very long hair"]),
        ("caption:r*d", "a bird, red", ["rd", "red"]),
        ("caption:r?d", "a bird, red", ["red"]),
        ("cat OR dog", "dog, cat", ["dog", "cat"]),
        ("-cat dog", "dog, cat", ["dog"]),
        ("not (cat or not dog)", "dog, cat", ["dog"]),
        ("cat at,", "cat, hat", ["cat,"]),
        ("name:cat pending", "cat", []),
        ("strasse", "die Straße ist", ["Straße"]),
        ("ist", "ﬁst İst", ["ﬁst"]),
        ("*", "cat", []),
        ("cat", "", []),
    ],
)
def test_what_is_looked_for_is_marked(query: str, caption: str, found: list[str]) -> None:
    """Text and tags, joined where they meet; not what is to be absent."""
    assert marked(query, caption) == found


@given(st.text("aßİﬁI\udce9, ", max_size=12), st.text("aßiﬁ?*", min_size=1, max_size=3))
def test_marks_lie_in_the_text(caption: str, pattern: str) -> None:
    """In order, apart from each other, and none empty, whatever folding makes of the letters."""
    behind = -1
    for begin, end in Highlights(parse(f'caption:"{pattern}" or tag:"{pattern}"')).spans(caption):
        assert behind < begin < end <= len(caption)
        behind = end


def test_a_tag_says_whether_it_is_looked_for() -> None:
    """For lists of tags, which are no caption."""
    highlights = Highlights(parse("tag:long* or hair"))
    assert highlights.has_tag("Long_Dress")
    assert highlights.has_tag("red hair")
    assert not highlights.has_tag("cat")
    assert not Highlights(None)


def test_names_are_marked_by_what_looks_for_names() -> None:
    """Bare words and `name:` mark a file's name, terms about captions do not."""
    marks = Highlights(parse('cat OR name:"IMG_*" OR caption:png OR tag:png')).in_name("img_cat.png")
    assert marks == [(0, 7)]
    assert Highlights(parse("cat")).in_name("a Cat.png") == [(2, 5)]
    assert Highlights(parse("tag:cat")).in_name("cat.png") == []
