"""`cutline undo` and `cutline redo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.shell import undoing

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Terminal


@pytest.fixture(autouse=True)
def steps(cutline: Terminal, shelf: Shelf) -> None:
    """Take three steps on one caption."""
    for tag in ("one", "two", "three"):
        assert cutline("edit", shelf.root, f"add:{tag}", "--images", "a.png", "--apply").code == 0


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], b"cat, sofa, one, two\n"),
        (["--steps", "2"], b"cat, sofa, one\n"),
        (["--to", "2"], b"cat, sofa, one\n"),
        (["--group", "3"], b"cat, sofa, one, two\n"),
        (["--steps", "9"], b"cat, sofa\n"),
    ],
)
def test_undo_goes_back_as_far_as_it_is_told(cutline: Terminal, shelf: Shelf, options: list[str], left: bytes) -> None:
    """By default the last step; else so many steps, everything from a step on, or a group."""
    assert cutline("undo", shelf.root, *options).code == 0
    assert shelf.caption("a.png") == left


def test_undo_goes_on_where_the_last_one_ended(cutline: Terminal, shelf: Shelf) -> None:
    """Undo takes back decisions, not undos."""
    for _ in range(3):
        cutline("undo", shelf.root)
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert cutline("undo", shelf.root).out == "nothing to do\n"


def test_what_was_changed_outside_stays(cutline: Terminal, shelf: Shelf) -> None:
    """A caption that another program changed is refused with its name, and stays as it is."""
    (shelf.root / "a.txt").write_bytes(b"mine")
    said = cutline("undo", shelf.root, "--json")
    assert said.code == 3
    assert (said.json["images"], said.json["partly_undone"]) == (0, False)
    reason = "the caption was changed since, all of it (compare it with cutline history, and edit it by hand)"
    assert said.json["refused"] == [{"image": "a.png", "reason": reason}]
    assert shelf.caption("a.png") == b"mine"


def test_a_group_is_partly_undone(cutline: Terminal, shelf: Shelf) -> None:
    """Where one file of a group cannot be taken back the others are, and it is said."""
    group = cutline("edit", shelf.root, "add:x", "--apply", "--json").json["group"]
    (shelf.root / "a.txt").write_bytes(b"mine")
    said = cutline("undo", shelf.root, "--group", group, "--json")
    assert said.code == 3
    assert (said.json["images"], said.json["partly_undone"]) == (2, True)


def test_of_many_that_stay_the_first_are_named(
    cutline: Terminal, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long row of refused images does not bury what was done: the rest is counted, and in the JSON document."""
    group = cutline("edit", shelf.root, "add:x", "--apply", "--json").json["group"]
    cutline("edit", shelf.root, "add:y", "--apply")
    monkeypatch.setattr(undoing, "NAMED_IMAGES", 1)
    said = cutline("undo", shelf.root, "--group", group)
    assert said.code == 3
    first, rest = said.err.splitlines()
    assert first.startswith("sub/c.png: later decisions on this caption stand")
    assert rest == f"and 2 more: cutline history {shelf.root} --images GLOB shows their steps; --json names them all"
    assert said.out == "0 images taken back, 0 captions written\n"
    assert len(cutline("undo", shelf.root, "--group", group, "--json").json["refused"]) == 3


@pytest.mark.parametrize("option", ["--group", "--to"])
def test_a_number_nobody_gave_out_is_wrong_usage(cutline: Terminal, shelf: Shelf, option: str) -> None:
    """A group or step that does not exist is named."""
    said = cutline("undo", shelf.root, option, "99")
    assert said.code == 2
    assert "99" in said.err


def test_redo_brings_again_what_undo_took_back(cutline: Terminal, shelf: Shelf) -> None:
    """Undos come again one by one, newest first, and what came again is taken back as one step."""
    for _ in range(2):
        cutline("undo", shelf.root)
    for text in (b"cat, sofa, one, two\n", b"cat, sofa, one, two, three\n"):
        said = cutline("redo", shelf.root, "--json")
        assert (said.code, said.json["images"], said.json["written"], said.json["refused"]) == (0, 1, 1, [])
        assert shelf.caption("a.png") == text
    assert cutline("redo", shelf.root).out == "nothing to do\n"
    cutline("undo", shelf.root)
    assert shelf.caption("a.png") == b"cat, sofa, one, two\n"
    assert cutline("redo", shelf.root).out == "1 image brought again, 1 caption written\n"


