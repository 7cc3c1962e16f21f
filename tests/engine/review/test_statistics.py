"""Counts that read captions and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.review.statistics import count_captions, count_stale

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_tags_are_counted_once_whatever_their_spelling(shelf: Shelf) -> None:
    """Case and underscores make no new tag; blank captions count as none."""
    (shelf.root / "a.txt").write_bytes(b"long_hair, cat")
    (shelf.root / "b.txt").write_bytes(b"Long hair, dog")
    (shelf.root / "c.txt").write_bytes(b" \n")
    keys = [b"a.png", b"a.jpg", b"b.png", b"c.png", b"absent.png"]
    found = count_captions(shelf.desk.files, keys, ".txt", ",")
    assert (found.captioned, found.tags) == (3, 3)


def test_a_caption_that_cannot_be_read_counts_as_none(shelf: Shelf) -> None:
    """A link that leads out of the dataset is not followed."""
    (shelf.root / "c.txt").symlink_to("/etc/passwd")
    assert count_captions(shelf.desk.files, [b"c.png"], ".txt", ",") == (0, 0)


def test_what_is_no_text_has_no_tags(shelf: Shelf) -> None:
    """A caption in UTF-16 is one, without tags."""
    (shelf.root / "c.txt").write_bytes("cat, dog".encode("utf-16"))
    assert count_captions(shelf.desk.files, [b"c.png"], ".txt", ",") == (1, 0)


def test_stale_are_images_whose_content_is_another_now(shelf: Shelf) -> None:
    """A changed picture is hashed before it is counted; one that was only touched is not stale."""
    desk = shelf.desk
    for name in ("a.png", "b.png"):
        shelf.propose(name, {"x": 0.9})
    assert count_stale(desk.store.db, desk.entries, desk.look_again) == 0
    (shelf.root / "a.png").write_bytes(b"changed")
    (shelf.root / "b.png").write_bytes((shelf.root / "b.png").read_bytes())
    desk.scan()
    assert count_stale(desk.store.db, desk.entries, desk.look_again) == 1
