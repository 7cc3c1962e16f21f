"""What another view would change: as many as making every image's tags would find."""

from __future__ import annotations

import sqlite3
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.captions.viewing.scores import LabelTable, TagScore, pack, to_u16
from engine.captions.viewing.view import View, view
from engine.review import threshold_counts
from engine.review.candidates import Scores
from engine.review.score_index import ScoreIndex
from engine.review.threshold_counts import Counted, ThresholdCounts
from tests.counts import count
from tests.engine.captions.views import CATEGORIES, CUTS, LABELS, some_scores, some_views

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def index_of(images: Sequence[Sequence[TagScore]]) -> ScoreIndex:
    """Return an index over images with these scores."""
    labels = list(zip(LABELS.names, LABELS.categories, strict=True))
    blobs = [
        pack([(labels.index((name, category)), to_u16(score)) for name, score, category in scores], 0)
        for scores in images
    ]
    index, db = ScoreIndex("tagger"), sqlite3.connect(":memory:")
    db.execute("CREATE TABLE labels (id, body)")
    other = LabelTable(("very_long_hair", "hair"), ("general",) * 2)
    for row, table in enumerate((other, LABELS)):
        db.execute("INSERT INTO labels VALUES (?, ?)", (row, msgspec.json.encode(table)))
    index._take(db, [Scores(-1, 0, pack([], 0), b"")])
    index._take(db, [Scores(image, 1, blob, b"") for image, blob in enumerate(blobs)])
    db.close()
    index._drop({-1})
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


@settings(max_examples=count(100, 300), deadline=None)
@given(st.data(), st.lists(some_scores(), max_size=6), st.one_of(some_views(), some_views(simple=True)))
def test_moved_thresholds_change_what_the_view_says(
    data: st.DataObject, images: list[list[TagScore]], before: View
) -> None:
    """For any view and any move of its thresholds the numbers are those of the plain function."""
    after = data.draw(moved(before))
    assert ThresholdCounts(index_of(images)).count(before, after) == counted_one_by_one(images, before, after)


def looking_at_whole_images() -> st.SearchStrategy[View]:
    """Give views with a number of best tags, implied tags dropped, or both, of which arrays can tell most."""
    return some_views().flatmap(
        lambda one: st.builds(
            partial(msgspec.structs.replace, one, mcut=False, expand_characters=False),
            top_k=st.integers(0, 4),
            implied=st.sampled_from(["keep", "drop"]),
            replace=st.one_of(st.just({}), st.just(one.replace)),
            include=st.one_of(st.just(()), st.just(one.include)),
        )
    )


@settings(max_examples=count(200, 600), deadline=None)
@given(st.data(), st.lists(some_scores(), max_size=6), looking_at_whole_images())
def test_what_depends_on_the_whole_image_is_counted_too(
    data: st.DataObject, images: list[list[TagScore]], before: View
) -> None:
    """The best few and what is implied are those of the plain function, with ties, ratings and names met twice."""
    counts = ThresholdCounts(index_of(images))
    for _ in range(2):
        after = data.draw(moved(before))
        assert counts.count(before, after) == counted_one_by_one(images, before, after)


@pytest.mark.parametrize(
    "before",
    [View(threshold=0.4, top_k=2), View(threshold=0.4, implied="drop"), View(threshold=0.4, top_k=1, implied="drop")],
)
def test_no_image_is_looked_at_by_itself_without_need(before: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where labels are written one by one and none says another in a circle, arrays alone tell."""
    tied = [("very_long_hair", 0.8), ("long_hair", 0.6), ("o_o", 0.5), ("Smile", 0.5), ("hair_ornament", 0.5)]
    images = [[TagScore(name, score, "general") for name, score in tied[:many]] for many in range(6)]
    after = msgspec.structs.replace(before, threshold=0.7)
    expected = counted_one_by_one(images, before, after)
    index, looked = index_of(images), list[int]()

    def look(_: ScoreIndex, slots: list[int]) -> Iterator[list[TagScore]]:
        looked.extend(slots)
        return iter(())

    monkeypatch.setattr(ScoreIndex, "tag_scores", look)
    assert ThresholdCounts(index).count(before, after) == expected
    assert looked == []


def test_tags_that_say_each_other_are_looked_at() -> None:
    """On a circle of implications the best score stays, by way of others too."""
    before = View(threshold=0.4, implied="drop", implications={"Smile": ("long",), "long": ("o_o",), "o_o": ("Smile",)})
    for best in ("Smile", "long", "o_o"):
        scores = {"Smile": 0.5, "long": 0.5, "o_o": 0.5, best: 0.6}
        images = [[TagScore(name, score, "general") for name, score in scores.items()]]
        for to in (0.55, 0.7):
            after = msgspec.structs.replace(before, threshold=to)
            assert ThresholdCounts(index_of(images)).count(before, after) == counted_one_by_one(images, before, after)


@pytest.mark.parametrize("mcut", [False, True])
def test_the_index_changes_between_two_questions(*, mcut: bool) -> None:
    """What was found out about images and pairs of scores is of the scores as they are."""
    scores = [TagScore("long_hair", 0.8, "general"), TagScore("hair_ornament", 0.6, "general")]
    more = [TagScore("very_long_hair", 0.9, "general"), *scores]
    before, after = (View(implied="drop", threshold=to, mcut=mcut) for to in (0.35, 0.85))
    index, other = index_of([scores]), index_of([more, scores])
    counts = ThresholdCounts(index)
    assert counts.count(before, after) == counted_one_by_one([scores], before, after)
    index.images, index.sizes, index.labels, index.scores = other.images, other.sizes, other.labels, other.scores
    assert counts.count(before, after) == counted_one_by_one([more, scores], before, after)


@settings(max_examples=count(40, 100), deadline=None)
@given(st.lists(some_scores(), max_size=4), st.lists(some_views(), min_size=3, max_size=3))
def test_any_two_views_are_compared(images: list[list[TagScore]], views: list[View]) -> None:
    """Also where more than thresholds differ, and when the same object is asked again about others."""
    counts = ThresholdCounts(index_of(images))
    for before, after in [*pairwise(views), (views[0], views[2])]:
        assert counts.count(before, after) == counted_one_by_one(images, before, after)


def test_nobody_waits_for_an_old_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where images are looked at one by one, a newer question ends it soon."""
    monkeypatch.setattr(threshold_counts, "AT_ONCE", 2)
    scores = [TagScore("hair", 0.8, "general"), TagScore("miku", 0.6, "character")]  # each written like another label
    counts = ThresholdCounts(index_of([scores] * 100))
    asked: list[None] = []

    def is_stale() -> bool:
        asked.append(None)
        return len(asked) > 3

    assert counts.count(View(top_k=1), View(top_k=1, threshold=0.9), is_stale) is None
    assert len(asked) == 4
