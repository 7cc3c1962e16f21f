"""Jobs of a real engine, paused, resumed, cancelled, retried and forgotten while somebody follows them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from engine.errors import Refused, WrongUsage
from engine.wire.protocol import End, Heartbeat, Result
from tests.engine.engine_room import until
from tests.engine.odd_models import BLOCKING

if TYPE_CHECKING:
    from engine.wire.protocol import Job, ResultLine
    from tests.engine.engine_room import EngineRoom


class Follower(threading.Thread):
    """Follows a job to the end of its stream."""

    def __init__(self, room: EngineRoom, job: Job) -> None:
        """Begin at once."""
        super().__init__()
        self._room, self._job = room, job
        self.heard: list[ResultLine] = []
        self.start()

    def run(self) -> None:
        """Read."""
        for together in self._room.client.results(self._job.id):
            self.heard += together

    @property
    def beats(self) -> int:
        """How many heartbeats came."""
        return sum(isinstance(line, Heartbeat) for line in self.heard)

    def end(self) -> tuple[list[int], ResultLine]:
        """Wait for the end; return the numbers of all results, in the order they came, and the last line."""
        self.join(20)
        assert not self.is_alive()
        return [line.seq for line in self.heard if isinstance(line, Result)], self.heard[-1]


def blocked(room: EngineRoom, pictures: int = 100) -> Job:
    """Submit a job whose pictures wait for the gate, and wait until it has begun."""
    job = room.job([room.picture(f"block-{n}.png", BLOCKING) for n in range(pictures)])
    room.client.submit(job)
    until(lambda: room.client.status().models, "the model is loaded")
    return job


def test_a_paused_job_waits_and_its_stream_with_it(room: EngineRoom) -> None:
    """What workers had begun still comes, then only heartbeats; after resuming the follower gets all the rest in order."""
    client = room.start()
    job = blocked(room)
    follower = Follower(room, job)
    assert client.pause(job.id).state == "paused"
    assert client.pause(job.id).state == "paused"
    room.gate.touch()
    until(lambda: follower.beats > 1, "the stream beats")
    begun = client.job(job.id).done
    assert begun < 100
    client.submit(other := room.job([room.picture("other.png")]))
    assert len(room.results(other)) == 1
    info = client.job(job.id)
    assert (info.state, info.done) == ("paused", begun)
    assert client.resume(job.id).state in {"queued", "running"}
    assert client.resume(job.id).state in {"queued", "running", "done"}
    assert follower.end() == (list(range(1, 101)), End("done", 100))
    assert sorted(line.item for line in follower.heard if isinstance(line, Result)) == list(range(100, 200))


def test_a_paused_job_stays_paused_when_the_engine_is_killed(room: EngineRoom) -> None:
    """The next engine takes up what was running and leaves what was paused, until it is resumed."""
    client = room.start()
    job = blocked(room)
    client.pause(job.id)
    client.submit(running := room.job([room.picture("other.png")]))
    room.kill()
    room.gate.touch()
    client = room.start()
    assert len(room.results(running)) == 1
    assert client.job(job.id).state == "paused"
    client.resume(job.id)
    assert sorted(result.item for result in room.results(job)) == list(range(100, 200))


def test_a_cancelled_job_ends_and_keeps_what_it_has(room: EngineRoom) -> None:
    """Its stream ends as cancelled although pictures block, what came is still collected, and the next job runs."""
    client = room.start()
    free = [room.picture(f"{n}.png") for n in range(20)]
    job = room.job([*free, *[room.picture(f"block-{n}.png", BLOCKING) for n in range(100)]])
    client.submit(job)
    until(lambda: client.job(job.id).done == 20, "the free ones are answered")
    follower = Follower(room, job)
    assert client.cancel(job.id).state == "cancelled"
    assert follower.end() == (list(range(1, 21)), End("cancelled", 20))
    assert client.cancel(job.id).state == "cancelled"
    room.gate.touch()
    client.submit(after := room.job(["0.png"]))
    assert len(room.results(after)) == 1
    assert client.job(job.id).done == 20
    assert [result.seq for result in room.results(job, after=15)] == [16, 17, 18, 19, 20]
    client.collected(job.id, "me", 20)


def test_a_retry_runs_what_failed_and_numbers_go_on(room: EngineRoom) -> None:
    """Failures are listed with their reasons; once the pictures are mended a retry answers just those, after the others."""
    client = room.start()
    keys = [room.picture(f"{n}.png") for n in range(10)]
    for name in ("3.png", "7.png"):
        (room.root / name).write_bytes(b"no picture")
    client.submit(job := room.job(keys))
    first = Follower(room, job).end()
    assert first == (list(range(1, 11)), End("done", 10))
    assert client.job(job.id).failures == ()
    failures = client.job(job.id, failures=True).failures
    assert [(failed.item, failed.key, failed.step, failed.failure.code) for failed in failures] == [
        (103, "3.png", "tags", "unreadable"),
        (107, "7.png", "tags", "unreadable"),
    ]
    room.picture("3.png")
    assert client.retry(job.id).failed == 0
    again = room.results(job, after=10)
    assert sorted((result.item, result.error is None) for result in again) == [(103, True), (107, False)]
    assert [result.seq for result in again] == [11, 12]
    info = client.job(job.id, failures=True)
    assert (info.state, info.done, info.failed, [failed.item for failed in info.failures]) == ("done", 9, 1, [107])


def test_a_retry_while_the_job_runs_doubles_nothing(room: EngineRoom) -> None:
    """What failed early runs again while the rest is still under way; the follower gets each number once, in order."""
    client = room.start()
    room.picture("0.png")
    (room.root / "0.png").write_bytes(b"no picture")
    job = room.job(["0.png", *[room.picture(f"block-{n}.png", BLOCKING) for n in range(99)]])
    client.submit(job)
    follower = Follower(room, job)
    until(lambda: client.job(job.id).failed == 1, "the first one failed")
    room.picture("0.png")
    for _ in range(3):
        assert client.retry(job.id).failed == 0
    room.gate.touch()
    assert follower.end() == (list(range(1, 102)), End("done", 101))
    info = client.job(job.id)
    assert (info.done, info.failed) == (100, 0)


def test_two_collectors_each_get_everything(room: EngineRoom) -> None:
    """Results stay for a collector that joined until it has them, or drops out; who comes too late is told."""
    client = room.start()
    client.submit(job := room.job([room.picture(f"{n}.png") for n in range(6)]))
    assert len(room.results(job)) == 6
    client.join(job.id, "other", 2)
    client.join(job.id, "other", 2)
    client.collected(job.id, "me", 6)
    assert [result.seq for result in room.results(job, after=2)] == [3, 4, 5, 6]
    client.collected(job.id, "other", 4)
    with pytest.raises(Refused) as refused:
        client.join(job.id, "third", 3)
    assert refused.value.code == "gone"
    assert [result.seq for result in room.results(job, after=4)] == [5, 6]
    client.drop(job.id, "other")
    client.drop(job.id, "other")
    with pytest.raises(Refused):
        room.results(job, after=4)


def test_a_forgotten_job_is_unknown(room: EngineRoom) -> None:
    """A job that has ended is removed whole; one that runs is refused in words."""
    client = room.start()
    job = blocked(room, 1)
    with pytest.raises(Refused, match="running") as refused:
        client.forget(job.id)
    assert refused.value.code == "refused"
    client.cancel(job.id)
    client.forget(job.id)
    assert client.jobs() == ()
    for ask in (client.forget, client.pause, client.resume, client.cancel, client.retry, client.job):
        with pytest.raises(WrongUsage) as unknown:
            ask(job.id)
        assert unknown.value.code == "unknown-job"


def test_what_makes_no_sense_is_refused_in_one_line(room: EngineRoom) -> None:
    """A job that is done cannot be paused, resumed or cancelled, and the refusal says why and what to do."""
    client = room.start()
    client.submit(job := room.job([]))
    for change in (client.pause, client.resume, client.cancel):
        with pytest.raises(Refused, match="is done and cannot be") as refused:
            change(job.id)
        assert refused.value.hint
    assert client.retry(job.id).state == "done"


def test_a_look_at_a_picture_answers_it_for_its_job(room: EngineRoom) -> None:
    """An urgent job about a picture that waits in another answers it there, too, under the item's own number."""
    client = room.start()
    free = [room.picture(f"{n}.png") for n in range(3)]
    job = room.job([*[room.picture(f"block-{n}.png", BLOCKING) for n in range(100)], *free])
    client.submit(job)
    until(lambda: client.status().models, "the model is loaded")
    client.pause(job.id)  # so that only the urgent job can have answered it
    client.submit(look := room.job(["1.png"], priority="urgent", collector=""))
    room.gate.touch()
    (seen,) = room.results(look)
    until(lambda: client.status().workers[0].in_flight == 0, "what had begun is answered")
    same = [line for line in room.lines(job, follow=False) if isinstance(line, Result) and line.item == 201]
    assert [(line.output, line.digest) for line in same] == [(seen.output, seen.digest)]
    client.resume(job.id)
    assert sorted(result.item for result in room.results(job)) == list(range(100, 203))
