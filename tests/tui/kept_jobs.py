"""An engine that only keeps jobs: what the jobs screen asks of a real one, without processes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

import msgspec

from engine.errors import Refused
from engine.wire import lifecycle
from engine.wire.protocol import FailedItem, Failure, JobInfo, JobState, Name, to_name

if TYPE_CHECKING:
    from types import TracebackType

    import pytest

CUT = Failure("unreadable", "the picture cut.jpg ends in the middle", "replace it with a whole copy")


class KeptJobs:
    """Jobs by id, newest first, and everything that was asked about them."""

    def __init__(self) -> None:
        """Start running, without jobs."""
        self.running = True
        self.kept: dict[str, JobInfo] = {}
        self.asked: list[tuple[str, str]] = []
        self.gate = threading.Event()
        """Requests about one job are answered while it is set."""
        self.gate.set()

    def add(
        self, source: str, root: Name, state: JobState = "running", failed: tuple[FailedItem, ...] = (), **more: object
    ) -> str:
        """Keep a job of a hundred pictures, newer than all before; return its id."""
        job_id = f"{len(self.kept) + 0xA1:08x}" * 4
        over = state in {"done", "cancelled"}
        now = time.time()
        job = JobInfo(
            job_id, root, source, (), state, 100, 100 - len(failed) if over else 40, len(failed), 40, now - 200, now - 190,
            now - 100 if over else None, failures=failed,
        )  # fmt: skip
        self.kept = {job_id: msgspec.structs.replace(job, **more), **self.kept}
        return job_id

    def change(self, job_id: str, **fields: object) -> JobInfo:
        """Change a job, and return it as a reply."""
        self.kept[job_id] = msgspec.structs.replace(self.kept[job_id], **fields)
        return self._reply(job_id)

    # --- what a client does ---------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Use it as a client."""
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        """Close nothing."""

    def close(self) -> None:
        """Close nothing."""

    def jobs(self) -> tuple[JobInfo, ...]:
        """List the jobs."""
        return tuple(map(self._reply, list(self.kept)))

    def job(self, job_id: str, *, failures: bool = False) -> JobInfo:
        """Describe one job."""
        self._ask("failures" if failures else "job", job_id)
        return self.kept[job_id] if failures else self._reply(job_id)

    def pause(self, job_id: str) -> JobInfo:
        """Pause a job."""
        self._ask("pause", job_id)
        return self.change(job_id, state="paused")

    def resume(self, job_id: str) -> JobInfo:
        """Let a job go on."""
        self._ask("resume", job_id)
        return self.change(job_id, state="running", message="")

    def cancel(self, job_id: str) -> JobInfo:
        """Cancel a job; one of the name `stubborn` is done in the meantime."""
        self._ask("cancel", job_id)
        if self.kept[job_id].source == "stubborn":
            raise Refused("the job is done and cannot be cancelled", "see: cutline jobs list")
        return self.change(job_id, state="cancelled", ended=time.time())

    def retry(self, job_id: str) -> JobInfo:
        """Try again what failed."""
        self._ask("retry", job_id)
        return self.change(job_id, state="queued", failed=0, failures=(), ended=None)

    def _ask(self, what: str, job_id: str) -> None:
        self.asked.append((what, job_id))
        assert self.gate.wait(20)

    def _reply(self, job_id: str) -> JobInfo:
        return msgspec.structs.replace(self.kept[job_id], failures=())


def failed(key: str | bytes, failure: Failure = CUT) -> FailedItem:
    """Return a failed item."""
    raw = key if isinstance(key, bytes) else key.encode("utf-8", "surrogateescape")
    return FailedItem(1, to_name(raw), "tags", failure)


def run_instead(engine: KeptJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the screen find these jobs in place of an engine."""
    monkeypatch.setattr(lifecycle, "find", lambda: engine if engine.running else None)
