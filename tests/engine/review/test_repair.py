"""Crash repair: every place where a process can die between the row and the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.dataset import caption_batch

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf

BEFORE, AFTER = b"cat, sofa\n", b"cat, sofa, window\n"


@pytest.fixture
def crashed(shelf: Shelf) -> Shelf:
    """A shelf whose newest row is committed but unmarked, its file still as before."""
    shelf.propose("a.png", {"window": 0.9})
    step = shelf.accept("a.png")
    (shelf.root / "a.txt").write_bytes(BEFORE)
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE writes SET status = 'unmarked'")
    assert step.id == 1
    shelf.desk.close()
    return shelf


def _repaired(shelf: Shelf) -> list[str]:
    """Open the dataset again; return what it said, once it can be asked."""
    shelf.desk = shelf.open()
    return shelf.desk.notices


def _statuses(shelf: Shelf) -> list[str | None]:
    return [row.status for row in shelf.desk.history() if row.status]


def test_dying_before_the_file_writes_it_again(crashed: Shelf) -> None:
    """A caption that still is *before* is written."""
    assert _repaired(crashed) == []
    assert (crashed.caption("a.png"), _statuses(crashed)) == (AFTER, ["written"])


def test_dying_before_the_mark_finishes_the_row(crashed: Shelf) -> None:
    """A caption that is *after* already only gets its mark; the exchanged-out file is removed."""
    (crashed.root / "a.txt").write_bytes(AFTER)
    (crashed.root / ".cutline-1.tmp").write_bytes(BEFORE)
    assert _repaired(crashed) == []
    assert (crashed.caption("a.png"), _statuses(crashed)) == (AFTER, ["written"])
    assert not (crashed.root / ".cutline-1.tmp").exists()


def test_a_foreign_text_in_the_temporary_file_is_kept_and_offered(crashed: Shelf) -> None:
    """What another program wrote in the last moment, and we exchanged out, goes into the journal."""
    (crashed.root / "a.txt").write_bytes(AFTER)
    (crashed.root / ".cutline-1.tmp").write_bytes(b"theirs")
    assert len(_repaired(crashed)) == 1
    assert [row.before for row in crashed.desk.history() if row.kind == "offered"] == [b"theirs"]
    assert not (crashed.root / ".cutline-1.tmp").exists()
    assert crashed.caption("a.png") == AFTER


def test_an_unfinished_temporary_file_is_our_own(crashed: Shelf) -> None:
    """A temporary file that was cut off while being written is nobody's text: nothing is offered."""
    (crashed.root / ".cutline-1.tmp").write_bytes(AFTER[:5])
    assert _repaired(crashed) == []
    assert [row.kind for row in crashed.desk.history()] == ["accept"]
    assert crashed.caption("a.png") == AFTER


def test_neither_before_nor_after_asks_the_person(crashed: Shelf) -> None:
    """A caption nobody expected stays as it is; the decision does not count and the image is pending again."""
    (crashed.root / "a.txt").write_bytes(b"theirs")
    assert len(_repaired(crashed)) == 1
    assert (crashed.caption("a.png"), _statuses(crashed)) == (b"theirs", ["conflict"])
    assert crashed.state("a.png") == "pending"


def test_repair_happens_before_the_next_decision_too(crashed: Shelf) -> None:
    """A process that was open all along finishes the dead one's write before its own."""
    crashed.desk = crashed.open()
    with crashed.desk.store.transaction() as db:
        db.execute("UPDATE writes SET status = 'unmarked'")
    (crashed.root / "a.txt").write_bytes(BEFORE)
    frame = crashed.frame("a.png")
    with pytest.raises(Exception, match="changed on disk"):
        crashed.desk.edit(frame, "mine\n")
    assert crashed.caption("a.png") == AFTER
    crashed.desk.edit(crashed.frame("a.png"), "mine\n")
    assert crashed.caption("a.png") == b"mine\n"


def test_a_disk_that_fails_while_repairing_leaves_the_step_to_the_next(
    crashed: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the caption was changed and nobody knows whether that lasts, the step stays: it can be undone."""
    with monkeypatch.context() as failing:

        def fail(_: int) -> None:
            raise OSError(5, "Input/output error")

        failing.setattr(caption_batch, "sync_folder", fail)
        (notice,) = _repaired(crashed)
    assert "the disk failed" in notice
    assert (crashed.caption("a.png"), _statuses(crashed)) == (AFTER, ["unmarked"])
    crashed.desk.close()
    assert _repaired(crashed) == []
    assert _statuses(crashed) == ["written"]
    crashed.desk.undo([1])
    assert crashed.caption("a.png") == BEFORE


def test_others_see_what_a_repair_found(shelf: Shelf) -> None:
    """A step that nobody finished and that became a conflict counts for nobody any more, wherever it was repaired."""
    shelf.desk.write(shelf.frame("a.png"), AFTER)
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE writes SET status = 'unmarked'")
    watching = shelf.open()  # repairs, too: what follows has to come after it
    (shelf.root / "a.txt").write_bytes(b"theirs")
    with watching.store.transaction() as db:
        db.execute("UPDATE writes SET status = 'unmarked'")
    watching.refresh()
    assert watching.counts().accepted == 1
    shelf.desk.close()
    assert len(_repaired(shelf)) == 1
    watching.refresh()
    assert (watching.counts().accepted, shelf.desk.counts().accepted) == (0, 0)
    watching.close()


def test_a_repair_that_cannot_write_withdraws(crashed: Shelf) -> None:
    """Where the file cannot be written any more, the decision does not count and the person is told."""
    (crashed.root / "a.txt").chmod(0o444)
    (notice,) = _repaired(crashed)
    assert "could not be finished" in notice
    assert (crashed.caption("a.png"), _statuses(crashed)) == (BEFORE, ["withdrawn"])
    assert crashed.state("a.png") == "pending"


def test_a_bulk_step_that_was_cut_short_is_named(shelf: Shelf) -> None:
    """What was asked and how far it came is said once; of a single decision, and of a finished step, nothing."""
    desk = shelf.desk
    group = desk.new_group("drop:sofa")
    for name in ("a.png", "b.png"):
        desk.edit(shelf.frame(name), "new", group=group)
    with desk.store.transaction() as db:
        db.execute("UPDATE writes SET status = 'unmarked' WHERE id > 1")
    desk.close()
    (notice,) = _repaired(shelf)
    assert "may be incomplete (drop:sofa: 2 captions written)" in notice
    assert f"group {group}" in notice
    shelf.desk.close()
    assert _repaired(shelf) == []
