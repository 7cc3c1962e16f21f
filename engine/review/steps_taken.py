"""What was done to a dataset, and back again: the part of a workspace that deals with the journal."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Protocol

from engine.review import aside, chosen_steps, history, image_rows, later
from engine.review.batches import decide_many
from engine.review.undo import undo_steps

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from engine.captions.viewing.view import View
    from engine.dataset.caption_files import CaptionFiles
    from engine.errors import CutlineError
    from engine.review.decide import Draft, Step
    from engine.review.history import HistoryStep
    from engine.review.records import ImageId, JournalRow
    from engine.review.roster import Roster
    from engine.review.store import Store
    from engine.review.undo import Undone


class Opened(Protocol):
    """What it needs of the dataset that is open."""

    store: Store
    files: CaptionFiles
    roster: Roster
    separator: str
    """Between tags, from the settings."""
    below: bytes
    """The folder that is dealt with, `sub/`; empty for all."""

    @abstractmethod
    def _load_views(self) -> None:
        """Take in what is in force of the dataset as a whole."""


class StepsTaken(Opened):
    """Many decisions at once, undo, redo, history."""

    def decide_many(
        self,
        drafts: Sequence[Draft],
        still_right: Callable[[sqlite3.Connection, Draft], None] | None = None,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> list[Step | CutlineError]:
        """Make many decisions, a refused one touching no other; see `engine.review.batches.decide_many`.

        Args:
            drafts: What was decided.
            still_right: Called inside the transaction before a row is made; raises a `CutlineError` to refuse.
            on_progress: Called after each batch with how many are done, and of how many.
            stop: Asked between batches whether to leave the rest.

        Returns:
            For each draft, same order: the decision, or why there is none; shorter where it was stopped.
        """
        made: list[Step | CutlineError] = []
        try:
            made = decide_many(self.store, self.files, drafts, still_right, on_progress, stop)
        finally:  # what was done before a failure was done
            with self.store.explained():
                self.roster.derive([draft.image for draft in drafts[: len(made) or None]])
        return made

    def undo_last(
        self,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Undone | None:
        """Take back this session's newest step; None when there is none."""
        with self.store.explained():
            rows = chosen_steps.last_step(self.store.db, self.store.session, self.store.newest_before)
        return self.undo(rows, on_progress=on_progress, stop=stop) if rows else None

    def redo_last(
        self,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Undone | None:
        """Take this session's newest undo back; None when there is none, or when a step was made since."""
        with self.store.explained():
            rows = chosen_steps.last_undo(self.store.db, self.store.session, self.store.newest_before)
        return self.undo(rows, on_progress=on_progress, stop=stop) if rows else None

    def undo_to(
        self,
        row: int,
        *,
        on_progress: Callable[[int, int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Undone:
        """Take back a step and all that came after it: every step stands then as it stood before that one."""
        return self.undo(self.rows_since(row), on_progress=on_progress, stop=stop)

    def undo(
        self,
        rows: Sequence[int],
        *,
        on_progress: Callable[[int, int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Undone:
        """Take back journal rows, newest first; taking an undo back is a redo.

        See `engine.review.chosen_steps` for choosing them.

        Args:
            rows: Journal ids; those already taken back, or not undoable, are passed over.
            on_progress: Called with how many steps are done, and of how many.
            stop: Asked between batches whether to leave the rest.
        """
        with self.store.explained():
            done = undo_steps(self.store, self.files, rows, self.separator, on_progress, stop)
            (self.roster.renew if aside.KIND in done.kinds else self.roster.derive)(done.images)
        self._load_views()
        return done

    def rows_of(self, step: HistoryStep) -> list[int]:
        """Return all rows of a step that are about the folder that is open, for `undo`."""
        if step.group is None:
            return [step.id]
        with self.store.explained():
            rows = chosen_steps.rows_of_group(self.store.db, step.group)
            return image_rows.steps_within(self.store.db, rows, self.below)

    def rows_since(self, row: int) -> list[int]:
        """Return what `undo_to` takes back."""
        with self.store.explained():
            rows = chosen_steps.rows_since(self.store.db, row)
            return image_rows.steps_within(self.store.db, rows, self.below)

    def rows_to_redo(self, step: HistoryStep) -> list[int]:
        """Return what has to be taken back so that a step stands again; empty where nothing of it is taken back."""
        with self.store.explained():
            return later.takers(self.store.db, self.rows_of(step))

    def later_decisions(self, rows: Sequence[int]) -> list[int]:
        """Return the steps in force that were built on others, oldest first: those stand in the way of their undo."""
        with self.store.explained():
            return later.later_decisions(self.store.db, rows)

    # --- looking back -----------------------------------------------------------------------------------------

    def history(self, image: ImageId | None = None, newest: int | None = None, after: int = 0) -> Iterator[JournalRow]:
        """Yield the journal, oldest first; never all of it in memory.

        Args:
            image: Only what concerns this image.
            newest: Only so many rows, the newest; None for all.
            after: Only rows newer than this.
        """
        with self.store.explained():
            yield from history.rows(self.store.db, image, newest, after)

    def steps(self, limit: int, before: int | None = None) -> list[HistoryStep]:
        """Return the newest steps, a group as one of them; what it costs does not grow with the journal.

        Args:
            limit: How many at most.
            before: The `id` of the last step of the page before; None for the first page.
        """
        with self.store.explained():
            return history.steps(self.store.db, limit, before, self.below)

    def step_rows(self, step: HistoryStep, limit: int = 1_000, after: int = 0) -> list[JournalRow]:
        """Return what one step did to each file, oldest first.

        Args:
            step: Which.
            limit: How many rows at most.
            after: The `id` of the last row of the page before; 0 for the first page.
        """
        with self.store.explained():
            return history.rows_of(self.store.db, step, limit, after)

    def rows_named(self, rows: Sequence[int]) -> list[JournalRow]:
        """Return rows of the journal by their ids, oldest first."""
        with self.store.explained():
            return history.rows_named(self.store.db, rows)

    def names_of(self, step: HistoryStep) -> Iterator[bytes]:
        """Yield the key of each image that a step concerns."""
        with self.store.explained():
            yield from history.names(self.store.db, step)

    def view_change(self, step: HistoryStep) -> tuple[View | None, View] | None:
        """Return the view of a source before and after a step that set it; None for any other step."""
        with self.store.explained():
            return None if step.group is not None else later.view_change(self.store.db, step.id)

    def newest_step(self) -> int:
        """Return the id of the journal's newest row; 0 where there is none."""
        with self.store.explained():
            (newest,) = self.store.db.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()
            return int(newest)
