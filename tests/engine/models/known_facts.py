"""What the facts say of every ONNX tagger's preprocessing, written down apart from the catalogue, as plain Pillow and numpy.

A known-answer model is made after these words; the catalogue's entry has to lead to the same answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Three = tuple[float, float, float]
Prepare = "Callable[[Image.Image, int], Image.Image]"

_FILTER = Image.Resampling


class Facts(NamedTuple):
    """One model, as the facts have it."""

    repo: str
    files: tuple[str, str]
    """Model and labels."""
    size: int
    layout: Literal["NHWC", "NCHW"]
    channels: Literal["RGB", "BGR"]
    square: Callable[[Image.Image, int], Image.Image]
    """From a picture of any size to a square of so many px."""
    scale: float
    """Pixels from 0 to 255 are divided by it ..."""
    mean: Three
    """... this is subtracted (R, G, B) ..."""
    std: Three
    """... and that is the divisor of the rest."""
    activated: bool
    """Whether the graph itself ends with a sigmoid."""
    labels: Literal["wd", "joytag", "deepdanbooru", "camie", "camie-v2", "pixai", "cl", "e621"]
    threshold: float
    character: float | None = None
    """The threshold of characters where it is another."""
    outputs: tuple[str, ...] = ("true",)
    """What the graph gives, in order; `true` is what counts, `garbage` does not."""
    spare: int = 0
    """Outputs that old files have after the last label."""


def padded(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """Centre a picture on a square of its longer side; odd remainders go right and below."""
    side = max(image.size)
    square = Image.new("RGB", (side, side), colour)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def white_kohya(image: Image.Image, size: int) -> Image.Image:
    """Pad with white, then area when shrinking and Lanczos when enlarging: kohya's script."""
    square = padded(image, (255, 255, 255))
    return area(square, size) if square.width > size else square.resize((size, size), _FILTER.LANCZOS)


def white_bicubic(image: Image.Image, size: int) -> Image.Image:
    """Pad with white, then bicubic."""
    return padded(image, (255, 255, 255)).resize((size, size), _FILTER.BICUBIC)


def squashed(image: Image.Image, size: int) -> Image.Image:
    """Resize without regard to the shape."""
    return image.resize((size, size), _FILTER.BILINEAR)


def edge_area(image: Image.Image, size: int) -> Image.Image:
    """Continue the border pixels to a square, then area."""
    side = max(image.size)
    left, top = (side - image.width) // 2, (side - image.height) // 2
    ends = ((top, side - image.height - top), (left, side - image.width - left), (0, 0))
    return area(Image.fromarray(np.pad(np.asarray(image), ends, mode="edge")), size)


def shrunk_on(colour: tuple[int, int, int]) -> Callable[[Image.Image, int], Image.Image]:
    """Resize with Lanczos until the longer side fits, then centre on a colour."""

    def prepare(image: Image.Image, size: int) -> Image.Image:
        factor = size / max(image.size)
        small = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
        square = Image.new("RGB", (size, size), colour)
        square.paste(image.resize(small, _FILTER.LANCZOS), ((size - small[0]) // 2, (size - small[1]) // 2))
        return square

    return prepare


def area(square: Image.Image, size: int) -> Image.Image:
    """Shrink by the mean over the exact area that each new pixel covers; nearest when enlarging by a whole number."""
    if square.width <= size:
        return square.resize((size, size), _FILTER.NEAREST)
    edges = np.arange(size + 1) * (square.width / size)
    old = np.arange(square.width)
    shares = np.clip(np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old), 0, None)
    shares /= shares.sum(1, keepdims=True)
    down = np.einsum("iy,yxc->ixc", shares, np.asarray(square, np.float64), optimize=True)
    pixels: NDArray[np.float64] = np.einsum("jx,ixc->ijc", shares, down, optimize=True)
    return Image.fromarray(np.rint(pixels).astype(np.uint8))


_NONE, _ONE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_HALF = (0.5, 0.5, 0.5)
_CLIP = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
_IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_WD_FILES = ("model.onnx", "selected_tags.csv")


def _wd(repo: str) -> Facts:
    """Float32, NHWC, BGR, 0 to 255, no mean and no std; probabilities; 0.35, characters 0.85."""
    return Facts(
        repo, _WD_FILES, 448, "NHWC", "BGR", white_kohya, 1.0, _NONE, _ONE, activated=True, labels="wd", threshold=0.35,
        character=0.85,
    )  # fmt: skip


FACTS = {
    name: _wd(f"SmilingWolf/{name}")
    for name in (
        *(f"wd-v1-4-{body}-tagger-v2" for body in ("swinv2", "convnext", "convnextv2", "vit", "moat")),
        *(f"wd-{body}-tagger-v3" for body in ("vit", "swinv2", "convnext", "vit-large", "eva02-large")),
    )
} | {
    "joytag": Facts(
        "fancyfeast/joytag", ("model.onnx", "top_tags.txt"), 448, "NCHW", "RGB", white_bicubic, 255, *_CLIP,
        activated=False, labels="joytag", threshold=0.4, spare=9,
    ),
    "deepdanbooru": Facts(
        "deepghs/imgutils-models", ("deepdanbooru/deepdanbooru.onnx", "deepdanbooru/deepdanbooru_tags.csv"), 512,
        "NHWC", "RGB", edge_area, 255, _NONE, _ONE, activated=True, labels="deepdanbooru", threshold=0.5,
    ),
    "camie-tagger": Facts(
        "Camais03/camie-tagger", ("model_initial.onnx", "model_initial_metadata.json"), 512, "NCHW", "RGB",
        shrunk_on((0, 0, 0)), 255, _NONE, _ONE, activated=False, labels="camie", threshold=0.5,
    ),
    "camie-tagger-v2": Facts(
        "Camais03/camie-tagger-v2", ("camie-tagger-v2.onnx", "camie-tagger-v2-metadata.json"), 512, "NCHW", "RGB",
        shrunk_on((124, 116, 104)), 255, *_IMAGENET, activated=False, labels="camie-v2", threshold=0.5,
        outputs=("garbage", "true", "garbage"),
    ),
    "pixai-tagger-v0.9": Facts(
        "deepghs/pixai-tagger-v0.9-onnx", _WD_FILES, 448, "NCHW", "RGB", squashed, 255, _HALF, _HALF,
        activated=True, labels="pixai", threshold=0.3, character=0.85, outputs=("embedding", "garbage", "prediction"),
    ),
    "cl-tagger": Facts(
        "cella110n/cl_tagger", ("cl_tagger_1_02/model_optimized.onnx", "cl_tagger_1_02/tag_mapping.json"), 448,
        "NCHW", "BGR", white_kohya, 127.5, _ONE, _ONE, activated=False, labels="cl", threshold=0.35,
    ),
    "z3d-e621-convnext": _wd("toynya/Z3D-E621-Convnext")._replace(
        files=("model.onnx", "tags-selected.csv"), labels="e621", character=None
    ),
}  # fmt: skip
"""Every ONNX tagger of the catalogue."""
