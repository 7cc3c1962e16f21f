"""Applying chosen changes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse, tag_key
from engine.captions.changes.hunks import Hunk, apply

WORDS = st.text("abcdefgh", min_size=1, max_size=4)


def add(at: int, new: str, part: str = "tags") -> Hunk:
    """Return an addition."""
    return Hunk("add", "prose" if part == "prose" else "tags", at, at, "", new)


def without(raw: bytes, *tags: str) -> bytes | None:
    """Remove tags by their text."""
    caption = parse(raw)
    return apply(caption, [Hunk("remove", "tags", t.start, t.end, t.text, "") for t in caption.tags if t.text in tags])


@given(st.binary() | st.text().map(str.encode) | st.none())
def test_no_hunks_no_change(raw: bytes | None) -> None:
    """With nothing chosen the file stays as it is, and a missing one stays missing."""
    assert apply(parse(raw), ()) == raw


@pytest.mark.parametrize(
    ("raw", "gone", "after"),
    [
        (b"a, b, c", ["b"], b"a, c"),
        (b"a, b, c", ["a"], b"b, c"),
        (b"a, b, c", ["c"], b"a, b"),
        (b"a, b, c,", ["c"], b"a, b,"),
        (b"a,b,c\r\n", ["a", "c"], b"b\r\n"),
        (b"a, b,\n", ["a", "b"], b"\n"),
        (b", a, b", ["a", "b"], b""),
        (b"a\nb\nc\n", ["b"], b"a\nc\n"),
        (b"a, b\nc, d", ["b"], b"a\nc, d"),
        (b"a, b\nc, d", ["c"], b"a, b\nd"),
        (b"a, x ||| b, c", ["x"], b"a ||| b, c"),
        (b"a, x ||| b, c", ["b"], b"a, x ||| c"),
        (b"a, x ||| b, c", ["x", "b"], b"a ||| c"),
        (b"1girl, solo. A girl stands here.", ["solo"], b"1girl. A girl stands here."),
        (b"1girl, solo. A girl stands here.\n", ["1girl", "solo"], b"A girl stands here.\n"),
        (b"\xef\xbb\xbfa, caf\xe9", ["a"], b"\xef\xbb\xbfcaf\xe9"),
    ],
)
def test_removing_tags(raw: bytes, gone: list[str], after: bytes) -> None:
    """A removed tag takes one separator with it; line ends, fences and what closes the list stay."""
    assert without(raw, *gone) == after


@given(st.lists(st.tuples(WORDS, st.sampled_from([", ", ",", "\n", " ||| ", ",, "])), min_size=1), st.data())
def test_removing_leaves_the_others(pieces: list[tuple[str, str]], data: st.DataObject) -> None:
    """Whatever is removed, the other tags stay, in order, and no two grow together."""
    caption = parse("".join(tag + gap for tag, gap in pieces).encode())
    gone = data.draw(st.sets(st.sampled_from(range(len(caption.tags)))))
    hunks = [Hunk("remove", "tags", t.start, t.end, t.text, "") for i, t in enumerate(caption.tags) if i in gone]
    kept = [tag.text for i, tag in enumerate(caption.tags) if i not in gone]
    assert [tag.text for tag in parse(apply(caption, hunks)).tags] == kept


def test_a_fence_outlives_the_tags_behind_it() -> None:
    """Where all tags behind a fence are replaced, the fence stays before the new ones."""
    caption = parse(b"miku ||| a, b")
    hunks = [Hunk("remove", "tags", t.start, t.end, t.text, "") for t in caption.tags[1:]]
    assert apply(caption, [*hunks, add(caption.tags[-1].end, "c")]) == b"miku ||| c"


def test_equal_additions_go_in_once() -> None:
    """A tag that two candidates add in different spelling goes in once, as the first spells it."""
    caption = parse(b"a")
    assert apply(caption, [add(1, "long hair"), add(1, "Long_Hair"), add(1, "b")]) == b"a, long hair, b"


def test_an_addition_that_is_already_there_is_dropped() -> None:
    """A tag that a rename brings in is not added again."""
    caption = parse(b"a")
    assert apply(caption, [Hunk("replace", "tags", 0, 1, "a", "b"), add(1, "B")]) == b"b"


def test_of_two_changes_to_one_tag_the_first_wins() -> None:
    """Precedence is the order given."""
    caption = parse(b"a, b")
    remove, rename = Hunk("remove", "tags", 0, 1, "a", ""), Hunk("replace", "tags", 0, 1, "a", "c")
    assert apply(caption, [remove, rename]) == b"b"
    assert apply(caption, [rename, remove]) == b"c, b"


def test_of_overlapping_changes_to_prose_the_first_wins() -> None:
    """A word changed by two candidates is changed by the first; what does not overlap is done, too."""
    caption = parse(b"A black cat sits on a sofa.")
    white, big, bed = (
        Hunk("replace", "prose", 2, 7, "black", "white"),
        Hunk("replace", "prose", 2, 11, "black cat", "big dog"),
        Hunk("replace", "prose", 22, 27, "sofa.", "bed."),
    )
    assert apply(caption, [white, big, bed]) == b"A white cat sits on a bed."
    assert apply(caption, [bed, big, white]) == b"A big dog sits on a bed."
    inside = add(5, "ish", "prose")
    assert apply(caption, [white, inside]) == b"A white cat sits on a sofa."


def test_insertions_at_one_place_stand_in_order_and_once() -> None:
    """Two candidates may insert at the same place in prose; equal ones count once."""
    caption = parse(b"A cat sits on a sofa.")
    hunks = [add(2, "big ", "prose"), add(2, "old ", "prose"), add(2, "big ", "prose")]
    assert apply(caption, hunks) == b"A big old cat sits on a sofa."


def test_a_hunk_may_cover_several_tags() -> None:
    """A removal over a stretch removes every tag in it, and an addition beside it stays."""
    caption = parse(b"a, b, c, d,\n")
    assert apply(caption, [Hunk("remove", "tags", 3, 7, "b, c", "")]) == b"a, d,\n"
    assert apply(caption, [Hunk("remove", "tags", 0, 10, "a, b, c, d", ""), add(10, "e")]) == b"e,\n"


def test_several_texts_for_a_caption_without_prose() -> None:
    """Prose of two candidates is joined as sentences, equal texts once, behind the tags."""
    caption = parse(None)
    hunks = [
        add(0, "A cat sits", "prose"),
        add(0, "It is old.", "prose"),
        add(0, "A cat sits", "prose"),
        add(0, "1cat"),
    ]
    assert apply(caption, hunks) == b"1cat, A cat sits. It is old."


@pytest.mark.parametrize(
    ("raw", "after"),
    [
        (b"a, b,\n", b"a, b, It sits.\n"),
        (b"1girl, solo.", b"1girl, solo. It sits."),
        (b"a\r\n", b"a, It sits.\r\n"),
        (b" \n", b"It sits. \n"),
    ],
)
def test_prose_goes_behind_the_tags(raw: bytes, after: bytes) -> None:
    """New prose takes what closed the list as its border, and the file's end stays."""
    caption = parse(raw)
    assert apply(caption, [add(caption.tags[-1].end if caption.tags else 0, "It sits.", "prose")]) == after


