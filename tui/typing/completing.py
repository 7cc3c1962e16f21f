"""Completion for the caption editor: vocabularies loaded in a thread, what begins alike at once, what nearly fits later."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from engine.errors import CutlineError
from engine.review.journal import VOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.captions.known.suggestion import Suggestion
    from engine.captions.known.vocabulary import KnownIndex, Vocabulary
    from engine.review.records import JournalRow
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
        self._counted_to = 0
        """The newest row of the journal that is in these counts."""
        self._begun = self._closed = False
        self._asked = 0

    def begin(self) -> None:
        """Somebody is about to type: load the vocabularies the first time, and bring the dataset's own tags up to date."""
        if not self._begun:
            self._begun = True
            self._do(self._load_known, self._tell_of)
        self._do(self._count_own, lambda _: None)

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

    def _count_own(self) -> None:
        """Count the dataset's tags: in all captions the first time, then in what the journal says was written since."""
        from engine.captions.known.vocabulary import Vocabulary  # noqa: PLC0415

        try:
            own, newest = self._read_all() if self._own is None else self._followed(self._own)
        except CutlineError:
            return  # what is known goes on being completed; the next time it is tried again
        if own != self._own:
            self._vocabulary = Vocabulary(own, self._known)
        self._own, self._counted_to = own, newest

    def _read_all(self) -> tuple[Counter[str], int]:
        from engine.vocabularies import count_own  # noqa: PLC0415

        desk = self._workspace
        images = [entry.key for entry in list(desk.entries.values())]
        for _ in range(2):
            newest = desk.newest_step()
            own = count_own(desk.files, images, desk.extension, desk.separator, lambda: self._closed)
            if desk.newest_step() == newest:
                break  # else nobody knows whether what was written meanwhile is in it: once more
        return own, newest

    def _followed(self, own: Counter[str]) -> tuple[Counter[str], int]:
        from engine.captions.known.vocabulary import count_tags  # noqa: PLC0415

        counts, newest, separator = Counter(own), self._workspace.newest_step(), self._workspace.separator
        counts.subtract(count_tags((step.before for step in self._written(newest)), separator))
        counts.update(count_tags((step.after for step in self._written(newest)), separator))
        return +counts, newest  # without those that are left nowhere

    def _written(self, newest: int) -> Iterator[JournalRow]:
        """Yield the steps that wrote a caption since the last counting."""
        for step in self._workspace.history(after=self._counted_to):
            if self._closed or step.id > newest:
                break
            if step.caption is not None and step.status not in VOID and self._workspace.concerns(step):
                yield step

    def _near(self, typed: str, number: int) -> list[Suggestion]:
        if self._vocabulary is None or number != self._asked:
            return []
        return self._vocabulary.fuzzy(typed, MOST_SUGGESTED, lambda: self._closed or number != self._asked)
