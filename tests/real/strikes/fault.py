"""The nouns of the table: a fault, and what came of striking with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.real.strikes.audit import Audit
    from tests.real.strikes.scene import Scene


class CannotStrike(Exception):
    """This machine lacks what the fault needs; says what."""


class Report(NamedTuple):
    """What came of one fault."""

    struck: int
    """How often it really struck."""
    proof: str
    """What shows that it did."""
    audit: Audit


class Fault(NamedTuple):
    """One row."""

    name: str
    """For `--only`, and for the test."""
    sentence: str
    """For the table."""
    run: Callable[[Scene, int], Report]
    """Strikes so many times, and asserts what else the fault must not do."""
    sample: int
    """How often in `make test`."""
    full: int
    """How often in `make test-full`, and for the README."""
    strikes: int = 0
    """Where those two count images: how often it strikes all the same; else 0."""
