"""States: derived from journal and proposals, one per image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.viewing.view import View
from engine.review.journal import Step, in_force

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_the_four_states_add_up(shelf: Shelf) -> None:
    """The sum holds: images = pending + accepted + rejected + untouched, whatever happens."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.propose("b.png", {"window": 0.9})
    shelf.desk.reject(shelf.frame("b.png"))
    counts = shelf.desk.counts()
    assert (counts.images, counts.pending, counts.accepted, counts.rejected, counts.untouched) == (3, 1, 0, 1, 1)


def test_a_candidate_that_changes_nothing_is_pending_too(shelf: Shelf) -> None:
    """Pending means unanswered, whether or not the candidate would change the text."""
    shelf.propose("a.png", {"cat": 0.9})
    assert shelf.frame("a.png").candidates[0].hunks == ()
    assert shelf.state("a.png") == "pending"


def test_a_new_candidate_makes_a_decided_image_pending_again(shelf: Shelf) -> None:
    """Other content of the same source is a new question."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.accept("a.png")
    shelf.propose("a.png", {"lamp": 0.9})
    assert shelf.state("a.png") == "pending"


def test_the_same_candidate_again_inherits_the_answer(shelf: Shelf) -> None:
    """Equal source, view and content: already answered, also when told twice; undoing the answer opens it again."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.desk.reject(shelf.frame("a.png"))
    shelf.propose("a.png", {"window": 0.9})
    shelf.propose("a.png", {"window": 0.9})
    assert shelf.state("a.png") == "rejected"
    assert shelf.frame("a.png").candidates[0].answer == "left"
    shelf.desk.undo_last()
    assert shelf.state("a.png") == "pending"


def test_an_answer_given_to_an_heir_is_inherited_too(shelf: Shelf) -> None:
    """Answered, proposed again, taken back, answered there: the third time it is no question any more."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.desk.reject(shelf.frame("a.png"))
    shelf.propose("a.png", {"window": 0.9})
    shelf.desk.undo_last()
    shelf.desk.reject(shelf.frame("a.png"))
    shelf.propose("a.png", {"window": 0.9})
    assert shelf.state("a.png") == "rejected"


def test_another_view_is_another_question(shelf: Shelf) -> None:
    """The same scores under another threshold are not yet answered when they are proposed anew."""
    shelf.propose("a.png", {"window": 0.9, "lamp": 0.4})
    shelf.desk.reject(shelf.frame("a.png"))
    with shelf.desk.store.transaction() as db:
        shelf.desk.set_view(db, "tagger", View(threshold=0.5))
    assert shelf.state("a.png") == "rejected"  # moving a threshold never reopens a decided image
    shelf.propose("a.png", {"window": 0.9, "lamp": 0.4})
    assert shelf.state("a.png") == "pending"


def test_a_newer_proposal_supersedes_an_unanswered_one(shelf: Shelf) -> None:
    """Of one source only the newest is a candidate; several sources stand side by side."""
    shelf.propose("a.png", {"window": 0.9})
    newest = shelf.propose("a.png", {"lamp": 0.9})
    other = shelf.propose("a.png", {"rug": 0.9}, source="other")
    assert [shown.proposal.id for shown in shelf.frame("a.png").candidates] == [newest, other]


def test_a_skip_lasts_for_the_session_and_a_decision_clears_it(shelf: Shelf) -> None:
    """Skipping is this session's own; flags stay and are seen by all."""
    image = shelf.id("a.png")
    shelf.desk.mark(image, "skip")
    shelf.desk.mark(image, "flag")
    other = shelf.open()
    assert (shelf.desk.entries[image].skipped, other.entries[image].skipped) == (True, False)
    assert other.entries[image].flagged
    other.close()
    shelf.accept("a.png")
    assert not shelf.desk.entries[image].skipped
    shelf.desk.mark(image, "unflag")
    assert not shelf.desk.entries[image].flagged


def test_an_undone_undo_takes_nothing_back() -> None:
    """Which steps are in force follows chains of undo of any length."""
    decision, undo, redo = (Step(n, kind, 1, undoes, "s", None) for n, kind, undoes in _CHAIN)
    assert [step.id for step in in_force([decision])] == [1]
    assert [step.id for step in in_force([undo, decision])] == [2]
    assert [step.id for step in in_force([redo, undo, decision])] == [3, 1]


_CHAIN = ((1, "accept", None), (2, "undo", 1), (3, "undo", 2))


def test_a_withdrawn_undo_takes_nothing_back() -> None:
    """An undo whose file could not be written leaves the decision in force."""
    steps = [Step(2, "undo", 1, 1, "s", "withdrawn"), Step(1, "accept", 1, None, "s", "written")]
    assert [step.id for step in in_force(steps)] == [1]
