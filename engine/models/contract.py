"""The adapter contract: what one kind of model must be able to do. It fits on one screen.

An adapter is a class, named in a catalogue entry and registered under the entry-point group
`cutline.adapters`. It knows neither jobs nor sockets nor screens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from engine.captions.viewing.scores import LabelTable  # noqa: TC001  (msgspec resolves annotations at run time)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models.pictures import Picture
    from engine.models.registry import Entry


class Scored(msgspec.Struct, frozen=True):
    """A tagger's output for one picture."""

    pairs: tuple[tuple[int, int], ...]
    """(label index, score as u16 0 to 65535): all at or above the entry's floor, and the best rating in any case."""


class Written(msgspec.Struct, frozen=True):
    """A captioner's output for one picture."""

    text: str


class Ask(msgspec.Struct, frozen=True):
    """What is asked of the model, the same for all pictures of a call."""

    options: dict[str, Any]
    """Every option of the entry, defaults filled in."""
    prompts: tuple[str, ...] = ()
    """One rendered prompt for each picture; empty for models that take none."""


class Adapter(Protocol):
    """One model, loaded."""

    calls: Literal["batches", "threads"]
    """`batches`: called by one thread with many pictures; `threads`: by several threads with one picture each."""

    # An adapter may also have the attribute `runs_on`, a str: the device it really uses, as cuda:0, cuda or cpu; "" where
    # that does not matter. A job that named another device is refused then, one that named none is warned.

    # And `fit`, an `engine.models.fit.Fit` whose size is filled in: pictures then come as that square, uint8 RGB of
    # (size, size, 3), made where they are decoded; their `alpha` is None. Without it, or with None, they come whole, no
    # smaller than the entry's `picture_px`.

    def __init__(self, entry: Entry, device: str) -> None:
        """Load the model; heavy imports happen here.

        Raises:
            CutlineError: Weights are missing or the device cannot be used.
        """

    def labels(self) -> LabelTable | None:
        """Return the tags this model can say, in the order of its output; None for a captioner."""

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Answer one result for each picture, same order; an exception in a place fails that item only.

        Raises:
            MemoryError: The batch does not fit; the caller tries a smaller one.
        """

    def close(self) -> None:
        """Give memory back."""
