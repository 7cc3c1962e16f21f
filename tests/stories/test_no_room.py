"""Disks that cannot be written, or have no room left."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.desk import Desk
from tui import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG = "a very long caption, " * 10_000


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Mount things for one test; skip where that is not allowed."""
    mounted: list[Path] = []

    def mount(*words: object) -> None:
        done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"mounting file systems: {done.stderr.strip()}")
        place = Path(str(words[-1]))
        if place not in mounted:
            mounted.append(place)

    if os.geteuid() != 0:
        pytest.skip("mounting file systems: only root may")
    yield mount
    for place in reversed(mounted):
        subprocess.run(["umount", "--lazy", place], check=True)
    assert not any(map(os.path.ismount, tmp_path.iterdir()))


@pytest.fixture
def small_desk(tmp_path: Path, mount: Callable[..., None]) -> Iterator[Desk]:
    """Give a desk on a disk of four megabytes."""
    desk = Desk(tmp_path / "small")
    mount("-t", "tmpfs", "-o", "size=4m", "none", desk.root)
    yield desk
    desk.clear()


def _fill(folder: Path, leave: int) -> Path:
    """Fill a disk but for so many bytes."""
    filler = folder / "filler.bin"
    space = os.statvfs(folder)
    filler.write_bytes(b"x" * (space.f_bavail * space.f_frsize - leave))
    return filler


@pytest.mark.parametrize("full", ["for the row", "for the caption"])
async def test_a_full_disk_while_deciding(small_desk: Desk, full: str) -> None:
    """One line says it, the caption stays whole, the decision does not count; with room again it is made."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", LONG)
    async with desk.review(size=(200, 40)) as review:
        if full == "for the caption":
            _give_the_store_room(desk)
        filler = _fill(desk.root, leave=0)
        await review.press(commands.Accept)
        review.shows("1.txt cannot be written: No space left" if full == "for the caption" else "review.db cannot be")
        desk.caption_file("1.png").reads("a cat")
        assert (review.counts.pending, review.counts.accepted) == (1, 0)
        filler.unlink()
        await review.press(commands.Accept)
        assert review.counts.accepted == 1
    desk.caption_file("1.png").reads(LONG.strip())
    assert desk.states() == {"1.png": "accepted"}


async def test_a_disk_that_takes_the_row_and_not_the_caption(small_desk: Desk) -> None:
    """The decision is withdrawn although the disk is full by then; the next start does not bring it back."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", LONG)
    async with desk.review(size=(200, 40)) as review:
        filler = _fill(desk.root, leave=len(LONG) * 5 // 2)  # for the row with text and hunk, and no more
        await review.press(commands.Accept)
        review.shows("1.txt cannot be written: No space left")
        desk.caption_file("1.png").reads("a cat")
        assert (review.counts.pending, review.counts.accepted) == (1, 0)
        filler.unlink()
    async with desk.review() as review:
        assert review.counts.pending == 1
        desk.caption_file("1.png").reads("a cat")


def _give_the_store_room(desk: Desk) -> None:
    """Let the store's log grow and be emptied, so that it has room of its own on a full disk."""
    with desk.workspace() as workspace:
        db = workspace.store.db
        with workspace.store.transaction():
            db.execute("INSERT INTO meta VALUES ('ballast', zeroblob(1500000))")
            db.execute("DELETE FROM meta WHERE key = 'ballast'")
        assert db.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0] == 0


async def test_a_full_disk_while_collecting(small_desk: Desk) -> None:
    """The screen says once that results find no room; they wait in the engine, and come when there is room again."""
    desk = small_desk
    pictures = 60
    desk.image("00.jpg", picture="large")
    for number in range(1, pictures):
        os.link(desk.root / "00.jpg", desk.root / f"{number:02}.jpg")
    async with desk.review(size=(200, 40)) as review:
        filler = _fill(desk.root, leave=300_000)  # to ask and for some answers, not for all
        desk.begin("tag", ".", "--model", "pixel_stats", "--detach")
        await review.comes_to_show("results of pixel_stats wait in the engine:", "database or disk is full")
        filler.unlink()
        await review.until(lambda: review.counts.pending == pictures, "all proposals")
    assert set(desk.proposals().values()) == {1}


def test_a_limit_on_files_while_accepting(desk: Desk) -> None:
    """Where files may not grow, `accept` names what it could not do in one line and leaves the caption as it was."""
    desk.image("1.png", caption="a cat")
    desk.proposal("1.png", LONG)
    said = desk.cutline("accept", ".", "--json", largest_file_blocks=len(LONG) // 1100)
    assert said.code != 0
    assert "Traceback" not in said.err
    assert "cannot be written" in said.out + said.err
    desk.caption_file("1.png").reads("a cat")
    assert desk.states() == {"1.png": "pending"}
    assert desk.cutline("accept", ".", "--json").json["written"] == 1
    desk.caption_file("1.png").reads(LONG.strip())


async def test_a_read_only_folder_can_be_looked_at(desk: Desk, mount: Callable[..., None]) -> None:
    """On a read-only disk decisions are kept elsewhere, which is said; a caption is refused in one line."""
    desk.image("1.png", caption="a cat")
    desk.image("2.png", picture="dark", caption="a dog")
    mount("--bind", desk.root, desk.root)
    mount("-o", "remount,ro,bind", desk.root)
    said = await desk.tag()
    assert said["proposed"] == 2
    async with desk.review(size=(200, 40)) as review:
        review.shows("decisions are kept in")
        await review.press(commands.Next, commands.Accept)
        review.shows("2.txt cannot be written", "the file system is mounted read-only")
        assert (review.counts.pending, review.counts.accepted) == (2, 0)
        await review.press(commands.Reject)
        assert review.counts.rejected == 1
    desk.caption_file("2.png").reads("a dog")
    assert not (desk.root / ".cutline").exists()
    assert desk.states() == {"1.png": "pending", "2.png": "rejected"}
