"""CLIP's real pairs for tests: they lie as text inside the package that tests install."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine.captions.tokens.byte_pairs import MERGES


@cache
def pairs_text() -> str:
    """Return what the hub's `merges.txt` holds, byte for byte; skip the test where the package is not installed."""
    found = find_spec("instant_clip_tokenizer")
    if found is None or not found.submodule_search_locations:
        pytest.skip("instant-clip-tokenizer has no wheel for this machine")
    (library,) = [
        file for file in Path(found.submodule_search_locations[0]).iterdir() if file.suffix in {".so", ".pyd"}
    ]
    data = library.read_bytes()
    lines = data[data.index(b"#version: 0.2\n") :].split(b"\n", MERGES + 1)[: MERGES + 1]
    return b"\n".join([*lines, b""]).decode()
