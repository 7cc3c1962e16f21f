"""The lines that keys open on the review screen: which filter, and how many images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import commands
from tui.course.lineup import Lineup

if TYPE_CHECKING:
    from engine.finding.language import Query
    from tui.finding.filtering import Filtering
    from tui.finding.following import Following
    from tui.finding.seeking import Seeker
    from tui.finding.sight import Sight
    from tui.finding.wanted import Wanted
    from tui.widgets.filter_bar import FilterBar

USUAL_LIMIT = 200
LINES = (commands.Filter.name, commands.Limit.name)
"""The actions that open one."""


class Asking:
    """Opens a line, and asks for the queue that is typed."""

    def __init__(
        self,
        wanted: Wanted,
        seeker: Seeker,
        sight: Sight,
        filtering: Filtering,
        following: Following,
    ) -> None:
        """Start with no line open.

        Args:
            wanted: The queue that is changed.
            seeker: Notices what other programs wrote, where a filter is asked for.
            sight: Has the line.
            filtering: Answers its keys while a filter is typed.
            following: Waits while somebody types.
        """
        self._wanted, self._seeker, self._sight, self._filtering = wanted, seeker, sight, filtering
        self._following = following
        self.limit = USUAL_LIMIT
        """Offered when somebody asks for a limit."""
        self.is_typing = False
        """Whether keys go to the line."""
        following.is_held = lambda: self.is_typing

    def open(self, name: str) -> bool:
        """Open the line that an action asks for; False for other actions, and while the line is not there yet."""
        if name not in LINES or (bar := self._sight.filter_bar()) is None:
            return False
        self.is_typing = True
        self._sight.show_typing(typing=True)
        (self._ask_filter if name == commands.Filter.name else self._ask_limit)(bar)
        return True

    def shut(self) -> None:
        """Let keys go to the screen again."""
        self.is_typing = False
        self._sight.show_typing(typing=False)

    def want_query(self, query: Query | None) -> None:
        """Ask for another filter in the present order."""
        now = self._wanted.lineup
        self._wanted.want(Lineup(query, now.order, limit=now.limit))

    def _ask_filter(self, bar: FilterBar) -> None:
        query = self._wanted.lineup.query
        self._seeker.look_again()
        self._filtering.open(bar, query.text if query else "", self._typed, self._left)

    def _typed(self, query: Query | None) -> None:
        self.shut()
        self._sight.say("")  # how many fit: what is said next is how far the look is
        self.want_query(query)

    def _left(self) -> None:
        self.shut()
        self._following.resume()

    def _ask_limit(self, bar: FilterBar) -> None:
        self._sight.say("a session: the next so many images that wait; an empty line brings all back")
        bar.prompt.ask("how many images", str(self.limit), self._limited, left=self._left, replaced=True)

    def _limited(self, text: str) -> None:
        self.shut()
        number = text.strip()
        if number and not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004  (enough)
            self._sight.say(f"`{number}` is no number of images", "error")
            self._following.resume()
            return
        self.limit = int(number or 0) or self.limit
        now = self._wanted.lineup
        self._wanted.want(Lineup(now.query, now.order, chosen=now.chosen, limit=int(number or 0)))
