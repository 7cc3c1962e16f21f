"""Pages kept in `pages/`: compared, or written anew where CUTLINE_SNAPSHOTS=write says so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.snapshots.prints import differences, page, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.snapshots.prints import Shot

PAGES = Path(__file__).with_name("pages")
WRITES = os.environ.get("CUTLINE_SNAPSHOTS") == "write"
"""Read before tests are given an environment of their own."""
HOW = "if it is meant to look so: CUTLINE_SNAPSHOTS=write .venv/bin/python -m pytest -q tests/snapshots"


def compare(taken: Mapping[tuple[str, tuple[int, int]], Mapping[str, Shot]]) -> None:
    """Compare screens with the pages kept of them, or keep them.

    Args:
        taken: Name of the scene and size → name of the theme → what was seen.

    Raises:
        AssertionError: Something differs; with all that does.
    """
    problems = []
    for (name, (columns, lines)), shots in taken.items():
        path = PAGES / f"{name}.{columns}x{lines}.txt"
        if WRITES:
            PAGES.mkdir(exist_ok=True)
            path.write_text(page(dict(shots)), "utf-8")
        elif not path.exists():
            problems.append(f"{path.name} is not kept yet")
        else:
            kept = read(path.read_text("utf-8"))
            for theme, shot in shots.items():
                if found := differences(kept[theme], shot):
                    problems.append("\n".join([f"{path.name}, theme {theme}:", *found]))
    assert not problems, "\n\n".join([*problems, HOW])
