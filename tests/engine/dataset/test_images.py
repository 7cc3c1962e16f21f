"""Tests of finding images without opening one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from engine.dataset import images
from engine.errors import Unreadable, Unsafe


def _make(root: Path, *keys: bytes) -> None:
    for key in keys:
        path = Path(os.fsdecode(os.fsencode(root) + b"/" + key))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(key)


def _keys(root: Path, notices: list[str] | None = None) -> list[bytes]:
    return [found.key for batch in images.scan(root, notices) for found in batch]


def test_images_of_all_folders_are_found_in_the_order_of_their_keys(tmp_path: Path) -> None:
    """Keys come sorted by their bytes over all folders, also where a folder's name sorts between two files'."""
    keys = [
        b"a.jpg",
        b"a/z.png",
        b"a-b.jpg",
        b"a/b/c.webp",
        b"B.JPEG",
        b"10_cat/1.gif",
        b"10_cat/10.bmp",
        b"b.avif",
        b"c.Tif",
    ]
    _make(tmp_path, *keys, b"a.txt", b"notes.md", b"jpg", b"movie.mp4", b"a/b.jpg.part")

    assert _keys(tmp_path) == sorted(keys)


def test_any_name_is_found(tmp_path: Path) -> None:
    """Spaces, newlines, emoji, CJK and bytes that are not UTF-8 are names like others."""
    keys = [
        b"a b.png",
        b"line\nbreak.png",
        "🐈.png".encode(),
        "猫/犬.png".encode(),
        b"\xff\xfe/\xe9.png",
        b"-.png",
        b"[a].png",
    ]
    _make(tmp_path, *keys)

    assert _keys(tmp_path) == sorted(keys)


def test_size_and_time_are_the_files(tmp_path: Path) -> None:
    """Each image comes with its size in bytes and its mtime in nanoseconds."""
    _make(tmp_path, b"a.png")
    os.utime(tmp_path / "a.png", ns=(1, 1_234_567_890_123_456_789))

    assert list(images.scan(tmp_path)) == [[images.Found(b"a.png", 5, 1_234_567_890_123_456_789)]]
    assert images.scan(os.fsencode(tmp_path)).__next__()[0].key == b"a.png"


def test_the_first_batch_is_small_and_the_rest_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen gets a few images at once, then many at a time, none twice."""
    monkeypatch.setattr(images, "FIRST_BATCH", 2)
    monkeypatch.setattr(images, "BATCH", 3)
    _make(tmp_path, *(b"%d.png" % number for number in range(9)))

    batches = [[found.key for found in batch] for batch in images.scan(tmp_path)]

    assert [len(batch) for batch in batches] == [2, 3, 3, 1]
    assert [key for batch in batches for key in batch] == [b"%d.png" % number for number in range(9)]


def test_an_empty_folder_has_no_batch(tmp_path: Path) -> None:
    """Nothing is yielded where there is nothing."""
    assert list(images.scan(tmp_path / "home")) == []


def test_hidden_things_are_passed_over(tmp_path: Path) -> None:
    """Cutline's own folders, notebooks' copies and a Mac's shadow files are no images of the dataset."""
    _make(
        tmp_path,
        b"a.png",
        b".cutline/x.png",
        b".cutline-aside/7/x.png",
        b".ipynb_checkpoints/x.png",
        b"._a.png",
        b".png",
    )
    notices: list[str] = []

    assert _keys(tmp_path, notices) == [b"a.png"]
    assert notices == []


def test_a_folder_with_a_store_of_its_own_is_named_and_left_out(tmp_path: Path) -> None:
    """A dataset inside the dataset belongs to its own store; an empty `.cutline` does not make one."""
    _make(tmp_path, b".cutline/review.db", b"a.png", b"inner/.cutline/review.db", b"inner/b.png", b"inner/deep/c.png")
    _make(tmp_path, b"plain/d.png")
    (tmp_path / "plain/.cutline").mkdir()
    notices: list[str] = []

    assert _keys(tmp_path, notices) == [b"a.png", b"plain/d.png"]
    assert len(notices) == 1
    assert notices[0].startswith("inner/: has a review store of its own")


def test_linked_images_are_followed_and_linked_folders_named(tmp_path: Path) -> None:
    """A linked image has its target's size and time; a linked folder, a broken link and a circle are named."""
    root, outside = tmp_path / "set", tmp_path / "outside"
    _make(outside, b"folder/x.png", b"long name.png")
    _make(root, b"a.png")
    (root / "b.png").symlink_to(outside / "long name.png")
    (root / "c.png").symlink_to("missing.png")
    (root / "circle.png").symlink_to("circle.png")
    (root / "circle").symlink_to("circle")
    (root / "linked").symlink_to(outside / "folder")
    (root / "up").symlink_to("..")
    notices: list[str] = []

    found = [found for batch in images.scan(root, notices) for found in batch]

    target = (outside / "long name.png").stat()
    assert found[1:] == [images.Found(b"b.png", target.st_size, target.st_mtime_ns)]
    assert sorted(notice.split(":")[0] for notice in notices) == ["c.png", "circle.png", "linked", "up"]


