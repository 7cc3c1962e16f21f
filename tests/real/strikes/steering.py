"""A long job that a person pauses, resumes, cancels, and asks for again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.real.strikes.fault import Report
from tests.real.strikes.processes import until

if TYPE_CHECKING:
    from tests.real.strikes.scene import Scene

STILL_SECONDS = 1.0


def cancelled_and_resumed(scene: Scene, times: int) -> Report:
    """Pause a job of so many images, resume it, cancel it in its middle; then ask for the rest."""
    model = scene.model("steady", seconds=3 / times)
    scene.draw(times)
    job = scene.tag(model, "--detach")["job"]
    _wait(scene, job, times // 5)
    scene.run("jobs", "pause", job)
    until(lambda: not _in_flight(scene), "what was begun is done")
    paused = _job(scene, job)
    time.sleep(STILL_SECONDS)
    assert (paused["state"], paused["last"]) == ("paused", _job(scene, job)["last"]), "it went on"
    assert paused["last"] < times
    scene.run("jobs", "resume", job)
    _wait(scene, job, times // 2)
    scene.run("jobs", "cancel", job)
    cancelled = _job(scene, job)
    assert cancelled["state"] == "cancelled"
    assert cancelled["done"] < times, "it was done before it could be cancelled"
    assert scene.tag(model)["failed"] == 0
    assert scene.tag(model)["unchanged"] == times, "the first one left something undone"
    asked = {one["id"]: one["items"] for one in scene.jobs()}
    rest = times - cancelled["done"]
    assert sorted(asked.values()) == sorted([times, rest]), f"{rest} were left, {asked} were asked"
    proof = f"paused at {paused['done']:,} and cancelled at {cancelled['done']:,} of {times:,}, as the engine told; one `tag` did the rest"
    return Report(2, proof, scene.audit("steady"))


def _wait(scene: Scene, job: str, done: int) -> None:
    client = scene.engine()
    assert client is not None
    with client:
        until(lambda: client.job(job).done >= done, f"{done} are done")


def _in_flight(scene: Scene) -> int:
    status = scene.status()
    assert status is not None
    return sum(worker.in_flight for worker in status.workers)


def _job(scene: Scene, job: str) -> dict[str, Any]:
    (found,) = (one for one in scene.jobs() if one["id"] == job)
    return found
