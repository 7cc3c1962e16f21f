"""How a picture becomes the square that a model looks at."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Colour = tuple[
    Annotated[int, msgspec.Meta(ge=0, le=255)],
    Annotated[int, msgspec.Meta(ge=0, le=255)],
    Annotated[int, msgspec.Meta(ge=0, le=255)],
]


class Fit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[picture]` of a catalogue entry: from an upright sRGB picture of any size to a square."""

    size: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The side of the square in px; a graph that says another one is refused. 0 where the graph alone says it."""
    how: Literal["pad", "pad-edge", "shrink-then-pad", "squash"] = "pad"
    """`pad`: centred on a square of `colour` at full size, then resized. `pad-edge`: the same, the border pixels
    continued. `shrink-then-pad`: resized until the longer side fits, then centred on `colour`. `squash`: resized without
    regard to its shape."""
    colour: Colour = (255, 255, 255)
    """RGB, of what is padded."""
    resample: Literal["area", "bilinear", "bicubic", "lanczos", "kohya"] = "bicubic"
    """The filter: Pillow's, or `area`, the mean of what lies under an output pixel; `kohya` is area when shrinking and Lanczos
    when enlarging."""
