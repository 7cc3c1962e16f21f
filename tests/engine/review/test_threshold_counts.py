"""What another view would change: as many as making every image's tags would find."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.captions.scores import FULL_SCALE, TagScore
from engine.captions.view import View, view
from engine.review import threshold_counts
from engine.review.score_index import ScoreIndex
from engine.review.threshold_counts import Counted, ThresholdCounts
from tests.engine.captions.views import CATEGORIES, CUTS, LABELS, some_scores, some_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def index_of(images: Sequence[Sequence[TagScore]]) -> ScoreIndex:
    """Return an index over images with these scores."""
    index = ScoreIndex("tagger")
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE labels (id, body)")
    db.execute("INSERT INTO labels VALUES (1, ?)", (msgspec.json.encode(LABELS),))
    index._offset(db, 1)
    db.close()
    index.images = np.arange(len(images))
    index.sizes = np.array([len(scores) for scores in images], np.int64)
    flat = [scored for scores in images for scored in scores]
    index.labels = np.array([LABELS.names.index(scored.name) for scored in flat], np.int32)
    index.scores = np.array([round(scored.score * FULL_SCALE) for scored in flat], np.uint16)
    return index


def counted_one_by_one(images: Sequence[Sequence[TagScore]], before: View, after: View) -> Counted:
    """Count by making all tags."""
    pairs = [tuple({tag.text for tag in view(scores, one)} for one in (before, after)) for scores in images]
    return Counted(
        sum(old != new for old, new in pairs),
        sum(len(new - old) for old, new in pairs),
        sum(len(old - new) for old, new in pairs),
        len(images),
    )


@st.composite
def moved(draw: st.DrawFn, before: View) -> View:
    """Give a view with other thresholds."""
    return msgspec.structs.replace(
        before,
        threshold=draw(CUTS),
        categories=draw(st.dictionaries(st.sampled_from(CATEGORIES), CUTS, max_size=2)),
    )


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(some_scores(), max_size=6), st.one_of(some_views(), some_views(simple=True)))
def test_moved_thresholds_change_what_the_view_says(
    data: st.DataObject, images: list[list[TagScore]], before: View
) -> None:
    """For any view and any move of its thresholds the numbers are those of the plain function."""
    after = data.draw(moved(before))
    assert ThresholdCounts(index_of(images)).count(before, after) == counted_one_by_one(images, before, after)


@settings(max_examples=100, deadline=None)
@given(st.lists(some_scores(), max_size=4), st.lists(some_views(), min_size=3, max_size=3))
def test_any_two_views_are_compared(images: list[list[TagScore]], views: list[View]) -> None:
    """Also where more than thresholds differ, and when the same object is asked again about others."""
    counts = ThresholdCounts(index_of(images))
    for before, after in pairwise(views):
        assert counts.count(before, after) == counted_one_by_one(images, before, after)


def test_nobody_waits_for_an_old_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where images are looked at one by one, a newer question ends it soon."""
    monkeypatch.setattr(threshold_counts, "AT_ONCE", 2)
    scores = [TagScore("hair", 0.8, "general"), TagScore("miku", 0.6, "character")]
    counts = ThresholdCounts(index_of([scores] * 100))
    asked: list[None] = []

    def is_stale() -> bool:
        asked.append(None)
        return len(asked) > 3

    assert counts.count(View(top_k=1), View(top_k=1, threshold=0.9), is_stale) is None
    assert len(asked) == 4
