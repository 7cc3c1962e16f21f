"""The routes: each reads its request strictly, asks the engine, and writes the reply. HTTP over the Unix socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from engine.errors import CutlineError
from engine.jobs.admission import Malformed, read
from engine.jobs.engine import GoingDown
from engine.jobs.kept_results import collected, page
from engine.wire import streams
from engine.wire.protocol import Collected, Done, Failure, JobList, Refusal, Shutdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from engine.jobs.engine import Engine

MOST_JOB_BYTES = 128 << 20
"""A job of a million pictures fits."""
MOST_BODY_BYTES = 1 << 16
"""Every other request is a few words."""

_STATUS = {"unknown-job": 404, "gone": 410, "too-large": 413, "stopping": 503}
"""What an error's code means in HTTP; 400 for all others."""

T = TypeVar("T")


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request without parameters."""


class _Submit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dry_run: bool = False


class _Follow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    follow: bool = False


class TooLarge(CutlineError):
    """Send less at a time."""

    code = "too-large"


class Routes:
    """The endpoints, over one engine."""

    def __init__(self, engine: Engine, stop: Callable[[bool], None]) -> None:
        """Set up.

        Args:
            engine: Answers everything.
            stop: Ends the process; is told whether at once.
        """
        self._engine = engine
        self._stop = stop

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/status", self.status),
                Route("/v1/models", self.models),
                Route("/v1/jobs", self.jobs),
                Route("/v1/jobs", self.submit, methods=["POST"]),
                Route("/v1/jobs/{id}", self.job),
                Route("/v1/jobs/{id}/results", self.results),
                Route("/v1/jobs/{id}/collected", self.collected, methods=["POST"]),
                Route("/v1/events", self.events),
                Route("/v1/shutdown", self.shutdown, methods=["POST"]),
            ],
            exception_handlers={
                CutlineError: _refuse,
                HTTPException: _no_such_route,
                Exception: _fault,
            },
        )

    async def status(self, request: Request) -> Response:
        """Say what the engine is and does."""
        _query(request, _Nothing)
        return _reply(await self._engine.status())

    async def models(self, request: Request) -> Response:
        """List the catalogue."""
        _query(request, _Nothing)
        return _reply(await self._engine.models())

    async def jobs(self, request: Request) -> Response:
        """List all jobs, newest first."""
        _query(request, _Nothing)
        return _reply(JobList(await self._engine.jobs()))

    async def job(self, request: Request) -> Response:
        """Describe one job."""
        _query(request, _Nothing)
        return _reply(await self._engine.job(request.path_params["id"]))

    async def submit(self, request: Request) -> Response:
        """Take on a job, or only resolve its steps."""
        query = _query(request, _Submit)
        body = await _body(request, MOST_JOB_BYTES)
        return _reply(await (self._engine.resolve(body) if query.dry_run else self._engine.submit(body)))

    async def results(self, request: Request) -> Response:
        """Stream the results of a job."""
        query = _query(request, _Follow)
        # Asked before the reply begins, so that a wrong job or cursor is refused with a status of its own.
        await self._engine.spool.do(page, request.path_params["id"], query.after, 0, ())
        return _stream(streams.results(self._engine, request.path_params["id"], query.after, follow=query.follow))

    async def collected(self, request: Request) -> Response:
        """Note what a collector has stored."""
        _query(request, _Nothing)
        note = read(await _body(request, MOST_BODY_BYTES), Collected)
        await self._engine.spool.do(collected, request.path_params["id"], note.collector, note.through)
        return _reply(Done())

    async def events(self, request: Request) -> Response:
        """Stream what happens."""
        _query(request, _Nothing)
        return _stream(streams.events(self._engine))

    async def shutdown(self, request: Request) -> Response:
        """End the engine, after the reply."""
        _query(request, _Nothing)
        self._stop(read(await _body(request, MOST_BODY_BYTES) or b"{}", Shutdown).now)
        return _reply(Done())


def _query(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Malformed(f"{request.url.path}: {error}", "see docs/protocol.md") from error


async def _body(request: Request, most: int) -> bytes:
    if int(request.headers.get("content-length", 0)) > most:
        raise TooLarge(f"the request is larger than {most} bytes", "send less at a time")
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            raise TooLarge(f"the request is larger than {most} bytes", "send less at a time")
    return b"".join(parts)


def _reply(body: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def _stream(lines: streams.Lines) -> Response:
    return StreamingResponse(lines, media_type="application/x-ndjson")


# --- the border: whatever goes wrong in a request becomes a Refusal ---------------------------------------------------


def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, CutlineError)
    status = _STATUS.get(error.code, 400)
    return _reply(
        Refusal(Failure(error.code, error.message, error.hint, recoverable=isinstance(error, GoingDown))), status
    )


def _no_such_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = f"{request.method} {request.url.path}: {error.detail}"
    return _reply(Refusal(Failure("no-route", said, "see docs/protocol.md")), error.status_code)


def _fault(request: Request, error: Exception) -> Response:
    """Answer for what nobody expected; the server logs it."""
    del error
    said = f"{request.method} {request.url.path} failed inside the engine"
    return _reply(Refusal(Failure("fault", said, "see: cutline engine logs", recoverable=True)), 500)
