"""Pixels as character cells: two colours and a shape for each cell, halves (1×2 pixels) or sextants (2×3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

Shape = Literal["half", "sextant"]
CELL_PIXELS: dict[Shape, tuple[int, int]] = {"half": (1, 2), "sextant": (2, 3)}
"""Pixels in a cell: across, down."""
CELL_ASPECT = 2.0
"""A character cell is about twice as high as wide."""
FLAT_SPREAD = 6
"""Sextant cells whose darkest and lightest value differ by less are one colour: fewer bytes, no speckles."""


class Row(NamedTuple):
    """One row of cells; the three are equally long. Lists of numbers, as a picture has thousands of cells."""

    signs: str
    front: list[int]
    """Colours of the shapes: 0xrrggbb, or numbers of the 256-colour palette."""
    back: list[int]
    """Colours behind them."""


def pixel_aspect(shape: Shape) -> float:
    """Return how much higher than wide one pixel of a cell is."""
    across, down = CELL_PIXELS[shape]
    return CELL_ASPECT * across / down


def cells_of(image: Image.Image, shape: Shape, *, palette256: bool = False) -> list[Row]:
    """Turn a small RGB picture into rows of cells.

    Args:
        image: RGB; what does not fill a whole cell at the right and lower edge is stretched to it.
        shape: How many pixels a cell holds.
        palette256: Use the 256-colour palette instead of red, green and blue.
    """
    import numpy as np  # noqa: PLC0415  (in the drawing thread: the screen does not wait for it)

    across, down = CELL_PIXELS[shape]
    pixels = np.asarray(image, dtype=np.int16)
    height, width = -(-pixels.shape[0] // down), -(-pixels.shape[1] // across)
    pixels = np.pad(
        pixels, ((0, height * down - pixels.shape[0]), (0, width * across - pixels.shape[1]), (0, 0)), mode="edge"
    )
    blocks = pixels.reshape(height, down, width, across, 3).transpose(0, 2, 1, 3, 4).reshape(height, width, -1, 3)
    if shape == "half":
        signs, front, back = np.full((height, width), "▀"), blocks[:, :, 0], blocks[:, :, 1]
    else:
        signs, front, back = _two_tone(blocks)
    number = _nearest256 if palette256 else _packed
    rows = zip(signs.tolist(), number(front).tolist(), number(back).tolist(), strict=True)
    return [Row("".join(signs), front, back) for signs, front, back in rows]


def _packed(colours: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return each colour as 0xrrggbb."""
    import numpy as np  # noqa: PLC0415  (see cells_of)

    packed: NDArray[np.int64] = colours.astype(np.int64) @ np.array([0x10000, 0x100, 1])
    return packed


def _two_tone(blocks: NDArray[np.int16]) -> tuple[NDArray[np.str_], NDArray[np.int16], NDArray[np.int16]]:
    """Split the six pixels of each cell at the middle of the channel that varies most; average both sides."""
    import numpy as np  # noqa: PLC0415  (see cells_of)

    low, high = blocks.min(axis=2), blocks.max(axis=2)
    channel = (high - low).argmax(axis=2)[:, :, None]
    middle = (np.take_along_axis(low, channel, 2) + np.take_along_axis(high, channel, 2)) / 2
    values = np.take_along_axis(blocks, channel[:, :, None, :], 3)[:, :, :, 0]
    flat = (high - low).max(axis=2) < FLAT_SPREAD
    light = (values > middle) & ~flat[:, :, None]
    bits = (light * (1 << np.arange(6))).sum(axis=2)
    weight = light[:, :, :, None]
    front = (blocks * weight).sum(axis=2) // np.maximum(weight.sum(axis=2), 1)
    back = (blocks * ~weight).sum(axis=2) // np.maximum((~weight).sum(axis=2), 1)
    return np.array(SEXTANTS)[bits], front, back


def _sextant(bits: int) -> str:
    """Return the character whose pixels are lit as the bits say: row by row, left pixel first, lowest bit first."""
    plain = {0: " ", LEFT_HALF: "▌", RIGHT_HALF: "▐", 0b111111: "█"}
    # The block at U+1FB00 leaves out the four that Unicode had already.
    return plain.get(bits) or chr(0x1FB00 + bits - 1 - (bits > LEFT_HALF) - (bits > RIGHT_HALF))


LEFT_HALF, RIGHT_HALF = 0b010101, 0b101010
SEXTANTS = [_sextant(bits) for bits in range(64)]

_STEPS = (0, 95, 135, 175, 215, 255)


def _nearest256(colours: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the nearest colour of the 6×6×6 cube or the grey ramp of the 256-colour palette."""
    import numpy as np  # noqa: PLC0415  (see cells_of)

    colours = colours.astype(np.int32)
    steps = np.array(_STEPS)
    nearest = np.abs(colours[..., None] - steps).argmin(axis=-1)
    in_cube: NDArray[np.int64] = 16 + nearest @ np.array([36, 6, 1])
    cube_error = ((steps[nearest] - colours) ** 2).sum(axis=-1)
    shade = np.clip((colours.mean(axis=-1) - 3) // 10, 0, 23).astype(np.int32)
    grey_error = (((8 + 10 * shade)[..., None] - colours) ** 2).sum(axis=-1)
    return np.where(grey_error < cube_error, 232 + shade, in_cube).astype(np.int64)
