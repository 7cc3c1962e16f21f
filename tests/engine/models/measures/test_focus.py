"""Blur is measured as the radius that made it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from engine.models.measures.focus import centre_and_surround, edges_of, sharpest


@pytest.mark.parametrize("radius", [1.5, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("contrast", [40, 200])
def test_the_radius_of_a_blurred_edge_is_found(radius: float, contrast: int) -> None:
    """Within 15 %, whatever the edge's contrast."""
    image = Image.new("L", (320, 320), 30)
    for n in range(5):  # each edge in the middle of its tile
        ImageDraw.Draw(image).rectangle((8 + n * 64, 0, 39 + n * 64, 320), fill=30 + contrast)
    edges = edges_of(image.filter(ImageFilter.GaussianBlur(radius)))
    found = sharpest(edges, edges.contrast >= 0, 16)
    assert found == pytest.approx(radius, rel=0.15)


def test_a_flat_picture_has_no_edges() -> None:
    """Where nothing can be seen, nothing is said."""
    edges = edges_of(Image.new("L", (200, 200), 90))
    assert sharpest(edges, edges.contrast >= 0, 16) is None


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (17, 5), (300, 17)])
def test_small_pictures_are_measured_as_far_as_they_go(size: tuple[int, int]) -> None:
    """Fewer than a tile is no tile."""
    edges = edges_of(Image.new("L", size))
    assert edges.radius.shape == edges.contrast.shape == ((size[1] - 1) // 16, (size[0] - 1) // 16)


def test_centre_and_surround_do_not_touch() -> None:
    """The middle is in one, the corners in the other, the rest in neither."""
    edges = edges_of(Image.fromarray(np.zeros((400, 600), np.uint8)))
    centre, surround = centre_and_surround(edges)
    assert not (centre & surround).any()
    assert centre[12, 18]
    assert surround[0, 0]
    assert not (centre | surround).all()
