"""Pulling weights with the real client from a small hub, in good and in bad weather."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from engine.errors import CutlineError, MissingWeights, NotWritable, Refused
from engine.models import checking, hub, pulling, weights
from engine.models.entry import Entry, Weights
from tests.engine.models.hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator

huggingface_hub = pytest.importorskip("huggingface_hub", reason="the extras cpu and gpu bring huggingface_hub")

REPO = "someone/some-tagger"
MODEL = bytes(range(256)) * 5000
"""More than the client reads at once."""
LABELS = b"tag_id,name,category,count\n1,cat,0,5\n"
FILES = {"model.onnx": MODEL, "selected_tags.csv": LABELS, "README.md": b"never downloaded"}
PLAN = """
from engine.errors import WrongUsage
from engine.models import pulling
from tests.engine.models.test_pulling import entry
try:
    pulling.plan(entry())
except WrongUsage as error:
    print(error)
"""


class Seen(NamedTuple):
    """Hears how a download goes."""

    bytes: list[int]
    waits_for: list[str]

    def advance(self, by: int = 1) -> None:
        """Note how much came."""
        self.bytes.append(by)

    def waits(self, why: str) -> None:
        """Note what is waited for."""
        if why:
            self.waits_for.append(why)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Run a hub with one repository, and let HF_ENDPOINT lead to it."""
    monkeypatch.setattr(hub, "PAUSE_SECONDS", 0.01)
    for name in ("HF_TOKEN", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    with Hub() as there:
        there.put(REPO, FILES)
        monkeypatch.setenv("HF_ENDPOINT", there.url)
        yield there
    huggingface_hub.close_session()


def entry(**said: object) -> Entry:
    """Make the entry of a tagger whose weights lie on the hub."""
    files = {"model": "model.onnx", "labels": "selected_tags.csv"}
    table = Weights(**{"files": files, "repo": REPO, **said})  # type: ignore[arg-type]
    return Entry(
        name="some-tagger",
        adapter="onnx_tagger",
        kind="tagger",
        summary="",
        licence="MIT",
        revision="1",
        preprocessing=1,
        weights=table,
    )


def pull(wanted: Entry, *, update: bool = False) -> Seen:
    """Plan and pull."""
    seen = Seen([], [])
    pulling.pull(pulling.plan(wanted, update=update), seen)
    return seen


def test_only_the_files_of_the_entry_come_and_lie_where_all_libraries_look(there: Hub) -> None:
    """After a pull both files are found, by us and by the Hugging Face client; nothing else was asked for."""
    with pytest.raises(MissingWeights, match="some-tagger is not downloaded") as missing:
        weights.files(entry())
    assert missing.value.hint == "run: cutline models pull some-tagger"
    assert not weights.present(entry())
    seen = pull(entry())
    found = weights.files(entry())
    assert {role: place.read_bytes() for role, place in found.items()} == {"model": MODEL, "labels": LABELS}
    assert weights.present(entry())
    assert sum(seen.bytes) == len(MODEL) + len(LABELS)
    assert not [asked for asked in there.asked if "README" in asked.path]
    cached = huggingface_hub.try_to_load_from_cache(
        REPO, "model.onnx", cache_dir=weights.hub_cache(), revision=there.branches[REPO]["main"]
    )
    assert cached == str(found["model"])


def test_a_second_pull_asks_nobody(there: Hub) -> None:
    """What is there is not asked for again."""
    pull(entry())
    there.asked.clear()
    assert pulling.plan(entry()).missing == ()
    assert there.asked == []


def test_a_dropped_connection_is_taken_up_where_it_broke(there: Hub) -> None:
    """The rest of the file is asked for with a Range, and only the rest is sent."""
    there.drops.extend([300_000, 500_000])
    seen = pull(entry())
    ranges = [asked.headers.get("Range") for asked in there.bodies("model.onnx")]
    begins = [int(text.removeprefix("bytes=").removesuffix("-")) for text in ranges if text]
    assert ranges[0] is None
    assert len(begins) == 2
    assert 0 < begins[0] <= 300_000 < begins[1] <= begins[0] + 500_000
    assert sum(seen.bytes) == len(MODEL) + len(LABELS)
    assert seen.waits_for.count("the connection dropped, trying again") == 2
    assert weights.files(entry())["model"].read_bytes() == MODEL


def test_a_second_pull_goes_on_where_the_first_gave_up(there: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came stays, and the next pull asks for the rest alone."""
    monkeypatch.setattr(hub, "TRIES", 0)
    there.drops.extend([400_000, 0])
    with pytest.raises(CutlineError, match=r"cannot download model\.onnx") as ended:
        pull(entry())
    assert "pull again" in ended.value.hint
    planned = pulling.plan(entry())
    assert 0 < planned.here <= 400_000
    assert planned.left == len(MODEL) + len(LABELS) - planned.here
    there.asked.clear()
    pull(entry())
    (body,) = there.bodies("model.onnx")
    assert body.headers["Range"] == f"bytes={planned.here}-"
    assert weights.files(entry())["model"].read_bytes() == MODEL


def test_a_hub_that_ignores_ranges_sends_the_file_anew(there: Hub) -> None:
    """A server may answer a Range with the whole file; it takes the place of what was there."""
    there.ignores_ranges = True
    there.drops.append(300_000)
    seen = pull(entry())
    assert weights.files(entry())["model"].read_bytes() == MODEL
    assert sum(seen.bytes) == len(MODEL) + len(LABELS)


@pytest.mark.parametrize("path", ["model.onnx", "selected_tags.csv"])
def test_a_wrong_checksum_is_named_and_nothing_of_it_stays(there: Hub, path: str) -> None:
    """A large file is compared by sha256, a small one by git's; a wrong one is removed, and can be pulled again."""
    there.spoilt.add(path)
    with pytest.raises(CutlineError, match=f"{path} of {REPO} came with a wrong checksum and is removed") as wrong:
        pull(entry())
    assert "cutline models pull some-tagger" in wrong.value.hint
    assert not weights.present(entry())
    content = (255 - FILES[path][0]).to_bytes() + bytes(255 - byte for byte in FILES[path][1:])
    assert not [f for f in weights.hub_cache().rglob("*") if f.is_file() and f.read_bytes() == content]
    there.spoilt.clear()
    pull(entry())
    assert weights.present(entry())


def test_what_the_catalogue_knows_to_be_another_file_is_refused(there: Hub) -> None:
    """A large file with another sha256 than the entry's is not even downloaded; a small one is removed."""
    right = hashlib.sha256(MODEL).hexdigest()
    with pytest.raises(CutlineError, match="is not the file that the catalogue wants"):
        pull(entry(sha256={"model.onnx": "0" * 64}))
    assert there.bodies("model.onnx") == []
    with pytest.raises(CutlineError, match=r"selected_tags\.csv .* is not the file that the catalogue wants"):
        pull(entry(sha256={"model.onnx": right.upper(), "selected_tags.csv": "0" * 64}))
    assert not weights.present(entry())
    pull(entry(sha256={"model.onnx": right.upper(), "selected_tags.csv": hashlib.sha256(LABELS).hexdigest()}))
    assert weights.present(entry())


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ({"repo": "someone/nothing"}, "no repository someone/nothing", "HF_TOKEN"),
        ({"revision": "v9"}, f"{REPO} has no revision v9", "weights.revision"),
        ({"files": {"model": "other.onnx"}}, f"{REPO} has no file other.onnx at main", "weights.files"),
    ],
)
def test_what_is_not_there_is_named(there: Hub, said: dict[str, object], message: str, hint: str) -> None:
    """Repository, revision or file: one line says which, and what to correct."""
    assert there.branches
    with pytest.raises(CutlineError, match=message) as refused:
        pull(entry(**said))
    assert hint in refused.value.hint
    assert "\n" not in str(refused.value)


