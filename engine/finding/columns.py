"""Arrays that grow at their end, and ragged rows in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray

Scalar = TypeVar("Scalar", bound=np.generic)

GROWTH = 1.25
LEAST = 256
EMPTY = 0
"""The number that no list holds."""


class Column(Generic[Scalar]):
    """One array that grows; what stands in it may be changed in place."""

    def __init__(self, dtype: DTypeLike, fill: float = 0) -> None:
        """Start empty.

        Args:
            dtype: Of its numbers.
            fill: What stands where `grow` makes room.
        """
        self._data: NDArray[Any] = np.empty(0, dtype)
        self._fill, self._used = fill, 0

    @property
    def all(self) -> NDArray[Scalar]:
        """All numbers, shape (used,); not a copy, and replaced when the column grows."""
        return self._data[: self._used]

    @property
    def size(self) -> int:
        """Memory in bytes, room at the end included."""
        return self._data.nbytes

    def __len__(self) -> int:
        return self._used

    def grow(self, to: int) -> None:
        """Make it longer, the new numbers being `fill`; never shorter."""
        if to > self._used:
            self._room(to)
            self._data[self._used : to] = self._fill
            self._used = to

    def append(self, numbers: ArrayLike) -> None:
        """Add numbers at the end."""
        added = np.asarray(numbers)
        end = self._used + len(added)
        self._room(end)
        self._data[self._used : end] = added
        self._used = end

    def put(self, numbers: NDArray[Any]) -> None:
        """Put other numbers in the place of all, also of another type."""
        self._data, self._used = numbers, len(numbers)

    def _room(self, wanted: int) -> None:
        if wanted > len(self._data):
            larger = np.empty(max(wanted, LEAST, int(len(self._data) * GROWTH)), self._data.dtype)
            larger[: self._used] = self.all
            self._data = larger


def ragged(begins: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of all entries of some rows, row after row.

    Args:
        begins: (rows,) the place of each row's first entry.
        sizes: (rows,) how many entries each has.
    """
    before = np.cumsum(sizes) - sizes
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))


class Lists:
    """A list of numbers for each row; a row that is given another one leaves its old place empty for a while."""

    def __init__(self) -> None:
        """Start with no rows."""
        self.numbers: Column[np.int32] = Column(np.int32)
        """(entries,) of all rows, in no order; `EMPTY` where a list was taken away."""
        self.owners: Column[np.int32] = Column(np.int32)
        """(entries,) the row of each."""
        self.sizes: Column[np.int32] = Column(np.int32)
        """(rows,) how many numbers each has."""
        self._begins: Column[np.int32] = Column(np.int32)
        self._empty = 0

    @property
    def size(self) -> int:
        """Memory in bytes of all."""
        return self.numbers.size + self.owners.size + self.sizes.size + self._begins.size

    def grow(self, to: int) -> None:
        """Make room for more rows, without numbers."""
        self.sizes.grow(to)
        self._begins.grow(to)

    def replace(self, rows: NDArray[np.int64], sizes: NDArray[np.int64], numbers: ArrayLike) -> None:
        """Give rows other lists.

        Args:
            rows: (rows,) each once.
            sizes: (rows,) how many numbers each gets.
            numbers: Those of the first row, then those of the second, ...; none is `EMPTY`.
        """
        old = self.sizes.all[rows].astype(np.int64)
        if old.any():
            self.numbers.all[ragged(self._begins.all[rows].astype(np.int64), old)] = EMPTY
            self._empty += int(old.sum())
        self._begins.all[rows] = len(self.numbers) + np.cumsum(sizes) - sizes
        self.sizes.all[rows] = sizes
        self.numbers.append(np.asarray(numbers, np.int32))
        self.owners.append(np.repeat(rows, sizes))
        if self._empty > LEAST and 2 * self._empty > len(self.numbers):
            self._compact()

    def of(self, row: int) -> NDArray[np.int32]:
        """Return the numbers of one row."""
        begin = int(self._begins.all[row])
        return self.numbers.all[begin : begin + int(self.sizes.all[row])]

    def having(self, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of each row whether it has one of some numbers.

        Args:
            wanted: By number; `EMPTY` is not wanted.
        """
        found = np.zeros(len(self.sizes), np.bool_)
        found[self.owners.all[wanted[self.numbers.all]]] = True
        return found

    def _compact(self) -> None:
        sizes = self.sizes.all.astype(np.int64)
        places = ragged(self._begins.all.astype(np.int64), sizes)
        self.numbers.put(self.numbers.all[places])
        self.owners.put(self.owners.all[places])
        self._begins.put((np.cumsum(sizes) - sizes).astype(np.int32))
        self._empty = 0
