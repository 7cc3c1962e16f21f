"""The dry run: what edits would change, file by file, before anything is written; and making it so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine import editing
from engine.errors import CutlineError
from tui.actions.dry_running import DRY, Stage, not_ready
from tui.many.bulk_edits import told
from tui.screens.list_screen import ListScreen
from tui.widgets.change_list import ChangeList, Refusal
from tui.widgets.headline import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.captions.editing.edits import Edit
    from engine.review.decide import Draft
    from engine.workspace import Workspace
    from tui.long_work import Course, LongWork, Progress
    from tui.many.scopes import Scope
    from tui.messages import ItemPicked


class DryRun(ListScreen["Draft | Refusal", "editing.Applied | None"]):
    """Plans, shows, lets files be left out, applies; its result is what was made, None where nothing was."""

    ACTIONS = DRY

    def __init__(
        self,
        workspace: Workspace,
        work: LongWork,
        edits: Sequence[Edit],
        scope: Scope,
        plan: editing.Plan | None = None,
    ) -> None:
        """Prepare; looking begins when the screen is shown.

        Args:
            workspace: The dataset.
            work: Does what takes long.
            edits: In their order.
            scope: For which images.
            plan: What these edits would change, where that is known already.
        """
        self._left_out: set[bytes] = set()
        super().__init__("dry run", ChangeList(self._left_out, id="changes"), "looking what would change …")
        self._workspace, self._work, self._edits, self._scope = workspace, work, edits, scope
        self._plan = plan
        self._sought = ""
        self._applied: editing.Applied | None = None
        self.stage: Stage = "looking"
        self._at_rest = asyncio.Event()
        """Whether no file is being changed."""
        self._at_rest.set()

    def on_mount(self) -> None:
        """Look, unless that was done."""
        super().on_mount()
        if self._plan is not None:
            self._looked(self._plan)
        else:
            self._work.ask(self._look, self._looked, self._looking)

    # --- looking ----------------------------------------------------------------------------------------------

    def _look(self, course: Course) -> editing.Plan:
        images = in_path_order(self._workspace, self._scope)
        return editing.plan(self._workspace, images, self._edits, on_progress=course.progress, stop=course.stop)

    def _looking(self, so_far: Progress) -> None:
        self.renew_meanwhile(f"looking what would change: {so_far}")

    def _looked(self, plan: editing.Plan | CutlineError) -> None:
        if isinstance(plan, CutlineError):
            self.stage, self._plan = "ready", editing.Plan()
            self.list.empty_text = str(plan)
            self.say(str(plan), "error")
        else:
            self.stage, self._plan = "ready", plan
            self.list.empty_text = f"nothing would change in {_captions(plan.looked_at)}"
            self.renew_meanwhile("")
        self.show_items(self._rows(), 0)

    def _rows(self) -> Sequence[Draft | Refusal]:
        """Return what could not be planned, then all changes."""
        return [*self._refusals(self._plan.refused), *self._plan.changes] if self._plan else ()

    def _refusals(self, refused: Sequence[tuple[int, str]]) -> list[Refusal]:
        entries = self._workspace.entries
        return [
            Refusal(entry.key if (entry := entries.get(image)) else b"(an image that is gone)", reason)
            for image, reason in refused
        ]

    # --- what an action can depend on ---------------------------------------------------------------------------

    @property
    def why_empty(self) -> str:
        """Why nothing can be done with a row while there is none."""
        return not_ready(self) or super().why_empty

    @property
    def is_change(self) -> bool:
        """Whether the row under the cursor is a change, not a refusal."""
        return self.item is not None and not isinstance(self.item, Refusal)

    @property
    def planned(self) -> int:
        """How many changes there are."""
        return len(self._plan.changes) if self._plan else 0

    @property
    def chosen(self) -> int:
        """How many changes are not left out."""
        return self.planned - len(self._left_out)

    @property
    def made(self) -> int:
        """How many changes were made."""
        return len(self._applied.images) if self._applied else 0

    # --- choosing -------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {
            "apply": self._apply,
            "leave_out": self._leave_out,
            "leave_out_shown": self._leave_out_shown,
            "search_changes": self._ask_what,
        }

    def _leave_out(self) -> None:
        if self.item is not None and not isinstance(self.item, Refusal):
            self._left_out ^= {self.item.caption}
            self.go(self.place + 1)

    def on_item_picked(self, message: ItemPicked) -> None:
        """Leave the file out whose box was clicked, or take it in; of other clicks go to the row, as every list."""
        row = self._items_shown[message.place]
        if not message.on_box or isinstance(row, Refusal):
            return
        message.prevent_default()  # else Textual goes on with what every list does
        if reason := not_ready(self):
            self.say(reason, "warning")
        else:
            self._left_out ^= {row.caption}
            self.list.renew()  # with the cursor where it is: no row jumps away under the mouse
            self.renew_bars()

    def _leave_out_shown(self) -> None:
        shown = {row.caption for row in self._items_shown if not isinstance(row, Refusal)}
        if shown <= self._left_out:
            self._left_out -= shown
        else:
            self._left_out |= shown
        self.say(f"{len(self._left_out):,} of {self.planned:,} left out")

    def _ask_what(self) -> None:
        self.prompt.ask("search", self._sought, self._search, left=self.renew)

    def _search(self, text: str) -> None:
        rows, sought = self._rows(), text.casefold().encode("utf-8", "surrogateescape")
        self._work.ask(lambda course: _holding(rows, sought, course), self._show_found)
        self._sought = text

    def _show_found(self, found: Sequence[Draft | Refusal] | CutlineError) -> None:
        if not isinstance(found, CutlineError):
            self.list.empty_text = "no file or caption holds that"
            if self._sought and not self._status.says:  # why a key did nothing meanwhile stays
                self.say(f"{len(found):,} with “{self._sought}”")
            self.show_items(found, 0)

    # --- making it so -----------------------------------------------------------------------------------------

    def _apply(self) -> None:
        assert self._plan is not None
        changes = [change for change in self._plan.changes if change.caption not in self._left_out]
        shown = {row.caption for row in self._items_shown if not isinstance(row, Refusal)}
        if hidden := sum(change.caption not in shown for change in changes):
            self._list_all(hidden)
            return
        self.stage = "applying"
        self._at_rest.clear()
        self._tell_making("")
        self._work.ask(
            lambda course: editing.apply(
                self._workspace, changes, edits=self._edits, on_progress=course.progress, stop=course.stop
            ),
            self._made,
            lambda so_far: self._tell_making(str(so_far)),
            always_told=True,
        )

    def _list_all(self, hidden: int) -> None:
        """List also what the search left out of sight, before it is written."""
        self._sought = ""
        self.show_items(self._rows(), 0)
        told = "1 change was out of sight, and is" if hidden == 1 else f"{hidden:,} changes were out of sight, and are"
        self.say(self.keys.text(f"{told} listed again: {{apply}} makes all"), "warning")

    def _tell_making(self, so_far: str) -> None:
        self.say(self.keys.text(f"making the changes{': ' if so_far else ' …'}{so_far}; {{back}} stops here"))

    def _made(self, applied: editing.Applied | CutlineError) -> None:
        self._at_rest.set()
        if isinstance(applied, CutlineError):  # the store cannot be written: nothing was
            self.stage = "ready"
            self.say(str(applied), "error")
            self.renew()
        elif applied.refused:
            self.stage, self._applied = "over", applied
            self._left_out.clear()
            self.say(f"{summary(applied)}; refused: see the list", "warning")
            self.show_items(self._refusals(applied.refused), 0)
        else:
            self.dismiss(applied)

    async def wind_up(self) -> None:
        """Stop changing files between two of them, before the app is left."""
        if self.stage == "applying":
            self.back()
            await self._at_rest.wait()

    def back(self) -> None:
        """Leave; while changes are being made, stop there."""
        self._work.give_up()
        if self.stage == "applying":
            self.say("stopping …", "warning")
        else:
            self.dismiss(self._applied)

    # --- showing --------------------------------------------------------------------------------------------------

    def renew_bars(self) -> None:
        """Show headline and keys; once nothing is left to make, only the keys that still do something."""
        super().renew_bars()
        if self.stage == "over" or (self.stage == "ready" and not self.planned):
            alive = [action for action in self._footer if not action.why_not(self)]
            self._keys.show_keys([(self.keys.shown(action), action.hint) for action in alive])

    def told(self) -> tuple[Words, ...]:
        """Name the edits and for what."""
        return Words(told(self._edits), "text"), Words(f"on {self._scope}")

    def counted(self) -> Words:
        """Count what would change, and in the end what was changed."""
        if self._plan is None:
            return super().counted()
        if self.stage == "over" and self._applied is not None:
            return Words(f"{self.made:,} changed · {len(self._applied.refused):,} refused")
        refused = f" · {len(self._plan.refused):,} refused" if self._plan.refused else ""
        left = f" · {len(self._left_out):,} left out" if self._left_out else ""
        return Words(f"{self.planned:,} of {self._plan.looked_at:,} change{left}{refused}")


def in_path_order(workspace: Workspace, scope: Scope) -> list[int]:
    """Return a scope's images in the order of their paths; those that are gone by now are left out."""
    entries = dict(workspace.entries)
    there = [entry for image in scope.images if (entry := entries.get(image)) is not None]
    return [entry.id for entry in sorted(there, key=lambda entry: entry.key)]


def summary(applied: editing.Applied) -> str:
    """Say what was made, in one line."""
    refused = f", {len(applied.refused):,} refused" if applied.refused else ""
    stopped = ", stopped there" if applied.stopped else ""
    return f"{_captions(len(applied.images))} changed{refused}{stopped}"


def _captions(count: int) -> str:
    return "1 caption" if count == 1 else f"{count:,} captions"


def _holding(rows: Sequence[Draft | Refusal], sought: bytes, course: Course) -> list[Draft | Refusal]:
    """Return the rows with a text in their name or caption, small and capital letters being the same."""
    found = []
    for at, row in enumerate(rows):
        if at % 256 == 0 and course.stop():
            break
        if isinstance(row, Refusal):
            texts = [row.name, row.reason.encode("utf-8", "surrogateescape")]
        else:
            texts = [row.caption, row.before or b"", row.after or b""]
        if sought in b"\n".join(texts).decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape"):
            found.append(row)
    return found
