"""The engine's requests as Python methods. Safe to repeat, all of them; streams are read line by line."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from typing import TYPE_CHECKING, NoReturn, Self, TypeVar

import msgspec

from engine import errors
from engine.errors import CutlineError, EngineUnreachable, Refused, WrongUsage
from engine.wire.light_httpx import httpx
from engine.wire.protocol import (
    CLIENT_READ_TIMEOUT_SECONDS,
    Collected,
    CollectorChange,
    Done,
    Event,
    Failure,
    Job,
    JobInfo,
    JobList,
    ModelList,
    Refusal,
    Resolved,
    ResultLine,
    Shutdown,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

T = TypeVar("T")
MOST_TOGETHER = 1_000
"""Lines of a stream that are handed on at once, at most; fewer when no more are there yet."""
_SUBMIT_SECONDS = 120.0
"""A job of a million pictures takes its time to be written down."""
_ERRORS: dict[str, type[CutlineError]] = {
    kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CutlineError)
}
"""The class for each code that has one."""
_GONE, _SERVER_ERROR = 410, 500
_result_line: msgspec.json.Decoder[ResultLine] = msgspec.json.Decoder(ResultLine)
_event: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class EngineClient:
    """One engine, reached through its socket."""

    def __init__(self, address: Path | str, read_timeout_seconds: float = CLIENT_READ_TIMEOUT_SECONDS) -> None:
        """Prepare to speak to a socket; nothing is sent yet."""
        self.address = os.fspath(address)
        """The path of the socket."""
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(verify=False, uds=self.address),
            base_url="http://engine",
            timeout=httpx.Timeout(read_timeout_seconds),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        """Use the client in a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def status(self) -> Status:
        """Ask what the engine is and does.

        Raises:
            EngineUnreachable: It does not answer; so for every method here.
        """
        return self._ask("GET", "/v1/status", Status)

    def models(self) -> ModelList:
        """List the catalogue."""
        return self._ask("GET", "/v1/models", ModelList)

    def resolve(self, job: Job) -> Resolved:
        """Ask what a job would do; nothing is kept.

        Raises:
            WrongUsage: The engine would not take it.
        """
        return self._ask("POST", "/v1/jobs", Resolved, job, {"dry_run": "true"})

    def submit(self, job: Job) -> JobInfo:
        """Hand over a job; the same id again is the same job.

        Raises:
            WrongUsage: The engine does not take it.
        """
        return self._ask("POST", "/v1/jobs", JobInfo, job)

    def jobs(self) -> tuple[JobInfo, ...]:
        """List all jobs, newest first."""
        return self._ask("GET", "/v1/jobs", JobList).jobs

    def job(self, job_id: str, *, failures: bool = False) -> JobInfo:
        """Describe one job, with what failed in it where that is asked for.

        Raises:
            WrongUsage: With the code `unknown-job`: there is none with this id; so for every method about one job.
        """
        return self._ask("GET", f"/v1/jobs/{job_id}", JobInfo, query={"failures": "true"} if failures else None)

    def pause(self, job_id: str) -> JobInfo:
        """Hold a job back until `resume`, also across restarts of the engine.

        Raises:
            Refused: It has ended.
        """
        return self._ask("POST", f"/v1/jobs/{job_id}/pause", JobInfo)

    def resume(self, job_id: str) -> JobInfo:
        """Let a paused job go on.

        Raises:
            Refused: It has ended.
        """
        return self._ask("POST", f"/v1/jobs/{job_id}/resume", JobInfo)

    def cancel(self, job_id: str) -> JobInfo:
        """End a job where it is; what it answered can still be collected.

        Raises:
            Refused: It is done.
        """
        return self._ask("POST", f"/v1/jobs/{job_id}/cancel", JobInfo)

    def retry(self, job_id: str) -> JobInfo:
        """Run again what failed in a job; the results come after those it has given out.

        Raises:
            Refused: It was cancelled.
        """
        return self._ask("POST", f"/v1/jobs/{job_id}/retry", JobInfo)

    def forget(self, job_id: str) -> None:
        """Remove a job that has ended from the engine, with results that nobody collected.

        Raises:
            Refused: It has not ended.
        """
        self._ask("POST", f"/v1/jobs/{job_id}/forget", Done)

    def join(self, job_id: str, collector: str, after: int) -> None:
        """Register a further collector: results after `after` are kept until it acknowledges them, too.

        Raises:
            Refused: With the code `gone`: results after `after` are no longer kept.
        """
        self._ask("POST", f"/v1/jobs/{job_id}/collectors", Done, CollectorChange(collector, "join", after))

    def drop(self, job_id: str, collector: str) -> None:
        """Keep nothing more of a job for a collector."""
        self._ask("POST", f"/v1/jobs/{job_id}/collectors", Done, CollectorChange(collector, "drop"))

    def results(self, job_id: str, after: int = 0, *, follow: bool = True) -> Iterator[list[ResultLine]]:
        """Read the results of a job after a cursor, heartbeats included, to the line `End`, as they arrive.

        Each list holds the lines that came together: what is worth one transaction.

        Args:
            job_id: The job.
            after: The last sequence number already stored here.
            follow: Wait for more until the job is over or the engine goes down.

        Raises:
            Refused: With the code `gone`: results after `after` are no longer kept.
            WrongUsage: There is no such job.
            EngineUnreachable: The stream broke off before its end; start again from the last line.
        """
        return self._lines(
            f"/v1/jobs/{job_id}/results", _result_line, {"after": str(after), "follow": str(follow).lower()}
        )

    def collected(self, job_id: str, collector: str, through: int) -> None:
        """Tell the engine that everything up to `through` is stored here."""
        self._ask("POST", f"/v1/jobs/{job_id}/collected", Done, Collected(collector, through))

    def events(self) -> Iterator[Event]:
        """Read what happens from now on, heartbeats included, until the engine goes down."""
        return itertools.chain.from_iterable(self._lines("/v1/events", _event, {}))

    def shutdown(self, *, now: bool = False) -> None:
        """End the engine, after the pictures in flight or at once; returns as soon as it has heard."""
        self._ask("POST", "/v1/shutdown", Done, Shutdown(now))

    def _ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: msgspec.Struct | None = None,
        query: Mapping[str, str] | None = None,
    ) -> T:
        timeout = _SUBMIT_SECONDS if kind is JobInfo else httpx.USE_CLIENT_DEFAULT
        content = None if body is None else msgspec.json.encode(body)
        self._knock()
        try:
            try:
                reply = self._http.request(method, path, content=content, params=query, timeout=timeout)
            except httpx.RemoteProtocolError:
                # The engine may close an unused connection in the very moment that it is used again.
                self._knock()
                reply = self._http.request(method, path, content=content, params=query, timeout=timeout)
        except httpx.TransportError as error:
            raise _unreachable(error) from error
        if reply.is_error:
            _raise(reply.status_code, reply.content)
        try:
            return msgspec.json.decode(reply.content, type=kind)
        except msgspec.MsgspecError as error:
            raise EngineUnreachable(
                f"the engine's reply cannot be read: {error}", "run: cutline engine stop"
            ) from error

    def _knock(self) -> None:
        """Raise where nobody listens; httpcore would raise too, but leave its socket open behind it."""
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(self.address)
            except OSError as error:
                raise _unreachable(error) from error

    def _lines(self, path: str, decoder: msgspec.json.Decoder[T], query: Mapping[str, str]) -> Iterator[list[T]]:
        ended = False
        self._knock()
        try:
            with self._http.stream("GET", path, params=query) as reply:
                if reply.is_error:
                    _raise(reply.status_code, reply.read())
                waiting = reply.extensions["network_stream"].get_extra_info
                rest = b""
                together: list[T] = []
                for chunk in reply.iter_raw():
                    *lines, rest = (rest + chunk).split(b"\n")
                    together += _decoded(lines, decoder)
                    if together and (len(together) >= MOST_TOGETHER or not waiting("is_readable")):
                        yield together
                        ended, together = _ends(together), []
                if together:
                    yield together
                    ended = _ends(together)
        except httpx.TransportError as error:
            raise _unreachable(error) from error
        if not ended:
            raise EngineUnreachable("the engine went away in the middle of a stream", "it goes on where it was")


def _ends(lines: Sequence[object]) -> bool:
    return type(lines[-1]).__name__ in {"End", "Stopping"}


def _decoded(lines: list[bytes], decoder: msgspec.json.Decoder[T]) -> Iterator[T]:
    for line in lines:
        with contextlib.suppress(msgspec.MsgspecError):  # a kind of line that only a newer engine sends
            yield decoder.decode(line)


def _unreachable(error: Exception) -> EngineUnreachable:
    if isinstance(error, httpx.TimeoutException):
        return EngineUnreachable("the engine does not answer", "run: cutline engine stop, then try again")
    return EngineUnreachable(f"the engine cannot be reached: {error}", "run: cutline engine start")


def _raise(status: int, body: bytes) -> NoReturn:
    """Raise the engine's own words as the error they are here."""
    try:
        failure = msgspec.json.decode(body, type=Refusal).error
    except msgspec.MsgspecError:
        failure = Failure("engine", f"the engine answered with status {status}", "see: cutline engine logs")
    by_status = EngineUnreachable if status >= _SERVER_ERROR else Refused if status == _GONE else WrongUsage
    error = _ERRORS.get(failure.code, by_status)(failure.message, failure.hint)
    error.code = failure.code
    raise error
