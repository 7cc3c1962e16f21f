"""Undo and redo: each file for itself, a group as one step; which steps that takes, in which order, and what came of it.

To bring again is to take an undo back, so both are the same here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.review.chains import AGAIN, Link, chains
from engine.review.chosen_steps import UNDOABLE
from engine.review.records import ImageId
from engine.review.taking_back import Taken, TakingBack, Target

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

    from engine.dataset.caption_files import CaptionFiles
    from engine.review.store import Store

AT_ONCE = 500
"""Steps whose texts are in memory together."""


class Part(msgspec.Struct, frozen=True):
    """Steps that were taken back and are named together: those of one bulk step, or others of one kind."""

    kind: str
    """What they had been at first: accept, flag, ...; empty where it is known what was asked."""
    told: str
    """What the bulk step was asked to do, one edit a line; empty for others, and where nobody said."""
    images: int
    """How many they concern; 0 for those about the dataset as a whole."""


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
    parts: tuple[Part, ...] = ()
    """The steps taken back, newest first, by what they are called."""
    again: bool = False
    """Whether steps came back: a redo."""
    left: int = 0
    """Steps that were not tried, because it was stopped; they stand."""

    @property
    def told(self) -> str:
        """What the one bulk step that all of it goes back to was asked to do, one edit a line; else empty."""
        return self.parts[0].told if len(self.parts) == 1 else ""

    @property
    def partly(self) -> bool:
        """Whether some of it was taken back, and some was not."""
        return bool((self.refused or self.left) and (self.images or self.sources))


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
    taking = TakingBack(store, files, list(_batches(targets)), separator, group)
    for done in taking.run(stop):
        if on_progress is not None:
            on_progress(done, len(targets))
    return _outcome(store, targets, taking.taken, group)


def _targets(db: sqlite3.Connection, rows: Sequence[int]) -> list[Target]:
    """Return what has to be taken back so that none of the rows stands, newest first."""
    known = chains(db, rows)
    carriers = {known.carrier(row) for row in rows if known.stands(row)}
    found = (Target(known.links[row], known.root(row)) for row in sorted(carriers, reverse=True))
    return [target for target in found if _is_undoable(target.root)]


def _is_undoable(root: Link) -> bool:
    # What a dataset was opened with is no step: cutline found it out.
    return root.kind in UNDOABLE and not (root.kind == "extension" and root.source)


def _batches(targets: Sequence[Target]) -> Iterator[list[Target]]:
    """Yield steps so that each caption comes once in a batch, newest first, and so does each image that has one.

    Where an image moved, its caption is looked for before a batch: the batches before may have written it. Its place
    of old counts, too: what others did there waits until this step does not stand any more.
    """
    rounds: list[list[Target]] = []
    times: dict[bytes | ImageId | None, int] = {}
    for target in targets:
        number = 0
        if target.link.caption is not None:
            concerned = {target.link.caption, target.root.caption or target.link.caption, target.root.image}
            number = max(times.get(one, 0) for one in concerned)
            times.update(dict.fromkeys(concerned, number + 1))
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(target)
    for some in rounds:
        for at in range(0, len(some), AT_ONCE):
            yield some[at : at + AT_ONCE]


def _outcome(store: Store, targets: Sequence[Target], taken: Taken, group: int | None) -> Undone:
    """Say what was done."""
    done = [target for target in targets if target.link.id in taken.done]
    refused = [
        (target.root.image, taken.refused[target.link.id])
        for target in targets
        if target.root.image is not None and target.link.id in taken.refused
    ]
    groups = {target.link.group for target in targets}
    return Undone(
        group=group,
        images=tuple(target.root.image for target in done if target.root.image is not None),
        written=len(taken.written),
        refused=tuple(refused),
        kinds=tuple(dict.fromkeys(target.root.kind for target in done)),
        sources=tuple(dict.fromkeys(target.root.source for target in done if target.root.kind == "view")),
        merged=tuple(t.root.image for t in done if t.link.id in taken.merged and t.root.image is not None),
        of_group=groups.pop() if len(groups) == 1 else None,
        parts=_parts(store, done),
        again=any(target.kind == AGAIN for target in targets),
        left=len(targets) - len(taken.done) - len(taken.refused),
    )


def _parts(store: Store, done: Sequence[Target]) -> tuple[Part, ...]:
    """Sort steps by what they are called: a bulk step by what was asked, others by their kind."""
    told = {group: store.told_of(group) for group in {target.root.group for target in done}}
    found: dict[tuple[int | None, str], set[ImageId]] = {}
    for target in done:
        root = target.root
        images = found.setdefault((root.group, "") if told[root.group] else (None, root.kind), set())
        if root.image is not None:
            images.add(root.image)
    return tuple(Part(kind, told.get(group, ""), len(images)) for (group, kind), images in found.items())


def _told(store: Store, targets: Sequence[Target]) -> str:
    """Return what the one group that is taken back, or brought again, was asked to do."""
    groups = {target.root.group for target in targets}
    return store.told_of(groups.pop()) if len(groups) == 1 else ""
