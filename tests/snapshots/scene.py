"""The dataset that is photographed, and the photographer: one screen at every size, in every theme."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from PIL import Image
from textual.widgets import Input, TextArea

from engine.review.frames import chosen_on_opening
from tests.counts import FULL
from tests.snapshots import kept
from tests.snapshots.prints import Shot, take
from tests.stories.sitting import Sitting
from tests.tui.trial import Trial

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.tui.kept_jobs import KeptJobs
    from tui import commands

Size = tuple[int, int]
"""Columns and lines."""
SIZES: tuple[Size, ...] = ((80, 24), (120, 40), (200, 60))
THEMES = ("cutline", "contrast", "paper")
"""The default, the one of high contrast, a light one."""
RUNS = tuple(product(SIZES, THEMES)) if FULL or kept.WRITES else tuple(zip(SIZES, THEMES, strict=True))
"""Each size in each theme, as `make test-full` does; else some, of which each story is played in one."""
LONG_AGO = 1_600_000_000.0
"""When everything was decided, in seconds since the epoch: no clock is seen."""
FIRST, SECOND = "wd-swinv2", "eva02"
LATER = "photos/long name of a picture that somebody exported twice (copy) (1).png"
CAPTIONS = {
    "01 tower.png": "1girl, solo, long hair, blue eyes, red dress, standing, smile, outdoors, (tower:1.2)",
    "02 street.png": "A girl stands in front of a tower. The sky is grey, and it may rain soon.",
    "03 wide.png": "猫, 青い空, café, cafe\u0301, 👩\u200d🚀, 🇩🇪, a\u202eb, \x1b[31mred",
    "04 decided.png": "1girl, hat, umbrella",
    "05 flagged.png": None,
    LATER: "",
}


def lay_out(trial: Trial) -> None:
    """Put images, captions and proposals of every kind there, one decided about and one flagged."""
    for number, (name, caption) in enumerate(CAPTIONS.items()):
        trial.image(name, caption)
        # Stored without compression: its size in bytes is the same with every zlib.
        picture = Image.new("RGB", (640, 480), (96 + number, 110, 72))
        picture.save(trial.root / name, "PNG", compress_level=0)
    found = {"smile": 0.99, "hat": 0.91, "tower": 0.77, "grey sky": 0.62, "black hair": 0.41}
    for name in ("01 tower.png", "04 decided.png", "05 flagged.png"):
        trial.named_tags(name, found, FIRST)
    trial.named_tags("01 tower.png", {"hat": 0.88, "brick wall": 0.7, "smile": 0.95}, SECOND)
    trial.prose(
        "02 street.png", "A girl in a red dress stands in front of a tall tower. It may rain soon.", "joycaption"
    )
    trial.named_tags("03 wide.png", {"夜 空": 0.9, "cafe\u0301 noir": 0.8, "🇩🇪 flag": 0.7}, FIRST)
    workspace = trial.workspace
    decided = workspace.frame(workspace.entry_of(b"04 decided.png").id)
    workspace.accept(decided, chosen_on_opening(decided))
    workspace.mark(workspace.entry_of(b"05 flagged.png").id, "flag")
    workspace.store.db.execute("UPDATE journal SET time = ? + id", (LONG_AGO,))


class Album:
    """Pages of one story, played at each size in each theme, on a dataset of its own each time."""

    def __init__(self, folder: Path, engine: KeptJobs, runs: tuple[tuple[Size, str], ...]) -> None:
        """Start empty.

        Args:
            folder: For the datasets.
            engine: Off, with jobs to show once it is on.
            runs: Sizes and themes the story is played in.
        """
        self._folder, self._engine, self._runs = folder, engine, runs
        self._shots: dict[tuple[str, Size], dict[str, Shot]] = {}

    async def sittings(
        self, preview: str = "symbols", lay_out: Callable[[Trial], None] = lay_out
    ) -> AsyncIterator[Photographer]:
        """Open the review screen at one size after another, in themes; at last compare all pages.

        Args:
            preview: How pictures are drawn.
            lay_out: Fills a dataset.
        """
        for number, (size, theme) in enumerate(self._runs):
            root = self._folder / str(number) / "photos"
            root.mkdir(parents=True)
            trial = Trial(root)
            lay_out(trial)
            self._engine.running = False
            app = trial.app(preview)
            async with app.run_test(size=size) as pilot:
                app.theme = theme
                sitting = Sitting(app, pilot)
                await sitting.settle()
                yield Photographer(sitting, trial, self._engine, partial(self._keep, size, theme))
            trial.close()
        kept.compare(self._shots)

    def _keep(self, size: Size, theme: str, name: str, shot: Shot) -> None:
        """Keep what a screen looks like."""
        self._shots.setdefault((name, size), {})[theme] = shot


class Photographer:
    """Sits before the app and takes pictures of it."""

    def __init__(self, sitting: Sitting, trial: Trial, engine: KeptJobs, keep: Callable[[str, Shot], None]) -> None:
        """Take a running app.

        Args:
            sitting: Presses keys.
            trial: The dataset.
            engine: Off, with jobs to show once it is on.
            keep: Takes the name of a scene, and what was seen.
        """
        self.sitting, self.trial, self.engine, self._keep = sitting, trial, engine, keep

    async def press(self, *what: type[commands.Action] | str) -> None:
        """Press keys; see `Sitting.press`."""
        await self.sitting.press(*what)

    async def take(self, name: str) -> None:
        """Look at the screen as it is now, cursors not blinking."""
        for widget in self.sitting.app.screen.query("Input, TextArea"):
            assert isinstance(widget, (Input, TextArea))
            widget.cursor_blink = False
        await self.sitting.settle()
        self._keep(name, take(self.sitting.app))
