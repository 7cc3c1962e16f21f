"""Where weights are looked for, and how the exact ones are named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import MissingWeights
from engine.models import checking, weights
from engine.models.entry import Entry, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

REPO = "someone/some-tagger"
COMMIT = "0123456789" * 4
FILES = {"model": "model.onnx", "labels": "sub/selected_tags.csv"}


def entry(**said: object) -> Entry:
    """Make the entry of a tagger with weights."""
    return Entry(
        name="some-tagger",
        adapter="onnx_tagger",
        kind="tagger",
        summary="",
        licence="MIT",
        revision="7",
        preprocessing=1,
        weights=Weights(**{"files": FILES, **said}),  # type: ignore[arg-type]
    )


def fill(folder: Path, paths: Sequence[str] = tuple(FILES.values())) -> Path:
    """Write files that hold their own names."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


@pytest.fixture(autouse=True)
def _no_cache_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no variable of the machine say where the cache is."""
    for name in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)


def test_a_model_without_weights_lacks_nothing() -> None:
    """There is no file, all of it is there, and the entry's revision names it."""
    bare = msgspec.structs.replace(entry(), weights=None)
    assert (weights.files(bare), weights.present(bare), weights.identity(bare)) == ({}, True, "7")
    assert checking.check(bare, print) == ()


ENVIRONMENTS: tuple[dict[str, str], ...] = (
    {},
    {"HF_HOME": "/a/home"},
    {"HF_HOME": "~/home"},
    {"HF_HOME": "$HOME/home"},
    {"HF_HUB_CACHE": "/a/cache", "HF_HOME": "/a/home"},
    {"HF_HUB_CACHE": "~/$HOME"},
    {"HUGGINGFACE_HUB_CACHE": "/old", "HF_HOME": "/a/home"},
    {"XDG_CACHE_HOME": "/a/caches"},
    {"XDG_CACHE_HOME": "", "HF_HOME": ""},
)
SAY_WHERE = """
import importlib, json, os, sys
from huggingface_hub import constants
for said in json.loads(sys.argv[1]):
    os.environ.update(said)
    print(importlib.reload(constants).HF_HUB_CACHE)
    for name in said:
        del os.environ[name]
"""


def test_the_cache_is_where_the_hugging_face_libraries_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says, both sides name the same folder."""
    pytest.importorskip("huggingface_hub", reason="the extras cpu and gpu bring huggingface_hub")
    monkeypatch.delenv("XDG_CACHE_HOME")
    asked = [sys.executable, "-c", SAY_WHERE, json.dumps(ENVIRONMENTS)]
    said_by_them = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    theirs = [Path(line) for line in said_by_them.splitlines()]
    ours = []
    for said in ENVIRONMENTS:
        with monkeypatch.context() as there:
            for name, value in said.items():
                there.setenv(name, value)
            ours.append(weights.hub_cache())
    assert ours == theirs
    assert len(set(theirs)) == len(ENVIRONMENTS) - 1


def test_weights_in_the_cache_are_found_at_their_commit_alone() -> None:
    """Another commit's files are not taken, and one file too few is all too few."""
    wanted = entry(repo=REPO, revision=COMMIT)
    folder = weights.hub_cache() / "models--someone--some-tagger" / "snapshots"
    fill(folder / ("f" * 40))
    fill(folder / COMMIT, ["model.onnx"])
    assert not weights.present(wanted)
    with pytest.raises(MissingWeights, match=f"some-tagger is not downloaded: {weights.hub_cache()}") as missing:
        weights.files(wanted)
    assert missing.value.hint == "run: cutline models pull some-tagger"
    fill(folder / COMMIT)
    assert weights.files(wanted) == {role: folder / COMMIT / path for role, path in FILES.items()}
    assert weights.present(wanted)


def test_the_identity_of_weights_is_their_commit_and_which_files_are_used() -> None:
    """It is known without reading them; another file of the same commit is another model."""
    wanted = entry(repo=REPO, revision=COMMIT)
    assert COMMIT in weights.identity(wanted)
    assert weights.identity(entry(repo=REPO, revision=COMMIT, files=FILES | {"model": "small.onnx"})) != (
        weights.identity(wanted)
    )
    with pytest.raises(MissingWeights):
        weights.identity(entry(repo=REPO))


def test_a_folder_holds_what_it_holds(tmp_path: Path) -> None:
    """Its files are found; the one that is missing is named, and a file where the folder should be is no weights."""
    wanted = entry(folder=str(tmp_path / "mine"))
    assert not weights.present(wanted)
    fill(tmp_path / "mine", ["model.onnx"])
    with pytest.raises(MissingWeights, match=r"mine has no sub/selected_tags\.csv"):
        weights.files(wanted)
    fill(tmp_path / "mine")
    assert weights.files(wanted)["labels"] == tmp_path / "mine/sub/selected_tags.csv"
    (tmp_path / "file").touch()
    assert not weights.present(entry(folder=str(tmp_path / "file")))


def test_the_identity_of_a_folder_is_its_content(tmp_path: Path) -> None:
    """The same files elsewhere are the same model; other content is another, also of the same size."""
    here, there = (entry(folder=str(fill(tmp_path / name))) for name in ("here", "there"))
    assert weights.identity(here) == weights.identity(there)
    before = weights.identity(here)
    model = tmp_path / "here/model.onnx"
    model.write_text("another..."[: len("model.onnx")])
    os.utime(model, ns=(1, 1))
    assert weights.identity(here) != before == weights.identity(there)


def test_a_folder_is_read_once_as_long_as_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking again reads no file: a model of a gigabyte is asked for its identity with each job."""
    wanted = entry(folder=str(fill(tmp_path / "mine")))
    first = weights.identity(wanted)
    monkeypatch.setattr(weights.hashlib, "file_digest", None)  # type: ignore[attr-defined]
    assert weights.identity(wanted) == first


def test_broken_pins_are_none() -> None:
    """A file of pins that cannot be read is as good as none: the next pull makes it anew."""
    assert weights.pins() == {}
    weights.pins_path().parent.mkdir(parents=True)
    weights.pins_path().write_text('{"some-tagger": 1}')
    assert weights.pins() == {}
    assert weights.commit_of(entry(repo=REPO)) == ""


def test_a_folder_is_checked_by_what_the_entry_says_of_it(tmp_path: Path) -> None:
    """A file with a checksum is right or wrong, one without is left unchecked, and its sum is told."""
    folder = fill(tmp_path / "mine")
    right = checking.sums_of(folder / "model.onnx")[0]
    for said, state in (({}, "unchecked"), ({"model.onnx": right}, "right"), ({"model.onnx": "0" * 64}, "wrong")):
        (model, labels) = checking.check(entry(folder=str(folder), sha256=said), lambda _: None)
        assert (model.state, model.sha256, labels.state) == (state, right, "unchecked")


def test_the_checksum_of_a_small_file_is_that_of_git(tmp_path: Path) -> None:
    """The sums of `hello` and a newline are the ones that sha256sum and git print."""
    (tmp_path / "a").write_text("hello\n")
    assert checking.sums_of(tmp_path / "a") == (
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
        "ce013625030ba8dba906f756967f9e9ca394464a",
    )
