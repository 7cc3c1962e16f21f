"""How far pictures and scores drift when JPEGs are unpacked at a reduced size, and what that saves.

`python -m tests.bench.fidelity [--model model.onnx] [--size 448] [--seed 1] [--all]`. The model takes NHWC BGR 0..255
and answers scores, as WD taggers do; without one a ViT-S/16 with random weights is made. The pictures: photos cut
out and enlarged, smooth at the pixel as camera files are; photos side by side, sharp at every pixel; drawings of thin
lines on white.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_type_hints
from unittest import mock

import numpy as np
import onnxruntime
from PIL import Image, ImageDraw

from engine.dataset import samples
from engine.models import pictures
from engine.models.fit import Fit
from tests.bench.mixed_photos import section
from tests.bench.vit_onnx import SHAPES, write_vit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Score = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

SIZES = ((4000, 3000), (3000, 4000), (6000, 2000), (3001, 2003), (2500, 3333), (2048, 1536), (1024, 1024), (512, 512))
FULL = 1_000_000
"""So many times the square is more than any picture has."""
TIMES = (2, 4)
THRESHOLD = 0.35
_PATCH_PX = 300
_LINES = 120
_REPEATS = 2
_HEAD = (
    "| filter | JPEG at least | CPU ms, median | of them reduced | PSNR median (least) | levels, most (mean) "
    "| score, most | Jaccard, mean |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
)


class File(NamedTuple):
    """A JPEG to measure with."""

    name: str
    content: bytes


class Fitted(NamedTuple):
    """What became of one."""

    square: NDArray[np.uint8]
    milliseconds: float
    """CPU time of all of `pictures.decode`."""


class Drift(NamedTuple):
    """How far one square is from that of a full decode."""

    psnr: float
    most: int
    mean: float
    score: float
    """Largest difference of any score."""
    jaccard: float
    """Share of tags above the threshold that both have."""


def main() -> None:
    """Measure and print a table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--model", type=Path, help="an ONNX tagger to score with")
    arguments.add_argument("--size", type=int, default=448, help="the side of its input in px")
    arguments.add_argument("--seed", type=int, default=1, help="of the pictures and of the weights")
    arguments.add_argument("--all", action="store_true", help="print every picture's drift, too")
    chosen = arguments.parse_args()
    files = list(jpegs(random.Random(chosen.seed)))
    with tempfile.TemporaryDirectory() as folder:
        score = scorer(chosen.model or _made(Path(folder), files, chosen.size, chosen.seed))
        print(f"{len(files)} JPEGs\n{_HEAD}", flush=True)
        for resample in get_args(get_type_hints(Fit)["resample"]):
            fit = Fit(chosen.size, resample=resample)
            _measure(files, fit, score, aloud=chosen.all)


def _measure(files: Sequence[File], fit: Fit, score: Score, *, aloud: bool) -> None:
    """Print the rows of one filter."""
    wholes = [fitted(file, fit, FULL) for file in files]
    print(f"| {fit.resample} | full | {median(whole.milliseconds for whole in wholes):.1f} |", "| " * 5, flush=True)
    for times in TIMES:
        spent, drifts = [], []
        for file, whole in zip(files, wholes, strict=True):
            reduced = fitted(file, fit, times)
            spent.append(reduced.milliseconds)
            if not np.array_equal(reduced.square, whole.square):
                drifts.append(drift(reduced.square, whole.square, score))
                if aloud:
                    print(f"  {file.name}: {drifts[-1]}")
        print(
            f"| {fit.resample} | {times}x | {median(spent):.1f} | {len(drifts)} "
            f"| {median(one.psnr for one in drifts):.1f} ({min(one.psnr for one in drifts):.1f}) "
            f"| {max(one.most for one in drifts)} ({mean(one.mean for one in drifts):.2f}) "
            f"| {max(one.score for one in drifts):.4f} | {mean(one.jaccard for one in drifts):.4f} |",
            flush=True,
        )


def jpegs(chance: random.Random) -> Iterator[File]:
    """Make the files; the same ones each time."""
    photos = [Image.open(path).convert("RGB") for path in samples.photos()]
    for size in SIZES:
        for kind, image in (
            ("enlarged", section(chance.choice(photos), size, chance)),
            ("side by side", _side_by_side(photos, size, chance)),
            ("drawn", _drawn(size, chance)),
        ):
            file = io.BytesIO()
            image.save(file, "JPEG", quality=92)
            yield File(f"{size[0]}x{size[1]} {kind}", file.getvalue())


def _side_by_side(photos: Sequence[Image.Image], size: tuple[int, int], chance: random.Random) -> Image.Image:
    whole = Image.new("RGB", size)
    for top in range(0, size[1], _PATCH_PX):
        for left in range(0, size[0], _PATCH_PX):
            whole.paste(chance.choice(photos), (left, top))
    return whole


def _drawn(size: tuple[int, int], chance: random.Random) -> Image.Image:
    whole = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(whole)
    for number in range(_LINES):
        points = [(chance.randrange(size[0]), chance.randrange(size[1])) for _ in range(3)]
        if number % 3 == 0:
            draw.polygon(points, fill=(chance.randrange(256), chance.randrange(256), chance.randrange(256)))
        draw.line(points, fill="black", width=chance.randint(1, max(1, max(size) // 300)))
    return whole


def fitted(file: File, fit: Fit, times: int) -> Fitted:
    """Fit a picture that may be unpacked at so many times the square."""
    spent = []
    with mock.patch.object(pictures, "_ENOUGH", times):
        for _ in range(_REPEATS):
            start = time.thread_time()
            square = pictures.decode(file.content, fit=fit).pixels
            spent.append(time.thread_time() - start)
    return Fitted(square, min(spent) * 1000)


def drift(one: NDArray[np.uint8], other: NDArray[np.uint8], score: Score) -> Drift:
    """Compare two squares that are not the same."""
    off = np.abs(one.astype(np.float64) - other)
    before, after = score(other), score(one)
    both = int(np.count_nonzero((before > THRESHOLD) & (after > THRESHOLD)))
    either = int(np.count_nonzero((before > THRESHOLD) | (after > THRESHOLD)))
    psnr = float(10 * np.log10(255**2 / (off**2).mean()))
    alike = both / either if either else 1.0
    return Drift(psnr, int(off.max()), float(off.mean()), float(np.abs(after - before).max()), alike)


def scorer(model: Path) -> Score:
    """Return what scores a square."""
    session: Any = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def score(square: NDArray[np.uint8]) -> NDArray[np.float32]:
        (answer,) = session.run(None, {name: square[None, :, :, ::-1].astype(np.float32)})
        return np.asarray(answer[0], np.float32)

    return score


def _made(folder: Path, files: Sequence[File], size: int, seed: int) -> Path:
    """Write a model whose head is fitted on every other picture."""
    squares = [fitted(file, Fit(size), FULL).square for file in files[::2]]
    write_vit(folder, SHAPES["ViT-S/16"], squares, size, seed)
    return folder / "model.onnx"


if __name__ == "__main__":
    main()
