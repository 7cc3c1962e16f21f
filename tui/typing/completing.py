"""Completion for the caption editor: vocabularies loaded in a thread, what begins alike at once, what nearly fits later."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.captions.known.suggestion import Suggestion
    from engine.captions.known.vocabulary import KnownIndex, Vocabulary
    from engine.workspace import Workspace
    from tui.idle import Idle

MOST_SUGGESTED = 12


class Completing:
    """One thread that loads and searches vocabularies; only the latest question is answered."""

    def __init__(self, workspace: Workspace, files: Sequence[str], idle: Idle, tell: Callable[[str], None]) -> None:
        """Load nothing yet.

        Args:
            workspace: The dataset, whose own tags come first.
            files: The vocabularies that the settings name.
            idle: Counts what is under way.
            tell: Is told on the event loop, once, what could not be read.
        """
        self._workspace, self._files, self._idle, self._tell = workspace, files, idle, tell
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vocabulary")
        self._vocabulary: Vocabulary | None = None
        self._known: KnownIndex | None = None
        self._own: Counter[str] | None = None
        self._begun = self._closed = False
        self._asked = 0

    def begin(self) -> None:
        """Load everything, the first time somebody is about to type: the vocabularies, then the dataset's own tags."""
        if not self._begun:
            self._begun = True
            self._do(self._load_known, self._tell_of)
            self._do(self._load_own, lambda _: None)

    def _tell_of(self, problems: Sequence[str]) -> None:
        """Name the first problem and count the others, in one line: whoever mends it is told of the next."""
        if problems:
            self._tell(problems[0] + f" · and {len(problems) - 1} more" * (len(problems) > 1))

    def complete(self, typed: str) -> list[Suggestion]:
        """Return what begins with what was typed, at once; nothing while the vocabularies are loading."""
        return [] if self._vocabulary is None else self._vocabulary.complete(typed, MOST_SUGGESTED)

    def near(self, typed: str, show: Callable[[list[Suggestion]], None]) -> None:
        """Search for what nearly fits, and show it unless something else was asked for by then."""
        self._asked += 1
        number = self._asked
        self._do(lambda: self._near(typed, number), lambda found: show(found) if number == self._asked else None)

    def forget(self) -> None:
        """Answer nothing that was asked before."""
        self._asked += 1

    def learn(self, before: bytes | None, after: bytes | None) -> None:
        """Take in a caption that was written by hand: its tags are the dataset's from now on."""
        self._do(lambda: self._count(before, after), lambda _: None)

    def close(self) -> None:
        """Give up what is under way, and end the thread."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _do(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        """Have something done in the thread, and something with the outcome on the event loop."""
        if self._closed:
            return
        self._idle.rise()
        done = asyncio.get_running_loop().run_in_executor(self._thread, work)

        def told(future: asyncio.Future[object]) -> None:
            self._idle.fall()
            if not future.cancelled() and not self._closed:
                then(future.result())

        done.add_done_callback(told)

    # --- in the thread ----------------------------------------------------------------------------------------
    # Imported there: numpy and the label files take longer than the first image may wait.

    def _load_known(self) -> tuple[str, ...]:
        from engine.captions.known.vocabulary import Vocabulary  # noqa: PLC0415
        from engine.vocabularies import load_known  # noqa: PLC0415

        self._known, problems = load_known(self._files, self._workspace.separator)
        self._vocabulary = Vocabulary({}, self._known)
        return problems

    def _load_own(self) -> None:
        from engine.captions.known.vocabulary import Vocabulary  # noqa: PLC0415
        from engine.vocabularies import count_own  # noqa: PLC0415

        desk = self._workspace
        images = [entry.key for entry in list(desk.entries.values())]
        self._own = count_own(desk.files, images, desk.extension, desk.separator, lambda: self._closed)
        self._vocabulary = Vocabulary(self._own, self._known)

    def _near(self, typed: str, number: int) -> list[Suggestion]:
        if self._vocabulary is None or number != self._asked:
            return []
        return self._vocabulary.fuzzy(typed, MOST_SUGGESTED, lambda: self._closed or number != self._asked)

    def _count(self, before: bytes | None, after: bytes | None) -> None:
        from engine.captions.known.vocabulary import Vocabulary, count_tags  # noqa: PLC0415

        if self._own is None:
            return
        separator = self._workspace.separator
        counts = Counter(self._own)
        counts.subtract(count_tags([before], separator))
        counts.update(count_tags([after], separator))
        self._own = +counts  # without those that are left nowhere
        self._vocabulary = Vocabulary(self._own, self._known)
