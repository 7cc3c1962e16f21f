"""Jobs in the spool taken from one state to another.

Every change is safe to repeat: what is so already is left as it is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.errors import Refused
from engine.jobs.kept_jobs import KeptJobs
from engine.wire.protocol import FINAL_STATES, JobInfo

if TYPE_CHECKING:
    from engine.jobs.scheduler import Lane


class JobChanges(KeptJobs):
    """The part of the spool that changes whole jobs."""

    def pause(self, ref: int | str, message: str = "") -> JobInfo:
        """Hold a job back until `resume`; what is in flight is still stored when it comes.

        Args:
            ref: Its id, or the spool's own number of it.
            message: Why, in one line; empty when a person asked.

        Raises:
            UnknownJob: There is none.
            Refused: It has ended.
        """
        with self.writing() as db:
            number, state = self._open(ref, "paused")
            if state != "paused" or message:
                db.execute("UPDATE jobs SET state = 'paused', message = ? WHERE number = ?", (message, number))
        return self.job(number)

    def resume(self, ref: int | str) -> tuple[JobInfo, list[Lane]]:
        """Let a paused job go on.

        Returns:
            The job as it is now, and its lanes; none when it was not paused.

        Raises:
            UnknownJob: There is none.
            Refused: It has ended.
        """
        with self.writing() as db:
            number, state = self._open(ref, "resumed")
            if state == "paused":
                db.execute("UPDATE jobs SET state = 'queued', message = '' WHERE number = ?", (number,))
        return self.job(number), self._lanes_of(number) if state == "paused" else []

    def cancel(self, ref: int | str) -> JobInfo:
        """End a job where it is; what came before can still be collected, what comes later is dropped.

        Raises:
            UnknownJob: There is none.
            Refused: It is done.
        """
        with self.writing() as db:
            number = self._number(ref)
            if self._state(number) != "cancelled":
                self._open(number, "cancelled")
                db.execute(
                    "UPDATE jobs SET state = 'cancelled', message = '', ended = ? WHERE number = ?",
                    (time.time(), number),
                )
        return self.job(number)

    def retry(self, ref: int | str) -> tuple[JobInfo, list[Lane]]:
        """Put what failed back to what waits; its new results get new numbers.

        Returns:
            The job as it is now, and all its lanes; none when nothing had failed, or while it is paused.

        Raises:
            UnknownJob: There is none.
            Refused: It was cancelled.
        """
        with self.writing() as db:
            number = self._number(ref)
            state = self._state(number)
            if state == "cancelled":
                raise Refused(f"job {self.job(number).id} was cancelled and cannot be retried", "ask for it anew")
            again = db.execute(
                "UPDATE work SET state = 0, failure = NULL WHERE job = ? AND state = 2", (number,)
            ).rowcount
            if again:
                # Every failed step is waiting now, and an item with a failed step was the only kind that failed.
                db.execute(
                    "UPDATE jobs SET failed = 0, worked = worked + coalesce(ended - started, 0),"
                    " started = iif(ended IS NULL, started, NULL), ended = NULL,"
                    " state = iif(state = 'paused', state, 'queued'), message = iif(state = 'paused', message, '')"
                    " WHERE number = ?",
                    (number,),
                )
        return self.job(number), self._lanes_of(number) if again and state != "paused" else []

    def forget(self, ref: int | str) -> None:
        """Remove a job that has ended, with everything that is kept of it.

        Raises:
            UnknownJob: There is none.
            Refused: It has not ended.
        """
        with self.writing() as db:
            number = self._number(ref)
            if (state := self._state(number)) not in FINAL_STATES:
                raise Refused(f"job {self.job(number).id} is {state}", "cancel it first")
            for table in ("results", "work", "items", "collectors"):
                db.execute(f"DELETE FROM {table} WHERE job = ?", (number,))
            db.execute("DELETE FROM jobs WHERE number = ?", (number,))

    def warn(self, ref: int | str, warning: str) -> JobInfo:
        """Note on a job what is not as one would expect although it works.

        Raises:
            UnknownJob: There is none.
        """
        with self.writing() as db:
            number = self._number(ref)
            db.execute("UPDATE jobs SET warning = ? WHERE number = ?", (warning, number))
        return self.job(number)

    def _open(self, ref: int | str, change: str) -> tuple[int, str]:
        """Return number and state of a job that has not ended, or refuse the change."""
        number = self._number(ref)
        state = self._state(number)
        if state in FINAL_STATES:
            was = "is done" if state == "done" else "was cancelled"
            raise Refused(f"job {self.job(number).id} {was} and cannot be {change}", "see: cutline jobs list")
        return number, state
