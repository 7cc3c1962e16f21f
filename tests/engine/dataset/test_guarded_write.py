"""Tests of the guarded write: what it keeps, what it refuses, and that nothing is lost when others write, too."""

from __future__ import annotations

import os
import signal
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from engine.dataset import exchange, guarded_write
from engine.dataset.caption_batch import Change
from engine.errors import ChangedOutside, CutlineError, NotWritable, Unsafe
from tests.engine.dataset.conftest import (
    BECOME_NOBODY,
    REFUSE_LINKS,
    REFUSE_RENAMES_WITH_FLAGS,
    TEMP,
    Desk,
    desk_at,
    write_in_child,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAYS = {
    "exchange": "",
    "no exchange": REFUSE_RENAMES_WITH_FLAGS,
    "no exchange, no links": REFUSE_RENAMES_WITH_FLAGS + REFUSE_LINKS,
}
CHANGES: list[tuple[bytes | None, bytes | None]] = [(b"old", b"new"), (None, b"new"), (b"old", None), (b"old", b"")]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], object]]:
    """Give a table: what another program does at which moment, once."""
    table: dict[str, Callable[[], object]] = {}

    def reached(moment: str) -> None:
        table.pop(moment, lambda: None)()

    monkeypatch.setattr(guarded_write, "reached", reached)
    return table


@pytest.fixture
def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the system call away."""
    monkeypatch.setattr(exchange, "_system_call", None)


def outsider(path: Path, text: bytes) -> None:
    """Replace a file as a careful editor does."""
    beside = path.with_name("editor~")
    beside.write_bytes(text)
    beside.rename(path)


def _start(desk: Desk, before: bytes | None) -> None:
    if before is None:
        desk.caption.unlink()


def _now(desk: Desk) -> bytes | None:
    return desk.caption.read_bytes() if desk.caption.exists() else None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_caption_is_replaced_created_and_removed(
    desk: Desk, way: str, before: bytes | None, after: bytes | None
) -> None:
    """The caption is what was decided, nothing lies beside it, on every kind of file system."""
    _start(desk, before)

    child = write_in_child(desk.root, before, after, prepare=WAYS[way])

    assert child == (0, "", [])
    assert _now(desk) == after
    assert desk.names() == ([] if after is None else ["a.txt"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("there", "before", "after"),
    [
        (b"theirs", b"old", b"new"),
        (None, b"old", b"new"),
        (b"theirs", None, b"new"),
        (b"theirs", b"old", None),
        (b"theirs", b"old", b"old"),
        (b"", None, None),
        (None, b"", b""),
        (b"theirs", None, None),
    ],
)
def test_a_caption_that_is_not_what_was_read_is_refused(
    desk: Desk, way: str, there: bytes | None, before: bytes | None, after: bytes | None
) -> None:
    """Every change compares first, also one that changes nothing; absent and empty are different."""
    _start(desk, there)
    if there is not None:
        desk.caption.write_bytes(there)

    child = write_in_child(desk.root, before, after, prepare=WAYS[way])

    assert child.error.startswith("ChangedOutside")
    assert _now(desk) == there
    assert TEMP not in desk.names()


def test_equal_before_and_after_writes_nothing(desk: Desk) -> None:
    """A no-op leaves the very same file, even a write-protected one."""
    desk.caption.chmod(0o444)
    was = desk.caption.stat()

    desk.write(b"old", b"old")
    desk.write(None, None, b"b.txt")

    assert desk.caption.stat() == was
    assert desk.names() == ["a.txt"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o666, 0o755, 0o4755])
def test_the_mode_is_kept(desk: Desk, mode: int) -> None:
    """The new file has the old one's permissions, without setuid."""
    desk.caption.chmod(mode)

    desk.write(b"old", b"new")

    assert stat.S_IMODE(desk.caption.stat().st_mode) == mode & 0o777


