"""The nouns of review: frozen structs, the same in the store, in the workspace and on the screen."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.captions.viewing.scores import TagScore

ImageId = int
Kind = Literal["tags", "prose"]
Merge = Literal["append", "prepend", "fill", "replace"]
State = Literal["pending", "accepted", "rejected", "untouched"]
Answer = Literal["taken", "partly", "left"]
Action = Literal["accept", "approve", "edit", "reject"]


class Image(msgspec.Struct, frozen=True):
    """One image file of the dataset, as last seen."""

    id: ImageId
    key: bytes
    """Path relative to the dataset root, `/` between parts; bytes as the file system has them."""
    size: int
    mtime_ns: int
    digest: bytes | None
    """sha256 of the content; None until somebody read the picture, and again after it changed."""
    unreadable: str
    """Why the picture could not be read, while size and mtime stay the same; empty when it could or nobody tried."""


class Proposal(msgspec.Struct, frozen=True):
    """What one source says about one image."""

    id: int
    image: ImageId
    source: str
    fingerprint: str
    digest: bytes
    """sha256 of the picture the model saw."""
    kind: Kind
    text: str | None
    """The final text of prose; None for tags, whose text is a view of `scores`."""
    scores: tuple[TagScore, ...] | None
    """All stored tags, highest first; None for prose."""
    merge: Merge
    job: str
    seq: int
    time: float
    """Seconds since the epoch, when it was stored."""


class Verdict(msgspec.Struct, frozen=True):
    """What one decision said about one candidate."""

    proposal: int
    answer: Answer
    hunks: tuple[str, ...] = ()
    """The hunks taken, as `+tag`, `-tag`, `old -> new`; what the person saw, for later reading."""
    view: bytes = b""
    """JSON of the view in force when it was decided."""


class JournalRow(msgspec.Struct, frozen=True):
    """One step of the journal, as history shows it."""

    id: int
    group: int | None
    """The bulk step it belongs to; None when it is a step of its own."""
    time: float
    session: str
    kind: str
    """accept, approve, edit, reject, undo, redo, flag, unflag, skip, view, moved, extension, aside, offered."""
    image: ImageId | None
    image_key: bytes | None
    undoes: int | None
    undone_by: int | None
    """The row in force that took this one back; None while it is in force."""
    caption: bytes | None
    """Key of the caption file written; None when the step concerns no file."""
    before: bytes | None
    """The caption's bytes before; None when there was no file."""
    after: bytes | None
    """The caption's bytes after; None when the file was removed."""
    status: str | None
    """unmarked, written, withdrawn, conflict; None when the step writes no file."""
    note: str
    """The source of a view, the reason of a withdrawal, where offered bytes came from, where files were moved; else empty."""
    verdicts: tuple[Verdict, ...]


class Counts(msgspec.Struct, frozen=True):
    """How many images are where; `images` is the sum of the four states."""

    images: int = 0
    captioned: int = 0
    """Images with a caption file that is not blank."""
    pending: int = 0
    accepted: int = 0
    rejected: int = 0
    untouched: int = 0
    skipped: int = 0
    flagged: int = 0
    aside: int = 0
    """Set aside, and so outside `images`."""
    stale: int = 0
    """Images with a candidate made from other content than they have now."""
    unreadable: int = 0
