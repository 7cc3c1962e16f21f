"""Decoding pictures: upright, sRGB, bounded, and a clear sentence for what cannot be read."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageCms, features

from engine.errors import Unreadable
from engine.models import pictures
from engine.models.fit import Fit
from engine.models.fitting import fitted
from engine.models.pictures import decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def as_file(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    """Write a picture into memory."""
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def test_content_and_file_give_the_same_picture(tmp_path: Path) -> None:
    """A file and its content decode alike; the digest is that of the content."""
    content = as_file(Image.new("RGB", (5, 3), (10, 20, 30)))
    file = tmp_path / "a.png"
    file.write_bytes(content)
    picture = decode(file)
    assert picture.digest == hashlib.sha256(content).digest() == decode(content).digest
    assert picture.pixels.shape == (3, 5, 3)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels[0, 0].tolist() == [10, 20, 30]
    assert (picture.original_size, picture.mode, picture.alpha) == ((5, 3), "RGB", None)


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_exif_orientation_is_turned_upright(turn: int) -> None:
    """The red corner is at the top left, whichever way the camera was held."""
    upright = Image.new("RGB", (40, 20), "blue")
    upright.paste("red", (0, 0, 10, 10))
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]  # Image.Transpose that undoes it
    stored = upright if back is None else upright.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = turn
    picture = decode(as_file(stored, exif=exif))
    assert picture.original_size == (40, 20)
    assert picture.pixels[5, 5].tolist() == [255, 0, 0]
    assert picture.pixels[15, 35].tolist() == [0, 0, 255]


def test_a_large_jpeg_is_reduced_no_further_than_asked() -> None:
    """The copy is smaller, its longer side at least as asked, and the true size is kept."""
    for kind in ("JPEG", "PNG", "WEBP"):
        picture = decode(as_file(Image.new("RGB", (1600, 900), "green"), kind), at_least_px=300)
        assert 300 <= max(picture.pixels.shape) < 700
        assert picture.original_size == (1600, 900)


@pytest.mark.parametrize(("size", "px"), [((1, 4000), 100), ((4000, 1), 100), ((1, 1), 768), ((3, 2), 1)])
def test_extreme_shapes_keep_at_least_one_pixel(size: tuple[int, int], px: int) -> None:
    """A line and a dot decode, reduced or not."""
    for kind in ("JPEG", "PNG"):
        picture = decode(as_file(Image.new("RGB", size, "red"), kind), at_least_px=px)
        assert picture.original_size == size
        assert min(picture.pixels.shape[:2]) >= 1
        assert max(picture.pixels.shape[:2]) >= min(px, *[max(size)])


def test_transparent_places_become_white_and_alpha_is_kept() -> None:
    """Colours hidden under transparency never show; alpha is that of the file."""
    image = Image.new("RGBA", (4, 2), (255, 0, 0, 0))
    image.putpixel((3, 1), (0, 0, 255, 255))
    picture = decode(as_file(image))
    assert picture.pixels[0, 0].tolist() == [255, 255, 255]
    assert picture.pixels[1, 3].tolist() == [0, 0, 255]
    assert picture.alpha is not None
    assert (picture.alpha[0, 0], picture.alpha[1, 3]) == (0, 255)


def test_a_palette_with_transparency_has_alpha() -> None:
    """A GIF's transparent colour is transparent, not a colour."""
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 255, 0, 255, 0, 0])
    image.putpixel((0, 0), 0)
    picture = decode(as_file(image, "GIF", transparency=0))
    assert picture.alpha is not None
    assert picture.alpha[0, 0] == 0
    assert picture.pixels[0, 0].tolist() == [255, 255, 255]
    assert picture.pixels[2, 2].tolist() == [255, 0, 0]


def test_sixteen_bit_grey_keeps_its_scale() -> None:
    """Half of 65535 is half of 255, not white."""
    image = Image.fromarray(np.full((4, 4), 32768, np.uint16))
    assert abs(int(decode(as_file(image)).pixels[0, 0, 0]) - 128) <= 1
    assert abs(int(decode(as_file(image, "TIFF")).pixels[0, 0, 1]) - 128) <= 1


def test_a_float_tiff_is_scaled_from_one() -> None:
    """Fractions from 0 to 1 are light from black to white."""
    image = Image.fromarray(np.full((4, 4), 0.5, np.float32))
    assert abs(int(decode(as_file(image, "TIFF")).pixels[0, 0, 0]) - 128) <= 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "YCbCr"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    """White stays white in every way of storing it."""
    image = Image.new("RGB", (8, 8), "white").convert(mode)
    kind = "JPEG" if mode in {"CMYK", "YCbCr"} else "PNG"
    assert decode(as_file(image, kind)).pixels.min() >= 250


