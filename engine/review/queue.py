"""Which image comes next: those orders and filters that the entries in memory answer alone; pure.

A review starts with these, before anything else is known of a hundred thousand images; `engine.finding` answers all.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from engine.finding.language import parse, parse_order
from engine.finding.language.globs import text_glob
from engine.finding.language.query import And, Mark, Not, Number, Or, Score, Text
from engine.finding.language.sorting import digest, natural, seed_number, shuffled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.finding.language import Order, Query
    from engine.finding.language.query import Leaf, Node
    from engine.review.states import Entry

    Test = Callable[[Entry], bool]

Sort = str
"""An order as it is written; see `engine.finding.language.sorting`."""

RANK = {"pending": 0, "untouched": 1, "accepted": 2, "rejected": 2}
"""Where a state stands in the queue."""
SKIPPED = 3
"""Added to the rank of a skipped image: behind all others."""


def order(entries: Iterable[Entry], sort: Sort = "queue", only: str = "") -> list[int]:
    """Return image ids in the order they are reviewed.

    Args:
        entries: The images of the dataset.
        sort: How to order them.
        only: A filter; empty for all.

    Raises:
        WrongUsage: Filter or order cannot be understood.
        ValueError: They take an index; see `needs_index`.
    """
    if needs_index(only, sort):
        raise ValueError(f"an index is needed for `{only}` in order of {sort}")
    fits = entry_test(parse(only).node) if only.strip() else None
    kept = [entry for entry in entries if fits(entry)] if fits else list(entries)
    kept.sort(key=attrgetter("key"))
    wanted = parse_order(sort)
    if (ranked := _RANKS.get(wanted.name)) is not None:  # sorting keeps the order of equals
        kept.sort(key=_reversed(ranked) if wanted.is_reversed else ranked)
    elif wanted.name == "random":
        seed = seed_number(wanted.seed)
        kept.sort(key=lambda entry: shuffled(digest(entry.key) ^ seed), reverse=wanted.is_reversed)
    elif wanted.name == "name":
        kept.sort(key=lambda entry: natural(entry.key), reverse=wanted.is_reversed)
    elif wanted.is_reversed:
        kept.reverse()
    return [entry.id for entry in kept]


def needs_index(only: str | Query | None, sort: str | Order = "queue") -> bool:
    """Say whether more than the entries must be known, so that only `engine.finding` can answer.

    Raises:
        WrongUsage: Filter or order cannot be understood.
    """
    wanted = parse_order(sort) if isinstance(sort, str) else sort
    query = (parse(only) if only.strip() else None) if isinstance(only, str) else only
    needs = {wanted.needs} if query is None else {wanted.needs, *query.needs}
    return needs != {"entries"}


def check(sort: str, only: str) -> None:
    """Refuse an order or a filter that nobody understands.

    Raises:
        WrongUsage: With the place, and the nearest word that is known.
    """
    needs_index(only, sort)


def entry_test(node: Node) -> Test:
    """Return what says of an entry whether it fits a filter that takes no index."""
    match node:
        case Not(part):
            inner = entry_test(part)
            return lambda entry: not inner(entry)
        case And(parts):
            every = [entry_test(part) for part in parts]
            return lambda entry: all(test(entry) for test in every)
        case Or(parts):
            some = [entry_test(part) for part in parts]
            return lambda entry: any(test(entry) for test in some)
        case Mark() | Text() | Number() | Score():
            return leaf_test(node)


def leaf_test(leaf: Leaf) -> Test:
    """Return what says of an entry whether it fits one term.

    Raises:
        ValueError: The term takes an index.
    """
    match leaf:
        case Mark("flagged" | "skipped" as mark):
            return attrgetter(mark)
        case Mark("unreadable"):
            return lambda entry: entry.unreadable != ""
        case Mark("decided-before"):
            return lambda entry: entry.open_candidates > 0 and entry.decided is not None
        case Mark("pending" | "accepted" | "rejected" | "untouched" as state):
            return lambda entry: entry.state == state
        case Text("error", "any"):
            return lambda entry: entry.unreadable != ""
        case Text("error", pattern):
            glob = text_glob(pattern)
            return lambda entry: entry.unreadable != "" and glob.is_in(entry.unreadable.casefold())
    raise ValueError(f"{leaf} takes an index")


def rank(entry: Entry) -> int:
    """Return where an image stands in the queue, from 0; those of one rank by path."""
    return RANK[entry.state] + SKIPPED * entry.skipped


_RANKS: dict[str, Callable[[Entry], int]] = {
    "queue": rank,
    "pending": lambda entry: -entry.open_candidates,
    "newest": lambda entry: -entry.mtime_ns,
}


def _reversed(ranked: Callable[[Entry], int]) -> Callable[[Entry], int]:
    return lambda entry: -ranked(entry)
