"""Every tag of `pixel_stats` on pictures made for it: one that must fire, and near misses that must not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from engine.errors import BadSetting
from engine.models import registry
from engine.models.adapters.pixel_stats import NAMES, PixelStats, measure
from engine.models.contract import Ask
from engine.models.pictures import decode

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (480, 360)


def scores(image: Image.Image) -> dict[str, float]:
    """Score a picture as it would be read from a file, with the default options."""
    file = io.BytesIO()
    image.save(file, "PNG")
    entry = registry.find("pixel_stats")
    options = {name: option.default for name, option in entry.options.items()}
    return measure(decode(file.getvalue(), entry.picture_px), options)


def tags(image: Image.Image) -> set[str]:
    """Return the tags at or above the default threshold."""
    threshold = registry.find("pixel_stats").threshold or 0.0
    return {name for name, score in scores(image).items() if score >= threshold}


def scene(size: tuple[int, int] = SIZE, seed: int = 5) -> Image.Image:
    """Draw something busy and sharp, of all hues and shades, up to its edges."""
    chance = np.random.default_rng(seed)
    image = Image.new("RGB", size, (120, 120, 120))
    draw = ImageDraw.Draw(image)
    for _ in range(400):
        x, y = (int(chance.integers(-20, side)) for side in size)
        width, height = (int(n) for n in chance.integers(10, 60, 2))
        colour = tuple(int(n) for n in chance.integers(20, 236, 3))
        draw.rectangle((x, y, x + width, y + height), fill=colour)
    return image


def blurred(radius: float) -> Image.Image:
    """Blur the whole scene."""
    return scene().filter(ImageFilter.GaussianBlur(radius))


def soft_around(radius: float, middle: float = 0.0) -> Image.Image:
    """Blur what surrounds the middle of the scene, and the middle by its own radius."""
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).ellipse((100, 70, 380, 290), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(4))
    return Image.composite(blurred(middle), blurred(radius), mask)


def lit(least: int, most: int) -> Image.Image:
    """Squeeze the scene's light between two values."""
    return scene().point([round(least + i * (most - least) / 255) for i in range(256)] * 3)


def toned(middle: str | tuple[int, int, int], scale: float = 1.0) -> Image.Image:
    """Tint the scene with one colour, scaled in brightness."""
    grey = ImageOps.autocontrast(scene().convert("L")).point([round(60 + i * 140 / 255) for i in range(256)])
    return ImageOps.colorize(grey, "black", "white", mid=middle).point([round(i * scale) for i in range(256)] * 3)


