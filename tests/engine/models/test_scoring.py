"""From raw outputs to kept scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.viewing.scores import LabelTable, to_u16
from engine.errors import BadSetting
from engine.models.contract import Scored
from engine.models.labels import Labels
from engine.models.scoring import NotFinite, Scorer, check_activation, sigmoid

LABELS = Labels(
    LabelTable(("a", "b", "safe", "nude"), ("general", "general", "rating", "rating")), (0, 1, 2, 3), (), Path()
)


def pairs(scorer: Scorer, *output: float) -> dict[int, int]:
    """Score one picture."""
    answer = scorer.scored(np.array(output, np.float32))
    assert isinstance(answer, Scored)
    assert len(dict(answer.pairs)) == len(answer.pairs)
    return dict(answer.pairs)


def test_the_best_rating_is_kept_below_the_floor() -> None:
    """Everything from the floor on is kept, the floor included; of ratings at least the best."""
    scorer = Scorer(LABELS, 0.05, "none", "m")
    assert pairs(scorer, 0.05, 0.0499, 0.02, 0.03) == {0: to_u16(0.05), 3: to_u16(0.03)}
    assert pairs(scorer, 0.01, 0.01, 0.3, 0.2).keys() == {2, 3}
    assert pairs(scorer, 1.0000001, 0, 0, 0) == {0: 65535, 2: 0}


@given(st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4))
def test_scores_are_rounded_as_everywhere(output: list[float]) -> None:
    """The fast way gives the same numbers as `to_u16`."""
    kept = pairs(Scorer(LABELS, 0.0, "none", "m"), *output)
    assert kept == {n: to_u16(float(np.float32(score))) for n, score in enumerate(output)}


def test_twice_the_same_tag_takes_the_better_score() -> None:
    """So do tags that follow from several others; spare outputs count for nothing."""
    table = LabelTable(("a", "saber", "rin", "fate"), ("general", "character", "character", "copyright"))
    labels = Labels(table, (0, 1, 2, 0), ((1, 3), (2, 3)), Path())
    assert pairs(Scorer(labels, 0.0, "none", "m"), 0.2, 0.4, 0.6, 0.8, 0.9) == {
        n: to_u16(float(np.float32(score))) for n, score in enumerate((0.8, 0.4, 0.6, 0.6))
    }


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("activation", ["none", "sigmoid"])
def test_what_is_no_number_fails_the_picture(wrong: float, activation: str) -> None:
    """NaN and infinity are never stored, also not as the 1 that a sigmoid makes of infinity."""
    scorer = Scorer(LABELS, 0.05, "sigmoid" if activation == "sigmoid" else "none", "the-model")
    answer = scorer.scored(np.array([0.1, wrong, 0.1, 0.1], np.float32))
    assert isinstance(answer, NotFinite)
    assert "the-model" in answer.message
    spare = scorer.scored(np.array([0.1, 0.1, 0.1, 0.1, wrong], np.float32))
    assert isinstance(spare, Scored)


def test_the_sigmoid_overflows_nowhere() -> None:
    """It is exact where it matters, and 0 or 1 far out."""
    logits = np.array([-1e30, -90, -3, 0, 3, 90, 1e30], np.float32)
    with np.errstate(all="raise", under="ignore"):
        got = sigmoid(logits)
    assert got == pytest.approx([0, 0, 0.04742587, 0.5, 0.95257413, 1, 1], abs=1e-7)


def test_a_contradiction_between_entry_and_output_is_said() -> None:
    """Logits taken for scores, and scores put through a second sigmoid, are refused with the word to write."""
    scores, logits = np.array([0.0, 0.4, 1.0004]), np.array([0.2, -4.0])
    check_activation("none", scores, "m")
    check_activation("sigmoid", logits, "m")
    check_activation("none", np.array([np.nan]), "m")
    with pytest.raises(BadSetting, match=r'gives logits.*activation = "sigmoid"'):
        check_activation("none", logits, "m")
    with pytest.raises(BadSetting, match=r'gives scores already.*activation = "none"'):
        check_activation("sigmoid", scores, "m")
