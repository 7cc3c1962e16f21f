"""The caption beside its candidates: what the file says, what would change, and what it would then say.

One widget paints all of it, because the parts share the height between them and a key must not cost a layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.captions.display import show
from engine.captions.tokens.tokens import BLOCK, Limits, Tokens
from tui import commands
from tui.actions.action import ways_on
from tui.keys import keymap
from tui.messages import CandidatePicked, HunkPicked
from tui.widgets.candidate_tabs import tabs
from tui.widgets.card_head import card_head
from tui.widgets.hunk_rows import Look, column_heads, kept_lines, rows_in_view
from tui.widgets.marks import marked
from tui.widgets.paint import Line, Painted, Span, clip, clip_start, width_of, wrap
from tui.widgets.result_line import result_spans, text_of
from tui.widgets.result_window import line_of, place_of
from tui.widgets.text_window import LEAST_LINES, Window
from tui.widgets.token_line import token_spans, with_block_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events

    from engine.review.states import Entry
    from tui.course.card import Card
    from tui.preview.shrink import Facts
    from tui.widgets.marks import Spans

CAPTION_SHARE = 0.26
"""Of the height, at most, for the caption as it is; the result gets as much and a little more."""
RESULT_SHARE = 0.34
LINES_BESIDE = 9
"""For head, headings and a few changes, before the caption gets more than it needs to be scrolled."""
ROOM_FOR_CAPTION = 14
"""Height from which that is; on a lower screen a caption of several lines is only counted."""
COMFORTABLE_LINES = 34
"""A card does not grow beyond this unless its changes need the room."""
HEADING_GAP = " · "
LINES_ABOVE_RESULT = 3
"""For the image's name, what is said where the window is too low for all parts, and the result's heading."""
WHEEL_LINES = 3
"""A turn of the wheel, where more than that is in view."""
TOO_LOW = "… a higher window shows the rest"


class CaptionDiff(Painted):
    """Shows one card."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        """Start empty."""
        super().__init__(id=id)
        self.card: Card | None = None
        self.entry: Entry | None = None
        self.facts: Facts | None = None
        self.repeats: int | None = None
        self.has_draft = False
        self.editing = False
        """While the caption is edited by hand the result is what the editor holds."""
        self.tokens, self.limits = Tokens(), Limits()
        self.empty_text = "looking for images …"
        self._marks: Spans | None = None
        self._first_hunk = 0
        self._result_of: tuple[object, ...] = ()
        self._result_spans: Line = []
        self._result_lines: list[Line] = []
        self._caption_window, self._result_window = Window(), Window()
        self._caption_end = self._result_start = 0
        """The line behind the caption, and the first one of the result."""
        self._hunk_at: dict[int, int] = {}
        self._candidate_at: dict[int, list[tuple[int, int]]] = {}

    def show_card(
        self, card: Card | None, entry: Entry | None, *, facts: Facts | None, repeats: int | None, has_draft: bool
    ) -> None:
        """Show a card; None shows that there is no image.

        Args:
            card: What to show.
            entry: The image's marks and state.
            facts: What the picture's head says; None when it is not known yet.
            repeats: How often a trainer is told to repeat the image; None when its folder does not say.
            has_draft: Whether unsaved text of the person waits.
        """
        if card is None or self.card is None or card.image != self.card.image:
            self._first_hunk = 0
        self.card, self.entry, self.facts, self.repeats, self.has_draft = card, entry, facts, repeats, has_draft
        self.renew()

    def show_facts(self, facts: Facts | None) -> None:
        """Show what the picture's head says, once that is known."""
        if facts != self.facts:
            self.facts = facts
            self.renew()

    def show_tokens(self, tokens: Tokens, limits: Limits) -> None:
        """Count with these from now on."""
        self.tokens, self.limits = tokens, limits
        self.renew()

    def show_marks(self, spans: Spans | None) -> None:
        """Mark in captions and changes what was looked for; None marks nothing."""
        self._marks = spans
        self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint head, caption, changes and result, the result at the lower edge."""
        self._hunk_at, self._candidate_at = {}, {}
        self._caption_window.close()
        self._result_window.close()
        card = self.card
        if card is None:
            return [[], *wrap([Span(show(self.empty_text), self.ink("muted"))], width)]
        bottom: list[Line] = []
        if not card.problem and not self.editing:
            bottom = self._result(card, width, max(LEAST_LINES, int(height * RESULT_SHARE)))
        limit = min(int(height * CAPTION_SHARE), height - len(bottom) - LINES_BESIDE)
        limit = max(LEAST_LINES if height >= ROOM_FOR_CAPTION else 1, limit)
        head = card_head(card, self.entry, self.facts, self.repeats, width, self.ink, has_draft=self.has_draft)
        top = [*head, [], *self._caption(card, width, limit)]
        # On a high screen the result stays near what it comes of.
        needed = len(top) + len(bottom) + 2 * len(card.hunks) + 6
        room = min(height, max(COMFORTABLE_LINES, needed)) - len(top) - len(bottom) - 1
        if room < 1:  # of all parts the result goes last
            bottom = bottom and self._result(card, width, max(LEAST_LINES, height - LINES_ABOVE_RESULT))
            above = [*top[: max(0, height - len(bottom) - 1)], [Span(TOO_LOW, self.ink("warning"))]]
        else:
            above = [*top, [], *self._changes(card, width, room, len(top) + 1)]
        self._caption_end, self._result_start = len(top), len(above)
        return [*above, *bottom]

    # --- parts ------------------------------------------------------------------------------------------------

    def _caption(self, card: Card, width: int, limit: int) -> list[Line]:
        caption = card.frame.caption
        if card.problem:
            why = Span(show(card.problem, one_line=True), self.ink("error"))
            ways = Span(ways_on(card, keymap.here(self.screen)), self.ink("muted"))
            return [self._heading("CAPTION", "", width), *wrap([why], width), *wrap([ways], width)]
        if caption.absent:
            said = "no file yet"
        elif caption.blank:
            said = "empty"
        else:
            count = len(caption.tags)
            said = {"tags": f"{count} tags", "prose": "prose", "both": f"{count} tags, then prose"}[caption.kind]
            said = said.replace("1 tags", "1 tag") if count == 1 else said
        name = show(card.frame.caption_key.rpartition(b"/")[2], one_line=True)
        detail = f"{said} · {clip_start(name, width // 2)}"
        if caption.blank:
            return [self._heading("CAPTION", detail, width), [Span("—", self.ink("faint"))]]
        text = caption.text.rstrip("\r\n")
        spans = list(self._caption_spans(text))
        seen = self._caption_window.lines(wrap(spans, width), 0, limit, self.ink("muted"), (card.image, text))
        return [self._heading("CAPTION", detail, width, text), *seen]

    def _caption_spans(self, text: str) -> Iterator[Span]:
        """Yield a caption with its block ends, and what was looked for marked."""
        looked_for = self._marks(text) if self._marks else ()
        at = 0
        for part, is_end in with_block_ends(text, self.tokens.blocks(text), BLOCK):
            if is_end:
                yield Span(part, self.ink("faint"))
            else:
                yield from (Span(show(s), style) for s, style in marked(part, looked_for, self.ink("text"), at))
                at += len(part)

    def _changes(self, card: Card, width: int, room: int, at: int) -> list[Line]:
        """Paint the candidates' names and as many changes as there is room, the one at the cursor among them."""
        if not card.frame.candidates:
            hint = keymap.here(self.screen).text("{accept} approves the caption as it stands, {edit} edits it")
            text = [Span("Nothing is proposed for this image. ", self.ink("muted")), Span(hint, self.ink("muted"))]
            return _exactly(wrap(text, width) if not card.problem else [], room)
        look = Look(width, self.ink, self._marks).beside(card.agreement, together=card.blend is not None)
        head = [*self._tabs(card, width, at), *column_heads(card.voices, look)]
        if not card.hunks:
            lines = [*head, *wrap([Span(self._nothing(card), self.ink("muted"))], width)]
            return _exactly([*lines, *kept_lines(card.kept, look, room - len(lines))], room)
        space = max(1, room - len(head) - 1)
        view = rows_in_view(card.hunks, card.chosen(card.shown), card.cursor, look, self._first_hunk, space)
        self._first_hunk = view.first
        for y, row in enumerate(view.rows):
            self._hunk_at[at + len(head) + y] = row.hunk
        lines = [*head, *(row.line for row in view.rows)]
        more = [[Span(f"  ↓ {view.below} more", self.ink("muted"))]] if view.below else []
        return _exactly([*lines, *(more or kept_lines(card.kept, look, room - len(lines)))], room)

    def _tabs(self, card: Card, width: int, at: int) -> list[Line]:
        line, self._candidate_at[at] = tabs(card, width, self.ink, keymap.here(self.screen).shown(commands.NextBlend))
        return [line]

    def _nothing(self, card: Card) -> str:
        candidate = card.candidate
        if card.blend is not None:
            return "the caption says already what these candidates have in common"
        if candidate is not None and candidate.candidate.kind == "tags" and not candidate.candidate.tags:
            return "no tag reaches the threshold"
        return "the caption says all of this already"

    def _result(self, card: Card, width: int, limit: int) -> list[Line]:
        result, frame = card.result(), card.frame
        if result == frame.raw:
            if frame.caption.blank and not frame.candidates:
                return []
            return [self._heading("STAYS AS IT IS", "", width)]
        text = text_of(result)
        blocks = self.tokens.blocks(text)
        inks = self.ink("text"), self.ink("add"), self.ink("faint")
        key = (frame.caption.text, result, width, blocks, inks)
        if key != self._result_of:  # a key that moves the cursor leaves it as it is
            self._result_of = key
            self._result_spans = result_spans(frame.caption.text, result, *inks, ends=blocks)
            self._result_lines = wrap(self._result_spans, width)
        lines, at = self._result_lines, 0
        if len(lines) > limit:
            place = place_of(frame.caption, card.decision().hunks, card.hunks[card.cursor] if card.hunks else None)
            at = line_of(self._result_spans, text, place, blocks, width)
        says = "a new file" if frame.raw is None else ""
        # Whoever scrolled and then goes to a change sees that change.
        seen = self._result_window.lines(lines, at, limit, self.ink("muted"), (card.image, text, at, card.cursor))
        return [self._heading("WILL BE WRITTEN", says, width, text), *seen]

    def _heading(self, text: str, detail: str, width: int, counted: str = "") -> Line:
        """Paint a line that names what follows, and the tokens of a caption where one is given."""
        tokens = token_spans(self.tokens.budget(counted), self.limits, self.ink) if counted else []
        room = width - len(text) - 4 - width_of(tokens)
        # The counts say more than the file's name: where both do not fit, the name goes.
        detail = clip(detail, room - 3 * bool(tokens)) if room > len(HEADING_GAP) + 1 or not tokens else ""
        right = [Span(f" {detail}", self.ink("muted"))] if detail else []
        right += [Span(HEADING_GAP if detail else " ", self.ink("muted")), *tokens] if tokens else []
        rule = max(0, width - len(text) - 1 - width_of(right))
        return [Span(f"{text} ", self.ink("muted")), Span("─" * rule, self.ink("track")), *right]

    # --- what does not fit ------------------------------------------------------------------------------------

    def turn_page(self, by: int) -> bool:
        """Read on in caption and result, or back with a negative number; False where there is no more of them."""
        turned = [window.scroll(by * window.page) for window in (self._caption_window, self._result_window)]
        self.renew()
        return any(turned)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Show what is below."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Show what is above."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, by: int) -> None:
        """Scroll the part under the mouse; among changes, which follow their cursor, tell which is next."""
        event.stop()
        if self._caption_end <= event.y < self._result_start:
            if self.card is not None and 0 <= (to := self.card.cursor + by) < len(self.card.hunks):
                self.post_message(HunkPicked(to, turned=False))
            return
        window = self._caption_window if event.y < self._caption_end else self._result_window
        window.scroll(by * min(WHEEL_LINES, window.page))
        self.renew()

    def on_click(self, event: events.Click) -> None:
        """Tell which change or candidate was clicked."""
        if event.y in self._hunk_at:
            self.post_message(HunkPicked(self._hunk_at[event.y]))
        for end, place in self._candidate_at.get(event.y, ()):
            if event.x < end:
                self.post_message(CandidatePicked(place))
                break


def _exactly(lines: list[Line], height: int) -> list[Line]:
    """Cut or fill to a height."""
    return [*lines[: max(0, height)], *([[]] * (height - len(lines)))]
