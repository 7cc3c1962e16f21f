"""The size of batches, learnt from how they fare."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.jobs.batching import AGAIN_AFTER, FIRST, BatchSize, is_out_of_memory


def sizes_of(size: BatchSize, room: int, batches: int) -> list[int]:
    """Give full batches to a model that has room for so many pictures; return their sizes."""
    given = []
    for _ in range(batches):
        given.append(size.now)
        if size.now > room:
            size.did_not_fit(size.now)
        else:
            size.fitted(size.now)
    return given


def test_batches_double_up_to_the_most() -> None:
    """As long as batches fit each is twice as large as the one before, up to the model's limit."""
    assert sizes_of(BatchSize(24), 1000, 6) == [2, 4, 8, 16, 24, 24]
    assert BatchSize(1).now == 1


def test_a_batch_that_does_not_fit_is_halved() -> None:
    """Trouble halves the size at once, as often as needed, and never below one picture."""
    size = BatchSize(64)
    sizes_of(size, 1000, 4)
    assert size.now == 32
    assert sizes_of(size, 3, 5) == [32, 16, 8, 4, 2]
    size.did_not_fit(1)
    assert size.now == 1


def test_a_small_batch_that_does_not_fit_halves_until_it_is_smaller() -> None:
    """When not even a batch that was not full fits, the next one is smaller than that."""
    size = BatchSize(64)
    sizes_of(size, 1000, 5)
    size.did_not_fit(3)
    assert size.now == 2


def test_a_batch_that_was_not_full_says_nothing() -> None:
    """Only a full batch that fitted makes the next one larger."""
    size = BatchSize(64)
    size.fitted(FIRST - 1)
    assert size.now == FIRST


def test_larger_batches_are_tried_again_ever_more_rarely() -> None:
    """After trouble the size grows again later, and each time it fails the next try is twice as far away."""
    size = BatchSize(64)
    given = sizes_of(size, 4, 400)
    tries = [number for number, count in enumerate(given) if count == 8]
    gaps = [later - sooner for sooner, later in pairwise(tries)]
    assert gaps[0] >= AGAIN_AFTER
    assert gaps == sorted(gaps)
    assert gaps[2] >= 2 * gaps[0]
    assert len(tries) < 8
    assert set(given[10:]) == {4, 8}


class OutOfMemoryError(RuntimeError):
    """As torch calls its own."""


@pytest.mark.parametrize(
    ("error", "is_it"),
    [
        (MemoryError(), True),
        (OutOfMemoryError("CUDA"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"), True),
        (RuntimeError("Failed to allocate memory for requested buffer of size 4"), True),
        (RuntimeError("shapes do not match"), False),
    ],
)
def test_every_librarys_trouble_with_memory_is_known(error: Exception, *, is_it: bool) -> None:
    """Running out of memory is told from other errors, whichever library raises it."""
    assert is_out_of_memory(error) == is_it
