"""`cutline edit`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Terminal


def test_an_edit_is_shown_and_not_made(cutline: Terminal, shelf: Shelf) -> None:
    """Without `--apply` there is a diff, and no file and no journal row."""
    said = cutline("edit", shelf.root, "drop:sofa", "rename:cat=dog")
    assert said.code == 0
    assert said.out == "a.txt\n- cat, sofa\n+ dog\n1 image would be edited, 1 caption written\n"
    assert "--apply" in said.err
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert cutline("history", shelf.root).out == ""


def test_an_edit_is_made_as_one_group(cutline: Terminal, shelf: Shelf) -> None:
    """With `--apply` every caption is written, and one undo takes all back, also the new files."""
    said = cutline("edit", shelf.root, "add:new@first", "--apply", "--json")
    assert said.json == {"group": 1, "images": 3, "written": 3, "refused": []}
    assert shelf.caption("a.png") == b"new, cat, sofa\n"
    assert shelf.caption("sub/c.png") == b"new"
    assert cutline("undo", shelf.root, "--json").json["images"] == 3
    assert shelf.caption("sub/c.png") is None


def test_a_caption_of_two_images_is_edited_once(cutline: Terminal, shelf: Shelf) -> None:
    """`a.jpg` and `a.png` share `a.txt`, which is one change."""
    (shelf.root / "a.jpg").write_bytes(b"picture")
    said = cutline("edit", shelf.root, "prefix:x ", "--images", "a.*", "--apply", "--json")
    assert (said.json["images"], said.json["written"]) == (1, 1)
    assert shelf.caption("a.png") == b"x cat, sofa\n"


def test_nothing_to_edit_is_no_failure(cutline: Terminal, shelf: Shelf) -> None:
    """An edit that fits no caption says so and makes no group."""
    assert cutline("edit", shelf.root, "drop:unicorn", "--apply").out == "nothing to do\n"


def test_a_misspelt_edit_names_the_nearest(cutline: Terminal, shelf: Shelf) -> None:
    """An edit that does not exist is wrong usage."""
    said = cutline("edit", shelf.root, "dorp:cat")
    assert said.code == 2
    assert "drop" in said.err


@pytest.mark.parametrize("options", [[], ["--apply"]])
def test_what_cannot_be_edited_is_named_with_what_to_do(cutline: Terminal, shelf: Shelf, options: list[str]) -> None:
    """A caption that is no plain file is refused in one line with its hint; the others are edited."""
    (shelf.root / "a.txt").unlink()
    os.mkfifo(shelf.root / "a.txt")
    said = cutline("edit", shelf.root, "add:new", "--json", *options)
    reason = "a.txt is not a plain file (a folder, pipe, socket or device has a caption's name; move it away)"
    assert (said.code, said.json["images"]) == (3, 2)
    assert said.json["refused"] == [{"image": "a.png", "reason": reason}]


def test_a_caption_that_cannot_be_written_is_named_with_what_to_do(cutline: Terminal, shelf: Shelf) -> None:
    """A write that is refused gives its hint, too."""
    (shelf.root / "a.txt").chmod(0o444)
    said = cutline("edit", shelf.root, "add:new", "--json", "--apply", "--images", "a.png")
    reason = "a.txt is write-protected (give yourself permission to write the caption and its folder)"
    assert (said.code, said.json["refused"]) == (3, [{"image": "a.png", "reason": reason}])
