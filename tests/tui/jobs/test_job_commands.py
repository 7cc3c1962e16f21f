"""The jobs screen's commands: declared once, complete, without clashes, and each says why it does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.kept_jobs import KeptJobs, failed
from tui.jobs import job_commands as commands
from tui.jobs.job_board import JobBoard
from tui.messages import EngineSeen, JobAnswered

if TYPE_CHECKING:
    from engine.wire.protocol import JobState


def board(state: JobState = "running", *, fails: int = 1, ours: bool = True) -> JobBoard:
    """Return a board with one job, what failed in it known."""
    engine = KeptJobs()
    job = engine.add("tagger", "/set", state, tuple(failed(f"{n}.jpg") for n in range(fails)))
    jobs = engine.jobs()
    made = JobBoard(EngineSeen(running=True, jobs=jobs if ours else (), others=() if ours else jobs))
    made.take_answer(JobAnswered("failures", job, engine.job(job, failures=True)))
    return made


@pytest.mark.parametrize("command", commands.ALL, ids=lambda command: command.name)
def test_command_is_complete(command: type[commands.JobCommand]) -> None:
    """Every command has a help line, a key, and is found by its name."""
    assert command.help
    assert not command.help.endswith(".")
    assert command.keys
    assert commands.named(command.name) is command


def test_keys_are_unique_and_the_footer_has_words() -> None:
    """No key belongs to two commands; what the footer shows has a hint."""
    keys = [key for command in commands.ALL for key in command.keys]
    assert len(keys) == len(set(keys))
    assert all(command.hint for command in commands.FOOTER)


@pytest.mark.parametrize(
    ("command", "now", "says"),
    [
        (commands.HoldOrGoOn, board("done"), "this job is over: done"),
        (commands.Cancel, board("cancelled"), "this job is over: cancelled"),
        (commands.Retry, board(fails=0), "nothing failed in this job"),
        (commands.Retry, board("cancelled"), "a cancelled job is not tried again: n asks anew"),
        (commands.OtherList, board(fails=0), "nothing failed in this job"),
        (commands.ShowImage, board(fails=0), "nothing failed in this job"),
        (commands.CancelNow, board(), "nothing is asked: this key answers a question"),
        (commands.Next, board(), "this is the last row"),
        (commands.Previous, board(), "this is the first row"),
    ],
)
def test_what_does_nothing_says_why(command: type[commands.JobCommand], now: JobBoard, says: str) -> None:
    """An action that is not possible has its reason."""
    assert command.why_not(now) == says


def test_what_is_possible_has_no_reason() -> None:
    """On a running job in which something failed every action on jobs works."""
    for command in (commands.HoldOrGoOn, commands.Cancel, commands.Retry, commands.OtherList, commands.ShowImage):
        assert command.why_not(board()) == ""


def test_an_image_of_another_dataset_cannot_be_gone_to() -> None:
    """Its failed images are listed; going to one says where it belongs."""
    now = board(ours=False)
    assert commands.ShowImage.why_not(now) == ""
    now.among_failed = True
    assert commands.ShowImage.why_not(now) == "this image belongs to another dataset; open a review there"


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (None, "looking for the engine …"),
        (EngineSeen(running=False), "the engine is not running; start it with: cutline engine start"),
        (EngineSeen(running=False, problem="it is too new"), "it is too new"),
        (EngineSeen(running=True), "there is no job here"),
    ],
)
def test_without_an_engine_or_a_job(seen: EngineSeen | None, says: str) -> None:
    """Every action on a job says what is missing; help and the way back need nothing."""
    now = JobBoard(seen)
    for command in (commands.HoldOrGoOn, commands.Cancel, commands.Retry, commands.OtherList, commands.ShowImage):
        assert command.why_not(now) == says
    assert commands.Help.why_not(now) == commands.Back.why_not(now) == ""
