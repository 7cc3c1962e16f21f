"""Where the review screen shows what was looked for: title, marks, the line to type in, the list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.finding.highlights import Highlights
    from engine.finding.language import Order
    from tui.finding.filtering import Filtering
    from tui.screens.surface import Surface
    from tui.stage import Tone
    from tui.widgets.bars import StatusBar, TitleBar
    from tui.widgets.caption_diff import CaptionDiff
    from tui.widgets.filter_bar import FilterBar
    from tui.widgets.key_hints import KeyHints
    from tui.widgets.queue_list import QueueList


class ReviewSight:
    """The parts of the review screen that finding is shown on."""

    def __init__(
        self,
        screen: Surface,
        say: Callable[[str, Tone], None],
        bars: tuple[TitleBar, StatusBar, KeyHints],
        caption: CaptionDiff,
        queue: QueueList,
    ) -> None:
        """Show nothing yet.

        Args:
            screen: Where all of it is.
            say: Says one raw line.
            bars: Title, status and keys.
            caption: Shows a card.
            queue: Shows the line-up.
        """
        self._screen, self._say, self._caption, self._queue = screen, say, caption, queue
        self._title, self._status, self._keys = bars
        self._bar: FilterBar | None = None
        self._how_far = ""
        """What was said last of how far a look is."""

    async def mount_line(self, filtering: Filtering) -> None:
        """Put the line on the screen, closed; not before the first image, which does not wait for it."""
        from tui.widgets.filter_bar import FilterBar  # noqa: PLC0415  (see above)

        bar = FilterBar(filtering)
        await self._screen.mount(bar, before=self._keys)
        self._bar = bar

    def pass_keys_on(self) -> None:
        """Note that what is typed by now is meant for the queue that was asked for."""
        self._screen.typed_ahead.pass_on()

    def filter_bar(self) -> FilterBar | None:
        """Return the line to type in; None while there is none yet."""
        return self._bar

    def say(self, text: str, tone: Tone = "plain") -> None:
        """Say one raw line."""
        self._say(text, tone)

    def say_how_far(self, text: str) -> None:
        """Say one raw line of how far a look is, where that covers up nothing else."""
        if self._status.says in ("", self._how_far):
            self._how_far = text
            self._say(text, "plain")

    def notice(self, *told: str) -> None:
        """Say raw lines that nobody asked for, beside others of that kind that still stand there."""
        self._screen.notice(*told)

    def show_filter(self, told: str) -> None:
        """Show what the queue holds, one raw line; empty for all images in their usual order."""
        self._title.show_filter(told)

    def show_session(self, progress: tuple[int, int] | None) -> None:
        """Show how many images of a limited sitting are done, and of how many; None for none."""
        self._title.show_session(progress)

    def show_rhythm(self, told: str) -> None:
        """Show how fast the person decides, where there is room."""
        self._title.show_rhythm(told)
        self._status.show_rhythm(told)

    def show_highlights(self, highlights: Highlights | None) -> None:
        """Mark what was looked for."""
        self._caption.show_marks(highlights.spans if highlights else None)
        self._queue.show_marks(highlights.in_name if highlights else None)

    def show_empty(self, text: str) -> None:
        """Say what is read where there is no image, raw text."""
        self._caption.empty_text = text
        self._caption.renew()

    def show_typing(self, *, typing: bool) -> None:
        """Show that keys go to the line, or to the screen again."""
        from tui.widgets.filter_bar import KEYS  # noqa: PLC0415  (it is there by now)

        self._keys.show_keys(KEYS if typing else ())

    async def ask_order(self, order: Order, then: Callable[[Order | None], None]) -> None:
        """Let the person choose an order."""
        from tui.screens.orders import OrderScreen  # noqa: PLC0415  (nobody asks before the first image)

        await self._screen.app.push_screen(OrderScreen(order), then)
