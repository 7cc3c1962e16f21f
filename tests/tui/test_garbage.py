"""When garbage is collected."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from tui import garbage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the collector as it was."""
    yield
    gc.enable()
    gc.unfreeze()


def test_what_was_made_before_is_left_alone() -> None:
    """Nothing is collected from `hold` to `settle`; afterwards everything but what was there by then."""
    garbage.hold()
    assert not gc.isenabled()
    garbage.settle()
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    assert frozen > 0
    made = [[number] for number in range(1_000)]
    garbage.settle()
    assert gc.get_freeze_count() >= frozen + len(made)


def test_without_a_hold_nothing_is_changed() -> None:
    """A program that embeds the screen keeps its collector as it is."""
    garbage.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
