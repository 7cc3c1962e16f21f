"""The caption beside its candidates: what the file says, what would change, and what it would then say.

One widget paints all of it, because the parts share the height between them and a key must not cost a layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from engine.captions.display import show
from tui import commands
from tui.messages import CandidatePicked, HunkPicked
from tui.widgets.hunk_rows import HunkRow, hunk_rows
from tui.widgets.paint import UNDERLINED, Line, Painted, Span, clip, clip_start, spread, width_of, wrap
from tui.widgets.result_line import result_spans
from tui.widgets.signs import ANSWERS, DRAFT, FLAGGED, SKIPPED, STATES, UNREADABLE

if TYPE_CHECKING:
    from textual import events

    from engine.review.frames import Shown
    from engine.review.states import Entry
    from tui.card import Card
    from tui.preview.shrink import Facts

CAPTION_SHARE = 0.26
"""Of the height, at most, for the caption as it is; the result gets as much and a little more."""
RESULT_SHARE = 0.34
LEAST_LINES = 9
"""For head, headings and a few changes, before the caption gets more than one line."""
COMFORTABLE_LINES = 34
"""A card does not grow beyond this unless its changes need the room."""
NARROW = 48
"""Cells; below, words are left out that a wide panel has room for."""


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
        self.empty_text = "looking for images …"
        self._first_hunk_row = 0
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
            self._first_hunk_row = 0
        self.card, self.entry, self.facts, self.repeats, self.has_draft = card, entry, facts, repeats, has_draft
        self.renew()

    def show_facts(self, facts: Facts | None) -> None:
        """Show what the picture's head says, once that is known."""
        if facts != self.facts:
            self.facts = facts
            self.renew()

    def paint(self, width: int, height: int) -> list[Line]:
        """Paint head, caption, changes and result, the result at the lower edge."""
        self._hunk_at, self._candidate_at = {}, {}
        card = self.card
        if card is None:
            return [[], [Span(self.empty_text, self.ink("muted"))]]
        bottom: list[Line] = []
        if not card.problem and not self.editing:
            bottom = self._result(card, width, max(1, int(height * RESULT_SHARE)))
        limit = max(1, min(int(height * CAPTION_SHARE), height - len(bottom) - LEAST_LINES))
        top = [*self._head(card, width), [], *self._caption(card, width, limit)]
        # On a high screen the result stays near what it comes of.
        needed = len(top) + len(bottom) + 2 * len(card.hunks) + 6
        room = min(height, max(COMFORTABLE_LINES, needed)) - len(top) - len(bottom) - 1
        return [*top, [], *self._changes(card, width, room, len(top) + 1), *bottom]

    # --- parts ------------------------------------------------------------------------------------------------

    def _head(self, card: Card, width: int) -> list[Line]:
        folder, _, name = show(card.frame.image.key, one_line=True).rpartition("/")
        state = STATES[self.entry.state] if self.entry else STATES["untouched"]
        marks = [Span(f"{state.glyph} {state.word}", self.ink(state.ink))]
        for is_on, sign in (
            (self.entry and self.entry.flagged, FLAGGED),
            (self.entry and self.entry.skipped, SKIPPED),
            (self.has_draft, DRAFT),
            (self.entry and self.entry.unreadable, UNREADABLE),
        ):
            if is_on:
                marks.insert(0, Span(f"{sign.glyph} {sign.word}  ", self.ink(sign.ink)))
        title = Span(clip_start(name, max(8, width - width_of(marks) - 2)), self.ink("name"))
        facts = [f"×{self.repeats}"] if self.repeats is not None else []
        if self.facts:
            facts += [f"{self.facts.width}×{self.facts.height}", self.facts.format.lower()]
        facts.append(_bytes(card.frame.image.size))
        place = Span(f"{clip_start(folder, width // 2)}/", self.ink("muted")) if folder else Span("", self.ink("muted"))
        detail = Span(" · ".join(facts), self.ink("muted"))
        return [spread([title], marks, width, self.ink("text")), spread([place], [detail], width, self.ink("text"))]

    def _caption(self, card: Card, width: int, limit: int) -> list[Line]:
        caption = card.frame.caption
        if card.problem:
            return [self._heading("CAPTION", "", width), *wrap([Span(show(card.problem), self.ink("error"))], width)]
        if caption.absent:
            said = "no file yet"
        elif caption.blank:
            said = "empty"
        else:
            count = len(caption.tags)
            said = {"tags": f"{count} tags", "prose": "prose", "both": f"{count} tags, then prose"}[caption.kind]
            said = said.replace("1 tags", "1 tag") if count == 1 else said
        name = show(card.frame.caption_key.rpartition(b"/")[2], one_line=True)
        lines = [self._heading("CAPTION", f"{said} · {clip_start(name, width // 2)}", width)]
        if caption.blank:
            return [*lines, [Span("—", self.ink("faint"))]]
        return lines + self._limited(wrap([Span(show(caption.text.rstrip("\r\n")), self.ink("text"))], width), limit)

    def _changes(self, card: Card, width: int, room: int, at: int) -> list[Line]:
        """Paint the candidates' names and as many changes as there is room, the one at the cursor among them."""
        if not card.frame.candidates:
            keys = commands.shown_key
            hint = f"{keys(commands.Accept)} approves the caption as it stands, {keys(commands.Edit)} edits it"
            text = [Span("Nothing is proposed for this image. ", self.ink("muted")), Span(hint, self.ink("muted"))]
            return _exactly(wrap(text, width) if not card.problem else [], room)
        tabs = self._tabs(card, width, at)
        if not card.hunks:
            says = self._nothing(card)
            return _exactly([*tabs, *wrap([Span(says, self.ink("muted"))], width)], room)
        rows = hunk_rows(card.hunks, card.chosen(card.shown), card.cursor, width, self.ink)
        space = max(1, room - len(tabs) - 1)
        shown, below = self._window(rows, card.cursor, space)
        for y, row in enumerate(shown):
            self._hunk_at[at + len(tabs) + y] = row.hunk
        more = f"  ↓ {below} more" if below else ""
        lines = [row.line for row in shown]
        return _exactly([*tabs, *lines, *([[Span(more, self.ink("muted"))]] if more else [])], room)

    def _window(self, rows: list[HunkRow], cursor: int, space: int) -> tuple[list[HunkRow], int]:
        """Return the rows in view, scrolled no more than the cursor needs, and how many changes lie below."""
        at = [y for y, row in enumerate(rows) if row.hunk == cursor] or [0]
        first = min(self._first_hunk_row, max(0, len(rows) - space), at[0])
        first = max(first, at[-1] - space + 1)
        self._first_hunk_row = first
        below = {row.hunk for row in rows[first + space :]}
        return rows[first : first + space], len(below)

    def _tabs(self, card: Card, width: int, at: int) -> list[Line]:
        """Paint the candidates' names, the one in view marked, and how much of it is chosen."""
        candidates = card.frame.candidates
        chosen = sum(len(card.chosen(place)) for place in range(len(candidates)))
        total = len(card.hunks)
        label = f"{chosen} of {total} chosen" if width >= NARROW else f"{chosen}/{total}"
        # Where not all names fit, that of the candidate in view stays whole.
        names = [show(shown.proposal.source, one_line=True) for shown in candidates]
        standings = [self._standing(card, place, shown) for place, shown in enumerate(candidates)]
        crowded = sum(cell_len(text) for text in names + standings) + 5 * len(names) > width - len(label)
        line: Line = []
        for place, shown in enumerate(candidates):
            in_view = place == card.shown
            style = self.ink("name") + UNDERLINED if in_view else self.ink("muted")
            line += [
                Span("   " if place else "", self.ink("text")),
                Span(f"{place + 1} ", self.ink("key") if len(candidates) > 1 else self.ink("faint")),
                Span(clip(names[place], 6 if crowded and not in_view else width // 2), style),
                Span(standings[place], self.ink("warning" if shown.stale else "muted")),
            ]
            self._candidate_at.setdefault(at, []).append((width_of(line), place))
        return [spread(line, [Span(label, self.ink("muted"))], width, self.ink("text"))]

    @staticmethod
    def _standing(card: Card, place: int, shown: Shown) -> str:
        if shown.answer is not None:
            return f" {ANSWERS[shown.answer]}"
        if shown.stale:
            return " ! stale"
        return f" +{len(card.chosen(place))}" if place != card.shown and card.chosen(place) else ""

    def _nothing(self, card: Card) -> str:
        candidate = card.candidate
        if candidate is not None and candidate.candidate.kind == "tags" and not candidate.candidate.tags:
            return "no tag reaches the threshold"
        return "the caption says all of this already"

    def _result(self, card: Card, width: int, limit: int) -> list[Line]:
        result, frame = card.result(), card.frame
        if result == frame.raw:
            if frame.caption.blank and not frame.candidates:
                return []
            return [self._heading("STAYS AS IT IS", "", width)]
        spans = result_spans(frame.caption.text, result, self.ink("text"), self.ink("add"), self.ink("faint"))
        says = "a new file" if frame.raw is None else ""
        return [self._heading("WILL BE WRITTEN", says, width), *self._limited(wrap(spans, width), limit)]

    def _heading(self, text: str, detail: str, width: int) -> Line:
        detail = clip(detail, width - len(text) - 4)
        rule = max(0, width - len(text) - 1 - (cell_len(detail) + 1 if detail else 0))
        right = [Span(f" {detail}", self.ink("muted"))] if detail else []
        return [Span(f"{text} ", self.ink("muted")), Span("─" * rule, self.ink("track")), *right]

    def _limited(self, lines: list[Line], limit: int) -> list[Line]:
        if len(lines) <= limit:
            return lines
        left = len(lines) - limit + 1
        return [*lines[: limit - 1], [Span(f"… {left} more line{'s' * (left > 1)}", self.ink("muted"))]]

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


def _bytes(size: int) -> str:
    """Return a file's size in two or three digits."""
    amount, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB"):  # noqa: B007  (the unit reached is the answer)
        if amount < 1000:  # noqa: PLR2004  (the step between the units)
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit in {"B", "kB"} or amount >= 100 else f"{amount:.1f} {unit}"  # noqa: PLR2004
