"""The wheel, installed as a stranger would: in an environment of its own, far from the sources."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.dataset.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
SHIPPED = ("engine", "themes", "tui")

pytestmark = pytest.mark.timeout(600)


def run(command: Sequence[str | Path], cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command that must succeed and return its standard output; a failure shows all it said."""
    ran = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the sources, so that nothing left by earlier builds gets into it."""
    place = tmp_path_factory.mktemp("sources")
    for package in SHIPPED:
        shutil.copytree(ROOT / package, place / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"], place)
    (built,) = (place / "dist").glob("cutline-*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with its extra `demo` in a fresh environment and return the folder of its programs."""
    # Module scope: this runs before the test gets its empty HOME, so that pip finds its cache.
    place = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "venv", "venv"], place)
    # Not compiled: of the thousands of modules that pip would compile, a few are ever imported.
    pip = ["venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    run([*pip, "--constraint", ROOT / "constraints.txt", f"{wheel}[demo]"], place)
    return place / "venv/bin"


def test_the_wheel_holds_the_packages_with_their_data(wheel: Path) -> None:
    """Every source, style and theme of the three packages is in the wheel, and nothing else is."""
    expected = {
        str(file.relative_to(ROOT))
        for package in SHIPPED
        for file in (ROOT / package).rglob("*")
        if file.suffix in {".py", ".tcss", ".toml"}
    }
    shipped = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in shipped if ".dist-info/" not in name} == expected


def test_the_demo_runs_from_the_wheel(programs: Path, tmp_path: Path) -> None:
    """With an empty HOME, from another folder, the demo tags every photo; a second time it tags none again."""
    empty = tmp_path / "empty home"
    empty.mkdir()
    env = {"HOME": str(empty), "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"]}

    def demo() -> dict[str, Any]:
        summary = json.loads(run([programs / "cutline", "demo", "--headless", "--json"], tmp_path, env))
        assert isinstance(summary, dict)
        return summary

    try:
        first, second = demo(), demo()
    finally:
        subprocess.run([programs / "cutline", "engine", "stop"], cwd=tmp_path, env=env, check=False)

    photos = len(SAMPLES)
    assert (first["images"], first["proposed"], first["failed"]) == (photos, photos, 0)
    assert (second["images"], second["proposed"], second["failed"]) == (photos, 0, 0)
    assert second["unchanged"] == photos
    assert {file.name for file in tmp_path.iterdir()} == {"empty home", "home"}, "written outside HOME"
