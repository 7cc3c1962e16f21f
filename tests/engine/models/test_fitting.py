"""Fitting: squares to the pixel as if the border had been drawn at full size, whatever the shape and the filter."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, get_args, get_type_hints

import numpy as np
import pytest
from PIL import Image

from engine.models.fit import Fit
from engine.models.fitting import fitted

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOW = get_args(get_type_hints(Fit)["how"])
PILLOW = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
COLOUR = (10, 200, 30)
SHAPES = [
    *((64, 64), (100, 100), (20, 20), (1, 1), (3, 2)),
    *((30, 200), (200, 30), (63, 64), (50, 37), (333, 1000), (1000, 333), (2, 900), (900, 2), (1, 777), (777, 1)),
]


def noise(width: int, height: int) -> Image.Image:
    """Draw what any mistake of a pixel shows in."""
    pixels = np.random.default_rng(width * 10_000 + height).integers(0, 256, (height, width, 3))
    return Image.fromarray(pixels.astype(np.uint8))


def at_full_size(image: Image.Image, fit: Fit) -> Image.Image:
    """Draw all of the border."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    side = max(width, height)
    left, top = (side - width) // 2, (side - height) // 2
    if fit.how == "pad-edge":
        return Image.fromarray(
            np.pad(pixels, ((top, side - height - top), (left, side - width - left), (0, 0)), "edge")
        )
    canvas = Image.new("RGB", (side, side), fit.colour)
    canvas.paste(image, (left, top))
    return canvas


def mean_of_areas(image: Image.Image, width: int, height: int) -> NDArray[np.float64]:
    """Average areas as differences of sums up to a place, between pixels in proportion."""
    pixels = np.asarray(image, np.float64)
    for count in (height, width):
        length = len(pixels)
        sums = np.concatenate([np.zeros_like(pixels[:1]), np.cumsum(pixels, 0)])
        ends = np.arange(count + 1) * length / count
        whole = np.minimum(ends.astype(int), length - 1)
        up_to = sums[whole] + (ends - whole)[:, None, None] * pixels[whole]
        pixels = (np.diff(up_to, axis=0) * count / length).transpose(1, 0, 2)  # the other axis next
    return pixels


def expected(image: Image.Image, width: int, height: int, resample: str) -> NDArray[np.float64]:
    """Resize in the plainest way."""
    if resample == "area":
        return mean_of_areas(image, width, height)
    return np.asarray(image.resize((width, height), PILLOW[resample]), np.float64)


@pytest.mark.parametrize("resample", ["area", *PILLOW])
@pytest.mark.parametrize("how", HOW)
def test_the_square_is_that_of_the_full_size(how: str, resample: str) -> None:
    """Every way of fitting and every filter gives, to the level, what the definition gives when carried out plainly."""
    fit = Fit(64, how, COLOUR, resample)  # type: ignore[arg-type]  # the words are those of the type
    for width, height in SHAPES:
        image = noise(width, height)
        if how == "shrink-then-pad":
            longer = max(width, height)
            inner = max(1, width * 64 // longer), max(1, height * 64 // longer)
            square = np.full((64, 64, 3), COLOUR, np.float64)
            left, top = (64 - inner[0]) // 2, (64 - inner[1]) // 2
            square[top : top + inner[1], left : left + inner[0]] = expected(image, *inner, resample)
        else:
            square = expected(image if how == "squash" else at_full_size(image, fit), 64, 64, resample)
        found = fitted(image, fit)
        assert (found.shape, found.dtype.name) == ((64, 64, 3), "uint8")
        assert found.flags.c_contiguous
        assert np.abs(found - square).max() <= (0.501 if resample == "area" else 0), (width, height)


def test_kohya_averages_when_it_shrinks_and_sharpens_when_it_enlarges() -> None:
    """The longer side decides: area from a larger picture, Lanczos from a smaller one, nothing from an equal one."""
    for (width, height), resample in {(100, 30): "area", (30, 65): "area", (63, 20): "lanczos"}.items():
        image = noise(width, height)
        same = fitted(image, Fit(64, resample=resample))  # type: ignore[arg-type]  # the words are those of the type
        assert np.array_equal(fitted(image, Fit(64, resample="kohya")), same)
    assert np.array_equal(fitted(noise(64, 64), Fit(64, resample="kohya")), np.asarray(noise(64, 64)))


def test_a_picture_lies_in_the_middle_a_pixel_to_the_left_and_up_where_it_must() -> None:
    """The border before it is half of what is missing, rounded down."""
    square = fitted(Image.new("RGB", (3, 8), "red"), Fit(8))
    assert (square[0] == (255, 0, 0)).all(1).tolist() == [False, False, True, True, True, False, False, False]
    square = fitted(Image.new("RGB", (8, 3), "red"), Fit(8))
    assert (square[:, 0] == (255, 0, 0)).all(1).tolist() == [False, False, True, True, True, False, False, False]


@pytest.mark.parametrize("length", [4000, 60_000])
@pytest.mark.parametrize("resample", ["area", "bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("lying", [False, True])
def test_a_line_is_where_its_border_puts_it(length: int, resample: str, *, lying: bool) -> None:
    """A black line of one pixel is as faint, and in the place, as on the white square that is not drawn; above 40,000
    px in length it may be 3 levels off, because areas are averaged.
    """  # noqa: D205  (one sentence of two lines)
    row = Image.new("RGB", (length, 1), "white")
    row.putpixel(((length - 1) // 2, 0), (0, 0, 0))
    line = Image.new("RGB", (length, 1) if lying else (1, length), "black")
    square = fitted(line, Fit(448, resample=resample))  # type: ignore[arg-type]  # the words are those of the type
    across = expected(row, 448, 1, resample)[0]
    allowed = 0.501 if resample == "area" else 0 if length < 40_000 else 3
    assert np.abs((square.transpose(1, 0, 2) if lying else square) - across[None]).max() <= allowed
    assert square.min() < 255


def test_a_line_takes_little_memory() -> None:
    """The square of 900 megapixels around 1x30,000 px is never drawn, nor is a line 200,000 px long any trouble."""
    program = """
import resource
from PIL import Image
from engine.models.fit import Fit
from engine.models.fitting import fitted
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for how in ("pad", "pad-edge", "shrink-then-pad", "squash"):
    for size in ((1, 30_000), (30_000, 1), (1, 200_000), (200_000, 1)):
        fitted(Image.new("RGB", size), Fit(448, how, resample="lanczos"))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 400, "megabytes"


def test_a_reduced_copy_is_fitted_as_the_whole() -> None:
    """Border and scale are those of the picture that was reduced, also where its last pixels show less than a whole."""
    y, x = np.mgrid[0:131, 0:261]
    waves = 128 + 100 * np.sin(x / 261 * 50) * np.sin(y / 131 * 25)
    image = Image.fromarray(np.repeat(waves.astype(np.uint8)[:, :, None], 3, 2))
    copy = image.reduce(2)
    assert copy.size == (131, 66)
    for how in HOW:
        fit = Fit(64, how, resample="area")
        plain = fitted(image, fit).astype(int)
        off = np.abs(fitted(copy, fit, image.size, (0, 0, 130.5, 65.5)) - plain).max()
        assert off <= 16
        assert off < np.abs(fitted(copy, fit) - plain).max() / 2, "it matters"