def test_an_animation_gives_its_first_frame() -> None:
    """Later frames are not looked at."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    picture = decode(as_file(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))
    assert picture.pixels[4, 4].tolist() == [255, 0, 0]


def test_a_profile_changes_colours_to_srgb() -> None:
    """A picture in another colour space is converted; a broken profile is passed over."""
    image = Image.new("RGB", (4, 4), (100, 150, 200))
    assert decode(as_file(image, icc_profile=b"no profile")).pixels[0, 0].tolist() == [100, 150, 200]
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert decode(as_file(image, icc_profile=srgb.tobytes())).pixels[0, 0].tolist() == [100, 150, 200]
    # A space in which what is called red is blue, and the other way round.
    swapped = srgb.tobytes().replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    swapped = swapped.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)
    pixel = decode(as_file(image, icc_profile=swapped)).pixels[0, 0].astype(int)
    assert abs(pixel - [200, 150, 100]).max() <= 3


def a_profile(_image: Image.Image) -> dict[str, Any]:
    """Return a profile in which what is called red is blue."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    return {
        "icc_profile": swapped.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)
    }


def turned(_image: Image.Image) -> dict[str, Any]:
    """Return the EXIF of a camera held sideways."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return {"exif": exif}


def animated(image: Image.Image) -> dict[str, Any]:
    """Return a second frame."""
    return {"save_all": True, "append_images": [ImageChops.invert(image)], "lossless": True}


def see_through(image: Image.Image) -> dict[str, Any]:
    """Make a quarter of the picture transparent."""
    image.putalpha(Image.radial_gradient("L").resize(image.size))
    return {}


FITTED: dict[str, tuple[str, str, Callable[[Image.Image], dict[str, Any]] | None]] = {
    "grey": ("L", "JPEG", None),
    "grey with alpha": ("LA", "PNG", None),
    "ink": ("CMYK", "JPEG", None),
    "16 bits": ("I;16", "PNG", None),
    "palette": ("P", "PNG", None),
    "black and white": ("1", "PNG", None),
    "alpha": ("RGB", "PNG", see_through),
    "turned by EXIF": ("RGB", "JPEG", turned),
    "profile": ("RGB", "PNG", a_profile),
    "animated": ("RGB", "WEBP", animated),
}


@pytest.mark.parametrize("kind", FITTED)
@pytest.mark.parametrize("size", [(90, 60), (1, 1), (1, 4000), (4000, 1)])
def test_every_kind_of_picture_is_fitted_as_it_looks(kind: str, size: tuple[int, int]) -> None:
    """The square is made of what the picture looks like in full: upright, in sRGB, on white, its first frame."""
    mode, file, more = FITTED[kind]
    image = Image.effect_noise(size, 90).convert("RGB")
    image.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
    content = as_file(image.convert(mode), file, **(more(image) if more else {})) if more is not see_through else b""
    if more is see_through:
        see_through(image)
        content = as_file(image)
    whole = decode(content)
    for how, resample in (("pad", "bicubic"), ("squash", "area")):
        fit = Fit(64, how, (0, 0, 255), resample)  # type: ignore[arg-type]  # the words are those of the type
        picture = decode(content, fit=fit)
        expected = fitted(Image.fromarray(whole.pixels), fit)
        if max(size) < 2 * fit.size or file != "JPEG":
            assert np.array_equal(picture.pixels, expected)
        assert picture.pixels.shape == (64, 64, 3)
        assert (picture.alpha, picture.original_size, picture.mode) == (None, whole.original_size, whole.mode)
        assert picture.digest == whole.digest


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("size", [(1029, 517), (515, 1030)])
def test_a_reduced_jpeg_is_fitted_as_the_whole(
    turn: int, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacked at a reduced size, of a size that cannot be halved, it lies where the whole would, however it is turned."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    waves = 128 + 100 * np.sin(x / 40) * np.sin(y / 30)
    exif = Image.Exif()
    exif[0x0112] = turn
    content = as_file(Image.fromarray(waves.astype(np.uint8)).convert("RGB"), "JPEG", quality=95, exif=exif)
    for how in ("pad", "squash"):
        fit = Fit(64, how)
        with monkeypatch.context() as patch:
            patch.setattr(pictures, "_ENOUGH", 1000)
            whole = decode(content, fit=fit)
            patch.setattr(pictures, "_ENOUGH", 2)
            reduced = decode(content, fit=fit)
        off = np.abs(whole.pixels.astype(int) - reduced.pixels)
        assert 0 < off.max() <= 12
        assert off.mean() < 1


def test_a_jpeg_is_unpacked_at_a_reduced_size_only_where_that_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides of what is squashed, and the longer one of what is padded, keep so many times the square."""
    unpacked: list[tuple[int, int]] = []
    in_colour = pictures._colours

    def noting(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
        unpacked.append(image.size)
        return in_colour(image)

    monkeypatch.setattr(pictures, "_colours", noting)
    content = as_file(Image.new("RGB", (4000, 1000)), "JPEG")
    for how, resample in (("pad", "area"), ("squash", "area"), ("shrink-then-pad", "lanczos"), ("pad-edge", "kohya")):
        decode(content, fit=Fit(100, how, resample=resample))  # type: ignore[arg-type]  # words of the type
        width, height = unpacked.pop()
        least = height if how == "squash" else width
        assert 400 <= least < 800


def test_a_very_large_picture_is_fitted() -> None:
    """12,000x9,000 px are under the limit, in whatever format; the side is what was asked for."""
    image = Image.new("L", (12_000, 9_000), 100)
    image.paste(200, (0, 0, 12_000, 4_500))
    for content in (as_file(image, "JPEG"), as_file(image, compress_level=1)):
        picture = decode(content, fit=Fit(64))
        assert picture.original_size == (12_000, 9_000)
        assert picture.pixels[[0, 20, 40, 63], 32, 0].tolist() == [255, 200, 100, 255]


def a_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG of a size; its pixels are not there."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\0IDAT"
    )


