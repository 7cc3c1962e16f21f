"""Moving files out of the dataset and back: never replacing, never following a link, and refused in words."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.dataset.aside import Aside, is_movable
from engine.errors import NotWritable, Refused, Unsafe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_there_and_back(tmp_path: Path) -> None:
    """A file comes with every byte and the time it had, whatever its name, and nothing is left behind."""
    key = os.fsencode("sub/\udcff name\n🐈.png")
    path = tmp_path / os.fsdecode(key)
    (tmp_path / "sub").mkdir()
    path.write_bytes(b"picture")
    os.utime(path, ns=(1, 1_234_567_890_123_456_789))
    place = Aside(tmp_path, "7")
    assert place.is_free()
    place.bring(key)
    assert not os.path.lexists(path)
    assert place.holds(key)
    assert not place.is_free()
    assert _names(tmp_path / ".cutline-aside/7") == [path.name + ".aside"]
    place.clear()
    assert place.holds(key), "a folder in which something lies stays"
    place.give_back(key)
    assert path.stat().st_mtime_ns == 1_234_567_890_123_456_789
    place.clear()
    assert _names(tmp_path) == ["home", "sub"]


def test_nothing_is_replaced(tmp_path: Path) -> None:
    """A name that is taken, here or there, is left to who has it; both files stay."""
    (tmp_path / "a.png").write_bytes(b"mine")
    place = Aside(tmp_path, "7")
    place.bring(b"a.png")
    (tmp_path / "a.png").write_bytes(b"new")
    before = _files(tmp_path)
    with pytest.raises(Refused, match=r"another a\.png stands in its place"):
        place.give_back(b"a.png")
    with pytest.raises(NotWritable, match="File exists"):
        place.bring(b"a.png")
    assert _files(tmp_path) == before


def test_a_link_goes_as_a_link(tmp_path: Path) -> None:
    """The target of a linked image is not touched, and the link works again when it is back."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.png").write_bytes(b"picture")
    root = tmp_path / "set"
    root.mkdir()
    (root / "a.png").symlink_to("../outside/x.png")
    assert is_movable(root, b"a.png")
    Aside(root, "7").bring(b"a.png")
    assert (tmp_path / "outside/x.png").read_bytes() == b"picture"
    assert (root / ".cutline-aside/7/a.png.aside").readlink().name == "x.png"
    Aside(root, "7").give_back(b"a.png")
    assert (root / "a.png").read_bytes() == b"picture"


def test_folders_are_made_again_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    """Who removed the empty folder gets it back; a link in place of one is not followed, neither here nor there."""
    root, outside = tmp_path / "set", tmp_path / "outside"
    outside.mkdir()
    (root / "deep/er").mkdir(parents=True)
    (root / "deep/er/a.png").write_bytes(b"picture")
    place = Aside(root, "7")
    place.bring(b"deep/er/a.png")
    (root / "deep/er").rmdir()
    (root / "deep").rmdir()
    place.give_back(b"deep/er/a.png")
    assert (root / "deep/er/a.png").read_bytes() == b"picture"
    place.bring(b"deep/er/a.png")
    (root / "deep/er").rmdir()
    (root / "deep/er").symlink_to(outside)
    with pytest.raises(Unsafe):
        place.give_back(b"deep/er/a.png")
    (root / "b.png").write_bytes(b"x")
    (root / ".cutline-aside").rename(root / "kept")
    (root / ".cutline-aside").symlink_to(outside)
    with pytest.raises(Unsafe):
        Aside(root, "8").bring(b"b.png")
    assert _names(outside) == []
    for key in (b"../b.png", b"/b.png", b""):
        with pytest.raises(Unsafe):
            Aside(root, "9").bring(key)


def test_what_is_no_file_is_not_moved(tmp_path: Path) -> None:
    """Folders, pipes and missing files are none."""
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    assert not any(is_movable(tmp_path, key) for key in (b"folder.png", b"pipe.png", b"missing.png", b"no/way.png"))
    with pytest.raises(NotWritable, match="it is gone"):
        Aside(tmp_path, "7").bring(b"missing.png")


def test_another_disk_is_refused_in_words(tmp_path: Path, mounted: Callable[[str], Path]) -> None:
    """A folder of the dataset that is another file system: nothing is copied, the file stays."""
    root = mounted("size=1m").parent
    (root / "mount/a.png").write_bytes(b"picture")
    with pytest.raises(NotWritable, match="another disk"):
        Aside(root, "7").bring(b"mount/a.png")
    assert (root / "mount/a.png").read_bytes() == b"picture"
    Aside(root, "7").clear()
    assert _names(root) == ["mount"]
    assert tmp_path.exists()


def test_a_disk_that_is_read_only_is_refused_in_words(mounted: Callable[[str], Path]) -> None:
    """The reason and what to do, and no trace."""
    import subprocess  # noqa: PLC0415  (only here)

    root = mounted("size=1m")
    (root / "a.png").write_bytes(b"picture")
    subprocess.run(["mount", "-o", "remount,ro", root], check=True)
    with pytest.raises(NotWritable, match=r"a\.png cannot be set aside: Read-only file system"):
        Aside(root, "7").bring(b"a.png")
    assert _names(root) == ["a.png"]
