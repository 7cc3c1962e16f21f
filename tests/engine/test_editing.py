"""Planning and applying the same edits to many captions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine import editing
from engine.captions.editing.edits import parse_edit
from engine.errors import WrongUsage
from engine.review.repair import repair_all
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.review.records import ImageId


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Four images, two of which share a caption, one without any."""
    captions = {"a.jpg": b"cat, sofa\n", "a.png": b"cat, sofa\n", "b.png": b"dog", "sub/c.png": None}
    shelf = Shelf(tmp_path / "set", captions)
    yield shelf
    shelf.desk.close()


def plan(shelf: Shelf, *edits: str, images: Sequence[ImageId] | None = None) -> editing.Plan:
    """Plan edits of all images."""
    chosen = sorted(shelf.desk.entries) if images is None else images
    return editing.plan(shelf.desk, chosen, [parse_edit(edit) for edit in edits])


def names(shelf: Shelf, images: Sequence[ImageId]) -> list[str]:
    """Return the keys of images."""
    return [shelf.desk.entries[image].key.decode() for image in images]


def test_a_plan_shows_each_change_and_makes_none(shelf: Shelf) -> None:
    """Every caption is looked at once, and what it is and would be is shown."""
    found = plan(shelf, "add:new", "drop:sofa")
    assert [(draft.caption, draft.before, draft.after) for draft in found.changes] == [
        (b"a.txt", b"cat, sofa\n", b"cat, new\n"),
        (b"b.txt", b"dog", b"dog, new"),
        (b"sub/c.txt", None, b"new"),
    ]
    assert (found.looked_at, found.refused, found.stopped) == (3, [], False)
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert list(shelf.desk.history()) == []


def test_what_an_edit_does_not_change_is_no_change(shelf: Shelf) -> None:
    """Captions that stay as they are are not in the plan."""
    assert names(shelf, [draft.image for draft in plan(shelf, "rename:dog=wolf").changes]) == ["b.png"]


def test_a_plan_becomes_one_step(shelf: Shelf) -> None:
    """All changes bear one group, are told to the entries in memory, and are taken back together."""
    done = editing.apply(shelf.desk, plan(shelf, "prefix:x ", "add:new").changes)
    assert (done.written, names(shelf, done.images), done.refused) == (3, ["a.jpg", "b.png", "sub/c.png"], [])
    assert shelf.caption("a.png") == b"x cat, sofa, new\n"
    assert shelf.caption("sub/c.png") == b"new"
    assert {(row.kind, row.group) for row in shelf.desk.history()} == {("edit", done.group)}
    assert shelf.state("b.png") == "accepted"
    shelf.desk.undo([row.id for row in shelf.desk.history()])
    assert (shelf.caption("a.png"), shelf.caption("sub/c.png")) == (b"cat, sofa\n", None)


def test_what_is_left_out_of_the_plan_stays(shelf: Shelf) -> None:
    """Only the changes that are handed over are made."""
    editing.apply(shelf.desk, plan(shelf, "add:new").changes[1:])
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert shelf.caption("b.png") == b"dog, new"


def test_a_caption_that_changed_since_is_refused(shelf: Shelf) -> None:
    """What was not seen in the plan is neither edited nor overwritten, and the others are."""
    found = plan(shelf, "add:new")
    (shelf.root / "b.txt").write_bytes(b"wolf")
    done = editing.apply(shelf.desk, found.changes)
    assert shelf.caption("b.png") == b"wolf"
    assert names(shelf, [image for image, _ in done.refused]) == ["b.png"]
    assert "changed on disk" in done.refused[0][1]
    assert (done.written, names(shelf, done.images)) == (2, ["a.jpg", "sub/c.png"])


def test_nothing_to_do_makes_no_step(shelf: Shelf) -> None:
    """An empty plan gives out no number."""
    assert editing.apply(shelf.desk, []) == editing.Applied()
    assert shelf.desk.new_group() == 1


