"""A change taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse
from engine.captions.changes.diff import Candidate, Merge, diff
from engine.captions.changes.hunks import Hunk, apply
from engine.captions.changes.splitting import split
from engine.captions.viewing.view import ViewedTag

TEXT = st.lists(
    st.sampled_from(
        ["A", "the", "cat", "sits,", "big", "old.", "Why?", "It", "very very", "坐在，", "黑。", "\n\n", "a; b"]
    ),
    min_size=1,
).map(" ".join)


def prose_hunks(raw: bytes, text: str, merge: Merge = "replace") -> tuple[Hunk, ...]:
    """Return what a captioner's text changes."""
    return diff(parse(raw), Candidate(1, "prose", text=text, merge=merge))


@pytest.mark.parametrize(
    ("raw", "text", "parts"),
    [
        (None, "A cat sits. It is old.", ["+A cat sits.", "+It is old."]),
        (None, "A cat sits, and it is old.", ["+A cat sits,", "+and it is old."]),
        (None, "A cat sits", ["+A", "+cat", "+sits"]),
        (None, "黑猫。", ["+黑", "+猫", "+。"]),
        (b"A black cat.", "A very small red dog.", ["black → very", "cat. → small", "+red", "+dog."]),
        (b"A cat sits here.", "A cat and a dog sit here.", ["sits → and", "+a", "+dog", "+sit"]),
        (b"The cat is on the old red sofa today.", "The cat is on the old sofa today.", []),
    ],
)
def test_prose_is_split_where_it_can_be(raw: bytes | None, text: str, parts: list[str]) -> None:
    """At sentences, else at clauses, else at words."""
    (hunk,) = prose_hunks(raw or b"", text)
    found = split(parse(raw), hunk)
    assert [part.label for part in found if part is not hunk] == parts


@given(st.none() | TEXT, TEXT, st.sampled_from(["append", "prepend", "replace"]), st.integers(1, 3))
def test_all_parts_are_the_whole(old: str | None, new: str, merge: Merge, times: int) -> None:
    """However often a change is split, its parts together do what it did, and none of them leaves space at an end."""
    raw = None if old is None else f"A cat sits. {old}".strip().encode()
    current = parse(raw)
    for hunk in prose_hunks(raw or b"", new, merge) if current.kind in ("prose", "blank") else ():
        parts = [hunk]
        for _ in range(times):
            parts = [part for whole in parts for part in split(current, whole)]
        assert apply(current, parts) == apply(current, [hunk])
        for part in parts:
            after = apply(current, [part])
            assert after == (after or b"").strip()


def test_a_stretch_of_tags_is_split_into_tags() -> None:
    """Tags that go together can go one by one."""
    current = parse(b"a, b\nc, d")
    hunk = Hunk("remove", "tags", 0, len(current.text), current.text, "")
    parts = split(current, hunk)
    assert [part.label for part in parts] == ["-a", "-b", "-c", "-d"]
    assert apply(current, parts[1:3]) == b"a\nd"


def test_a_new_name_is_split_into_going_and_coming() -> None:
    """Who wants both names leaves one part out."""
    current = parse(b"grey hair, b")
    (hunk,) = diff(
        current,
        Candidate(1, "tags", (ViewedTag("gray hair", 0.5, "", ""), ViewedTag("b", 0.5, "", "")), merge="replace"),
    )
    gone, come = split(current, hunk)
    assert (gone.label, come.label, come.score) == ("-grey hair", "+gray hair", 0.5)
    assert apply(current, [gone, come]) == apply(current, [hunk]) == b"gray hair, b"
    assert apply(current, [come]) == b"grey hair, gray hair, b"


def test_what_has_no_parts_stays_whole() -> None:
    """One tag and one word are their own only part."""
    current = parse(b"a")
    for hunk in (Hunk("add", "tags", 1, 1, "", "b c"), Hunk("add", "prose", 1, 1, "", "word")):
        assert split(current, hunk) == (hunk,)
