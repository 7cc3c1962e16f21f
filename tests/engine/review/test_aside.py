"""Setting images aside: one step, with the caption, counted, undone, and nothing in the way is harmed."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import ChangedOutside, CutlineError, Unreadable
from engine.review.aside import Parcel
from engine.review.records import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from engine.review.undo import Undone
    from tests.engine.review.shelf import Shelf


def _files(shelf: Shelf) -> dict[str, bytes]:
    found = (path for path in shelf.root.rglob("*") if path.is_file() and ".cutline" not in path.parts)
    return {str(path.relative_to(shelf.root)): path.read_bytes() for path in found}


def _undone(shelf: Shelf) -> Undone:
    done = shelf.desk.undo_last()
    assert done is not None
    return done


def test_there_and_back(shelf: Shelf) -> None:
    """The image leaves with its caption, is counted apart, and comes back as it was, marks and candidates and all."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.desk.mark(shelf.id("a.png"), "flag")
    before, counts, image = _files(shelf), shelf.desk.counts(), shelf.id("a.png")
    step = shelf.desk.set_aside(image)
    assert (step.image, step.wrote) == (image, True)
    assert image not in shelf.desk.entries
    assert shelf.desk.counts() == Counts(images=2, untouched=2, aside=1)
    place = f".cutline-aside/{step.id}/"
    assert set(_files(shelf)) - set(before) == {f"{place}a.png.aside", f"{place}a.txt.aside"}
    assert set(before) - set(_files(shelf)) == {"a.png", "a.txt"}
    shelf.desk.scan()
    assert shelf.desk.counts() == Counts(images=2, untouched=2, aside=1)
    done = _undone(shelf)
    assert (done.images, done.refused, done.kinds) == ((image,), (), ("aside",))
    assert _files(shelf) == before
    assert not (shelf.root / ".cutline-aside").exists()
    assert shelf.desk.counts() == counts
    assert [(row.kind, row.status) for row in shelf.desk.history()] == [
        ("flag", None),
        ("aside", "written"),
        ("undo", "written"),
    ]
    shelf.desk.scan()
    assert shelf.desk.counts() == counts


def test_a_caption_that_another_image_uses_stays(shelf: Shelf) -> None:
    """`a.jpg` keeps `a.txt`; when it goes, too, the caption goes along, and each comes back with what it took."""
    (shelf.root / "a.jpg").write_bytes(b"picture a.jpg")
    shelf.desk.scan()
    before = _files(shelf)
    first = shelf.desk.set_aside(shelf.id("a.png"))
    assert (shelf.caption("a.jpg"), (shelf.root / "a.png").exists()) == (b"cat, sofa\n", False)
    second = shelf.desk.set_aside(shelf.id("a.jpg"))
    assert shelf.caption("a.png") is None
    assert shelf.desk.undo([second.id]).refused == ()
    assert shelf.desk.undo([first.id]).refused == ()
    assert _files(shelf) == before


def test_an_image_without_a_caption(shelf: Shelf) -> None:
    """There is nothing to go along, and a folder with the caption's name stays where it is."""
    (shelf.root / "c.txt").mkdir()
    step = shelf.desk.set_aside(shelf.id("c.png"))
    assert [path.name for path in (shelf.root / f".cutline-aside/{step.id}").iterdir()] == ["c.png.aside"]
    _undone(shelf)
    assert (shelf.root / "c.png").exists()
    assert (shelf.root / "c.txt").is_dir()


@pytest.mark.parametrize("name", ["a.png", "a.txt"])
def test_bringing_back_where_something_stands(shelf: Shelf, name: str) -> None:
    """Refused, said, and everything kept; once the place is free it can be tried again."""
    before = _files(shelf)
    image = shelf.id("a.png")
    shelf.desk.set_aside(image)
    (shelf.root / name).write_bytes(b"new")
    there = _files(shelf)
    done = _undone(shelf)
    assert (done.images, done.written) == ((), 0)
    assert f"another {name} stands in its place" in done.refused[0][1]
    assert _files(shelf) == there
    (shelf.root / name).unlink()
    assert _undone(shelf).refused == ()
    assert _files(shelf) == before
    assert image in shelf.desk.entries


