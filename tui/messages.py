"""What is told to the screen: inert values. Of those that come in bursts a newer one replaces an older one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from engine.review.records import ImageId
    from engine.wire.protocol import JobInfo
    from tui.preview.gallery import Drawn
    from tui.stage import Tone

Request = Literal["pause", "resume", "cancel", "retry", "failures"]
"""What the screen asks the engine about one job."""
Picking = Literal["go", "toggle", "range"]
"""What a click on an image means."""


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
    """The engine runs or not, and what it is doing."""

    def __init__(
        self,
        *,
        running: bool,
        jobs: tuple[JobInfo, ...] = (),
        others: tuple[JobInfo, ...] = (),
        problem: str = "",
        asked: float = 0.0,
    ) -> None:
        """Hold the news.

        Args:
            running: Whether an engine answers.
            jobs: All jobs of this dataset that the engine keeps, newest first.
            others: Those of other datasets, newest first.
            problem: What went wrong with the last look, one raw line; empty when nothing did.
            asked: When the engine was asked, by the monotonic clock: what was heard later is newer.
        """
        super().__init__()
        self.running, self.jobs, self.others, self.problem, self.asked = running, jobs, others, problem, asked

    @property
    def under_way(self) -> tuple[JobInfo, ...]:
        """The jobs of this dataset that are not over."""
        return tuple(job for job in self.jobs if job.ended is None)


class JobNews(Message):
    """Something about a job that is said once."""

    def __init__(self, text: str, tone: Tone) -> None:
        """Hold one raw line."""
        super().__init__()
        self.text, self.tone = text, tone


class JobAnswered(Message):
    """The engine answered what was asked about one job, or could not be asked."""

    def __init__(self, what: Request, job_id: str, job: JobInfo | None, problem: str = "") -> None:
        """Hold the answer.

        Args:
            what: Which was asked.
            job_id: About which job.
            job: As it is now; None when the engine refused or does not run.
            problem: Why, one raw line; empty when there is a job.
        """
        super().__init__()
        self.what, self.job_id, self.job, self.problem = what, job_id, job, problem
        self.answered = time.monotonic()


class PictureReady(Message):
    """A picture was drawn, or could not be."""

    def __init__(self, drawn: Drawn) -> None:
        """Hold what was drawn."""
        super().__init__()
        self.drawn = drawn


class ImagePicked(Message):
    """The person clicked a row of the queue."""

    def __init__(self, image: ImageId, how: Picking = "go") -> None:
        """Hold whose row it was, as the queue may be another by the time it is read, and what is wanted of it."""
        super().__init__()
        self.image, self.how = image, how


class HunkPicked(Message):
    """The person clicked a change, or came to it with the wheel."""

    def __init__(self, hunk: int, *, turned: bool = True) -> None:
        """Hold which one, and whether it is to be chosen or left out."""
        super().__init__()
        self.hunk, self.turned = hunk, turned


class CandidatePicked(Message):
    """The person clicked a candidate's name."""

    def __init__(self, place: int) -> None:
        """Hold which one, from 0."""
        super().__init__()
        self.place = place


class ItemPicked(Message):
    """The person clicked an item of a list."""

    def __init__(self, of: str, place: int, *, on_box: bool = False) -> None:
        """Hold the list's id, which item, from 0, and whether it was its box that was clicked."""
        super().__init__()
        self.of, self.place, self.on_box = of, place, on_box


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


class HunkWritten(Message):
    """The person wrote a change anew."""

    def __init__(self, text: str) -> None:
        """Hold what it puts in from now on."""
        super().__init__()
        self.text = text


class HunkLeft(Message):
    """The person left the line of a change without taking it."""

    def __init__(self, text: str) -> None:
        """Hold the text as it stands there."""
        super().__init__()
        self.text = text
