"""Deciding many images without looking at each: `cutline accept` and `reject`. One group, journalled, undoable."""

from __future__ import annotations

import fnmatch
import os
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from engine.errors import ChangedOutside, CutlineError, WrongUsage
from engine.review.candidates import open_candidates, sources
from engine.review.frames import Frame, text_after
from engine.review.records import ImageId
from engine.settings import nearest
from engine.tagging.accept import KEEPS_CHANGING, TRIES, Told, acceptable
from engine.tagging.request import select

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from engine.captions.viewing.view import View
    from engine.review.candidates import Newest
    from engine.workspace import Workspace

NAMED_IMAGES = 3
"""How many images an error names; the rest is counted."""


class Chosen(msgspec.Struct, frozen=True):
    """What a bulk decision is about."""

    proposals: dict[ImageId, frozenset[int]]
    """Open candidates by image, in the order of the images' keys."""
    flagged: int
    """Images left alone because somebody flagged them."""
    sources: tuple[str, ...] = ()
    """Those that were named, whether or not a candidate of theirs is open; else those of the candidates."""


class Preview(msgspec.Struct, frozen=True):
    """What accepting would do to one image."""

    frame: Frame
    after: bytes | None


def choose(workspace: Workspace, globs: Sequence[str], images: str, among: Collection[ImageId] | None = None) -> Chosen:
    """Find the open candidates that a bulk decision answers.

    Args:
        workspace: The dataset, scanned.
        globs: Over sources; empty for the only one there is.
        images: A glob over keys; empty for all.
        among: Only these images; None for all.

    Raises:
        WrongUsage: Images have candidates of several sources and none was named; or a glob names nothing.
    """
    known = sources(workspace.store.db)
    for glob in globs:
        if not fnmatch.filter(known, glob):
            raise WrongUsage(
                f"no source matches `{glob}`", nearest(glob, known) if known else "nothing is proposed yet"
            )
    entries = {entry.id: entry for entry in select(workspace, images) if among is None or entry.id in among}
    flagged: set[ImageId] = set()
    found: dict[ImageId, list[Newest]] = {}
    for candidate in open_candidates(workspace.store.db):
        entry = entries.get(candidate.image)
        if entry is None or (globs and not _matches(candidate.source, globs)):
            continue
        if entry.flagged:
            flagged.add(entry.id)
        else:
            found.setdefault(entry.id, []).append(candidate)
    if not globs:
        _refuse_several(workspace, found)
    ordered = sorted(found, key=lambda image: entries[image].key)
    named = [source for source in known if _matches(source, globs)]
    seen = named or sorted({candidate.source for candidates in found.values() for candidate in candidates})
    return Chosen({i: frozenset(c.proposal for c in found[i]) for i in ordered}, len(flagged), tuple(seen))


def preview(
    workspace: Workspace,
    image: ImageId,
    proposals: frozenset[int],
    min_score: float,
    views: Mapping[str, View] = MappingProxyType({}),
) -> Preview | None:
    """Return what accepting would do to one image; None when it would be left alone.

    Args:
        workspace: The dataset.
        image: Whose candidates.
        proposals: The candidates to accept.
        min_score: From 0 to 1; added tags below it are not accepted.
        views: By source: what is looked through in place of the view in force.

    Raises:
        CutlineError: Its caption cannot be read.
    """
    frame = workspace.frame(image, views)
    chosen = acceptable(frame, proposals, min_score)
    return Preview(frame, text_after(frame, chosen)) if chosen else None


def reject_proposals(workspace: Workspace, image: ImageId, proposals: frozenset[int], group: int | None) -> Told:
    """Reject candidates of one image; those that are answered by now are left alone."""
    for _ in range(TRIES):
        try:
            frame = workspace.frame(image)
            if not any(shown.proposal.id in proposals for shown in frame.open):
                return Told(decided=False)
            workspace.reject(frame, only=proposals, group=group)
            return Told(decided=True)
        except ChangedOutside:
            continue
        except CutlineError as refusal:
            return Told(decided=False, reason=str(refusal))
    return Told(decided=False, reason=KEEPS_CHANGING)


def is_stale(workspace: Workspace, image: ImageId, proposals: frozenset[int]) -> bool:
    """Say whether one of the candidates was made from other content than the picture has now, or nobody can tell."""
    try:
        now = workspace.look_again(image).digest
    except (CutlineError, OSError):
        return True
    marks = ",".join("?" * len(proposals))
    seen = workspace.store.db.execute(f"SELECT DISTINCT digest FROM proposals WHERE id IN ({marks})", tuple(proposals))
    return {digest for (digest,) in seen.fetchall()} != {now}


def _matches(source: str, globs: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(source, glob) for glob in globs)


def _refuse_several(workspace: Workspace, found: dict[ImageId, list[Newest]]) -> None:
    several = {image: candidates for image, candidates in found.items() if len(candidates) > 1}
    if not several:
        return
    names = sorted({candidate.source for candidates in several.values() for candidate in candidates})
    keys = sorted(workspace.entries[image].key for image in several)
    shown = ", ".join(map(os.fsdecode, keys[:NAMED_IMAGES]))
    more = f" and {len(keys) - NAMED_IMAGES} more" if len(keys) > NAMED_IMAGES else ""
    raise WrongUsage(
        f"candidates of several sources wait for {shown}{more}: {', '.join(names)}",
        f"name those you mean: --source {names[0]}; --source '*' takes all",
    )
