"""The first thing a newcomer does."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.desk import Desk

missing = [name for name in ("skimage", "sklearn") if importlib.util.find_spec(name) is None]


@pytest.mark.skipif(bool(missing), reason=f"the photos of the extra `demo`: {missing} not installed")
def test_the_demo_tags_once(desk: Desk, home: Path) -> None:
    """The first start tags every photo, the second asks nothing and changes no file."""
    first = desk.cutline("demo", "--headless", "--json")
    assert first.code == 0, first.err
    assert first.json["proposed"] == first.json["images"] > 10
    folder = home / ".cache/cutline/demo"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".cutline" not in path.parts}
    again = desk.cutline("demo", "--headless", "--json")
    assert (again.code, again.json["job"], again.json["proposed"]) == (0, None, 0)
    assert again.json["unchanged"] == first.json["images"]
    assert all(path.read_bytes() == data for path, data in before.items())
    stats = desk.cutline("stats", folder, "--json").json
    assert (stats["images"], stats["pending"]) == (first.json["images"], first.json["images"])
    assert 0 < stats["captioned"] < stats["images"]
