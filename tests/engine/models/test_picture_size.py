"""How large pictures are, from their headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from engine.models.picture_size import upright_size
from tests.pictures import make_picture

if TYPE_CHECKING:
    from pathlib import Path


def test_a_header_is_enough(tmp_path: Path) -> None:
    """A truncated file still says how large its picture is."""
    picture = make_picture(tmp_path / "a.png", size=(64, 48))
    picture.write_bytes(picture.read_bytes()[:100])
    assert upright_size(picture) == ((64, 48), "")


def test_a_sideways_picture_is_measured_upright(tmp_path: Path) -> None:
    """An EXIF orientation that turns the picture swaps width and height."""
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", exif=exif)
    assert upright_size(tmp_path / "a.jpg").size == (48, 64)


def test_what_is_no_picture_has_no_size(tmp_path: Path) -> None:
    """Neither text nor a file that is not there is measured; only of the first the file is to blame."""
    (tmp_path / "a.png").write_text("text")
    assert upright_size(tmp_path / "a.png") == (None, "the picture is not a picture of a kind that can be read")
    assert upright_size(tmp_path / "none.png") == (None, "")
