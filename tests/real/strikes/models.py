"""Models and pictures that misbehave: memory that runs out, decoders that crash, adapters that hang or close stdout."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.engine import odd_pictures
from tests.real.strikes import intrusion
from tests.real.strikes.adapters import ODD
from tests.real.strikes.fault import Report

if TYPE_CHECKING:
    from tests.real.strikes.scene import Scene

SIZES = (8, 4, 2, 1)


def out_of_memory(scene: Scene, times: int) -> Report:
    """MemoryError at batches of 8, 4, 2, and at a single picture while another model is in memory; one never fits."""
    models = [scene.model(f"tight-{size}", "tight", seconds=0.004, at=size) for size in SIZES]
    other = scene.model("steady")
    odd, *_ = scene.draw(1, ODD)
    audit = None
    while audit is None or len(scene.noted("out-of-memory")) < times:
        scene.draw(60)
        for model in models:
            scene.tag(other, "--again", "--images", odd)  # so that there is something to unload
            scene.tag(model)
        audits = [scene.audit(model, {odd: "out-of-memory"} if model == "tight-1" else {}) for model in models]
        audit = audits[0]
        for one in audits[1:]:
            audit += one
    struck = [int(line.split()[1]) for line in scene.noted("out-of-memory")]
    at = {size: struck.count(size) for size in SIZES}
    assert all(at.values()), at
    status = scene.status()
    assert status is not None
    assert status.worker_restarts == 0
    proof = "MemoryError raised at a batch of " + ", of ".join(f"{size} {count}×" for size, count in at.items())
    return Report(len(struck), proof + f"; {odd}, which never fits, failed alone", audit)


def decoder_crash(scene: Scene, times: int) -> Report:
    """Pictures that end the process which decodes them; the model stays in memory."""
    scene.set(intrusion.ODD_PICTURES, "1")
    model = scene.model("steady", seconds=0.002)
    keys = scene.draw(times * 5)
    scene.tag(model, "--images", keys[0])
    before = scene.status()
    for key in keys[2::5]:
        odd_pictures.draw(scene.root / key, odd_pictures.CRASH)
    said = scene.tag(model)
    after = scene.status()
    assert before is not None
    assert after is not None
    assert (after.worker_pids, after.worker_restarts) == (before.worker_pids, 0)
    assert [one.since for one in after.models] == [one.since for one in before.models], "the model was loaded again"
    assert {one["code"] for one in said["failures"]} == {"unreadable"}
    assert all("SIGSEGV" in one["message"] for one in said["failures"])
    crashed = re.findall(r"a decoder ended \(SIGSEGV\) on b'\S+/(\S+?)'", scene.log())
    proof = f"{len(crashed)} decoders ended by SIGSEGV; the worker ({after.worker_pids[0]}) and its model stayed"
    failing = dict.fromkeys(keys[2::5], "unreadable")
    return Report(len({*crashed} & failing.keys()), proof, scene.audit("steady", failing))


def hanging(scene: Scene, times: int) -> Report:
    """An adapter that never comes back from some pictures: its worker is replaced, only those pictures fail."""
    model = scene.model("hanging", seconds=0.002, more="patience_seconds = 1.0")
    odd = []
    for _ in range(times):  # apart: five deaths without an answer in between would pause the job
        scene.draw(20)
        odd += scene.draw(1, ODD)
    said = scene.tag(model)
    assert {one["code"] for one in said["failures"]} == {"hung"}
    hung = {int(line.split()[0]) for line in scene.noted("hangs")}
    killed = len(re.findall(r"the worker waited \d+ s for hanging", scene.log()))
    assert killed == len(hung), f"{hung} hung, {killed} were found out"
    proof = f"{len(hung)} processes hung and were killed; {len(odd)} pictures failed with the code hung"
    return Report(min(killed, len(said["failures"])), proof, scene.audit("hanging", dict.fromkeys(odd, "hung")))


def closing_stdout(scene: Scene, times: int) -> Report:
    """An adapter that prints, and closes stdout and stderr, with every call."""
    model = scene.model("loud", more="most_batch = 1")
    scene.draw(max(60, times))
    assert scene.tag(model)["failed"] == 0
    closed = scene.noted("closed")
    status = scene.status()
    assert status is not None
    assert status.worker_restarts == 0, "\n".join(line[:300] for line in scene.log().splitlines())
    heard = scene.log().count("a library prints")
    assert heard, "what a library printed is not in the log"
    proof = f"descriptors 1 and 2 closed {len(closed)} times; it printed {heard} lines into the log; no worker ended"
    return Report(len(closed), proof, scene.audit("loud"))
