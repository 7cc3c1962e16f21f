"""The tags screen: every tag with its counts, and what can be done to it wherever it stands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from engine.captions.editing.edits import Edit
from engine.errors import CutlineError
from tui import commands
from tui.actions.tagging import TAGS
from tui.keys.keymap import in_force
from tui.many.bulk_edits import checked, edits_of
from tui.many.tag_table import SORTS, TagTable
from tui.screens.dry_run import DryRun, summary
from tui.screens.list_screen import ListScreen
from tui.widgets.headline import Words
from tui.widgets.tag_list import TagList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.editing import Applied
    from engine.finding.finder import Finder, TagUse
    from engine.workspace import Workspace
    from tui.long_work import LongWork
    from tui.many.scopes import Scope


class Gone(NamedTuple):
    """What the tags screen was left with."""

    edited: frozenset[int]
    """Images whose captions were edited."""
    tag: str = ""
    """The tag to filter the review by; empty for none."""


class TagsScreen(ListScreen["TagUse", Gone]):
    """Counts tags in a thread, lists them, and turns keys into edits, each through the dry run."""

    ACTIONS = TAGS

    def __init__(
        self,
        workspace: Workspace,
        work: LongWork,
        finder: Callable[[], Finder],
        scopes: Sequence[Scope],
        adds_to: Scope,
    ) -> None:
        """Prepare; counting begins when the screen is shown.

        Args:
            workspace: The dataset.
            work: Does what takes long.
            finder: Returns what knows all captions; called in the thread.
            scopes: The choices of images, the first one to begin with.
            adds_to: The images that a tag is added to.
        """
        self._marked: set[str] = set()
        self._tags = TagList(self._marked, id="tags")
        super().__init__("tags", self._tags, "counting tags …")
        self._workspace, self._work, self._finder = workspace, work, finder
        self._scopes, self._adds_to, self._scope = scopes, adds_to, 0
        self._table = TagTable()
        self._edited: set[int] = set()
        self._counted = asyncio.Event()
        """Whether the tags of these images are counted, or cannot be."""

    def on_mount(self) -> None:
        """Count."""
        super().on_mount()
        self._count()

    def on_unmount(self) -> None:
        """Let nobody wait for what is not counted any more."""
        self._counted.set()

    async def counted_within(self, seconds: float) -> None:
        """Wait until the tags are counted or the screen is left, but no longer than that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._counted.wait(), seconds)

    # --- what an action can depend on ---------------------------------------------------------------------------

    @property
    def marked(self) -> int:
        """How many tags are selected."""
        return len(self._marked)

    @property
    def scope_count(self) -> int:
        """How many choices of images there are."""
        return len(self._scopes)

    @property
    def why_empty(self) -> str:
        """Why nothing can be done with a tag while none is listed."""
        return super().why_empty if self._counted.is_set() else "not before the tags are counted"

    @property
    def scope(self) -> Scope:
        """The images whose tags are counted and changed."""
        return self._scopes[self._scope]

    # --- counting -------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        images, finder = self.scope.images, self._finder
        self._counted.clear()
        self._work.ask(lambda course: finder().tag_uses(images, course.stop), self._take)
        self.set_timer(0.3, self._tell_counting)

    def _tell_counting(self) -> None:
        if not self._counted.is_set():
            self.renew_meanwhile("counting the tags of all captions …")

    def _take(self, uses: list[TagUse] | CutlineError) -> None:
        self._counted.set()
        if isinstance(uses, CutlineError):
            self.list.empty_text = str(uses)
            self.say(str(uses), "error")
            self.renew()
            return
        self.renew_meanwhile("")
        sort, sought, here = self._table.sort, self._table.sought, self.item
        self._table = TagTable(uses)
        self._table.sort, self._table.sought = sort, sought
        self._tags.images, self._tags.are_all = len(self.scope.images), self.scope.name == "all"
        self.list.empty_text = "no tag is called so" if uses else "no caption has a tag"
        self._let_go_of_others()
        self._list(here)

    def _let_go_of_others(self) -> None:
        """Select no tag that is not listed: nobody would see that an edit is for it, too."""
        before = len(self._marked)
        self._marked &= {use.key for use in self._table.all}
        if gone := before - len(self._marked):
            self.say(f"{gone:,} let go: in no image of {self.scope}", "warning")

    def _list(self, here: TagUse | None = None) -> None:
        """List what is sought, in order; stay on a tag where it is still there."""
        listed = self._table.listed
        place = None
        if here is not None:
            place = next((at for at, use in enumerate(listed) if use.key == here.key), None)
        self.show_items(listed, place)

    # --- keys -----------------------------------------------------------------------------------------------------

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action."""
        return {
            "show_tag": self._show_tag,
            "search_tags": self._ask_what,
            "mark_tag": self._mark,
            "unmark_tags": self._unmark,
            "rename_tag": self._ask_name,
            "merge_tags": self._ask_one_name,
            "drop_tags": self._drop,
            "add_tag": self._ask_tag,
            "sort_tags": self._sort,
            "other_images": self._other_images,
        }

    def _show_tag(self) -> None:
        if self.item is not None:
            self._leave(self.item.key)

    def _ask_what(self) -> None:
        before = self._table.sought
        self.prompt.ask(
            "search", before, lambda _: self.renew(), changed=self._search, left=lambda: self._search(before)
        )

    def _search(self, text: str) -> None:
        if text != self._table.sought:
            self._table.sought = text
            self.show_items(self._table.listed, 0)
        self.renew()

    def _mark(self) -> None:
        if self.item is not None:
            self._marked ^= {self.item.key}
            self.go(self.place + 1)

    def _unmark(self) -> None:
        self.say(f"{len(self._marked):,} let go")
        self._marked.clear()

    def _sort(self) -> None:
        self._table.sort = SORTS[(SORTS.index(self._table.sort) + 1) % len(SORTS)]
        self.say(f"ordered by {self._table.sort}")
        self._list(self.item)

    def _other_images(self) -> None:
        self._scope = (self._scope + 1) % len(self._scopes)
        self._count()

    # --- edits ------------------------------------------------------------------------------------------------------

    def _chosen(self) -> list[TagUse]:
        """Return the selected tags, else the one under the cursor."""
        if self._marked:
            return [use for use in self._table.all if use.key in self._marked]
        return [self.item] if self.item is not None else []

    def _ask_name(self) -> None:
        if (tag := self.item) is not None:
            self._ask(f"rename {tag.name} to", tag.name, lambda name: [Edit("rename", tag.name, name.strip())])

    def _ask_one_name(self) -> None:
        tags = self._chosen()
        self._ask(
            f"one name for {len(tags)} tags",
            tags[0].name,
            lambda name: [Edit("rename", tag.name, name.strip()) for tag in tags if tag.name != name.strip()],
        )

    def _ask_tag(self) -> None:
        name = self.item.name if self.item else ""
        self._ask(f"add to {self._adds_to}", name, lambda line: edits_of("add", line, self._separator), self._adds_to)

    def _drop(self) -> None:
        self._look([Edit("drop", tag.name) for tag in self._chosen()], self.scope)

    @property
    def _separator(self) -> str:
        return self._workspace.separator

    def _ask(self, label: str, text: str, edits: Callable[[str], list[Edit]], scope: Scope | None = None) -> None:
        def typed(line: str) -> None:
            try:
                asked = [checked(edit, self._separator) for edit in edits(line)]
            except CutlineError as wrong:
                self.say(str(wrong), "error")
            else:
                self._look(asked, scope or self.scope)
            self.renew()

        self.prompt.ask(label, text, typed, left=self.renew, replaced=True)

    def _look(self, edits: list[Edit], scope: Scope) -> None:
        """Show what edits would change."""
        self.app.push_screen(DryRun(self._workspace, self._work, edits, scope), self._looked)

    def _looked(self, applied: Applied | None) -> None:
        if applied is not None:
            self._edited.update(applied.images)
            self._marked.clear()
            undo = in_force(self).keys(commands.ALL).told(commands.Undo)
            self.say(f"{summary(applied)}; {undo} in the review takes it back", "good")
        if applied is not None or not self._counted.is_set():  # the dry run looked instead of what was counted then
            self._count()

    def back(self) -> None:
        """Leave without a filter."""
        self._leave("")

    def _leave(self, tag: str) -> None:
        self._work.give_up()
        self.dismiss(Gone(frozenset(self._edited), tag))

    # --- showing --------------------------------------------------------------------------------------------------

    def told(self) -> tuple[Words, ...]:
        """Say of which images, in which order, and how many are selected."""
        sought = (Words(f"/{self._table.sought}", "accent"),) if self._table.sought else ()
        marked = (Words(f"◆ {self.marked:,} selected", "accent"),) if self.marked else ()
        return Words(f"of {self.scope}", "text"), Words(f"by {self._table.sort}"), *sought, *marked
