"""Adapters that do what models do at their worst, each told by the colour of the picture's first pixel."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.captions.scores import LabelTable
from engine.errors import Unreadable
from engine.models.contract import Ask, Scored, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models.pictures import Picture
    from engine.models.registry import Entry

DEADLY, FAULTY, BLOCKING, TOO_LARGE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
"""Kills the process; raises; waits until the file named by the option `gate` exists; runs out of memory."""


class Odd:
    """A tagger called by several threads."""

    calls: Literal["batches", "threads"] = "threads"

    def __init__(self, entry: Entry, device: str) -> None:
        """Load at once, unless the catalogue entry wants a failure."""
        if entry.revision == "unloadable":
            raise Unreadable("the weights are not here", "download them")
        if entry.revision == "unimportable":
            raise OSError("libodd.so: cannot open shared object file")
        print("a library that prints", device)  # must reach the log, never the line

    def labels(self) -> LabelTable | None:
        """Return three tags."""
        return LabelTable(("one", "two", "three"), ("general",) * 3)

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Behave as the colours say."""
        return [self._one(picture, Path(ask.options["gate"])) for picture in pictures]

    def close(self) -> None:
        """Give back nothing."""

    def _one(self, picture: Picture, gate: Path) -> Scored | Written | Exception:
        match tuple(int(value) for value in picture.pixels[0, 0]):
            case colour if colour == DEADLY:
                os.kill(os.getpid(), signal.SIGKILL)
            case colour if colour == FAULTY:
                return ValueError("an odd\nmodel")
            case colour if colour == TOO_LARGE:
                raise MemoryError
            case colour if colour == BLOCKING:
                while not gate.exists():
                    time.sleep(0.005)
        return Scored(((0, 65535), (1, 30000), (2, 10)))


class OddBatches(Odd):
    """The same, called with batches, none larger than two."""

    calls: Literal["batches", "threads"] = "batches"

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Run out of memory on more than two pictures."""
        if len(pictures) > 2:
            raise MemoryError
        return super().answer(pictures, ask)


class OddWriter(Odd):
    """A captioner."""

    def labels(self) -> LabelTable | None:
        """Return none: it writes text."""
        return None

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Write the prompt back."""
        return [Written(f"asked: {prompt}") for prompt, _ in zip(ask.prompts, pictures, strict=True)]
