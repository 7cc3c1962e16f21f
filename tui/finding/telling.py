"""What is said of the queue in force: what it holds, how many images fit, why it is empty, and why it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.finding.highlights import Highlights
from tui import commands
from tui.course.lineup import USUAL
from tui.finding.filtering import told

if TYPE_CHECKING:
    from tui.course.lineup import Lineup
    from tui.course.turns import Turns
    from tui.finding.seeking import Seeker
    from tui.finding.sight import Sight
    from tui.sitting.session import Session


class Telling:
    """Puts it into words."""

    def __init__(self, turns: Turns, seeker: Seeker, sight: Sight) -> None:
        """Start with nothing said.

        Args:
            turns: The course of the review.
            seeker: Knows what a filter may have meant that finds nothing.
            sight: Where it is seen.
        """
        self._turns, self._seeker, self._sight = turns, seeker, sight
        self.session: Session | None = None
        """How a limited queue went so far; None without a limit."""
        self.is_scanned = False
        """Whether the whole folder was looked through."""

    def show(self, lineup: Lineup) -> None:
        """Show what is in force."""
        words = [lineup.query.text] if lineup.query else []
        words += ["selected"] if lineup.chosen is not None else []
        words += [f"by {lineup.order.text}"] if lineup.order != USUAL else []
        self._sight.show_filter(" ".join(words))
        separator = self._turns.workspace.separator
        self._sight.show_highlights(Highlights(lineup.query, separator) if lineup.query else None)
        self._sight.show_empty(self._why_empty(lineup))

    def _why_empty(self, lineup: Lineup) -> str:
        if lineup.query is None and lineup.chosen is None:
            return "There are no images in this folder." if self.is_scanned else "looking for images …"
        if lineup.query is None:
            return "Nothing that was selected is there any more."
        if not lineup.is_found:
            return f"Looking for images that fit {lineup.query.text} …"
        return f"No image fits {lineup.query.text}{self._near(lineup)}.\n{self._way_out}."

    def found(self, lineup: Lineup) -> str:
        """Say how many images were found."""
        count = len(lineup.ids)
        if lineup.limit:
            return f"a session of {count:,}" if count else "nothing waits for a decision here"
        estimated = self._seeker.estimated(lineup.query, lineup.order)
        if lineup.query is None:
            return f"{count:,} images{f' by {lineup.order.text}' if lineup.order != USUAL else ''}{estimated}"
        none = "" if count else self._near(lineup) or f"; {self._way_out}"
        return f"{told(count)}: {lineup.query.text}{estimated}{none}"

    def end(self) -> str:
        """Say why there is no next image."""
        lineup, keys = self._turns.lineup, self._turns.keys
        if not lineup.is_found:
            return "the other images that fit are still looked for"
        if lineup.limit and self.session is not None:
            on, leaves = keys.told(commands.Limit), keys.told(commands.Quit)
            told = self.session.told(*lineup.outcome(self._turns.workspace.entries))
            return f"session over: {told}; {on} goes on, {leaves} leaves"
        if lineup.query is not None:
            return f"nothing else that fits {lineup.query.text} waits for a decision"
        return "nothing else waits for a decision"

    def _near(self, lineup: Lineup) -> str:
        return "" if lineup.ids else self._seeker.near(lineup.query)

    @property
    def _way_out(self) -> str:
        return f"{self._turns.keys.told(commands.Filter)} changes the filter, an empty line ends it"
