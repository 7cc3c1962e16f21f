"""Taking chosen steps back: batch after batch, never over later text, a file that refuses standing alone.

A caption that still holds what the step wrote gets what it held before; one that was changed since is merged three
ways, and stays as it is where that conflicts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError, Refused
from engine.review import aside, journal
from engine.review.batches import in_batches
from engine.review.chains import AGAIN, BACK, Link, is_open
from engine.review.decide import Draft, Intent, Step
from engine.review.later import later_write
from engine.review.moved import caption_now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.records import ImageId
    from engine.review.store import Store


class Target(msgspec.Struct, frozen=True):
    """One step to take back."""

    link: Link
    root: Link
    """What stands at the beginning of its chain: a decision, a mark, a view."""

    @property
    def kind(self) -> str:
        """Of the new row."""
        return AGAIN if self.link.kind == BACK else BACK


class Taken(msgspec.Struct):
    """What has come of each target so far, by its row."""

    written: set[int] = set()
    merged: set[int] = set()
    refused: dict[int, str] = {}
    done: set[int] = set()


class TakingBack:
    """One undo of any number of steps, each file for itself."""

    def __init__(
        self, store: Store, files: CaptionFiles, batches: Sequence[list[Target]], separator: str, group: int | None
    ) -> None:
        """Prepare; nothing is done before `run`.

        Args:
            store: The dataset's store.
            files: The dataset's caption files.
            batches: What is taken back, in this order; no caption and no image twice in one of them.
            separator: Between tags, from the settings.
            group: Of the new rows; None for a single one.
        """
        self._store, self._files, self._separator, self._group = store, files, separator, group
        self._batches = batches
        self._going = {target.link.id for batch in batches for target in batch}
        self.taken = Taken()

    def run(self, stop: Callable[[], bool] | None) -> Iterator[int]:
        """Take the steps back; yield now and then how many were tried."""
        for batch in self._batches:
            if stop is not None and stop():
                return
            yield from self._some(batch, stop)

    def _some(self, targets: list[Target], stop: Callable[[], bool] | None) -> Iterator[int]:
        """Take back steps about different captions."""
        moves = [target for target in targets if target.root.kind == aside.KIND and target.link.caption is not None]
        texts = [target for target in targets if target.root.kind != aside.KIND and target.link.caption is not None]
        if bare := [target for target in targets if target.link.caption is None]:
            self._without_file(bare)
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
        return len(self.taken.done) + len(self.taken.refused)

    def _note(self, target: Target, result: Step | CutlineError) -> None:
        if isinstance(result, CutlineError):
            self.taken.refused[target.link.id] = str(result)
            self._going.discard(target.link.id)  # what stands beneath it stays, too
        else:
            self.taken.done.add(target.link.id)
            if result.wrote:
                self.taken.written.add(target.link.id)

    def _without_file(self, targets: list[Target]) -> None:
        """Take back marks, approvals and views."""
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
        self.taken.done.update(taken)
        for target in targets:
            if target.link.id not in taken:
                self._note(target, _taken_meanwhile())

    def _move(self, target: Target) -> None:
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
            self.taken.done.add(target.link.id)

    def _intents(self, targets: list[Target]) -> Iterator[Intent]:
        """Yield one intent for each target, same order."""
        db = self._store.db
        texts = _texts(db, [target.link.id for target in targets])
        moved = _moved(db, [target.root.image for target in targets if target.root.image is not None])
        for target in targets:
            before, after = texts[target.link.id]
            yield self._intent(target, before, after, at_place=target.root.image not in moved)

    def _intent(self, target: Target, before: bytes | None, after: bytes | None, *, at_place: bool) -> Intent:
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
                self.taken.merged.add(link.id)
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
        if later := later_write(db, link, self._going, places):
            raise Refused(f"later decisions on this caption stand (step {later})", "undo those first, or with it")


def _taken_meanwhile() -> Refused:
    return Refused("somebody else took it back meanwhile", "see cutline history")


def _texts(db: sqlite3.Connection, rows: list[int]) -> dict[int, tuple[bytes | None, bytes | None]]:
    query = "SELECT id, before, after FROM texts WHERE id IN (SELECT value FROM json_each(?))"
    return {row: (before, after) for row, before, after in db.execute(query, (msgspec.json.encode(rows).decode(),))}


def _moved(db: sqlite3.Connection, images: list[ImageId]) -> set[ImageId]:
    """Return which of some images had another name at some time."""
    query = "SELECT DISTINCT image FROM journal WHERE kind = 'moved' AND image IN (SELECT value FROM json_each(?))"
    return {image for (image,) in db.execute(query, (msgspec.json.encode(images).decode(),))}
