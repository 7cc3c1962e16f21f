"""How a dataset is looked at: the view of each source and the extension of captions, as the journal has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.captions.viewing.view import View
from engine.review import extension, journal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store


class ViewsInForce:
    """The part of a workspace that knows its views and its extension."""

    def __init__(self, store: Store, files: CaptionFiles) -> None:
        """Read them."""
        self.store = store
        self.files = files
        self._extension = extension.DEFAULT
        self._views: dict[str, View] = {}
        self._views_mark = -1
        self._load_views()

    @property
    def extension(self) -> str:
        """What a caption file ends in, with its dot; a property of the whole dataset."""
        return self._extension

    def change_extension(self, to: str) -> bool:
        """Look for captions in files that end otherwise from now on; one step. Say whether that was a change.

        Raises:
            WrongUsage: Captions may not end so.
        """
        changed = extension.change(self.store, self.files, to)
        self._load_views()
        return changed

    def view_of(self, source: str) -> View:
        """Return the view in force of a source; the default one where nobody set any."""
        return self._views.get(source) or View()

    def view_json(self, source: str) -> bytes:
        """Return the view in force as a decision stores it."""
        return msgspec.json.encode(self.view_of(source))

    def has_view(self, source: str) -> bool:
        """Say whether anybody set a view for a source."""
        return source in self._views

    def set_view(self, db: sqlite3.Connection, source: str, settings: View, group: int | None = None) -> None:
        """Put a view in force, inside the caller's transaction; the same one again adds no row.

        With a group it is part of that step, and taken back with it.
        """
        if self._views.get(source) != settings:
            data = msgspec.json.encode(settings)
            journal.append(db, "view", session=self.store.session, group=group, source=source, data=data)
            self._views[source], self._views_mark = settings, -1  # read again: the caller may roll it back

    def change_view(self, source: str, change: Callable[[View], View]) -> None:
        """Put in force what a change makes of a source's view, whoever set that; one step, none where it is the same."""
        with self.store.transaction() as db:
            before = self._views_in(db).get(source) or View()
            if (after := change(before)) != before:
                data = msgspec.json.encode(after)
                journal.append(db, "view", session=self.store.session, source=source, data=data)
        self._load_views()

    def _load_views(self) -> None:
        """Take in the views and the extension in force, where one was set or taken back since the last time."""
        with self.store.explained():
            mark = journal.newest_without_image(self.store.db)
            if mark != self._views_mark:
                self._views, self._views_mark = self._views_in(self.store.db), mark
                self._extension = extension.checked(self.files, extension.in_force(self.store.db))

    def _views_in(self, db: sqlite3.Connection) -> dict[str, View]:
        return {source: msgspec.json.decode(data, type=View) for source, data in journal.views(db).items()}
