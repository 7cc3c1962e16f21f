"""Tests of reaching places below the root without following a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.dataset import folders
from engine.errors import Unreadable, Unsafe


def _open_descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


HOSTILE = [
    b"",
    b"/etc/a.txt",
    b"../a.txt",
    b"a/../../b.txt",
    b"a//b.txt",
    b"./a.txt",
    b"a/.",
    b"a/",
    b"a.txt\0.txt",
    b"..",
]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_key_that_could_lead_elsewhere_is_refused(key: bytes) -> None:
    """No key leaves the root, whoever wrote it."""
    with pytest.raises(Unsafe):
        folders.split_key(key)


@pytest.mark.parametrize("key", [b"a.txt", b"10_cat dog/\xff\n.txt", b"..a/...txt", "猫/🐈.txt".encode()])
def test_any_real_name_is_a_key(key: bytes) -> None:
    """Spaces, newlines, dots and bytes that are not UTF-8 are names like others."""
    assert b"/".join(folders.split_key(key)) == key


def test_a_folder_is_reached_part_by_part(tmp_path: Path) -> None:
    """The descriptor is that of the folder named, and no other is left open."""
    (tmp_path / "a/b").mkdir(parents=True)
    already_open = _open_descriptors()

    folder = folders.open_folder(os.fsencode(tmp_path), [b"a", b"b"])

    assert os.path.samestat(os.fstat(folder), (tmp_path / "a/b").stat())
    os.close(folder)
    assert _open_descriptors() == already_open


@pytest.mark.parametrize("target", ["elsewhere", "set/inside", "set/missing"])
def test_a_linked_folder_in_the_path_is_refused(tmp_path: Path, target: str) -> None:
    """No link to a folder is followed, wherever it leads, and no descriptor is left open."""
    (tmp_path / "elsewhere/deep").mkdir(parents=True)
    (tmp_path / "set/inside/deep").mkdir(parents=True)
    (tmp_path / "set/link").symlink_to(tmp_path / target)
    already_open = _open_descriptors()

    with pytest.raises(Unsafe, match="link"):
        folders.open_folder(os.fsencode(tmp_path / "set"), [b"link", b"deep"])

    assert _open_descriptors() == already_open


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """A file in the middle of a path is named as what is in the way."""
    (tmp_path / "a").touch()
    with pytest.raises(Unsafe, match="a is not a folder"):
        folders.open_folder(os.fsencode(tmp_path), [b"a"])


def test_a_file_larger_than_any_caption_is_not_read(tmp_path: Path) -> None:
    """A huge file under a caption's name does not fill the memory."""
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(folders.LARGEST_TEXT_BYTES + 1)
    folder = folders.open_folder(os.fsencode(tmp_path), [])
    try:
        with pytest.raises(Unreadable, match="larger"):
            folders.read_plain(folder, b"a.txt")
    finally:
        os.close(folder)


def test_an_open_file_can_be_read_again(tmp_path: Path) -> None:
    """A second reading starts at the beginning and sees what was written meanwhile."""
    (tmp_path / "a.txt").write_bytes(b"one")
    folder = folders.open_folder(os.fsencode(tmp_path), [])
    file = folders.open_plain(folder, b"a.txt")
    os.close(folder)
    assert file is not None
    with file:
        assert folders.read_open(file) == b"one"
        (tmp_path / "a.txt").write_bytes(b"two, longer")
        assert folders.read_open(file) == b"two, longer"
