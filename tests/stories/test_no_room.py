"""Disks that cannot be written, or have no room left."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench.pty_app import PtyApp
from tests.stories.desk import CUTLINE, REPOSITORY, Desk
from tests.stories.plain_talk import Talk
from tui import commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.stories.sitting import Sitting

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


def _fill_for_good(folder: Path) -> Path:
    """Fill a disk, and the space that the store's log has of its own."""
    filler = _fill(folder, leave=0)
    assert os.statvfs(folder).f_bavail == 0
    return filler


def _has_left(review: Sitting) -> bool:
    return review.app._exit


LINE = "a cat on a mat " * 4000
"""More than what the store's log still has room for."""


async def test_text_that_cannot_be_kept_is_not_left_at_once(small_desk: Desk) -> None:
    """The first request to leave says it and stays; the second leaves, counts no draft and has the text to be copied."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    async with desk.review(size=(200, 40)) as review:
        _fill_for_good(desk.root)
        await review.press(commands.Edit)
        await review.paste(LINE)
        await review.press("ctrl+c")
        review.shows("what you typed could not be kept (database or disk is full)", "q as it is leaves and prints")
        assert not _has_left(review)
        await review.press("q")
        assert _has_left(review)
        assert review.app._exit_renderables == []
        remains = review.app._review.editing.drafts.remains()
    assert remains.startswith("1.png: ")
    assert LINE.strip() in remains
    desk.caption_file("1.png").reads("a cat")


async def test_text_that_found_room_again_is_kept_when_leaving(small_desk: Desk) -> None:
    """After room was made the same key leaves, and the draft is in the store."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    async with desk.review(size=(200, 40)) as review:
        filler = _fill_for_good(desk.root)
        await review.press(commands.Edit)
        await review.paste(LINE)
        await review.press("escape", "question_mark", "ctrl+c")
        assert not _has_left(review)
        review.shows("what you typed could not be kept")  # on the review, from wherever one wanted to leave
        filler.unlink()
        await review.press("q")
        assert "1 draft is kept" in str(review.app._exit_renderables[0])
        assert review.app._review.editing.drafts.remains() == ""
    with desk.workspace() as workspace:
        assert [draft.text for draft in workspace.drafts_kept().values()] == [f"a cat{LINE}"]


async def test_writing_on_a_full_disk_names_no_conflict(small_desk: Desk) -> None:
    """That the key writes over the caption is said only where the caption was changed elsewhere."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    async with desk.review(size=(400, 40)) as review:
        _fill_for_good(desk.root)
        await review.press(commands.Edit)
        await review.paste(LINE)
        await review.press("ctrl+s")
        review.shows("database or disk is full (make room or check permissions)")
        review.shows_not("over it")
    desk.caption_file("1.png").reads("a cat")


@pytest.mark.parametrize("ending", ["q", "hangup"])
def test_what_could_not_be_kept_is_printed_behind_the_screen(small_desk: Desk, ending: str) -> None:
    """Whatever ended the review, the terminal shows the text with its image's name, and nothing that it would obey."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    command = ("env", f"PYTHONPATH={REPOSITORY}", *CUTLINE, "review", "--preview", "none", str(desk.root))
    with PtyApp(command) as app:
        app.wait_for("a cat")
        _fill_for_good(desk.root)
        app.press("e")
        app.wait_for("EDIT")
        app.press(f"\x1b[200~{LINE}unforgotten\x1b[201~")
        app.wait_for("not kept yet")
        if ending == "q":
            app.press("\x03")
            app.wait_for("leaves and prints")
            app.press("q")
        else:
            os.kill(app.pid, signal.SIGHUP)
        app.wait_for("1.png: what you typed is kept nowhere; here it is")
        app.wait_for("unforgotten")


def test_a_line_that_cannot_be_kept_is_read_at_the_end(small_desk: Desk) -> None:
    """Without a screen a full disk is said, `quit` is held back once, and what was typed is read before the end."""
    desk = small_desk
    desk.image("1.png", caption="a cat")
    with Talk(desk) as talk:
        _fill_for_good(desk.root)
        talk("edit")
        assert "is not kept yet" in talk(f"{LINE}end")
        assert "kept as a draft" not in talk(".")
        assert "could not be kept, database or disk is full" in talk("quit")
        last = talk.leaves("quit")
    assert "1.png, kept nowhere, here is what you typed: " in last
    assert f"{LINE}end" in last
    assert "1 draft is kept" not in last
