"""Tests of the renames that never destroy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.dataset import exchange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    """Open a folder with the files `one` and `other`, each holding its name."""
    for name in ("one", "other"):
        (tmp_path / name).write_text(name)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(params=["system call", "link", "plain rename"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Take away, one after the other, what a file system may lack."""
    way: str = request.param

    def no_link(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links here")

    if way != "system call":
        monkeypatch.setattr(exchange, "_system_call", None)
    if way == "plain rename":
        monkeypatch.setattr(os, "link", no_link)
    return way


def _exchange_or_skip(folder: int) -> None:
    try:
        exchange.exchange(folder, b"one", b"other")
    except exchange.Unsupported:
        pytest.skip("the file system of the temporary folder knows no exchange")


def test_two_names_are_exchanged(folder: int, tmp_path: Path) -> None:
    """Each name holds afterwards what the other held."""
    _exchange_or_skip(folder)

    assert (tmp_path / "one").read_text() == "other"
    assert (tmp_path / "other").read_text() == "one"


def test_exchange_with_a_missing_name_does_nothing(folder: int, tmp_path: Path) -> None:
    """A missing name is an error, and the other stays."""
    _exchange_or_skip(folder)
    with pytest.raises(FileNotFoundError):
        exchange.exchange(folder, b"one", b"missing")

    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["one", "other"]


def test_a_system_without_exchange_says_so(folder: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers learn that they must go another way, and nothing has happened."""
    monkeypatch.setattr(exchange, "_system_call", None)
    with pytest.raises(exchange.Unsupported):
        exchange.exchange(folder, b"one", b"other")

    assert (tmp_path / "one").read_text() == "one"


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("rename", [exchange.put, exchange.take])
def test_a_free_name_is_taken(folder: int, tmp_path: Path, rename: type) -> None:
    """The file has only its new name afterwards, however the system gets there."""
    rename(folder, b"one", b"new")

    assert (tmp_path / "new").read_text() == "one"
    assert not (tmp_path / "one").exists()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("rename", [exchange.put, exchange.take])
def test_a_taken_name_is_never_replaced(folder: int, tmp_path: Path, rename: type) -> None:
    """Both files stay when the name is taken, also by a link that leads nowhere."""
    (tmp_path / "dangling").symlink_to("nowhere")
    for target in (b"other", b"dangling"):
        with pytest.raises(FileExistsError):
            rename(folder, b"one", target)

    assert (tmp_path / "one").read_text() == "one"
    assert (tmp_path / "other").read_text() == "other"
    assert (tmp_path / "dangling").is_symlink()