def test_a_new_image_with_the_name(shelf: Shelf) -> None:
    """It is an image of the dataset, also where the one set aside had that name before."""
    shelf.desk.set_aside(shelf.id("a.png"))
    (shelf.root / "a.png").write_bytes(b"a better crop")
    shelf.desk.scan()
    assert len(shelf.desk.entries) == 3
    assert shelf.desk.undo_last() is not None
    assert (shelf.root / "a.png").read_bytes() == b"a better crop"


def test_the_same_picture_put_back_by_hand(shelf: Shelf) -> None:
    """Who moves the file back from the folder has the image back with its past, under whatever name."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.frame("a.png")
    image = shelf.id("a.png")
    step = shelf.desk.set_aside(image)
    (shelf.root / f".cutline-aside/{step.id}/a.png.aside").rename(shelf.root / "x.png")
    shelf.desk.scan()
    assert shelf.id("x.png") == image
    assert (shelf.desk.counts().aside, shelf.desk.counts().pending) == (0, 1)


def test_again_where_it_is_gone(shelf: Shelf) -> None:
    """An image that was brought back and deleted then cannot be set aside again; nothing counts it as there."""
    shelf.desk.set_aside(shelf.id("a.png"))
    _undone(shelf)
    (shelf.root / "a.png").unlink()
    shelf.desk.scan()
    counts = shelf.desk.counts()
    again = shelf.desk.redo_last()
    assert again is not None
    assert (len(again.refused), again.images) == (1, ())
    assert shelf.desk.counts() == counts == Counts(images=2, untouched=2)


def test_again_without_the_caption(shelf: Shelf) -> None:
    """A caption that was deleted after its image came back does not keep that from going again."""
    image = shelf.id("a.png")
    shelf.desk.set_aside(image)
    _undone(shelf)
    (shelf.root / "a.txt").unlink()
    again = shelf.desk.redo_last()
    assert again is not None
    assert (again.refused, again.images) == ((), (image,))
    assert _undone(shelf).refused == ()
    assert "a.png" in _files(shelf)


def test_a_copy_of_an_image_set_aside_is_a_new_image(shelf: Shelf) -> None:
    """As long as the image lies aside, a file with the same content is another one."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.frame("a.png")
    image, content = shelf.id("a.png"), (shelf.root / "a.png").read_bytes()
    shelf.desk.set_aside(image)
    (shelf.root / "x.png").write_bytes(content)
    shelf.desk.scan()
    assert shelf.state("x.png") == "untouched"
    assert shelf.desk.counts().aside == 1


def test_decisions_before_it_wait_for_it(shelf: Shelf) -> None:
    """A step on the caption is not taken back from under an image that is set aside; both together go."""
    before = _files(shelf)
    edit = shelf.desk.edit(shelf.frame("a.png"), "cat, sofa, lamp")
    aside = shelf.desk.set_aside(shelf.id("a.png"))
    refused = shelf.desk.undo([edit.id]).refused
    assert str(aside.id) in refused[0][1]
    assert shelf.desk.undo([edit.id, aside.id]).refused == ()
    assert _files(shelf) == before


def test_a_group_is_one_step(shelf: Shelf) -> None:
    """Many set aside together come back together."""
    before = _files(shelf)
    group = shelf.desk.new_group()
    for name in ("a.png", "b.png", "c.png"):
        shelf.desk.set_aside(shelf.id(name), group)
    assert shelf.desk.counts() == Counts(aside=3)
    assert len(_undone(shelf).images) == 3
    assert _files(shelf) == before


def test_what_is_not_there_cannot_be_set_aside(shelf: Shelf) -> None:
    """An image that vanished, or that another process set aside first, is refused and nothing is noted."""
    (shelf.root / "c.png").unlink()
    with pytest.raises(Unreadable, match=r"c\.png is not there"):
        shelf.desk.set_aside(shelf.id("c.png"))
    other = shelf.open()
    image = shelf.id("a.png")
    other.set_aside(image)
    with pytest.raises(CutlineError):
        shelf.desk.set_aside(image)
    (shelf.root / "a.png").write_bytes(b"new")
    with pytest.raises(ChangedOutside):
        shelf.desk.set_aside(image)
    other.close()
    assert [row.kind for row in shelf.desk.history()] == ["aside"]