def test_the_folders_that_links_lead_into_are_known(tmp_path: Path) -> None:
    """Only folders outside the dataset count, each once, however the dataset itself is reached."""
    root, other = tmp_path / "set", tmp_path / "other"
    _make(root, b"own.png", b"sub/own.png")
    _make(other, b"1.png", b"2.png", b"deep/3.png")
    (tmp_path / "setting").mkdir()  # begins like the root, and lies outside
    _make(tmp_path / "setting", b"4.png")
    for number, target in enumerate(["other/1.png", "other/2.png", "other/deep/3.png", "setting/4.png", "set/own.png"]):
        (root / f"link{number}.png").symlink_to(tmp_path / target)
    (tmp_path / "way").symlink_to(root)
    known = images.linked_folders(tmp_path / "way", _keys(root))
    assert known == tuple(os.fsencode(tmp_path / name) for name in ("other", "other/deep", "setting"))


def test_folders_and_pipes_with_an_images_name(tmp_path: Path) -> None:
    """A folder is entered whatever its name; a pipe is named, and nobody waits for it."""
    _make(tmp_path, b"a.png/b.png")
    os.mkfifo(tmp_path / "c.png")
    notices: list[str] = []

    assert _keys(tmp_path, notices) == [b"a.png/b.png"]
    assert [notice.split(":")[0] for notice in notices] == ["c.png"]


def test_a_folder_that_vanishes_is_named_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One folder that cannot be listed does not end the scan."""
    monkeypatch.setattr(images, "FIRST_BATCH", 1)
    _make(tmp_path, b"a.png", b"b/x.png", b"c.png")
    notices: list[str] = []
    batches = images.scan(tmp_path, notices)
    next(batches)
    (tmp_path / "b/x.png").unlink()
    (tmp_path / "b").rmdir()

    assert [found.key for batch in batches for found in batch] == [b"c.png"]
    assert notices == ["b/: cannot be listed: No such file or directory"]


def test_a_root_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    """A missing dataset is not an empty one."""
    with pytest.raises(Unreadable, match="missing"):
        list(images.scan(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"10_cat/a.png", (10, b"cat")),
        (b"train/3_red fox_x/a.png", (3, b"red fox_x")),
        (b"1_/a.png", (1, b"")),
        (b"0_reg/a.png", (0, b"reg")),
        (b"10_cat/raw/a.png", None),
        (b"10_cat.png", None),
        (b"cat/a.png", None),
        (b"-1_cat/a.png", None),
        (b"10cat/a.png", None),
        ("5_猫\n/a.png".encode(), (5, "猫\n".encode())),
    ],
)
def test_kohyas_folder_names_are_read(key: bytes, expected: tuple[int, bytes] | None) -> None:
    """The image's own folder says how often it is repeated, and its class."""
    assert images.repeats(key) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"a.png", b"a.txt"),
        (b"x.y/a.b.PNG", b"x.y/a.b.txt"),
        (b"d/\xff.jpg", b"d/\xff.txt"),
        (b"a.jpg.png", b"a.jpg.txt"),
    ],
)
def test_a_caption_has_its_images_name(key: bytes, expected: bytes) -> None:
    """Only the last extension is exchanged."""
    assert images.caption_key(key) == expected
    assert images.caption_key(key, ".caption") == expected.removesuffix(b".txt") + b".caption"


def test_a_digest_comes_with_the_size_and_time_it_holds_for(tmp_path: Path) -> None:
    """The content is hashed whole, also through a linked image."""
    content = os.urandom(3_000_000)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.png").write_bytes(content)
    (tmp_path / "b.png").symlink_to("folder/a.png")
    status = (tmp_path / "folder/a.png").stat()
    expected = (hashlib.sha256(content).digest(), 3_000_000, status.st_mtime_ns)

    assert images.read_digest(tmp_path, b"folder/a.png") == expected
    assert images.read_digest(os.fsencode(tmp_path), b"b.png") == expected


def test_what_cannot_be_hashed_is_unreadable(tmp_path: Path) -> None:
    """A missing image, a folder and a pipe are errors at once, never a wait; a key that leads out is refused."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    for key in (b"missing.png", b"no/folder.png", b"pipe.png", b"folder.png"):
        with pytest.raises(Unreadable, match="cannot be read"):
            images.read_digest(tmp_path, key)
    with pytest.raises(Unsafe):
        images.read_digest(tmp_path, b"../a.png")


def test_an_image_that_changes_while_being_hashed_has_no_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest of half old, half new content is never given out."""
    _make(tmp_path, b"a.png")
    real = hashlib.file_digest

    def slow(*arguments: object) -> object:
        with (tmp_path / "a.png").open("ab") as file:
            file.write(b"more")
        return real(*arguments)  # type: ignore[arg-type]  # only passed through

    monkeypatch.setattr(hashlib, "file_digest", slow)
    with pytest.raises(Unreadable, match="changed"):
        images.read_digest(tmp_path, b"a.png")