def placed(canvas: Image.Image, size: tuple[int, int] = (260, 220), at: tuple[int, int] = (110, 100)) -> Image.Image:
    """Put a round piece of the scene on a canvas."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).ellipse((0, 0, size[0] - 1, size[1] - 1), fill=255)
    canvas.paste(scene(size), at, mask)
    return canvas


def plain(colour: tuple[int, ...]) -> Image.Image:
    """Make a canvas of one colour."""
    return Image.new("RGBA" if len(colour) == 4 else "RGB", SIZE, colour)


def slope() -> Image.Image:
    """Make a canvas whose colour changes smoothly."""
    x, y = np.meshgrid(np.linspace(0, 1, SIZE[0]), np.linspace(0, 1, SIZE[1]))
    return Image.fromarray(np.stack([60 + 90 * x, 90 + 60 * y, 210 - 70 * x], axis=2).astype(np.uint8))


def grain() -> Image.Image:
    """Make a canvas like a plastered wall: one colour, but uneven."""
    rough = np.random.default_rng(2).normal(150, 60, (45, 60)).clip(0, 255).astype(np.uint8)
    return Image.fromarray(rough).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")


def framed(widths: tuple[int, int, int, int], colour: str = "white") -> Image.Image:
    """Put bars on the scene: left, top, right, bottom."""
    return ImageOps.expand(scene(), widths, colour)


def sky() -> Image.Image:
    """Make the upper 40 % of the scene white."""
    image = scene()
    image.paste("white", (0, 0, SIZE[0], SIZE[1] * 4 // 10))
    return image


def half_transparent() -> Image.Image:
    """Make the lower third of the scene transparent, and all of it a little."""
    image = scene().convert("RGBA")
    image.putalpha(200)
    image.paste((0, 0, 0, 0), (0, SIZE[1] * 2 // 3, *SIZE))
    return image


def striped(share: float, colour: str) -> Image.Image:
    """Cover a share of a grey scene with one colour."""
    image = scene().convert("L").convert("RGB")
    image.paste(colour, (0, 0, round(SIZE[0] * share), SIZE[1]))
    return image


MUST: list[tuple[str, Callable[[], Image.Image]]] = [
    ("blurry", lambda: blurred(2.5)),
    ("blurry", lambda: blurred(12)),
    ("blurry", lambda: ImageOps.expand(blurred(4), 20, "white")),
    ("blurry background", lambda: soft_around(5)),
    ("dark", lambda: lit(0, 70)),
    ("bright", lambda: lit(190, 255)),
    ("monochrome", lambda: toned((150, 115, 75))),
    ("monochrome", lambda: toned("blue")),
    ("monochrome", lambda: scene().convert("L")),
    ("greyscale", lambda: scene().convert("L")),
    ("greyscale", lambda: scene().convert("L").convert("RGB")),
    ("red theme", lambda: toned((210, 20, 30))),
    ("orange theme", lambda: toned((250, 140, 20))),
    ("yellow theme", lambda: toned((245, 225, 40))),
    ("green theme", lambda: toned((40, 160, 50))),
    ("aqua theme", lambda: toned((30, 190, 200))),
    ("blue theme", lambda: toned((30, 60, 210))),
    ("purple theme", lambda: toned((130, 40, 190))),
    ("pink theme", lambda: toned((250, 130, 180))),
    ("brown theme", lambda: toned((130, 75, 30), 0.8)),
    ("white background", lambda: placed(plain((255, 255, 255)))),
    ("white background", lambda: placed(plain((248, 247, 246)))),
    ("white background", lambda: placed(plain((255, 255, 255)), at=(110, 180))),
    ("black background", lambda: placed(plain((0, 0, 0)))),
    ("transparent background", lambda: placed(plain((0, 0, 0, 0)))),
    ("simple background", lambda: placed(plain((70, 150, 90)))),
    ("simple background", lambda: placed(slope())),
    ("border", lambda: framed((12, 12, 12, 12))),
    ("border", lambda: framed((8, 8, 8, 60), "black")),
    ("lowres", lambda: scene((500, 500))),
    ("highres", lambda: scene((1600, 300))),
    ("highres", lambda: scene((300, 1200))),
    ("absurdres", lambda: scene((3200, 800))),
    ("absurdres", lambda: scene((800, 2400))),
    ("wide image", lambda: scene((400, 100))),
    ("tall image", lambda: scene((100, 400))),
]

MUST_NOT: list[tuple[str, Callable[[], Image.Image]]] = [
    ("blurry", scene),
    ("blurry", lambda: blurred(0.8)),
    ("blurry", lambda: soft_around(8)),
    ("blurry", lambda: placed(slope())),
    ("blurry background", scene),
    ("blurry background", lambda: blurred(5)),
    ("blurry background", lambda: soft_around(0, 5)),
    ("blurry background", lambda: placed(slope())),
    ("dark", lambda: lit(0, 160)),
    ("dark", lambda: placed(plain((0, 0, 0)), (440, 340), (20, 10))),
    ("bright", lambda: lit(110, 255)),
    ("bright", lambda: placed(plain((255, 255, 255)))),
    ("monochrome", lambda: Image.blend(toned("red"), scene(), 0.5)),
    ("monochrome", lambda: striped(0.3, "red")),
    ("greyscale", lambda: toned((150, 115, 75))),
    ("greyscale", lambda: striped(0.05, "red")),
    ("red theme", lambda: toned((250, 130, 180))),
    ("red theme", lambda: striped(0.2, "red")),
    ("orange theme", lambda: toned((130, 75, 30), 0.8)),
    ("orange theme", lambda: striped(0.2, "orange")),
    ("yellow theme", lambda: toned((250, 140, 20))),
    ("green theme", lambda: toned((30, 190, 200))),
    ("aqua theme", lambda: toned((30, 60, 210))),
    ("blue theme", lambda: toned((130, 40, 190))),
    ("purple theme", lambda: toned((250, 130, 180))),
    ("pink theme", lambda: toned((130, 40, 190))),
    ("brown theme", lambda: toned((250, 140, 20))),
    ("white background", sky),
    ("white background", lambda: placed(plain((225, 225, 225)))),
    ("white background", lambda: placed(plain((255, 255, 255, 0)))),
    ("white background", lambda: framed((12, 12, 12, 12))),
    ("black background", lambda: placed(plain((40, 40, 40)))),
    ("black background", lambda: placed(plain((0, 0, 0, 0)))),
    ("black background", lambda: framed((12, 12, 12, 12), "black")),
    ("transparent background", half_transparent),
    ("transparent background", lambda: placed(plain((0, 0, 0, 255)))),
    ("simple background", scene),
    ("simple background", sky),
    ("simple background", lambda: blurred(8)),
    ("simple background", lambda: placed(grain())),
    ("border", lambda: placed(plain((255, 255, 255)))),
    ("border", lambda: framed((0, 40, 0, 40), "black")),
    ("border", lambda: framed((40, 40, 40, 0))),
    ("border", lambda: plain((255, 255, 255))),
    ("lowres", lambda: scene((501, 300))),
    ("highres", lambda: scene((1599, 1199))),
    ("absurdres", lambda: scene((3199, 700))),
    ("wide image", lambda: scene((399, 100))),
    ("tall image", lambda: scene((100, 399))),
]


@pytest.mark.parametrize(("tag", "made"), MUST, ids=lambda what: what if isinstance(what, str) else "")
def test_a_picture_made_for_a_tag_has_it(tag: str, made: Callable[[], Image.Image]) -> None:
    """The tag fires at the default threshold."""
    assert tag in tags(made())


@pytest.mark.parametrize(("tag", "made"), MUST_NOT, ids=lambda what: what if isinstance(what, str) else "")
def test_a_near_miss_has_it_not(tag: str, made: Callable[[], Image.Image]) -> None:
    """The tag stays away from what is only like it."""
    assert tag not in tags(made())


def test_every_tag_has_a_picture_and_a_near_miss() -> None:
    """No tag goes untested."""
    assert {tag for tag, _ in MUST} == {tag for tag, _ in MUST_NOT} == set(NAMES)


def test_an_ordinary_picture_has_no_tag_but_its_size() -> None:
    """A busy, sharp, colourful picture is nothing special."""
    assert tags(scene((640, 480))) == set()


def test_scores_lie_between_zero_and_one_and_cover_every_tag() -> None:
    """Nothing is left out, nothing is out of range, also for a picture of one pixel."""
    for image in (scene(), plain((0, 0, 0, 0)), Image.new("RGB", (1, 1)), Image.new("L", (1, 4000), 255)):
        got = scores(image)
        assert set(got) == set(NAMES)
        assert all(0.0 <= score <= 1.0 for score in got.values())


def test_more_blur_is_never_a_lower_score() -> None:
    """The score follows the radius."""
    rising = [scores(blurred(radius))["blurry"] for radius in (0, 1, 2, 3, 5, 8)]
    assert rising == sorted(rising)
    assert rising[0] < 0.2
    assert rising[-1] > 0.9


def test_an_option_moves_the_point_of_decision() -> None:
    """With a larger radius asked for, the same picture is no longer blurry."""
    file = io.BytesIO()
    blurred(2.5).save(file, "PNG")
    options = {name: option.default for name, option in registry.find("pixel_stats").options.items()}
    assert measure(decode(file.getvalue()), {**options, "blur_radius": 6.0})["blurry"] < 0.5


def test_a_reduced_copy_says_the_same() -> None:
    """Decoding a large picture at the size the catalogue asks for changes no tag."""
    file = io.BytesIO()
    scene((2000, 1500)).save(file, "JPEG", quality=95)
    entry = registry.find("pixel_stats")
    options = {name: option.default for name, option in entry.options.items()}
    whole, reduced = (
        measure(decode(file.getvalue()), options),
        measure(decode(file.getvalue(), entry.picture_px), options),
    )
    assert {n for n in whole if whole[n] >= 0.5} == {n for n in reduced if reduced[n] >= 0.5} == {"highres"}


def test_an_option_that_the_entry_lacks_is_named() -> None:
    """Another entry of this adapter, without its options, say."""
    file = io.BytesIO()
    scene().save(file, "PNG")
    adapter = PixelStats(registry.find("pixel_stats"), "cpu")
    with pytest.raises(BadSetting, match=r"the catalogue entry lacks options\.border_narrowest"):
        adapter.answer([decode(file.getvalue(), 768)], Ask({}))
