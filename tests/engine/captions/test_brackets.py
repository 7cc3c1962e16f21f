"""Brackets around several tags: whatever is taken of a candidate, they pair as before, and no tag changes its weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.brackets import bare_tags, enclosed, written
from engine.captions.caption import parse
from engine.captions.changes.diff import Candidate, apply, diff
from engine.captions.changes.splitting import split
from engine.captions.viewing.view import ViewedTag
from engine.captions.weights import name_key
from tests.engine.captions.weighted import CAPTIONS, NAMES, weights

if TYPE_CHECKING:
    from engine.captions.changes.candidate import Merge

NEW = [f"N{letter}" for letter in "uvwxyz"]
OFFERED = st.lists(
    st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from([name, name.upper()])) | st.sampled_from(NEW),
    unique_by=str.lower,
    max_size=7,
)


@given(CAPTIONS, OFFERED, st.sampled_from(["append", "prepend", "replace"]), st.data())
def test_whatever_is_chosen_brackets_pair_and_weights_stay(
    text: str, offered: list[str], merge: Merge, data: st.DataObject
) -> None:
    """Of any caption and candidate any changes may be taken: no more halves than before, each tag weighs what it did."""
    caption = parse(text.encode())
    candidate = Candidate(1, "tags", tuple(ViewedTag(tag, 0.5, "", tag) for tag in offered), merge=merge)
    parted = data.draw(st.booleans())  # then a tag that is spelt anew goes, and one comes that is new
    hunks = [part for hunk in diff(caption, candidate) for part in (split(caption, hunk) if parted else (hunk,))]
    taken = [hunk for hunk in hunks if data.draw(st.booleans())]
    after = (apply(caption, taken) or b"").decode()
    before, halves = weights(text)
    now, halves_now = weights(after)
    assert halves_now <= halves, after
    if (
        not halves and "x" not in text
    ):  # `x (ta)` is another tag than `ta`, and what is not paired binds nothing, and may find another half elsewhere
        was = {name.lower(): around for name, around in before.items()}
        assert all(around == was.get(name.lower(), []) or parted for name, around in now.items()), after
    assert bool(taken) or after == text


@given(CAPTIONS)
def test_untouched_tags_are_written_as_they_were(text: str) -> None:
    """Taken apart and written again, each tag has the halves it had."""
    tags = parse(text.encode()).tags
    assert written(enclosed([tag.text for tag in tags])) == [tag.text for tag in tags]
    for bare, tag in zip(bare_tags(tags), tags, strict=True):
        assert text[bare.start : bare.end] == bare.text
        assert name_key(bare.text) == name_key(tag.text)


@pytest.mark.parametrize(
    ("text", "offered", "after"),
    [
        ("(a, b:1.3), [c], z", ("a", "z"), "(a:1.3), z"),
        ("(a, b:1.3), z", ("b", "z"), "(b:1.3), z"),
        ("(a, b:1.3), z", ("z",), "z"),
        ("((a, b:1.2), c:1.1)", ("a", "c"), "((a:1.2), c:1.1)"),
        ("(a, b, c:1.3)", ("a", "c", "b"), "(a, c, b:1.3)"),
        ("(a, b:1.3), c", ("b", "c", "a"), "(b:1.3), c, (a:1.3)"),
        ("(a, b:1.3), c", ("a", "c", "b"), "(a:1.3), c, (b:1.3)"),
        ("(a, b:1.3)", ("a", "new", "b"), "(a:1.3), new, (b:1.3)"),
        ("(a, b:1.3)", ("A", "B"), "(A, B:1.3)"),
        ("saber (fate, zero), z", ("saber (fate", "z"), "saber (fate), z"),
        (":), a, (b", ("a",), "a"),
    ],
)
def test_a_bracket_closes_where_its_tags_end(text: str, offered: tuple[str, ...], after: str) -> None:
    """Under replace, too, the candidate's tags stand in its order, and those of the caption keep their weight."""
    caption = parse(text.encode())
    tags = tuple(ViewedTag(tag, 0.5, "", tag) for tag in offered)
    hunks = diff(caption, Candidate(1, "tags", tags, merge="replace"))
    assert apply(caption, hunks) == after.encode()


def test_a_change_names_the_tag_alone() -> None:
    """What a row says and the journal keeps is the tag, not the half of a bracket beside it."""
    caption = parse(b"(a, b:1.3), z")
    hunks = diff(caption, Candidate(1, "tags", (ViewedTag("z", 0.5, "", "z"),), merge="replace"))
    assert [hunk.label for hunk in hunks] == ["-a", "-b"]
