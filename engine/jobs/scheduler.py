"""What runs next: urgent first, then whatever the model in memory can do, then the oldest. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

ModelKey = tuple[str, str]
"""A model's name, and the device it is on."""


class Lane(msgspec.Struct):
    """The waiting pictures of one step of one job, in their order."""

    job: int
    """The spool's number of the job; rises with age."""
    step: int
    model: str
    device: str
    urgent: bool = False
    given: int = -1
    """The last place handed to a worker; -1 before the first."""

    @property
    def key(self) -> ModelKey:
        """The model it needs, where."""
        return self.model, self.device


def choose(lanes: Iterable[Lane], last: ModelKey | None) -> Lane | None:
    """Choose the lane to serve.

    Args:
        lanes: Those that have work left.
        last: The model that was asked last; None before the first.
    """
    return min(lanes, key=lambda lane: (not lane.urgent, lane.key != last, lane.job, lane.step), default=None)
