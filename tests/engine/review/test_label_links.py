"""How labels bear on each other: who is written alike, and who says whom."""

from __future__ import annotations

import pytest

from engine.captions.viewing.scores import LabelTable
from engine.captions.viewing.view import View
from engine.review.label_links import label_links

NAMES = ("very_long_hair", "long_hair", "hair", "sofa", "lamp", "cat")
TABLES = [LabelTable(("sofa",), ("general",)), LabelTable(NAMES, ("general",) * len(NAMES))]


@pytest.mark.parametrize(
    ("settings", "entangled", "says"),
    [
        (View(), set(), set()),
        (View(implied="drop"), set(), {(1, 2), (1, 3), (2, 3)}),
        (View(replace={"sofa": "couch, bed", "lamp": "Cat"}, exclude=("hair",)), {0, 3, 4, 5, 6}, set()),
        (View(implied="drop", replace={"sofa": "big cat", "cat": ""}), {6}, {(1, 2), (1, 3), (2, 3)}),
        (View(implied="drop", implications={"sofa": ("lamp",), "lamp": ("cat", "hair")}), set(), None),
        (View(implied="drop", implications={"sofa": ("lamp",), "lamp": ("cat",), "cat": ("sofa",)}), {4, 5, 6}, None),
    ],
)
def test_labels_bear_on_each_other(settings: View, entangled: set[int], says: set[tuple[int, int]] | None) -> None:
    """Those written alike, as several tags, as none, or saying each other are entangled; tables stay apart."""
    links = label_links(TABLES, settings)
    assert set(links.entangled.nonzero()[0].tolist()) == entangled
    pairs = set(zip(links.sayers.tolist(), links.said.tolist(), strict=True))
    follows = {(4, 5), (4, 6), (4, 3), (5, 6), (5, 3)}
    expected = {(1, 2), (1, 3), (2, 3)} | follows if says is None and not entangled else says
    assert expected is None or pairs == expected
