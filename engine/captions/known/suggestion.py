"""One tag that may be meant by what somebody types; a file of its own, for screens that show it need not search it."""

from __future__ import annotations

from typing import Literal

import msgspec


class Suggestion(msgspec.Struct, frozen=True):
    """One tag that may be meant."""

    tag: str
    """As it is to be written."""
    category: str
    """Empty where nobody says."""
    count: int
    """How often it stands in this dataset, for its own tags; for others what their list says, 0 where it says nothing."""
    alias: str
    """What was typed the beginning of, where that is another name of the tag; else empty."""
    source: Literal["dataset", "list"]
    """Whether the dataset has it already."""
