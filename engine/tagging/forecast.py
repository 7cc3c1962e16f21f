"""What a request would ask, said before anything is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.models import registry
from engine.tagging.answered import look_up
from engine.tagging.request import STEP, Request, origin_of, select, view_wanted
from engine.wire import protocol

if TYPE_CHECKING:
    from engine.workspace import Workspace


class Forecast(msgspec.Struct, frozen=True):
    """What a request would ask."""

    images: int
    """Images the request speaks of."""
    items: int
    """Images the engine would be asked about."""
    answered: int
    """Images whose answer is stored already."""
    awaited: int
    """Images that an earlier job was asked about and still owes."""


def forecast(workspace: Workspace, request: Request) -> Forecast:
    """Say what a request would ask; nothing is asked or stored, and no engine is needed.

    Raises:
        CutlineError: The request makes no sense, or the model's files are not here.
    """
    answer = registry.resolve(protocol.Step(STEP, request.model, request.options, request.prompt))
    settings = view_wanted(workspace, request, answer)
    origin = origin_of(request, answer.kind, settings)
    entries = select(workspace, request.images, request.only)
    known = look_up(workspace.store.db, entries, answer.fingerprint, origin, again=request.again)
    owed = sum(len(earlier.images) for earlier in known.awaited)
    return Forecast(len(entries), len(known.items), len(known.reused) + known.unchanged, owed)
