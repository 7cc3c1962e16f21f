"""The bulk edit: one of the edits there are, the images it is for, and the line it needs; then the dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from engine import editing
from engine.errors import CutlineError, WrongUsage
from tui.actions.bulk import BULK, VERBS, BulkVerb, NextScope, OtherTrigger, TriggerWord
from tui.many.bulk_edits import FORMS, completed, edits_of, word_at
from tui.screens.dry_run import DryRun, in_path_order
from tui.screens.list_screen import ListScreen
from tui.typing.tag_suggestions import TagSuggestions
from tui.widgets.headline import Words
from tui.widgets.verb_list import VerbList, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from engine.captions.editing.edits import Edit
    from engine.workspace import Workspace
    from tui.long_work import Course, LongWork, Progress
    from tui.many.bulk_edits import Ask
    from tui.many.scopes import Scope
    from tui.messages import ItemPicked
    from tui.typing.completing import Completing


class Asked(NamedTuple):
    """What the line asks for."""

    edits: list[Edit]
    scope: Scope


class BulkEdit(ListScreen["type[BulkVerb]", "editing.Applied | None"]):
    """Chooses verb and images, takes the line, counts what it would change; its result is what was made."""

    ACTIONS = BULK

    def __init__(
        self,
        workspace: Workspace,
        work: LongWork,
        scopes: Sequence[Scope],
        scope: int,
        completing: Completing,
        trigger: tuple[str, Callable[[str], None]],
    ) -> None:
        """Prepare.

        Args:
            workspace: The dataset.
            work: Does what takes long.
            scopes: The choices of images.
            scope: The place of the one to begin with.
            completing: Knows tags.
            trigger: The trigger word last used, empty for none, and what keeps another one.
        """
        self._verbs = VerbList(id="verbs")
        super().__init__("bulk edit", self._verbs, "")
        self._workspace, self._work, self._scopes, self._scope = workspace, work, scopes, scope
        self._completing = completing
        self.trigger, self._keep_trigger = trigger
        self._verbs.trigger = self.trigger
        self._verb: type[BulkVerb] = TriggerWord
        self._line = ""
        self._quiet = False
        self._counted: tuple[Asked, editing.Plan] | None = None
        self._suggestions = TagSuggestions(self.prompt, completing, self._word, self._completed)

    def compose(self) -> ComposeResult:
        """Lay out the list, and what completes over it."""
        yield from super().compose()
        yield self._suggestions.list

    def on_mount(self) -> None:
        """Show the edits."""
        super().on_mount()
        self.show_items(VERBS, 0)

    # --- what an action can depend on ---------------------------------------------------------------------------

    @property
    def scope_count(self) -> int:
        """How many choices of images there are."""
        return len(self._scopes)

    @property
    def scope(self) -> Scope:
        """The images chosen."""
        return self._scopes[self._scope]

    # --- keys -----------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        verbs = {verb.name: (lambda verb=verb: self._begin(verb)) for verb in VERBS}
        return {
            **verbs,
            "take_row": lambda: self._begin(self.item or TriggerWord),
            "next_scope": lambda: self._change_scope(1),
            "previous_scope": lambda: self._change_scope(-1),
        }

    def action_press(self, name: str) -> None:
        """Let the suggestions have the keys that are theirs while they are open; a typed line leaves the list alone."""
        if self.prompt.is_open:
            if not self._suggestions.press(name) and name in ("next_scope", "previous_scope"):
                self._change_scope(1 if name == "next_scope" else -1)
                self.renew()
        else:
            super().action_press(name)

    def on_item_picked(self, message: ItemPicked) -> None:
        """Take the edit that was clicked."""
        super().on_item_picked(message)
        if not self.prompt.is_open:
            self.action_press(self._items_shown[message.place].name)

    def _change_scope(self, by: int) -> None:
        self._scope = (self._scope + by) % len(self._scopes)
        if self.prompt.is_open:
            self._count(self.prompt.text)

    def _begin(self, verb: type[BulkVerb]) -> None:
        self.go(VERBS.index(verb))
        if reason := verb.why_not(self):  # by the list, whose keys do not ask
            self.say(reason, "warning")
            return
        self._verb, self._line = verb, ""
        if verb is TriggerWord and self.trigger:
            self._look(edits_of("trigger", self.trigger, self._separator))
        elif not FORMS[verb.ask]:
            self._look(edits_of(verb.ask, "", self._separator))
        else:
            self._ask(self.trigger if verb is OtherTrigger else "")

    def _ask(self, line: str) -> None:
        self._completing.begin()
        self.prompt.ask(
            f"{name_of(self._verb)} {FORMS[self._verb.ask]}", line, self._typed, changed=self._changed, left=self._left
        )

    @property
    def _separator(self) -> str:
        return self._workspace.separator

    # --- the line -------------------------------------------------------------------------------------------------

    def _changed(self, line: str) -> None:
        self._line = line
        if not self._quiet:
            self._suggestions.typed()
        self._count(line)

    def _left(self) -> None:
        self._work.give_up()
        if self._suggestions.close():
            self._quiet = True  # the first escape closes only the list
            self._ask(self._line)
            self._quiet = False
        else:
            self.say("")
            self.renew()

    def _typed(self, line: str) -> None:
        if self._suggestions.take():
            return
        self._suggestions.close()
        try:
            edits = edits_of(self._verb.ask, line, self._separator)
        except CutlineError as wrong:
            self._ask(line)
            self.say(str(wrong), "error")
            return
        self._line = line
        if self._verb.ask == "trigger":
            self.trigger = self._verbs.trigger = line
            self._keep_trigger(line)
        self._look(edits)

    def _word(self) -> str | None:
        word = word_at(self._verb.ask, self.prompt.text, self.prompt.cursor, self._separator)
        return word.typed if word else None

    def _completed(self, tag: str) -> None:
        """Put a tag in the place of what was typed of it."""
        ask: Ask = self._verb.ask
        line = self.prompt.text
        word = word_at(ask, line, min(self.prompt.cursor, len(line)), self._separator)
        if word is None:
            return
        line, cursor = completed(ask, line, word, tag)
        if not self.prompt.is_open:  # enter closed it
            self._ask(line)
        self.prompt.put(line, cursor)

    # --- counting -------------------------------------------------------------------------------------------------

    def _count(self, line: str) -> None:
        """Say how many captions a line would change, as soon as that is known."""
        self._counted = None
        try:
            asked = Asked(edits_of(self._verb.ask, line, self._separator), self.scope)
        except WrongUsage as wrong:
            self._work.give_up()
            self.say(wrong.message if line.strip() else wrong.hint, "warning" if line.strip() else "plain")
            return
        self.say("counting …")
        self._work.ask(
            lambda course: self._plan(asked, course),
            lambda plan: self._tell(asked, plan),
            self._tell_so_far,
        )

    def _plan(self, asked: Asked, course: Course) -> editing.Plan:
        images = in_path_order(self._workspace, asked.scope)
        return editing.plan(self._workspace, images, asked.edits, on_progress=course.progress, stop=course.stop)

    def _tell_so_far(self, so_far: Progress) -> None:
        self.say(f"counting: {so_far}")

    def _tell(self, asked: Asked, plan: editing.Plan | CutlineError) -> None:
        if isinstance(plan, CutlineError):
            self.say(str(plan), "error")
            return
        self._counted = asked, plan
        refused = f"; {len(plan.refused):,} refused" if plan.refused else ""
        self.say(f"would change {len(plan.changes):,} of {plan.looked_at:,} captions{refused}; enter shows them")

    # --- the dry run ----------------------------------------------------------------------------------------------

    def _look(self, edits: list[Edit]) -> None:
        """Show what edits would change."""
        asked = Asked(edits, self.scope)
        plan = self._counted[1] if self._counted is not None and self._counted[0] == asked else None
        self._work.give_up()
        self.app.push_screen(DryRun(self._workspace, self._work, edits, self.scope, plan), self._looked)

    def _looked(self, applied: editing.Applied | None) -> None:
        if applied is not None:
            self.dismiss(applied)
        elif self._line:
            self._ask(self._line)

    def back(self) -> None:
        """Leave."""
        self._work.give_up()
        super().back()

    @property
    def typing_keys(self) -> tuple[tuple[str, str], ...]:
        """Those of every line, and the one that chooses other images."""
        return (*super().typing_keys, (self.keys.shown(NextScope), NextScope.hint))

    def told(self) -> tuple[Words, ...]:
        """Say for which images."""
        return (
            Words("on", "muted"),
            *(
                Words(
                    f"[{scope}]" if place == self._scope else str(scope), "accent" if place == self._scope else "muted"
                )
                for place, scope in enumerate(self._scopes)
            ),
        )

    def counted(self) -> Words:
        """Say how the images are chosen."""
        return Words(f"{self.keys.shown('next_scope')} chooses")
