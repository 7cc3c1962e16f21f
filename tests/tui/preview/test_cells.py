"""Pixels as cells: the right shape, the right colours."""

from __future__ import annotations

from PIL import Image

from tui.preview.cells import SEXTANTS, cells_of
from tui.preview.strips import CellStrip

WHITE, BLACK = 0xFFFFFF, 0x000000


def picture(rows: str) -> Image.Image:
    """Return a picture of `#` (white) and `.` (black) pixels."""
    lines = rows.split()
    image = Image.new("RGB", (len(lines[0]), len(lines)))
    image.putdata([(255, 255, 255) if sign == "#" else (0, 0, 0) for line in lines for sign in line])
    return image


def test_half_cells_hold_two_pixels() -> None:
    """The upper pixel is the front colour of an upper half, the lower one is behind it."""
    (row,) = cells_of(picture("#. .#"), "half")
    assert row == ("▀▀", [WHITE, BLACK], [BLACK, WHITE])


def test_sextants_have_the_shape_of_the_light_pixels() -> None:
    """Each of the six pixels has its place in the sign; halves and full blocks are the old signs."""
    signs = [cells_of(picture(rows), "sextant")[0].signs for rows in ("#. .. ..", ".# .. ..", "#. #. #.", ".. .. .#")]
    assert signs == ["🬀", "🬁", "▌", "🬞"]


def test_all_sextants_differ() -> None:
    """64 shapes are 64 signs, from U+1FB00 to U+1FB3B but for the four that are older."""
    assert len(set(SEXTANTS)) == 64
    assert max(SEXTANTS[1:-1], key=ord) == "\U0001fb3b"


def test_flat_cell_is_blank() -> None:
    """A cell of one colour is a space on that colour: fewer bytes."""
    (row,) = cells_of(Image.new("RGB", (2, 3), (10, 20, 30)), "sextant")
    assert (row.signs, row.back) == (" ", [0x0A141E])


def test_palette_has_the_nearest_colour() -> None:
    """Red is red of the cube, a middle grey is of the grey ramp."""
    image = Image.new("RGB", (2, 2), (255, 0, 0))
    image.paste((128, 128, 128), (1, 0, 2, 2))
    (row,) = cells_of(image, "half", palette256=True)
    assert row.front == [196, 244]


def test_strip_says_the_same_in_codes_and_in_segments() -> None:
    """The codes made ahead and the segments made on demand show the same signs; only changed colours are said."""
    (row,) = cells_of(picture("##.. ...."), "half")
    strip = CellStrip(row, palette256=False)
    assert strip.cell_length == 4
    assert strip._render_cache == "\x1b[38;2;255;255;255;48;2;0;0;0m▀▀\x1b[38;2;0;0;0m▀▀\x1b[0m"
    assert strip.text == "▀▀▀▀"
    assert strip.crop(1, 3).text == "▀▀"
    assert [piece.cell_length for piece in strip.divide([1, 4])] == [1, 3]
    assert strip.divide([4]) == [strip]
