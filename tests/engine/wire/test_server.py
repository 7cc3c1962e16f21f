"""The routes of a real engine: what they answer, and what they refuse."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest

from engine.captions.viewing.scores import LabelTable, unpack
from engine.errors import Refused, WrongUsage
from engine.wire.protocol import (
    End,
    Failure,
    Item,
    Job,
    Labels,
    Progress,
    RawName,
    Refusal,
    Result,
    ScoresOutput,
    Step,
    Stopping,
    TextOutput,
)
from tests.engine.odd_models import BLOCKING, FAULTY, TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engine.engine_room import EngineRoom


@pytest.fixture
def http(room: EngineRoom) -> Iterator[httpx.Client]:
    """Speak plain HTTP to a fresh engine."""
    client = room.start()
    with httpx.Client(transport=httpx.HTTPTransport(uds=client.address), base_url="http://engine") as http:
        yield http


def refusal(reply: httpx.Response) -> Failure:
    """Read the body of a refusal."""
    assert reply.headers["content-type"] == "application/json"
    return msgspec.json.decode(reply.content, type=Refusal).error


def test_a_job_is_answered_to_the_end(room: EngineRoom) -> None:
    """Every picture gets one result with scores above the floor, digest and time; the label table comes first."""
    client = room.start()
    job = room.job([room.picture(f"{n}.png") for n in range(40)], source="me/odd")
    info = client.submit(job)
    table, *results, end = room.lines(job)
    assert isinstance(table, Labels)
    assert end == End("done", 40)
    assert [line.seq for line in results if isinstance(line, Result)] == list(range(1, 41))
    assert sorted(line.item for line in results if isinstance(line, Result)) == list(range(100, 140))
    for line in results:
        assert isinstance(line, Result)
        assert isinstance(line.output, ScoresOutput)
        scores = unpack(base64.b64decode(line.output.blob), LabelTable(table.names, table.categories))
        assert [tag.name for tag in scores] == ["one", "two"]
        assert line.output.labels == table.id
        assert line.error is None
        assert len(line.digest) == 64
        assert line.seconds > 0
        assert (line.step, line.fingerprint) == ("tags", info.steps[0].fingerprint)
    after = client.job(job.id)
    assert (after.state, after.items, after.done, after.failed, after.last) == ("done", 40, 40, 0, 40)
    assert (after.source, after.root) == ("me/odd", str(room.root))
    assert after.started is not None
    assert after.ended is not None


def test_pictures_that_cannot_be_answered_fail_alone(room: EngineRoom) -> None:
    """Damaged, missing, faulty and too large pictures end as failures with a code and one line; the others go on."""
    client = room.start()
    (room.root / "damaged.jpg").write_bytes(b"no picture")
    (room.root / "folder.png").mkdir()
    keys = ["damaged.jpg", "missing.png", "folder.png", room.picture("faulty.png", FAULTY)]
    job = room.job([*keys, room.picture("large.png", TOO_LARGE), room.picture("good.png")])
    client.submit(job)
    found = {result.item - 100: result for result in room.results(job)}
    errors = {place: result.error for place, result in found.items() if result.error}
    assert {place: error.code for place, error in errors.items()} == {
        0: "unreadable",
        1: "unreadable",
        2: "unreadable",
        3: "adapter",
        4: "out-of-memory",
    }
    assert all("\n" not in error.message for error in errors.values())
    assert errors[3].message == "odd failed: ValueError: an odd model"
    assert found[0].digest == ""
    assert found[3].digest != ""
    assert found[5].output is not None
    info = client.job(job.id)
    assert (info.state, info.done, info.failed) == ("done", 1, 5)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("unloadable", "the weights are not here"),
        ("unimportable", "unimportable cannot be loaded: OSError: libodd.so: cannot open shared object file"),
    ],
)
def test_a_model_that_cannot_be_loaded_fails_its_pictures(room: EngineRoom, model: str, message: str) -> None:
    """When loading fails every picture of the job fails with the reason, which is not theirs; the worker lives on."""
    client = room.start()
    broken = room.job([room.picture(f"{n}.png") for n in range(5)], model)
    good = room.job(["0.png"])
    client.submit(broken)
    client.submit(good)
    assert {(r.error.code, r.error.message) for r in room.results(broken) if r.error} == {("model", message)}
    assert [r.error for r in room.results(good)] == [None]
    assert client.status().worker_restarts == 0


def test_batches_that_do_not_fit_are_halved(room: EngineRoom) -> None:
    """An adapter that takes batches answers all pictures although more than two do not fit in memory."""
    client = room.start()
    job = room.job([room.picture(f"{n}.png") for n in range(21)], "odd-batches")
    client.submit(job)
    assert [result.error for result in room.results(job)] == [None] * 21


def test_a_captioner_gets_the_prompt_and_its_text_comes_back(room: EngineRoom) -> None:
    """The prompt of a step reaches the adapter with every picture, and the text it writes the stream."""
    client = room.start()
    job = room.job([room.picture("a.png"), room.picture("b.png")], "odd-writer", prompt="what is it?")
    client.submit(job)
    assert [result.output for result in room.results(job)] == [TextOutput("asked: what is it?")] * 2


def test_names_that_are_not_utf8_are_read(room: EngineRoom) -> None:
    """A picture whose name is not UTF-8 is found through its bytes."""
    client = room.start()
    room.picture("plain.png")
    (room.root / "plain.png").rename(room.root / os.fsdecode(b"odd \xff\n.png"))
    name = RawName(base64.b64encode(b"odd \xff\n.png").decode())
    job = msgspec.structs.replace(room.job([]), items=(Item(1, name),))
    client.submit(job)
    assert [result.error for result in room.results(job)] == [None]


def test_the_same_id_again_is_the_same_job(room: EngineRoom) -> None:
    """Submitting a job twice runs it once, and the second reply describes the first job."""
    client = room.start()
    job = room.job([room.picture("a.png")])
    client.submit(job)
    room.results(job)
    again = client.submit(msgspec.structs.replace(job, source="other", items=()))
    assert (again.state, again.items, again.last) == ("done", 1, 1)
    assert [info.id for info in client.jobs()] == [job.id]


def test_a_job_without_pictures_is_done_at_once(room: EngineRoom) -> None:
    """A job of no items ends without a worker."""
    client = room.start()
    job = room.job([])
    assert client.submit(job).state == "done"
    assert list(room.lines(job)) == [End("done", 0)]
    assert client.status().worker_pids == ()


def test_jobs_are_listed_newest_first(room: EngineRoom) -> None:
    """The list of jobs starts with the one submitted last."""
    client = room.start()
    jobs = [room.job([]) for _ in range(3)]
    for job in jobs:
        client.submit(job)
    assert [info.id for info in client.jobs()] == [job.id for job in reversed(jobs)]


def test_collected_results_are_purged_and_an_old_cursor_is_gone(room: EngineRoom) -> None:
    """Acknowledged results leave; a cursor before them is refused as gone, one at them goes on."""
    client = room.start()
    job = room.job([room.picture(f"{n}.png") for n in range(6)])
    client.submit(job)
    assert len(room.results(job)) == 6
    client.collected(job.id, "me", 4)
    client.collected(job.id, "me", 2)  # the cursor only rises
    assert [result.seq for result in room.results(job, after=4)] == [5, 6]
    with pytest.raises(Refused) as refused:
        room.results(job, after=3)
    assert refused.value.code == "gone"
    with pytest.raises(WrongUsage):
        room.results(job, after=7)
    with pytest.raises(WrongUsage):
        client.collected(job.id, "me", 7)
    with pytest.raises(WrongUsage):
        client.collected(job.id, "somebody else", 6)


def test_the_first_stream_is_not_disturbed_by_a_second(room: EngineRoom) -> None:
    """Two readers of one job each get every result and the label table."""
    client = room.start()
    job = room.job([room.picture(f"{n}.png") for n in range(10)], collector="")
    client.submit(job)
    first, second = room.lines(job), room.lines(job)
    pairs = list(zip(first, second, strict=True))
    assert len(pairs) == 12
    assert all(type(one) is type(other) for one, other in pairs)


def test_not_following_ends_with_the_present_state(room: EngineRoom) -> None:
    """Without `follow` the stream ends at once, and its last line says that the job still runs."""
    client = room.start()
    job = room.job([room.picture("block.png", BLOCKING)])
    client.submit(job)
    *_, end = room.lines(job, follow=False)
    assert isinstance(end, End)
    assert end.state in {"queued", "running"}
    room.gate.touch()
    assert len(room.results(job)) == 1


def test_an_urgent_job_overtakes(room: EngineRoom) -> None:
    """A one-picture urgent job is answered while hundreds of pictures of an earlier job wait."""
    client = room.start()
    blocked = room.job([room.picture(f"{n}.png", BLOCKING) for n in range(200)])
    urgent = room.job([room.picture("now.png")], priority="urgent")
    client.submit(blocked)
    results = room.lines(blocked)
    client.submit(urgent)
    room.gate.touch()
    assert len(room.results(urgent)) == 1
    assert client.job(blocked.id).done < 200
    assert sum(isinstance(line, Result) for line in results) == 200


def test_a_dry_run_resolves_and_keeps_nothing(room: EngineRoom) -> None:
    """A dry run fills in options, gives the fingerprint the job would have, and leaves no job behind."""
    client = room.start()
    job = room.job([room.picture("a.png")])
    resolved = client.resolve(job)
    assert client.jobs() == ()
    assert (resolved.device, resolved.spool) == ("auto", client.status().spool)
    assert resolved.steps == client.submit(job).steps
    assert (resolved.steps[0].threshold, resolved.steps[0].floor) == (0.3, 0.05)


def test_status_and_models_tell_what_is_loaded(room: EngineRoom) -> None:
    """After a job the status shows worker, model and job counts, and the catalogue which model is loaded."""
    client = room.start()
    client.submit(job := room.job([room.picture("a.png")]))
    room.results(job)
    status = client.status()
    assert room.process is not None
    assert status.pid == room.process.pid
    assert status.jobs == {"done": 1}
    assert [(model.name, model.device) for model in status.models] == [("odd", "cpu")]
    assert len(status.worker_pids) == 1
    assert status.protocol.min <= 1 <= status.protocol.max
    models = {model.name: model for model in client.models().models}
    assert models["odd"].loaded
    assert models["odd"].installed
    assert not models["odd-batches"].loaded
    assert models["pixel_stats"].installed


def test_events_tell_of_progress_and_end_with_the_engine(room: EngineRoom) -> None:
    """A reader of events hears of a model being loaded, of the job's last state, and of the engine's end."""
    client = room.start()
    events = client.events()
    next(events)
    client.submit(job := room.job([room.picture("a.png")]))
    heard: list[Any] = []
    for event in events:
        heard.append(event)
        if isinstance(event, Progress) and event.job.state == "done":
            client.shutdown()
    assert {"loaded"} <= {event.state for event in heard if type(event).__name__ == "ModelLoading"}
    assert [event.job.id for event in heard if isinstance(event, Progress)][-1] == job.id
    assert isinstance(heard[-1], Stopping)
    assert room.wait() == 0


BAD_REQUESTS: dict[str, tuple[str, str, Any, int, str]] = {
    "no such route": ("GET", "/v1/nothing", None, 404, "no-route"),
    "a wrong method": ("DELETE", "/v1/jobs", None, 405, "no-route"),
    "an unknown query": ("GET", "/v1/status?verbose=1", None, 400, "request"),
    "no JSON": ("POST", "/v1/jobs", b"{", 400, "request"),
    "an empty body": ("POST", "/v1/jobs", b"", 400, "request"),
    "no UTF-8": ("POST", "/v1/jobs", b'{"id": "\xff"}', 400, "request"),
    "an unknown field": ("POST", "/v1/shutdown", {"later": True}, 400, "request"),
    "a wrong type": ("POST", "/v1/shutdown", {"now": "yes"}, 400, "request"),
    "a huge number": ("GET", f"/v1/jobs/{'0' * 32}/results?after={10**30}", None, 400, "request"),
    "a negative cursor": ("GET", f"/v1/jobs/{'0' * 32}/results?after=-1", None, 400, "request"),
    "an unknown job": ("GET", f"/v1/jobs/{'0' * 32}", None, 404, "unknown-job"),
    "results of an unknown job": ("GET", f"/v1/jobs/{'0' * 32}/results", None, 404, "unknown-job"),
    "a job nobody can collect": (
        "POST",
        f"/v1/jobs/{'0' * 32}/collected",
        {"collector": "me", "through": 1},
        404,
        "unknown-job",
    ),
    "an oversized body": ("POST", "/v1/shutdown", b" " * 100_000, 413, "too-large"),
}


def test_bad_requests_are_refused_in_words(http: httpx.Client) -> None:
    """Every malformed request gets a 4xx with code, message and hint as JSON, and the engine goes on."""
    for what, (method, path, body, status, code) in BAD_REQUESTS.items():
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        reply = http.request(method, path, content=content)
        assert (reply.status_code, refusal(reply).code) == (status, code), what
        assert refusal(reply).message, what
        assert "Traceback" not in reply.text, what
    assert http.get("/v1/status").status_code == 200


def test_a_reply_that_comes_before_the_whole_request_says_that_it_closes(http: httpx.Client) -> None:
    """A client that was not told would send its next request into a closing connection, and lose it."""
    for _ in range(50):
        assert http.post("/v1/shutdown", content=b" " * 100_000).headers.get("connection") == "close"
        assert http.get("/v1/status").headers.get("connection") is None


def test_a_body_larger_than_it_says_is_refused(http: httpx.Client) -> None:
    """A chunked body has no length up front; it is refused as soon as it passes the limit."""
    reply = http.post("/v1/shutdown", content=(b" " * 10_000 for _ in range(20)))
    assert (reply.status_code, refusal(reply).code) == (413, "too-large")
    assert http.get("/v1/status").status_code == 200


def test_jobs_that_could_never_run_are_refused(room: EngineRoom) -> None:
    """A wrong job is refused by the dry run and the submission alike, in words that name what is wrong."""
    client = room.start()
    good = room.job([room.picture("a.png")])
    step, item = good.steps[0], good.items[0]
    replace = msgspec.structs.replace
    wrong: dict[str, Job] = {
        "no model pixel_stat": replace(good, steps=(Step("a", "pixel_stat"),)),
        "no option gat": replace(good, steps=(replace(step, options={"gat": "x"}),)),
        "needs steps": replace(good, steps=()),
        "a name of its own": replace(good, steps=(step, step)),
        "no step after another": replace(good, steps=(replace(step, after=("tags",)),)),
        "is no job id": replace(good, id="../x"),
        "is no folder": replace(good, root=str(room.root / "nowhere")),
        "no folder that": replace(good, root="."),
        "no device cuda:7": replace(good, device="cuda:7"),
        "the same number": replace(good, items=(item, item)),
        "no uploaded pictures": replace(good, items=(replace(item, blob="0" * 64),)),
        "no number of an item": replace(good, items=(replace(item, item=-1),)),
        "NUL": replace(good, items=(replace(item, key="a\0b"),)),
        "'../a.png' does not lie below": replace(good, items=(replace(item, key="../a.png"),)),
        "'/etc/passwd' does not lie below": replace(good, items=(replace(item, path="/etc/passwd"),)),
        "'' does not lie below": replace(good, items=(replace(item, key=""),)),
    }
    for words, job in wrong.items():
        for ask in (client.resolve, client.submit):
            with pytest.raises(WrongUsage, match=words) as refused:
                ask(job)
            assert refused.value.hint
    assert client.jobs() == ()


def test_the_nearest_model_is_named(room: EngineRoom) -> None:
    """The hint of an unknown model names the one most like it."""
    client = room.start()
    with pytest.raises(WrongUsage) as refused:
        client.submit(room.job([], "pixel_stast"))
    assert "pixel_stats" in refused.value.hint