def test_others_see_it(shelf: Shelf) -> None:
    """Another process counts right after its next look, both ways; a session that begins later does, too."""
    other = shelf.open()
    image = shelf.id("a.png")
    shelf.desk.set_aside(image)
    assert image in other.refresh()
    later = shelf.open()
    for desk in (other, later):
        assert image not in desk.entries
        assert desk.counts() == shelf.desk.counts()
    _undone(shelf)
    for desk in (other, later):
        desk.refresh()
        assert image in desk.entries
        assert desk.counts() == shelf.desk.counts()
        desk.close()


def test_a_linked_caption_goes_as_a_link(shelf: Shelf) -> None:
    """The link beside the image is what goes along; its target stays."""
    (shelf.root / "a.txt").rename(shelf.root / "shared.txt")
    (shelf.root / "a.txt").symlink_to("shared.txt")
    shelf.desk.set_aside(shelf.id("a.png"))
    assert (shelf.root / "shared.txt").read_bytes() == b"cat, sofa\n"
    assert not os.path.lexists(shelf.root / "a.txt")
    _undone(shelf)
    assert shelf.caption("a.png") == b"cat, sofa\n"


def test_a_name_that_is_taken_from_an_earlier_store(shelf: Shelf) -> None:
    """Who removes `.cutline/` starts with step 1 again: what lies aside from before is not touched."""
    shelf.desk.set_aside(shelf.id("a.png"))
    shelf.desk.close()
    for file in (shelf.root / ".cutline").iterdir():
        file.unlink()
    (shelf.root / ".cutline").rmdir()
    (shelf.root / "a.png").write_bytes(b"picture a.png, another one")
    shelf.desk = shelf.open()
    shelf.desk.set_aside(shelf.id("a.png"))
    kept = {str(path.relative_to(shelf.root)) for path in (shelf.root / ".cutline-aside").rglob("*.aside")}
    assert kept == {".cutline-aside/1/a.png.aside", ".cutline-aside/1/a.txt.aside", ".cutline-aside/1-2/a.png.aside"}
    _undone(shelf)
    assert (shelf.root / "a.png").read_bytes() == b"picture a.png, another one"


def test_nothing_moves_where_the_caption_cannot(shelf: Shelf, tmp_path: Path) -> None:
    """Where the second file is refused, the first one is put back, and the step does not count."""
    before = _files(shelf)
    image = shelf.id("a.png")
    # The caption's name is as long as a name may be: nothing can be hung on it.
    long = "n" * (255 - len(".aside") - len(".png") + 1)
    for ending in ("png", "txt"):
        (shelf.root / f"a.{ending}").rename(shelf.root / f"{long}.{ending}")
    shelf.desk.scan()
    image = shelf.id(f"{long}.png")
    with pytest.raises(CutlineError, match="File name too long"):
        shelf.desk.set_aside(image)
    assert len(_files(shelf)) == len(before)
    assert image in shelf.desk.entries
    assert shelf.desk.counts().aside == 0
    assert tmp_path.exists()


@pytest.mark.parametrize("keys", [(b"run.sh",), (b"a.png", b".git/config"), (b".cutline/x.png",), (b"../x.png",), ()])
def test_a_store_made_to_move_other_files_moves_nothing(shelf: Shelf, keys: tuple[bytes, ...]) -> None:
    """What somebody else's store says was begun is only finished where it concerns an image and its caption."""
    (shelf.root / "run.sh").write_bytes(b"mine")
    for key in keys:
        target = shelf.root / os.fsdecode(key)
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            target.write_bytes(b"mine")
    before = _files(shelf)
    image = shelf.id("a.png")
    shelf.desk.close()
    with sqlite3.connect(shelf.root / ".cutline/review.db") as db:
        data = msgspec.msgpack.encode(Parcel("7", keys))
        row = db.execute(
            "INSERT INTO journal (time, session, kind, image, data) VALUES (1, 'x', 'aside', ?, ?)", (image, data)
        )
        db.execute("INSERT INTO writes (id, caption, status) VALUES (?, ?, 'unmarked')", (row.lastrowid, b"a.txt"))
    db.close()
    shelf.desk = shelf.open()
    assert _files(shelf) == before
    assert any("could not be finished" in notice for notice in shelf.desk.notices)
