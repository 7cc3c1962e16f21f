"""The same edits to many captions: first as a plan that shows each change, then applied as one step.

A plan touches nothing. What is applied is exactly what the plan showed: a caption that changed since is refused and
named, never edited unseen. The command `edit` and the screen do the same through here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from engine.captions.editing.edits import apply_edits, edit_text
from engine.dataset.images import caption_key
from engine.errors import CutlineError, Refused, Unsafe, WrongUsage
from engine.review.decide import Draft, Step
from engine.review.journal import VOID
from engine.review.records import ImageId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.captions.editing.edits import Edit
    from engine.dataset.caption_batch import CaptionBatch
    from engine.workspace import Workspace

AT_ONCE = 128
"""Captions read between two looks whether anybody still waits; as many folders may be open meanwhile."""


class Plan(msgspec.Struct):
    """What edits would change."""

    changes: list[Draft] = []
    """One for each caption, with the first image that has it; in the order of the images."""
    refused: list[tuple[ImageId, str]] = []
    """Images whose caption cannot be edited, and why and what to do in one line."""
    looked_at: int = 0
    """Captions that were read; that of `a.jpg` and `a.png` once."""
    stopped: bool = False
    """Whether somebody stopped it before all were looked at."""


class Applied(msgspec.Struct):
    """What became of a plan."""

    group: int | None = None
    """The number of the step, which undo takes back as one; None where there was nothing to do."""
    images: list[ImageId] = []
    """Those whose captions were edited."""
    written: int = 0
    """Captions written."""
    refused: list[tuple[ImageId, str]] = []
    """Images whose caption is as it was, and why and what to do in one line."""
    stopped: bool = False
    """Whether somebody stopped it before all were edited."""


def plan(
    workspace: Workspace,
    images: Sequence[ImageId],
    edits: Sequence[Edit],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Plan:
    """Find out what edits would change; nothing is written.

    Args:
        workspace: The dataset.
        images: Whose captions; quickest in the order of their keys.
        edits: In their order.
        on_progress: Called now and then with how many images were looked at, and of how many.
        stop: Asked now and then whether to leave the rest.

    Raises:
        WrongUsage: A regular expression took too long on a caption, which is named.
    """
    found = Plan()
    planner = _Planner(workspace, edits, found)
    for at in range(0, len(images), AT_ONCE):
        if stop is not None and stop():
            found.stopped = True
            break
        with workspace.files.at_once() as captions:
            for image in images[at : at + AT_ONCE]:
                planner.look_at(image, captions)
        if on_progress is not None:
            on_progress(min(at + AT_ONCE, len(images)), len(images))
    return found


class _Planner:
    """Fills a plan, image by image."""

    def __init__(self, workspace: Workspace, edits: Sequence[Edit], found: Plan) -> None:
        self._entries, self._files = workspace.entries, workspace.files
        self._extension, self._separator = workspace.extension, workspace.separator
        self._edits, self._found = edits, found
        self._seen: set[bytes] = set()

    def look_at(self, image: ImageId, captions: CaptionBatch) -> None:
        """Plan the change of one image's caption, unless another image brought it already."""
        entry = self._entries.get(image)
        if entry is None:
            self._found.refused.append((image, "the image is not there any more (scan the dataset again)"))
            return
        key = caption_key(entry.key, self._extension)
        if key in self._seen:  # a.jpg and a.png share a.txt
            return
        self._seen.add(key)
        try:
            real, before = self._read(key, captions)
            if before is not None and b"\0" in before:
                name = os.fsdecode(key)
                raise Refused(f"{name} is not text that can be edited (UTF-16?)", "save it as UTF-8 first")
        except CutlineError as refusal:
            self._found.refused.append((image, str(refusal)))
            return
        if real != key:
            if real in self._seen:
                return
            self._seen.add(real)
        self._found.looked_at += 1
        after = self._edited(key, before)
        if after != before:
            self._found.changes.append(Draft("edit", image, real, before, after))

    def _read(self, key: bytes, captions: CaptionBatch) -> tuple[bytes, bytes | None]:
        """Return where a caption really lies, and its bytes."""
        try:
            return key, captions.read(key)
        except Unsafe:  # a link is in the way
            real = self._files.resolve(key)
            return real, self._files.read(real)

    def _edited(self, key: bytes, before: bytes | None) -> bytes | None:
        try:
            return apply_edits(before, self._edits, self._separator)
        except WrongUsage as slow:
            raise WrongUsage(f"{os.fsdecode(key)}: {slow.message}", slow.hint) from slow


def apply(
    workspace: Workspace,
    changes: Sequence[Draft],
    *,
    edits: Sequence[Edit] = (),
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Applied:
    """Make planned changes, as one step that undo takes back; what is left out of `changes` is not made.

    Ctrl-C stops it, too.

    Args:
        workspace: The dataset.
        changes: Of a plan, all or some.
        edits: Those of the plan, by which the step is named in the history.
        on_progress: Called now and then with how many changes are done, and of how many.
        stop: Asked now and then whether to leave the rest.
    """
    done = Applied()
    if not changes or (stop is not None and stop()):
        done.stopped = bool(changes)
        return done
    done.group = workspace.new_group("\n".join(map(edit_text, edits)))
    drafts = [msgspec.structs.replace(change, group=done.group) for change in changes]
    try:
        results = workspace.decide_many(drafts, on_progress=on_progress, stop=stop)
    except KeyboardInterrupt:
        _count_what_stands(workspace, done)
    else:
        done.stopped = len(results) < len(drafts)
        for draft, result in zip(drafts, results, strict=False):
            if isinstance(result, Step):
                done.images.append(draft.image)
                done.written += result.wrote
            else:
                done.refused.append((draft.image, str(result)))
    return done


def _count_what_stands(workspace: Workspace, done: Applied) -> None:
    """Count an interrupted step from the journal; rows whose caption is not written yet are finished by the repair."""
    rows = workspace.store.db.execute(
        "SELECT image, status FROM journal JOIN writes USING (id) WHERE grp = ? ORDER BY id", (done.group,)
    )
    done.stopped = True
    done.images = [image for image, status in rows if status not in VOID]
    done.written = len(done.images)
