"""Thresholds as one table, label by label."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from engine.captions.viewing.cuts import NEVER_U16, cuts, is_simple
from engine.captions.viewing.scores import FULL_SCALE, LabelTable, TagScore
from engine.captions.viewing.view import View, view
from tests.engine.captions.views import LABELS, some_views


@given(some_views(simple=True))
def test_the_table_says_what_the_view_says(settings: View) -> None:
    """Each label alone is proposed from its cut on and not below, whatever the view is, as long as it is simple."""
    table = cuts(settings, LABELS)
    assert is_simple(settings)
    assert len(table) == len(LABELS.names)
    for name, category, cut in zip(LABELS.names, LABELS.categories, table, strict=True):
        if category == "rating":
            assert cut == NEVER_U16
            continue
        assert 0 <= cut <= NEVER_U16
        for score in {0, max(cut - 1, 0), min(cut, FULL_SCALE), FULL_SCALE}:
            seen = view([TagScore(name, score / FULL_SCALE, category)], settings)
            assert bool(seen) == (score >= cut)


@pytest.mark.parametrize("settings", [View(mcut=True), View(top_k=3), View(implied="drop")])
def test_views_that_look_at_the_whole_image_are_not_simple(settings: View) -> None:
    """Where other tags of the image decide, too, no table can say what is proposed."""
    assert not is_simple(settings)
    assert is_simple(View(exclude=("a",), expand_characters=True))


def test_ten_thousand_labels_take_a_moment() -> None:
    """A threshold that moves on screen asks for the whole table at each key: tens of milliseconds, not hundreds."""
    labels = LabelTable(tuple(f"tag_{n}" for n in range(10_000)), ("general",) * 10_000)
    settings = View(include=tuple(f"tag {n}" for n in range(73)))
    cuts(settings, labels)
    began = time.thread_time()
    table = cuts(View(threshold=0.4, include=settings.include), labels)
    assert time.thread_time() - began < 0.5
    assert sum(cut < NEVER_U16 for cut in table) == 73
