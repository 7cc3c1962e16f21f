"""Images under another name: found again by content, never guessed, and their captions found by the new name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.dataset import images as scanner
from engine.review.records import Counts
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Three images with tags proposed, so that their content is known; `a.png` is flagged."""
    shelf = Shelf(tmp_path / "set", {"a.png": b"cat\n", "b.png": b"dog\n", "sub/c.png": None})
    for name in ("a.png", "b.png", "sub/c.png"):
        shelf.propose(name, {"window": 0.9})
        shelf.frame(name)  # hashes the picture, as whoever reads it for a model does
    shelf.desk.mark(shelf.id("a.png"), "flag")
    yield shelf
    shelf.desk.close()


def _move(shelf: Shelf, old: str, new: str, *, caption: bool = True) -> None:
    """Move an image as a file manager does, with its caption or without."""
    (shelf.root / new).parent.mkdir(exist_ok=True)
    (shelf.root / old).rename(shelf.root / new)
    if caption:
        (shelf.root / old).with_suffix(".txt").rename((shelf.root / new).with_suffix(".txt"))


def _keys(shelf: Shelf) -> dict[int, str]:
    return {image: os.fsdecode(entry.key) for image, entry in sorted(shelf.desk.entries.items())}


def test_a_moved_image_keeps_its_row(shelf: Shelf) -> None:
    """Proposals, marks and state follow to the new name, a journal row says so, and the scan tells of it."""
    shelf.accept("b.png")
    images = {name: shelf.id(name) for name in ("a.png", "b.png")}
    _move(shelf, "a.png", "20_cat/x.png")
    _move(shelf, "b.png", "sub/b.png")
    news: list[int] = []
    shelf.desk.scan(news.extend)
    assert sorted(news) == sorted(images.values())
    assert _keys(shelf) == {1: "20_cat/x.png", 2: "sub/b.png", 3: "sub/c.png"}
    assert shelf.desk.counts() == Counts(images=3, pending=2, accepted=1, flagged=1)
    frame = shelf.frame("20_cat/x.png")
    assert (frame.caption_key, frame.raw, len(frame.open)) == (b"20_cat/x.txt", b"cat\n", 1)
    assert not frame.candidates[0].stale
    rows = [row for row in shelf.desk.history() if row.kind == "moved"]
    assert [(row.image_key, row.note, row.group) for row in rows] == [
        (b"20_cat/x.png", "was a.png", 1),
        (b"sub/b.png", "was b.png", 1),
    ]
    stored = shelf.desk.store.db.execute("SELECT data FROM journal WHERE kind = 'moved' ORDER BY id").fetchall()
    assert stored == [(b"a.png\x0020_cat/x.png",), (b"b.png\0sub/b.png",)]


def test_renamed_back(shelf: Shelf) -> None:
    """The way back is a move like any other."""
    image = shelf.id("a.png")
    for old, new in (("a.png", "x.png"), ("x.png", "a.png"), ("a.png", "y.png"), ("y.png", "a.png")):
        _move(shelf, old, new)
        shelf.desk.scan()
        assert shelf.id(new) == image
    assert [row.kind for row in shelf.desk.history()] == ["flag"] + ["moved"] * 4
    assert len(shelf.desk.entries) == 3


def test_seen_gone_first_and_found_later(shelf: Shelf) -> None:
    """A scan between going and coming back, and a restart, change nothing."""
    image = shelf.id("a.png")
    content, caption = (shelf.root / "a.png").read_bytes(), b"cat\n"
    (shelf.root / "a.png").unlink()
    shelf.desk.scan()
    shelf.desk.close()
    shelf.desk = shelf.open()
    assert len(shelf.desk.entries) == 2
    (shelf.root / "x.png").write_bytes(content)
    (shelf.root / "x.txt").write_bytes(caption)
    shelf.desk.scan()
    assert shelf.id("x.png") == image
    assert shelf.desk.counts().flagged == 1


def test_a_caption_that_stayed_behind_stays(shelf: Shelf) -> None:
    """A caption moves only where the person moved it."""
    _move(shelf, "a.png", "x.png", caption=False)
    shelf.desk.scan()
    assert shelf.frame("x.png").raw is None
    assert (shelf.root / "a.txt").read_bytes() == b"cat\n"


