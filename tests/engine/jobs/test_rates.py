"""The rate of a job."""

from __future__ import annotations

import msgspec

from engine.jobs.rates import RATE_SECONDS, Rates
from engine.wire.protocol import JobInfo

INFO = JobInfo("a" * 32, "/x", "m", (), "running", 100, 0, 0, 0, 0.0, None, None)


def test_the_rate_speaks_of_the_recent_past() -> None:
    """Items a second over the last seconds, failed ones counted, and nothing when the job stands still."""
    rates = Rates()
    for second in range(20):
        rates.note(msgspec.structs.replace(INFO, done=10 * second, failed=second), float(second))
    assert rates.told(INFO, 19.0).rate == 11
    assert rates.told(INFO, 19.0 + RATE_SECONDS + 1).rate == 0


def test_what_does_not_run_has_no_rate() -> None:
    """However fast a job was a moment ago: held, ended or waiting it has none."""
    rates = Rates()
    rates.note(INFO, 0.0)
    rates.note(msgspec.structs.replace(INFO, done=50), 1.0)
    assert rates.told(INFO, 1.0).rate == 50
    for state in ("queued", "paused", "cancelled", "done", "waiting for space"):
        assert rates.told(msgspec.structs.replace(INFO, state=state), 1.0).rate == 0


def test_a_job_that_has_ended_is_forgotten() -> None:
    """Nothing is told of a job that was forgotten, and forgetting it again does no harm."""
    rates = Rates()
    rates.note(msgspec.structs.replace(INFO, done=50), 0.0)
    rates.note(msgspec.structs.replace(INFO, done=80), 1.0)
    rates.forget(INFO.id)
    rates.forget(INFO.id)
    assert rates.told(INFO, 1.0).rate == 0
