"""What runs next: urgent first, then whatever the model in memory can do, then the oldest. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Lane(msgspec.Struct):
    """The waiting pictures of one step of one job, in their order."""

    job: int
    """The spool's number of the job; rises with age."""
    step: int
    model: str
    device: str
    """`auto` for all devices that jobs share, or the one that the job named."""
    urgent: bool = False
    given: int = -1
    """The last place handed to a worker; -1 before the first."""
    environment: str | None = None
    """The Python environment of the model; None as long as nobody has looked."""


def choose(lanes: Iterable[Lane], last_model: str) -> Lane | None:
    """Choose the lane to serve at one place.

    Args:
        lanes: Those that have work left and may be served there.
        last_model: The model that was asked there last; empty before the first.
    """
    return min(lanes, key=lambda lane: (not lane.urgent, lane.model != last_model, lane.job, lane.step), default=None)
