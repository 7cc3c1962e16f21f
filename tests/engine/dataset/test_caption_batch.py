"""Many captions read and written at once: as one by one, with folders opened and made durable once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.dataset import caption_batch, folders, write_out
from engine.dataset.caption_batch import Change
from engine.dataset.caption_files import CaptionFiles
from engine.errors import ChangedOutside, NotWritable, Unsafe

MANY = 30


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three folders of captions."""
    for number in range(MANY):
        folder = tmp_path / "set" / f"{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_bytes(b"old")
    return tmp_path / "set"


def changes(saved: list[bytes]) -> list[Change]:
    """Ask for a new text everywhere."""
    return [
        Change(f"{n % 3}/{n}.txt".encode(), b"old", b"new %d" % n, f".cutline-{n}.tmp", saved.append)
        for n in range(MANY)
    ]


def test_all_are_written_and_each_refusal_is_its_own(root: Path) -> None:
    """What cannot be written is left alone, and says why at its own place."""
    (root / "1/1.txt").write_bytes(b"theirs")
    (root / "2/5.txt").chmod(0o444)
    asked = changes([])
    asked[6] = asked[6]._replace(key=b"../6.txt")
    asked[9] = asked[9]._replace(key=b"gone/9.txt")
    with CaptionFiles(root).at_once() as captions:
        found = captions.replace_all(asked)
    refused = {place: type(outcome) for place, outcome in enumerate(found) if outcome is not None}
    assert refused == {1: ChangedOutside, 5: NotWritable, 6: Unsafe, 9: NotWritable}
    for number in set(range(MANY)) - refused.keys():
        assert (root / f"{number % 3}/{number}.txt").read_bytes() == b"new %d" % number
    assert (root / "1/1.txt").read_bytes() == b"theirs"
    assert list(root.rglob(".cutline-*")) == []


def test_a_folder_is_opened_and_synced_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files are written in it; and it is synced after the last of them."""
    synced: list[int] = []
    opened: list[bytes] = []
    real_open, real_sync = folders.open_folder, folders.sync_folder

    def open_counted(of: bytes, path: list[bytes]) -> int:
        opened.append(b"/".join(path))
        return real_open(of, path)

    def sync_counted(folder: int) -> None:
        assert (root / "0/27.txt").read_bytes() == b"new 27"
        synced.append(folder)
        real_sync(folder)

    monkeypatch.setattr(caption_batch, "open_folder", open_counted)
    monkeypatch.setattr(caption_batch, "sync_folder", sync_counted)
    with CaptionFiles(root).at_once() as captions:
        assert captions.read(b"0/0.txt") == b"old"
        assert captions.read(b"0/none.txt") is None
        assert captions.replace_all(changes([])) == [None] * MANY
        assert captions.read(b"0/0.txt") == b"new 0"
    assert sorted(opened) == [b"0", b"1", b"2"]
    assert len(synced) == 3


def test_a_folder_that_fails_concerns_its_own_captions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the names of one folder cannot be made durable the others are done."""
    times = [0]

    def failing(_: int) -> None:
        times[0] += 1
        if times[0] == 1:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(caption_batch, "sync_folder", failing)
    with CaptionFiles(root).at_once() as captions:
        found = captions.replace_all(changes([]))
    failed = [place for place, outcome in enumerate(found) if isinstance(outcome, OSError)]
    assert len(failed) == MANY // 3
    assert len({place % 3 for place in failed}) == 1


@pytest.mark.parametrize("together", [MANY + 1, 8, 1])
@pytest.mark.parametrize("known", [True, False])
def test_all_are_on_their_way_before_the_first_is_waited_for(
    root: Path, monkeypatch: pytest.MonkeyPatch, together: int, *, known: bool
) -> None:
    """None takes its place before it is durable, no folder is synced before its old texts are removed."""
    happened: list[str] = []
    real_sync = os.fsync

    def sync_seen(descriptor: int) -> None:
        synced = Path(f"/proc/self/fd/{descriptor}").readlink()
        happened.append(synced.name)
        if synced.suffix == ".tmp":
            number = synced.stem.removeprefix(".cutline-")
            assert (synced.parent / f"{number}.txt").read_bytes() == b"old"
        else:
            assert list(synced.glob(".cutline-*")) == []
        real_sync(descriptor)

    def begin_seen(descriptor: int) -> None:
        happened.append("begun")
        write_out.start_writing_out(descriptor)

    if not known:
        monkeypatch.setattr(write_out, "_system_call", None)
    monkeypatch.setattr(os, "fsync", sync_seen)
    monkeypatch.setattr(caption_batch, "start_writing_out", begin_seen)
    monkeypatch.setattr(caption_batch, "TOGETHER", together)
    with CaptionFiles(root).at_once() as captions:
        assert captions.replace_all(changes([])) == [None] * MANY
    expected = []
    for first in range(0, MANY, together):
        some = range(first, min(first + together, MANY))
        expected += ["begun" for _ in some] + [f".cutline-{n}.tmp" for n in some]
    assert happened[:-3] == expected
    assert sorted(happened[-3:]) == ["0", "1", "2"]
    assert list(root.rglob(".cutline-*")) == []


def test_a_text_that_cannot_be_removed_is_for_the_next_repair(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is removed beside the others or last of all: the caption is written, its row says nothing yet."""
    real_unlink = os.unlink

    def failing(name: bytes, *, dir_fd: int) -> None:
        if name in {b".cutline-3.tmp", b".cutline-%d.tmp" % (MANY - 1)}:
            raise OSError(5, "Input/output error")
        real_unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", failing)
    monkeypatch.setattr(caption_batch, "TOGETHER", 8)
    with CaptionFiles(root).at_once() as captions:
        found = captions.replace_all(changes([]))
    assert [place for place, outcome in enumerate(found) if isinstance(outcome, OSError)] == [3, MANY - 1]
    assert sum(outcome is None for outcome in found) == MANY - 2
    assert sorted(path.name for path in root.rglob(".cutline-*")) == [f".cutline-{MANY - 1}.tmp", ".cutline-3.tmp"]


def test_a_text_that_cannot_be_made_durable_takes_no_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caption stays, the temporary file goes, and the others are written."""
    times = [0]
    real_sync = os.fsync

    def failing_once(descriptor: int) -> None:
        times[0] += 1
        if times[0] == 5:
            raise OSError(28, "No space left on device")
        real_sync(descriptor)

    monkeypatch.setattr(os, "fsync", failing_once)
    with CaptionFiles(root).at_once() as captions:
        found = captions.replace_all(changes([]))
    assert [place for place, outcome in enumerate(found) if isinstance(outcome, NotWritable)] == [4]
    assert (root / "1/4.txt").read_bytes() == b"old"
    assert (root / "2/5.txt").read_bytes() == b"new 5"
    assert list(root.rglob(".cutline-*")) == []
