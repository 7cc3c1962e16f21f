"""What came of asking a model: counted in the store, since an open review screen may collect the same job."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from engine.wire.protocol import Failure, to_name
from tui.shell.opening import key_of
from tui.shell.outcome import DONE, FAILED, PARTLY, Outcome, undo_command
from tui.shell.output import count
from tui.shell.progress import duration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.review.records import ImageId
    from engine.tagging.accept import Told
    from engine.tagging.ask import Asked
    from engine.workspace import Workspace
    from tui.shell.output import Output


NO_PICTURES_FAULT = frozenset({"model", "device"})
"""Codes of failures that say nothing about the pictures: their model is not there, or not where it was wanted."""


class Tally:
    """What came of one request."""

    def __init__(self, asked: Asked, workspace: Workspace, *, left: bool = False) -> None:
        """Start with what was known before any result.

        Args:
            asked: The request.
            workspace: Whose.
            left: The job is left to the engine: nobody waits for its results here.
        """
        self.asked = asked
        self.left = left
        own = {asked.job: 0} if asked.job else {}
        self.jobs = {earlier.job: earlier.cursor for earlier in asked.awaited} | own
        """The jobs that answer the request, and what was stored of each before it."""
        self.expected = asked.items + sum(len(earlier.images) for earlier in asked.awaited)
        """How many answers they owe."""
        self.proposed = asked.reused
        """Images that have a new proposal, also those whose answer was stored already."""
        self.failures: list[tuple[bytes, Failure]] = []
        """Keys of images that could not be answered, and why."""
        self.decided = Outcome()
        """What was accepted; empty without `--accept`."""
        self.unanswered = 0
        """Images that nobody will answer: their job was cancelled."""
        self.seconds = 0.0
        self._workspace = workspace

    def note_refused(self, told: Iterable[tuple[ImageId, Told]]) -> None:
        """Keep the images that could not be accepted, each with its last reason."""
        refused = dict(self.decided.refused)
        for image, news in told:
            key = key_of(self._workspace, image)
            refused.pop(key, None)
            if news.reason:
                refused[key] = news.reason
        self.decided.refused = list(refused.items())

    def finish(self, seconds: float) -> None:
        """Count what the store holds by now."""
        self.seconds = seconds
        db = self._workspace.store.db
        wanted = frozenset(self.asked.chosen)
        answered = set()
        for job, cursor in self.jobs.items():
            for proposal, image, *why in db.execute(
                "SELECT proposal, image, code, message, hint FROM received WHERE job = ? AND seq > ? ORDER BY seq",
                (job, cursor),
            ).fetchall():
                if image not in wanted:
                    continue
                answered.add(image)
                if proposal is None:
                    self.failures.append((key_of(self._workspace, image), Failure(*why)))
                else:
                    self.proposed += 1
        self.unanswered = 0 if self.left else max(0, self.expected - len(answered))
        self.decided.group = self.asked.group
        self.decided.images, self.decided.written = db.execute(
            "SELECT count(DISTINCT image), count(status) FROM journal LEFT JOIN writes USING (id)"
            " WHERE grp = ? AND coalesce(status, 'written') = 'written'",
            (self.asked.group,),
        ).fetchone()

    @property
    def speed(self) -> float:
        """Answers in a second, those stored already included."""
        return (self.proposed + len(self.failures)) / self.seconds if self.seconds else 0.0

    def fields(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        told = {
            "job": next(reversed(self.jobs), None),
            "images": self.asked.images,
            "proposed": self.proposed,
            "failed": len(self.failures),
            "unchanged": self.asked.unchanged,
            "unanswered": self.unanswered,
            "view_changed": self.asked.view_changed,
            "seconds": round(self.seconds, 3),
            "images_per_second": round(self.speed, 2),
            "failures": [
                {"image": to_name(key), "code": failure.code, "message": failure.message, "hint": failure.hint}
                for key, failure in self.failures
            ],
        }
        if self.asked.group is None:
            return told
        decided = self.decided.fields() | ({"group": self.asked.group} if self.left else {})
        return told | {name: decided[name] for name in ("group", "written", "refused")}

    def report(self, out: Output, folder: str, /, **more: object) -> int:
        """Print the tally and return the exit code.

        Args:
            out: Where to.
            folder: As the person named it.
            more: Further fields of the JSON document.
        """
        self._note_failures(out)
        self.decided.print_refused(out)
        if out.json:
            out.document({**self.fields(), **more})
        else:
            self._say(out, folder)
        if self.failures and not (self.proposed or self._failed_by_themselves):
            return FAILED
        return PARTLY if self.failures or self.unanswered or self.decided.refused else DONE

    @property
    def _failed_by_themselves(self) -> list[tuple[bytes, Failure]]:
        """The images that are at fault, not their model."""
        return [(key, failure) for key, failure in self.failures if failure.code not in NO_PICTURES_FAULT]

    def _note_failures(self, out: Output) -> None:
        """Say why images have no answer; what is wrong with the model is said once."""
        for key, failure in self._failed_by_themselves:
            out.note(f"{key.decode(errors='surrogateescape')}: {_sentence(failure)}")
        of_models = Counter(_sentence(failure) for _, failure in self.failures if failure.code in NO_PICTURES_FAULT)
        for sentence, images in of_models.items():
            out.note(f"{count(images, 'image')} not answered: {sentence}")

    def _say(self, out: Output, folder: str) -> None:
        if self.left and self.jobs:
            self._say_left(out, folder)
            return
        parts = f"{self.proposed:,} proposed, {len(self.failures):,} failed, {self.asked.unchanged:,} unchanged"
        speed = f" in {duration(self.seconds)}, {self.speed:,.1f} images/s" if self.asked.items else ""
        out.say(f"{count(self.asked.images, 'image')}: {parts}{speed}")
        self._say_view(out)
        if self.unanswered:
            out.say(f"the job was cancelled: {count(self.unanswered, 'image')} not asked about; the same command asks")
        if self.asked.group is None:
            if self.proposed or self.asked.unchanged:
                out.say(f"decide with: cutline review {shlex.quote(folder)}")
        elif self.decided.images:
            back = f"take it back with: {undo_command(folder, self.asked.group)}"
            out.say(f"{self.decided.images:,} accepted, {count(self.decided.written, 'caption')} written; {back}")
        else:
            out.say("nothing to accept")

    def _say_view(self, out: Output) -> None:
        if self.asked.view_changed and self.asked.unchanged:
            asked = "" if self.jobs else "nothing asked; "
            out.say(f"{asked}{count(self.asked.unchanged, 'proposal')} seen through the new view")

    def _say_left(self, out: Output, folder: str) -> None:
        job = next(reversed(self.jobs))[:8]
        known = (
            f", {self.asked.reused + self.asked.unchanged:,} known" if self.asked.reused + self.asked.unchanged else ""
        )
        out.say(f"{count(self.expected, 'image')} asked about as job {job}{known}; watch: cutline jobs follow {job}")
        self._say_view(out)
        if self.asked.group is None:
            out.say(f"decide with: cutline review {shlex.quote(folder)}")
        else:
            out.say(f"what comes is accepted; take it back with: {undo_command(folder, self.asked.group)}")


def _sentence(failure: Failure) -> str:
    return f"{failure.message} ({failure.hint})" if failure.hint else failure.message
