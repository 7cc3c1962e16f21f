"""What may come next while a filter is typed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from engine.finding.completion import Known, complete, complete_order
from engine.finding.language import BadQuery, parse

if TYPE_CHECKING:
    from tests.engine.finding.conftest import Search

KNOWN = Known(("blurry", "cat", "long dress", "long hair"), (3, 9, 1, 7), ("joy", "wd tagger"), ("10_cat", "a b"))


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("pen", ["pending"]),
        ("a -fla", ["a -flagged", "a -flag:"]),
        ("dra", ["draft"]),
        ("is:dr", ["is:draft"]),
        ("(tok", ["(tokens>"]),
        ("sc", ["score("]),
        ("tag:lo", ['tag:"long hair"', 'tag:"long dress"']),
        ("-tag:ca", ["-tag:cat"]),
        ('tag:"long h', ['tag:"long hair"']),
        ("tag:LONG_h", ['tag:"long hair"']),
        ("state:p", ["state:pending"]),
        ("flag:", ["flag:yes", "flag:no"]),
        ("source:w", ['source:"wd tagger"']),
        ("folder:", ["folder:10_cat", 'folder:"a b"']),
        ("error:", ["error:any"]),
        ("score(bl", ['score("blurry"']),
        ('score("long h', ['score("long hair"']),
        ("score(cat@j", ["score(cat@joy"]),
        ("capton:x", []),
        ('"tag:', []),
    ],
)
def test_what_is_typed_becomes(typed: str, becomes: list[str]) -> None:
    """Terms, words, and what the dataset has, the most used tags first."""
    found = [typed[: one.start] + one.text + typed[one.end :] for one in complete(typed, len(typed), KNOWN)]
    assert found == becomes


def test_only_what_stands_before_the_cursor_is_replaced() -> None:
    """The rest of the line stays."""
    (one,) = complete("pen tag:cat", 3, KNOWN)
    assert (one.text, one.start, one.end) == ("pending", 0, 3)


def test_everything_proposed_can_be_read() -> None:
    """Whatever is offered for an empty line is the beginning of a filter that is understood."""
    offered = complete("", 0, KNOWN)
    assert len(offered) > 20
    for one in offered:
        endings = ("", "cat", "yes", "pending", "1", "cat)>0.5", " cat")
        assert any(_is_read(f"{before}{one.text}{end}") for end in endings for before in ("", "cat ")), one.text


def _is_read(text: str) -> bool:
    try:
        parse(text)
    except BadQuery:
        return False
    return True


def test_orders_are_completed_too() -> None:
    """Also behind a minus."""
    assert [one.text for one in complete_order("d")] == ["doubt", "disagreement"]
    assert [(one.text, one.start) for one in complete_order("-ne")] == [("newest", 1)]


def test_the_finder_knows_the_dataset(decided_read_only: Search) -> None:
    """Tags of captions, sources and folders, as the last question read them."""
    finder = decided_read_only.finder
    finder.find(parse("tag:cat or source:wd or folder:x"))
    assert [one.text for one in finder.complete("tag:lo", 6)] == ['"long hair"', '"long hair dress"']
    assert [one.text for one in finder.complete("source:", 7)] == ["florence", "joy", "wd"]
    assert [one.text for one in finder.complete("folder:", 7)] == ["10_cat", "dog"]


def test_a_key_is_not_felt_among_many_tags() -> None:
    """Two hundred thousand tags that begin alike take some milliseconds."""
    tags = tuple(f"tag {number:06d}" for number in range(200_000))
    known = Known(tags, tuple(range(200_000)))
    began = time.thread_time()
    assert complete("tag:t", 5, known)
    assert time.thread_time() - began < 0.5
