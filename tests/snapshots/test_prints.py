"""Pages are read as they were written, and what differs is named."""

from __future__ import annotations

from tests.snapshots.prints import Shot, differences, page, read

ONE = Shot(("ab ", "猫c"), (("red", "red", "plain"), ("plain", "plain", "blue")))
OTHER = Shot(("ab ", "猫c"), (("red", "grey", "plain"), ("plain", "plain", "blue")))


def test_a_page_is_read_as_it_was_written() -> None:
    """Words and the look of every cell come back, in each theme."""
    kept = read(page({"dark": ONE, "light": OTHER}))
    assert differences(kept["dark"], ONE) == differences(kept["light"], OTHER) == []


def test_what_differs_is_named() -> None:
    """A cell of another look is named with line and place, and another word is shown."""
    kept = read(page({"dark": ONE}))
    assert differences(kept["dark"], OTHER) == ["  line 1, cells 1-2: was red, is grey"]
    assert "+abc" in differences(kept["dark"], ONE._replace(lines=("abc", "猫c")))
