"""Decisions: what they write, what they refuse, what they leave in the journal."""

from __future__ import annotations

import pytest

from engine.errors import ChangedOutside, NotWritable, Refused
from tests.engine.review.shelf import Shelf


def test_accepting_writes_what_is_chosen(shelf: Shelf) -> None:
    """Accepting adds the tags above the threshold after the person's own and keeps the final newline."""
    shelf.propose("a.png", {"cat": 0.9, "window": 0.8, "dog": 0.1})
    step = shelf.accept("a.png")
    assert shelf.caption("a.png") == b"cat, sofa, window\n"
    assert step.wrote
    assert shelf.state("a.png") == "accepted"
    (row,) = [row for row in shelf.desk.history() if row.id == step.id]
    assert (row.kind, row.before, row.after, row.status) == (
        "accept",
        b"cat, sofa\n",
        b"cat, sofa, window\n",
        "written",
    )
    assert [(v.answer, v.hunks) for v in row.verdicts] == [("taken", ("+window",))]


def test_accepting_part_says_so(shelf: Shelf) -> None:
    """A candidate of which one hunk is taken is answered `partly`; one of which none is taken, `left`."""
    first = shelf.propose("a.png", {"window": 0.9, "rug": 0.8})
    second = shelf.propose("a.png", {"lamp": 0.9}, source="other")
    frame = shelf.frame("a.png")
    step = shelf.desk.accept(frame, {first: frame.candidates[0].hunks[:1]})
    (row,) = [row for row in shelf.desk.history() if row.id == step.id]
    assert {v.proposal: v.answer for v in row.verdicts} == {first: "partly", second: "left"}
    assert shelf.caption("a.png") == b"cat, sofa, window\n"
    assert shelf.state("a.png") == "accepted"


