"""Which theme the app wears: going to another one, writing that down, and taking in files that change meanwhile."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App

from engine.errors import CutlineError
from engine.settings_change import change
from tui.looks import themes

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.theme import Theme

    from tui.actions.action import Handlers
    from tui.course.card import Card
    from tui.hand import Hand
    from tui.stage import Tone

LOOK_SECONDS = 1.0
"""How often the folder of own themes is looked at."""

Stamps = dict[str, tuple[int, int, int]]


class Looks:
    """The themes of one app."""

    def __init__(self, app: App[int], hand: Hand, say: Callable[[str, Tone], None]) -> None:
        """Keep the app; nothing is read yet.

        Args:
            app: Wears the themes.
            hand: Writes the settings.
            say: Says one raw line to the person.
        """
        self._app, self._hand, self._say = app, hand, say
        self._themes: dict[str, Theme] = {}
        self._told: list[str] = []
        self._seen: Stamps = {}

    @property
    def handlers(self) -> Handlers:
        """What does the action `theme`."""
        return {"theme": self.wear_next}

    def begin(self, wanted: str) -> list[str]:
        """Put on the theme of the settings, or the default where there is none such.

        Returns:
            What is wrong with files of themes, in words.
        """
        self._seen = _stamps()
        found, self._told = themes.load()
        self._take(found)
        problems = list(self._told)
        if wanted not in self._themes:
            problems.append(f"there is no theme {wanted!r}; there are {', '.join(self.names())}")
        self.wear(wanted if wanted in self._themes else themes.DEFAULT)
        return problems

    def names(self) -> list[str]:
        """Name the themes in the order they are gone through, the default first."""
        return sorted(self._themes, key=lambda name: (name != themes.DEFAULT, name))

    def wear(self, name: str) -> None:
        """Put a theme on that is one of `names`."""
        self._app.theme = name

    async def wear_next(self, _: Card | None = None) -> None:
        """Put on the theme after the one in force, and write that down."""
        names = self.names()
        following = names.index(self._app.theme) + 1 if self._app.theme in names else 0
        self.wear(names[following % len(names)])
        self._say(*self._with_doubts(*await self._hand.do(partial(write_down, self._app.theme))))

    async def watch(self) -> None:
        """Take in what changes in the folder of own themes, for as long as the app runs."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Take in what changed since the last look; what is broken is told once, and the old look stays."""
        seen = await asyncio.to_thread(_stamps)
        if seen == self._seen:
            return
        found, problems = await asyncio.to_thread(themes.load)
        worn = self._app.theme
        is_gone, self._seen = f"{worn}.toml" in {*self._seen} - {*seen}, seen
        before = self._themes.get(worn)
        self._take(found)
        if self._themes.get(worn) != before:
            self._app.mutate_reactive(App.theme)
            self._say(*self._with_doubts(f"theme {worn}: taken in as it is now", "good"))
        elif is_gone:
            self._say(f"theme {worn}: its file is gone; the look stays until you leave", "warning")
        elif {*self._told} - {*problems}:
            self._say("themes: what was wrong is mended", "good")
        for problem in problems:
            if problem not in self._told:
                self._say(f"{problem}; the look stays", "warning")
        self._told = problems

    def _with_doubts(self, told: str, tone: Tone) -> tuple[str, Tone]:
        """Add why the theme that is worn cannot be seen, or not be read."""
        if self._app.no_color:
            return f"{told}; NO_COLOR is set and hides it", "warning"
        if faint := themes.hard_to_read(self._themes[self._app.theme]):
            return f"{told}; {faint}", "warning"
        return told, tone

    def _take(self, found: list[Theme]) -> None:
        """Take over themes; one that is gone, or broken now, stays as it was."""
        for theme in found:
            self._themes[theme.name] = theme
            self._app.register_theme(theme)


def write_down(name: str) -> tuple[str, Tone]:
    """Write a theme into the settings; touches the disk.

    Returns:
        What became of that, in words, and their tone.
    """
    try:
        kept = change("screen.theme", name).kept
    except CutlineError as problem:
        return f"theme {name}, until you leave: {problem}", "warning"
    told = f"theme {name}, also the next time"
    return f"{told}; your settings with their comments are kept as {kept.name}" if kept else told, "good"


def _stamps() -> Stamps:
    """Return what tells of each own theme whether it changed."""
    stamps: Stamps = {}
    try:
        for file in themes.own_folder().glob("*.toml"):
            found = file.stat()
            stamps[file.name] = (found.st_ino, found.st_size, found.st_mtime_ns)
    except OSError:  # gone meanwhile, or not ours to read: the next look tells
        pass
    return stamps
