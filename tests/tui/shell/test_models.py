"""`cutline models`, the real command in a process of its own, beside a small hub on loopback."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.models import weights
from tests.engine.models.hub import Hub
from tests.tui.shell.terminal import Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal

REPO = "someone/some-tagger"
MODEL = bytes(range(256)) * 8000
FILES = {"model.onnx": MODEL, "selected_tags.csv": b"tag_id,name,category,count\n1,cat,0,5\n"}
ENTRY = f"""
adapter = "pixel_stats"
kind = "tagger"
summary = "a tagger for tests"
licence = "{{licence}}"
revision = "main"
preprocessing = 1
threshold = 0.35
thresholds = {{{{ character = 0.85 }}}}
floor = 0.05
download_bytes = {len(MODEL)}

[weights]
repo = "{REPO}"
files = {{{{ model = "model.onnx", labels = "selected_tags.csv" }}}}
terms = "{{terms}}"

[picture]
size = 448

[graph]
channels = "BGR"
scale = 1.0

[labels]
reader = "csv"
"""
COMMAND = (sys.executable, "-m", "tui")
PATIENCE_SECONDS = 60.0


def models(*arguments: str) -> Said:
    """Run `cutline models` to its end, with nobody at the terminal."""
    ran = subprocess.run(
        [*COMMAND, "models", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ran.stderr
    return Said(ran.returncode, ran.stdout, ran.stderr)


def add_entry(name: str = "some-tagger", licence: str = "MIT", terms: str = "") -> None:
    """Write an entry into the person's own catalogue."""
    folder = paths.ensure(paths.config_dir() / "models")
    (folder / f"{name}.toml").write_text(ENTRY.format(licence=licence, terms=terms))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Run a hub, let HF_ENDPOINT lead to it, and have an entry for what it holds."""
    pytest.importorskip("huggingface_hub", reason="the extras cpu and gpu bring huggingface_hub")
    for name in ("HF_TOKEN", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    add_entry()
    with Hub() as hub:
        hub.put(REPO, FILES)
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def test_the_list_says_what_is_here(hub: Hub, cutline: Terminal) -> None:
    """With the engine off each model has a state; one whose terms restrict its use is marked."""
    add_entry("strict-tagger", "GPL-3.0", "only so")
    rows = {line.split()[0]: line for line in cutline("models", "list").out.splitlines()}
    assert "ready" in rows["pixel_stats"]
    assert re.search(r"tagger +not downloaded +2\.0 MB  MIT$", rows["some-tagger"])
    assert "GPL-3.0 (restricted" in rows["strict-tagger"]
    document = {model["name"]: model for model in cutline("models", "list", "--json").json["models"]}
    some = document["some-tagger"]
    assert (some["installed"], some["downloaded"], some["loaded"], some["repo"]) == (True, False, None, REPO)
    assert document["strict-tagger"]["terms"] == "only so"
    assert hub.asked == []


def test_a_broken_file_is_named_and_the_others_are_listed(cutline: Terminal) -> None:
    """One line says which file is wrong, 3 that not all is there; in JSON, too."""
    add_entry()
    (paths.config_dir() / "models/broken.toml").write_text("kind = ")
    (paths.config_dir() / "models/empty.toml").write_text("")
    said = cutline("models", "list")
    assert said.code == 3
    assert {"pixel_stats", "some-tagger"} <= {line.split()[0] for line in said.out.splitlines()}
    assert [line.split(".toml")[0].split("/")[-1] for line in said.err.splitlines()] == ["broken", "empty"]
    document = cutline("models", "list", "--json")
    assert (document.code, "some-tagger" in {model["name"] for model in document.json["models"]}) == (3, True)


def test_pull_then_show_then_verify(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was pulled is shown with its commit and its place, and is right; HF_HOME says where it lies."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    pulled = models("pull", "some-tagger", "--json")
    assert pulled.code == 0, pulled.err
    (document,) = pulled.json["models"]
    commit = hub.branches[REPO]["main"]
    assert (document["commit"], document["downloaded_bytes"]) == (commit, sum(map(len, FILES.values())))
    assert "licence: MIT" in pulled.err
    places = {file["role"]: file["place"] for file in document["files"]}
    assert places["model"].startswith(str(tmp_path / "hf/hub"))

    shown = models("show", "some-tagger").out
    assert f"{REPO}, main, pinned to commit {commit}" in shown
    assert f"model.onnx: 2.0 MB, {places['model']}" in shown
    assert "0.35, character 0.85; scores are kept from 0.05 on" in shown
    assert "centred on a square of white, then resized to 448 px with a bicubic filter" in shown
    assert "given as BGR, pixels divided by 1; the output is taken as it comes" in shown

    verified = models("verify", "--json")
    assert verified.code == 0
    assert [file["state"] for file in verified.json["models"][0]["files"]] == ["right", "right"]
    again = models("pull", "some-tagger")
    assert (again.code, again.out) == (0, "some-tagger is here already\n")


def test_damage_is_found_and_mended(hub: Hub) -> None:
    """A changed file is named and ends `verify` with 1; the next pull brings that file anew, and it alone."""
    assert models("verify").code == 0
    assert models("verify", "some-tagger").code == 1
    assert models("pull", "some-tagger").code == 0
    (blob,) = [file for file in (weights.repo_folder(REPO) / "blobs").iterdir() if file.stat().st_size == len(MODEL)]
    blob.write_bytes(b"damage")
    verified = models("verify")
    assert verified.code == 1
    assert re.search(r"^wrong +some-tagger  model\.onnx$", verified.out, re.MULTILINE)
    assert "cutline: some-tagger: model.onnx is damaged (run: cutline models pull some-tagger)\n" in verified.err
    hub.asked.clear()
    assert models("pull", "some-tagger").code == 0
    assert len(hub.bodies("model.onnx")) == 1
    assert hub.bodies("selected_tags.csv") == []
    assert models("verify", "some-tagger").code == 0


def test_terms_that_restrict_use_are_shown_and_agreed_to_first(hub: Hub) -> None:
    """Without a terminal --yes is needed; on one a no downloads nothing, a yes does."""
    add_entry("some-tagger", "GPL-3.0", "Whoever passes it on does so under the same terms.")
    refused = models("pull", "some-tagger")
    assert refused.code == 2
    assert "terms: Whoever passes it on does so under the same terms." in refused.err
    assert "cutline models pull some-tagger --yes" in refused.err
    assert answer("n")[0] == 1
    assert hub.bodies("model.onnx") == []
    code, said = answer("y")
    assert code == 0, said
    assert "download it under these terms?" in said
    assert len(hub.bodies("model.onnx")) == 1
    add_entry("other-tagger", "GPL-3.0", "Whoever passes it on does so under the same terms.")
    assert models("pull", "other-tagger", "--yes").code == 0


def answer(word: str) -> tuple[int, str]:
    """Pull on a terminal, type one word at the question, and return the exit code and all that was said."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "models", "pull", "some-tagger"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "NO_COLOR": "1"},
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                said += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if b"[Y/n]" in said and word:
                os.write(ours, f"{word}\n".encode())
                word = ""
    os.close(ours)
    return process.returncode, said.decode()


