"""The routes: each reads its request strictly, asks the engine, and writes the reply. HTTP over the Unix socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from engine.errors import CutlineError, NotWritable
from engine.jobs.admission import Malformed, read
from engine.jobs.engine import Engine, GoingDown
from engine.jobs.kept_results import collected, drop, join, page
from engine.wire import streams
from engine.wire.limits import Bodies, Busy, Streams
from engine.wire.protocol import Collected, CollectorChange, Done, Failure, JobList, Refusal, Shutdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

_STATUS = {
    "unknown-job": 404,
    "too-slow": 408,
    "refused": 409,
    "gone": 410,
    "too-large": 413,
    "busy": 503,
    "stopping": 503,
    "not-writable": 507,
}
"""What an error's code means in HTTP; 400 for all others."""
_CHANGES = {"pause": Engine.pause, "resume": Engine.resume, "cancel": Engine.cancel, "retry": Engine.retry}

T = TypeVar("T")


class _Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request without parameters."""


class _Submit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dry_run: bool = False


class _Follow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    follow: bool = False


class _Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    failures: bool = False


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
        self._bodies, self._streams = Bodies(), Streams()

    def app(self) -> Starlette:
        """Return the ASGI application."""
        app = Starlette(
            routes=[
                Route("/v1/status", self.status),
                Route("/v1/models", self.models),
                Route("/v1/jobs", self.jobs),
                Route("/v1/jobs", self.submit, methods=["POST"]),
                Route("/v1/jobs/{id}", self.job),
                Route("/v1/jobs/{id}/results", self.results),
                Route("/v1/jobs/{id}/collected", self.collected, methods=["POST"]),
                Route("/v1/jobs/{id}/collectors", self.collectors, methods=["POST"]),
                Route("/v1/jobs/{id}/forget", self.forget, methods=["POST"]),
                *(Route(f"/v1/jobs/{{id}}/{change}", self.change, methods=["POST"]) for change in _CHANGES),
                Route("/v1/events", self.events),
                Route("/v1/shutdown", self.shutdown, methods=["POST"]),
            ],
            exception_handlers={
                CutlineError: _refuse,
                HTTPException: _no_such_route,
                ClientDisconnect: _nobody_reads,
                Exception: _fault,
            },
        )
        app.router.redirect_slashes = False
        return app

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
        query = _query(request, _Job)
        return _reply(await self._engine.job(request.path_params["id"], failures=query.failures))

    async def submit(self, request: Request) -> Response:
        """Take on a job, or only resolve its steps."""
        query = _query(request, _Submit)
        async with self._bodies.job(request) as body:
            return _reply(await (self._engine.resolve(body) if query.dry_run else self._engine.submit(body)))

    async def change(self, request: Request) -> Response:
        """Take a job to another state."""
        await self._no_parameters(request)
        change = _CHANGES[request.scope["path"].rpartition("/")[2]]
        return _reply(await change(self._engine, request.path_params["id"]))

    async def forget(self, request: Request) -> Response:
        """Remove a job that has ended."""
        await self._no_parameters(request)
        await self._engine.forget(request.path_params["id"])
        return _reply(Done())

    async def results(self, request: Request) -> Response:
        """Stream the results of a job."""
        query = _query(request, _Follow)
        # Asked before the reply begins, so that a wrong job or cursor is refused with a status of its own.
        await self._engine.spool.look(page, request.path_params["id"], query.after, 0, ())
        return self._streams.reply(
            streams.results(self._engine, request.path_params["id"], query.after, follow=query.follow)
        )

    async def collected(self, request: Request) -> Response:
        """Note what a collector has stored."""
        _query(request, _Nothing)
        note = read(await self._bodies.small(request), Collected)
        await self._engine.spool.do(collected, request.path_params["id"], note.collector, note.through)
        return _reply(Done())

    async def collectors(self, request: Request) -> Response:
        """Let a collector join or drop out."""
        _query(request, _Nothing)
        asked = read(await self._bodies.small(request), CollectorChange)
        job_id = request.path_params["id"]
        if asked.action == "join":
            await self._engine.spool.do(join, job_id, asked.collector, asked.after)
        else:
            await self._engine.spool.do(drop, job_id, asked.collector)
        return _reply(Done())

    async def events(self, request: Request) -> Response:
        """Stream what happens."""
        _query(request, _Nothing)
        return self._streams.reply(streams.events(self._engine))

    async def shutdown(self, request: Request) -> Response:
        """End the engine, after the reply."""
        _query(request, _Nothing)
        self._stop(read(await self._bodies.small(request) or b"{}", Shutdown).now)
        return _reply(Done())

    async def _no_parameters(self, request: Request) -> None:
        """Check that a request says nothing but its path."""
        _query(request, _Nothing)
        read(await self._bodies.small(request) or b"{}", _Nothing)


def _query(request: Request, kind: type[T]) -> T:
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Malformed(f"{request.scope['path']}: {error}", "see docs/protocol.md") from error


def _reply(body: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


# --- the border: whatever goes wrong in a request becomes a Refusal ---------------------------------------------------


def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, CutlineError)
    status = _STATUS.get(error.code, 400)
    again = isinstance(error, GoingDown | Busy | NotWritable)
    return _reply(Refusal(Failure(error.code, error.message, error.hint, again)), status)


def _no_such_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = f"{request.method} {request.scope['path']}: {error.detail}"
    return _reply(Refusal(Failure("no-route", said, "see docs/protocol.md")), error.status_code)


def _nobody_reads(_: Request, error: Exception) -> Response:
    """Answer a request whose sender left in its middle."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=400)


def _fault(request: Request, error: Exception) -> Response:
    """Answer for what nobody expected; the server logs it."""
    del error
    said = f"{request.method} {request.scope['path']} failed inside the engine"
    return _reply(Refusal(Failure("fault", said, "see: cutline engine logs", recoverable=True)), 500)
