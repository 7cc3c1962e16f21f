"""Taking steps back, and bringing them again: each file for itself, a group as one step, never over later text.

To bring again is to take an undo back, so both are the same here. A caption that still holds what the step wrote gets
what it held before; one that was changed since is merged three ways, and stays as it is where that conflicts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, Refused
from engine.review import aside, journal
from engine.review.batches import in_batches
from engine.review.chains import AGAIN, BACK, NOT_VOID, Link, chains, is_open
from engine.review.chosen_steps import UNDOABLE
from engine.review.decide import Draft, Intent, Step
from engine.review.moved import caption_now
from engine.review.records import ImageId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store

AT_ONCE = 500
"""Steps whose texts are in memory together."""


class Undone(msgspec.Struct, frozen=True):
    """What an undo or a redo did."""

    group: int | None
    """Of the new rows; None when there was a single step."""
    images: tuple[ImageId, ...]
    """Whose steps were taken back, newest first."""
    written: int
    """Captions that were written."""
    refused: tuple[tuple[ImageId, str], ...]
    """Images whose step stays, and why and what to do in one line; it can be tried again."""
    kinds: tuple[str, ...] = ()
    """What the steps taken back had been at first: accept, flag, ..."""
    sources: tuple[str, ...] = ()
    """Whose view was taken back: that concerns no single image."""
    merged: tuple[ImageId, ...] = ()
    """Images whose caption had been changed since, and keeps that change, too."""
    of_group: int | None = None
    """The bulk step that was taken back; None when it was a single one, or several."""
    told: str = ""
    """What the one bulk step that all of it goes back to was asked to do, one edit a line; else empty."""
    again: bool = False
    """Whether steps came back: a redo."""
    left: int = 0
    """Steps that were not tried, because it was stopped; they stand."""

    @property
    def partly(self) -> bool:
        """Whether some of it was taken back, and some was not."""
        return bool((self.refused or self.left) and (self.images or self.sources))


class _Target(msgspec.Struct, frozen=True):
    """One step to take back."""

    link: Link
    root: Link

    @property
    def kind(self) -> str:
        return AGAIN if self.link.kind == BACK else BACK


class _Taken(msgspec.Struct):
    """What has come of each target so far."""

    written: set[int] = set()
    merged: set[int] = set()
    refused: dict[int, str] = {}
    done: set[int] = set()


def undo_steps(
    store: Store,
    files: CaptionFiles,
    rows: Sequence[int],
    separator: str = ",",
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Undone:
    """Take back journal rows, newest first; each file is undone for itself.

    Args:
        store: The dataset's store.
        files: The dataset's caption files.
        rows: Journal ids; those already taken back, or not undoable, are passed over. Taking an undo back is a redo.
        separator: Between tags, from the settings.
        on_progress: Called with how many steps are done, and of how many.
        stop: Asked between batches whether to leave the rest.
    """
    targets = _targets(store.db, rows)
    group = None
    if len(targets) > 1:
        with store.transaction() as db:
            group = store.new_group(db, _told(store, targets))
    undoing = _Undoing(store, files, targets, separator, group)
    for done in undoing.run(stop):
        if on_progress is not None:
            on_progress(done, len(targets))
    return undoing.told()


def _told(store: Store, targets: Sequence[_Target]) -> str:
    """Return what the one group that is taken back, or brought again, was asked to do."""
    groups = {target.root.group for target in targets}
    return store.told_of(groups.pop()) if len(groups) == 1 else ""


def _targets(db: sqlite3.Connection, rows: Sequence[int]) -> list[_Target]:
    """Return what has to be taken back so that none of the rows stands, newest first."""
    known = chains(db, rows)
    carriers = {known.carrier(row) for row in rows if known.stands(row)}
    found = (_Target(known.links[row], known.root(row)) for row in sorted(carriers, reverse=True))
    return [target for target in found if _is_undoable(target.root)]


def _is_undoable(root: Link) -> bool:
    # What a dataset was opened with is no step: cutline found it out.
    return root.kind in UNDOABLE and not (root.kind == "extension" and root.source)


class _Undoing:
    """One undo of any number of steps."""

    def __init__(
        self, store: Store, files: CaptionFiles, targets: list[_Target], separator: str, group: int | None
    ) -> None:
        self._store, self._files, self._separator, self._group = store, files, separator, group
        self._targets = targets
        self._going = {target.link.id for target in targets}
        self._taken = _Taken()

    def run(self, stop: Callable[[], bool] | None) -> Iterator[int]:
        """Take the steps back; yield now and then how many were tried."""
        for some in _rounds(self._targets):
            for at in range(0, len(some), AT_ONCE):
                if stop is not None and stop():
                    return
                yield from self._some(some[at : at + AT_ONCE], stop)

    def told(self) -> Undone:
        """Say what was done."""
        taken = self._taken
        done = [target for target in self._targets if target.link.id in taken.done]
        refused = [
            (target.root.image, taken.refused[target.link.id])
            for target in self._targets
            if target.root.image is not None and target.link.id in taken.refused
        ]
        groups = {target.link.group for target in self._targets}
        return Undone(
            group=self._group,
            images=tuple(target.root.image for target in done if target.root.image is not None),
            written=len(taken.written),
            refused=tuple(refused),
            kinds=tuple(dict.fromkeys(target.root.kind for target in done)),
            sources=tuple(dict.fromkeys(target.root.source for target in done if target.root.kind == "view")),
            merged=tuple(t.root.image for t in done if t.link.id in taken.merged and t.root.image is not None),
            of_group=groups.pop() if len(groups) == 1 else None,
            told=_told(self._store, self._targets),
            again=any(target.kind == AGAIN for target in self._targets),
            left=len(self._targets) - len(taken.done) - len(taken.refused),
        )

    def _some(self, targets: list[_Target], stop: Callable[[], bool] | None) -> Iterator[int]:
        """Take back steps about different captions."""
        moves = [target for target in targets if target.root.kind == aside.KIND and target.link.caption is not None]
        texts = [target for target in targets if target.root.kind != aside.KIND and target.link.caption is not None]
        self._without_file([target for target in targets if target.link.caption is None])
        for target in moves:
            self._move(target)
        yield self._tried
        intents = list(self._intents(texts))
        tried = 0
        for made in in_batches(self._store, self._files, intents, stop):
            for target, result in zip(texts[tried : tried + len(made)], made, strict=True):
                self._note(target, result)
            tried += len(made)
            yield self._tried

    @property
    def _tried(self) -> int:
        return len(self._taken.done) + len(self._taken.refused)

    def _note(self, target: _Target, result: Step | CutlineError) -> None:
        if isinstance(result, CutlineError):
            self._taken.refused[target.link.id] = str(result)
            self._going.discard(target.link.id)  # what stands beneath it stays, too
        else:
            self._taken.done.add(target.link.id)
            if result.wrote:
                self._taken.written.add(target.link.id)

    # --- without a text: marks, approvals, views, images moved -------------------------------------------------

    def _without_file(self, targets: list[_Target]) -> None:
        if not targets:
            return
        taken = []
        try:
            with self._store.transaction() as db:
                for target in targets:
                    row = target.link.id
                    if is_open(db, row):
                        session, image = self._store.session, target.root.image
                        journal.append(db, target.kind, session=session, image=image, group=self._group, undoes=row)
                        taken.append(row)
        except CutlineError as refusal:
            for target in targets:
                self._note(target, refusal)
            return
        self._taken.done.update(taken)
        for target in targets:
            if target.link.id not in taken:
                self._note(target, _taken_meanwhile())

    def _move(self, target: _Target) -> None:
        try:
            aside.reverse(
                self._store,
                self._files,
                target.link.id,
                kind=target.kind,
                group=self._group,
                still_right=lambda db: self._check(db, target.link),
            )
        except CutlineError as refusal:
            self._note(target, refusal)
        else:
            self._taken.done.add(target.link.id)

    # --- captions ----------------------------------------------------------------------------------------------

    def _intents(self, targets: list[_Target]) -> Iterator[Intent]:
        """Yield one intent for each target, same order."""
        db = self._store.db
        texts = _texts(db, [target.link.id for target in targets])
        moved = _moved(db, [target.root.image for target in targets if target.root.image is not None])
        for target in targets:
            before, after = texts[target.link.id]
            yield self._intent(target, before, after, at_place=target.root.image not in moved)

    def _intent(self, target: _Target, before: bytes | None, after: bytes | None, *, at_place: bool) -> Intent:
        link, image = target.link, target.root.image
        assert link.caption is not None
        assert image is not None
        caption = link.caption
        if not at_place:
            with suppress(CutlineError):  # the same refusal comes when it is read
                caption = caption_now(self._store.db, self._files, image, caption, after)

        def draft(now: bytes | None) -> Draft:
            if now not in (after, before):
                from engine.captions.three_way.merge3 import merge3  # noqa: PLC0415  (seldom needed, and slow to load)

                self._check(self._store.db, link, caption)  # the better reason, where both hold
                wanted = merge3(after, before, now, self._separator)
                self._taken.merged.add(link.id)
            else:
                wanted = before
            return Draft(target.kind, image, caption, now, wanted, group=self._group, undoes=link.id)

        return Intent(caption, draft, lambda db: self._check(db, link, caption))

    def _check(self, db: sqlite3.Connection, link: Link, *places: bytes) -> None:
        """Refuse to take back what does not stand any more, or what a later step was built on.

        Raises:
            Refused: It stays, for the reason given.
        """
        if not is_open(db, link.id):
            raise _taken_meanwhile()
        if later := _later_write(db, link, self._going, places):
            raise Refused(f"later decisions on this caption stand (step {later})", "undo those first, or with it")


def _taken_meanwhile() -> Refused:
    return Refused("somebody else took it back meanwhile", "see cutline history")


def _rounds(targets: Sequence[_Target]) -> list[list[_Target]]:
    """Sort steps so that each caption comes once in a round, newest first, and so does each image that has one.

    Where an image moved, its caption is looked for before a round: the rounds before may have written it.
    """
    rounds: list[list[_Target]] = []
    times: dict[bytes | ImageId | None, int] = {}
    for target in targets:
        number = 0
        if target.link.caption is not None:
            both = target.link.caption, target.root.image
            number = max(times.get(one, 0) for one in both)
            times.update(dict.fromkeys(both, number + 1))
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(target)
    return rounds


def _texts(db: sqlite3.Connection, rows: list[int]) -> dict[int, tuple[bytes | None, bytes | None]]:
    query = "SELECT id, before, after FROM texts WHERE id IN (SELECT value FROM json_each(?))"
    return {row: (before, after) for row, before, after in db.execute(query, (msgspec.json.encode(rows).decode(),))}


def _moved(db: sqlite3.Connection, images: list[ImageId]) -> set[ImageId]:
    """Return which of some images had another name at some time."""
    query = "SELECT DISTINCT image FROM journal WHERE kind = 'moved' AND image IN (SELECT value FROM json_each(?))"
    return {image for (image,) in db.execute(query, (msgspec.json.encode(images).decode(),))}


def _later_write(db: sqlite3.Connection, link: Link, going: Collection[int], places: Iterable[bytes]) -> int | None:
    """Return a later step in force that changed the same caption and is not taken back, too; None if there is none.

    A later step and the one that took it back are none together.
    """
    for caption in dict.fromkeys((link.caption, *places)):
        rows = db.execute(
            f"SELECT w.id, undoes FROM writes w JOIN journal USING (id) WHERE caption = ? AND w.id > ? AND {NOT_VOID}",
            (caption, link.id),
        ).fetchall()
        later = [row for row, undoes in rows if row not in going and (undoes is None or undoes < link.id)]
        if later:
            known = chains(db, later)
            standing = [row for row in later if known.stands(row)]
            if standing:
                return int(standing[0])
    return None
