"""Memory that goes from hand to hand."""

from __future__ import annotations

import gc
import os

import pytest

from engine.jobs import shared_memory
from engine.jobs.shared_memory import Pieces


def test_what_is_written_is_read_and_not_to_be_written() -> None:
    """Bytes written through the descriptor, by whichever process, are there in the array, which is read-only."""
    pieces = Pieces()
    piece = pieces.take()
    os.pwrite(piece.descriptor, b"abc", 0)
    array = pieces.read(piece, 3)
    assert bytes(array) == b"abc"
    with pytest.raises(ValueError):
        array[0] = 1


def test_a_piece_comes_back_with_the_last_array_on_it() -> None:
    """As long as any part of a picture is held its memory is not given out again; then it is, grown or not."""
    pieces = Pieces()
    piece = pieces.take()
    os.pwrite(piece.descriptor, b"abcdef", 0)
    part = pieces.read(piece, 6)[2:].reshape(2, 2)
    assert pieces.take() is not piece
    assert bytes(part[1]) == b"ef"
    del part
    gc.collect()
    assert pieces.take() is piece
    os.pwrite(piece.descriptor, b"x" * 100_000, 0)
    assert bytes(pieces.read(piece, 100_000)) == b"x" * 100_000


def test_memory_is_given_back_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces beyond those kept, and unusually large ones, are closed."""
    pieces = Pieces()
    several = [pieces.take() for _ in range(shared_memory.MOST_KEPT + 3)]
    descriptors = [piece.descriptor for piece in several]
    for piece in several:
        pieces.give_back(piece)
    assert sum(is_open(descriptor) for descriptor in descriptors) == shared_memory.MOST_KEPT
    monkeypatch.setattr(shared_memory, "MOST_KEPT_BYTES", 10)
    large = pieces.take()
    os.pwrite(large.descriptor, b"x" * 11, 0)
    array = pieces.read(large, 11)
    del array
    gc.collect()
    assert not is_open(large.descriptor)


def test_memory_keeps_away_from_the_numbers_of_the_streams() -> None:
    """Where a library has closed stdout, what is printed next does not go into a picture."""
    stdout = os.dup(1)
    os.close(1)
    try:
        piece = Pieces().take()
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
    assert piece.descriptor > 2
    piece.close()


def is_open(descriptor: int) -> bool:
    """Tell whether a descriptor leads anywhere."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
