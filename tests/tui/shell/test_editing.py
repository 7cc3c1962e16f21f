"""`cutline edit`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from engine import editing
from engine.captions.editing.edits import FORMS

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


def test_single_files_are_left_out(cutline: Terminal, shelf: Shelf) -> None:
    """`--except` names an image, or its caption as the diff does; images that share it are left out with it."""
    (shelf.root / "a.jpg").write_bytes(b"picture")
    left = ["--except", "a.png", "--except", "sub/c.txt"]
    said = cutline("edit", shelf.root, "add:new", *left)
    assert said.out.splitlines()[0] == "b.txt"
    assert said.out.splitlines()[-1] == "1 image would be edited, 1 caption written"
    assert cutline("edit", shelf.root, "add:new", "--apply", "--json", *left).json["written"] == 1
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert shelf.caption("sub/c.png") is None


def test_what_is_left_out_must_be_there(cutline: Terminal, shelf: Shelf) -> None:
    """A misspelt `--except` changes nothing: the file would be edited against the person's will."""
    said = cutline("edit", shelf.root, "add:new", "--apply", "--except", "d.png")
    assert (said.code, said.err) == (
        2,
        f"cutline: d.png is no image of {shelf.root} (name it relative to the dataset's folder)\n",
    )
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_a_caption_that_is_refused_can_be_left_out(cutline: Terminal, shelf: Shelf) -> None:
    """What cannot be edited and is not to be is no failure."""
    (shelf.root / "a.txt").unlink()
    os.mkfifo(shelf.root / "a.txt")
    assert cutline("edit", shelf.root, "add:new").code == 3
    assert cutline("edit", shelf.root, "add:new", "--except", "a.png").code == 0


def test_a_link_is_left_out_by_either_name(cutline: Terminal, shelf: Shelf) -> None:
    """An image whose caption is a link to that of another is left out with it."""
    (shelf.root / "a.txt").unlink()
    (shelf.root / "a.txt").symlink_to("b.txt")
    for name in ("a.png", "b.png", "a.txt", "b.txt"):
        assert "b.txt" not in cutline("edit", shelf.root, "add:new", "--except", name).out


def test_a_filter_chooses_the_images(cutline: Terminal, shelf: Shelf) -> None:
    """`--filter` takes the language of the screen, and goes together with `--images`."""
    said = cutline("edit", shelf.root, "suffix:, x", "--filter", "tag:cat OR caption:dog")
    assert [line for line in said.out.splitlines() if line.endswith(".txt")] == ["a.txt", "b.txt"]
    assert cutline("edit", shelf.root, "suffix:, x", "--filter", "tag:cat", "--images", "b*").out == "nothing to do\n"
    wrong = cutline("edit", shelf.root, "suffix:, x", "--filter", "tag:cat AND")
    assert (wrong.code, "--filter: " in wrong.err) == (2, True)


def test_help_names_every_edit(cutline: Terminal) -> None:
    """How each edit is written stands in the help, with what it does."""
    said = cutline("edit", "--help")
    assert all(form in said.out and what in said.out for form, what in FORMS.values())


def test_a_caption_that_changes_meanwhile_is_named(
    cutline: Terminal, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the plan and its making another program may write: its text stays, and the exit code says so."""
    apply = editing.apply

    def late(*args: Any, **more: Any) -> Any:
        (shelf.root / "a.txt").write_bytes(b"wolf")
        return apply(*args, **more)

    monkeypatch.setattr(editing, "apply", late)
    said = cutline("edit", shelf.root, "add:new", "--apply", "--json")
    assert (said.code, said.json["written"], [one["image"] for one in said.json["refused"]]) == (3, 2, ["a.png"])
    assert shelf.caption("a.png") == b"wolf"


def test_ctrl_c_says_what_was_done(cutline: Terminal, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted edit ends with the number of images done, and how to take them back."""
    sync, calls = os.fsync, iter(range(100))

    def interrupted(descriptor: int) -> None:
        if next(calls) == 1:
            raise KeyboardInterrupt
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", interrupted)
    said = cutline("edit", shelf.root, "add:new", "--apply")
    monkeypatch.undo()
    assert said.code == 130
    back = f"take them back with: cutline undo {shelf.root} --group 1"
    assert said.err.splitlines()[-1] == f"cutline: interrupted: 3 images edited ({back})"
    cutline("undo", shelf.root, "--group", "1")
    assert (shelf.caption("a.png"), shelf.caption("sub/c.png")) == (b"cat, sofa\n", None)


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
