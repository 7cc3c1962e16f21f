"""Moving a threshold: which one, where to, how far, and what is put in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.captions.viewing.view import View
from engine.errors import Refused
from engine.review.proposals import Origin
from engine.review.threshold_counts import Counted
from tui.course.card import Card
from tui.thresholds.moving import Thresholds, stepped, told, told_count

if TYPE_CHECKING:
    from tests.tui.trial import Trial


def card_of(trial: Trial, thresholds: Thresholds) -> Card:
    """Return the card of the only image as it is seen while a threshold is moved."""
    return Card(trial.workspace.frame(trial.workspace.entry_of(b"1.png").id, thresholds.views), 1)


@given(st.integers(0, 100), st.sampled_from([-1, 1]), st.integers(0, 90))
def test_steps_are_multiples_of_a_hundredth(start: int, way: int, presses: int) -> None:
    """Any number of presses from a hundredth ends exactly that many hundredths away."""
    threshold = start / 100
    for _ in range(presses):
        threshold = stepped(threshold, -1 if way < 0 else 1)
    assert threshold == (start + way * presses) / 100


@pytest.mark.parametrize(("start", "down", "up"), [(0.455, 0.45, 0.46), (0.2772, 0.27, 0.28), (0.35, 0.34, 0.36)])
def test_a_threshold_between_two_hundredths_goes_to_the_nearer_side(start: float, down: float, up: float) -> None:
    """No press moves by more than a hundredth."""
    assert (stepped(start, -1), stepped(start, 1)) == (down, up)


@pytest.mark.parametrize(("threshold", "text"), [(0.4, "0.40"), (0.35, "0.35"), (0.2772, "0.2772"), (1, "1.00")])
def test_thresholds_are_told_with_two_digits_or_all(threshold: float, text: str) -> None:
    """Nothing is rounded away."""
    assert told(threshold) == text


@pytest.mark.parametrize(
    ("counted", "text"),
    [
        (Counted(1822, 0, 3104, 10000), "3,104 tags fewer in 1,822 of 10,000 waiting images"),
        (Counted(1, 1, 0, 1), "1 tag more in 1 of 1 waiting image"),
        (Counted(2, 3, 1, 5), "3 tags more, 1 fewer in 2 of 5 waiting images"),
        (Counted(0, 0, 0, 5), "changes none of 5 waiting images"),
    ],
)
def test_counts_are_told_in_a_line(counted: Counted, text: str) -> None:
    """With the words that fit the numbers."""
    assert told_count(counted) == text


def test_a_run_is_seen_and_then_one_step(trial: Trial) -> None:
    """Presses change what is seen, not what is in force; settling is one row, and none where it ends where it began."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.9, lamp=0.33)
    thresholds = Thresholds(trial.workspace)
    for seen in (["sofa"], ["sofa", "lamp"]):
        thresholds.move(card_of(trial, thresholds), -1, {})
        assert [hunk.new for hunk in card_of(trial, thresholds).hunks] == seen
    assert trial.workspace.view_of("tagger") == View()
    thresholds.settle()
    assert trial.workspace.view_of("tagger") == View(threshold=0.33)
    for way in (1, -1):
        thresholds.move(card_of(trial, thresholds), 1 if way > 0 else -1, {})
    thresholds.settle()
    assert [row.kind for row in trial.workspace.history()] == ["view"]


def test_the_category_under_the_cursor_decides(trial: Trial) -> None:
    """Where it has a threshold of its own in the view that one is moved, to the end of the run; else the general one."""
    trial.image("1.png")
    table = LabelTable(("sofa", "saber"), ("general", "character"))
    trial.store_scores("1.png", Origin("wd", "append", "tags"), table, pack([(0, to_u16(0.9)), (1, to_u16(0.86))], 0))
    trial.workspace.change_view("wd", lambda _: View(categories={"character": 0.85}))
    thresholds = Thresholds(trial.workspace)
    card = card_of(trial, thresholds)
    card.move_cursor(1)
    for line in ("threshold of character 0.86 (was 0.85), wd", "threshold of character 0.87 (was 0.85), wd"):
        assert thresholds.move(card, 1, {}).line == line
        card = card_of(trial, thresholds)  # where the character is gone the second time, and the cursor on another tag
    thresholds.settle()
    assert thresholds.move(card_of(trial, thresholds), 1, {}).line == "threshold 0.36 (was 0.35), wd"
    thresholds.settle()
    assert trial.workspace.view_of("wd") == View(threshold=0.36, categories={"character": 0.87})


def test_it_goes_no_further_than_the_floor(trial: Trial) -> None:
    """Down to the stored floor, where it says how to lower that; up to 1."""
    trial.image("1.png")
    trial.tags("1.png", sofa=0.9)
    thresholds = Thresholds(trial.workspace)
    trial.workspace.change_view("tagger", lambda _: View(threshold=0.06))
    assert thresholds.move(card_of(trial, thresholds), -1, {}).to == 0.05
    with pytest.raises(Refused, match=r"scores below 0\.05 are not stored .*cutline tag .* --model tagger --again"):
        thresholds.move(card_of(trial, thresholds), -1, {})
    thresholds.settle()
    with pytest.raises(Refused, match=r"scores below 0\.20"):
        thresholds.move(card_of(trial, thresholds), -1, {"tagger": 0.2})
    trial.workspace.change_view("tagger", lambda _: View(threshold=1.0))
    with pytest.raises(Refused, match=r"1\.00 already"):
        thresholds.move(card_of(trial, thresholds), 1, {})
    assert trial.workspace.view_of("tagger") == View(threshold=1.0)


def test_another_source_is_another_run(trial: Trial) -> None:
    """What was moved before is in force when a press is about another candidate."""
    trial.image("1.png")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", lamp=0.9)
    thresholds = Thresholds(trial.workspace)
    card = card_of(trial, thresholds)
    thresholds.move(card, 1, {})
    card.look_at(1)
    assert thresholds.move(card, -1, {}).line == "threshold 0.34 (was 0.35), two"
    assert trial.workspace.view_of("one") == View(threshold=0.36)
    assert trial.workspace.view_of("two") == View()
