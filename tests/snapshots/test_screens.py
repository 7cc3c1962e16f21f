"""Every screen at three sizes in three themes, compared with what is kept of it.

Where a screen is meant to look otherwise: CUTLINE_SNAPSHOTS=write .venv/bin/python -m pytest -q tests/snapshots
writes all pages anew; look at what git says of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.snapshots.scene import lay_out
from tui import commands

if TYPE_CHECKING:
    from tests.snapshots.scene import Album
    from tests.tui.trial import Trial


async def test_cards(album: Album) -> None:
    """A card that waits, another candidate of it, prose, wide and dangerous signs, a decided one, and an empty caption."""
    async for photographer in album.sittings():
        press, take = photographer.press, photographer.take
        await take("card")
        await press(commands.NextCandidate, commands.NextHunk, commands.ToggleHunk)
        await take("second candidate")
        await press(commands.Next)
        await take("prose")
        await press(commands.Next)
        await take("wide signs")
        await press(commands.Last, commands.Previous)
        await take("decided")


async def test_editors(album: Album) -> None:
    """The editor with its completion, and the line in which one change is reworded."""
    async for photographer in album.sittings():
        press, take = photographer.press, photographer.take
        await press(commands.Edit)
        await photographer.sitting.write(", h")
        await take("editor")
        await press("escape", "escape", commands.NextHunk, commands.EditHunk)  # the completion, then the editor
        await take("hunk editor")


async def test_dialogues(album: Album) -> None:
    """What lies over the review: help and palette."""
    async for photographer in album.sittings():
        press, take = photographer.press, photographer.take
        await press(commands.Help)
        await take("help")
        await press("escape", commands.Palette)
        await take("palette")
        await photographer.sitting.write("hunk")
        await take("palette found")


async def test_finding(album: Album) -> None:
    """A filter being typed, one in force, one that nothing fits, and the orders."""
    async for photographer in album.sittings():
        press, take = photographer.press, photographer.take
        await press(commands.Filter)
        await photographer.sitting.write("tag:h")
        await photographer.sitting.comes_to_show("fit")
        await take("filter typed")
        await press("enter")
        await photographer.sitting.comes_to_show("/ tag:h")
        await press(commands.Filter, "ctrl+u")
        await photographer.sitting.write("red OR solo")
        await press("enter")
        await photographer.sitting.comes_to_show("/ red OR solo")
        await take("filter in force")
        await press(commands.Sort)
        await take("orders")


async def test_many_at_once(album: Album) -> None:
    """Bulk edits, what one would change, and all tags."""
    async for photographer in album.sittings():
        press, take = photographer.press, photographer.take
        await press(commands.Select, commands.Select, commands.BulkEdit)
        await take("bulk edits")
        await press("a")
        await photographer.sitting.write("zxc")
        await take("tag to add typed")
        await press("enter")
        await photographer.sitting.comes_to_show("change")
        await take("dry run")
        await press("escape", "escape", "escape")
        await press(commands.Tags)
        await photographer.sitting.comes_to_show("umbrella")
        await take("tags")


async def test_history(album: Album) -> None:
    """Steps with what they did to the caption."""
    async for photographer in album.sittings():
        await photographer.press(commands.History)
        await photographer.sitting.comes_to_show("accepted")
        await photographer.press("j")
        await photographer.take("history")


async def test_jobs(album: Album) -> None:
    """Jobs without an engine, and with one."""
    async for photographer in album.sittings():
        press, take = photographer.press, photographer.take
        await press(commands.Jobs)
        await photographer.sitting.comes_to_show("engine off")
        await take("jobs without an engine")
        photographer.engine.running = True
        await photographer.sitting.comes_to_show("engine running")
        await take("jobs")
        await press("n")
        await photographer.sitting.comes_to_show("pixel_stats")
        await press("enter")
        await photographer.sitting.comes_to_show("threshold")
        await take("start a job")


async def test_an_empty_folder(album: Album) -> None:
    """A folder whose images are all gone says so."""
    async for photographer in album.sittings(lay_out=_nothing_left):
        await photographer.sitting.comes_to_show("There are no images")
        await photographer.take("empty folder")


def _nothing_left(trial: Trial) -> None:
    lay_out(trial)
    for path in trial.root.glob("**/*.png"):
        path.unlink()