def test_a_gated_repository_wants_its_terms_accepted_and_a_token(there: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the token the page is named; with it the files come, and the host of the large file never sees it."""
    there.tokens[REPO] = "hf_right"
    for token, hint in (("", "set HF_TOKEN"), ("hf_wrong", "use the token of the account that did")):
        monkeypatch.setenv("HF_TOKEN", token)
        with pytest.raises(CutlineError, match="open only to those who accepted its terms") as refused:
            pull(entry(gated=True))
        assert f"accept them at {there.url}/{REPO}, then " in refused.value.hint
        assert hint in refused.value.hint
    monkeypatch.setenv("HF_TOKEN", "hf_right")
    pull(entry(gated=True))
    assert weights.present(entry())
    (large,) = there.bodies("model.onnx")
    assert "Authorization" not in large.headers
    (small,) = there.bodies("selected_tags.csv")
    assert small.headers["Authorization"] == "Bearer hf_right"


def test_a_hub_out_of_order_and_one_that_is_not_there_are_told_apart(
    there: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A status nobody expects is quoted; where nobody listens, the connection is what to look at."""
    there.status = 503
    with pytest.raises(CutlineError, match=r"answers 503 for model\.onnx"):
        pull(entry())
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(CutlineError, match=r"cannot download model\.onnx from http://127\.0\.0\.1:9") as refused:
        pull(entry())
    assert "look at the connection" in refused.value.hint


@pytest.mark.parametrize("status", [404, 410])
def test_a_refusal_that_stays_is_not_to_be_tried_again(there: Hub, status: int) -> None:
    """Where a page is not there, a later pull is no advice; what to look at is named."""
    there.status = status
    with pytest.raises(CutlineError, match=rf"answers {status} for model\.onnx") as refused:
        pull(entry())
    assert "try again" not in refused.value.hint
    assert f"{there.url}/{REPO}" in refused.value.hint


@pytest.mark.parametrize(
    "said",
    [
        {"HF_HOME": "/dev/null"},
        {"HF_TOKEN": "b\xf6se"},
        {"HF_ENDPOINT": ""},
        {"HF_ENDPOINT": "hub"},
        {"HF_ENDPOINT": "https://"},
        {"HF_ENDPOINT": "https://[bad"},
        {"HF_ENDPOINT": "http://127.0.0.1:99999"},
        {"HF_ENDPOINT": "http://a b"},
        {"HF_HUB_DOWNLOAD_TIMEOUT": "long"},
    ],
)
def test_a_wrong_variable_is_named(there: Hub, said: dict[str, str]) -> None:
    """In a process that begins with it, since the client reads some at import: one line, and what to do."""
    command = [sys.executable, "-c", PLAN]
    ran = subprocess.run(command, env=os.environ | said, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.count("\n")) == (0, 1), ran.stderr
    (name,) = said
    assert (name if name != "HF_HUB_DOWNLOAD_TIMEOUT" else "begin with HF_") in ran.stdout
    assert there.asked == []


def test_a_hub_that_begins_late_is_waited_for(there: Hub) -> None:
    """An answer that takes a while is no fault."""
    there.delay = 0.3
    pull(entry())
    assert weights.present(entry())


def test_a_branch_is_pinned_and_moves_only_when_told(there: Hub) -> None:
    """After the branch moved the weights are still the old ones; an update brings the new ones, and their identity."""
    first = there.branches[REPO]["main"]
    pull(entry())
    old = weights.identity(entry())
    second = there.put(REPO, {**FILES, "model.onnx": MODEL[::-1]})
    assert pull(entry()).bytes == []
    assert (weights.commit_of(entry()), weights.identity(entry())) == (first, old)
    assert weights.files(entry())["model"].read_bytes() == MODEL
    pull(entry(), update=True)
    assert weights.commit_of(entry()) == second != first
    assert weights.identity(entry()) != old
    assert weights.files(entry())["model"].read_bytes() == MODEL[::-1]
    assert there.bodies("selected_tags.csv")[1:] == [], "a file that did not change came again"


def test_a_pin_holds_for_one_repository_and_revision(there: Hub) -> None:
    """An entry that names another branch or repository is not served with what was pinned before."""
    pull(entry())
    assert weights.commit_of(entry())
    assert there.put(REPO, FILES, "v2")
    assert weights.commit_of(entry(revision="v2")) == ""
    assert weights.commit_of(entry(repo="other/fork")) == ""
    assert not weights.present(entry(revision="v2"))


def test_a_whole_commit_needs_no_pin(there: Hub) -> None:
    """Weights named by their commit are downloaded at it, and nothing is remembered."""
    commit = there.branches[REPO]["main"]
    there.put(REPO, {**FILES, "model.onnx": b"newer"})
    pull(entry(revision=commit))
    assert weights.files(entry(revision=commit))["model"].read_bytes() == MODEL
    assert weights.pins() == {}


def test_too_little_room_is_said_before_anything_comes(there: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed and what is free are both named, and what to do."""
    free = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr("engine.models.pulling.shutil.disk_usage", lambda _: free)
    with pytest.raises(NotWritable, match=r"some-tagger needs 1\.3 MB, and the disk of .* has 1\.0 MB free") as full:
        pulling.plan(entry())
    assert "HF_HOME" in full.value.hint
    assert there.bodies("model.onnx") == []


def test_two_pulls_at_once_do_not_write_one_file(there: Hub) -> None:
    """Who comes second is told so; what the first has is untouched."""
    planned = pulling.plan(entry())
    partial = pulling._partial(planned.missing[0])
    partial.parent.mkdir(parents=True)
    with pulling._alone(partial, planned.missing[0]) as opened:
        opened.write(MODEL[:10])
        opened.flush()
        with pytest.raises(Refused, match=r"model\.onnx .* another process"):
            pull(entry())
    assert partial.read_bytes() == MODEL[:10]
    assert there.bodies("model.onnx") == []


def test_a_spoilt_part_of_an_earlier_pull_does_not_get_through(there: Hub) -> None:
    """Bytes that rotted on disk between two pulls are found by the checksum; the next pull begins anew."""
    partial = pulling._partial(pulling.plan(entry()).missing[0])
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"x" * 1000)
    with pytest.raises(CutlineError, match="wrong checksum"):
        pull(entry())
    pull(entry())
    assert weights.present(entry())
    partial.write_bytes(b"x" * (len(MODEL) + 1))
    for place in weights.files(entry()).values():
        pulling.remove(place)
    pull(entry())
    assert weights.files(entry())["model"].read_bytes() == MODEL
    assert len(there.bodies("model.onnx")) == 3


def test_checking_finds_what_changed_on_disk(there: Hub) -> None:
    """Each file is right, wrong or missing; removed and pulled again it is right."""
    assert there.branches
    pull(entry())
    read: list[int] = []
    assert [found.state for found in checking.check(entry(), read.append)] == ["right", "right"]
    assert sum(read) == checking.total_bytes(entry()) == len(MODEL) + len(LABELS)
    places = weights.files(entry())
    places["model"].resolve().write_bytes(b"something else")
    places["labels"].unlink()
    found = checking.check(entry(), read.append)
    assert [(one.role, one.state) for one in found] == [("model", "wrong"), ("labels", "missing")]
    pulling.remove(places["model"])
    pull(entry())
    assert [one.state for one in checking.check(entry(), read.append)] == ["right", "right"]
