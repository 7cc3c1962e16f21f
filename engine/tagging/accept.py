"""Accepting without a screen: a job's `--accept`, and `cutline accept` and `reject`; journalled like any decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import ChangedOutside, CutlineError
from engine.review.candidates import open_candidates

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.captions.changes.diff import Hunk
    from engine.review.frames import Frame, Shown
    from engine.review.records import ImageId
    from engine.workspace import Workspace

TRIES = 3
"""How often a caption that changes under our hands is read again before its image is refused."""


KEEPS_CHANGING = "the caption keeps changing on disk (close the program that writes it, then try again)"


class Told(msgspec.Struct, frozen=True):
    """What happened to one image."""

    decided: bool
    wrote: bool = False
    reason: str = ""
    """Why it was refused, and what to do, in one line; empty when it was decided, or there was nothing to decide."""


def accept_proposals(
    workspace: Workspace, image: ImageId, proposals: frozenset[int], group: int | None, min_score: float = 0.0
) -> Told:
    """Accept candidates of one image as they are chosen on opening; tags below a score are left.

    A candidate that is answered, superseded or stale by now is left alone, and so is one that would replace the
    person's text although it is only to fill empty captions.

    Args:
        workspace: The dataset.
        image: Whose candidates.
        proposals: The candidates to accept.
        group: The bulk step this belongs to.
        min_score: From 0 to 1; added tags below it are not accepted.
    """
    for _ in range(TRIES):
        try:
            frame = workspace.frame(image)
            asked = [shown for shown in frame.open if shown.proposal.id in proposals]
            if not asked:
                return Told(decided=False)
            if any(shown.stale for shown in asked):
                return Told(decided=False, reason="the picture changed since it was tagged (run cutline tag again)")
            chosen = acceptable(frame, proposals, min_score)
            if not chosen:
                return Told(decided=False)
            step = workspace.accept(frame, chosen, frozenset(chosen), group)
            return Told(decided=True, wrote=step.wrote)
        except ChangedOutside:
            continue
        except CutlineError as refusal:
            return Told(decided=False, reason=str(refusal))
    return Told(decided=False, reason=KEEPS_CHANGING)


def open_of(workspace: Workspace, source: str, images: Collection[ImageId]) -> list[tuple[ImageId, int]]:
    """Return the open candidates of a source for some images, whoever asked for them: image and proposal."""
    found = open_candidates(workspace.store.db)
    return [(one.image, one.proposal) for one in found if one.source == source and one.image in images]


def acceptable(frame: Frame, proposals: frozenset[int], min_score: float) -> dict[int, tuple[Hunk, ...]]:
    """Return the hunks accepted of each of these candidates; empty when they have hunks and none can be accepted."""
    asked = [shown for shown in frame.open if shown.proposal.id in proposals]
    chosen = {shown.proposal.id: taken(shown, min_score) for shown in asked}
    return chosen if any(chosen.values()) or not any(shown.hunks for shown in asked) else {}


def taken(shown: Shown, min_score: float) -> tuple[Hunk, ...]:
    """Return what is accepted of a candidate without a person looking: what is chosen on opening, above a score."""
    return tuple(h for h in shown.hunks if h.chosen and (h.score is None or h.score >= min_score))
