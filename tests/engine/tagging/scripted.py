"""An engine that answers from a script, for what a real one does only when something goes wrong."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Literal, Self

import msgspec

from engine.captions.viewing.scores import pack, to_u16
from engine.errors import EngineUnreachable, Refused
from engine.wire import protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from engine.wire.client import EngineClient

LABELS = protocol.Labels("table", ("dark", "blurry", "sepia"), ("general", "general", "meta"))
THRESHOLD, FLOOR = 0.5, 0.05


class ScriptedEngine:
    """Takes jobs, and plays the lines it was given for each stream in turn."""

    def __init__(self) -> None:
        """Start without jobs."""
        self.address = "scripted"
        self.spool = "spool-1"
        self.fingerprint = "f1"
        self.kind: Literal["tags", "prose"] = "tags"
        self.thresholds: dict[str, float] = {}
        """Of single categories, as the model has them."""
        self.taken: list[protocol.Job] = []
        self.scripts: list[list[protocol.ResultLine]] = []
        """One for each time results are asked for; a script without `End` breaks off."""
        self.asked_after: list[int] = []
        self.acknowledged: list[tuple[str, int]] = []
        self.failed: frozenset[int] = frozenset()
        """Images whose failure stands."""
        self.joined: list[tuple[str, int]] = []
        """Collectors that joined later, and their cursors."""
        self.refuses = ""
        """The code with which results are refused; empty when they are not."""

    def client(self) -> EngineClient:
        """Return the engine as its own client."""
        return self  # type: ignore[return-value]  # it has the methods that are called

    def __enter__(self) -> Self:
        """Use it as a client."""
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        """Close nothing."""

    def status(self) -> protocol.Status:
        """Say which spool this is."""
        return protocol.Status("0", protocol.Versions(), 1, self.spool, 0.0, ("cpu",), (), {})

    def resolve(self, job: protocol.Job) -> protocol.Resolved:
        """Resolve every step the same way."""
        step = job.steps[0]
        told = protocol.ResolvedStep(
            step.name, step.model, self.kind, self.fingerprint, {}, THRESHOLD, FLOOR, self.thresholds
        )
        return protocol.Resolved((told,), "cpu", self.spool)

    def join(self, _: str, collector: str, after: int) -> None:
        """Keep a further collector, unless what it lacks is gone."""
        if self.refuses:
            raise self._refusal()
        self.joined.append((collector, after))

    def submit(self, job: protocol.Job) -> None:
        """Keep a job."""
        self.taken.append(job)

    def job(self, job_id: str, *, failures: bool = False) -> protocol.JobInfo:
        """Describe a job with what failed in it."""
        assert failures
        why = protocol.Failure("unreadable", "it is cut short", "replace it")
        told_failures = tuple(protocol.FailedItem(image, "key", "tags", why) for image in sorted(self.failed))
        return msgspec.structs.replace(told(job_id), failures=told_failures)

    def jobs(self) -> tuple[protocol.JobInfo, ...]:
        """Describe the jobs."""
        return tuple(told(job.id) for job in self.taken)

    def collected(self, _: str, collector: str, through: int) -> None:
        """Keep an acknowledgement."""
        self.acknowledged.append((collector, through))

    def results(self, _: str, after: int = 0, *, follow: bool = True) -> Iterator[list[protocol.ResultLine]]:
        """Play the next script, one line at a time."""
        del follow
        if self.refuses:
            raise self._refusal()
        self.asked_after.append(after)
        for line in self.scripts.pop(0):
            yield [line]
        raise EngineUnreachable("the line broke")

    def _refusal(self) -> Refused:
        refusal = Refused("results up to 3 were collected and are no longer kept")
        refusal.code = self.refuses
        return refusal


def answer(seq: int, image: int, picture: bytes, scores: dict[int, float] | None = None) -> protocol.Result:
    """Make a result with scores by label index; by default `dark` at 0.9."""
    blob = pack([(index, to_u16(score)) for index, score in (scores or {0: 0.9}).items()], 0)
    output = protocol.ScoresOutput("table", base64.b64encode(blob).decode())
    return protocol.Result(seq, image, "tags", "f1", hashlib.sha256(picture).hexdigest(), output)


def failure(seq: int, image: int) -> protocol.Result:
    """Make a result of a picture that cannot be read."""
    error = protocol.Failure("unreadable", "it is cut short", "replace it")
    return protocol.Result(seq, image, "tags", "f1", "", None, error)


def told(job: str, state: protocol.JobState = "running", last: int = 0) -> protocol.JobInfo:
    """Describe a job of three pictures as an engine does."""
    return protocol.JobInfo(job, "/set", "m", (), state, 3, 0, 0, last, 0.0, None, None)
