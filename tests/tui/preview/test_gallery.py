"""Drawing: proportions, odd pictures, unreadable files, and what is kept."""

from __future__ import annotations

import os
import queue
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tui.preview.choice import Drawing
from tui.preview.gallery import Drawn, Gallery, Wanted, draw

if TYPE_CHECKING:
    from pathlib import Path

HALF = Drawing("half", palette256=False, why="")
GROUND = (1, 2, 3)


def wanted(path: Path, width: int = 40, height: int = 20) -> Wanted:
    """Wish for a picture in a room of cells."""
    return Wanted(path, 1, 1, width, height, GROUND)


def drawn_size(drawn: Drawn) -> tuple[int, int]:
    """Return how many cells of a drawing are picture: those not in the colour of the ground."""
    marks = [[segment for segment in strip if segment.text.strip()] for strip in drawn.strips]
    return max(sum(len(s.text) for s in line) for line in marks), sum(bool(line) for line in marks)


@pytest.mark.parametrize(
    ("size", "cells"), [((100, 100), (40, 20)), ((200, 100), (40, 10)), ((100, 400), (10, 20)), ((1, 1000), (1, 20))]
)
def test_picture_keeps_its_proportions(tmp_path: Path, size: tuple[int, int], cells: tuple[int, int]) -> None:
    """A square picture takes twice as many columns as rows, as a cell is twice as high as wide."""
    Image.new("RGB", size, (200, 0, 0)).save(tmp_path / "a.png")
    drawn = draw(wanted(tmp_path / "a.png"), HALF)
    assert drawn_size(drawn) == cells
    assert {strip.cell_length for strip in drawn.strips} == {40}
    assert len(drawn.strips) == 20


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_is_drawn(tmp_path: Path, mode: str) -> None:
    """Pictures of any mode that Pillow writes are shown."""
    path = tmp_path / "a.tif"
    Image.new(mode, (30, 20)).save(path)
    assert draw(wanted(path), HALF).problem == ""


def test_exif_orientation_is_followed(tmp_path: Path) -> None:
    """A picture that is stored sideways is shown upright, and so are its width and height."""
    image = Image.new("RGB", (200, 100), (200, 0, 0))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    drawn = draw(wanted(tmp_path / "a.jpg"), HALF)
    assert drawn.facts is not None
    assert drawn.facts[:2] == (100, 200)
    assert drawn_size(drawn) == (20, 20)


def test_unreadable_files_say_why(tmp_path: Path) -> None:
    """Text, a truncated picture, a missing file and a pipe give a reason, not an error, and none of them waits."""
    (tmp_path / "text.png").write_text("hello")
    Image.effect_noise((200, 200), 50).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:3000])
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("text.png", "cut.png", "missing.png", "pipe.png"):
        drawn = draw(wanted(tmp_path / name), HALF)
        assert drawn.problem
        assert not drawn.strips


def test_without_pictures_the_head_is_still_read(tmp_path: Path) -> None:
    """With `--preview none` the size is known and nothing is drawn."""
    Image.new("RGB", (30, 20)).save(tmp_path / "a.png")
    drawn = draw(wanted(tmp_path / "a.png"), Drawing(None, palette256=False, why=""))
    assert drawn.facts == (30, 20, "PNG")
    assert not drawn.strips


def test_gallery_tells_the_first_and_keeps_the_neighbours(tmp_path: Path) -> None:
    """What is looked at is told when it is drawn; what was drawn ahead is there at once."""
    for name in "ab":
        Image.new("RGB", (30, 20)).save(tmp_path / f"{name}.png")
    first, second = wanted(tmp_path / "a.png"), wanted(tmp_path / "b.png")
    told: queue.Queue[Drawn] = queue.Queue()
    gallery = Gallery(HALF, told.put)
    assert gallery.want([first, second]) is None
    assert told.get(timeout=10).wanted == first
    kept = gallery.want([second, first]) or told.get(timeout=10)
    assert kept.wanted == second
    again = gallery.want([first])
    assert again is not None
    assert again.wanted == first
    gallery.close()
