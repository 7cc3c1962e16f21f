"""A model in a Python environment of its own: made with pip, its worker run beside ours."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine import paths
from engine.models.environments import find, folder_of, python_of, state_of
from engine.wire import lifecycle
from engine.wire.protocol import Item, Job, Result, Step, TextOutput
from tests.tui.shell.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)

OLD = "tomli-w==1.0.0"
ADAPTER = '''
"""An adapter that says which tomli-w it sees, and where."""
import os, sys
from importlib.metadata import version
from engine.models.contract import Written

class Reporter:
    calls = "batches"
    def __init__(self, entry, device):
        print("a library that prints")
    def labels(self):
        return None
    def answer(self, pictures, ask):
        return [Written(f"{version('tomli-w')} {sys.prefix} {picture.pixels.shape[1]}") for picture in pictures]
    def close(self):
        pass
'''
PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "reporter"
version = "1.0"
[project.entry-points."cutline.adapters"]
reporter = "reporter:Reporter"
[tool.setuptools]
py-modules = ["reporter"]
"""
ENTRY = """
adapter = "reporter"
kind = "captioner"
summary = "s"
licence = "MIT"
revision = "1"
preprocessing = 1
environment = "old"
"""


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Stop the engine that a test leaves running."""
    yield
    lifecycle.stop(now=True)


@pytest.fixture
def old(tmp_path: Path) -> str:
    """Describe an environment with an older library and an adapter of its own, and a model that runs there."""
    wheel = tmp_path / "wheel"
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    reached = subprocess.run([*fetch, "--no-deps", "--dest", wheel, OLD], capture_output=True, text=True, check=False)
    if reached.returncode:
        pytest.skip("pip reaches no package index")
    package = tmp_path / "reporter"
    package.mkdir()
    (package / "reporter.py").write_text(ADAPTER)
    (package / "pyproject.toml").write_text(PROJECT)
    folders = [paths.ensure(paths.config_dir() / name) for name in ("environments", "models")]
    (folders[0] / "old.toml").write_text(f'summary = "s"\nrequirements = ["{OLD}", "reporter @ {package.as_uri()}"]\n')
    (folders[1] / "reporter.toml").write_text(ENTRY)
    return "old"


def test_a_model_runs_in_an_environment_with_other_libraries(
    old: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its adapter sees the older library while ours stays as it is; without the environment the job is refused."""
    cutline = Terminal(capsys)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(3):
        Image.new("RGB", (8 + number, 8)).save(pictures / f"{number}.png")
    refused = cutline("tag", pictures, "--model", "reporter")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "cutline engine env create old" in refused.err

    made = cutline("engine", "env", "create", old, "--yes", "--json")
    assert made.code == 0, made.err
    assert made.json["state"] == state_of(find(old)) == "ready"
    needs = "import sys, importlib.metadata as m; print(*(d.metadata['Name'] for d in m.distributions()))"
    installed = subprocess.run(
        [python_of(old), "-I", "-c", needs], capture_output=True, text=True, check=True
    ).stdout.split()
    own = {"cutline-worker", "msgspec", "numpy", "pillow", "reporter", "tomli-w"}
    assert {name.lower().replace("_", "-") for name in installed} - {"pip", "setuptools"} == own, (
        "the worker needs nothing else"
    )

    with lifecycle.find_or_start() as client:
        items = tuple(Item(number, f"{number}.png") for number in range(3))
        job = Job("0" * 32, "", str(pictures), (Step("said", "reporter"), Step("tags", "pixel_stats")), items)
        client.submit(job)
        results = [line for lines in client.results(job.id) for line in lines if isinstance(line, Result)]
        assert [result.error for result in results] == [None] * 6
        said = {result.item: result.output.text for result in results if isinstance(result.output, TextOutput)}
        assert said == {number: f"1.0.0 {folder_of(old)} {8 + number}" for number in range(3)}
        assert version("tomli-w") != "1.0.0"
        assert {worker.environment for worker in client.status().workers} == {"", old}
    status = cutline("engine", "status").out
    assert " in old: 0 images in flight" in status
    assert cutline("engine", "env", "remove", old).out == "the environment old is removed\n"
    assert not folder_of(old).exists()


def test_what_pip_cannot_find_is_said(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line names the requirement, the whole story stands in a file, and nothing is left of the environment."""
    cutline = Terminal(capsys)
    file = paths.config_dir() / "environments" / f"{old}.toml"
    file.write_text(file.read_text().replace(OLD, "tomli-w==99.0"))
    failed = cutline("engine", "env", "create", old, "--yes")
    assert failed.code == 1
    assert failed.err.splitlines()[-1].startswith(
        "cutline: the environment old cannot be made: No matching distribution found for tomli-w==99.0 (see "
    )
    assert "Traceback" not in failed.err
    assert cutline("engine", "env", "list", "--json").json["environments"][0]["state"] == "not made"
    assert not folder_of(old).exists()