def test_interrupted_it_goes_on_next_time(hub: Hub) -> None:
    """Ctrl-C ends with 130 and the command that goes on; what came is not asked for again."""
    hub.pauses_after = 500_000
    with subprocess.Popen([*COMMAND, "models", "pull", "some-tagger"], stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        blobs = weights.repo_folder(REPO) / "blobs"
        while not any(part.stat().st_size > 200_000 for part in blobs.glob("*.incomplete")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert "what came is kept; to go on: cutline models pull some-tagger\ncutline: interrupted\n" in said
    hub.pauses_after = 0
    hub.asked.clear()
    gone_on = models("pull", "some-tagger")
    assert gone_on.code == 0
    assert " of it are here" in gone_on.err
    (body,) = hub.bodies("model.onnx")
    assert int(body.headers["Range"].removeprefix("bytes=").removesuffix("-")) > 200_000
    assert models("verify", "some-tagger").code == 0


def test_offline_nothing_is_asked_and_what_is_here_is_used(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_OFFLINE is named where something would have to come; what another program downloaded is pinned."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    offline = models("pull", "some-tagger")
    assert (offline.code, len(offline.err.splitlines())) == (1, 1)
    assert "HF_HUB_OFFLINE is set (unset it" in offline.err
    assert hub.asked == []
    commit = hub.branches[REPO]["main"]
    folder = weights.repo_folder(REPO)
    for path, content in FILES.items():
        paths.ensure(folder / "snapshots" / commit)
        (folder / "snapshots" / commit / path).write_bytes(content)
    paths.ensure(folder / "refs")
    (folder / "refs/main").write_text(commit)
    assert models("pull", "some-tagger").code == 0
    assert weights.pins()["some-tagger"].commit == commit


def test_one_of_several_that_fails_is_named_and_the_others_come(hub: Hub) -> None:
    """The exit code says that not all went well; a model without weights is no failure."""
    add_entry("gone-tagger")
    entry = paths.config_dir() / "models/gone-tagger.toml"
    entry.write_text(entry.read_text().replace(REPO, "someone/nothing"))
    ran = models("pull", "gone-tagger", "pixel_stats", "some-tagger", "--json")
    assert ran.code == 3
    assert ran.json["failed"] == ["gone-tagger"]
    assert [model["name"] for model in ran.json["models"]] == ["pixel_stats", "some-tagger"]
    assert f"cutline: {hub.url} has no repository someone/nothing" in ran.err


def test_an_engine_that_looks_elsewhere_is_told_of(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`loaded` is known where the engine runs; what it cannot see because of its own HF_HOME is said after a pull."""
    assert hub.branches
    try:
        assert subprocess.run([*COMMAND, "engine", "start"], capture_output=True, check=False).returncode == 0
        loaded = {model["name"]: model["loaded"] for model in models("list", "--json").json["models"]}
        assert loaded["some-tagger"] is False
        monkeypatch.setenv("HF_HOME", str(tmp_path / "elsewhere"))
        pulled = models("pull", "some-tagger")
        assert (pulled.code, "was started with another HF_HOME" in pulled.err) == (0, True)
        monkeypatch.delenv("HF_HOME")
        pulled = models("pull", "some-tagger")
        assert (pulled.code, "another HF_HOME" in pulled.err) == (0, False)
    finally:
        subprocess.run([*COMMAND, "engine", "stop"], capture_output=True, check=False)


def test_a_folder_named_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cutline: Terminal) -> None:
    """`show` and `verify` take a folder, also by its name alone; a missing file in it is named."""
    folder = tmp_path / "my tagger"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(MODEL)
    (folder / "selected_tags.csv").write_bytes(FILES["selected_tags.csv"])
    monkeypatch.chdir(tmp_path)
    shown = cutline("models", "show", "my tagger")
    assert shown.code == 0, shown.err
    assert f"model.onnx: 2.0 MB, {folder}/model.onnx" in shown.out
    verified = cutline("models", "verify", "my tagger")
    assert (verified.code, verified.out.count("unchecked")) == (0, 2)
    assert cutline("models", "show", "my tgger").code == 2


def test_a_name_nobody_has_is_wrong_usage(cutline: Terminal) -> None:
    """Each command says so, with the nearest name."""
    for command in ("show", "pull", "verify"):
        said = cutline("models", command, "pixel_stat")
        assert (said.code, "did you mean pixel_stats?" in said.err) == (2, True)


WITHOUT = "import sys; sys.modules['huggingface_hub'] = None; from tui.cli import main; sys.exit(main(sys.argv[1:]))"


def test_without_huggingface_hub_only_pull_says_so(hub: Hub) -> None:
    """The other commands do without it; `pull` names the extra that brings it."""
    assert hub.branches

    def said(*arguments: str) -> Said:
        command = [sys.executable, "-c", WITHOUT, "models", *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        return Said(ran.returncode, ran.stdout, ran.stderr)

    assert said("list").code == said("show", "some-tagger").code == said("verify").code == 0
    refused = said("pull", "some-tagger")
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert "huggingface_hub, which is not installed (in cutline's folder run: pip install -e '.[cpu]'" in refused.err