@pytest.mark.parametrize("target", ["b.txt", "sub/c.txt"])
def test_a_linked_caption_is_edited_once_where_it_lies(shelf: Shelf, target: str) -> None:
    """A link leads to the one file that is written, whichever image comes first."""
    (shelf.root / "a.txt").unlink()
    (shelf.root / target).write_bytes(b"dog")
    (shelf.root / "a.txt").symlink_to(target)
    found = plan(shelf, "add:new")
    assert sorted(draft.caption for draft in found.changes).count(target.encode()) == 1
    editing.apply(shelf.desk, found.changes)
    assert (shelf.root / target).read_bytes() == b"dog, new"
    assert (shelf.root / "a.txt").is_symlink()


def test_what_cannot_be_edited_is_named(shelf: Shelf) -> None:
    """A pipe, a link out of the dataset, text that is not UTF-8 in two-byte signs, and a vanished image are refused."""
    (shelf.root / "a.txt").unlink()
    os.mkfifo(shelf.root / "a.txt")
    (shelf.root / "b.txt").write_bytes("wolf".encode("utf-16"))
    (shelf.root / "sub/c.txt").symlink_to("/etc/hostname")
    found = plan(shelf, "drop:wolf", images=[*sorted(shelf.desk.entries), 99])
    assert found.changes == []
    assert [reason.partition(" (")[0] for _, reason in found.refused] == [
        "a.txt is not a plain file",
        "b.txt is not text that can be edited",
        "sub/c.txt leads to /etc/hostname, outside the dataset",
        "the image is not there any more",
    ]
    assert found.looked_at == 0


def test_a_pattern_that_takes_for_ever_names_the_caption(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan is given up with the file at which the pattern hangs, and nothing was changed."""
    monkeypatch.setattr("engine.captions.editing.patterns.MATCH_SECONDS", 0.05)
    (shelf.root / "b.txt").write_bytes(b"a" * 60 + b"!")
    with pytest.raises(WrongUsage, match=r"b\.txt: the pattern"):
        plan(shelf, "regex:(a|aa)+$=x")


def test_planning_tells_how_far_it_is_and_can_be_stopped(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress counts images to their number; who stops it gets what was found so far."""
    monkeypatch.setattr(editing, "AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    images = sorted(shelf.desk.entries)
    edits = [parse_edit("add:new")]
    editing.plan(shelf.desk, images, edits, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 4), (4, 4)]
    found = editing.plan(
        shelf.desk, images, edits, stop=lambda: len(told) > 2, on_progress=lambda *_: told.append((0, 0))
    )
    assert found.stopped
    assert [draft.caption for draft in found.changes] == [b"a.txt"]


def many(shelf: Shelf, number: int) -> editing.Plan:
    """Plan the edit of so many captions more."""
    for i in range(number):
        (shelf.root / f"n{i:03}.png").write_bytes(b"picture")
    shelf.desk.scan()
    return plan(shelf, "add:new")


def test_applying_tells_how_far_it_is_and_can_be_stopped(shelf: Shelf) -> None:
    """Who stops it gets a step of what was done so far, and all of that is told."""
    found = many(shelf, 60)
    told: list[tuple[int, int]] = []
    done = editing.apply(shelf.desk, found.changes, on_progress=lambda *now: told.append(now), stop=lambda: bool(told))
    assert done.stopped
    assert 0 < len(done.images) < 63
    assert told == [(len(done.images), 63)]
    assert len(list(shelf.desk.history())) == len(done.images)


def test_ctrl_c_stops_it_with_an_account_of_what_was_done(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is committed when the interruption comes is told, also what only the next repair writes."""
    found = many(shelf, 60)
    sync, calls = os.fsync, iter(range(1000))

    def interrupted(descriptor: int) -> None:
        if next(calls) == 20:
            raise KeyboardInterrupt
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", interrupted)
    done = editing.apply(shelf.desk, found.changes)
    assert done.stopped
    assert len(done.images) == len(list(shelf.desk.history())) > 0
    monkeypatch.undo()
    repair_all(shelf.desk.store, shelf.desk.files)
    assert names(shelf, done.images) == [row.image_key.decode() for row in shelf.desk.history() if row.image_key]
    edited = [change for change in found.changes if shelf.desk.files.read(change.caption) == change.after]
    assert len(edited) == len(done.images)
