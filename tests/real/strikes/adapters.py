"""Adapters at their worst; told what to do by the blue of a picture and the option `at`, they note what they did."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.captions.viewing.scores import LabelTable
from engine.models.contract import Ask, Scored, Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models.pictures import Picture
    from engine.models.registry import Entry

ODD = 255
"""The blue of pictures that no model can answer."""
WORDS = 8_192
"""Characters in what `Wordy` writes."""


def note(word: str, text: object = "") -> None:
    """Leave proof."""
    with (Path(os.environ["CUTLINE_FAULTS"]) / "notes").open("a") as file:
        file.write(f"{word} {os.getpid()} {text}\n")


class Steady:
    """A tagger that takes its time, one picture after the other however many threads call it."""

    calls: Literal["batches", "threads"] = "threads"
    loaded: ClassVar[set[str]] = set()
    """Models in memory in this process."""

    def __init__(self, entry: Entry, device: str) -> None:
        """Load at once."""
        del device
        self._name = entry.name
        self._turn = threading.Lock()
        self.loaded.add(entry.name)

    def labels(self) -> LabelTable | None:
        """Return three tags."""
        return LabelTable(("one", "two", "three"), ("general",) * 3)

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Take the time."""
        with self._turn:
            time.sleep(ask.options["seconds"] * len(pictures))
        return [Scored(((0, 65535), (1, 30000), (2, 10))) for _ in pictures]

    def close(self) -> None:
        """Be gone."""
        self.loaded.discard(self._name)


class Tight(Steady):
    """It runs out of memory on so many pictures as `at` says, on one only while another model is in memory too."""

    calls: Literal["batches", "threads"] = "batches"

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Run out, or not."""
        count, alone = len(pictures), self.loaded == {self._name}
        if count >= ask.options["at"] and not (count == 1 and alone and not any(map(_is_odd, pictures))):
            note("out-of-memory", count)
            raise MemoryError
        return super().answer(pictures, ask)


class Hanging(Steady):
    """It never comes back from an odd picture."""

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Hang, or not."""
        if any(map(_is_odd, pictures)):
            note("hangs")
            time.sleep(3600)
        return super().answer(pictures, ask)


class Loud(Steady):
    """It prints, and closes what it printed to."""

    calls: Literal["batches", "threads"] = "batches"

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Behave as libraries do."""
        print("a library prints " + "x" * 10_000)
        os.write(1, b"a library writes to descriptor 1\n")
        sys.stdout.close()
        for descriptor in (1, 2):
            with suppress(OSError):  # another file may have had the number, and be closed by now
                os.close(descriptor)
                note("closed", descriptor)
        return super().answer(pictures, ask)


class Wordy(Steady):
    """A captioner that writes a lot."""

    def labels(self) -> LabelTable | None:
        """Return none: it writes text."""
        return None

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Write something else about every picture."""
        super().answer(pictures, ask)
        return [Written((picture.digest.hex() + " ") * (WORDS // 65)) for picture in pictures]


def _is_odd(picture: Picture) -> bool:
    return int(picture.pixels[0, 0, 2]) == ODD
