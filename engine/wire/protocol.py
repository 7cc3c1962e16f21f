"""Everything that crosses the socket: requests, replies, streams. docs/protocol.md names the version.

HTTP/1.1 over a Unix domain socket, JSON bodies, NDJSON streams. Requests are strict (a field nobody knows
is an error), replies and stream lines lenient (a field nobody knows is ignored). Jobs and items leave out
what is as usual, so that an engine which does not know a newer field takes a job that does not use it.
"""

from __future__ import annotations

import base64
from typing import Any, Literal

import msgspec

PROTOCOL_VERSION = 1
HEARTBEAT_SECONDS = 2.0
CLIENT_READ_TIMEOUT_SECONDS = 10.0

JobState = Literal["queued", "running", "paused", "waiting for space", "done", "cancelled"]
FINAL_STATES: frozenset[str] = frozenset({"done", "cancelled"})
Priority = Literal["normal", "urgent"]


# --- names that may not be UTF-8 -------------------------------------------------------------------------------


class RawName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file name that is not UTF-8."""

    name_b64: str


Name = str | RawName


def to_name(raw: bytes) -> Name:
    """Write a file name as JSON can carry it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return RawName(base64.b64encode(raw).decode())


def from_name(name: Name) -> bytes:
    """Read a name back as the file system's bytes.

    Raises:
        ValueError: The base64 text is not valid, or the name holds a NUL.
    """
    raw = name.encode() if isinstance(name, str) else base64.b64decode(name.name_b64, validate=True)
    if b"\0" in raw:
        raise ValueError("a name holds a NUL byte")
    return raw


# --- failures ---------------------------------------------------------------------------------------------------


class Failure(msgspec.Struct, frozen=True):
    """What went wrong with one item or one request, for a person and for a program."""

    code: str
    """Stable word: unreadable, usage, unknown-model, worker-died, out-of-memory, ..."""
    message: str
    hint: str = ""
    recoverable: bool = False
    """True when the same thing asked again may succeed."""


class Refusal(msgspec.Struct, frozen=True):
    """The body of every 4xx and 5xx reply."""

    error: Failure


# --- requests (strict) -------------------------------------------------------------------------------------------


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


# --- replies (lenient) -------------------------------------------------------------------------------------------


class Versions(msgspec.Struct, frozen=True):
    """The protocol versions an engine understands, both ends included."""

    min: int = PROTOCOL_VERSION
    max: int = PROTOCOL_VERSION


class LoadedModel(msgspec.Struct, frozen=True):
    """A model that is in memory now."""

    name: str
    device: str
    since: float
    """Seconds since the epoch."""
    idle_seconds: float
    """How long nobody asked it; 0 while it works."""


class WorkerInfo(msgspec.Struct, frozen=True):
    """One worker process."""

    pid: int
    device: str
    environment: str = ""
    """The Python environment it runs in; empty for the engine's own."""
    restarts: int = 0
    """How often it was replaced."""
    in_flight: int = 0
    """Pictures it has been given and has not answered."""


class Status(msgspec.Struct, frozen=True):
    """What the engine is and does."""

    version: str
    """Of the program."""
    protocol: Versions
    pid: int
    spool: str
    """Random id of the spool; a client that knows another one has lost its jobs."""
    started: float
    devices: tuple[str, ...]
    models: tuple[LoadedModel, ...]
    jobs: dict[str, int]
    """Number of jobs by state."""
    worker_pids: tuple[int, ...] = ()
    worker_restarts: int = 0
    idle_exit_seconds: float = 0.0
    """After how long without work the engine ends; 0 means at once."""
    workers: tuple[WorkerInfo, ...] = ()
    notices: tuple[str, ...] = ()
    """What a person should know although no request is about it, one line each."""
    idle_unload_seconds: float = 0.0
    """After how long without being asked a model is unloaded; 0 means at once."""
    idle_exit_in: float | None = None
    """Seconds until the engine ends if nothing comes; None while it is needed."""


class ModelInfo(msgspec.Struct, frozen=True):
    """One entry of the catalogue."""

    name: str
    kind: Literal["tagger", "captioner"]
    summary: str
    licence: str
    installed: bool
    loaded: bool
    download_bytes: int = 0
    threshold: float | None = None
    """The default threshold of a tagger, 0 to 1; None for a captioner."""
    downloaded: bool = True
    """Whether its weights are where the engine looks for them; also where it needs none."""


class ModelList(msgspec.Struct, frozen=True):
    """The catalogue."""

    models: tuple[ModelInfo, ...]


class ResolvedStep(msgspec.Struct, frozen=True):
    """What a step will really do: every option filled in, and the fingerprint of the answers it will give."""

    name: str
    model: str
    kind: Literal["tags", "prose"]
    fingerprint: str
    """sha256 in hex of model, revision, all options, prompt, preprocessing version, floor."""
    options: dict[str, Any]
    threshold: float | None = None
    """The model's default threshold; None for prose."""
    floor: float | None = None
    """The lowest score kept; None for prose."""
    thresholds: dict[str, float] = {}
    """The model's default thresholds of single categories."""


class Resolved(msgspec.Struct, frozen=True):
    """The reply to a dry run."""

    steps: tuple[ResolvedStep, ...]
    device: str
    spool: str = ""


class FailedItem(msgspec.Struct, frozen=True):
    """One step of one item that failed, and why."""

    item: int
    key: Name
    step: str
    failure: Failure


class JobInfo(msgspec.Struct, frozen=True):
    """One job as the spool knows it."""

    id: str
    root: Name
    source: str
    steps: tuple[ResolvedStep, ...]
    state: JobState
    items: int
    done: int
    """Items answered, in all their steps."""
    failed: int
    last: int
    """The highest sequence number given out; 0 before the first result."""
    created: float
    started: float | None
    ended: float | None
    rate: float = 0.0
    """Items a second over the recent past; 0 when nothing moves."""
    message: str = ""
    """Why it waits, in one line; empty when it does not."""
    warning: str = ""
    """What is not as one would expect although it works, in one line: another device than hoped for, say."""
    device: str = ""
    """Where it runs: auto for every device the engine serves, or the one it names."""
    failures: tuple[FailedItem, ...] = ()
    """What failed and was not retried; only filled in where it was asked for."""


class JobList(msgspec.Struct, frozen=True):
    """All jobs the spool keeps, newest first."""

    jobs: tuple[JobInfo, ...]


class Missing(msgspec.Struct, frozen=True):
    """The pictures that must still be uploaded; sha256 in hex."""

    hashes: tuple[str, ...]


class Done(msgspec.Struct, frozen=True):
    """The reply to a request that has nothing else to say."""

    ok: bool = True


# --- results stream: GET /v1/jobs/{id}/results ---------------------------------------------------------------------


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


# --- event stream: GET /v1/events -----------------------------------------------------------------------------------


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
