"""Ways to change a photo whose effect on its tags is known: what `pixel_stats_quality.py` measures with."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

if TYPE_CHECKING:
    from collections.abc import Iterator

THEMES = tuple(
    f"{hue} theme" for hue in ("red", "orange", "yellow", "green", "aqua", "blue", "purple", "pink", "brown")
)
BACKGROUNDS = ("white background", "black background", "simple background", "transparent background")
_LIGHT = ("dark", "bright")


class Truth(NamedTuple):
    """Which tags hold for a picture; all others do not, but for those on which people would differ."""

    holds: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    def with_(self, *tags: str) -> Truth:
        """Let these hold."""
        return Truth(self.holds | set(tags), self.unsure - set(tags))

    def without(self, *tags: str) -> Truth:
        """Let these not hold."""
        return Truth(self.holds - set(tags), self.unsure - set(tags))

    def asking(self, *tags: str) -> Truth:
        """Leave these out of the count."""
        return Truth(self.holds - set(tags), self.unsure | set(tags))


class Case(NamedTuple):
    """A changed photo."""

    what: str
    image: Image.Image
    truth: Truth


def cases(photo: Image.Image, truth: Truth) -> Iterator[Case]:
    """Yield the photo and everything made from it.

    Args:
        photo: RGB or RGBA.
        truth: What holds for it, sizes left out.
    """
    yield Case("as it is", photo, truth)
    rgb = Image.new("RGB", photo.size, "white")
    rgb.paste(photo, mask=photo.getchannel("A") if photo.mode == "RGBA" else None)
    flat = truth
    if "transparent background" in truth.holds:
        flat = truth.without("transparent background").with_("white background")
    yield from _blurred(rgb, flat)
    yield from _lit(rgb, flat)
    yield from _recoloured(rgb, flat)
    yield from _framed(rgb, flat)
    yield from _placed(rgb, flat)
    yield from _cut_and_scaled(rgb, flat)
    yield from _spoiled(rgb, flat)


def _blurred(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    scale = max(1.0, max(rgb.size) / 768)  # radii as they are seen at 768 px
    for radius in (2, 3, 4, 8):
        soft = rgb.filter(ImageFilter.GaussianBlur(radius * scale))
        yield Case(f"blurred {radius}", soft, truth.with_("blurry").asking("blurry background", "simple background"))
    noisy = _noisy(rgb.filter(ImageFilter.GaussianBlur(4 * scale)), 6)
    yield Case("blurred 4, noise 6", noisy, truth.with_("blurry").asking("blurry background", "simple background"))
    yield Case("blurred 0.7", rgb.filter(ImageFilter.GaussianBlur(0.7 * scale)), truth)
    if "blurry" not in truth.unsure | truth.holds and not truth.holds & set(BACKGROUNDS):
        for radius in (5, 9):
            mask = Image.new("L", rgb.size, 0)
            ImageDraw.Draw(mask).ellipse(
                (rgb.width * 0.2, rgb.height * 0.2, rgb.width * 0.8, rgb.height * 0.8), fill=255
            )
            mask = mask.filter(ImageFilter.GaussianBlur(4))
            mixed = Image.composite(rgb, rgb.filter(ImageFilter.GaussianBlur(radius * scale)), mask)
            changed = truth.asking("simple background") if "blurry background" in truth.unsure else truth
            yield Case(
                f"surround blurred {radius}", mixed, changed.with_("blurry background").asking("simple background")
            )


def _lit(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    moved = (
        *THEMES,
        *BACKGROUNDS,
        "greyscale" if "greyscale" not in truth.holds else "dark",
        "blurry",
        "blurry background",
    )
    if "monochrome" not in truth.holds:
        moved = (*moved, "monochrome")
    for factor in (0.15, 0.25, 0.35):
        darker = ImageEnhance.Brightness(rgb).enhance(factor)
        yield Case(f"darkened {factor}", darker, truth.asking(*moved).with_("dark").without("bright"))
    for factor in (0.15, 0.25, 0.35):
        lighter = ImageOps.invert(ImageEnhance.Brightness(ImageOps.invert(rgb)).enhance(factor))
        yield Case(f"brightened {factor}", lighter, truth.asking(*moved).with_("bright").without("dark"))
    for factor in (0.75, 1.2):
        yield Case(f"light {factor}", ImageEnhance.Brightness(rgb).enhance(factor), truth.asking(*BACKGROUNDS, *THEMES))


_TARGETS = {
    "red theme": (0, 0.75, 0.0, 1.0, (200, 20, 30)),
    "orange theme": (30, 0.8, 0.8, 1.0, (240, 130, 20)),
    "yellow theme": (54, 0.75, 0.65, 1.0, (240, 220, 40)),
    "green theme": (120, 0.6, 0.0, 1.0, (40, 150, 50)),
    "aqua theme": (180, 0.6, 0.1, 1.0, (30, 190, 200)),
    "blue theme": (222, 0.7, 0.0, 1.0, (30, 60, 200)),
    "purple theme": (275, 0.6, 0.0, 1.0, (130, 40, 180)),
    "pink theme": (335, 0.45, 0.5, 1.0, (245, 130, 180)),
    "brown theme": (26, 0.65, 0.0, 0.5, (120, 70, 30)),
}
"""Theme → hue in degrees, saturation at least, value from and to, and the colour of a tint."""


def _recoloured(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    grey = rgb.convert("L")
    plain = truth.asking(*_LIGHT, *THEMES, "blurry", "blurry background")
    yield Case("greyscaled", grey.convert("RGB"), truth.with_("greyscale", "monochrome").without(*THEMES))
    sepia = ImageOps.colorize(grey, (30, 20, 10), (255, 240, 205), mid=(150, 115, 75))
    tinted = plain.with_("monochrome").without("greyscale").asking(*BACKGROUNDS)
    yield Case("sepia", sepia, tinted)
    yield Case("sepia, JPEG 40", _jpeg(sepia, 40), tinted)
    spread = float(np.asarray(grey).std())
    most = np.asarray(grey)
    extreme = ((most < 20) | (most > 235)).mean() > 0.25  # black and white keep no hue
    dim = most.mean() < 110  # dark orange is brown, dark yellow olive
    for theme, (hue, least, low, high, colour) in _TARGETS.items():
        duotone = ImageOps.colorize(grey, "black", "white", mid=colour)
        related = {"brown theme", "orange theme"} if theme in {"brown theme", "orange theme"} else set()
        related |= {"pink theme", "red theme"} if theme in {"pink theme", "red theme"} else set()
        others = [name for name in THEMES if name != theme]
        changed = tinted.without(*others).asking(*related)
        unclear = extreme or spread > 90 or (dim and theme in {"orange theme", "yellow theme"})
        changed = changed.asking(theme) if unclear else changed.with_(theme)
        yield Case(f"tinted {theme}", duotone, changed)
        hsv = np.asarray(rgb.convert("HSV")).astype(np.float32)
        hsv[..., 0] = (hue + (hsv[..., 0] / 255 - 0.5) * 14) % 360 / 360 * 255
        hsv[..., 1] = np.clip(np.maximum(hsv[..., 1], least * 255), 0, (least + 0.2) * 255)
        hsv[..., 2] = low * 255 + hsv[..., 2] * (high - low)
        hued = Image.merge("HSV", [Image.fromarray(hsv[..., i].astype(np.uint8)) for i in range(3)]).convert("RGB")
        dark = (hsv[..., 2] < 60).mean() > 0.25
        changed = plain.without(*others, "greyscale").asking("monochrome", *BACKGROUNDS, *related)
        yield Case(f"recoloured {theme}", hued, changed.asking(theme) if dark else changed.with_(theme))


def _framed(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    edge = np.concatenate([np.asarray(rgb)[0], np.asarray(rgb)[-1], np.asarray(rgb)[:, 0], np.asarray(rgb)[:, -1]])
    shade = float(np.median(edge))
    for name, colour, share in (("white", 255, 0.015), ("white", 255, 0.03), ("black", 0, 0.05), ("grey", 128, 0.08)):
        if abs(shade - colour) < 60 or truth.unsure & {"simple background", "border"}:
            continue  # a border of the background's colour is no border
        width = round(max(rgb.size) * share)
        framed = ImageOps.expand(rgb, width, (colour,) * 3)
        yield Case(
            f"border {name} {share}", framed, truth.with_("border").asking("blurry background", *_LIGHT, *THEMES)
        )
    bars = Image.new("RGB", (rgb.width, round(rgb.height * 1.25)))
    bars.paste(rgb, (0, round(rgb.height * 0.125)))
    changed = truth.asking(*BACKGROUNDS, *_LIGHT, *THEMES, "blurry", "blurry background")
    if not truth.holds & set(BACKGROUNDS) and shade > 40:
        yield Case("letterboxed", bars, changed.without("border"))


def _placed(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    width, height = rgb.size
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, width - 1, height - 1), fill=255)
    size, at = (round(width * 1.4), round(height * 1.4)), (round(width * 0.2), round(height * 0.35))
    plain = truth.asking(*THEMES, *_LIGHT, "blurry").without(*BACKGROUNDS, "blurry background", "border")
    if "greyscale" not in truth.holds:
        plain = plain.asking("monochrome")
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    fade = np.stack([60 + 120 * y, 90 + 60 * x, 200 - 60 * y], axis=2).astype(np.uint8)
    canvases = {
        "white": (Image.new("RGB", size, "white"), ("white background", "simple background")),
        "black": (Image.new("RGB", size, "black"), ("black background", "simple background")),
        "light grey": (Image.new("RGB", size, (225, 225, 225)), ("simple background",)),
        "flat green": (Image.new("RGB", size, (70, 150, 90)), ("simple background",)),
        "gradient": (Image.fromarray(fade), ("simple background",)),
    }
    for name, (canvas, tags) in canvases.items():
        canvas.paste(rgb, at, mask)
        changed = plain.with_(*tags)
        if name in {"flat green", "gradient"}:
            changed = changed.without("greyscale").asking("monochrome")
        yield Case(f"on {name}", canvas, changed)
        yield Case(f"on {name}, JPEG 60", _jpeg(canvas, 60), changed)
        yield Case(f"on {name}, noise 6", _noisy(canvas, 6), changed)
    cut = Image.new("RGBA", size, (0, 0, 0, 0))
    cut.paste(rgb, at, mask)
    yield Case("on transparent", cut, plain.with_("transparent background", "simple background"))
    # Like a portrait: the subject is cut by the lower edge.
    bust = Image.new("RGB", (size[0], at[1] + round(height * 0.6)), "white")
    bust.paste(rgb, at, mask)
    yield Case("on white, cut below", bust, plain.with_("white background", "simple background"))


def _cut_and_scaled(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    width, height = rgb.size
    shape_only = truth.asking(*truth.holds, *THEMES, *BACKGROUNDS, *_LIGHT, "blurry", "blurry background", "border")
    shape_only = shape_only.asking("monochrome", "greyscale", *truth.unsure)
    for name, ratio in (("5:1", 5.0), ("3:1", 3.0)):
        high = round(width / ratio)
        yield Case(
            f"cropped {name}", rgb.crop((0, (height - high) // 2, width, (height - high) // 2 + high)), shape_only
        )
        across = round(height / ratio)
        left = (width - across) // 2
        yield Case(f"cropped tall {name}", rgb.crop((left, 0, left + across, height)), shape_only)
    half = rgb.resize((width // 2, height // 2), Image.Resampling.LANCZOS)
    yield Case(
        "half the size", half, truth.asking("blurry", "blurry background") if truth.holds & {"blurry"} else truth
    )
    for longer in (1800, 3400):
        scale = longer / max(width, height)
        large = rgb.resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
        yield Case(f"enlarged to {longer}", large, truth.asking("blurry", "blurry background"))


def _spoiled(rgb: Image.Image, truth: Truth) -> Iterator[Case]:
    for quality in (30, 60):
        yield Case(f"JPEG {quality}", _jpeg(rgb, quality), truth)
    for sigma in (6, 14):
        yield Case(f"noise {sigma}", _noisy(rgb, sigma), truth)


def _jpeg(rgb: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    rgb.save(file, "JPEG", quality=quality)
    return Image.open(file)


def _noisy(rgb: Image.Image, sigma: float) -> Image.Image:
    noise = np.random.default_rng(7).normal(0, sigma, (rgb.height, rgb.width, 1))
    return Image.fromarray(np.clip(np.asarray(rgb) + noise, 0, 255).astype(np.uint8))