def test_above_250_megapixels_a_picture_is_refused() -> None:
    """The limit holds for pictures that are fitted, too, and is read off the header."""
    with pytest.raises(Unreadable, match="16000x16000 px, more than 250 megapixels") as refusal:
        decode(a_header(16_000, 16_000), fit=Fit(64))
    assert "max_megapixels" in refusal.value.hint
    with pytest.raises(Unreadable, match="truncated"):
        decode(a_header(1_600, 1_600), fit=Fit(64))


def test_too_many_pixels_are_refused_before_they_are_unpacked() -> None:
    """The sentence says how large the picture is and what the limit is."""
    content = as_file(Image.new("L", (1500, 1000)))
    with pytest.raises(Unreadable, match="1500x1000 px, more than 1 megapixels"):
        decode(content, max_megapixels=1)
    assert decode(content, max_megapixels=2).original_size == (1500, 1000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_a_truncated_picture_is_refused(kind: str, tmp_path: Path) -> None:
    """Half a file is no picture, and the message says what to do."""
    noise = np.random.default_rng(1).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    content = as_file(Image.fromarray(noise), kind)
    file = tmp_path / "half.img"
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(Unreadable, match=r"the picture is .*replace it"):
        decode(file)


def test_what_is_no_picture_is_told_apart(tmp_path: Path) -> None:
    """Text, nothing, a folder and a missing file each get their own sentence, which leaves naming it to the caller."""
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for name, said in {
        "text.png": "not a picture of a kind",
        "empty.png": "is empty",
        "folder.png": "not a regular file",
        "pipe.png": "not a regular file",
        "gone.png": "No such file",
    }.items():
        with pytest.raises(Unreadable, match=said) as refusal:
            decode(tmp_path / name)
        assert str(tmp_path) not in str(refusal.value)


def test_a_format_that_runs_programs_is_not_opened() -> None:
    """PostScript is refused although Pillow knows it."""
    with pytest.raises(Unreadable):
        decode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")


def test_broken_bytes_fail_in_one_way() -> None:
    """Any damage gives a picture or Unreadable, never another error and never a warning."""
    chance = np.random.default_rng(3)
    noise = Image.fromarray(chance.integers(0, 255, (24, 24, 3)).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", *(["AVIF"] if features.check("avif") else [])):
        whole = np.frombuffer(as_file(noise, kind, exif=exif), np.uint8)
        for _ in range(60):
            broken = whole.copy()
            broken[chance.integers(0, min(len(broken), 200), 4)] = chance.integers(0, 256, 4)
            try:
                picture = decode(broken.tobytes(), at_least_px=10, max_megapixels=4)
            except Unreadable:
                continue
            assert picture.pixels.ndim == 3


def test_warnings_of_pillow_do_not_reach_the_terminal() -> None:
    """Decoding a picture that Pillow warns about prints nothing, even where warnings are errors."""
    program = """
import io
from PIL import Image
from engine.models.pictures import decode
image = Image.new("P", (4, 4)); image.putpalette([0, 255, 0, 255, 0, 0])
file = io.BytesIO(); image.save(file, "PNG", transparency=bytes([0, 255]))
decode(file.getvalue())
file = io.BytesIO(); Image.new("RGB", (8, 8)).save(file, "JPEG", exif=b"Exif\\0\\0MM\\0*\\0\\0\\0\\x08\\0\\x09")
decode(file.getvalue())
import warnings
warnings.warn_explicit("odd", UserWarning, "x.py", 1, module="PIL.Anything")
"""
    for level in ("default", "error"):
        command = [sys.executable, "-W", level, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
