"""Which image comes next: order and filter over the entries in memory; pure."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Literal, get_args

from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.review.states import Entry

Sort = Literal["queue", "path"]
"""`queue`: pending first, then untouched, then decided, each by path; `path`: by path alone."""

FILTERS = ("pending", "untouched", "accepted", "rejected", "flagged", "skipped", "unreadable")
_RANK = {"pending": 0, "untouched": 1, "accepted": 2, "rejected": 2}
_SKIPPED = 3
"""Added to the rank of a skipped image: behind all others."""


def order(entries: Iterable[Entry], sort: Sort = "queue", only: str = "") -> list[int]:
    """Return image ids in the order they are reviewed.

    Args:
        entries: The images of the dataset.
        sort: How to order them.
        only: One of `FILTERS`, or several joined by commas (any of them); empty for all.
    """
    kept = [entry for entry in entries if _matches(entry, only)] if only else list(entries)
    kept.sort(key=attrgetter("key"))
    if sort == "queue":  # sorting keeps the order of equals, and is several times faster with plain numbers
        kept.sort(key=_rank)
    return [entry.id for entry in kept]


def _rank(entry: Entry) -> int:
    return _RANK[entry.state] + _SKIPPED * entry.skipped


def check(sort: str, only: str) -> None:
    """Refuse an order or a filter that nobody knows.

    Raises:
        WrongUsage: With the words that are known.
    """
    if sort not in get_args(Sort):
        raise WrongUsage(f"there is no order `{sort}`", f"one of: {', '.join(get_args(Sort))}")
    for word in filter(None, only.split(",")):
        if word.removeprefix("state:") not in FILTERS:
            raise WrongUsage(f"there is no filter `{word}`", f"one of: {', '.join(FILTERS)}")


def _matches(entry: Entry, only: str) -> bool:
    """Say whether one of the words fits an image."""
    for word in only.split(","):
        name = word.removeprefix("state:")
        if name == entry.state or (name in ("flagged", "skipped", "unreadable") and getattr(entry, name)):
            return True
    return False
