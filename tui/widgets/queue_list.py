"""The queue as a virtual list: only the rows in view are ever made, so a hundred thousand cost what twenty do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.captions.display import show
from engine.dataset.images import repeats
from tui.messages import ImagePicked
from tui.widgets.marks import marked
from tui.widgets.paint import Inked, Line, Span, clip, clip_start, spread, strip_of, width_of
from tui.widgets.signs import FLAGGED, SELECTED, SKIPPED, STATES, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from textual import events

    from engine.review.records import ImageId
    from engine.review.states import Entry
    from tui.widgets.marks import Spans

ROOM_FOR_FOLDER = 4
"""Cells beside the name; with fewer no folder is shown."""

MOST_ROWS_KEPT = 1_000


class QueueList(Inked, ScrollView, can_focus=False):
    """Draws rows of an index array over the dataset's images."""

    DEFAULT_CSS = "QueueList { scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty."""
        super().__init__(id=id)
        self._ids: Sequence[ImageId] = ()
        self._entries: Mapping[ImageId, Entry] = {}
        self._place = 0
        self._selected: Collection[ImageId] = ()
        self._made: dict[tuple[object, ...], Strip] = {}
        """Rows by all that is to be seen of them: a move makes two anew, also where the list scrolls."""
        self._made_for = 0
        self._marks: Spans | None = None

    def show_marks(self, spans: Spans | None) -> None:
        """Mark in names what was looked for; None marks nothing."""
        self._marks, self._made_for = spans, 0
        self.renew()

    @property
    def room(self) -> Size:
        """The cells beside the scroll bar."""
        return self.scrollable_content_region.size

    def show_queue(
        self, ids: Sequence[ImageId], entries: Mapping[ImageId, Entry], place: int, selected: Collection[ImageId] = ()
    ) -> None:
        """Show the queue at a place; costs no more than the rows in view.

        Args:
            ids: The order; not copied.
            entries: By id; read when a row is drawn.
            place: Of the image in view, from 0.
            selected: The images that are; read when a row is drawn.
        """
        self._selected = selected
        longer = len(ids) != len(self._ids)
        self._ids, self._entries, self._place = ids, entries, place
        if longer:
            self.virtual_size = Size(self.size.width, len(ids))
        if not self._keep_in_view():
            self.renew()

    def _keep_in_view(self) -> bool:
        """Scroll so that the present row has a few rows round it; say whether that made the rows anew."""
        height = self.size.height
        margin = min(3, max(0, (height - 1) // 2))
        top = self.scroll_offset.y
        wanted = min(max(top, self._place - height + 1 + margin), max(0, self._place - margin))
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)
        return self.scroll_offset.y != top

    def on_resize(self) -> None:
        """Keep the present row in view."""
        self.virtual_size = Size(self.size.width, len(self._ids))
        self._keep_in_view()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Show other rows."""
        super().watch_scroll_y(old_value, new_value)
        self.renew()

    def make_strips(self, width: int, height: int) -> list[Strip]:
        """Return the rows in view."""
        top = self.scroll_offset.y
        if width != self._made_for or len(self._made) > MOST_ROWS_KEPT:
            self._made, self._made_for = {}, width
        return [self._strip(place, width) for place in range(top, top + height)]

    def notify_style_update(self) -> None:
        """Take over a change of theme."""
        super().notify_style_update()
        self._made_for = 0

    def _strip(self, place: int, width: int) -> Strip:
        entry = self._entries.get(self._ids[place]) if place < len(self._ids) else None
        if entry is None:
            return Strip.blank(width, self.ink("ground"))
        in_view = place == self._place
        selected = entry.id in self._selected
        seen = (entry.key, entry.state, entry.skipped, entry.flagged, bool(entry.unreadable), in_view, selected)
        if (strip := self._made.get(seen)) is None:
            strip = strip_of(self._row(entry, width, in_view=in_view, selected=selected), width, self.ink("ground"))
            self._made[seen] = strip
        return strip

    def _row(self, entry: Entry, width: int, *, in_view: bool, selected: bool) -> Line:
        ink = self.ink
        ground = Style(bgcolor=ink("cursor").bgcolor) if in_view else None
        state = SKIPPED if entry.skipped else UNREADABLE if entry.unreadable else STATES[entry.state]
        head = [
            Span(f"{'▌' if in_view else ' '}{state.glyph} ", ink(state.ink)),
            *([Span(f"{SELECTED.glyph} ", ink(SELECTED.ink))] if selected else []),
        ]
        tail = [Span(f" {FLAGGED.glyph}" if entry.flagged else "", ink(FLAGGED.ink)), Span(" ", ink("text"))]
        folder, _, last = entry.key.rpartition(b"/")
        room = width - width_of([*head, *tail]) - 1
        shown = clip_start(show(last, one_line=True), room)
        looked_for = self._marks(shown) if self._marks else ()
        name = [*marked(shown, looked_for, ink("name" if in_view else _NAME_INKS[entry.state]))]
        room -= width_of(name) + 1
        if room >= ROOM_FOR_FOLDER:
            tail.insert(0, Span(clip(_folder_text(entry.key, folder), room), ink("muted" if in_view else "faint")))
        line = spread([*head, *name], tail, width, ink("text"))
        return line if ground is None else [Span(text, style + ground) for text, style in line]

    def on_click(self, event: events.Click) -> None:
        """Tell which row was clicked."""
        place = event.y + self.scroll_offset.y
        if place < len(self._ids):
            self.post_message(
                ImagePicked(self._ids[place], "range" if event.shift else "toggle" if event.ctrl else "go")
            )


def _folder_text(key: bytes, folder: bytes) -> str:
    """Return kohya's repeats and class, else the innermost folder."""
    times = repeats(key)
    if times is not None:
        return f"×{times[0]} {show(times[1], one_line=True)}"
    return show(folder.rpartition(b"/")[2], one_line=True)


_NAME_INKS = {"pending": "text", "untouched": "text", "accepted": "muted", "rejected": "muted"}