def test_redo_waits_where_steps_were_taken_since(cutline: Terminal, shelf: Shelf) -> None:
    """A new step ends what `redo` brings by itself; by number it comes as long as no later step is in the way."""
    cutline("undo", shelf.root)
    cutline("edit", shelf.root, "add:x", "--images", "b.png", "--apply")
    said = cutline("redo", shelf.root)
    assert (said.code, said.out) == (0, "nothing to do\n")
    assert "--steps 1" in said.err
    assert cutline("redo", shelf.root, "--steps", "1").code == 0
    assert shelf.caption("a.png") == b"cat, sofa, one, two, three\n"


def test_a_group_is_redone_by_either_number(cutline: Terminal, shelf: Shelf) -> None:
    """The number of what was taken back and that of the undo mean the same; undo by the latter is refused."""
    group = cutline("edit", shelf.root, "add:x", "--apply", "--json").json["group"]
    back = cutline("undo", shelf.root, "--json").json["group"]
    refused = cutline("undo", shelf.root, "--group", back)
    assert refused.code == 2
    assert "cutline redo" in refused.err
    assert cutline("redo", shelf.root, "--group", group, "--json").json["images"] == 3
    back = cutline("undo", shelf.root, "--group", group, "--json").json["group"]
    assert cutline("redo", shelf.root, "--group", back, "--json").json["images"] == 3
    assert shelf.caption("sub/c.png") == b"x"


def test_history_can_be_cut(cutline: Terminal, shelf: Shelf) -> None:
    """`--limit` gives the newest rows, `--images` those of some images, both together the newest of those."""
    cutline("edit", shelf.root, "add:x", "--apply")
    assert [row["id"] for row in cutline("history", shelf.root, "--json", "--limit", "2").rows] == [5, 6]
    found = cutline("history", shelf.root, "--json", "--images", "a*").rows
    assert [row["id"] for row in found] == [1, 2, 3, 4]
    found = cutline("history", shelf.root, "--json", "--images", "a*", "--limit", "1").rows
    assert [(row["id"], row["image"]) for row in found] == [(4, "a.png")]


@pytest.mark.parametrize("number", ["9" * 23, "9" * 5_000, str(2**63)])
@pytest.mark.parametrize(
    "words", [("undo", "--group"), ("undo", "--to"), ("undo", "--steps"), ("redo", "--group"), ("history", "--limit")]
)
def test_a_number_the_store_cannot_hold_is_wrong_usage(
    cutline: Terminal, shelf: Shelf, words: tuple[str, str], number: str
) -> None:
    """One line says that there is no such number."""
    command, option = words
    said = cutline(command, shelf.root, option, number)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert said.err.startswith(f"cutline: {option}: there is no such number: {2**63 - 1} is the highest")


def test_the_highest_number_is_one(cutline: Terminal, shelf: Shelf) -> None:
    """What the store can hold is looked for there."""
    highest = str(2**63 - 1)
    assert f"there is no group {highest} " in cutline("undo", shelf.root, "--group", highest).err
    assert len(cutline("history", shelf.root, "--limit", highest).out.splitlines()) == 3
    assert cutline("undo", shelf.root, "--steps", highest, "--json").json["images"] == 1


def test_progress_counts_the_steps_taken_back(cutline: Terminal, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came to nothing is no step to take back, and a view is one without an image."""
    for name in ("a.png", "b.png", "sub/c.png"):
        shelf.propose(name, {"window": 0.9})
    (shelf.root / "a.txt").chmod(0o444)
    assert cutline("accept", shelf.root, "--threshold", "0.8", "--json").json["images"] == 2
    monkeypatch.setattr("tui.shell.progress.LINE_SECONDS", 0.0)
    said = cutline("undo", shelf.root)
    line = [line for line in said.err.splitlines() if line.startswith("undoing")][-1]
    assert line.startswith("undoing 3 of 3 steps")
    assert "the last change of the view of tagger is taken back" in said.err
    assert said.out == "2 images taken back, 2 captions written\n"