def test_a_new_caption_has_the_mode_of_any_new_file(desk: Desk) -> None:
    """The umask decides about captions that were not there."""
    old = os.umask(0o027)
    try:
        desk.write(None, b"new", b"b.txt")
    finally:
        os.umask(old)

    assert stat.S_IMODE((desk.root / "b.txt").stat().st_mode) == 0o640


def test_a_private_caption_is_never_readable_by_others(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """The temporary file is private before the first byte is in it."""
    desk.caption.chmod(0o600)
    modes: list[int] = []
    at["temp-open"] = lambda: modes.append(stat.S_IMODE((desk.root / TEMP).stat().st_mode))

    desk.write(b"old", b"new")

    assert modes == [0o600]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give files away")
def test_the_owner_is_kept(desk: Desk) -> None:
    """Written by root, a caption stays its owner's."""
    os.chown(desk.caption, 1234, 4321)

    desk.write(b"old", b"new")

    status = desk.caption.stat()
    assert (status.st_uid, status.st_gid) == (1234, 4321)


def test_extended_attributes_are_kept(desk: Desk) -> None:
    """Attributes that another program attached survive the write."""
    try:
        os.setxattr(desk.caption, b"user.rating", b"5")
    except (OSError, AttributeError):
        pytest.skip("the file system of the temporary folder has no extended attributes")

    desk.write(b"old", b"new")

    assert os.getxattr(desk.caption, b"user.rating") == b"5"


def test_a_hard_link_is_split(desk: Desk) -> None:
    """The other name keeps its bytes: whoever linked a caption wanted the text of then."""
    (desk.root / "other.txt").hardlink_to(desk.caption)

    desk.write(b"old", b"new")

    assert desk.caption.read_bytes() == b"new"
    assert (desk.root / "other.txt").read_bytes() == b"old"


@pytest.mark.parametrize("after", [b"new", None])
def test_a_write_protected_caption_is_refused(desk: Desk, after: bytes | None) -> None:
    """A caption nobody may write stays, for root, too, although the folder would allow it."""
    desk.caption.chmod(0o444)
    with pytest.raises(NotWritable) as refusal:
        desk.write(b"old", after)

    assert "write-protected" in refusal.value.message
    assert "permission" in refusal.value.hint
    assert desk.caption.read_bytes() == b"old"
    assert desk.names() == ["a.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_somebody_elses_caption_is_refused(mounted: Callable[[str], Path]) -> None:
    """A caption this user may only read stays, although the user could replace it through the folder."""
    desk = desk_at(mounted("mode=777"))
    desk.caption.chmod(0o644)

    child = write_in_child(desk.root, b"old", b"new", prepare=BECOME_NOBODY)

    assert child.error.startswith("NotWritable: a.txt is write-protected")
    assert desk.names() == ["a.txt"]
    assert desk.caption.read_bytes() == b"old"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_folder_that_may_not_be_written_is_refused(
    mounted: Callable[[str], Path], before: bytes | None, after: bytes | None
) -> None:
    """Without permission for the folder nothing happens, and the hint says which permission to give."""
    desk = desk_at(mounted("mode=755"))
    desk.caption.chmod(0o666)
    _start(desk, before)

    child = write_in_child(desk.root, before, after, prepare=BECOME_NOBODY)

    assert child.error.startswith("NotWritable: a.txt cannot be written: Permission denied (give yourself permission")
    assert _now(desk) == before


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_read_only_file_system_is_refused(
    mounted: Callable[[str], Path], before: bytes | None, after: bytes | None
) -> None:
    """A caption on a read-only file system stays."""
    desk = desk_at(mounted("mode=755"))
    _start(desk, before)
    os.system(f"mount -o remount,ro {desk.root}")
    with pytest.raises(NotWritable) as refusal:
        desk.write(before, after)

    assert refusal.value.hint
    assert _now(desk) == before


@pytest.mark.parametrize("before", [b"old", None])
def test_a_full_disk_leaves_everything_as_it_was(mounted: Callable[[str], Path], before: bytes | None) -> None:
    """Where the disk has no room, the caption stays, no temporary file is left, and the hint says so."""
    desk = desk_at(mounted("size=64k"))
    _start(desk, before)
    with pytest.raises(NotWritable, match="make room"):
        desk.write(before, b"x" * 200_000)

    assert _now(desk) == before
    assert TEMP not in desk.names()


@pytest.mark.parametrize("before", [b"old", None])
def test_a_file_size_limit_leaves_everything_as_it_was(desk: Desk, before: bytes | None) -> None:
    """A process that may write only small files refuses, and leaves no half file behind."""
    _start(desk, before)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"

    child = write_in_child(desk.root, before, b"x" * 2000, prepare=limit)

    assert child.error.startswith("NotWritable: a.txt cannot be written: File too large (")
    assert _now(desk) == before
    assert TEMP not in desk.names()


def test_a_name_too_long_is_refused(desk: Desk) -> None:
    """A caption whose name the file system cannot hold is refused with a hint, and nothing is left."""
    with pytest.raises(NotWritable, match="shorten"):
        desk.write(None, b"new", b"x" * 300 + b".txt")

    assert desk.names() == ["a.txt"]


def test_a_missing_folder_is_refused(desk: Desk) -> None:
    """A caption of a folder that is gone cannot be written."""
    with pytest.raises(NotWritable, match="folder is gone"):
        desk.write(None, b"new", b"gone/b.txt")


def test_a_change_just_before_the_exchange_wins(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """What came out and is not what was read goes back where it was."""
    at["before-exchange"] = lambda: outsider(desk.caption, b"theirs")
    with pytest.raises(ChangedOutside):
        desk.write(b"old", b"new")

    assert desk.caption.read_bytes() == b"theirs"
    assert (desk.names(), desk.saved) == (["a.txt"], [])


def test_a_second_change_during_the_exchange_wins_and_the_first_is_saved(
    desk: Desk, at: dict[str, Callable[[], object]]
) -> None:
    """The newest foreign text ends in its place; the one it never met goes into the journal."""
    at["before-exchange"] = lambda: outsider(desk.caption, b"first")
    at["compared"] = lambda: outsider(desk.caption, b"second")
    with pytest.raises(ChangedOutside):
        desk.write(b"old", b"new")

    assert desk.caption.read_bytes() == b"second"
    assert (desk.names(), desk.saved) == (["a.txt"], [b"first"])


def test_a_caption_removed_after_a_change_stays_removed(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """Somebody who removes the caption meanwhile has their way; the text in our hands goes into the journal."""
    at["before-exchange"] = lambda: outsider(desk.caption, b"theirs")
    at["compared"] = desk.caption.unlink
    with pytest.raises(ChangedOutside):
        desk.write(b"old", b"new")

    assert (desk.names(), desk.saved) == ([], [b"theirs"])


@pytest.mark.parametrize("after", [b"new", None])
def test_a_caption_removed_before_the_exchange_stays_removed(
    desk: Desk, at: dict[str, Callable[[], object]], after: bytes | None
) -> None:
    """Nothing is written where there is no caption any more."""
    at["before-exchange"] = desk.caption.unlink
    with pytest.raises(ChangedOutside):
        desk.write(b"old", after)

    assert (desk.names(), desk.saved) == ([], [])


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
@pytest.mark.parametrize("after", [b"new", None])
def test_what_takes_the_captions_place_and_is_no_file_goes_back(
    desk: Desk, at: dict[str, Callable[[], object]], kind: str, after: bytes | None
) -> None:
    """A link, folder or pipe put there a moment ago is there again afterwards."""

    def replace() -> None:
        desk.caption.unlink()
        if kind == "link":
            desk.caption.symlink_to("nowhere")
        elif kind == "folder":
            desk.caption.mkdir()
        else:
            os.mkfifo(desk.caption)

    at["before-exchange"] = replace
    with pytest.raises(ChangedOutside):
        desk.write(b"old", after)

    assert (desk.names(), desk.saved) == (["a.txt"], [])
    assert not desk.caption.is_file()


def test_what_cannot_go_back_and_cannot_be_read_is_named(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """A folder in our hands whose place is taken stays beside it, and the error names both."""

    def replace() -> None:
        desk.caption.unlink()
        desk.caption.mkdir()

    at["before-exchange"] = replace
    at["compared"] = lambda: desk.caption.write_bytes(b"theirs")
    with pytest.raises(Unsafe, match=TEMP):
        desk.write(b"old", None)

    assert desk.names() == [TEMP, "a.txt"]


@pytest.mark.parametrize("way", ["system call", "fallback"])
def test_a_caption_somebody_else_creates_first_stays(
    desk: Desk, at: dict[str, Callable[[], object]], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Creating never replaces."""
    if way == "fallback":
        monkeypatch.setattr(exchange, "_system_call", None)
    at["before-exchange"] = lambda: (desk.root / "b.txt").write_bytes(b"theirs")
    with pytest.raises(ChangedOutside):
        desk.write(None, b"new", b"b.txt")

    assert (desk.root / "b.txt").read_bytes() == b"theirs"
    assert (desk.names(), desk.saved) == (["a.txt", "b.txt"], [])


@pytest.mark.parametrize("way", ["system call", "fallback"])
def test_a_changed_caption_is_not_removed(
    desk: Desk, at: dict[str, Callable[[], object]], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was renamed away and is not what was read is put back, or saved where the place is taken."""
    if way == "fallback":
        monkeypatch.setattr(exchange, "_system_call", None)
    at["before-exchange"] = lambda: outsider(desk.caption, b"first")
    with pytest.raises(ChangedOutside):
        desk.write(b"old", None)
    assert (desk.caption.read_bytes(), desk.saved) == (b"first", [])

    at["before-exchange"] = lambda: outsider(desk.caption, b"second")
    at["compared"] = lambda: outsider(desk.caption, b"third")
    with pytest.raises(ChangedOutside):
        desk.write(b"first", None)
    assert (desk.caption.read_bytes(), desk.saved) == (b"third", [b"second"])
    assert desk.names() == ["a.txt"]


@pytest.mark.usefixtures("without_exchange")
def test_without_exchange_a_change_is_seen_by_the_last_look(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """The file is read again right before the rename; a changed one stays."""
    at["before-exchange"] = lambda: outsider(desk.caption, b"theirs")
    with pytest.raises(ChangedOutside):
        desk.write(b"old", b"new")

    assert (desk.caption.read_bytes(), desk.names()) == (b"theirs", ["a.txt"])


@pytest.mark.usefixtures("without_exchange")
def test_without_exchange_a_late_write_in_place_is_saved(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """What somebody wrote into the replaced file goes into the journal."""
    open_elsewhere = desk.caption.open("r+b", buffering=0)
    at["after-exchange"] = lambda: open_elsewhere.write(b"theirs")
    desk.write(b"old", b"new")
    open_elsewhere.close()

    assert (desk.caption.read_bytes(), desk.saved) == (b"new", [b"theirs"])


def test_a_file_system_that_ignores_the_flag_is_written_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an exchange turns out to be a plain rename, the caption is written and the write is not called a failure."""

    def plain(folder: int, one: bytes, other: bytes) -> None:
        os.rename(one, other, src_dir_fd=folder, dst_dir_fd=folder)

    monkeypatch.setattr(guarded_write, "exchange", plain)
    desk.write(b"old", b"new")

    assert (desk.caption.read_bytes(), desk.names()) == (b"new", ["a.txt"])


def test_a_rename_that_fails_after_it_was_done_is_left_to_repair(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system says no but did it, nothing is thrown away and no refusal is claimed."""

    def lie(folder: int, one: bytes, other: bytes) -> None:
        exchange.exchange(folder, one, other)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(guarded_write, "exchange", lie)
    with pytest.raises(OSError, match="Input/output"):
        desk.write(b"old", b"new")

    assert desk.caption.read_bytes() == b"new"
    assert (desk.root / TEMP).read_bytes() == b"old"


def test_nothing_is_lost_while_another_program_keeps_writing(desk: Desk) -> None:
    """Every text of a busy outsider comes out to the outsider, is what we meant to replace, is saved, or is there."""
    folder = os.open(desk.root, os.O_RDONLY)
    written, came_out, replaced = {b"old"}, set[bytes](), set[bytes]()

    def keep_writing() -> None:
        for number in range(1500):
            text = b"theirs %d" % number
            (desk.root / "editor~").write_bytes(text)
            written.add(text)
            exchange.exchange(folder, b"editor~", b"a.txt")
            came_out.add((desk.root / "editor~").read_bytes())

    try:
        exchange.exchange(folder, b"a.txt", b"a.txt")
    except exchange.Unsupported:
        os.close(folder)
        pytest.skip("the file system of the temporary folder knows no exchange")
    other = threading.Thread(target=keep_writing)
    other.start()
    turns = refused = 0
    while other.is_alive() or not replaced:
        turns += 1
        before, after = desk.files.read(b"a.txt"), b"ours %d" % turns
        assert before is not None
        try:
            desk.write(before, after)
        except ChangedOutside:
            refused += 1
        else:
            written.add(after)
            replaced.add(before)
    other.join()
    os.close(folder)

    assert written <= came_out | replaced | set(desk.saved) | {desk.caption.read_bytes()}
    assert TEMP not in desk.names()


_ALWAYS = ["temp-open", "temp-written", "before-exchange", "after-exchange"]
_KILLS = [
    *(("exchange", b"old", b"new", moment) for moment in [*_ALWAYS, "compared", "before-unlink"]),
    *(("exchange", None, b"new", moment) for moment in _ALWAYS),
    *(("exchange", b"old", None, moment) for moment in [*_ALWAYS[2:], "compared", "before-unlink"]),
    *(("no exchange", b"old", b"new", moment) for moment in _ALWAYS),
    *(("no exchange", None, b"new", moment) for moment in _ALWAYS),
    *(("no exchange", b"old", None, moment) for moment in [*_ALWAYS[2:], "compared", "before-unlink"]),
]


@pytest.mark.parametrize(("way", "before", "after", "moment"), _KILLS)
def test_a_kill_leaves_the_caption_before_or_after(
    desk: Desk, way: str, before: bytes | None, after: bytes | None, moment: str
) -> None:
    """Killed at any moment, the caption is whole; what lies beside it is known, and the write can be done again."""
    _start(desk, before)

    child = write_in_child(desk.root, before, after, prepare=WAYS[way], kill_at=moment)

    assert child.returncode == -signal.SIGKILL
    assert _now(desk) == (after if moment in {"after-exchange", "compared", "before-unlink"} else before)
    left = desk.files.leftover(b"a.txt", TEMP)
    assert left in {None, b"" if moment == "temp-open" else left, before, after}
    if left is not None:
        desk.files.remove_leftover(b"a.txt", TEMP)
    desk.write(_now(desk), b"again")
    assert desk.names() == ["a.txt"]


def test_a_journal_that_cannot_save_keeps_the_text_on_disk(desk: Desk, at: dict[str, Callable[[], object]]) -> None:
    """Where saving fails, the foreign text stays under the temporary name for the next repair."""

    def full(_: bytes) -> None:
        raise CutlineError("the journal is full")

    at["before-exchange"] = lambda: outsider(desk.caption, b"first")
    at["compared"] = lambda: outsider(desk.caption, b"second")
    with desk.files.at_once() as captions:
        (refusal,) = captions.replace_all([Change(b"a.txt", b"old", b"new", TEMP, full)])

    assert str(refusal) == "the journal is full"

    assert desk.files.leftover(b"a.txt", TEMP) == b"first"
    assert desk.caption.read_bytes() == b"second"
