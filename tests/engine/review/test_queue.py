"""Orders and filters that take no index."""

from __future__ import annotations

import pytest

from engine.errors import WrongUsage
from engine.review import queue
from engine.review.states import Entry


def some() -> list[Entry]:
    """Return five images: pending, accepted, untouched and skipped, pending again, rejected and flagged."""
    return [
        Entry(1, b"b/img10.png", 1, 40, open_candidates=1),
        Entry(2, b"a/img2.png", 1, 30, decided="accepted"),
        Entry(3, b"c/img1.png", 1, 20, skipped=True),
        Entry(4, b"d/img3.png", 1, 10, decided="accepted", open_candidates=2),
        Entry(5, b"e/img4.png", 1, 50, decided="rejected", flagged=True, unreadable="it is truncated"),
    ]


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("pending", [1, 4]),
        ("pending,flagged", [1, 4, 5]),
        ("state:accepted", [2]),
        ("skipped OR rejected", [3, 5]),
        ("pending -decided-before", [1]),
        ("not (pending or flagged)", [2, 3]),
        ("unreadable", [5]),
        ("error:any", [5]),
        ("error:trun*d", [5]),
        ("error:gone", []),
    ],
)
def test_filters_of_states(only: str, found: list[int]) -> None:
    """Words of today and those of the language."""
    assert sorted(queue.order(some(), "path", only)) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("queue", [1, 4, 2, 5, 3]),
        ("-queue", [3, 2, 5, 1, 4]),
        ("path", [2, 1, 3, 4, 5]),
        ("-path", [5, 4, 3, 1, 2]),
        ("name", [3, 2, 4, 5, 1]),
        ("pending", [4, 1, 2, 3, 5]),
        ("newest", [5, 1, 2, 3, 4]),
        ("-newest", [4, 3, 2, 1, 5]),
    ],
)
def test_orders(sort: str, found: list[int]) -> None:
    """Equals stand by path."""
    assert queue.order(some(), sort) == found


def test_a_shuffle_is_that_of_the_index() -> None:
    """Stable for its seed, another for another."""
    assert queue.order(some(), "random:1") == queue.order(some()[::-1], "random:1")
    assert len({tuple(queue.order(some(), f"random:{seed}")) for seed in range(9)}) > 3


def test_what_needs_an_index_is_told_apart() -> None:
    """And is refused here, whatever it is."""
    assert not queue.needs_index("pending or flagged", "-newest")
    assert queue.needs_index("cat")
    assert queue.needs_index("", "tokens")
    with pytest.raises(ValueError, match="index"):
        queue.order(some(), "queue", "tag:cat")


def test_what_is_not_understood_is_refused() -> None:
    """Before anything is opened."""
    with pytest.raises(WrongUsage, match="at character 1"):
        queue.check("queue", "stat:pending")
    with pytest.raises(WrongUsage, match="no order"):
        queue.check("size", "")
