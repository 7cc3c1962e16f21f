"""Views that a person sets: on top of what is in force, and never below what was kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.captions.viewing.scores import TagScore
from engine.captions.viewing.view import View
from engine.errors import WrongUsage
from engine.tagging.views import Changes, own_view, put_in_force, refuse_below, views_for

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf


def test_a_models_own_view_has_its_thresholds() -> None:
    """The general one and those of its categories."""
    assert own_view(0.3, {"character": 0.85}) == View(threshold=0.3, categories={"character": 0.85})
    assert own_view(None, {}) == View(threshold=0.0)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        (View(threshold=0.04), "the threshold, 0.04,"),
        (View(categories={"character": 0.04}), "the threshold of character, 0.04,"),
        (View(tags={"window": 0.0}), "the threshold of window, 0,"),
    ],
)
def test_no_threshold_may_be_below_the_floor(settings: View, what: str) -> None:
    """Any of them would ask for scores that are not there; the error has the command that gets them."""
    with pytest.raises(WrongUsage, match=r"below the lowest score kept, 0\.05 \(") as refusal:
        refuse_below(settings, 0.05, "my model", Path("my set"))
    assert refusal.value.message.startswith(what)
    assert "cutline tag 'my set' --model 'my model' --again" in refusal.value.hint
    refuse_below(View(threshold=0.05, tags={"a": 0.05}), 0.05, "m", Path("set"))


def test_views_of_sources_stand_on_those_in_force(tagged: Shelf) -> None:
    """What is not changed stays; nothing is stored before it is put in force, as one step with its group."""
    with tagged.desk.store.transaction() as db:
        tagged.desk.set_view(db, "tagger", View(threshold=0.6, rating="first"))
    views = views_for(tagged.desk, ["tagger"], Changes({"threshold": 0.5}))
    assert views == {"tagger": View(threshold=0.5, rating="first")}
    assert tagged.desk.view_of("tagger").threshold == 0.6
    group = put_in_force(tagged.desk, views)
    assert tagged.desk.view_of("tagger").threshold == 0.5
    assert [row.group for row in tagged.desk.history()] == [None, group]
    assert put_in_force(tagged.desk, views) == group + 1
    assert len(list(tagged.desk.history())) == 2


def test_the_floor_is_that_of_the_newest_answers(tagged: Shelf) -> None:
    """Of images kept with different floors the highest counts, until they are asked again with a lower one."""
    with pytest.raises(WrongUsage, match=r"kept, 0\.1 \("):
        views_for(tagged.desk, ["tagger"], Changes({"threshold": 0.07}))
    tagged.propose_scores("a.png", [TagScore("window", 0.9, "general")], floor=0.05)
    assert views_for(tagged.desk, ["tagger"], Changes({"threshold": 0.07}))["tagger"].threshold == 0.07
