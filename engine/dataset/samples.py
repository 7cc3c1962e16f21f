"""The demo's photos: real ones that scikit-image and scikit-learn ship inside their wheels.

Only their files are used. Neither package is ever imported: finding where a package lies does not run it.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from engine.errors import CutlineError, NotWritable
from engine.paths import ensure


class Sample(NamedTuple):
    """One photo of the demo."""

    source: str
    """Where it is shipped: the package, then the path inside it."""
    folder: str = ""
    """The folder of the demo it goes to; empty for the demo's own."""
    caption: str | None = None
    """What its caption says at first; None for a photo without one."""


_KOHYA = "3_nightsky space"

SAMPLES = (
    Sample("skimage/data/astronaut.png", caption="1girl, solo, astronaut, short hair, smile, spacesuit, helmet, flag"),
    Sample("skimage/data/brick.png"),
    # prose
    Sample("skimage/data/camera.png", caption="A man in a dark coat films with a camera on a tripod on a lawn.\n"),
    Sample("skimage/data/cell.png"),
    # tags with mistakes: it is no dog, its tongue is not out, and one tag stands twice
    Sample("skimage/data/chelsea.png", caption="dog, tabby, green eyes, whiskers, tongue out, whiskers"),
    # tags, then prose
    Sample(
        "sklearn/datasets/images/china.jpg",
        caption="pagoda, lake, tree, day. A pagoda with red columns stands above the trees beside a misty lake.\n",
    ),
    Sample("skimage/data/clock_motion.png"),
    # spelt as a tagger does
    Sample("skimage/data/coffee.png", caption="coffee, coffee_cup, saucer, spoon, wooden_table"),
    # some of what a tagger will say is there already
    Sample("skimage/data/coins.png", caption="coin, ancient coin, greyscale, dark background"),
    # prose with mistakes: hedging words, and it is an orange dahlia
    Sample(
        "sklearn/datasets/images/flower.jpg",
        caption="The image shows a beautiful yellow rose, possibly in a garden.",
    ),
    Sample("skimage/data/grass.png"),
    Sample("skimage/data/gravel.png"),
    Sample("skimage/data/ihc.png"),
    Sample("skimage/data/motorcycle_left.png", caption="motorcycle, garage, parked"),
    Sample("skimage/data/motorcycle_right.png"),
    Sample("skimage/data/retina.jpg"),
    # kohya's `repeats_name class`; the trigger word stands first
    Sample("skimage/data/hubble_deep_field.jpg", _KOHYA, "nightsky, space, galaxy, star \\(sky\\)"),
    Sample("skimage/data/moon.png", _KOHYA),
    Sample("skimage/data/rocket.jpg", _KOHYA, "nightsky, rocket, launch pad, dusk, floodlight, no humans"),
)


def photos() -> list[Path]:
    """Find the photos where the two packages are installed, in the order of `SAMPLES`.

    Raises:
        CutlineError: A package is not installed, or one of its photos is gone.
    """
    return [_find(sample) for sample in SAMPLES]


def make_demo(folder: Path) -> list[Path]:
    """Copy the photos that are not in a folder yet, those that have one with their first caption.

    What is there stays as it is: no photo and no caption is ever replaced, and a caption that was removed does
    not come back.

    Args:
        folder: The demo's folder; it is made when it does not exist.

    Returns:
        The photos copied now; empty when all were there.

    Raises:
        CutlineError: The photos are not installed.
        NotWritable: The folder cannot be written.
    """
    copied = []
    for sample, photo in zip(SAMPLES, photos(), strict=True):
        place = ensure(folder / sample.folder) / photo.name
        if os.path.lexists(place):
            continue
        try:
            # The caption goes first: after a crash between the two, the photo is copied the next time.
            if sample.caption is not None:
                _write_new(place.with_suffix(".txt"), sample.caption)
            part = place.with_name(f".{place.name}.part")
            shutil.copyfile(photo, part)
            part.replace(place)
        except OSError as error:
            raise NotWritable(f"cannot write {place}: {error.strerror}", "make room or give permission") from error
        copied.append(place)
    return copied


def _write_new(caption: Path, text: str) -> None:
    """Write a caption where there is none; one that exists is kept."""
    try:
        with caption.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        return


def _find(sample: Sample) -> Path:
    package, _, inside = sample.source.partition("/")
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(place, inside)).is_file():
            return path
    pip = f"{shlex.quote(sys.executable)} -m pip install scikit-image scikit-learn"
    raise CutlineError(f"the demo's photo {sample.source} is not installed", f"run: {pip}")
