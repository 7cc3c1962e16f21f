"""What clients send. A field nobody knows is an error here."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.wire.protocol.names import Name

Priority = Literal["normal", "urgent"]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model asked once."""

    name: str
    model: str
    """A catalogue name or an absolute path of a local folder."""
    options: dict[str, Any] = {}
    prompt: str = ""
    after: tuple[str, ...] = ()
    """Names of steps whose answers this one reads; empty for a step that only looks at the picture."""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One picture of a job."""

    item: int
    """Chosen by the client, unique in the job; the dataset's image id."""
    key: Name
    """Path relative to the job's root."""
    path: Name | None = None
    """Path relative to the root where it differs from `key`; None when it is `key`."""
    blob: str = ""
    """sha256 in hex of an uploaded picture, in place of a path; empty for a file."""
    texts: dict[str, str] = {}
    """Rendered values for placeholders of the prompt: caption, trigger, ..."""
    have: dict[str, str] = {}
    """Earlier answers by step name."""


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A self-contained piece of work; submitting the same id again is the same job."""

    id: str
    """32 lower-case hex digits, random."""
    collector: str
    """Registered as collector of the results; empty for a job whose results are only read."""
    root: Name
    """Absolute path; items are read from inside it only."""
    steps: tuple[Step, ...]
    items: tuple[Item, ...] = ()
    priority: Priority = "normal"
    source: str = ""
    device: str = "auto"
    """auto, cpu, cuda:0, mps, ..."""
    note: str = ""
    """The recipe's text, for the record; nobody reads it."""
    folders: tuple[Name, ...] = ()
    """Absolute; symbolic links below the root may lead into these. Empty: every picture really lies below the root."""


class Collected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A collector has stored everything up to and including `through`."""

    collector: str
    through: int


class CollectorChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further collector joins a job at its cursor, or drops out."""

    collector: str
    action: Literal["join", "drop"]
    after: int = 0
    """With join: the last sequence number the collector holds already."""


class BlobsMissing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of these pictures are not here yet? sha256 in hex."""

    hashes: tuple[str, ...]


class Shutdown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """End the engine: drain what is in flight, or abandon it (taken up again at the next start)."""

    now: bool = False
