"""Tests of finding and reading captions: keys, links, extensions, leftovers."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from engine.dataset.caption_files import ALLOWED, CaptionFiles
from engine.errors import BadSetting, NotWritable, Unreadable, Unsafe
from tests.engine.dataset.conftest import TEMP, Desk
from tests.engine.dataset.test_folders import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_absent_and_empty_are_different(desk: Desk) -> None:
    """No file reads as None, an empty file as no bytes."""
    desk.caption.write_bytes(b"")

    assert desk.files.read(b"a.txt") == b""
    assert desk.files.read(b"b.txt") is None
    assert desk.files.read(b"no/such/folder/b.txt") is None


@pytest.mark.parametrize(
    "name", [b"with space\nand line.txt", b"\xff\xfe.txt", "猫 🐈.txt".encode(), b"-rf.txt", b"a.b.TXT", b"[x]*?.tags"]
)
def test_any_name_can_be_written_and_read(desk: Desk, name: bytes) -> None:
    """Captions are found by their bytes, whatever those are."""
    key = b"10_\xe9 class/" + name
    os.mkdir(os.path.join(os.fsencode(desk.root), b"10_\xe9 class"))  # noqa: PTH102, PTH118  (bytes)

    desk.write(None, b"1girl", key)
    desk.write(b"1girl", b"1girl, solo", key)

    assert desk.files.read(key) == b"1girl, solo"


def test_many_are_read_as_each_would_be(desk: Desk) -> None:
    """In any order and behind links each caption is what reading it alone gives; what cannot be read is None."""
    for folder in ("x", "y"):
        (desk.root / folder).mkdir()
        (desk.root / folder / "a.txt").write_bytes(folder.encode())
    (desk.root / "link.txt").symlink_to("x/a.txt")
    (desk.root / "out.txt").symlink_to("/etc/passwd")
    (desk.root / "z").symlink_to("x")
    keys = [b"x/a.txt", b"a.txt", b"link.txt", b"y/a.txt", b"no/a.txt", b"x/a.txt", b"out.txt", b"z/a.txt", b"../a.txt"]

    assert list(desk.files.read_many(keys)) == [
        b"x", desk.files.read(b"a.txt"), b"x", b"y", None, b"x", None, b"x", None,
    ]  # fmt: skip


@pytest.mark.parametrize("key", [*HOSTILE, b"a.jpg", b"a", b"train.py", b".txt", b"a.txt/b"])
def test_what_is_no_caption_is_neither_read_nor_written(desk: Desk, key: bytes) -> None:
    """Keys that leave the root or do not end like a caption are refused everywhere."""
    uses: list[Callable[[], object]] = [
        lambda: desk.files.read(key),
        lambda: desk.files.resolve(key),
        lambda: desk.files.leftover(key, TEMP),
        lambda: desk.files.remove_leftover(key, TEMP),
        lambda: desk.write(None, b"x", key),
    ]
    for use in uses:
        with pytest.raises(Unsafe):
            use()
    assert list(desk.files.read_many([key])) == [None]

    assert desk.names() == ["a.txt"]


def test_further_extensions_come_from_the_settings(tmp_path: Path) -> None:
    """An extension of the person's own settings is a caption's, with or without its dot."""
    files = CaptionFiles(tmp_path, ["wd", ".Booru.Tags"])
    for extension in [*ALLOWED, ".wd", ".booru.tags"]:
        assert files.read(b"a" + extension.encode()) is None
    with pytest.raises(Unsafe, match="extension"):
        files.read(b"a.json")


@pytest.mark.parametrize("extension", ["", ".", ".png", "JPG", "a/b", "txt."])
def test_an_extension_that_cannot_be_a_captions_is_refused(tmp_path: Path, extension: str) -> None:
    """Above all, an image can never be taken for a caption."""
    with pytest.raises(BadSetting):
        CaptionFiles(tmp_path, [extension])


def test_a_caption_without_a_link_is_its_own_place(desk: Desk) -> None:
    """Plain, absent and folderless captions resolve to themselves."""
    for key in (b"a.txt", b"b.txt", b"no/folder/b.txt"):
        assert desk.files.resolve(key) == key


def test_links_resolve_to_their_place_inside_the_root(desk: Desk) -> None:
    """A linked caption has the key of its target, also through a linked folder and also where the target is missing."""
    (desk.root / "texts").mkdir()
    (desk.root / "linked").symlink_to("texts")
    (desk.root / "b.txt").symlink_to("a.txt")
    (desk.root / "c.txt").symlink_to(desk.root / "linked/c.txt")

    assert desk.files.resolve(b"b.txt") == b"a.txt"
    assert desk.files.resolve(b"c.txt") == b"texts/c.txt"
    assert desk.files.resolve(b"linked/d.txt") == b"texts/d.txt"


def test_a_link_in_the_roots_own_path_does_no_harm(desk: Desk, tmp_path: Path) -> None:
    """The root may be opened by a link; the captions' keys do not show it."""
    (tmp_path / "door").symlink_to(desk.root)
    (desk.root / "b.txt").symlink_to(desk.root / "a.txt")
    files = CaptionFiles(tmp_path / "door")

    assert files.resolve(b"b.txt") == b"a.txt"
    assert files.read(b"a.txt") == b"old"


