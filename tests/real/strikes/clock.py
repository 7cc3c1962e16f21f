"""A wall clock that steps backwards while an engine works."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING

from tests.real.strikes import intrusion, processes
from tests.real.strikes.fault import Report

if TYPE_CHECKING:
    from tests.real.strikes.scene import Scene

DAY_SECONDS = 86_400


def backwards(scene: Scene, times: int) -> Report:
    """Let the clock of every process go back by a day, again and again; a worker is killed each time, for the log."""
    clock = scene.control / "clock"
    scene.set(intrusion.CLOCK, clock)
    model = scene.model("steady", seconds=0.01)
    back = 0
    for number in range(1, times + 1):
        scene.draw(100)
        client = scene.start("tag", scene.root, "--model", model)
        scene.under_way()
        fresh = clock.with_name("fresh")
        fresh.write_text(str(number * DAY_SECONDS))
        fresh.replace(clock)
        status = scene.status()
        assert status is not None
        assert processes.slay(status.worker_pids[0])
        said, _ = client.communicate()
        assert client.returncode in {0, 3}, said
        job = scene.jobs()[0]
        back += job["ended"] < job["started"]
    scene.tag(model)
    stamps = [
        time.mktime(time.strptime(stamp, "%Y-%m-%d %H:%M:%S"))
        for stamp in re.findall(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ cutline", scene.log(), re.MULTILINE)
    ]
    steps = [later - earlier for earlier, later in itertools.pairwise(stamps) if later < earlier]
    proof = f"the engine's log goes back {len(steps)} times, by {min(steps) / 3600:.0f} h; {back} jobs ended before they began"
    return Report(min(len(steps), back), proof, scene.audit("steady"))
