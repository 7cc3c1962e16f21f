"""What really gets loaded: one fresh interpreter for each module."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.rules.arrows import HEAVY, NOT_AT_COMMAND_START, PHOTOS_ONLY, SCREEN
from tests.rules.imports import ROOT, modules

PROGRAM = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*{n.split('.')[0] for n in sys.modules})"


def loaded_by(module: str) -> set[str]:
    """Import one module in a fresh interpreter and name the packages it loaded."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, module], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


@pytest.mark.parametrize("module", modules())
def test_a_module_can_be_imported_first_and_loads_nothing_forbidden(module: str) -> None:
    """Each module can be the first one imported; none loads a heavy library, no engine module the screen's."""
    forbidden = HEAVY | PHOTOS_ONLY
    if module.startswith("engine"):
        forbidden |= SCREEN
    assert loaded_by(module) & forbidden == set()


def test_the_command_starts_light() -> None:
    """The command line loads neither Textual nor the engine's server nor what decodes pictures."""
    loaded = loaded_by("tui.cli")
    assert "tui" in loaded
    assert loaded & NOT_AT_COMMAND_START == set()


def test_the_linear_mode_needs_no_screen() -> None:
    """Who reviews line by line loads nothing of the screen, nor of the engine's server."""
    loaded = loaded_by("tui.plain.review")
    assert "tui" in loaded
    assert loaded & (NOT_AT_COMMAND_START - {"PIL", "numpy"}) == set()


@pytest.mark.parametrize("module", ["engine.jobs.worker", "engine.jobs.decoder"])
def test_the_worker_needs_three_libraries(module: str) -> None:
    """What runs in another Python environment needs msgspec, numpy and Pillow, and nothing else that is installed."""
    foreign = loaded_by(module) - loaded_by("sys") - sys.stdlib_module_names
    assert foreign <= {"engine", "msgspec", "numpy", "PIL", "typing_extensions"}  # the last where it happens to be
    assert {"engine", "msgspec"} <= foreign
