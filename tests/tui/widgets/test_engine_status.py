"""What the review screen says of the engine: what a person should do something about comes first, and is loud."""

from __future__ import annotations

import msgspec
import pytest
from rich.style import Style

from engine.wire.protocol import JobInfo
from tests.tui.trial import HOSTILE
from tui.widgets.engine_status import EngineStatus, progress_spans, time_left
from tui.widgets.paint import width_of

JOB = JobInfo("0" * 32, "/data", "pixel_stats", (), "running", 1200, 300, 2, 302, 0.0, 1.0, None, rate=90.0)
FULL = msgspec.structs.replace(
    JOB, state="waiting for space", source="full", message="the disk of /home/somebody/.local/state/cutline is full"
)
WARNED = msgspec.structs.replace(JOB, warning="runs on cpu: onnxruntime here has no CUDA provider")


def told(width: int, *jobs: JobInfo) -> tuple[str, str]:
    """Return all that is shown of these jobs, and what of it is in the colour of warnings."""
    spans = progress_spans(EngineStatus(running=True, jobs=jobs), width, lambda name: Style(meta={"ink": name}))
    assert width_of(spans) <= width
    loud = "".join(span.text for span in spans if span.style.meta["ink"] == "warning")
    return "".join(span.text for span in spans), loud


@pytest.mark.parametrize("width", [80, 120, 200])
def test_waiting_for_space_is_loud(width: int) -> None:
    """State and reason are read at every width, also when another job runs."""
    text, loud = told(width, JOB, FULL)
    assert "waiting for space" in loud
    assert loud.startswith("! the disk of /home/somebody/")
    assert "302/1,200" in text


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_warning_is_loud(width: int) -> None:
    """A device that is not used is told beside the progress, whichever job it concerns."""
    for jobs in ((WARNED,), (JOB, msgspec.structs.replace(WARNED, state="queued"))):
        text, loud = told(width, *jobs)
        assert loud.startswith("! runs on cpu: onnxruntime here")
        assert "302/1,200" in text


def test_a_pause_of_the_engine_is_loud_and_one_of_the_person_is_not() -> None:
    """Who paused a job knows it; where the engine did, its reason is shown."""
    paused = msgspec.structs.replace(JOB, state="paused")
    assert told(120, paused)[1] == ""
    assert "paused" in told(120, paused)[0]
    _, loud = told(120, msgspec.structs.replace(paused, message="its worker died 5 times"))
    assert loud.startswith("! its worker died 5 times")


def test_the_job_that_runs_is_shown_before_those_that_wait() -> None:
    """Of several jobs the one that moves is seen, and how many more there are."""
    text, loud = told(120, msgspec.structs.replace(JOB, state="queued", source="later"), JOB)
    assert text.startswith("pixel_stats ")
    assert text.endswith("90.0/s 0:10 left +1 more")
    assert loud == ""


def test_hostile_words_are_shown() -> None:
    """Messages and warnings cannot drive the terminal."""
    text, _ = told(200, msgspec.structs.replace(JOB, warning=HOSTILE, source=HOSTILE))
    assert not set("\x1b\x07\x9b\u202e\x7f") & set(text)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({}, "0:10 left"),
        ({"rate": 0.01}, "24:56:40 left"),
        ({"rate": 0.001}, ""),
        ({"rate": 0.0}, ""),
        ({"state": "paused"}, ""),
    ],
)
def test_time_left(change: dict[str, object], left: str) -> None:
    """It is told while the job runs and the rate says something."""
    assert time_left(msgspec.structs.replace(JOB, **change)) == left
