"""The list of jobs: state by sign and word, particulars, and the folder of other datasets."""

from __future__ import annotations

import msgspec
import pytest
from textual.app import App, ComposeResult

from engine.wire.protocol import JobInfo, JobState
from tests.tui.screens.seen import lines
from tui.jobs.job_board import job_rows
from tui.widgets.job_list import STATES, JobList

JOB = JobInfo("ab" * 16, "/data", "wd-vit", (), "running", 1200, 300, 2, 302, 1000.0, 1010.0, None, rate=90.0)


class Alone(App[int]):
    """An app of one list."""

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield JobList()


async def seen(*jobs: JobInfo, others: tuple[JobInfo, ...] = (), width: int = 80) -> list[str]:
    """Return the lines that are shown of these jobs."""
    app = Alone()
    async with app.run_test(size=(width, 30)) as pilot:
        app.query_one(JobList).show_items(job_rows(jobs, others, 1100.0), 0, active=True)
        await pilot.pause()
        return [line for line in lines(app) if line.strip()]


@pytest.mark.parametrize("state", list(STATES))
async def test_every_state_has_a_sign_and_its_word(state: JobState) -> None:
    """A state is told by shape and word, never by colour alone."""
    first = (await seen(msgspec.structs.replace(JOB, state=state)))[0]
    assert first.startswith(f"▌{STATES[state].glyph} {state}")
    assert len({sign.glyph for sign in STATES.values()}) == len(STATES)


async def test_a_running_job() -> None:
    """Progress in numbers and as a bar, speed, rest, age and the id by which commands know it."""
    first, second = await seen(JOB)
    assert first.split() == ["▌▸", "running", "wd-vit", "✗", "2", "failed", "━━━━━━━━━━━━", "302/1,200"]
    assert second.split("  ")[1] == "90.0 images/s · 0:10 left · asked 1 min ago"
    assert second.endswith(" abababab")


async def test_a_job_that_is_over() -> None:
    """How long it took is told; a named device, too."""
    _, second = await seen(msgspec.structs.replace(JOB, state="done", ended=1100.0, device="cuda:0"))
    assert "asked 1 min ago · took 1:30 · on cuda:0" in second
    _, second = await seen(msgspec.structs.replace(JOB, state="done", ended=1100.0, worked=21.0))
    assert "took 1:51" in second


@pytest.mark.parametrize("width", [60, 80, 200])
async def test_other_datasets_are_named_by_their_folder(width: int) -> None:
    """They stand under a heading; of a long path the end is seen."""
    other = msgspec.structs.replace(JOB, root="/home/somebody/with/a/long/name/and/deep/folders/photos of 2019")
    shown = await seen(JOB, others=(other, other), width=width)
    assert sum("Jobs of other datasets" in line for line in shown) == 1
    assert sum("photos of 2019" in line for line in shown) == 2


async def test_long_reasons_are_read_whole() -> None:
    """Message and warning take as many lines as they need, whichever job is under the cursor."""
    words = " ".join(f"word{number}" for number in range(30))
    shown = await seen(JOB, msgspec.structs.replace(JOB, message=words, warning=words))
    assert " ".join(shown).count("! word0") == 2
    assert " ".join(shown).count("word29") == 2
