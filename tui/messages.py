"""What is told to the screen: inert values. Of those that come in bursts a newer one replaces an older one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from engine.wire.protocol import JobInfo
    from tui.preview.gallery import Drawn


class _Latest(Message):
    """A message of which only the newest matters."""

    def can_replace(self, message: Message) -> bool:
        """Give way to a newer one of the same class."""
        return type(message) is type(self)


class Scanned(_Latest):
    """The scan found images that are new, changed or gone."""


class ScanEnded(Message):
    """The scan is over."""

    def __init__(self, problem: str = "") -> None:
        """Hold why it ended early; empty when it did not."""
        super().__init__()
        self.problem = problem


class ResultsStored(_Latest):
    """Results of a job became candidates."""


class EngineSeen(_Latest):
    """The engine runs or not, and what it is doing for this dataset."""

    def __init__(self, *, running: bool, jobs: tuple[JobInfo, ...] = (), problem: str = "") -> None:
        """Hold the news.

        Args:
            running: Whether an engine answers.
            jobs: The jobs of this dataset that are not over, newest first.
            problem: What went wrong with the last look, one raw line; empty when nothing did.
        """
        super().__init__()
        self.running, self.jobs, self.problem = running, jobs, problem


class PictureReady(Message):
    """A picture was drawn, or could not be."""

    def __init__(self, drawn: Drawn) -> None:
        """Hold what was drawn."""
        super().__init__()
        self.drawn = drawn


class ImagePicked(Message):
    """The person clicked a row of the queue."""

    def __init__(self, place: int) -> None:
        """Hold the row's place in the queue."""
        super().__init__()
        self.place = place


class HunkPicked(Message):
    """The person clicked a change."""

    def __init__(self, hunk: int) -> None:
        """Hold which one."""
        super().__init__()
        self.hunk = hunk


class CandidatePicked(Message):
    """The person clicked a candidate's name."""

    def __init__(self, place: int) -> None:
        """Hold which one, from 0."""
        super().__init__()
        self.place = place


class EditSaved(Message):
    """The person wants the text in the editor written."""

    def __init__(self, text: str) -> None:
        """Hold the text as it stands in the editor."""
        super().__init__()
        self.text = text


class EditLeft(Message):
    """The person left the editor without writing."""

    def __init__(self, text: str) -> None:
        """Hold the text as it stands in the editor."""
        super().__init__()
        self.text = text
