"""How many images have each tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.finding.finder import GivenUp
from engine.finding.language import parse
from tests.engine.finding.conftest import IMG2, IMG10, ODD, B

if TYPE_CHECKING:
    from tests.engine.finding.conftest import Search


def counted(search: Search, *names: str) -> dict[str, tuple[int, int]]:
    """Return for each tag of some images' captions in how many of them it is, and in how many of all."""
    uses = search.finder.tag_uses([search.id(name) for name in names])
    return {use.name: (use.here, use.total) for use in uses}


def test_tags_are_counted_by_image(search: Search) -> None:
    """Each tag counts once for an image, in the spelling it was first met in; prose has none."""
    found = counted(search, IMG2, ODD)
    assert found["cat"] == (1, 2)
    assert found["Long_Hair"] == (2, 2)
    assert found["saber \\(fate\\)"] == (1, 1)
    assert found["long hair dress"] == (0, 1)
    assert not any("dog" in name for name in found)
    assert [*found.values()] == sorted(found.values(), reverse=True)


def test_weights_count_for_nothing(search: Search) -> None:
    """A tag with weights is the tag, for counts and for filters."""
    (search.root / B).with_suffix(".txt").write_text("(cat:1.2), ((cat)), cat, very long hair")
    search.finder.look_again()
    assert counted(search, B) == {
        **dict.fromkeys(counted(search), (0, 1)),
        "cat": (1, 3),
        "very long hair": (1, 2),
        "Long_Hair": (0, 2),
    }
    (search.root / B).with_suffix(".txt").write_text("(cat:1.2), a dog")
    search.finder.look_again()
    assert search.id(B) in search.finder.find(parse('tag:"cat"'))


def test_what_is_no_text_has_no_tags(search: Search) -> None:
    """Pieces of a caption in UTF-16 are not listed beside tags, for no edit could reach them."""
    before = counted(search)
    (search.root / B).with_suffix(".txt").write_bytes("cat, dog".encode("utf-16"))
    search.finder.look_again()
    assert counted(search) == before


def test_what_vanished_is_not_counted(search: Search) -> None:
    """A tag that only a vanished image had is gone, and so is one that was edited away."""
    (search.root / IMG10).unlink()
    search.desk.scan()
    assert "long hair dress" not in counted(search)


def test_counting_is_given_up(search: Search) -> None:
    """Nobody who waits no more is answered."""
    with pytest.raises(GivenUp):
        search.finder.tag_uses([], lambda: True)
