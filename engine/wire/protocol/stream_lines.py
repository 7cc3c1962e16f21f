"""The lines of the two endless replies: results of a job, and events of the engine. A field nobody knows is passed over."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.wire.protocol.failures import Failure
from engine.wire.protocol.replies import JobInfo, JobState

HEARTBEAT_SECONDS = 2.0
"""An engine with nothing to say says so at least this often."""
CLIENT_READ_TIMEOUT_SECONDS = 10.0
"""A client gives up on one that was silent for so long."""


# --- results: GET /v1/jobs/{id}/results ----------------------------------------------------------------------


class ScoresOutput(msgspec.Struct, frozen=True, tag="scores", tag_field="kind"):
    """A tagger's answer."""

    labels: str
    """Id of a label table that came earlier in the same stream."""
    blob: str
    """base64 of `engine.captions.viewing.scores.pack`."""


class TextOutput(msgspec.Struct, frozen=True, tag="text", tag_field="kind"):
    """A captioner's answer."""

    text: str


class Result(msgspec.Struct, frozen=True, tag="result", tag_field="type"):
    """One step of one item, answered or failed. Exactly one of `output` and `error` is set."""

    seq: int
    item: int
    step: str
    fingerprint: str
    digest: str
    """sha256 in hex of the picture as it was read; empty when it could not be read."""
    output: ScoresOutput | TextOutput | None = None
    error: Failure | None = None
    seconds: float = 0.0
    """Decoding and model together, for this item."""


class Labels(msgspec.Struct, frozen=True, tag="labels", tag_field="type"):
    """A label table, sent once in a stream before the first result that names it."""

    id: str
    names: tuple[str, ...]
    categories: tuple[str, ...]


class End(msgspec.Struct, frozen=True, tag="end", tag_field="type"):
    """Nothing comes after this: the job is over, or the engine goes down (`state` is not final then)."""

    state: JobState
    last: int


class Heartbeat(msgspec.Struct, frozen=True, tag="heartbeat", tag_field="type"):
    """The engine is alive and has nothing to say; in both streams."""


ResultLine = Result | Labels | End | Heartbeat


# --- events: GET /v1/events ----------------------------------------------------------------------------------


class Progress(msgspec.Struct, frozen=True, tag="progress", tag_field="type"):
    """The latest state of one job; older ones nobody read are dropped."""

    job: JobInfo


class ModelLoading(msgspec.Struct, frozen=True, tag="model", tag_field="type"):
    """A model is being loaded, is loaded, or was unloaded."""

    name: str
    state: Literal["loading", "loaded", "unloaded", "failed"]
    device: str
    message: str = ""


class WorkerReplaced(msgspec.Struct, frozen=True, tag="worker", tag_field="type"):
    """A worker process ended by itself and another took its place."""

    device: str
    message: str


class TextWriting(msgspec.Struct, frozen=True, tag="writing", tag_field="type"):
    """Text that a captioner is writing just now, for the image in view."""

    job: str
    item: int
    text: str


class Stopping(msgspec.Struct, frozen=True, tag="stopping", tag_field="type"):
    """The engine goes down; the stream ends after this."""


Event = Progress | ModelLoading | WorkerReplaced | TextWriting | Stopping | Heartbeat
