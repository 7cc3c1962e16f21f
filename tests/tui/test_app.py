"""The app's end: by the person, or by a fault."""

from __future__ import annotations

import threading
from functools import partialmethod
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.settings import Settings
from tui.app import CutlineApp, run
from tui.course.turns import Turns
from tui.jobs.link import Link
from tui.shell import faults

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.tui.trial import Trial


@pytest.fixture(autouse=True)
def _same_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)  # put back afterwards


async def _press_j_and_q(pilot: Pilot[int]) -> None:
    assert isinstance(pilot.app, CutlineApp)
    await pilot.pause()
    await pilot.app.until_idle()
    await pilot.press("j")
    await pilot.press("q")


@pytest.fixture
def _without_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    held_back = partialmethod(CutlineApp.run, headless=True, auto_pilot=_press_j_and_q)
    monkeypatch.setattr(CutlineApp, "run", held_back)


@pytest.mark.usefixtures("_without_terminal")
def test_leaving_is_no_fault(trial: Trial) -> None:
    """`q` ends the app with code 0."""
    trial.image("a.png")
    trial.image("b.png")
    assert run(trial.root, Settings(), preview="none") == 0


@pytest.mark.usefixtures("_without_terminal")
def test_a_fault_is_raised_and_nothing_is_printed(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error nobody expected ends the app and comes out as it was, for the command line to write down."""

    async def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Turns, "go", break_down)
    trial.image("a.png")
    trial.image("b.png")
    with pytest.raises(ZeroDivisionError):
        run(trial.root, Settings(), preview="none")
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.usefixtures("_without_terminal")
def test_a_fault_of_a_thread_goes_into_the_log(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A thread that breaks down leaves the screen alone; what happened is in the log."""

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Link, "_look", break_down)
    trial.image("a.png")
    trial.image("b.png")
    assert run(trial.root, Settings(), preview="none") == 0
    assert "Traceback" not in "".join(capfd.readouterr())
    assert "ZeroDivisionError" in (paths.state_dir() / faults.LOG_NAME).read_text()
