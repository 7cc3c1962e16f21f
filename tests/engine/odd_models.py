"""Adapters that do what models do at their worst, each told by the colour of the picture's first pixel."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.captions.viewing.scores import LabelTable
from engine.errors import Unreadable
from engine.models.contract import Ask, Scored, Written
from engine.models.fit import Fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models.pictures import Picture
    from engine.models.registry import Entry

DEADLY, FAULTY, BLOCKING, TOO_LARGE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
"""Kills the process; raises; waits until the file named by the option `gate` exists; runs out of memory."""
GRIPPING = (255, 255, 0)
"""Never comes back, and lets no other thread of the process run."""


class Odd:
    """A tagger called by several threads."""

    calls: Literal["batches", "threads"] = "threads"
    loaded = 0
    """How many hungry ones this process has loaded."""

    def __init__(self, entry: Entry, device: str) -> None:
        """Load at once, unless the catalogue entry wants a failure."""
        if entry.revision == "unloadable":
            raise Unreadable("the weights are not here", "download them")
        if entry.revision == "unimportable":
            raise OSError("libodd.so: cannot open shared object file")
        if entry.revision.startswith("deadly until ") and not Path(entry.revision[13:]).exists():
            os.kill(os.getpid(), signal.SIGKILL)
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
            case colour if colour == GRIPPING:
                re.match(r"(a+)+b", "a" * 60)
            case colour if colour == BLOCKING:
                while not gate.exists():
                    time.sleep(0.005)
        return Scored(((0, 65535), (1, 30000)))  # the third is below the floor


class OddBatches(Odd):
    """The same, called with batches, none larger than its revision says."""

    calls: Literal["batches", "threads"] = "batches"

    def __init__(self, entry: Entry, device: str) -> None:
        """Note how many pictures fit."""
        super().__init__(entry, device)
        self._room = int(entry.revision)

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Take a moment, or run out of memory on more pictures than fit."""
        if len(pictures) > self._room:
            raise MemoryError
        time.sleep(0.01)  # slower than decoding, so that batches fill
        return super().answer(pictures, ask)


class OddHungry(Odd):
    """Fits in memory only while no other of its kind is loaded in the process."""

    def __init__(self, entry: Entry, device: str) -> None:
        """Count it."""
        super().__init__(entry, device)
        Odd.loaded += 1

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Run out of memory beside another model."""
        if Odd.loaded > 1:
            raise MemoryError
        return super().answer(pictures, ask)

    def close(self) -> None:
        """Count it no more."""
        Odd.loaded -= 1


class OddElsewhere(Odd):
    """Runs on the CPU, whatever it was told."""

    runs_on = "cpu"


class OddCloser(Odd):
    """Prints, closes what it printed to, and prints again."""

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Do both, at the level of Python and below it."""
        print("the last thing it printed")
        sys.stdout.close()
        sys.stderr.close()
        for descriptor in (1, 2):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        return super().answer(pictures, ask)


class OddWriter(Odd):
    """A captioner; with the prompt `pid` it writes which process it is."""

    def labels(self) -> LabelTable | None:
        """Return none: it writes text."""
        return None

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Write the prompt back, a little later if it is `pid`."""
        if ask.prompts[0] == "pid":
            time.sleep(0.005)
            return [Written(f"{os.getpid()}")] * len(pictures)
        return [Written(f"asked: {prompt}") for prompt, _ in zip(ask.prompts, pictures, strict=True)]


class OddFitted(OddWriter):
    """Takes squares of 16 px, red around the picture, and writes what it was given."""

    fit = Fit(16, "pad", (255, 0, 0), "area")

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:  # noqa: ARG002  (the contract's)
        """Write shape, corner and middle of each."""
        return [Written(f"{p.pixels.shape} {p.pixels[0, 0].tolist()} {p.pixels[8, 8].tolist()}") for p in pictures]
