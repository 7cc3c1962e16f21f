"""Pictures that do to a decoder what damaged ones do at their worst: a format that Pillow learns in the test's decoder."""

from __future__ import annotations

import os
import signal
import time
from typing import IO, TYPE_CHECKING

from PIL import Image, ImageFile

from engine.models import pictures

if TYPE_CHECKING:
    from pathlib import Path

CRASH, HANG, RAISE = b"ODD crash", b"ODD hang", b"ODD raise"
"""Ends the process with SIGSEGV; never comes to an end; raises what no reader should."""


class _Odd(Exception):
    """What nobody expects of a reader."""


class _OddPicture(ImageFile.ImageFile):
    format, format_description = "ODD", "odd"

    def _open(self) -> None:
        fp: IO[bytes] = self.fp  # type: ignore[assignment]  # open while it is being opened
        what = fp.read(16)
        if what == CRASH:
            os.kill(os.getpid(), signal.SIGSEGV)
        if what == HANG:
            time.sleep(3600)
        raise _Odd("an odd picture")


def register() -> None:
    """Teach Pillow the format, in this process."""
    Image.register_open("ODD", _OddPicture, lambda prefix: prefix.startswith(b"ODD "))
    pictures.FORMATS = (*pictures.FORMATS, "ODD")  # type: ignore[assignment]  # one more than there are


def draw(path: Path, what: bytes) -> None:
    """Write an odd picture."""
    path.write_bytes(what)
