"""What the engine answers to a request. A field nobody knows is passed over."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.wire.protocol.failures import Failure
from engine.wire.protocol.names import Name

PROTOCOL_VERSION = 1

JobState = Literal["queued", "running", "paused", "waiting for space", "done", "cancelled"]
FINAL_STATES: frozenset[str] = frozenset({"done", "cancelled"})


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
    """Of a job that was retried after its end: since then."""
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
    worked: float = 0.0
    """Seconds from its start to its end before it was retried, each time; what it takes since then is not in it."""

    def took(self, until: float) -> float | None:
        """Return how long it took in all, in seconds; None before it has started.

        Args:
            until: When a job that is not over is asked about, in seconds since the epoch.
        """
        if self.started is None:
            return self.worked or None
        return self.worked + (until if self.ended is None else self.ended) - self.started


class JobList(msgspec.Struct, frozen=True):
    """All jobs the spool keeps, newest first."""

    jobs: tuple[JobInfo, ...]


class Missing(msgspec.Struct, frozen=True):
    """The pictures that must still be uploaded; sha256 in hex."""

    hashes: tuple[str, ...]


class Done(msgspec.Struct, frozen=True):
    """The reply to a request that has nothing else to say."""

    ok: bool = True
