"""Tests of where CLIP's vocabulary comes from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from engine import settings
from engine.captions.tokens.byte_pairs import BytePairs
from engine.models import clip_vocabulary, pulling, token_counters, weights
from tests.engine.captions.clip_pairs import pairs_text
from tests.engine.models.hub import Hub

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "a photo of a cat"


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the package be missing, and the cache be empty."""
    pairs_text()  # before it is missing
    clip_vocabulary._packaged.cache_clear()
    monkeypatch.setitem(sys.modules, "instant_clip_tokenizer", None)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def test_the_installed_package_makes_counts_exact() -> None:
    """Where it is installed nothing has to be downloaded."""
    pytest.importorskip("instant_clip_tokenizer")
    assert token_counters.load(settings.Settings()).budget(TEXT)[:2] == (5, True)
    assert token_counters.load_without_t5().clip.count(TEXT) == 5


@pytest.mark.usefixtures("no_package")
def test_without_it_the_count_is_an_estimate() -> None:
    """Nothing fails, and the number is marked."""
    assert clip_vocabulary.load() is None
    assert not token_counters.load(settings.Settings()).budget(TEXT).clip_exact


@pytest.mark.usefixtures("no_package")
def test_it_is_fetched_like_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pull, checked by its sha256, counts are exact without the package."""
    wanted = clip_vocabulary.ENTRY.weights
    assert wanted is not None
    with Hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        commit = hub.put(wanted.repo, {"merges.txt": pairs_text().encode()})
        hub.commits[wanted.revision] = hub.commits[commit]
        pulling.pull(pulling.plan(clip_vocabulary.ENTRY), _Watcher())
    assert weights.present(clip_vocabulary.ENTRY)
    assert isinstance(clip_vocabulary.load(), BytePairs)
    assert token_counters.load(settings.Settings()).budget(TEXT)[:2] == (5, True)


@pytest.mark.usefixtures("no_package")
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"#version: 0.2\na b\n"])
def test_a_damaged_file_counts_as_none(content: bytes) -> None:
    """Half a vocabulary would count wrong: better an estimate that says so."""
    wanted = clip_vocabulary.ENTRY.weights
    assert wanted is not None
    folder = weights.repo_folder(wanted.repo) / "snapshots" / wanted.revision
    folder.mkdir(parents=True)
    (folder / "merges.txt").write_bytes(content)
    assert clip_vocabulary.load() is None


class _Watcher:
    def advance(self, by: int = 1) -> None:
        pass

    def waits(self, why: str) -> None:
        pass