def test_an_absent_caption_stays_absent_when_nothing_comes_of_the_hunks() -> None:
    """Hunks that say nothing make no file."""
    assert apply(parse(None), [add(0, "", "prose")]) is None


@given(
    st.lists(WORDS),
    st.lists(WORDS, unique=True),
    st.sampled_from([",", ", ", "\n", ",\r\n"]),
    st.sampled_from(["", ",", "\n", ",\r\n", "."]),
)
def test_appending_only_inserts(tags: list[str], new: list[str], gap: str, closing: str) -> None:
    """Every old byte stays, in one piece before and one behind what is inserted; no tag goes in twice."""
    raw = (gap.join(tags) + closing).encode()
    caption = parse(raw)
    at = caption.tags[-1].end if caption.tags else 0
    after = apply(caption, [add(at, tag) for tag in new])
    assert after is not None
    assert after.startswith(raw[:at])
    assert after.endswith(raw[at:])
    old_keys = [tag_key(tag.text) for tag in caption.tags]
    fresh = [tag for tag in new if tag_key(tag) not in old_keys]
    if raw[at:].strip() != b".":  # a lone full stop is a tag only while it stands alone
        assert [tag_key(tag.text) for tag in parse(after).tags] == old_keys + fresh


def test_labels() -> None:
    """A hunk has one short text for the journal."""
    assert add(0, "a").label == "+a"
    assert Hunk("remove", "prose", 0, 2, "a ", "").label == "-a"
    assert Hunk("replace", "tags", 0, 1, "a", "b").label == "a → b"


def test_gaps_between_untouched_tags_are_their_own() -> None:
    """Uneven spacing in a file survives a change elsewhere."""
    raw = b"a,b ,  c,\td, e"
    caption = parse(raw)
    after = apply(caption, [add(caption.tags[-1].end, "f")])
    assert after is not None
    assert after.startswith(raw)
    assert all(left.end < right.start for left, right in pairwise(parse(after).tags))
