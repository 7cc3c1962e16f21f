"""Measure precision and recall of `pixel_stats` on changed photos: python -m tests.bench.pixel_stats_quality [--half tune].

The photos are those that scikit-image and scikit-learn ship. Half of them were looked at while the formulas were
tuned; the other half is what is reported. Tags on which people would differ for a picture are not counted for it.
"""

from __future__ import annotations

import argparse
import io
import time
from collections import Counter
from typing import TYPE_CHECKING

from PIL import Image

from engine.dataset import samples
from engine.models import registry
from engine.models.adapters.pixel_stats import NAMES, measure
from engine.models.pictures import decode
from tests.bench.photo_transforms import Case, Truth, cases

if TYPE_CHECKING:
    from pathlib import Path

_GREY = "greyscale monochrome"
PHOTOS: dict[str, tuple[str, str]] = {
    "astronaut": ("", ""),
    "brick": (_GREY, ""),
    "camera": (_GREY, "blurry_background"),
    "cell": (_GREY, "blurry dark simple_background blurry_background"),
    "chelsea": ("", "brown_theme orange_theme blurry_background"),
    "china": ("", ""),
    "clock_motion": (_GREY, "blurry simple_background blurry_background"),
    "coffee": ("", "red_theme orange_theme brown_theme"),
    "coins": (_GREY, "dark simple_background"),
    "flower": ("blurry_background", "aqua_theme green_theme blue_theme dark"),
    "grass": (_GREY, ""),
    "gravel": (_GREY, ""),
    "hubble_deep_field": ("dark", "black_background simple_background greyscale"),
    "ihc": ("", "blurry brown_theme white_background"),
    "moon": (_GREY, "blurry blurry_background"),
    "motorcycle_left": ("", "red_theme brown_theme blurry_background"),
    "motorcycle_right": ("", "red_theme brown_theme blurry_background"),
    "retina": (
        "black_background simple_background",
        "red_theme orange_theme pink_theme blurry blurry_background monochrome",
    ),
    "rocket": ("", "blue_theme dark blurry_background"),
}
"""File stem → tags that hold, tags on which people would differ; read off the photos by eye."""


_LOOKED_AT = frozenset({"flower"})
"""Photos that go to the tuning half out of turn: the one with a naturally blurry background."""


def halves(photos: list[Path]) -> dict[str, list[Path]]:
    """Split the photos in turn, keeping left and right, grey and colour of one scene together."""
    scenes: dict[str, list[Path]] = {}
    for photo in sorted(photos, key=lambda path: path.stem):
        if photo.stem in PHOTOS:
            scenes.setdefault(photo.stem.split("_")[0], []).append(photo)
    tuned = set(list(scenes)[0::2]) | _LOOKED_AT
    return {
        "tune": [photo for scene, group in scenes.items() if scene in tuned for photo in group],
        "held out": [photo for scene, group in scenes.items() if scene not in tuned for photo in group],
    }


def truth_of(stem: str) -> Truth:
    """Return what was seen on a photo."""
    holds, unsure = PHOTOS[stem]
    return Truth(*(frozenset(word.replace("_", " ") for word in words.split()) for words in (holds, unsure)))


def sized(case: Case) -> Truth:
    """Add what follows from the size alone."""
    width, height = case.image.size
    rules = {
        "lowres": max(width, height) <= 500,
        "highres": width >= 1600 or height >= 1200,
        "absurdres": width >= 3200 or height >= 2400,
        "wide image": width >= 4 * height,
        "tall image": height >= 4 * width,
    }
    return case.truth.with_(*(name for name, holds in rules.items() if holds))


def as_file(image: Image.Image) -> bytes:
    """Write a picture as a dataset would hold it."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def main() -> None:
    """Print one row for each tag, and what was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tune", "held out"), default="held out")
    parser.add_argument("--misses", action="store_true", help="list every wrong tag")
    wanted = parser.parse_args()
    entry = registry.find("pixel_stats")
    options = {name: option.default for name, option in entry.options.items()}
    threshold = entry.threshold or 0.0
    right, wrong, missed, misses = Counter[str](), Counter[str](), Counter[str](), list[str]()
    pictures, left_out, seconds = 0, 0, 0.0
    photos = halves(samples.photos())[wanted.half]
    for photo in photos:
        with Image.open(photo) as opened:
            image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        for case in cases(image, truth_of(photo.stem)):
            content, truth = as_file(case.image), sized(case)
            started = time.perf_counter()
            scores = measure(decode(content, entry.picture_px), options)
            seconds += time.perf_counter() - started
            pictures += 1
            left_out += len(truth.unsure & set(NAMES))
            for name in set(NAMES) - truth.unsure:
                said, holds = scores[name] >= threshold, name in truth.holds
                right[name] += said and holds
                wrong[name] += said and not holds
                missed[name] += holds and not said
                if said != holds:
                    misses.append(f"{photo.stem}, {case.what}: {'+' if said else '-'}{name} {scores[name]:.2f}")
    judged = pictures * len(NAMES) - left_out
    print(f"{len(photos)} photos ({wanted.half}), {pictures} pictures, {seconds / pictures * 1000:.1f} ms each")
    print(f"{judged} tags judged, {left_out} left open\n")
    print("| tag | holds | right | wrong | missed | precision | recall |\n|---|---|---|---|---|---|---|")
    for name in (*NAMES, "all"):
        r, w, m = (c.total() if name == "all" else c[name] for c in (right, wrong, missed))
        print(f"| {name} | {r + m} | {r} | {w} | {m} | {_share(r, w)} | {_share(r, m)} |")
    print(*(sorted(misses) if wanted.misses else ()), sep="\n")


def _share(right: int, other: int) -> str:
    return f"{right / (right + other):.3f}" if right + other else "-"


if __name__ == "__main__":
    main()
