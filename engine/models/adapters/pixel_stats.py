"""The built-in tagger: honest measurements of the pixels, named like the tags people already use. No weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from engine.captions.viewing.scores import LabelTable, to_u16
from engine.errors import BadSetting
from engine.models.contract import Ask, Scored, Written
from engine.models.measures import colour, focus, surround
from engine.models.measures.scale import around, below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.models.pictures import Picture
    from engine.models.registry import Entry

_FRAME_PX, _COLOUR_PX, _BACKGROUND_PX = 256, 128, 64
"""The longer side of the copies on which borders, colours and backgrounds are measured."""

_DECISION = 0.5

_THEMES = tuple(f"{hue} theme" for hue in (*colour.HUES, "brown"))
_GENERAL = (
    "blurry", "blurry background", "dark", "bright", "monochrome", "greyscale", *_THEMES,
    "white background", "black background", "simple background", "transparent background", "border",
)  # fmt: skip
_META = ("lowres", "highres", "absurdres", "wide image", "tall image")
NAMES = _GENERAL + _META


class _Options(dict[str, Any]):
    """What is asked; an option that the catalogue entry lacks is named."""

    def __missing__(self, name: str) -> Any:
        raise BadSetting(
            f"the catalogue entry lacks options.{name}", "pixel_stats needs [options] as its own entry has"
        )


class PixelStats:
    """Measures one picture at a time; several threads may call it."""

    calls: Literal["batches", "threads"] = "threads"

    def __init__(self, entry: Entry, device: str) -> None:
        """Keep the floor; there is nothing to load, and the device does not matter."""
        del device
        self._floor = to_u16(entry.floor or 0.0)

    def labels(self) -> LabelTable:
        """Return the tags in the order of their indices."""
        return LabelTable(NAMES, ("general",) * len(_GENERAL) + ("meta",) * len(_META))

    def answer(self, pictures: Sequence[Picture], ask: Ask) -> Sequence[Scored | Written | Exception]:
        """Score every tag for each picture."""
        return [self._scored(measure(picture, _Options(ask.options))) for picture in pictures]

    def close(self) -> None:
        """Hold nothing, give nothing back."""

    def _scored(self, scores: dict[str, float]) -> Scored:
        numbered = ((index, to_u16(scores[name])) for index, name in enumerate(NAMES))
        return Scored(tuple((index, score) for index, score in numbered if score >= self._floor))


def measure(picture: Picture, options: dict[str, Any]) -> dict[str, float]:
    """Score every tag of `NAMES` from 0 to 1, 0.5 being the point of decision; docs/pixel-stats.md says how.

    Args:
        picture: At least 768 px on the longer side, or the whole picture.
        options: Every option of the catalogue entry.
    """
    frame = _shrunk(Image.fromarray(picture.pixels), _FRAME_PX)
    shown = surround.border_of(np.asarray(frame), options["border_narrowest"], options["border_widest"])
    framed = around(shown.strength, options["border_step"])
    left, top, right, bottom = shown.box
    # One px more goes than the border is wide: on the small copy it may be half border.
    box = (left + 1, top + 1, right - 1, bottom - 1) if framed >= _DECISION else (0, 0, *frame.size)
    inside = frame.crop(box)
    scores = {"border": framed, **_sizes(picture.original_size, options)}
    scores |= _backgrounds(picture, inside, box, options)
    scores |= _colours(inside, options)
    return scores | _focus(picture, box, frame.size, scores["simple background"], options)


def _shrunk(image: Image.Image, longer_px: int) -> Image.Image:
    """Return a copy whose longer side is at most so many px: every pixel counts (area mean)."""
    factor = longer_px / max(image.size)
    if factor >= 1:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=1.5)


def _sizes(size: tuple[int, int], options: dict[str, Any]) -> dict[str, float]:
    """Score size and shape: the rules by which Danbooru sets these tags itself, made gradual."""
    width, height = size
    ratio = options["wide_ratio"]
    return {
        "lowres": below(max(width, height), options["lowres_px"]),
        "highres": around(max(width / options["highres_width"], height / options["highres_height"]), 1),
        "absurdres": around(max(width / options["absurdres_width"], height / options["absurdres_height"]), 1),
        "wide image": around(width / height, ratio),
        "tall image": around(height / width, ratio),
    }


def _backgrounds(
    picture: Picture, inside: Image.Image, box: tuple[int, int, int, int], options: dict[str, Any]
) -> dict[str, float]:
    alpha = None
    if picture.alpha is not None:
        alpha = np.asarray(_shrunk(_shrunk(Image.fromarray(picture.alpha), _FRAME_PX).crop(box), _BACKGROUND_PX))
    ring = surround.background_of(np.asarray(_shrunk(inside, _BACKGROUND_PX)), alpha)
    share = options["background_share"]
    return {
        "white background": around(ring.white, share),
        "black background": around(ring.black, share),
        "transparent background": around(ring.transparent, share),
        "simple background": around(ring.smooth, share),
    }


def _colours(inside: Image.Image, options: dict[str, Any]) -> dict[str, float]:
    seen = colour.colours_of(np.asarray(_shrunk(inside, _COLOUR_PX)))
    low, high = colour.lightness_quantiles(seen)
    areas = colour.hue_areas(seen)
    coloured = float(areas.sum())
    grey = below(colour.chroma_quantile(seen), options["grey_chroma"])
    scores = {
        "dark": below(high, options["dark_lightness"]),
        "bright": around(low, options["bright_lightness"]),
        "greyscale": grey,
        "monochrome": max(grey, below(colour.tint_spread(seen), options["tint_spread"])),
    }
    for name, area in zip(_THEMES, areas.tolist(), strict=True):
        purity = around(area / coloured, options["theme_purity"]) if coloured else 0.0
        scores[name] = min(purity, around(area, options["theme_area"]))
    return scores


def _focus(
    picture: Picture,
    box: tuple[int, int, int, int],
    frame_size: tuple[int, int],
    simple: float,
    options: dict[str, Any],
) -> dict[str, float]:
    whole = Image.fromarray(picture.pixels)
    across, down = whole.width / frame_size[0], whole.height / frame_size[1]
    left, top, right, bottom = box
    grey = whole.convert("L")
    grey = grey.crop((round(left * across), round(top * down), round(right * across), round(bottom * down)))
    grey = _shrunk(grey, options["focus_px"])
    edges = focus.edges_of(grey)
    centre, outer = focus.centre_and_surround(edges)
    contrast, radius = options["edge_contrast"], options["blur_radius"]
    anywhere = focus.sharpest(edges, edges.contrast >= 0, contrast)
    middle = focus.sharpest(edges, centre, contrast)
    around_it = focus.sharpest(edges, outer, contrast * 0.75)
    soft = 0.0
    if middle is not None and around_it is not None:
        soft = min(
            below(middle, radius),
            around(around_it, options["surround_radius"]),
            around(around_it / max(middle, 0.5), options["surround_ratio"]),
            1 - simple,
        )
    return {"blurry": 0.0 if anywhere is None else around(anywhere, radius), "blurry background": soft}
