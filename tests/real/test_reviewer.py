"""A thousand images decided about in the real app, in a real terminal, as fast as a person could wish to."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.counts import FULL, count
from tests.real import reviewer
from tests.real.tmux import Tmux, cutline

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

LEAST_PER_SECOND = 20.0
SLACK = 1.0 if FULL else 3.0
"""`make test` runs where much else may run; how fast it is, `make test-full` and the bench say."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", [(160, 50), (80, 24)] if FULL else [(160, 50)])
def test_a_scripted_reviewer(tmp_path: Path, size: tuple[int, int]) -> None:
    """Every key is one step of the journal, every file holds what was decided, and no image waits for the screen."""
    images = count(100, 1_000)
    made = reviewer.plans(images + 20, images, seed=size[0])
    root = tmp_path / "photos"
    reviewer.lay_out(root, made)
    with Tmux(*size) as tmux:
        tmux.enter(cutline("review", "--preview", "none", str(root)))
        tmux.until(
            lambda screen: "000000" in screen and f"1/{len(made):,}" in screen and "scanning" not in screen, "all"
        )
        sat = reviewer.review(tmux, made[:images])
        tmux.type("q")
        tmux.comes_to_show("$ ")
    assert reviewer.wrong(root, made[:images]) == []
    assert reviewer.wrong(root, [plan._replace(way=plan.way._replace(writes=False)) for plan in made[images:]]) == []
    assert reviewer.journal(root) == reviewer.steps(made[:images])
    assert sat.per_second >= LEAST_PER_SECOND / SLACK, sat
