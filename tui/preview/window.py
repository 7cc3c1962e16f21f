"""The window on the gallery: the picture in view, its neighbours ahead of time, and whether one is still due."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.preview.gallery import Drawn, Gallery, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from engine.review.records import ImageId
    from engine.review.states import Entry
    from tui.idle import Idle
    from tui.preview.choice import Drawing

AHEAD = (1, 2, -1, 3)
"""Neighbours drawn ahead, by their distance in the queue, the likeliest first."""


class Window:
    """Asks the gallery for what the person looks at and will look at."""

    def __init__(self, root: Path, drawing: Drawing, idle: Idle, tell: Callable[[Drawn], object]) -> None:
        """Open a gallery.

        Args:
            root: The dataset's folder.
            drawing: How pictures are drawn.
            idle: Counts a picture that is due.
            tell: Takes what was drawn, from the gallery's thread.
        """
        self._root, self._idle = root, idle
        self._gallery = Gallery(drawing, lambda drawn: (tell(drawn), None)[1])
        self._due: Wanted | None = None

    def close(self) -> None:
        """End the gallery's thread."""
        self._gallery.close()

    def look(
        self,
        ids: Sequence[ImageId],
        place: int,
        entries: Mapping[ImageId, Entry],
        room: tuple[int, int],
        ground: tuple[int, int, int],
    ) -> Drawn | None:
        """Look at a place of the queue; return its picture when it is drawn already.

        Args:
            ids: The queue.
            place: In it, from 0.
            entries: By id.
            room: Width and height of the pane, in cells.
            ground: The pane's colour.
        """
        places = [p for p in (place, *(place + by for by in AHEAD)) if 0 <= p < len(ids)]
        shown = [entry for p in places if (entry := entries.get(ids[p])) is not None]
        wanted = [Wanted(self._root / os.fsdecode(e.key), e.size, e.mtime_ns, *room, ground) for e in shown]
        drawn = self._gallery.want(wanted)
        self._expect(wanted[0] if wanted and drawn is None else None)
        return drawn

    def arrived(self, drawn: Drawn) -> bool:
        """Take note of a picture that was told; say whether it is the one in view."""
        if drawn.wanted != self._due:
            return False
        self._expect(None)
        return True

    def _expect(self, wanted: Wanted | None) -> None:
        """Count at most one picture as due."""
        if wanted is not None and self._due is None:
            self._idle.rise()
        elif wanted is None and self._due is not None:
            self._idle.fall()
        self._due = wanted
