"""Files for other programs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.dataset.formats.whole_file import free_place, written_whole
from engine.errors import NotWritable, Refused

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an empty folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def write(path: Path, text: bytes, *, replace: bool = False) -> None:
    """Write a file as an export does."""
    with written_whole(free_place(path, [], replace=replace), replace=replace) as file:
        file.write(text)


def names_in(folder: Path) -> list[str]:
    """List a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_there_whole(folder: Path) -> None:
    """It has the permissions of any new file, and nothing else is left in the folder."""
    before = os.umask(0o027)
    try:
        write(folder / "a.csv", b"one")
    finally:
        os.umask(before)
    assert (folder / "a.csv").read_bytes() == b"one"
    assert (folder / "a.csv").stat().st_mode & 0o777 == 0o640
    assert names_in(folder) == ["a.csv"]


def test_what_is_there_is_replaced_only_on_demand(folder: Path) -> None:
    """A file that is there is refused; replaced, the new one has its permissions; a link stays and its target changes."""
    path, link = folder / "a.csv", folder / "link.csv"
    path.write_bytes(b"old")
    path.chmod(0o604)
    link.symlink_to(path)
    for name in (path, link):
        with pytest.raises(Refused, match="is there already"):
            write(name, b"new")
    assert path.read_bytes() == b"old"
    write(link, b"new", replace=True)
    assert (path.read_bytes(), path.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o604, True)


@pytest.mark.parametrize("replace", [False, True])
def test_an_interrupted_write_leaves_nothing(folder: Path, *, replace: bool) -> None:
    """Whatever ends the writing, no half file stays, and what was there is as it was."""
    path = folder / "a.csv"
    if replace:
        path.write_bytes(b"old")
    before = names_in(folder)

    def interrupted() -> None:
        with written_whole(path, replace=replace) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names_in(folder) == before
    assert not replace or path.read_bytes() == b"old"


def test_a_file_that_comes_meanwhile_stays(folder: Path) -> None:
    """Somebody else's file that took the name during the writing is not replaced."""
    path = folder / "a.csv"

    def overtaken() -> None:
        with written_whole(path, replace=False) as file:
            file.write(b"ours")
            path.write_bytes(b"theirs")

    with pytest.raises(Refused, match="is there already"):
        overtaken()
    assert path.read_bytes() == b"theirs"
    assert names_in(folder) == ["a.csv"]


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.caption", "a.png", "a.JPG", "a.wd", "link.csv"])
def test_captions_and_images_are_no_place(folder: Path, name: str) -> None:
    """No export goes where a caption or an image could be, there or not, also through a link, whatever is demanded."""
    (folder / "link.csv").symlink_to(folder / "b.txt")
    with pytest.raises(Refused, match="has the name of a caption or an image"):
        free_place(folder / name, ["wd"], replace=True)


def test_other_places_that_are_refused(folder: Path) -> None:
    """A review store's folder, a folder, a pipe, and a folder that is not there."""
    (folder / ".cutline").mkdir()
    os.mkfifo(folder / "pipe.csv")
    with pytest.raises(Refused, match="review store"):
        free_place(folder / ".cutline" / "review.db", [], replace=True)
    for path in (folder, folder / "pipe.csv"):
        with pytest.raises(Refused, match="not a plain file"):
            free_place(path, [], replace=True)
    with pytest.raises(NotWritable, match="there is no folder"):
        free_place(folder / "no" / "a.csv", [], replace=False)


def test_a_full_disk_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses is said, and nothing stays."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritable, match=r"a\.csv cannot be written: No space left on device"):
        write(folder / "a.csv", b"one")
    assert names_in(folder) == []