@pytest.mark.parametrize(
    "target", ["/etc/hostname.txt", "../beside.txt", "../set-b/a.txt", "b.txt", "a.safetensors", ".."]
)
def test_a_link_that_leads_out_or_astray_is_refused(desk: Desk, target: str) -> None:
    """A link out of the root, to itself, or to what is no caption is refused with a hint."""
    (desk.root / "b.txt").symlink_to(target)
    with pytest.raises(Unsafe) as refusal:
        desk.files.resolve(b"b.txt")

    assert refusal.value.hint


def test_reading_and_writing_follow_no_link(desk: Desk, tmp_path: Path) -> None:
    """A link that appears after resolving is refused, as a caption and as a folder, and its target stays."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_bytes(b"old")
    (desk.root / "b.txt").symlink_to(outside / "a.txt")
    (desk.root / "folder").symlink_to(outside)

    for key in (b"b.txt", b"folder/a.txt"):
        with pytest.raises(Unsafe):
            desk.files.read(key)
        with pytest.raises(Unsafe):
            desk.write(b"old", b"new", key)
    with pytest.raises(Unsafe):
        desk.write(None, b"new", b"folder/new.txt")

    assert [path.name for path in outside.iterdir()] == ["a.txt"]
    assert (outside / "a.txt").read_bytes() == b"old"


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket"])
def test_special_files_are_refused_without_waiting(
    desk: Desk, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, pipe or socket with a caption's name is neither read nor replaced, and holds nobody up."""
    place = desk.root / "b.txt"
    monkeypatch.chdir(tmp_path)  # A socket's path must be short.
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        with socket.socket(socket.AF_UNIX) as endpoint:
            endpoint.bind("set/b.txt")

    with pytest.raises(Unreadable):
        desk.files.read(b"b.txt")
    for before in (None, b""):
        with pytest.raises(Unreadable):
            desk.write(before, b"new", b"b.txt")
    assert desk.names() == ["a.txt", "b.txt"]
    assert not place.is_file()


def test_a_leftover_is_read_and_removed(desk: Desk) -> None:
    """What a dead write left beside a caption can be looked at, then removed; removing it twice is harmless."""
    assert desk.files.leftover(b"a.txt", TEMP) is None
    (desk.root / TEMP).write_bytes(b"half")

    assert desk.files.leftover(b"a.txt", TEMP) == b"half"
    desk.files.remove_leftover(b"a.txt", TEMP)
    desk.files.remove_leftover(b"a.txt", TEMP)

    assert desk.names() == ["a.txt"]


@pytest.mark.parametrize("name", ["a.txt", ".cutline-/../a.txt.tmp", "../.cutline-7.tmp", ".cutline-.tmp", ""])
def test_only_cutlines_own_temporary_files_are_touched(desk: Desk, name: str) -> None:
    """A temporary name that is not one is refused before anything happens."""
    with pytest.raises(Unsafe):
        desk.files.remove_leftover(b"a.txt", name)
    with pytest.raises(Unsafe):
        desk.write(b"old", b"new", temp=name)

    assert desk.caption.read_bytes() == b"old"


def test_a_leftover_in_the_way_stays(desk: Desk) -> None:
    """A write does not remove a temporary file it did not make, and says what to do."""
    (desk.root / TEMP).write_bytes(b"somebody's")
    for before, after in ((b"old", b"new"), (b"old", None)):
        with pytest.raises(NotWritable, match="temporary file"):
            desk.write(before, after)

    assert (desk.root / TEMP).read_bytes() == b"somebody's"
    assert desk.caption.read_bytes() == b"old"
