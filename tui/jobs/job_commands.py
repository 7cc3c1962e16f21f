"""The actions of the jobs screen, declared as those of the review screen are in `tui.commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.commands import Action

if TYPE_CHECKING:
    from engine.wire.protocol import FailedItem, JobInfo
    from tui.keys.keymap import Keys

GROUP = "On the jobs screen"


class JobSituation(Protocol):
    """What an action on jobs can depend on."""

    @property
    def offline(self) -> str:
        """Why the engine cannot be asked; empty when it can."""

    @property
    def job(self) -> JobInfo | None:
        """The job under the cursor; None when there is none."""

    @property
    def is_ours(self) -> bool:
        """Whether that job is of the dataset under review."""

    @property
    def failed_item(self) -> FailedItem | None:
        """The failed item under the cursor; None when the cursor is among the jobs."""

    @property
    def asking(self) -> bool:
        """Whether the screen has asked if that job is to be cancelled."""

    @property
    def keys(self) -> Keys:
        """The keys in force on this screen."""

    @property
    def place(self) -> int:
        """Where the cursor stands in its list, from 0."""

    @property
    def length(self) -> int:
        """How many rows that list has."""


class JobCommand(Action):
    """One action of the jobs screen."""

    group = GROUP

    @staticmethod
    def why_not(now: JobSituation) -> str:  # noqa: ARG004  (most actions ask)
        """Say why it does nothing now; empty when it does something."""
        return ""


def _no_job(now: JobSituation) -> str:
    return now.offline or ("" if now.job else "there is no job here")


def _over(now: JobSituation) -> str:
    if now.job is None or now.job.ended is None:
        return _no_job(now)
    return now.offline or f"this job is over: {now.job.state}"


def _nothing_failed(now: JobSituation) -> str:
    return _no_job(now) or ("" if now.job and now.job.failed else "nothing failed in this job")


def _nothing_asked(now: JobSituation) -> str:
    return "" if now.asking else "nothing is asked: this key answers a question"


class HoldOrGoOn(JobCommand):
    """Pause or resume."""

    name, keys, hint = "hold_or_go_on", ("p",), "pause/resume"
    help = "Hold the job back, also across restarts of the engine, or let it go on"
    why_not = staticmethod(_over)


class Cancel(JobCommand):
    """Cancel, after a question."""

    name, keys, hint = "cancel", ("c",), "cancel"
    help = "End the job where it is, after a question; what is done stays"
    why_not = staticmethod(_over)


class CancelNow(JobCommand):
    """Answer the question with yes."""

    name, keys = "cancel_now", ("y",)
    help = "Yes, cancel it"
    why_not = staticmethod(_nothing_asked)


class NewJob(JobCommand):
    """Start a job."""

    name, keys, hint = "new_job", ("n",), "new"
    help = "Start a job: choose a model, then what it is asked; to a question this key says no"


class Retry(JobCommand):
    """Ask again about what failed."""

    name, keys, hint = "retry", ("r",), "retry"
    help = "Ask again about the images that failed, and only those"

    @staticmethod
    def why_not(now: JobSituation) -> str:
        """Something failed, and the job was not cancelled."""
        if now.job is not None and now.job.failed and now.job.state == "cancelled":
            return now.offline or now.keys.text("a cancelled job is not tried again: {new_job} asks anew")
        return _nothing_failed(now)


class OtherList(JobCommand):
    """Go to the other list."""

    name, keys, hint = "other_list", ("tab", "shift+tab"), "failed"
    help = "Go to the images that failed in the job, or back to the jobs"
    why_not = staticmethod(_nothing_failed)


class ShowImage(JobCommand):
    """Go to a failed image."""

    name, keys, hint = "show_image", ("enter",), "image"
    help = "Go to the failed image in the review; from a job, to its failed images"

    @staticmethod
    def why_not(now: JobSituation) -> str:
        """It takes a failed image of this dataset."""
        if now.failed_item is not None and not now.is_ours:
            return "this image belongs to another dataset; open a review there"
        return _nothing_failed(now)


class Next(JobCommand):
    """Go down."""

    name, keys = "next", ("j", "down")
    help = "Go to the next row"

    @staticmethod
    def why_not(now: JobSituation) -> str:
        """There is one but for the last."""
        return "" if now.place < now.length - 1 else "this is the last row"


class Previous(JobCommand):
    """Go up."""

    name, keys = "previous", ("k", "up")
    help = "Go to the previous row"

    @staticmethod
    def why_not(now: JobSituation) -> str:
        """There is one but for the first."""
        return "" if now.place > 0 else "this is the first row"


class First(JobCommand):
    """Go to the first row."""

    name, keys = "first", ("g", "home")
    help = "Go to the first row"


class Last(JobCommand):
    """Go to the last row."""

    name, keys = "last", ("G", "end")
    help = "Go to the last row"


class Help(JobCommand):
    """Show all keys."""

    name, keys, hint = "help", ("question_mark",), "help"
    help = "Show this list of keys"


class Back(JobCommand):
    """Return to the review."""

    name, keys, hint = "back", ("q", "escape", "J"), "back"
    help = "Return to the review; jobs go on"


ALL: tuple[type[JobCommand], ...] = (
    HoldOrGoOn,
    Cancel,
    CancelNow,
    NewJob,
    Retry,
    OtherList,
    ShowImage,
    Next,
    Previous,
    First,
    Last,
    Help,
    Back,
)

FOOTER: tuple[type[JobCommand], ...] = (NewJob, HoldOrGoOn, Cancel, Retry, OtherList, ShowImage, Help, Back)
"""What the footer shows, in its order; where it is narrow, the later ones of the middle go first."""


def named(name: str) -> type[JobCommand]:
    """Return a command by its name."""
    return next(command for command in ALL if command.name == name)