@pytest.mark.parametrize("twin", ["two new files", "two vanished images", "no digest", "other content"])
def test_nothing_is_guessed(shelf: Shelf, twin: str) -> None:
    """Where two fit, or the content is not known or another one, the file is a new image and the old one is gone."""
    image, content = shelf.id("a.png"), (shelf.root / "a.png").read_bytes()
    if twin == "two vanished images":
        (shelf.root / "twin.png").write_bytes(content)
        shelf.desk.scan()
        shelf.propose("twin.png", {"lamp": 0.9})
        shelf.frame("twin.png")
        (shelf.root / "twin.png").unlink()
    elif twin == "no digest":
        with shelf.desk.store.transaction() as db:
            db.execute("UPDATE images SET digest = NULL")
    _move(shelf, "a.png", "x.png")
    if twin == "two new files":
        (shelf.root / "y.png").write_bytes(content)
    elif twin == "other content":
        (shelf.root / "x.png").write_bytes(content[::-1])
    shelf.desk.scan()
    assert image not in shelf.desk.entries
    assert shelf.state("x.png") == "untouched"
    assert "moved" not in [row.kind for row in shelf.desk.history()]


def test_a_copy_is_a_new_image(shelf: Shelf) -> None:
    """An image that is still there did not move, and its copy is not even read."""
    (shelf.root / "x.png").write_bytes((shelf.root / "a.png").read_bytes())
    shelf.desk.scan()
    assert shelf.state("a.png") == "pending"
    assert shelf.state("x.png") == "untouched"


