"""Steps in words."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from engine.captions.viewing.view import View
from engine.review.history import HistoryStep
from tui.past import step_words

STEP = HistoryStep(
    id=7,
    group=None,
    time=0.0,
    session="s",
    kinds=("edit",),
    of=(),
    rows=1,
    images=1,
    image_key=b"a/b.png",
    standing=1,
    failed=0,
    note="",
)
MANY: dict[str, Any] = {"rows": 1200, "images": 1200, "group": 3, "standing": 1200}


@pytest.mark.parametrize(
    ("changes", "what", "which"),
    [
        ({}, "edited by hand", "a/b.png"),
        ({**MANY, "told": "drop:sofa\nadd:new:x"}, "drop sofa, add new:x", "1,200 images"),
        ({**MANY, "kinds": ("accept", "approve")}, "accepted, approved as it stood", "1,200 images"),
        ({"kinds": ("undo",), "of": ("flag",)}, "taken back: flagged", "a/b.png"),
        ({**MANY, "kinds": ("undo",), "of": ("edit",), "told": "dedupe"}, "taken back: dedupe", "1,200 images"),
        ({"kinds": ("view",), "images": 0, "image_key": None, "note": "wd"}, "view of wd", ""),
        ({"kinds": ("undo",), "of": ("view",), "images": 0, "image_key": None, "note": "wd"}, "taken back: view of wd", ""),
        ({"kinds": ("moved",), "note": "was c.png"}, "moved (was c.png)", "a/b.png"),
        ({"kinds": ("something new",)}, "something new", "a/b.png"),
    ],
)  # fmt: skip
def test_what_and_which(changes: dict[str, Any], what: str, which: str) -> None:
    """What was done is said in words, a bulk step as it was asked for; one image by its name, several by their number."""
    step = msgspec.structs.replace(STEP, **changes)
    assert (step_words.what(step), step_words.which(step)) == (what, which)


@pytest.mark.parametrize(
    ("standing", "failed", "told"),
    [(1, 0, ""), (0, 0, "taken back"), (0, 2, "came to nothing")],
)
def test_what_became_of_it(standing: int, failed: int, told: str) -> None:
    """Taken back and never written are not the same."""
    assert step_words.standing(msgspec.structs.replace(STEP, rows=2, standing=2 * standing, failed=failed)) == told
    assert step_words.standing(msgspec.structs.replace(STEP, rows=2, standing=1)) == "partly taken back"


def test_when() -> None:
    """Of today the hour, of this year day and hour, else the date; and how long ago."""
    now = time.mktime((2024, 5, 17, 12, 0, 0, 0, 0, -1))
    assert step_words.when(now - 90, now) == ("11:58:30", "1 min ago")
    assert step_words.when(now - 2 * 86_400, now) == ("05-15 12:00", "2 days ago")
    assert step_words.when(now - 400 * 86_400, now)[0].startswith("2023-")


def test_views_are_compared_setting_by_setting() -> None:
    """A threshold alone is said shortly; of tables only what differs."""
    before = View(threshold=0.35, tags={"cat": 0.2, "dog": 0.3})
    change = step_words.view_words
    assert change("wd", before, msgspec.structs.replace(before, threshold=0.4)) == "threshold of wd 0.35 → 0.4"
    after = msgspec.structs.replace(before, tags={"cat": 0.2, "dog": 0.5}, first=("1girl",), top_k=9)
    assert change("wd", before, after) == "view of wd: tags dog 0.3 → 0.5, top k 0 → 9, first none → 1girl"
    assert change("wd", None, before) == "view of wd set for the first time"
