"""Random reviews against a dict of bytes: decisions, bulk edits, outside changes, undo, redo, restarts, crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.counts import FULL, count
from tests.model.crash_machine import CrashMachine
from tests.model.review_machine import ReviewMachine
from tests.model.victims import Victims

if TYPE_CHECKING:
    from pathlib import Path

SEQUENCES, WITH_CRASHES = count(60, 2_000), count(10, 300)
STEPS = count(20, 30)


def _settings(sequences: int) -> settings:
    return settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        derandomize=not FULL,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(1_800)
def test_a_review_is_what_the_model_says(tmp_path: Path) -> None:
    """Whatever people and programs do, each file holds what the model says, and so does the journal."""

    class Here(ReviewMachine):
        folder = tmp_path

    run_state_machine_as_test(Here, settings=_settings(SEQUENCES))


@pytest.mark.timeout(1_800)
def test_a_review_with_crashes_is_what_the_model_says(tmp_path: Path) -> None:
    """A process that dies in the middle of a step leaves what the next one finishes, whatever was done before."""
    with Victims() as running:

        class Here(CrashMachine):
            folder, victims = tmp_path, running

        run_state_machine_as_test(Here, settings=_settings(WITH_CRASHES))