def test_only_files_that_may_be_one_are_read(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture is read while nothing vanished, nor one of another size, nor one whose time says enough."""
    read: list[bytes] = []
    real = scanner.read_digest

    def reading(root: Path, key: bytes) -> tuple[bytes, int, int]:
        read.append(key)
        return real(root, key)

    monkeypatch.setattr(scanner, "read_digest", reading)
    (shelf.root / "copy.png").write_bytes((shelf.root / "a.png").read_bytes())
    (shelf.root / "new.png").write_bytes(b"of another size")
    shelf.desk.scan()
    assert read == []
    (shelf.root / "b.png").rename(shelf.root / "away")
    (shelf.root / "other.png").write_bytes(b"of a third size, too")
    shelf.desk.scan()
    (shelf.root / "away").rename(shelf.root / "b.png")
    shelf.desk.scan()
    assert read == []
    _move(shelf, "b.png", "x.png")
    shelf.desk.scan()
    assert read == [b"x.png"]
    assert shelf.id("b.png" if b"b.png" in read else "x.png") == 2


def test_a_name_that_another_image_had(shelf: Shelf) -> None:
    """An image that takes the name of a removed one brings its own past, and the other keeps its own for its return."""
    a, b = shelf.id("a.png"), shelf.id("b.png")
    gone = (shelf.root / "b.png").read_bytes()
    (shelf.root / "b.png").unlink()
    (shelf.root / "b.txt").unlink()
    shelf.desk.scan()
    _move(shelf, "a.png", "b.png")
    shelf.desk.scan()
    assert shelf.id("b.png") == a
    assert shelf.desk.entries[a].flagged
    shelf.desk.store.db.execute("INSERT INTO journal (time, session, kind, image) VALUES (1, '', 'flag', ?)", (b,))
    assert [row.image_key for row in shelf.desk.history(b)] == [b"b.png"], "its name as it was, without a number"
    (shelf.root / "old b.png").write_bytes(gone)
    shelf.desk.scan()
    assert shelf.id("old b.png") == b
    assert [row.note for row in shelf.desk.history(b)] == ["", "was b.png"]


def test_another_process_sees_the_move(shelf: Shelf) -> None:
    """A screen that is open knows the new name after its next look, and scans it right at the same time."""
    other = shelf.open()
    image = shelf.id("a.png")
    _move(shelf, "a.png", "x.png")
    shelf.desk.scan()
    assert other.refresh() >= {image}
    assert other.entry_of(b"x.png").id == image
    assert other.roster.by_key(b"a.png") is None
    assert other.counts() == shelf.desk.counts()
    _move(shelf, "x.png", "y.png")
    shelf.desk.scan()
    other.scan()  # without a look in between
    assert (other.entry_of(b"y.png").id, len(other.entries)) == (image, 3)
    assert other.counts() == shelf.desk.counts()
    assert [row.kind for row in other.history()].count("moved") == 2
    other.close()


def test_undo_of_all_finds_a_caption_that_stayed_behind(shelf: Shelf) -> None:
    """Steps from before and after a move are taken back together as one by one: each where it was written."""
    shelf.desk.write(shelf.frame("sub/c.png"), b"written before")
    _move(shelf, "sub/c.png", "new.png", caption=False)
    shelf.desk.scan()
    shelf.desk.write(shelf.frame("new.png"), b"written after")
    shelf.desk.undo_to(1)
    assert (shelf.caption("sub/c.png"), shelf.caption("new.png")) == (None, None)


def test_undo_finds_a_caption_that_moved_along(shelf: Shelf) -> None:
    """What was written before the move is taken back where the caption lies now, and nothing appears at the old place."""
    shelf.accept("a.png")
    assert shelf.caption("a.png") == b"cat, window\n"
    _move(shelf, "a.png", "sub/x.png")
    shelf.desk.scan()
    done = shelf.desk.undo_last()
    assert done is not None
    assert (done.written, done.refused) == (1, ())
    assert shelf.caption("sub/x.png") == b"cat\n"
    assert not (shelf.root / "a.txt").exists()


def test_undo_finds_a_caption_that_stayed_behind(shelf: Shelf) -> None:
    """Where only the image was moved, the caption is still where it was written."""
    shelf.accept("a.png")
    _move(shelf, "a.png", "sub/x.png", caption=False)
    shelf.desk.scan()
    assert shelf.desk.undo_last() is not None
    assert (shelf.root / "a.txt").read_bytes() == b"cat\n"
    assert not (shelf.root / "sub/x.txt").exists()


def test_undo_leaves_the_caption_of_the_image_that_has_the_name_now(shelf: Shelf) -> None:
    """A new image at the old place has a caption of its own, which undo of the moved one does not touch."""
    shelf.accept("a.png")
    _move(shelf, "a.png", "x.png")
    shelf.desk.scan()
    (shelf.root / "a.png").write_bytes(b"another picture")
    (shelf.root / "a.txt").write_bytes(b"not yours")
    shelf.desk.scan()
    shelf.desk.undo_last()
    assert (shelf.root / "a.txt").read_bytes() == b"not yours"
    assert shelf.caption("x.png") == b"cat\n"


def test_undo_from_the_middle_sees_later_steps_under_the_new_name(shelf: Shelf) -> None:
    """A decision before the move is not taken back under one that was made after it."""
    step = shelf.accept("a.png")
    _move(shelf, "a.png", "x.png")
    shelf.desk.scan()
    later = shelf.desk.edit(shelf.frame("x.png"), "cat, window, lamp")
    done = shelf.desk.undo([step.id])
    assert len(done.refused) == 1
    assert str(later.id) in done.refused[0][1]
    assert shelf.desk.undo([step.id, later.id]).refused == ()
    assert shelf.caption("x.png") == b"cat\n"


def test_what_a_moved_image_wrote_at_its_old_place_stands_in_nobodys_way(shelf: Shelf) -> None:
    """Taken back newest first: an image set aside comes back after the step at its caption's place is taken back."""
    (shelf.root / "a.jpg").write_bytes(b"another picture")
    (shelf.root / "a.txt").unlink()
    shelf.desk.scan()
    shelf.propose("a.jpg", {"window": 0.9})
    beside = shelf.frame("a.jpg")
    first = shelf.desk.set_aside(shelf.id("a.png"))
    written = shelf.desk.write(beside, b"by hand")
    shelf.desk.undo_last()
    _move(shelf, "a.jpg", "x.jpg", caption=False)
    shelf.desk.scan()
    shelf.desk.redo_last()
    assert shelf.caption("x.jpg") == b"by hand"
    undone = shelf.desk.undo([first.id, written.id])
    assert undone.refused == ()
    assert shelf.caption("x.jpg") is None
    assert (shelf.root / "a.png").exists()
