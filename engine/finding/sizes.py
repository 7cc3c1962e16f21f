"""How large the pictures are, read from their headers when a question first needs it, and again where one changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from engine.finding.columns import Column
from engine.models.picture_size import upright_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.finding.patience import Patience
    from engine.finding.rows import Rows
    from engine.workspace import Workspace

AT_ONCE = 32
NEVER = -1


class Sizes:
    """Width and height by slot; for one thread at a time."""

    def __init__(self, workspace: Workspace, rows: Rows) -> None:
        """Start with nothing read.

        Args:
            workspace: Whose pictures; it is told which cannot be read.
            rows: The slots of its images.
        """
        self._workspace, self._rows = workspace, rows
        self._widths: Column[np.int32] = Column(np.int32)
        self._heights: Column[np.int32] = Column(np.int32)
        self._read_at: Column[np.int64] = Column(np.int64, NEVER)
        self.done = 0
        """Headers read of those that are being read."""
        self.total = 0

    def follow(self, patience: Patience) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Read what is new or changed.

        Returns:
            Widths and heights in px, each (slots,), as a person sees the pictures; 0 where a header cannot be read.

        Raises:
            GivenUp: Nobody waits; what was read stays.
        """
        for column in (self._widths, self._heights, self._read_at):
            column.grow(len(self._rows))
        waiting = np.flatnonzero((self._read_at.all != self._rows.mtimes.all) & self._rows.present).tolist()
        self.done, self.total = 0, len(waiting)
        for slots in patience.batches(waiting, AT_ONCE):
            found = [upright_size(self._workspace.root / os.fsdecode(self._rows.keys[slot])) for slot in slots]
            self._widths.all[slots], self._heights.all[slots] = zip(*(one.size or (0, 0) for one in found), strict=True)
            broken = {
                self._rows.entries[slot].id: one.damage for slot, one in zip(slots, found, strict=True) if one.damage
            }
            self._workspace.note_unreadable(broken)
            self._read_at.all[slots] = self._rows.mtimes.all[slots]
            self.done += len(slots)
        return self._widths.all, self._heights.all