def test_accepting_takes_hunks_of_all_candidates(shelf: Shelf) -> None:
    """One decision writes the hunks chosen across all candidates, an addition both propose only once."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.propose("a.png", {"window": 0.8, "lamp": 0.7}, source="other")
    shelf.accept("a.png")
    assert shelf.caption("a.png") == b"cat, sofa, window, lamp\n"


def test_accepting_only_one_candidate_leaves_the_others_open(shelf: Shelf) -> None:
    """`A` answers the shown candidate; the other is compared anew with the new text."""
    first = shelf.propose("a.png", {"window": 0.9})
    shelf.propose("a.png", {"window": 0.9, "lamp": 0.8}, source="other")
    frame = shelf.frame("a.png")
    shelf.desk.accept(frame, {first: frame.candidates[0].hunks}, only=[first])
    assert shelf.state("a.png") == "pending"
    (shown,) = shelf.frame("a.png").open
    assert [hunk.label for hunk in shown.hunks] == ["+lamp"]


def test_a_candidate_that_came_later_is_not_answered(shelf: Shelf) -> None:
    """A decision answers what was in its frame, not what arrived after the frame was drawn."""
    shelf.propose("a.png", {"window": 0.9})
    frame = shelf.frame("a.png")
    late = shelf.propose("a.png", {"lamp": 0.9}, source="late")
    shelf.desk.accept(frame, {})
    assert [shown.proposal.id for shown in shelf.frame("a.png").open] == [late]
    assert shelf.state("a.png") == "pending"


def test_approving_writes_nothing(shelf: Shelf) -> None:
    """An image without proposals can be approved: a decision row, and the very same file."""
    before = (shelf.root / "b.txt").stat()
    step = shelf.accept("b.png")
    after = (shelf.root / "b.txt").stat()
    assert not step.wrote
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert shelf.state("b.png") == "accepted"
    assert [row.kind for row in shelf.desk.history()] == ["approve"]


def test_an_absent_caption_is_created_and_an_empty_one_is_not_absent(shelf: Shelf) -> None:
    """Absent is NULL in the journal, empty is zero bytes; both can be filled."""
    shelf.propose("c.png", {"tree": 0.9})
    step = shelf.accept("c.png")
    assert (step.before, step.after) == (None, b"tree")
    (shelf.root / "b.txt").write_bytes(b"")
    shelf.propose("b.png", {"tree": 0.9})
    step = shelf.accept("b.png")
    assert (step.before, step.after) == (b"", b"tree")


def test_rejecting_leaves_the_caption(shelf: Shelf) -> None:
    """Rejecting answers every candidate with `left` and touches no file."""
    shelf.propose("a.png", {"window": 0.9})
    step = shelf.desk.reject(shelf.frame("a.png"))
    assert not step.wrote
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert shelf.state("a.png") == "rejected"
    with pytest.raises(Refused):
        shelf.desk.reject(shelf.frame("a.png"))


def test_an_edit_leaves_candidates_open(shelf: Shelf) -> None:
    """A hand edit is a decision without a proposal: the candidate is compared with the new text."""
    shelf.propose("a.png", {"window": 0.9, "lamp": 0.8})
    shelf.desk.edit(shelf.frame("a.png"), "cat, lamp\n")
    assert shelf.caption("a.png") == b"cat, lamp\n"
    assert shelf.state("a.png") == "pending"
    (shown,) = shelf.frame("a.png").open
    assert [hunk.label for hunk in shown.hunks] == ["+window"]


def test_a_caption_changed_outside_is_never_overwritten(shelf: Shelf) -> None:
    """A decision made on an old frame is refused and not journalled; a new frame shows the new text."""
    shelf.propose("a.png", {"window": 0.9})
    frame = shelf.frame("a.png")
    (shelf.root / "a.txt").write_bytes(b"kitten\n")
    with pytest.raises(ChangedOutside):
        shelf.desk.accept(frame, {})
    assert shelf.caption("a.png") == b"kitten\n"
    assert list(shelf.desk.history()) == []
    assert shelf.state("a.png") == "pending"
    shelf.accept("a.png")
    assert shelf.caption("a.png") == b"kitten, window\n"


def test_a_write_protected_caption_is_refused_and_the_decision_withdrawn(shelf: Shelf) -> None:
    """A caption without write permission stays; its row stays in the journal, withdrawn, and does not count."""
    shelf.propose("a.png", {"window": 0.9})
    (shelf.root / "a.txt").chmod(0o444)
    with pytest.raises(NotWritable):
        shelf.accept("a.png")
    assert shelf.caption("a.png") == b"cat, sofa\n"
    assert shelf.state("a.png") == "pending"
    assert [row.status for row in shelf.desk.history()] == ["withdrawn"]
    (shelf.root / "a.txt").chmod(0o644)
    shelf.accept("a.png")
    assert shelf.caption("a.png") == b"cat, sofa, window\n"


def test_a_stale_candidate_is_marked(shelf: Shelf) -> None:
    """A proposal made from another picture than the one that is there now is shown as stale."""
    shelf.propose("a.png", {"window": 0.9}, stale=True)
    shelf.propose("b.png", {"window": 0.9})
    assert shelf.frame("a.png").candidates[0].stale
    assert not shelf.frame("b.png").candidates[0].stale
    (shelf.root / "b.png").write_bytes(b"another picture")
    assert shelf.frame("b.png").candidates[0].stale


def test_two_images_share_a_caption(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`a.jpg` and `a.png` share `a.txt`: each has its own candidates and state, compared with the text as it is."""
    shelf = Shelf(tmp_path_factory.mktemp("shared") / "set", {"a.jpg": b"cat", "a.png": b"cat"})
    shelf.propose("a.jpg", {"window": 0.9})
    shelf.propose("a.png", {"window": 0.9, "lamp": 0.8})
    shelf.accept("a.jpg")
    assert (shelf.state("a.jpg"), shelf.state("a.png")) == ("accepted", "pending")
    shelf.accept("a.png")
    assert shelf.caption("a.png") == b"cat, window, lamp"
    shelf.desk.close()


def test_bytes_that_are_not_utf8_can_be_taken_out(shelf: Shelf) -> None:
    """A removal of text that is not UTF-8 is written and journalled; undo brings the bytes back."""
    (shelf.root / "a.txt").write_bytes(b"caf\xe9, sofa")
    shelf.propose("a.png", {"sofa": 0.9}, merge="replace")
    step = shelf.accept("a.png")
    assert shelf.caption("a.png") == b"sofa"
    (row,) = [row for row in shelf.desk.history() if row.id == step.id]
    assert row.verdicts[0].hunks == ("-caf\\xe9",)
    shelf.desk.undo_last()
    assert shelf.caption("a.png") == b"caf\xe9, sofa"


def test_a_caption_in_another_encoding_is_not_added_to(shelf: Shelf) -> None:
    """UTF-16 would end up half of it in UTF-8: writing is refused, rejecting is not."""
    (shelf.root / "a.txt").write_bytes("cat".encode("utf-16"))
    shelf.propose("a.png", {"window": 0.9})
    assert "UTF-16" in shelf.frame("a.png").unwritable
    with pytest.raises(Refused, match="UTF-16"):
        shelf.accept("a.png")
    shelf.desk.reject(shelf.frame("a.png"))
    assert shelf.caption("a.png") == "cat".encode("utf-16")
