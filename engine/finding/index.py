"""Everything that filters and orders are answered from, each part read when a question first needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.finding.candidates import Candidates
from engine.finding.captions import Captions
from engine.finding.columns import EMPTY
from engine.finding.proposed import Proposed
from engine.finding.rows import Rows
from engine.finding.sizes import Sizes
from engine.finding.worth import Worth
from engine.review.news import mark_now, touched_since

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.finding.language.words import Need
    from engine.finding.patience import Patience
    from engine.review.news import Mark
    from engine.workspace import Workspace


class Index:
    """The parts, and how far they have followed the store; for one thread at a time."""

    def __init__(self, workspace: Workspace, count_tokens: Mapping[Need, Callable[[str], int]]) -> None:
        """Read nothing yet.

        Args:
            workspace: The dataset.
            count_tokens: What counts the tokens of a caption, `tokens` and `t5`; none for those nobody can count.
        """
        self.workspace = workspace
        self.names: dict[str, int] = {"": EMPTY}
        """`tag_key` → number, of all tags met in captions and proposals."""
        self.meant: dict[str, NDArray[np.bool_]] = {}
        """Pattern → which of the first so many numbers of tags it means; the last few that were asked."""
        self.rows = Rows()
        self.captions = Captions(workspace, self.rows, self.names, count_tokens)
        self.sizes = Sizes(workspace, self.rows)
        self.candidates = Candidates(self.rows)
        self.proposed = Proposed(self.candidates, self.names, workspace.view_of)
        self.worth = Worth(self.captions, self.candidates, self.proposed)
        self._mark: Mark | None = None

    @property
    def progress(self) -> tuple[int, int] | None:
        """How much is read of what is being read; None while nothing is."""
        for part in (self.captions, self.sizes, self.candidates):
            if total := part.total:
                return part.done, total
        return None

    def rest(self) -> None:
        """Say that nothing is being read, also where somebody gave up in the middle."""
        for part in (self.captions, self.sizes, self.candidates):
            part.done = part.total = 0

    def follow(self, needs: Iterable[Need], patience: Patience) -> None:
        """Bring those parts that are needed up to folder and store.

        Raises:
            GivenUp: Nobody waits; what was read stays.
        """
        wanted = frozenset(needs)
        changed = self.rows.follow(self.workspace.entries)
        self._touch_rows(changed.tolist())
        self._follow_store()
        if "paths" in wanted:
            self.rows.follow_paths(patience)
        if wanted & {"captions", "tokens", "t5"}:
            self.captions.follow(patience)
        if wanted & {"candidates", "proposed"}:
            self.candidates.follow(self.workspace.store.db, patience)
        if "proposed" in wanted:
            self.proposed.follow(patience)

    def _touch_rows(self, slots: list[int]) -> None:
        self.captions.touch(slots)
        self.candidates.touch(slots)
        self.worth.touch({*slots})

    def _follow_store(self) -> None:
        """Touch what anybody decided or proposed since the last time."""
        db = self.workspace.store.db
        mark, since = mark_now(db), self._mark
        if mark == since:
            return
        self._mark = mark
        if since is None:  # nothing was read before
            return
        self._touch_rows(self.rows.slots_of([*touched_since(db, since, mark)]))
