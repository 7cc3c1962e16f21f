"""The bookmark of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.sitting import bookmark
from tui.sitting.bookmark import Bookmark

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_found_again_with_names_of_any_bytes(tmp_path: Path) -> None:
    """Keys that are not UTF-8 come back as they were."""
    kept = Bookmark(b"a/\xff.png", "tag:cat", "random:7", (b"1.png", b"\xe9.png"), "W00lyW0rld")
    bookmark.save(tmp_path, kept)
    assert bookmark.load(tmp_path) == kept
    assert bookmark.load(tmp_path / "other") == Bookmark()


def test_a_broken_one_is_none(tmp_path: Path) -> None:
    """A file that cannot be read is passed over, and replaced by the next one."""
    bookmark.save(tmp_path, Bookmark(b"1.png"))
    place = bookmark._place(tmp_path)
    place.write_bytes(b'{"image": 5')
    assert bookmark.load(tmp_path) == Bookmark()
    bookmark.save(tmp_path, Bookmark(b"2.png"))
    assert bookmark.load(tmp_path).image == b"2.png"
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_where_it_cannot_be_kept_nothing_is_said(tmp_path: Path) -> None:
    """A state folder that is a file stops no review."""
    place = bookmark._place(tmp_path)
    place.parent.parent.parent.mkdir(parents=True)
    place.parent.parent.write_text("in the way")
    bookmark.save(tmp_path, Bookmark(b"1.png"))
    assert bookmark.load(tmp_path) == Bookmark()
